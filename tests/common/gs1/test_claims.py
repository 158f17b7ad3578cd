"""A GS1 code claims the single thing that it names; published examples read as their publishers say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from common import gs1
from common.ids import GS1_KINDS, Claim, kind_of
from tests.support.gs1 import GLN, GSRN, GTIN, SSCC, element_string, link

PUBLISHED = json.loads((Path(__file__).parents[2] / "golden/gs1/published.json").read_text(encoding="utf-8"))


def claimed(*elements: tuple[str, str]) -> list[Claim]:
    found = gs1.parse(element_string(elements))
    assert found is not None
    return gs1.claims(found)


@pytest.mark.parametrize(
    ("elements", "claim"),
    [
        ([("01", GTIN), ("21", "A.7")], Claim("gs1:sgtin", f"{GTIN}.A.7")),
        ([("01", GTIN), ("21", "A7"), ("10", "L7")], Claim("gs1:sgtin", f"{GTIN}.A7")),
        ([("01", GTIN), ("10", "L7")], Claim("gs1:lgtin", f"{GTIN}.L7")),
        ([("01", GTIN), ("235", "T7")], Claim("gs1:upui", f"{GTIN}.T7")),
        ([("00", SSCC)], Claim("gs1:sscc", SSCC)),
        ([("00", SSCC), ("02", GTIN), ("37", "4"), ("10", "L7")], Claim("gs1:sscc", SSCC)),
        ([("8006", GTIN + "0102"), ("21", "A7")], Claim("gs1:itip", f"{GTIN}0102.A7")),
        ([("8010", "9506000ROD-7"), ("8011", "42")], Claim("gs1:cpi", "9506000ROD-7.42")),
        ([("8003", "0" + GLN + "CRATE7")], Claim("gs1:grai", f"{GLN}.CRATE7")),
        ([("8004", "9506000GAUGE7")], Claim("gs1:giai", "9506000GAUGE7")),
        ([("253", GLN + "DOC7")], Claim("gs1:gdti", f"{GLN}.DOC7")),
        ([("414", GLN)], Claim("gs1:sgln", GLN)),
        ([("414", GLN), ("254", "A3")], Claim("gs1:sgln", f"{GLN}.A3")),
        ([("01", GTIN), ("21", "A7"), ("414", GLN)], Claim("gs1:sgtin", f"{GTIN}.A7")),
    ],
)
def test_a_code_claims_the_single_thing_that_it_names(elements: list[tuple[str, str]], claim: Claim) -> None:
    assert claimed(*elements) == [claim]
    assert kind_of(claim) == GS1_KINDS[claim.scheme]


@pytest.mark.parametrize(
    "elements",
    [
        [("01", GTIN)],
        [("02", GTIN), ("37", "4"), ("10", "L7")],
        [("8003", "0" + GLN)],
        [("253", GLN)],
        [("8006", GTIN + "0102")],
        [("8010", "9506000ROD-7")],
        [("8018", GSRN)],
        [("410", GLN)],
    ],
)
def test_a_kind_of_thing_or_a_person_is_no_claim(elements: list[tuple[str, str]]) -> None:
    assert claimed(*elements) == []


def test_a_code_that_names_two_things_claims_both() -> None:
    assert claimed(("00", SSCC), ("01", GTIN), ("21", "A7")) == [
        Claim("gs1:sgtin", f"{GTIN}.A7"),
        Claim("gs1:sscc", SSCC),
    ]


@pytest.mark.parametrize("example", PUBLISHED, ids=lambda example: example["text"][:60])
def test_published_examples_read_as_their_publishers_say(example: dict[str, str]) -> None:
    assert [f"{claim.scheme} {claim.value}" for claim in _claims(example["text"])] == example["claims"]


def _claims(text: str) -> list[Claim]:
    text = text.replace("<GS>", gs1.GS)
    found = gs1.parse_link(text) if text.startswith("http") else gs1.parse(text)
    assert found is not None
    return gs1.claims(found)


def test_a_link_claims_what_the_element_string_claims() -> None:
    elements = [("8004", "9506000/7")]
    found = gs1.parse_link(link(elements))
    assert found is not None
    assert gs1.claims(found) == claimed(*elements)
