"""Judges a thing with the evidence known here about the components that its provisional passes wait for."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from common.definitions import Definitions
from common.judge import Cause, ComponentEvidence, History, Standing, TimeSpan, judge, part
from common.ledger import reads, times


def judged(conn: Connection, history: History, definitions: Definitions, reached: Iterable[Cause] = ()) -> Standing:
    """Judge the history's thing, a second time only if it waits for components."""
    found = judge(history, definitions, reached)
    return judge(history, definitions, reached, _parts(conn, found, history, definitions)) if found.waits_for else found


def _parts(
    conn: Connection, found: Standing, history: History, definitions: Definitions
) -> dict[str, ComponentEvidence]:
    past = {one.id: one for one in history.events if not one.carrier}
    spans = {id: times.span(conn, past[id]) for c in found.waits_for if (id := c.event) in past}
    return {
        c.tag: part(c, reads.history(conn, c.child), spans.get(c.event, TimeSpan()), definitions)
        for c in found.waits_for
    }
