"""The check code: a code that is printed once and scanned after a scanner was set up; what came tells what is wrong.

Pure. It has the letters that keyboard countries move about, both cases, the signs of labels, every digit, and GS.
"""

from __future__ import annotations

import re

CHECK = b"QWERTYZ-_/:@#|amqwyz\x1d0123456789"
GS = b"\x1d"
AIM = re.compile(rb"\A\][A-Za-z][0-9A-Za-z]")  # ISO/IEC 15424, which a scanner that is set up sends before each code
# The same keys of two other countries, as a US keyboard's computer reads them: what was Y comes as Z, what was Q as A.
COUNTRIES = {"german": (b"YZyz", b"ZYzy"), "french": (b"QWAZqwazm", b"AZQWazqw;")}


def flaws(came: bytes) -> tuple[str, ...]:
    """What is wrong with the scanner's settings, by codes: () if the check code came as it was printed.

    `check.gs` GS was lost; `check.caps` the cases are swapped, or all one; `check.german`, `check.french`,
    `check.country` the keyboard country;
    `check.cut` something is missing or too much. The symbology identifier before it is right.
    """
    came = AIM.sub(b"", came)
    found: tuple[str, ...] = () if GS in came else ("check.gs",)
    return found + _letters(came.replace(GS, b""), CHECK.replace(GS, b""))


def _letters(came: bytes, wanted: bytes) -> tuple[str, ...]:
    if came == wanted:
        return ()
    if len(came) != len(wanted):
        return ("check.cut",)
    if came.lower() == wanted.lower():
        return ("check.caps",)
    caps: tuple[str, ...] = () if came[:6].isupper() else ("check.caps",)
    return (*caps, _country(came.lower(), wanted.lower()))


def _country(came: bytes, wanted: bytes) -> str:
    letters = [(a, b) for a, b in zip(came, wanted, strict=True) if chr(b).isalpha()]
    for name, (printed, typed) in COUNTRIES.items():
        moved = bytes.maketrans(printed.lower(), typed.lower())
        if all(a == moved[b] for a, b in letters) and any(a != b for a, b in letters):
            return f"check.{name}"
    return "check.country"
