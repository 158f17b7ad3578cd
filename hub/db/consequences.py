"""Causes at each thing, carried downstream, and how long their containment took.

A cause sits at its thing and at everything that holds that thing, through any number of binds, transforms and
containers, until it is lifted. cause is derived: a rebuild makes it again. containment is a record of this hub's own
time: when it knew, and when the last thing downstream was held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, and_, delete, insert, literal, select, update

from common.ids import Claim
from common.judge import Cause
from common.ledger import sql
from common.ledger import tables as t
from common.ledger.project import thing_ids
from hub.db import tables as h


class Containment(Struct, frozen=True):
    """One cause and how far it reached. Times are wall clocks, ms: `at` of the event's author, the others this hub's.

    `done_ms`: when everything downstream was held, None until then. `held`: how many things it held then.
    """

    cause: Cause
    at: int
    known_ms: int
    done_ms: int | None
    held: int

    @property
    def minutes(self) -> int | None:
        """Whole minutes from the event to the last hold, a started one counts; with a clock that ran ahead 0."""
        return None if self.done_ms is None else max(-(-(self.done_ms - self.at) // 60_000), 0)


def concerned(conn: Connection, tids: Iterable[int]) -> set[int]:
    """Things of these that have a cause, or ever held a thing that has one: mostly none."""
    wanted = sql.array(conn, tids)
    sits = sql.run(conn, "SELECT tid FROM cause WHERE tid {any}", wanted).scalars()
    text = "SELECT edge.parent FROM cause JOIN edge ON edge.child = cause.tid WHERE edge.parent {any}"
    return {*sits, *sql.run(conn, text, wanted).scalars()}


def reaching(conn: Connection, tid: int) -> tuple[Cause, ...]:
    """The causes that come to a thing from what is in it now.

    In a circle things would hold each other permanently, so each cause must still lead down to its origin.
    """
    below = "SELECT 1 FROM edge JOIN cause ON cause.tid = edge.child WHERE edge.parent = ? LIMIT 1"
    if sql.run(conn, below, tid).first() is None:
        return ()
    e, c = t.edge.c, h.cause.c
    joined = t.edge.join(h.cause, c.tid == e.child)
    where = (e.parent == tid, e.child != tid, e.removed_by.is_(None), c.origin != tid)
    found = [_cause(row) for row in conn.execute(_causes(joined).where(*where).distinct())]
    return tuple(sorted(cause for cause in found if _grounded(conn, tid, cause)))


def at(conn: Connection, tid: int) -> list[Cause]:
    """The causes that sit at a thing and go on to what it is in."""
    if sql.run(conn, "SELECT 1 FROM cause WHERE tid = ? LIMIT 1", tid).first() is None:
        return []  # nearly always
    return [_cause(row) for row in conn.execute(_causes(h.cause).where(h.cause.c.tid == tid))]


def way(conn: Connection, tid: int, cause: Cause) -> list[int]:
    """The things below by which a cause came, each of which has it, down to the one that it was said of."""
    e, c = t.edge.c, h.cause.c
    down = select(literal(tid, t.Int).label("tid")).cte("down", recursive=True)
    has = and_(c.tid == e.child, c.tag == cause.tag, c.rule == cause.rule)
    further = select(e.child).select_from(down.join(t.edge, e.parent == down.c.tid).join(h.cause, has))
    down = down.union(further.where(e.removed_by.is_(None), e.child != tid))
    return list(conn.execute(select(down.c.tid).where(down.c.tid != tid)).scalars())


def _grounded(conn: Connection, tid: int, cause: Cause) -> bool:
    """Tell if a cause still leads down to its origin."""
    return thing_ids(conn, [cause.thing])[cause.thing] in way(conn, tid, cause)


def save(conn: Connection, tid: int, causes: Iterable[Cause]) -> None:
    """Remember what sits at a thing, in place of what did."""
    conn.execute(delete(h.cause).where(h.cause.c.tid == tid))
    wanted = sorted(set(causes))
    if wanted:
        conn.execute(insert(h.cause), [{"tid": tid, **row} for row in _rows(conn, wanted)])


def holders(conn: Connection, tid: int) -> list[int]:
    """The things that a thing is in now, one step up."""
    e = t.edge.c
    where = (e.child == tid, e.parent != tid, e.removed_by.is_(None))
    return list(conn.execute(select(e.parent).where(*where).distinct()).scalars())


# Containment ----------------------------------------------------------------------------------------------------------
def begin(conn: Connection, causes: Iterable[Cause], said_at: Mapping[str, int], now_ms: int) -> None:
    """Start a containment for each new cause. `said_at`: event → its author's wall clock."""
    new = [cause for cause in sorted(causes) if conn.execute(_containments().where(_same(cause))).first() is None]
    times = [{"at": said_at.get(c.event, now_ms), "known_ms": now_ms, "done_ms": None, "held": 0} for c in new]
    if new:
        conn.execute(insert(h.containment), [row | time for row, time in zip(_rows(conn, new), times, strict=True)])


def finish(conn: Connection, now_ms: int) -> list[Containment]:
    """Mark every open containment as done, since nothing waits to be judged; returns those."""
    r = h.containment.c
    rows = conn.execute(_containments().where(r.done_ms.is_(None))).all()
    found = [_containment(row)[0] for row in rows]
    for cause in found:
        conn.execute(update(h.containment).where(_same(cause)).values(done_ms=now_ms, held=len(held_by(conn, cause))))
    done = (conn.execute(_containments().where(_same(cause))).one() for cause in found)
    return [Containment(*_containment(row)) for row in done]


def containments(conn: Connection, limit: int) -> list[Containment]:
    """Containments, done or open, the newest first."""
    r = h.containment.c
    rows = conn.execute(_containments().order_by(r.known_ms.desc(), r.tag).limit(limit))
    return [Containment(*_containment(row)) for row in rows]


def held_by(conn: Connection, cause: Cause) -> list[int]:
    """Everything downstream that a cause reached and holds now."""
    c = h.cause.c
    where = (c.tag == cause.tag, c.rule == cause.rule, c.tid != c.origin)
    return list(conn.execute(select(c.tid).where(*where).order_by(c.tid)).scalars())


# Rows -----------------------------------------------------------------------------------------------------------------
def _causes(table: Any) -> Select[Any]:
    c, g = h.cause.c, t.thing.c
    joined = table.join(t.thing, c.origin == g.tid)
    return select(c.rule, c.tag, c.event, g.scheme, g.value, c.text).select_from(joined)


def _cause(row: Any) -> Cause:
    return Cause(row.rule, row.tag, row.event, Claim(row.scheme, row.value), row.text)


def _rows(conn: Connection, causes: list[Cause]) -> list[dict[str, Any]]:
    origins = thing_ids(conn, {cause.thing for cause in causes}, make=True)
    return [
        {"tag": c.tag, "rule": c.rule, "event": c.event, "origin": origins[c.thing], "text": c.text} for c in causes
    ]


def _same(cause: Cause) -> ColumnElement[bool]:
    return and_(h.containment.c.tag == cause.tag, h.containment.c.rule == cause.rule)


def _containments() -> Select[Any]:
    r, g = h.containment.c, t.thing.c
    columns = (r.rule, r.tag, r.event, g.scheme, g.value, r.text, r.at, r.known_ms, r.done_ms, r.held)
    return select(*columns).select_from(h.containment.join(t.thing, r.origin == g.tid))


def _containment(row: Any) -> tuple[Cause, int, int, int | None, int]:
    return _cause(row), row.at, row.known_ms, row.done_ms, row.held
