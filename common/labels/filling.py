"""Placeholders of a label, e.g. {serial}, and the values that fill them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from common.errors import BadLabel

# Values that a station knows of a labelled thing. `yymmdd`, `expiry_yymmdd`: dates as GS1 writes them.
NAMES = (
    "serial",
    "lot",
    "sscc",
    "gtin",
    "material",
    "name_zh",
    "name_en",
    "order",
    "date",
    "yymmdd",
    "expiry",
    "expiry_yymmdd",
    "place",
    "copy",
)
NOTHING = "—"
_PLACE = re.compile(r"\{([a-z0-9][a-z0-9_-]*)\}")


def names(template: str) -> tuple[str, ...]:
    """List the names that a template cites, in order."""
    return tuple(_PLACE.findall(template))


def fill(template: str, values: Mapping[str, str]) -> str:
    """Fill a template for people; an unknown value reads "—"."""
    return _PLACE.sub(lambda place: values.get(place[1]) or NOTHING, template)


def fill_code(template: str, values: Mapping[str, str]) -> str:
    """Fill the content of a code. BadLabel label.value if a value is missing: it would be another thing's code."""
    for name in names(template):
        if not values.get(name):
            raise BadLabel("label.value", name=name)
    return fill(template, values)
