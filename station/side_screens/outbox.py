"""Entries waiting for the hub: counted for the status bar, and listed for the outbox. Reads, never writes."""

from __future__ import annotations

from msgspec import Struct

from common.events import decode
from common.ledger import calls, logs
from common.ledger.append import Own
from common.ledger.store import Connection
from station.shown.side_screens import OutboxLog, WaitingEntry

MOST_ENTRIES = 40  # of each log, the oldest


class Waits(Struct, frozen=True):
    """The own log: number of entries unsent, sent but unconfirmed, and confirmed; age of the oldest unconfirmed one.

    `calls`: the open calls among them, by the event that raised each.
    """

    pending: int
    sent: int
    receipted: int
    oldest_s: int
    calls: tuple[str, ...] = ()


def waits(conn: Connection, own: Own, sent: int, wall_ms: int) -> Waits:
    """Count the waiting entries. `sent`: the size up to which the own log was sent."""
    receipted = logs.receipted(conn, own.lid)
    oldest_s = _oldest_s(logs.waiting(conn, own.lid, 1), wall_ms) or 0
    return Waits(own.size - max(sent, receipted), max(sent - receipted, 0), receipted, oldest_s, _calls(conn, own.lid))


def _calls(conn: Connection, lid: int) -> tuple[str, ...]:
    return calls.unconfirmed(conn, logs.trunk(conn, lid).bid, logs.receipted(conn, lid))


def outbox(conn: Connection, sent: int, wall_ms: int) -> tuple[tuple[OutboxLog, ...], tuple[WaitingEntry, ...]]:
    """Return every log ever written here, the present one first, and the oldest waiting entries."""
    own = sorted((known for known in logs.all_logs(conn) if known.own), key=lambda known: (known.own, -known.lid))
    waiting = {known.lid: logs.waiting(conn, known.lid, MOST_ENTRIES) for known in own}
    lines = tuple(_line(conn, known, waiting[known.lid], (sent, wall_ms)) for known in own)
    events = [decode(raw) for known in reversed(own) for raw in waiting[known.lid]][:MOST_ENTRIES]
    return lines, tuple(WaitingEntry(f"said.{e.t}", e.at, e.on) for e in events)


def _line(conn: Connection, known: logs.Log, waiting: list[bytes], now: tuple[int, int]) -> OutboxLog:
    size, confirmed = logs.head(conn, known.lid).size, logs.receipted(conn, known.lid)
    sent = max(now[0] - confirmed, 0) if known.own == 1 else 0
    age_s = _oldest_s(waiting, now[1])
    return OutboxLog(known.log, known.own == 1, size, size - confirmed - sent, sent, confirmed, age_s)


def _oldest_s(waiting: list[bytes], wall_ms: int) -> int | None:
    return max(wall_ms - decode(waiting[0]).at, 0) // 1000 if waiting else None
