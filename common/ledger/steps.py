"""The ledger's migration steps; the Alembic histories of the station's store and of the hub's database call them."""

from __future__ import annotations

from sqlalchemy import Connection

from common.ledger import tables as t
from common.ledger.tables import ledger

LATER = (t.call, t.lease)


def first(conn: Connection) -> None:
    """2026-11: logs, rows, receipts, aside. The tables of this step never change; later steps alter them."""
    ledger.create_all(conn, tables=[table for table in ledger.sorted_tables if table not in LATER])


def calls(conn: Connection) -> None:
    """2026-11: calls, and which of them are open."""
    t.call.create(conn)


def leases(conn: Connection) -> None:
    """2026-11: blocks of serial numbers, and the log that each is for."""
    t.lease.create(conn)
