"""Migration steps of the ledger, called by the Alembic histories of the station and the hub."""

from __future__ import annotations

from sqlalchemy import Connection

from common.ledger import tables as t
from common.ledger.tables import ledger

LATER = (t.call, t.lease)


def first(conn: Connection) -> None:
    """2026-11: logs, rows, receipts, aside. The tables of this step never change; later steps alter them."""
    ledger.create_all(conn, tables=[table for table in ledger.sorted_tables if table not in LATER])


def calls(conn: Connection) -> None:
    """2026-11: calls, and their open state."""
    t.call.create(conn)


def leases(conn: Connection) -> None:
    """2026-11: blocks of serial numbers, and the log that may use each."""
    t.lease.create(conn)
