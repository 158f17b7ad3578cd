"""Definitions drawn by business people: one frozen struct per `kind`, and `Definitions` to find them.

A definition travels as the body of a `definition_published` event, at most 64 KiB, and is cited by the hash of its
canonical bytes. Decimals are strings. Names are {"zh": …, "en": …}.
"""

from __future__ import annotations

from common.definitions.allergen import Allergen
from common.definitions.barcode import CodeRule
from common.definitions.catalogue import DEFINITION, Definition, Definitions, canonical, definition_hash
from common.definitions.field import NUMBERS, TRUTHS, Field, Option
from common.definitions.form import Characteristic, Form, Step
from common.definitions.gauge import Gauge
from common.definitions.label import LabelDefinition
from common.definitions.line import Line, Shift, Workplace
from common.definitions.material import BomLine, Issue, Material
from common.definitions.partner import Partner
from common.definitions.person import Person
from common.definitions.picture import Guide, GuidePicture, Picture
from common.definitions.reason import Reason
from common.definitions.route import Operation, Route

__all__ = [
    "DEFINITION",
    "NUMBERS",
    "TRUTHS",
    "Allergen",
    "BomLine",
    "Characteristic",
    "CodeRule",
    "Definition",
    "Definitions",
    "Field",
    "Form",
    "Gauge",
    "Guide",
    "GuidePicture",
    "Issue",
    "LabelDefinition",
    "Line",
    "Material",
    "Operation",
    "Option",
    "Partner",
    "Person",
    "Picture",
    "Reason",
    "Route",
    "Shift",
    "Step",
    "Workplace",
    "canonical",
    "definition_hash",
]
