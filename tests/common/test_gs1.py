"""What a GS1 code says is read exactly, or refused; nothing without an identifier is taken for one."""

from __future__ import annotations

from datetime import date

import pytest
from biip.checksums import gs1_standard_check_digit
from hypothesis import given
from hypothesis import strategies as st

from common import gs1
from common.errors import BadBarcode
from common.ids import Claim

GTIN = "09506000134352"
SSCC = "106141412345678908"
GS = "\x1d"
# The characters that a serial or a lot may have: GS1 General Specifications, figure 7.11-1.
SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


def parsed(text: str, identifier: str = "]C1") -> gs1.Gs1:
    found = gs1.parse((identifier + text).encode())
    assert found is not None
    return found


def refusal(text: str) -> dict[str, object]:
    with pytest.raises(BadBarcode) as raised:
        parsed(text)
    assert raised.value.code == "barcode.gs1"
    return raised.value.details


def test_every_element_is_read_in_the_order_of_the_code() -> None:
    found = parsed(f"01{GTIN}21M250-0042{GS}10L77{GS}11261102{GS}1728113037{'24'}")
    assert found == gs1.Gs1(
        elements=(("01", GTIN), ("21", "M250-0042"), ("10", "L77"), ("11", "261102"), ("17", "281130"), ("37", "24")),
        gtin=GTIN,
        serial="M250-0042",
        lot="L77",
        produced=date(2026, 11, 2),
        expiry=date(2028, 11, 30),
        quantity=24,
    )


@pytest.mark.parametrize("identifier", ["]C1", "]d2", "]Q3", "]e0"])
def test_the_four_identifiers_of_gs1_make_it_gs1(identifier: str) -> None:
    assert parsed(f"00{SSCC}", identifier).sscc == SSCC


@pytest.mark.parametrize(
    "raw",
    [
        b"10D9T",  # a plain lot that others read as AI 10
        f"01{GTIN}21ABC".encode(),
        f"01{GTIN}21ABC{GS}10L77".encode(),
        f"]C0 01{GTIN}".encode(),
        f"]d1 01{GTIN}".encode(),
        f"]Q1 01{GTIN}".encode(),
        f"]E0{GTIN}".encode(),
        b"",
        b"]",
    ],
)
def test_without_an_identifier_of_gs1_nothing_is_guessed(raw: bytes) -> None:
    assert gs1.parse(raw) is None


@pytest.mark.parametrize(("ai", "good"), [("01", GTIN), ("02", GTIN), ("00", SSCC), ("414", "9506000134352")])
def test_a_wrong_check_digit_is_refused(ai: str, good: str) -> None:
    parsed(ai + good)
    bad = good[:-1] + str((int(good[-1]) + 1) % 10)
    assert refusal(ai + bad) == {"reason": "check_digit", "ai": ai, "value": bad}


@pytest.mark.parametrize(
    ("text", "reason", "ai"),
    [
        ("", "empty", None),
        ("05123", "unknown_ai", "0512"),
        (f"01{GTIN}7", "unknown_ai", "7"),
        (f"01{GTIN[:-1]}", "format", "01"),
        ("00123", "format", "00"),
        ("10", "format", "10"),
        ("30", "format", "30"),
        (f"21{GS}10L77", "format", "21"),
        ("21AB C", "separator", "21"),
        ("21" + "x" * 21, "separator", "21"),
        (f"21A{GS}{GS}10L77", "unknown_ai", GS + "10L"),
        (f"{GS}21A", "unknown_ai", GS + "21A"),
        (f"10A{GS}10B", "repeated", "10"),
        ("17261301", "format", "17"),
        ("17260001", "date", "17"),
        ("17260230", "date", "17"),
        ("11260431", "date", "11"),
        ("70032601012460", "date", "7003"),
        ("7007260101260230", "date", "7007"),
        ("4326991301", "date", "4326"),
    ],
)
def test_a_code_that_breaks_the_standard_is_refused_with_its_reason(text: str, reason: str, ai: str | None) -> None:
    details = refusal(text)
    assert (details["reason"], details.get("ai")) == (reason, ai)


