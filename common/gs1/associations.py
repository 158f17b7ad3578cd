"""Associations of GS1 elements: those that need one another, and those that exclude one another.

Source: GS1 General Specifications, 4.13 and 4.14, and the GS1 Barcode Syntax Dictionary (2026-07). A label may spread
its elements over several bar codes, and a scan is only one of them: the content of an SSCC may be in another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from common.gs1.elements import bad

_ARTICLE = "00 01 02 03"
_TRADED = f"{_ARTICLE} 8006 8026"
_MEASURED = "00 01 02"
_COUNTED = "30 31nn 32nn 35nn 36nn"

# Element → elements that must be present: any one of these, or all of those joined by +. n is any digit.
_NEEDS = {
    "02 8026": "37",
    "37": "02 8026",
    "10 11 13 15 16 20 240 241 422": _TRADED,
    "12": "8020",
    "17": f"{_TRADED} 255",
    "21 251 7021 8012": "01 03 8006",
    "22 235 337n 71n 8001 8014 8200": "01",
    "242 7001": "00 01 02 8006 8026",
    "243": "01 03",
    "250": "01+21 03+21 8006+21",
    "254": "414",
    "30 310n 311n 312n 313n 314n 315n 316n 32nn 350n 351n 352n 356n 357n 360n 361n 364n 365n 366n": _MEASURED,
    "330n 331n 332n 333n 334n 335n 336n 34nn 353n 354n 355n 362n 363n 367n 368n 369n": "00 01",
    "390n": "255 8020",
    "391n": "8020",
    "392n": "01+30 01+31nn 01+32nn 01+35nn 01+36nn",
    "393n 395n": _COUNTED,
    "394n 8111": "255",
    "403 43nn 7041": "00",
    "4303": "4302",
    "4313": "4312",
    "415": "8020",
    "8020": "415",
    "423 424 425 426 7003 7010 7011 8008": _ARTICLE,
    "427": "422",
    "7002 7005 7006 7007 7008 7009 703n 8005": _MEASURED,
    "7004": "01+10 03+10",
    "7020": "01+416 03+416 8006+416",
    "7022": "7021",
    "723n": "01 8004",
    "7240": "01 8006",
    "7241 7242 7253 7254 7255 7256 8019": "8017 8018",
    "7250 7251 7252 7257 7259": "8018",
    "7258": "7259",
    "8007": "415",
    "8009": "00 01 03",
    "8011": "8010",
    "8030": "00 01+21 03+21 253 255 8003 8004 8006+21 8010+8011 8017 8018",
    "8040": "01+21",
    "8041 8042 8043": "8040",
}

# Element → elements that must be absent.
_EXCLUDES = {
    "01": "02 03 255 37 8006",
    "02": "03 255 8026",
    "03": "235 37 8006 8026",
    "21": "235",
    "255": "415 8006 8020 8026",
    "390n": "391n 394n 8111",
    "392n": "393n",
    "394n": "8111",
    "395n": "392n 393n 8005",
    "420": "421",
    "421": "4307",
    "426": "422 423 424 425",
    "4330": "4331",
    "4332": "4333",
    "7240": "03",
    "7250": "7251",
    "7253 7254 7255": "7256 7259",
    "7256": "7259",
    "8006": "37 8026",
    "8017": "8018",
}
_MEASURES = ("31", "32", "33", "34", "35", "36", "39")


def check(present: frozenset[str]) -> None:
    """Check that these identifiers may be in one code. BadBarcode barcode.gs1: `reason` excluded or association."""
    for ai in sorted(present):
        if clash := next((other for other in sorted(present) if _clash(ai, other)), None):
            raise bad("excluded", ai, other=clash)
    for ai in sorted(present):
        wanted = _needs(ai)
        if wanted and not any(_met(all_of, present) for all_of in wanted.split()):
            raise bad("association", ai, needs=wanted)


def _met(all_of: str, present: frozenset[str]) -> bool:
    return all(any(_fits(one, ai) for ai in present) for one in all_of.split("+"))


def _clash(ai: str, other: str) -> bool:
    """Return True if the two exclude each other, or are one measure with different numbers of decimal places."""
    twice = ai != other and len(ai) == 4 and ai.startswith(_MEASURES) and ai[:3] == other[:3]
    return twice or any(_fits(one, other) for one in _excluded(ai))


@lru_cache(maxsize=1024)
def _needs(ai: str) -> str:
    """Find the row for an identifier, the one with the fewest wildcards."""
    rows = [(one.count("n"), wanted) for who, wanted in _NEEDS.items() for one in who.split() if _fits(one, ai)]
    return min(rows, default=(0, ""))[1]


@lru_cache(maxsize=1024)
def _excluded(ai: str) -> tuple[str, ...]:
    return tuple(_rows(ai))


def _rows(ai: str) -> Iterator[str]:
    for who, others in _EXCLUDES.items():
        if any(_fits(one, ai) for one in who.split()):
            yield from others.split()


def _fits(pattern: str, ai: str) -> bool:
    return len(pattern) == len(ai) and all(p in ("n", c) for p, c in zip(pattern, ai, strict=True))
