"""A line is told of bad news that it cannot see, and told again when it is over."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from common import event_types as b
from common.events import Event, decode
from common.ids import Claim
from common.ledger import tables as t
from common.rows import Mark, rows_of
from tests.support.factory import Author, bind, lot, tags, unit
from tests.support.hub import Office

MAGNETS, ROTOR, MOTOR = lot("MG-1"), unit("R-1"), unit("M-1")


@pytest.fixture
def upstream(office: Office) -> Author:
    """Rotors are made on a line of their own."""
    maker = Author(1, "st-10", "line-1")
    office.trust(maker)
    maker.say(bind("magnet", "magnet"), ROTOR, MAGNETS)
    office.take(maker)
    return maker


@pytest.fixture
def assembler(office: Office) -> Author:
    author = Author(2, "st-20", "line-2")
    office.trust(author)
    author.say(b.Commission(material="motor"), MOTOR)
    author.say(bind(), MOTOR, ROTOR)
    office.take(author)
    return author


def told(office: Office, line: str) -> list[tuple[str, tuple[Claim, ...]]]:
    """(type, things) of what the hub wrote about things into a line's log."""
    return sorted((event.t, event.on) for event in written(office, line, "hub") if event.on)


def written(office: Office, line: str, *authors: str) -> list[Event]:
    """Every event in the logs of a line by these."""
    joined = t.entry.join(t.branch, t.entry.c.bid == t.branch.c.bid).join(t.log)
    where = (t.log.c.line == line, t.log.c.author.in_(authors))
    with office.reading() as conn:
        raws = conn.execute(select(t.entry.c.raw).select_from(joined).where(*where).order_by(t.entry.c.eid)).scalars()
        return [decode(raw) for raw in raws]


def test_the_other_line_is_told_what_it_cannot_see(office: Office, upstream: Author, assembler: Author) -> None:
    upstream.say(b.Hold(reason="magnets crack"), MAGNETS)
    office.take(upstream)
    assert told(office, "line-2") == [("hold", (MOTOR,)), ("hold", (ROTOR,))]
    assert told(office, "line-1") == [], "it sees the lot, the rotor and the hold"
    assert [office.state(one) for one in (MAGNETS, ROTOR, MOTOR)] == ["hold"] * 3


def test_what_the_line_was_told_is_taken_back_when_it_is_over(
    office: Office, upstream: Author, assembler: Author
) -> None:
    hold = upstream.say(b.Hold(reason="magnets crack"), MAGNETS)
    office.take(upstream)
    upstream.say(b.Release(tags=tags(hold), reason="they do not", meaning="release"), MAGNETS)
    office.take(upstream)
    assert [kind for kind, _ in told(office, "line-2")].count("void") == 2
    assert "hold" not in [office.state(one) for one in (MAGNETS, ROTOR, MOTOR)]


def test_told_once(office: Office, upstream: Author, assembler: Author) -> None:
    upstream.say(b.Hold(reason="magnets crack"), MAGNETS)
    office.take(upstream)
    before = told(office, "line-2")
    assembler.say(b.Measured(operation="press", step="1", device="-", values=(VALUE,)), MOTOR)
    office.take(assembler)
    assert told(office, "line-2") == before


VALUE = b.Value("force", "1", "kN", "pass")


def test_a_site_of_one_line_is_told_nothing(office: Office, upstream: Author) -> None:
    upstream.say(b.Hold(reason="magnets crack"), MAGNETS)
    office.take(upstream)
    assert told(office, "line-1") == []


def test_the_hold_names_what_it_follows_from(office: Office, upstream: Author, assembler: Author) -> None:
    hold = upstream.say(b.Hold(reason="magnets crack"), MAGNETS)
    office.take(upstream)
    rows = [row for event in written(office, "line-2", "hub") for row in rows_of(event)]
    assert {(row.code, row.cause) for row in rows if isinstance(row, Mark)} == {("hold", hold)}
