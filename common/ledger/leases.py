"""Leases on disk: the blocks of serial numbers that a log may issue from. Only leases in the hub's logs count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from common.ids import Claim, event_id
from common.ledger import sql
from common.serials import Block

BLOCKS = (
    "SELECT log.log, entry.leaf, lease.log, lease.material, lease.prefix, lease.digits, lease.first, lease.last "
    "FROM lease JOIN entry ON entry.eid = lease.eid JOIN branch ON branch.bid = entry.bid "
    "JOIN log ON log.lid = branch.lid WHERE (log.role = 'site' OR log.author = 'hub') AND branch.parent IS NULL "
)
ORDERED = "ORDER BY lease.prefix, lease.digits, lease.first"


def of_log(conn: Connection, log: str) -> tuple[Block, ...]:
    """Return the blocks of a log, by number."""
    return _blocks(sql.run(conn, BLOCKS + "AND lease.log = ? " + ORDERED, log).all())


def of_own(conn: Connection) -> tuple[Block, ...]:
    """Return the blocks of the log that this node writes, by number, without those of earlier own logs."""
    return _blocks(sql.run(conn, BLOCKS + "AND lease.log IN (SELECT log FROM log WHERE own = 1) " + ORDERED).all())


def every(conn: Connection) -> tuple[Block, ...]:
    """Return every block, by number."""
    return _blocks(sql.run(conn, BLOCKS + ORDERED).all())


def last_of(conn: Connection, prefix: str, digits: int) -> int | None:
    """Return the highest number of a series ever leased, or None."""
    text = "SELECT max(last) FROM lease WHERE prefix = ? AND digits = ?"
    found = sql.run(conn, text, prefix, digits).scalar()
    return int(found) if found is not None else None


def highest(conn: Connection, first: Claim, last: Claim) -> str | None:
    """Return the highest serial from `first` to `last` known to this node, or None."""
    text = "SELECT max(value) FROM thing WHERE value >= ? AND value <= ? AND scheme = ?"
    found = sql.run(conn, text, first.value, last.value, first.scheme).scalar()
    return str(found) if found is not None else None


def _blocks(rows: Sequence[tuple[Any, ...]]) -> tuple[Block, ...]:
    return tuple(Block(event_id(row[0], row[1]), *row[2:]) for row in rows)
