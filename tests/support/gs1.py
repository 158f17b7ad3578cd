"""Writes GS1 codes as printers and scanners do: element strings behind each identifier, and Digital Links."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from biip.checksums import gs1_standard_check_digit
from hypothesis import strategies as st

from common.gs1 import GS, IDENTIFIERS

GTIN = "09506000134352"
OTHER_GTIN = "80614141123458"
SSCC = "106141412345678908"
GLN = "9506000134352"
GSRN = "061414101234567892"
# The characters that a serial or a lot may have: GS1 General Specifications, figure 7.11-1.
SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
PATH = ("00", "01", "22", "10", "21", "235", "414", "254", "8003", "8004", "8006", "253")

gtins = st.text("0123456789", min_size=13, max_size=13).map(lambda item: item + str(gs1_standard_check_digit(item)))
serials = st.text(SET_82, min_size=1, max_size=20)


def element_string(elements: Iterable[tuple[str, str]], identifier: str = "]C1") -> str:
    """As a scanner sends it, an FNC1 after each element but the last."""
    return identifier + GS.join(ai + value for ai, value in elements)


def link(elements: Iterable[tuple[str, str]], stem: str = "https://id.gs1.org") -> str:
    """As a Digital Link; the key must come first."""
    path = "".join(f"/{ai}/{quote(value, safe='')}" for ai, value in elements if ai in PATH)
    query = "&".join(f"{ai}={quote(value, safe='')}" for ai, value in elements if ai not in PATH)
    return stem + path + (f"?{query}" if query else "")


def every_way(elements: list[tuple[str, str]]) -> list[str]:
    """The same elements in each symbology, behind a bare FNC1, and as Digital Links."""
    strings = [element_string(elements, identifier) for identifier in (*IDENTIFIERS, GS)]
    links = [link(elements), link(elements, "HTTP://Shop.example:8080/a/01/b"), "]Q1" + link(elements) + "#top"]
    return strings + links
