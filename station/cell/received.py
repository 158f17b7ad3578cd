"""Stores logs and receipts from other nodes and the hub. The caller owns the transaction."""

from __future__ import annotations

from common.ledger import accept, logs, trust
from common.ledger.accept import Verdict
from common.ledger.project import project
from common.ledger.store import Connection


def batch(conn: Connection, raw: bytes, now_ms: int) -> list[Verdict]:
    """Accept a batch with its rows, and batches set aside that it makes trusted. BadInput: nothing was accepted."""
    return _sorted_in(conn, [accept.accept(conn, raw, now_ms)], now_ms)


def waited_for(conn: Connection, log: str, now_ms: int) -> None:
    """Retry the batches set aside of a log."""
    _sorted_in(conn, accept.retry_aside(conn, log, now_ms), now_ms)


def receipt(conn: Connection, log: str, size: int, note: str) -> None:
    """Save the hub's receipt for `size` entries of an own log."""
    found = logs.by_id(conn, log)
    if found is not None:
        logs.save_receipt(conn, found.lid, size, note)


def _sorted_in(conn: Connection, verdicts: list[Verdict], now_ms: int) -> list[Verdict]:
    for verdict in verdicts:
        grown = project(conn, verdict.new)
        for name in trust.apply(conn, grown.trust):
            verdicts += accept.retry_aside(conn, name, now_ms)
    return verdicts
