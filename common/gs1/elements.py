"""GS1 elements, (application identifier, value), from an element string, each checked on its own.

biip knows the identifiers and the formats of their values; nothing of it leaves this module. Separators, check digits
and dates are decided here: biip reads on past a missing separator, and resolves a date by today's clock.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from datetime import date, time
from functools import lru_cache

from biip import ParseError
from biip.checksums import gs1_standard_check_digit
from biip.gs1_application_identifiers import GS1ApplicationIdentifier

from common.errors import BadBarcode

GS = "\x1d"
# GS1-128, GS1 DataBar and composite, GS1 DataMatrix, GS1 QR, GS1 DotCode: GS1 General Specifications, figure 5.1.2-2.
IDENTIFIERS = ("]C1", "]e0", "]d2", "]Q3", "]J1")

Element = tuple[str, str]

# Number of leading digits of a value of which the last is the check digit: GS1 General Specifications, chapter 3.
_CHECKED = {
    **dict.fromkeys(("00", "8017", "8018"), 18),
    "402": 17,
    **dict.fromkeys(("01", "02", "03", "8003", "8006", "8026"), 14),
    **dict.fromkeys(("253", "255", "410", "411", "412", "413", "414", "415", "416", "417"), 13),
}
_CHECK_PAIR = ("8013", "8014")
_PIECES = ("8006", "8026")
# Dates whose day 00 means the last of the month, and dates that must be exact; an hour may follow either.
_DAYS = frozenset({"11", "12", "13", "15", "16", "17", "4324", "4325"})
_EXACT_DAYS = frozenset({"4326", "7003", "7006", "7007", "7011", "8008"})
_BIRTHS = ("7250", "7251")
_NO_TIME = ("4324", "4325"), "9999"
# Measures, whose identifier's last digit gives the implied decimal places; three digits of currency may come first.
_MEASURES = ("31", "32", "33", "34", "35", "36", "390", "391", "392", "393", "394", "395")
_WITH_CURRENCY = ("391", "393")

_SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_SET_32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)


def split(text: str) -> list[Element]:
    """Split an element string, without its symbology identifier, into elements.

    BadBarcode barcode.gs1 with `reason` empty, unknown_ai, separator, or one of `check`.
    """
    if not text:
        raise bad("empty")
    found, rest = [], text
    while rest:
        ai, value, rest = _take(rest)
        check(ai, value)
        found.append((ai, value))
    return found


def check(ai: str, value: str) -> None:
    """Check one element. BadBarcode barcode.gs1: `reason` unknown_ai, format, check_digit, piece, date."""
    known = _known(ai + value)
    if known is None or known.ai != ai:
        raise bad("unknown_ai", ai)
    # biip accepts empty counts.
    if not value or not _pattern(known.pattern).fullmatch(ai + value):
        raise bad("format", ai, format=known.format, value=value)
    _check_digits(ai, value)
    try:
        _check_moment(ai, value)
    except ValueError:
        raise bad("date", ai, value=value) from None


def is_gtin(text: str) -> bool:
    """Return True if these 14 digits are a GTIN with the right check digit."""
    try:
        check("01", text)
    except BadBarcode:
        return False
    return True


def padded(ai: str, value: str) -> str:
    """Pad a GTIN of 8, 12 or 13 digits with leading zeros to 14, as in elements; return any other value as it is."""
    return value.zfill(14) if ai in ("01", "02") and len(value) in (8, 12, 13) else value


def once(elements: Iterable[Element]) -> tuple[Element, ...]:
    """Drop repeated elements. BadBarcode barcode.gs1 repeated if one has two values."""
    found: dict[str, str] = {}
    for ai, value in elements:
        if found.setdefault(ai, value) != value:
            raise bad("repeated", ai)
    return tuple(found.items())


def day(text: str, year: int) -> date:
    """Return the day of YYMMDD as read in `year`; day 00 is the last of the month. ValueError if there is no such day.

    A year is at most 49 back and 50 ahead: GS1 General Specifications, 7.12.
    """
    ahead = int(text[:2]) - year % 100
    century = -100 if ahead > 50 else 100 if ahead < -49 else 0
    full, month = year + ahead + century, int(text[2:4])
    if not 1 <= month <= 12:
        raise ValueError("month")
    return date(full, month, int(text[4:6]) or calendar.monthrange(full, month)[1])


def amount(ai: str, value: str) -> str:
    """Return the decimal of a measure or an amount without its currency: 3103 000189 is "0.189"."""
    if not ai.startswith(_MEASURES):
        return str(int(value))
    digits = value[3:] if ai.startswith(_WITH_CURRENCY) else value
    places = int(ai[3])
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    return f"{int(whole or '0')}.{part.rjust(places, '0')}" if places else str(int(whole))


def bad(reason: str, ai: str = "", **details: object) -> BadBarcode:
    """Make the error for a GS1 code: its `reason` and the element at fault."""
    return BadBarcode("barcode.gs1", reason=reason, ai=ai, **details)


def _take(text: str) -> tuple[str, str, str]:
    """Take (ai, value, rest) of the first element; a value of variable length must end at GS or at the end."""
    known = _known(text)
    if known is None:
        raise bad("unknown_ai", text[:4])
    found = _pattern(known.pattern.removesuffix("$")).match(text)
    if found is None:
        raise bad("format", known.ai, format=known.format)
    rest = text[found.end() :]
    if known.separator_required and rest and not rest.startswith(GS):
        raise bad("separator", known.ai)
    return known.ai, text[len(known.ai) : found.end()], rest.removeprefix(GS)


def _known(text: str) -> GS1ApplicationIdentifier | None:
    try:
        return GS1ApplicationIdentifier.extract(text)
    except ParseError:
        return None


@lru_cache(maxsize=1024)
def _pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern as ASCII, since \\d must not take the digits of every script."""
    return re.compile(pattern, re.ASCII)


