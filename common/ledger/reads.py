"""Reads over rows: the history of a thing for judging, and the definitions in force. Callers own the transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Select, func, select

from common import events
from common.definitions import DEFINITION, Definitions
from common.errors import BadEvent
from common.ids import Claim, event_id, kind_of
from common.judge import Drawn, History, Past
from common.judge.history import readopted
from common.ledger import tables as t
from common.ledger.project import lawful, thing_ids
from common.rows import Edge, Row, rows_of

TAKES = ("bind", "transform")  # the kinds of edges that use up what they take


class Found(Struct, frozen=True):
    """A thing that this node has heard of."""

    tid: int
    claim: Claim


def history(conn: Connection, claim: Claim) -> History:
    """Everything known of a thing; empty if nothing is. For a lot, without most of the binds that consumed it."""
    tid = thing_ids(conn, [claim]).get(claim)
    return History(claim, ()) if tid is None else history_of(conn, tid, claim)


def history_of(conn: Connection, tid: int, claim: Claim) -> History:
    """The same, for a dense id."""
    e, g = t.entry.c, t.log.c
    columns = (e.eid, e.raw, e.leaf, e.idx, e.bid, g.log, g.lid, g.role, g.trusted_to)
    joined = t.touch.join(t.entry, t.touch.c.eid == t.entry.c.eid).join(t.branch).join(t.log)
    asked = select(*columns).select_from(joined).order_by(g.log, e.idx)
    rows = conn.execute(asked.where(t.touch.c.tid == tid, t.touch.c.part == 0)).all()
    if kind_of(claim) == "lot":
        rows = [*rows, *_spoken_of_again(conn, tid, claim, rows, asked)]
    branches = _branches(conn, {row.lid for row in rows})
    forks = _forks(branches)
    cuts = {log: cut for log, cut in conn.execute(select(g.log, g.trusted_to).where(g.trusted_to.is_not(None)))}
    past = [one for row in rows for one in _pasts(row, row.idx >= forks.get(row.lid, row.idx + 1), cuts)]
    lineage = {bid: (parent, fork_at) for bid, _, parent, fork_at in branches}
    return History(claim, tuple(past), lineage, _follows(conn))


def _spoken_of_again(
    conn: Connection, tid: int, claim: Claim, rows: Sequence[Any], asked: Select[Any]
) -> Iterable[Any]:
    """Of the binds that consumed a lot, those by things that also took it out, corrected or decided something: few."""
    claims = {other for row in rows for other in events.decode(row.raw).on if other != claim}
    parents = sorted(thing_ids(conn, claims).values())
    other = t.touch.alias()
    for start in range(0, len(parents), 400):
        named = select(other.c.eid).where(other.c.tid.in_(parents[start : start + 400]))
        where = (t.touch.c.tid == tid, t.touch.c.part == 1, t.touch.c.eid.in_(named))
        yield from conn.execute(asked.where(*where))


def counted(conn: Connection, tid: int, history: History) -> History:
    """A lot's history with how much of it went where by the events that it leaves out; others as they are."""
    if kind_of(history.thing) != "lot":
        return history
    g = t.edge.c
    each = select(g.eid, g.quantity, g.uom).where(g.child == tid, g.kind.in_(TAKES)).distinct().subquery()
    amounts = (each.c.quantity, each.c.uom)
    taken = Counter({(q, u): n for q, u, n in conn.execute(select(*amounts, func.count()).group_by(*amounts))})
    for past in history.events:
        edges = (row for row in past.rows if isinstance(row, Edge) and row.kind in TAKES)
        taken.subtract({(row.quantity, row.uom) for row in edges if row.child == history.thing})
    return replace(history, drawn=tuple(Drawn(q, u, n) for (q, u), n in sorted(taken.items()) if n > 0))


def _branches(conn: Connection, lids: set[int]) -> list[tuple[int, int, int | None, int]]:
    b = t.branch.c
    rows = conn.execute(select(b.bid, b.lid, b.parent, b.fork_at).where(b.lid.in_(lids)))
    return [(bid, lid, parent, fork_at) for bid, lid, parent, fork_at in rows]


def _forks(branches: list[tuple[int, int, int | None, int]]) -> dict[int, int]:
    """The index from which a forked log is disputed, on every branch alike."""
    forks: dict[int, int] = {}
    for _, lid, parent, fork_at in branches:
        if parent is not None:
            forks[lid] = min(fork_at, forks.get(lid, fork_at))
    return forks


def _follows(conn: Connection) -> dict[str, tuple[str, int]]:
    """Of every log: between two that touched the thing there may be one that did not."""
    where = t.log.c.follows.is_not(None)
    rows = conn.execute(select(t.log.c.log, t.log.c.follows, t.log.c.follows_size).where(where))
    return {log: (parent, size) for log, parent, size in rows}


def _pasts(row: Any, disputed: bool, cuts: Mapping[str, int]) -> tuple[Past, ...]:
    """The event of a row; of one that carries another's, both."""
    event = events.decode(row.raw)
    rows = _rows(event, by_site=row.role == "site")
    past = Past(
        id=event_id(row.log, row.leaf),
        t=event.t,
        log=row.log,
        branch=row.bid,
        index=row.idx,
        at=event.at,
        who=event.who,
        cfg=event.cfg,
        refs=tuple(f"{ref[0]}.{ref[2]}" for ref in event.rf if not isinstance(ref, int)),
        rows=rows or (),
        disputed=disputed,
        blind=rows is None or (event.crit and not events.known(event)),
        distrusted=row.trusted_to is not None and row.idx >= row.trusted_to,
        v=event.v,
        on=event.on,
    )
    if rows is None or event.t != "readopt" or not events.known(event):
        return (past,)
    return readopted(past, event, cuts)


def _rows(event: events.Event, *, by_site: bool) -> tuple[Row, ...] | None:
    """None if its body makes no sense, or says what its author may not say."""
    try:
        return lawful(rows_of(event), by_site=by_site)
    except BadEvent:
        return None


def definitions(conn: Connection) -> Definitions:
    """The definitions in force: of each kind and id the last one published. One that does not parse is unknown."""
    rows = conn.execute(select(t.definition.c.raw).order_by(t.definition.c.eid)).scalars()
    found = []
    for raw in rows:
        try:
            found.append(DEFINITION.decode(raw))
        except ValueError:
            continue
    return Definitions.of(found)
