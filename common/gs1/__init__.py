"""GS1: the text of a scan → its elements → claims. Never guesses: it needs an identifier, an FNC1 or a Digital Link.

An element string and a Digital Link URI with the same content give the same claims. Codes: docs/vocabulary.md, GS1.
"""

from common.gs1.claims import PERSONS, claims
from common.gs1.elements import GS, IDENTIFIERS, Element, amount, day, is_gtin
from common.gs1.reading import Gs1, named, parse, parse_link, printed, read, without_identifier

__all__ = [
    "GS",
    "IDENTIFIERS",
    "PERSONS",
    "Element",
    "Gs1",
    "amount",
    "claims",
    "day",
    "is_gtin",
    "named",
    "parse",
    "parse_link",
    "printed",
    "read",
    "without_identifier",
]
