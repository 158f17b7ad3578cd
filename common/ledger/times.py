"""Times of events, by the hub's signed times in their log; no wall clock of a station counts.

An interval from the anchors of the event's boot, extended by the monotonic clock; without one, between its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from msgspec import Struct
from sqlalchemy import Connection

from common.errors import BadEvent
from common.event_types import Anchor
from common.events import body
from common.judge import Past, TimeSpan
from common.ledger import sql
from common.ledger.project import read

DRIFT_PPM = 100
AT_ONCE = 512
LOOKS_LIKE = b'"t":"anchor"'  # canonical JSON has no spaces, so every anchor contains this
FORWARD = "entry.idx > ? ORDER BY entry.idx"
BACK = "entry.idx < ? ORDER BY entry.idx DESC"


class AnchorInterval(Struct, frozen=True):
    """The hub's signed time in a log: at monotonic ms `mo` of boot `bo` it was between `first_ms` and `last_ms`."""

    bo: str
    mo: int
    first_ms: int
    last_ms: int


def anchor_ms(note: str) -> int | None:
    """Return the hub's wall time in ms from an anchor's fourth line, or None."""
    lines = note.split("\n")
    return int(lines[3]) if len(lines) > 3 and lines[3].isdecimal() and len(lines[3]) <= 15 else None


def span(conn: Connection, past: Past) -> TimeSpan:
    """Return the time span of an event; unknown if it is in no log here, or if anchors are missing or disagree."""
    raw = sql.run(conn, "SELECT raw FROM entry WHERE bid = ? AND idx = ?", past.branch, past.index).scalar()
    if raw is None:
        return TimeSpan()
    event = read(raw).event
    before, after = (next(_anchors(conn, past, way), None) for way in (BACK, FORWARD))
    earliest = [before.first_ms] if before else []
    latest = [after.last_ms] if after else []
    for anchor in (before, after):
        if anchor and anchor.bo == event.bo:
            passed = event.mo - anchor.mo
            drift = abs(passed) * DRIFT_PPM // 1_000_000 + 1
            earliest.append(anchor.first_ms + passed - drift)
            latest.append(anchor.last_ms + passed + drift)
    first, last = max(earliest, default=None), min(latest, default=None)
    return TimeSpan() if first is not None and last is not None and first > last else TimeSpan(first, last)


def tells_time(raw: bytes) -> bool:
    """Return True if an entry is the hub's signed time."""
    return LOOKS_LIKE in raw


def _anchors(conn: Connection, past: Past, way: str) -> Iterator[AnchorInterval]:
    """Yield the trusted anchors of its branch on one side of an event, nearest first."""
    text = (
        "SELECT entry.idx, entry.raw FROM entry JOIN branch ON branch.bid = entry.bid JOIN log ON log.lid = branch.lid "
        f"WHERE entry.bid = ? AND (log.trusted_to IS NULL OR entry.idx < log.trusted_to) AND {way} LIMIT {AT_ONCE}"
    )
    at = past.index
    for _ in count():
        rows = sql.run(conn, text, past.branch, at).all()
        yield from (one for _, raw in rows if tells_time(raw) and (one := _anchor(raw)) is not None)
        if len(rows) < AT_ONCE:
            return
        at = rows[-1][0]


def _anchor(raw: bytes) -> AnchorInterval | None:
    try:
        event = read(raw).event
        said = body(event)
    except BadEvent:
        return None
    hub_ms = anchor_ms(said.note) if isinstance(said, Anchor) else None
    if hub_ms is None or not isinstance(said, Anchor):
        return None
    return AnchorInterval(event.bo, event.mo, hub_ms, hub_ms + said.rtt_ms)