def test_a_lost_separator_never_makes_two_elements_of_one() -> None:
    """With the FNC1 lost, twenty characters of serial would end exactly where "10" seems to begin a lot."""
    assert refusal(f"01{GTIN}21{'S' * 20}10L77")["reason"] == "separator"
    assert parsed(f"01{GTIN}21{'S' * 18}10").serial == "S" * 18 + "10"


def test_digits_of_other_scripts_are_refused() -> None:
    assert refusal("37٣")["reason"] == "charset"
    assert refusal("10批次")["reason"] == "charset"


def test_the_same_element_twice_counts_once() -> None:
    assert parsed(f"10A{GS}10A").elements == (("10", "A"),)


def test_one_separator_at_the_end_is_forgiven() -> None:
    assert parsed(f"01{GTIN}21A{GS}") == parsed(f"01{GTIN}21A")


def test_day_00_is_the_last_of_its_month_and_every_year_is_of_this_century() -> None:
    assert parsed("17280200").expiry == date(2028, 2, 29)
    assert parsed("11991231").produced == date(2099, 12, 31)


@pytest.mark.parametrize("text", ["7007260101260131", "7007260101", "43242601019999", "70032601012359", "800826010112"])
def test_a_good_date_with_a_time_or_a_range_is_taken(text: str) -> None:
    assert parsed(text).elements == ((text[:4], text[4:]),)


def test_claims_name_the_single_thing() -> None:
    assert gs1.claims(parsed(f"01{GTIN}21A.7")) == [Claim("gs1:sgtin", f"{GTIN}.A.7")]
    assert gs1.claims(parsed(f"01{GTIN}10L7")) == [Claim("gs1:lgtin", f"{GTIN}.L7")]
    assert gs1.claims(parsed(f"00{SSCC}")) == [Claim("gs1:sscc", SSCC)]
    both = gs1.claims(parsed(f"01{GTIN}21A{GS}10L7"))
    assert [claim.scheme for claim in both] == ["gs1:sgtin", "gs1:lgtin"]


def test_an_article_a_lot_of_nothing_and_the_content_of_a_carton_claim_nothing() -> None:
    assert gs1.claims(parsed(f"01{GTIN}")) == []
    assert gs1.claims(parsed("10L7")) == []
    assert gs1.claims(parsed(f"02{GTIN}374{GS}10L7")) == []


@pytest.mark.parametrize(
    ("text", "rest"),
    [("]C0ABC", "ABC"), ("]Q1ABC", "ABC"), ("ABC", "ABC"), ("]", "]"), ("]1AB", "]1AB"), ("A]C0", "A]C0")],
)
def test_a_symbology_identifier_is_taken_off(text: str, rest: str) -> None:
    assert gs1.without_identifier(text) == rest


@given(st.sampled_from(gs1.IDENTIFIERS), st.binary(max_size=60) | st.text(SET_82 + GS, max_size=60).map(str.encode))
def test_any_bytes_parse_or_are_a_bad_barcode(identifier: str, raw: bytes) -> None:
    try:
        found = gs1.parse(identifier.encode() + raw)
    except BadBarcode as e:
        assert e.code == "barcode.gs1"
    else:
        assert found is not None
        assert found.elements


@given(
    st.text("0123456789", min_size=13, max_size=13),
    st.text(SET_82, min_size=1, max_size=20),
    st.text(SET_82, min_size=1, max_size=20),
)
def test_whatever_a_label_carries_comes_back_unchanged(item: str, serial: str, lot: str) -> None:
    gtin = item + str(gs1_standard_check_digit(item))
    found = parsed(f"01{gtin}21{serial}{GS}10{lot}")
    assert (found.gtin, found.serial, found.lot) == (gtin, serial, lot)
