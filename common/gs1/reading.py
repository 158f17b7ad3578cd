"""A whole GS1 code in either notation: its elements, checked one by one and together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from common.gs1 import associations, elements, link
from common.gs1.elements import GS, IDENTIFIERS, Element, bad

# ISO/IEC 15424: a bracket, a letter for the symbology, one modifier.
_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")
# Names that a site's own rule may give to parts of its code → application identifier.
NAMES = {"gtin": "01", "serial": "21", "lot": "10", "sscc": "00", "giai": "8004"}


class Gs1(Struct, frozen=True):
    """The content of a GS1 code. `elements`: every (application identifier, value) in the order of the code."""

    elements: tuple[Element, ...]

    def get(self, ai: str) -> str | None:
        """Return the value of an element, or None."""
        return next((value for have, value in self.elements if have == ai), None)


def parse(text: str) -> Gs1 | None:
    """Parse an element string after its symbology identifier, or after the GS sent for FNC1; None without either.

    BadBarcode barcode.gs1 with `reason` and, where one is known, the element's `ai`. Source: GS1 General
    Specifications, chapters 3 and 7.8.
    """
    if not text.startswith((*IDENTIFIERS, GS)):
        return None
    if not text.isascii():
        raise bad("charset")
    return _whole(elements.split(text.removeprefix(GS) if text.startswith(GS) else text[3:]))


def parse_link(text: str) -> Gs1 | None:
    """Parse a GS1 Digital Link; None if the text is not one. BadBarcode barcode.gs1."""
    found = link.elements(text)
    return None if found is None else _whole(found)


def read(text: str) -> Gs1 | None:
    """Read a code scanned as an element string or as a Digital Link; None if it is neither."""
    return parse(text.strip(" ")) or parse_link(without_identifier(text.strip(" ")).strip(" "))


def named(parts: Mapping[str, str]) -> Gs1:
    """Read the named parts of a private code, by `NAMES`; a GTIN of 8, 12 or 13 digits is padded."""
    found = [(NAMES[name], elements.padded(NAMES[name], value)) for name, value in parts.items()]
    for ai, value in found:
        elements.check(ai, value)
    return _whole(sorted(found))


def printed(element: Element) -> str:
    """Format an element as printed under the bars: (21)A17."""
    return f"({element[0]}){element[1]}"


def without_identifier(text: str) -> str:
    """Strip the symbology identifier that a scanner may put before a code, e.g. "]C0"."""
    found = _IDENTIFIER.match(text)
    return text[found.end() :] if found else text


def _whole(found: Iterable[Element]) -> Gs1:
    """Combine elements. BadBarcode also if elements that are each sound do not fit together."""
    said = elements.once(found)
    associations.check(frozenset(ai for ai, _ in said))
    return Gs1(said)