def _check_digits(ai: str, value: str) -> None:
    if digits := _CHECKED.get(ai):
        expected = gs1_standard_check_digit(value[: digits - 1])
        if int(value[digits - 1]) != expected:
            raise bad("check_digit", ai, value=value)
    if ai in _CHECK_PAIR and value[-2:] != _check_pair(value[:-2]):
        raise bad("check_digit", ai, value=value)
    if ai in _PIECES and not 1 <= int(value[14:16]) <= int(value[16:18]):
        raise bad("piece", ai, value=value)
    if ai == "8011" and value.startswith("0") and value != "0":
        raise bad("format", ai, value=value)


def _check_pair(text: str) -> str:
    """Compute the check characters of a model number: GS1 General Specifications, 7.9.5."""
    weighed = sum(_SET_82.index(c) * prime for c, prime in zip(reversed(text), _PRIMES, strict=False)) % 1021
    return _SET_32[weighed >> 5] + _SET_32[weighed & 31]


def _check_moment(ai: str, value: str) -> None:
    """Check that day and hour exist, else ValueError. The century matters only for 29 February, which 2000 had."""
    if ai in _BIRTHS:
        date(int(value[:4]), int(value[4:6]), int(value[6:8]))
        return _check_time(value[8:])
    if ai not in _DAYS | _EXACT_DAYS:
        return None
    for text in (value[:6], value[6:]) if ai == "7007" and value[6:] else (value[:6],):
        if ai in _EXACT_DAYS and text[4:] == "00":
            raise ValueError("day 00")
        day(text, 2000)
    return None if ai == "7007" or (ai in _NO_TIME[0] and value[6:] == _NO_TIME[1]) else _check_time(value[6:])


def _check_time(text: str) -> None:
    time(int(text[:2] or 0), int(text[2:4] or 0), int(text[4:6] or 0))
