"""An order that the hub never gave and stations name: it is found, and its page says what is known and what is not."""

from __future__ import annotations

import pytest

from common import event_types as b
from common.ids import Claim
from hub.trace.search import SearchPage, search_page
from hub.trace.thing import ThingPage, thing_page
from tests.support.factory import SITE, Author, done, unit
from tests.support.hub import Office
from tests.support.postgres import BOTH

ENGINES = BOTH
NAMED = Claim(f"order@{SITE}", "WO-9001")


@pytest.fixture
def plant(office: Office, author: Author) -> Office:
    """Two stations started units for an order; a third only worked on one of them."""
    other, third = Author(2, "st-20"), Author(3, "st-30")
    office.trust(author, other, third)
    author.say(b.Commission("motor", NAMED.value), unit("M-1"))
    other.say(b.Commission("motor", NAMED.value), unit("M-2"))
    other.say(b.Commission("motor", "WO-9002"), unit("M-3"))
    third.say(done("press"), unit("M-1"))
    for one in (author, other, third):
        office.take(one)
    return office


def found(office: Office, text: str) -> SearchPage:
    with office.reading() as conn:
        return search_page(conn, text, SITE, lambda log, size: 0, 0)


def page(office: Office, claim: Claim) -> ThingPage | None:
    with office.reading() as conn:
        return thing_page(conn, claim, lambda log, size: 0, 0)


@pytest.mark.parametrize("text", ["WO-9001", " wo-9001\t"])
def test_an_order_that_only_stations_name_is_found_by_its_number(plant: Office, text: str) -> None:
    seen = found(plant, text)
    assert ([(one.claim, one.kind) for one in seen.matches], seen.exact) == ([(NAMED, "order")], True)


def test_the_beginning_of_its_number_finds_it_among_others(plant: Office) -> None:
    seen = found(plant, "WO-90")
    assert ([one.claim.value for one in seen.matches], seen.exact) == (["WO-9001", "WO-9002"], False)
    assert not found(plant, "WO-8").matches


def test_its_page_names_the_stations_and_the_units_and_no_order_of_the_hub(plant: Office) -> None:
    seen = page(plant, NAMED)
    assert seen is not None and seen.ordered is None
    assert (seen.named_by, [one.claim for one in seen.units]) == (("st-10", "st-20"), [unit("M-1"), unit("M-2")])


def test_an_order_that_nobody_named_has_no_page(plant: Office) -> None:
    assert page(plant, Claim(NAMED.scheme, "WO-9003")) is None
    assert page(plant, Claim("unit@" + SITE, NAMED.value)) is None


def test_once_the_hub_gives_it_the_page_is_the_orders_own(plant: Office) -> None:
    plant.publish(b.OrderReceived("motor", "2", "pcs"), on=(NAMED,), line="line-1")
    seen = page(plant, NAMED)
    assert seen is not None and seen.ordered is not None
    assert (seen.ordered.begun, seen.named_by, len(seen.units)) == (2, (), 2)
    assert [one.claim for one in found(plant, NAMED.value).matches] == [NAMED], "once, not twice"
