"""Reads of this workplace's own entries, newest first, and counts of a thing's events. Read only."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from common.ids import Claim, event_id
from common.ledger import logs
from common.ledger import tables as t
from common.ledger.project import thing_ids

PIECE = 500


def newest(conn: Connection) -> Iterator[tuple[str, bytes]]:
    """Yield (event id, bytes) of every entry of the own logs, newest first; read in pieces as needed."""
    own = [log for log in logs.all_logs(conn) if log.own]
    for log in sorted(own, key=lambda log: (log.own, -log.lid)):
        yield from _backwards(conn, log.log, logs.trunk(conn, log.lid).bid)


def _backwards(conn: Connection, log: str, bid: int) -> Iterator[tuple[str, bytes]]:
    e, below = t.entry.c, 1 << 62
    while True:
        piece = select(e.idx, e.leaf, e.raw).where(e.bid == bid, e.idx < below).order_by(e.idx.desc()).limit(PIECE)
        rows = conn.execute(piece).all()
        if not rows:
            return
        for idx, leaf, raw in rows:
            below = idx
            yield event_id(log, leaf), raw


def said_of(conn: Connection, thing: Claim, most: int) -> int:
    """Count the events on a thing, up to `most`."""
    tid = thing_ids(conn, [thing]).get(thing)
    if tid is None:
        return 0
    found = select(t.touch.c.eid).where(t.touch.c.tid == tid, t.touch.c.part == 0).limit(most)
    return len(conn.execute(found).all())


def definitions(conn: Connection) -> tuple[int, bytes | None]:
    """Return the number of definitions in force, and the event that published the newest."""
    d, e = t.definition.c, t.entry.c
    count = len(conn.execute(select(d.kind, d.id).distinct()).all())
    newest = conn.execute(select(e.raw).join(t.definition, d.eid == e.eid).order_by(e.eid.desc()).limit(1)).scalar()
    return count, newest
