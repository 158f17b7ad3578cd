"""What an element string says is read exactly, or refused with the reason; nothing else is taken for one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import gs1
from common.errors import BadBarcode
from tests.support.gs1 import GSRN, GTIN, SET_82, SSCC, gtins, serials

GS = gs1.GS


def parsed(text: str, identifier: str = "]C1") -> gs1.Gs1:
    found = gs1.parse(identifier + text)
    assert found is not None
    return found


def refusal(text: str) -> dict[str, object]:
    with pytest.raises(BadBarcode) as raised:
        parsed(text)
    assert raised.value.code == "barcode.gs1"
    return raised.value.details


def test_every_element_is_read_in_the_order_of_the_code() -> None:
    found = parsed(f"01{GTIN}21M250-0042{GS}10L77{GS}11261102{GS}17281130")
    assert found.elements == (("01", GTIN), ("21", "M250-0042"), ("10", "L77"), ("11", "261102"), ("17", "281130"))
    assert (found.get("10"), found.get("37")) == ("L77", None)


@pytest.mark.parametrize("identifier", ["]C1", "]e0", "]d2", "]Q3", "]J1", GS])
def test_each_identifier_of_gs1_or_a_leading_fnc1_makes_it_gs1(identifier: str) -> None:
    assert parsed(f"00{SSCC}", identifier).get("00") == SSCC


@pytest.mark.parametrize(
    "text",
    [
        "10D9T",  # a plain lot that others read as AI 10: OCA/wms#1248
        f"01{GTIN}21ABC",
        f"01{GTIN}21ABC{GS}10L77",
        f"(01){GTIN}(21)ABC",
        f"]C0 01{GTIN}",
        f"]C2 01{GTIN}",
        f"]d1 01{GTIN}",
        f"]Q1 01{GTIN}",
        f"]E0{GTIN}",
        "",
        "]",
    ],
)
def test_without_an_identifier_of_gs1_nothing_is_guessed(text: str) -> None:
    assert gs1.parse(text) is None


CHECKED = [
    ("00", SSCC, ""),
    ("01", GTIN, ""),
    ("03", GTIN, ""),
    *((ai, "9506000134352", "") for ai in ("410", "411", "412", "413", "414", "416", "417")),
    ("402", "12345678901234560", ""),
    ("253", "9506000134352", "DOC1"),
    ("255", "9506000134352", "1"),
    ("8003", "09506000134352", "CRATE7"),
    ("8006", GTIN, "0102"),
    ("8017", GSRN, ""),
    ("8018", GSRN, ""),
]


@pytest.mark.parametrize(("ai", "good", "behind"), CHECKED)
def test_a_wrong_check_digit_is_refused_wherever_there_is_one(ai: str, good: str, behind: str) -> None:
    parsed(ai + good + behind)
    bad = good[:-1] + str((int(good[-1]) + 1) % 10) + behind
    assert refusal(ai + bad) == {"reason": "check_digit", "ai": ai, "value": bad}


def test_the_check_characters_of_a_model_number_are_checked() -> None:
    """The example of GS1 General Specifications, 7.9.5."""
    parsed("80131987654Ad4X4bL5ttr2310c2K")
    assert refusal("80131987654Ad4X4bL5ttr2310c2J")["reason"] == "check_digit"
    assert refusal("80131987654Ad4X4bL5ttr2310d2K")["reason"] == "check_digit"


@pytest.mark.parametrize(
    ("text", "reason", "ai"),
    [
        ("", "empty", ""),
        ("05123", "unknown_ai", "0512"),
        (f"01{GTIN}7", "unknown_ai", "7"),
        (f"01{GTIN[:-1]}", "format", "01"),
        ("00123", "format", "00"),
        ("10", "format", "10"),
        ("30", "format", "30"),
        ("703009A", "format", "7030"),
        (f"21{GS}10L77", "format", "21"),
        ("21AB C", "separator", "21"),
        ("21" + "x" * 21, "separator", "21"),
        ("37123456789", "separator", "37"),
        (f"21A{GS}{GS}10L77", "unknown_ai", GS + "10L"),
        (f"{GS}21A", "unknown_ai", GS + "21A"),
        (f"01{GTIN}10A{GS}10B", "repeated", "10"),
        (f"01{GTIN}3103000189{GS}3102000018", "excluded", "3102"),
        (f"8006{GTIN}0201", "piece", "8006"),
        (f"8006{GTIN}0001", "piece", "8006"),
        (f"8010ABC1DE{GS}801107", "format", "8011"),
        (f"8010abc1de{GS}80117", "format", "8010"),
        ("17261301", "format", "17"),
        ("17260001", "date", "17"),
        ("17260230", "date", "17"),
        ("11260431", "date", "11"),
        ("7006260200", "date", "7006"),
        ("70032601012460", "date", "7003"),
        ("70032601019999", "date", "7003"),
        ("7007260101260230", "date", "7007"),
        ("4326991301", "date", "4326"),
        ("725020260230", "date", "7250"),
    ],
)
def test_a_code_that_breaks_the_standard_is_refused_with_its_reason(text: str, reason: str, ai: str) -> None:
    details = refusal(text)
    assert (details["reason"], details["ai"]) == (reason, ai)


def test_a_lost_separator_never_makes_two_elements_of_one() -> None:
    """With the FNC1 lost, twenty characters of serial would end exactly where "10" seems to begin a lot."""
    assert refusal(f"01{GTIN}21{'S' * 20}10L77")["reason"] == "separator"
    assert parsed(f"01{GTIN}21{'S' * 18}10").get("21") == "S" * 18 + "10"


def test_digits_of_other_scripts_are_refused() -> None:
    assert refusal("37٣")["reason"] == "charset"
    assert refusal("10批次")["reason"] == "charset"


def test_the_same_element_twice_counts_once() -> None:
    assert parsed(f"01{GTIN}10A{GS}10A").elements == (("01", GTIN), ("10", "A"))


def test_one_separator_at_the_end_is_forgiven() -> None:
    assert parsed(f"01{GTIN}21A{GS}") == parsed(f"01{GTIN}21A")


@pytest.mark.parametrize(
    "text",
    [
        *(
            f"01{GTIN}{rest}"
            for rest in ("7007260101260131", "7007260101", "70032601012359", "800826010112", "17260200")
        ),
        *(f"00{SSCC}{rest}" for rest in ("43242601019999", "43242601011530", "4326261130", "3300001200", "420100020")),
        *(f"01{GTIN}21A{GS}{rest}" for rest in ("250SUP1", "240KIT", "7021NEW", "7230AB1234", "90X", "99Y", "400PO7")),
        f"01{GTIN}7030156ABC{GS}7039999X{GS}422156{GS}427CN",
        f"02{GTIN}3724{GS}10L7",
        f"8004ASSET{GS}7023SHELF",
        "8010ABC1-2/3#4\x1d8011123",
    ],
)
def test_what_a_factory_meets_is_taken(text: str) -> None:
    assert parsed(text).elements


# Dates and amounts ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "year", "day"),
    [
        ("280200", 2026, date(2028, 2, 29)),
        ("261130", 2026, date(2026, 11, 30)),
        ("761231", 2026, date(2076, 12, 31)),
        ("771231", 2026, date(1977, 12, 31)),
        ("000229", 2026, date(2000, 2, 29)),
        ("990101", 2026, date(1999, 1, 1)),
        ("010101", 2099, date(2101, 1, 1)),
        ("491231", 2099, date(2149, 12, 31)),
        ("500101", 2099, date(2050, 1, 1)),
    ],
)
def test_a_day_is_of_the_century_that_puts_it_nearest(text: str, year: int, day: date) -> None:
    """49 years back and 50 ahead, and day 00 is the month's last: GS1 General Specifications, 7.12."""
    assert gs1.day(text, year) == day


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(-49, 50))
def test_whatever_day_is_printed_is_read_back_in_its_time(day: date, ago: int) -> None:
    assert gs1.day(day.strftime("%y%m%d"), day.year - ago) == day


