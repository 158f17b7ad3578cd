"""A code of GS1 as a whole, whichever way it was written: its elements, checked one by one and together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from common.gs1 import associations, elements, link
from common.gs1.elements import GS, IDENTIFIERS, Element, bad

# ISO/IEC 15424: a bracket, a letter for the symbology, one modifier.
_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")
# What a site's own rule may say that a part of its code is.
NAMES = {"gtin": "01", "serial": "21", "lot": "10", "sscc": "00", "giai": "8004"}


class Gs1(Struct, frozen=True):
    """What a GS1 code says. `elements`: every (application identifier, value) in the order of the code."""

    elements: tuple[Element, ...]

    def get(self, ai: str) -> str | None:
        """The value of an element, if it is there."""
        return next((value for have, value in self.elements if have == ai), None)


def parse(text: str) -> Gs1 | None:
    """The element string of a scanned code behind its symbology identifier, or behind the FNC1 that a scanner sends
    for it, a GS; None if there is neither.

    BadBarcode barcode.gs1 with `reason` and, where one is known, the element's `ai`. Source: GS1 General
    Specifications, chapters 3 and 7.8.
    """
    if not text.startswith((*IDENTIFIERS, GS)):
        return None
    if not text.isascii():
        raise bad("charset")
    return _whole(elements.split(text.removeprefix(GS) if text.startswith(GS) else text[3:]))


def parse_link(text: str) -> Gs1 | None:
    """What a GS1 Digital Link says; None if the text is none. BadBarcode barcode.gs1."""
    found = link.elements(text)
    return None if found is None else _whole(found)


def read(text: str) -> Gs1 | None:
    """What a code says that was scanned as an element string or as a Digital Link; None if it is neither."""
    return parse(text.strip(" ")) or parse_link(without_identifier(text.strip(" ")).strip(" "))


def named(parts: Mapping[str, str]) -> Gs1:
    """What the named parts of a private code say, by `NAMES`; a GTIN of 8, 12 or 13 digits is padded."""
    found = [(NAMES[name], elements.padded(NAMES[name], value)) for name, value in parts.items()]
    for ai, value in found:
        elements.check(ai, value)
    return _whole(sorted(found))


def printed(element: Element) -> str:
    """An element as it stands under the bars: (21)A17."""
    return f"({element[0]}){element[1]}"


def without_identifier(text: str) -> str:
    """The code without the symbology identifier that a scanner may put before it, e.g. "]C0"."""
    found = _IDENTIFIER.match(text)
    return text[found.end() :] if found else text


def _whole(found: Iterable[Element]) -> Gs1:
    """BadBarcode also where elements that are sound by themselves do not go together."""
    said = elements.once(found)
    associations.check(frozenset(ai for ai, _ in said))
    return Gs1(said)
