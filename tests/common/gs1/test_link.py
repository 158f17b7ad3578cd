"""A Digital Link says what the element string says; what only looks like one is left to the site's rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import gs1
from common.errors import BadBarcode
from common.ids import b64
from tests.support.gs1 import GTIN, SSCC, element_string, gtins, link, serials


def compressed(gtin: int) -> str:
    """The key 01 and a number of 47 bits, as a compressed link begins."""
    return b64(((0x01 << 47 | gtin) << 1).to_bytes(7, "big"))


def refusal(text: str) -> dict[str, object]:
    with pytest.raises(BadBarcode) as raised:
        gs1.parse_link(text)
    assert raised.value.code == "barcode.gs1"
    return raised.value.details


@given(gtins, serials, serials, st.sampled_from(["https://id.gs1.org", "http://a.b:8/01/x/y", "HTTPS://SHOP.EXAMPLE"]))
def test_a_link_and_an_element_string_say_the_same(gtin: str, serial: str, lot: str, stem: str) -> None:
    elements = [("01", gtin), ("10", lot), ("21", serial), ("17", "261130")]
    assert gs1.parse_link(link(elements, stem)) == gs1.parse(element_string(elements))


@pytest.mark.parametrize(
    "text",
    [
        f"https://id.gs1.org/01/{GTIN}/21/A%2f7",
        f"https://id.gs1.org/01/{GTIN}/21/A%2F7",
        f"https://id.gs1.org/01/{GTIN[1:]}/21/%41%2F7",
        f"HTTP://EXAMPLE.COM/01/{GTIN}/21/A%2F7",
        f"https://a.b/q/01/{GTIN}/21/A%2F7?linkType=all&lang=zh#x",
        f"https://192.0.2.1:8443/x/00/y/01/{GTIN}/21/A%2F7",
    ],
)
def test_escapes_hosts_stems_and_what_is_for_the_resolver_make_no_difference(text: str) -> None:
    found = gs1.parse_link(text)
    assert found is not None
    assert found.elements == (("01", GTIN), ("21", "A/7"))


def test_a_plus_is_a_plus() -> None:
    assert gs1.parse_link(f"https://a/01/{GTIN}/21/A+B?240=C+D") == gs1.Gs1(
        (("01", GTIN), ("21", "A+B"), ("240", "C+D"))
    )


@pytest.mark.parametrize(
    "text",
    [
        "M-250-004217",
        "https://example.com",
        "https://example.com/",
        "https://example.com/u/4217",
        "https://example.com/2026/01/15",
        "https://example.com/01/ABC",
        f"ftp://example.com/01/{GTIN}",
        f"example.com/01/{GTIN}",
        f"https:///01/{GTIN}",
        f"https://example.com/?01={GTIN}",
        f"https://example.com/01/{GTIN}/21/A<7",
        f"https://example.com/01/{GTIN}/21/电",
        f"HtTp://example.com/01/{GTIN}",
    ],
)
def test_what_is_no_digital_link_is_none(text: str) -> None:
    assert gs1.parse_link(text) is None


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        (f"/01/{GTIN[:-1]}3/21/A", "check_digit"),
        (f"/00/{SSCC[:-1]}9", "check_digit"),
        (f"/01/{GTIN}/21/A/10/L", "link"),
        (f"/01/{GTIN}/21/A/235/B", "link"),
        (f"/01/{GTIN}/17/281130", "link"),
        (f"/01/{GTIN}/21", "link"),
        (f"/01/{GTIN}/21/A/", "link"),
        (f"/01/{GTIN}/lot/A", "link"),
        (f"/01/{GTIN}?21=A", "link"),
        (f"/01/{GTIN}/10/L?10=L", "link"),
        (f"/01/{GTIN}?89=A", "unknown_ai"),
        (f"/01/{GTIN}?3=103000189", "unknown_ai"),
        (f"/01/{GTIN}?17=281301", "format"),
        (f"/01/{GTIN}/21/{'S' * 21}", "format"),
        (f"/01/{GTIN}/21/A%0AB", "format"),
        (f"/01/{GTIN}/21/A%C3%A9", "format"),
        (f"/01/{GTIN}/21/A%2", "encoding"),
        (f"/01/{GTIN}/21/A%GG", "encoding"),
        (f"/01/{GTIN}?37=4", "excluded"),
        ("/415/9506000134352", "association"),
        (f"/gtin/{GTIN}/ser/A7", "names"),
        (f"/SSCC/{SSCC}", "names"),
        (f"/01/{GTIN}/AQnYUc1gmiERBhQ", "compressed"),
        ("/AQnYUc1gmg", "compressed"),
    ],
)
def test_a_link_that_breaks_the_standard_is_refused_with_its_reason(rest: str, reason: str) -> None:
    assert refusal("https://example.com" + rest)["reason"] == reason


def test_only_what_begins_with_a_sound_number_is_called_compressed() -> None:
    """Most short links of the web have such a segment: it must be the bits of 01 or 00, and a check digit come out."""
    assert refusal(f"https://a/{compressed(int(GTIN))}")["reason"] == "compressed"
    assert gs1.parse_link(f"https://a/{compressed(int(GTIN) + 1)}") is None
    assert gs1.parse_link("https://example.com/AQ") is None
    assert gs1.parse_link("https://youtu.be/dQw4w9WgXcQ") is None


@given(st.text("/?&=%#:.0123456789ABabtgin", max_size=60) | st.text(max_size=60))
def test_any_link_is_read_is_none_or_is_a_bad_barcode(rest: str) -> None:
    try:
        found = gs1.parse_link("https://a/" + rest)
    except BadBarcode as e:
        assert e.code == "barcode.gs1"
    else:
        assert found is None or found.elements
