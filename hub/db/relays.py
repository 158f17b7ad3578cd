"""Holds for lines whose stations cannot see the cause: those that the hub must write, and those that it wrote.

A station pulls the logs of its site and its line. When news of another line reaches a thing that the line works on, the
hub writes the hold into the line's log; it names the event that it follows from, so that both count as one.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import Connection, and_, delete, insert, select

from common.ids import Claim
from common.judge import Cause
from common.ledger import tables as t
from hub.db import access, consequences
from hub.db import tables as h


class Relay(Struct, frozen=True):
    """A cause, the thing that it reached (dense id and claim), and the line that must be told so."""

    cause: Cause
    tid: int
    thing: Claim
    line: str


class RelayedHold(Struct, frozen=True):
    """A hold that was written into a line's log; `event` is its id."""

    relay: Relay
    event: str


def due(conn: Connection) -> list[Relay]:
    """Holds that lines lack. A site with one line sees everything."""
    lines = [line for line in conn.execute(select(t.log.c.line).where(t.log.c.line != "").distinct()).scalars()]
    if len(lines) < 2:
        return []
    told = {(row.tid, row.tag, row.rule, row.line) for row in conn.execute(select(h.relay))}
    found = []
    for tid in conn.execute(select(h.cause.c.tid).where(h.cause.c.tid != h.cause.c.origin).distinct()).scalars().all():
        claim = access.claims_of(conn, [tid])[tid]
        here = _lines(conn, [tid])
        for cause in consequences.at(conn, tid):
            if cause.thing != claim:
                needed = _lines(conn, consequences.way(conn, tid, cause))
                found += [Relay(cause, tid, claim, line) for line in sorted(here) if needed - {line}]
    return [r for r in found if (r.tid, r.cause.tag, r.cause.rule, r.line) not in told]


def over(conn: Connection) -> list[RelayedHold]:
    """Holds that lines have and whose cause is gone."""
    r, c = h.relay.c, h.cause.c
    stands = and_(c.tid == r.tid, c.tag == r.tag, c.rule == r.rule)
    rows = conn.execute(select(h.relay).select_from(h.relay.outerjoin(h.cause, stands)).where(c.tid.is_(None))).all()
    claims = access.claims_of(conn, {row.tid for row in rows})
    return [
        RelayedHold(Relay(Cause(row.rule, row.tag, "", claims[row.tid]), row.tid, claims[row.tid], row.line), row.event)
        for row in rows
    ]


def save(conn: Connection, told: Iterable[RelayedHold]) -> None:
    """Save the holds that were written."""
    rows = [
        {"tid": r.tid, "tag": r.cause.tag, "rule": r.cause.rule, "line": r.line, "event": one.event}
        for one in told
        for r in [one.relay]
    ]
    if rows:
        conn.execute(insert(h.relay), rows)


def forget(conn: Connection, told: RelayedHold) -> None:
    """Delete a hold that was voided."""
    r, c = told.relay, h.relay.c
    where = (c.tid == r.tid, c.tag == r.cause.tag, c.rule == r.cause.rule, c.line == r.line)
    conn.execute(delete(h.relay).where(*where))


def _lines(conn: Connection, tids: Iterable[int]) -> set[str]:
    """Lines whose logs name any of these."""
    joined = t.touch.join(t.entry, t.touch.c.eid == t.entry.c.eid).join(t.branch).join(t.log)
    query = select(t.log.c.line).select_from(joined).distinct()
    return {line for tid in tids for line in conn.execute(query.where(t.touch.c.tid == tid)).scalars() if line}
