"""Reads over rows: the history of a thing for judging, and the definitions in force. Callers own the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from common import events
from common.definitions import DEFINITION, Definitions
from common.errors import BadEvent
from common.ids import Claim, event_id
from common.judge import History, Past
from common.judge.history import readopted
from common.ledger import tables as t
from common.ledger.project import lawful, thing_ids
from common.rows import Row, rows_of


class Found(Struct, frozen=True):
    """A thing that this node has heard of."""

    tid: int
    claim: Claim


def history(conn: Connection, claim: Claim) -> History:
    """Everything known of a thing; empty if nothing is. For a lot, without the binds that consumed it."""
    tid = thing_ids(conn, [claim]).get(claim)
    return History(claim, ()) if tid is None else history_of(conn, tid, claim)


def history_of(conn: Connection, tid: int, claim: Claim) -> History:
    """The same, for a dense id."""
    e, g = t.entry.c, t.log.c
    columns = (e.raw, e.leaf, e.idx, e.bid, g.log, g.lid, g.role, g.trusted_to)
    joined = t.touch.join(t.entry, t.touch.c.eid == t.entry.c.eid).join(t.branch).join(t.log)
    where = (t.touch.c.tid == tid, t.touch.c.part == 0)
    rows = conn.execute(select(*columns).select_from(joined).where(*where).order_by(g.log, e.idx)).all()
    lids = {row.lid for row in rows}
    branches = _branches(conn, lids)
    forks = _forks(branches)
    cuts = dict(conn.execute(select(g.log, g.trusted_to)).tuples().all())
    past = [one for row in rows for one in _pasts(row, row.idx >= forks.get(row.lid, row.idx + 1), cuts)]
    lineage = {bid: (parent, fork_at) for bid, _, parent, fork_at in branches}
    return History(claim, tuple(past), lineage, _follows(conn))


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


def _pasts(row: Any, disputed: bool, cuts: Mapping[str, int | None]) -> tuple[Past, ...]:
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
