"""Stations whose newest events the hub may lack, said with every answer."""

from __future__ import annotations

from msgspec import Struct

from common.ledger.store import Connection
from hub.api.stations import StationRow
from hub.db import reads
from hub.db.reads import Age

UP_TO_DATE_MS = 15_000


class Missing(Struct, frozen=True):
    """A station that may hold more than the hub has. `since`: wall ms of its last word, None if it never spoke.

    reason: silent; unconfirmed (it said hello then, and has not yet said what its newest entry is); never; behind
    (received and not yet projected); waiting (its key is not confirmed); suspect.
    """

    station: str
    reason: str
    since: int | None


class Seen(Struct, frozen=True):
    """Completeness of an answer. `as_of`: until then (wall ms) the hub has all of the stations that are not missing;
    with none left, the last contact of any.

    `aside`: quarantined batches. `stations`: their number without revoked ones.
    """

    as_of: int
    missing: tuple[Missing, ...]
    aside: int = 0
    stations: int = 0

    @property
    def complete(self) -> bool:
        """Whether every station had nothing more a moment ago, and all that came was taken."""
        return not self.missing and not self.aside


def seen(conn: Connection, age: Age, now_ms: int) -> Seen:
    """Stations that are missing as of now."""
    rows = reads.stations(conn, age)
    missing = [Missing(row.station, reason, _since(row, now_ms)) for row in rows if (reason := _why(row))]
    ages = [row.age_ms for row in rows if row.age_ms is not None and row.state == "trusted" and not _why(row)]
    words = [one.since for one in missing if one.since is not None]
    as_of = now_ms - max(ages) if ages else max(words, default=now_ms)
    stations = {row.station for row in rows if row.state in ("trusted", "waiting")}
    return Seen(as_of, tuple(missing), reads.aside_count(conn), len(stations))


def _since(row: StationRow, now_ms: int) -> int | None:
    """Its last word: what it confirmed, or else its last hello."""
    return now_ms - row.age_ms if row.age_ms is not None else row.seen_at


def _why(row: StationRow) -> str:
    if row.state == "waiting":
        return "waiting"
    if row.projected < row.received:
        return "behind"
    if row.state == "revoked":  # decided: what was received counts, what is more does not
        return ""
    if row.suspect:
        return "suspect"
    if row.age_ms is None:
        return "never" if row.seen_at is None else "unconfirmed"
    return "silent" if row.age_ms > UP_TO_DATE_MS else ""
