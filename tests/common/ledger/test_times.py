"""When something happened, by the hub's signed times in its log and nothing that a station's wall clock says."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from common import event_types as b
from common.events import Fact, Stamp, encode
from common.judge import TimeSpan
from common.ledger import reads, times
from tests.support.factory import START_MS, Author, Node, done, site_author, stamp, unit

U, HOUR = unit(), 3_600_000
DRIFT_MS = 361  # of an hour, at 100 ppm, and one for the rounding


def anchor(hub_ms: int, rtt_ms: int = 40) -> b.Anchor:
    return b.Anchor(f"headwater.anchor/site\nlog\nchallenge\n{START_MS + hub_ms}\n", rtt_ms)


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path / "node.db", [Author(1)], site_author())


class Told:
    """One station's log: each word at so many hours of a boot's monotonic clock, whatever its wall clock says."""

    def __init__(self) -> None:
        self.author = Author(1)

    def say(self, body: b.Body, boot: str, hours: float) -> None:
        on = (U,) if isinstance(body, b.OperationCompleted) else ()
        base: Stamp = stamp(self.author.size)
        self.author.write(encode(Fact(body, on), replace(base, at=0, bo=boot, mo=int(hours * HOUR))))


def span(node: Node, *said: tuple[b.Body, str, float]) -> TimeSpan:
    """When the only pass of a log was given, in ms after START_MS."""
    told = Told()
    for one in said:
        told.say(*one)
    node.take(told.author.batch())
    return when(node)


def when(node: Node) -> TimeSpan:
    with node.store.reading() as conn:
        (past,) = reads.history(conn, U).events
        found = times.span(conn, past)
    first, last = (None if ms is None else ms - START_MS for ms in (found.earliest_ms, found.latest_ms))
    return TimeSpan(first, last)


PASS = (done("press"), "boot", 2.0)


def test_an_anchor_of_the_same_boot_that_comes_later_tells_the_time_by_the_monotonic_clock(node: Node) -> None:
    found = span(node, PASS, (anchor(9 * HOUR), "boot", 3.0))
    assert found == TimeSpan(8 * HOUR - DRIFT_MS, 8 * HOUR + 40 + DRIFT_MS)


def test_so_does_one_that_came_before(node: Node) -> None:
    assert span(node, (anchor(9 * HOUR), "boot", 1.0), PASS) == TimeSpan(
        10 * HOUR - DRIFT_MS, 10 * HOUR + 40 + DRIFT_MS
    )


def test_without_one_of_its_boot_it_lies_between_its_neighbours(node: Node) -> None:
    found = span(node, (anchor(HOUR), "old", 7.0), PASS, (anchor(9 * HOUR), "new", 0.1))
    assert found == TimeSpan(HOUR, 9 * HOUR + 40)


def test_of_several_the_nearest_count(node: Node) -> None:
    many = [(anchor(h * HOUR), "old", float(h)) for h in (0, 1)]
    assert span(node, *many, PASS, (anchor(9 * HOUR), "new", 0.1), (anchor(99 * HOUR), "new", 90.1)).earliest_ms == HOUR


def test_without_any_nothing_is_known(node: Node) -> None:
    assert span(node, PASS, (b.SignIn("st-1", "in"), "boot", 3.0)) == TimeSpan()


def test_anchors_that_contradict_each_other_say_nothing(node: Node) -> None:
    assert span(node, (anchor(9 * HOUR), "old", 1.0), PASS, (anchor(HOUR), "new", 0.1)) == TimeSpan()


def test_one_that_states_no_time_is_passed_over(node: Node) -> None:
    empty = (b.Anchor("headwater.anchor", 40), "boot", 2.5)
    assert span(node, PASS, empty, (anchor(9 * HOUR), "new", 0.1)) == TimeSpan(None, 9 * HOUR + 40)


def test_it_may_come_after_very_many_events(node: Node) -> None:
    many = [(b.SignIn("st-1", "in"), "boot", 2.5)] * (2 * times.AT_ONCE)
    assert span(node, PASS, *many, (anchor(9 * HOUR), "new", 0.1)) == TimeSpan(None, 9 * HOUR + 40)


def test_one_from_where_the_log_is_not_trusted_says_nothing(node: Node) -> None:
    assert span(node, PASS, (anchor(9 * HOUR), "new", 0.1)) != TimeSpan()
    site = site_author()
    site.say(b.StationRevoked(log=Author(1).log, at=1, reason="stolen"))
    node.take(site.batch())
    assert when(node) == TimeSpan()