@pytest.mark.parametrize(
    ("ai", "value", "amount"),
    [
        ("3103", "000189", "0.189"),
        ("3100", "000189", "189"),
        ("3105", "000001", "0.00001"),
        ("3302", "123456", "1234.56"),
        ("3922", "1299", "12.99"),
        ("3932", "8401299", "12.99"),
        ("3909", "12", "0.000000012"),
        ("3941", "0125", "12.5"),
        ("37", "00024", "24"),
    ],
)
def test_an_amount_has_its_implied_decimals(ai: str, value: str, amount: str) -> None:
    assert gs1.amount(ai, value) == amount


# Any bytes ------------------------------------------------------------------------------------------------------------
@given(st.sampled_from((*gs1.IDENTIFIERS, GS)), st.text(SET_82 + GS, max_size=60) | st.text(max_size=60))
def test_any_text_parses_or_is_a_bad_barcode(identifier: str, text: str) -> None:
    try:
        found = gs1.parse(identifier + text)
    except BadBarcode as e:
        assert e.code == "barcode.gs1"
    else:
        assert found is not None
        assert found.elements


@given(gtins, serials, serials)
def test_whatever_a_label_carries_comes_back_unchanged(gtin: str, serial: str, lot: str) -> None:
    found = parsed(f"01{gtin}21{serial}{GS}10{lot}")
    assert found.elements == (("01", gtin), ("21", serial), ("10", lot))


@pytest.mark.parametrize(
    ("text", "rest"),
    [("]C0ABC", "ABC"), ("]Q1ABC", "ABC"), ("ABC", "ABC"), ("]", "]"), ("]1AB", "]1AB"), ("A]C0", "A]C0")],
)
def test_a_symbology_identifier_is_taken_off(text: str, rest: str) -> None:
    assert gs1.without_identifier(text) == rest
