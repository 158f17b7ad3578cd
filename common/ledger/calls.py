"""Calls on disk: rows are kept as they arrive, and open calls are found without reading the closed ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from common import calls, events
from common.calls import CallEvent, OpenCall
from common.ids import event_id
from common.ledger import sql
from common.ledger import tables as t
from common.rows import Called

SAYS = (
    "SELECT call.raised, call.state, call.place, call.reason, entry.raw, log.log FROM call "
    "JOIN entry ON entry.eid = call.eid JOIN branch ON branch.bid = entry.bid JOIN log ON log.lid = branch.lid "
    "WHERE call.raised {any}"
)


def add(conn: Connection, said: Sequence[tuple[int, Called]]) -> None:
    """Add the rows of entries. A raised call is open until it is cleared, in whichever order the two arrive."""
    if not said:
        return
    ids = _ids(conn, [eid for eid, row in said if row.raised is None])
    rows = [
        (eid, row.raised or ids[eid], row.place, row.state, row.reason, int(row.state == "raised")) for eid, row in said
    ]
    sql.add_missing(conn, t.call, rows)
    for raised in sorted({row[1] for row in rows}):
        sql.run(
            conn,
            "UPDATE call SET open = 0 WHERE raised = ? AND open = 1 "
            "AND EXISTS (SELECT 1 FROM call AS other WHERE other.raised = ? AND other.state = 'cleared')",
            raised,
            raised,
        )


def _ids(conn: Connection, eids: Sequence[int]) -> dict[int, str]:
    rows = sql.run(
        conn,
        "SELECT entry.eid, log.log, entry.leaf FROM entry JOIN branch ON branch.bid = entry.bid "
        "JOIN log ON log.lid = branch.lid WHERE entry.eid {any}",
        sql.array(conn, eids),
    )
    return {eid: event_id(log, leaf) for eid, log, leaf in rows}


def open_at(conn: Connection, place: str) -> tuple[OpenCall, ...]:
    """Return the open calls of a workplace."""
    return _read(conn, sql.run(conn, "SELECT raised FROM call WHERE open = 1 AND place = ?", place).scalars())


def unconfirmed(conn: Connection, bid: int, receipted: int) -> tuple[str, ...]:
    """The open calls that this branch raised in an entry past `receipted`: the hub has not confirmed them."""
    text = (
        "SELECT call.raised FROM call JOIN entry ON entry.eid = call.eid "
        "WHERE call.open = 1 AND call.state = 'raised' AND entry.bid = ? AND entry.idx >= ? ORDER BY entry.idx"
    )
    return tuple(sql.run(conn, text, bid, receipted).scalars())


def every_open(conn: Connection) -> tuple[OpenCall, ...]:
    """Return the open calls of every workplace."""
    return _read(conn, sql.run(conn, "SELECT raised FROM call WHERE open = 1").scalars())


def recent(conn: Connection, most: int) -> tuple[OpenCall, ...]:
    """Return the `most` calls that arrived here last."""
    text = "SELECT raised FROM call WHERE state = 'raised' ORDER BY eid DESC LIMIT ?"
    return _read(conn, sql.run(conn, text, most).scalars())


def one(conn: Connection, id: str) -> OpenCall | None:
    """Return the call with this id, or None."""
    return next(iter(_read(conn, [id])), None)


def count_open(conn: Connection) -> int:
    """Count the open calls."""
    return int(sql.run(conn, "SELECT count(DISTINCT raised) FROM call WHERE open = 1").scalar())


def _read(conn: Connection, ids: Iterable[str]) -> tuple[OpenCall, ...]:
    wanted = sorted(set(ids))
    if not wanted:
        return ()
    return calls.calls(_word(*row) for row in sql.run(conn, SAYS, sql.array(conn, wanted)))


def _word(raised: str, state: str, place: str, reason: str, raw: bytes, log: str) -> CallEvent:
    event = events.decode(raw)
    return CallEvent(raised, state, place, reason, event.at, event.who, log)
