"""What must stand together does, and what never may stand together does not."""

from __future__ import annotations

import pytest

from common import gs1
from common.errors import BadBarcode
from tests.support.gs1 import GLN, GTIN, OTHER_GTIN, SSCC, element_string

VALUES = {
    "00": SSCC,
    **dict.fromkeys(("01", "02", "03"), GTIN),
    **dict.fromkeys(("10", "20", "21", "22", "235", "240", "243", "250", "251", "254", "420", "8020"), "12"),
    **dict.fromkeys(("11", "15", "17"), "261130"),
    **dict.fromkeys(("30", "37"), "24"),
    **dict.fromkeys(("3102", "3103", "3302", "3370"), "000189"),
    **dict.fromkeys(("3922", "3932"), "156001299"),
    **dict.fromkeys(("410", "414", "415", "416"), GLN),
    **dict.fromkeys(("422", "426"), "156"),
    "421": "156100020",
    "427": "AB",
    "255": GLN + "1",
    "403": "R7",
    "4302": "Road",
    "4303": "Yard",
    "7003": "2611301200",
    "7004": "12",
    "7020": "R1",
    "7021": "NEW",
    "7022": "2",
    "8003": "0" + GLN + "7",
    "8004": "ASSET",
    "8006": GTIN + "0102",
    "8008": "26113012",
    "8010": "ABC12",
    "8011": "7",
    "8026": GTIN + "0102",
    "90": "X",
}
TOGETHER = [
    *(
        "00",
        "01",
        "02 37",
        "00 02 37 10 15",
        "8026 37",
        "01 21",
        "01 21 10 11 17 240 90",
        "03 21",
        "8006 21 10",
        "8010 8011",
    ),
    *("414 254", "415 8020", "414", "410", "01 3103", "02 37 3103", "01 30 3922", "01 3103 3932", "00 3302", "01 3302"),
    *(
        "00 403",
        "00 4302 4303",
        "01 422 427",
        "01 10 7004",
        "01 416 7020",
        "01 7021 7022",
        "01 21 250",
        "255 17",
        "8004",
    ),
    *("8003", "90", "420", "01 235", "01 22 10 21", "00 10", "00 15 240 3103"),
]
LONELY = [
    *("02", "37", "00 37", "8026", "10", "11", "15", "17", "20", "21", "22", "235", "240", "243", "250", "254", "415"),
    *("8020", "3103", "30", "01 3922", "01 30 3103 3932 8011", "3302", "01 403", "00 4303", "427", "01 427", "01 7004"),
    *("01 7022", "01 250", "8011", "00 3370", "00 21", "410 254", "7003", "8008", "01 3932"),
]
APART = [
    *(
        "01 02",
        "01 02 37",
        "01 37",
        "01 03",
        "02 03 37",
        "01 255",
        "01 8006",
        "01 21 235",
        "420 421",
        "01 422 426",
        "01 3102 3103",
    ),
    *("8006 37", "02 37 8026", "01 30 3922 3932"),
]


def refusal(ais: str) -> dict[str, object]:
    with pytest.raises(BadBarcode) as raised:
        gs1.parse(element_string([(ai, VALUES[ai]) for ai in ais.split()]))
    return raised.value.details


@pytest.mark.parametrize("ais", TOGETHER)
def test_what_goes_together_is_taken_in_either_order(ais: str) -> None:
    elements = [(ai, VALUES[ai]) for ai in ais.split()]
    for ordered in (elements, elements[::-1]):
        found = gs1.parse(element_string(ordered))
        assert found is not None
        assert found.elements == tuple(ordered)


@pytest.mark.parametrize("ais", LONELY)
def test_what_needs_another_is_refused_without_it(ais: str) -> None:
    details = refusal(ais)
    assert details["reason"] == "association"
    assert details["needs"]


@pytest.mark.parametrize("ais", APART)
def test_what_never_stands_together_is_refused(ais: str) -> None:
    assert refusal(ais)["reason"] == "excluded"


def test_the_refusal_says_what_is_missing() -> None:
    assert refusal("02") == {"reason": "association", "ai": "02", "needs": "37"}


def test_two_articles_in_one_code_are_refused() -> None:
    with pytest.raises(BadBarcode) as raised:
        gs1.parse(element_string([("01", GTIN), ("01", OTHER_GTIN)]))
    assert raised.value.details == {"reason": "repeated", "ai": "01"}


def test_beside_an_sscc_the_content_may_stand_in_another_bar_code_of_the_label() -> None:
    """A label spreads over several bar codes, and each scan is one: GS1 Barcode Syntax Dictionary, on pairings."""
    assert gs1.parse(element_string([("00", SSCC), ("10", "L7")])) is not None
    assert refusal("10")["reason"] == "association"
