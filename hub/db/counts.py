"""Counts over the hub's database: what it holds, event by event, and how many units are finished."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from common.ledger import tables as t
from hub.db import tables as h


def event_references(conn: Connection) -> set[tuple[str, bytes]]:
    """(log id, leaf hash) of every entry the hub has."""
    joined = t.entry.join(t.branch).join(t.log)
    return {(log, leaf) for log, leaf in conn.execute(select(t.log.c.log, t.entry.c.leaf).select_from(joined))}


def finished(conn: Connection, material: str) -> int:
    """Count the units of a material that passed everything and are in a container."""
    s, e = h.standing.c, t.edge.c
    packed = select(e.child).where(e.kind == "aggregate", e.removed_by.is_(None))
    where = (s.material == material, s.state == "passed", s.tid.in_(packed))
    return int(conn.execute(select(func.count()).select_from(h.standing).where(*where)).scalar_one())
