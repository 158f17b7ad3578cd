"""Reads over rows: the history of a thing for judging, and the definitions in force. Callers own the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from common import events
from common.definitions import DEFINITION, Definitions
from common.errors import BadEvent
from common.ids import Claim, event_id
from common.judge import History, Past
from common.ledger import sql
from common.ledger.project import Read, lawful, read, thing_ids
from common.rows import Row


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
    text = (
        "SELECT entry.raw, entry.leaf, entry.idx, entry.bid, log.log, log.lid, log.role, log.trusted_to FROM touch "
        "JOIN entry ON entry.eid = touch.eid JOIN branch ON branch.bid = entry.bid JOIN log ON log.lid = branch.lid "
        "WHERE touch.tid = ? AND touch.part = 0 ORDER BY log.log, entry.idx"
    )
    rows: Sequence[Any] = sql.run(conn, text, tid).all()
    lids = {row.lid for row in rows}
    branches = _branches(conn, lids)
    forks = _forks(branches)
    past = [_past(row, _is_disputed(row, forks.get(row.lid))) for row in rows]
    lineage = {bid: (parent, fork_at) for bid, _, parent, fork_at in branches}
    return History(claim, tuple(_once(past)), lineage, _follows(conn))


def _once(past: Sequence[Past]) -> list[Past]:
    """An event that stands in two branches counts once."""
    return list({p.id: p for p in past}.values())


def _is_disputed(row: Any, fork: int | None) -> bool:
    """Behind a fork, or behind the index from which its log was revoked."""
    return any(limit is not None and row.idx >= limit for limit in (fork, row.trusted_to))


def _branches(conn: Connection, lids: set[int]) -> list[tuple[int, int, int | None, int]]:
    text = "SELECT bid, lid, parent, fork_at FROM branch WHERE lid {any}"
    rows: Iterable[Any] = sql.run(conn, text, sql.array(conn, lids))
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
    text = "SELECT log, follows, follows_size FROM log WHERE follows IS NOT NULL"
    rows: Iterable[Any] = sql.run(conn, text)
    return {log: (parent, size) for log, parent, size in rows}


def _past(row: Any, disputed: bool) -> Past:
    one = read(row.raw)
    event, rows = one.event, _rows(one, by_site=row.role == "site")
    return Past(
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
    )


def _rows(one: Read, *, by_site: bool) -> tuple[Row, ...] | None:
    """None if its body makes no sense, or says what its author may not say."""
    try:
        return lawful(one, by_site=by_site)
    except BadEvent:
        return None


def definitions(conn: Connection) -> Definitions:
    """The definitions in force: of each kind and id the last one published. One that does not parse is unknown."""
    rows = sql.run(conn, "SELECT raw FROM definition ORDER BY eid").scalars()
    return _decoded(tuple(rows))


@lru_cache(maxsize=4)
def _decoded(raws: tuple[bytes, ...]) -> Definitions:
    """They seldom change, and every page and every batch asks for them."""
    found = []
    for raw in raws:
        try:
            found.append(DEFINITION.decode(raw))
        except ValueError:
            continue
    return Definitions.of(found)
