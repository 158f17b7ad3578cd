"""The check code: printed once and scanned to test a scanner's settings; the bytes received show what is wrong.

Pure. It has the letters that differ between keyboard countries, both cases, the characters of labels, every digit, and
GS.
"""

from __future__ import annotations

import re

CHECK = b"QWERTYZ-_/:@#|amqwyz\x1d0123456789"
GS = b"\x1d"
AIM = re.compile(rb"\A\][A-Za-z][0-9A-Za-z]")  # ISO/IEC 15424: a correctly set scanner sends it before each code
# The same keys of two other countries as a US keyboard reads them: Y arrives as Z, Q as A.
COUNTRIES = {"german": (b"YZyz", b"ZYzy"), "french": (b"QWAZqwazm", b"AZQWazqw;")}


def flaws(came: bytes) -> tuple[str, ...]:
    """List the faults in the scanner's settings by codes: () if the check code arrived as printed.

    `check.gs`: GS was lost; `check.caps`: cases are swapped, or all one; `check.german`, `check.french`,
    `check.country`: wrong keyboard country; `check.cut`: characters are missing or extra. A symbology identifier before
    it is fine.
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
