"""The places of a label, {serial}, and the values that fill them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from common.errors import BadLabel

# What a station knows of a thing whose label it issues. `yymmdd`, `expiry_yymmdd`: as GS1 writes a day.
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
    """The names that a template cites, in order."""
    return tuple(_PLACE.findall(template))


def fill(template: str, values: Mapping[str, str]) -> str:
    """The text for people; what is not known reads "—"."""
    return _PLACE.sub(lambda place: values.get(place[1]) or NOTHING, template)


def fill_code(template: str, values: Mapping[str, str]) -> str:
    """The content of a code. BadLabel label.value: a code with a hole in it would be another thing's code."""
    for name in names(template):
        if not values.get(name):
            raise BadLabel("label.value", name=name)
    return fill(template, values)
