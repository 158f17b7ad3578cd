"""GS1 element strings: the bytes of a scan → what they say → claims. Must not guess: no identifier, no GS1.

biip knows the application identifiers and check digits; nothing of it leaves this module. biip reads on where a
separator is missing and reads the clock for a date's century, so both are decided here.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, time

from biip import ParseConfig, ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier
from biip.gs1_element_strings import GS1ElementString
from msgspec import Struct

from common.errors import BadBarcode
from common.ids import Claim

GS = "\x1d"
# GS1-128, GS1 DataMatrix, GS1 QR, GS1 DataBar and composite: GS1 General Specifications, figure 5.1.2-2.
IDENTIFIERS = ("]C1", "]d2", "]Q3", "]e0")
# ISO/IEC 15424: a bracket, a letter for the symbology, one modifier.
_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")

Element = tuple[str, str]

# biip's own date check depends on the clock, and reads the second date of a harvest range (7007) as a time.
_CONFIG = ParseConfig(gs1_element_strings_verify_date=False)
_DATES = frozenset({"11", "12", "13", "15", "16", "17", "4326", "7006"})
_DATES_AND_TIMES = frozenset({"4324", "4325", "7003", "7011", "8008"})
_DATE_RANGE = "7007"
_NO_TIME = "9999"


class Gs1(Struct, frozen=True):
    """What a GS1 code says. `elements`: every (application identifier, value) in the order of the code.

    `gtin`: 14 digits. `sscc`: 18 digits. `expiry`, `produced`: days, day 00 being the month's last, years 2000 to 2099.
    `quantity`: pieces.
    """

    elements: tuple[Element, ...]
    gtin: str | None = None
    serial: str | None = None
    lot: str | None = None
    sscc: str | None = None
    expiry: date | None = None
    produced: date | None = None
    quantity: int | None = None


def parse(raw: bytes) -> Gs1 | None:
    """The element strings of one scanned code, its symbology identifier before it; None if that is not one of GS1.

    BadBarcode barcode.gs1 with `reason` charset, empty, unknown_ai, format, check_digit, date, separator or repeated,
    and the element's `ai` where one is known. Source: GS1 General Specifications, chapters 3 and 7.8.
    """
    if not raw.startswith(tuple(i.encode() for i in IDENTIFIERS)):
        return None
    if not raw.isascii():
        raise BadBarcode("barcode.gs1", reason="charset", hex=raw.hex())
    return _gs1(_elements(raw.decode("ascii")[3:]))


def claims(gs1: Gs1) -> list[Claim]:
    """What the code claims: gs1:sgtin "<gtin>.<serial>", gs1:lgtin "<gtin>.<lot>", gs1:sscc; [] for a mere article."""
    found = []
    if gs1.gtin and gs1.serial:
        found.append(Claim("gs1:sgtin", f"{gs1.gtin}.{gs1.serial}"))
    if gs1.gtin and gs1.lot:
        found.append(Claim("gs1:lgtin", f"{gs1.gtin}.{gs1.lot}"))
    if gs1.sscc:
        found.append(Claim("gs1:sscc", gs1.sscc))
    return found


def without_identifier(text: str) -> str:
    """The code without the symbology identifier that a scanner may put before it, e.g. "]C0"."""
    found = _IDENTIFIER.match(text)
    return text[found.end() :] if found else text


def _elements(rest: str) -> dict[str, str]:
    found: dict[str, str] = {}
    if not rest:
        raise BadBarcode("barcode.gs1", reason="empty")
    while rest:
        ai, value, rest = _take(rest)
        if found.setdefault(ai, value) != value:
            raise BadBarcode("barcode.gs1", reason="repeated", ai=ai)
    return found


def _take(text: str) -> tuple[str, str, str]:
    """(ai, value, what is left) of the first element; a value that is not of fixed length must end at GS or the end."""
    element = _extract(text)
    ai, value = element.ai.ai, element.value
    _check(element)
    rest = text[len(ai) + len(value) :]
    if element.ai.separator_required and rest and not rest.startswith(GS):
        raise BadBarcode("barcode.gs1", reason="separator", ai=ai)
    return ai, value, rest.removeprefix(GS)


def _extract(text: str) -> GS1ElementString:
    try:
        ai = GS1ApplicationIdentifier.extract(text)
    except ParseError:
        raise BadBarcode("barcode.gs1", reason="unknown_ai", ai=text[:4]) from None
    try:
        return GS1ElementString.extract(text, config=_CONFIG)
    except ParseError:
        raise BadBarcode("barcode.gs1", reason="format", ai=ai.ai, format=ai.format) from None


def _check(element: GS1ElementString) -> None:
    ai = element.ai.ai
    if not element.value:
        raise BadBarcode("barcode.gs1", reason="format", ai=ai, format=element.ai.format)
    if element.gtin_error or element.sscc_error or element.gln_error:
        raise BadBarcode("barcode.gs1", reason="check_digit", ai=ai, value=element.value)
    try:
        _check_dates(ai, element.value)
    except ValueError:
        raise BadBarcode("barcode.gs1", reason="date", ai=ai, value=element.value) from None


def _check_dates(ai: str, value: str) -> None:
    if ai in _DATES or ai in _DATES_AND_TIMES or ai == _DATE_RANGE:
        _day(value[:6])
    if ai == _DATE_RANGE and value[6:]:
        _day(value[6:])
    if ai in _DATES_AND_TIMES and value[6:] not in ("", _NO_TIME):
        time(int(value[6:8]), int(value[8:10] or 0), int(value[10:12] or 0))


def _day(text: str) -> date:
    """The day of YYMMDD. GS1's century window moves with the clock; a thing traced here is of this century."""
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:])
    if not 1 <= month <= 12:
        raise ValueError("month")
    return date(year, month, day or calendar.monthrange(year, month)[1])


def _gs1(found: dict[str, str]) -> Gs1:
    count = found.get("37") or found.get("30")
    return Gs1(
        elements=tuple(found.items()),
        gtin=found.get("01"),
        serial=found.get("21"),
        lot=found.get("10"),
        sscc=found.get("00"),
        expiry=_day(found["17"]) if "17" in found else None,
        produced=_day(found["11"]) if "11" in found else None,
        quantity=int(count) if count else None,
    )
