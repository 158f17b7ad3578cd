"""Reads over rows: the history of a thing for judging, and the definitions in force. Callers own the transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from common import events
from common.definitions import DEFINITION, Definitions
from common.errors import BadEvent
from common.ids import Claim, event_id, kind_of
from common.judge import Consumption, History, Past
from common.judge.history import readopted
from common.ledger import sql
from common.ledger import tables as t
from common.ledger.project import ProjectedEvent, lawful, read, thing_ids
from common.rows import Edge, Row

SAYS = (
    "SELECT entry.eid, entry.raw, entry.leaf, entry.idx, entry.bid, log.log, log.lid, log.role, log.trusted_to "
    "FROM touch JOIN entry ON entry.eid = touch.eid "
    "JOIN branch ON branch.bid = entry.bid JOIN log ON log.lid = branch.lid "
    "WHERE touch.tid = ? AND {which} ORDER BY log.log, entry.idx"
)
TAKES = ("bind", "transform")  # edges that consume their child


class TouchingEntry(Struct, frozen=True):
    """A row of `SAYS`: an entry that touched a thing, and its log."""

    eid: int
    raw: bytes
    leaf: bytes
    idx: int
    bid: int
    log: str
    lid: int
    role: str
    trusted_to: int | None


class KnownThing(Struct, frozen=True):
    """A thing known to this node."""

    tid: int
    claim: Claim


def newest(conn: Connection) -> int:
    """Return the number of the newest entry, 0 without any: knowledge about things changes only with a newer entry."""
    return int(sql.run(conn, "SELECT coalesce(max(eid), 0) FROM entry").scalar())


def history(conn: Connection, claim: Claim) -> History:
    """Read all known events on a thing; none if it is unknown. For a lot, most binds that consumed it are left out."""
    tid = thing_ids(conn, [claim]).get(claim)
    return History(claim, ()) if tid is None else history_of(conn, tid, claim)


def history_of(conn: Connection, tid: int, claim: Claim) -> History:
    """Read the history of a thing by its dense id."""
    rows = [TouchingEntry(*row) for row in sql.run(conn, SAYS.replace("{which}", "touch.part = 0"), tid)]
    if kind_of(claim) == "lot":
        rows = [*rows, *_spoken_of_again(conn, tid, claim, rows)]
    branches = _branches(conn, {row.lid for row in rows})
    forks = _forks(branches)
    follows, cuts = _follows_and_cuts(conn)
    past = [one for row in rows for one in _pasts(row, row.idx >= forks.get(row.lid, row.idx + 1), cuts)]
    lineage = {bid: (parent, fork_at) for bid, _, parent, fork_at in branches}
    return History(claim, tuple(past), lineage, follows)


def _spoken_of_again(
    conn: Connection, tid: int, claim: Claim, rows: Sequence[TouchingEntry]
) -> Iterable[TouchingEntry]:
    """Add the few binds of a lot by things that also removed it, or corrected or decided something."""
    claims = {other for row in rows for other in read(row.raw).event.on if other != claim}
    parents = sql.array(conn, thing_ids(conn, claims).values())
    which = "touch.part = 1 AND touch.eid IN (SELECT other.eid FROM touch AS other WHERE other.tid {any})"
    return [TouchingEntry(*row) for row in sql.run(conn, SAYS.replace("{which}", which), tid, parents)]


def counted(conn: Connection, tid: int, history: History) -> History:
    """Add to a lot's history the amounts used by events that it leaves out; return any other history as it is."""
    if kind_of(history.thing) != "lot":
        return history
    g = t.edge.c
    each = select(g.eid, g.quantity, g.uom).where(g.child == tid, g.kind.in_(TAKES)).distinct().subquery()
    amounts = (each.c.quantity, each.c.uom)
    taken = Counter({(q, u): n for q, u, n in conn.execute(select(*amounts, func.count()).group_by(*amounts))})
    for past in history.events:
        edges = (row for row in past.rows if isinstance(row, Edge) and row.kind in TAKES)
        taken.subtract({(row.quantity, row.uom) for row in edges if row.child == history.thing})
    return replace(history, consumed=tuple(Consumption(q, u, n) for (q, u), n in sorted(taken.items()) if n > 0))


def _branches(conn: Connection, lids: set[int]) -> list[tuple[int, int, int | None, int]]:
    text = "SELECT bid, lid, parent, fork_at FROM branch WHERE lid {any}"
    rows = sql.run(conn, text, sql.array(conn, lids))
    return [(bid, lid, parent, fork_at) for bid, lid, parent, fork_at in rows]


def _forks(branches: list[tuple[int, int, int | None, int]]) -> dict[int, int]:
    """Return the index from which each forked log is disputed, on all its branches."""
    forks: dict[int, int] = {}
    for _, lid, parent, fork_at in branches:
        if parent is not None:
            forks[lid] = min(fork_at, forks.get(lid, fork_at))
    return forks


def _follows_and_cuts(conn: Connection) -> tuple[dict[str, tuple[str, int]], dict[str, int]]:
    """Return for every log the log it continues, and the index from which it is not trusted. Every log, because a log
    that never touched the thing may link two that did."""
    text = "SELECT log, follows, follows_size, trusted_to FROM log WHERE follows IS NOT NULL OR trusted_to IS NOT NULL"
    rows = sql.run(conn, text).all()
    follows = {log: (parent, size) for log, parent, size, _ in rows if parent is not None}
    return follows, {log: cut for log, _, _, cut in rows if cut is not None}


def _pasts(row: TouchingEntry, disputed: bool, cuts: Mapping[str, int]) -> tuple[Past, ...]:
    """Build the event of a row, and the event it carries, if any."""
    one = read(row.raw)
    event, rows = one.event, _rows(one, by_site=row.role == "site")
    past = Past(
        id=event_id(row.log, row.leaf),
        t=event.t,
        log=row.log,
        branch=row.bid,
        index=row.idx,
        at=event.at,
        who=event.who,
        cfg=event.cfg,
        via=event.via,
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


def _rows(one: ProjectedEvent, *, by_site: bool) -> tuple[Row, ...] | None:
    """Return an event's rows; None if its body is invalid or not allowed to its author."""
    try:
        return lawful(one, by_site=by_site)
    except BadEvent:
        return None


def definitions(conn: Connection) -> Definitions:
    """Return the definitions in force: the last one published of each kind and id. Unreadable ones are left out."""
    rows = sql.run(conn, "SELECT raw FROM definition ORDER BY eid").scalars()
    return _decoded(tuple(rows))


@lru_cache(maxsize=4)
def _decoded(raws: tuple[bytes, ...]) -> Definitions:
    """Decode definitions, cached because they seldom change and every page and batch asks for them."""
    found = []
    for raw in raws:
        try:
            found.append(DEFINITION.decode(raw))
        except ValueError:
            continue
    return Definitions.of(found)
