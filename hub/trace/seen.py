"""What the hub has not seen: the stations whose newest events may be missing from any answer."""

from __future__ import annotations

from msgspec import Struct

from common.ledger.store import Connection
from hub.db import reads
from hub.db.reads import Age

UP_TO_DATE_MS = 15_000


class Missing(Struct, frozen=True):
    """A station that may hold more than the hub has. `since`: wall ms of its last word, None if it never spoke.

    reason: silent, never, behind (received and not yet projected), waiting (its key is not confirmed), suspect.
    """

    station: str
    reason: str
    since: int | None


class Seen(Struct, frozen=True):
    """How complete an answer is. `as_of`: wall ms of the answer. Complete if nothing is missing."""

    as_of: int
    missing: tuple[Missing, ...]

    @property
    def complete(self) -> bool:
        """Whether every station had nothing more a moment ago."""
        return not self.missing


def seen(conn: Connection, age: Age, now_ms: int) -> Seen:
    """What is missing as of now."""
    missing = []
    for row in reads.stations(conn, age):
        reason = _why(row)
        if reason:
            missing.append(Missing(row.station, reason, row.seen_at))
    return Seen(now_ms, tuple(missing))


def _why(row: reads.StationRow) -> str:
    if row.state == "waiting":
        return "waiting"
    if row.suspect:
        return "suspect"
    if row.projected < row.received:
        return "behind"
    if row.age_ms is None:
        return "never" if row.seen_at is None else "silent"
    return "silent" if row.age_ms > UP_TO_DATE_MS else ""
