"""Things whose provisional pass waits for evidence of a component or for the hub's time.

Derived: judging a thing writes what it waits for, and a rebuild makes it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from common.judge import Component
from common.ledger import sql
from common.ledger.project import thing_ids
from hub.db import tables as h


def save(conn: Connection, tid: int, waits_for: Sequence[Component]) -> None:
    """Remember what a thing waits for, in place of what it waited for before."""
    sql.run(conn, "DELETE FROM awaited WHERE tid = ?", tid)
    if not waits_for:
        return
    logs = sql.array(conn, {c.event.partition(".")[0] for c in waits_for})
    lids = dict(sql.run(conn, "SELECT log, lid FROM log WHERE log {any}", logs).all())
    ids = thing_ids(conn, {c.child for c in waits_for}, make=True)
    sql.add_missing(conn, h.awaited, sorted({(tid, ids[c.child], lids[c.event.partition(".")[0]]) for c in waits_for}))


def waiters(conn: Connection, tids: Iterable[int], lids: Iterable[int] = ()) -> set[int]:
    """Things that wait for any of these things, or for the hub's time in any of these logs."""
    found: set[int] = set()
    for column, wanted in (("child", list(tids)), ("lid", list(lids))):
        if wanted:
            text = f"SELECT tid FROM awaited WHERE {column} {{any}}"
            found.update(sql.run(conn, text, sql.array(conn, wanted)).scalars())
    return found
