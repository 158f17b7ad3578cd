"""Calls on disk: open until they are cleared, whatever order the news of it comes in."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from common import event_types as b
from common.ids import b64
from common.ledger import calls
from tests.support.factory import Author, Node
from tests.support.postgres import BOTH

ENGINES = BOTH
PLACE = "st-1"


def raised(author: Author, reason: str = "material") -> str:
    return author.say(b.Call("raised", PLACE, reason), who="p-wang")


def told(author: Author, call: str, state: Any, who: str = "p-li", reason: str = "material") -> str:
    return author.say(b.Call(state, PLACE, reason, call), who=who)


def open_ids(node: Node, place: str = PLACE) -> list[str]:
    with node.store.reading() as conn:
        found = calls.open_at(conn, place)
        assert calls.count_open(conn) == len(calls.every_open(conn))
    return [call.id for call in found]


def test_a_call_is_open_until_it_is_cleared_and_says_who_answered(make):
    station, line = Author(1, PLACE), Author(2, "hub")
    call = raised(station)
    node = make(station, line)
    node.take(station.batch())
    assert open_ids(node) == [call] and open_ids(node, "st-2") == []
    told(line, call, "answered")
    node.take(line.batch())
    with node.store.reading() as conn:
        (one,) = calls.open_at(conn, PLACE)
    assert (one.reason, one.raised.who, one.answered and one.answered.who) == ("material", "p-wang", "p-li")
    told(station, call, "cleared", "p-wang")
    node.take(station.batch(1))
    assert open_ids(node) == []
    with node.store.reading() as conn:
        again = calls.one(conn, call)
        assert again and again.cleared and again.cleared.who == "p-wang" and calls.recent(conn, 9) == (again,)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_in_which_logs_come_says_nothing(make, order):
    authors = [Author(1, PLACE), Author(2, "hub"), Author(3, "st-3")]
    call = raised(authors[0])
    told(authors[1], call, "answered")
    told(authors[2], call, "cleared")
    node = make(*authors)
    for at in order:
        node.take(authors[at].batch())
    assert open_ids(node) == []
    with node.store.reading() as conn:
        one = calls.one(conn, call)
    assert one and one.answered and one.cleared


def test_of_several_calls_each_ends_alone(make):
    station = Author(1, PLACE)
    first, second = raised(station), raised(station, "quality")
    told(station, first, "cleared")
    node = make(station)
    node.take(station.batch())
    assert open_ids(node) == [second]


def test_a_call_that_another_log_carries_on_is_the_same_call(make):
    lost, heir = Author(1, PLACE), Author(2, PLACE)
    call = raised(lost)
    heir.say(b.Readopt(log=lost.log, index=0, event=b64(lost.raws[0])))
    node = make(lost, heir)
    node.take(heir.batch())
    assert open_ids(node) == [call]
    node.take(lost.batch())
    assert open_ids(node) == [call]
    told(heir, call, "cleared")
    node.take(heir.batch(1))
    assert open_ids(node) == []


def test_what_answers_a_call_that_nobody_knows_is_no_call(make):
    station, other = Author(1, PLACE), Author(2)
    told(station, raised(other), "answered")
    node = make(station)
    node.take(station.batch())
    assert open_ids(node) == []
