"""Notes of a workplace on disk: the newest entries that name the list of its notes."""

from __future__ import annotations

from sqlalchemy import Connection

from common import shift_notes
from common.ids import Claim, event_id
from common.ledger import sql
from common.ledger.project import read, thing_ids
from common.shift_notes import WrittenNote

MOST_READ = 50  # entries of a list, which bounds the cost of a look at it
MOST_SHOWN = 20
SHOWN_MS = 7 * 24 * 3_600_000
NEWEST = (
    "SELECT entry.eid, entry.leaf, entry.raw, log.log FROM touch JOIN entry ON entry.eid = touch.eid "
    "JOIN branch ON branch.bid = entry.bid JOIN log ON log.lid = branch.lid "
    "WHERE touch.tid = ? AND touch.part = 0 "
    "AND (log.trusted_to IS NULL OR entry.idx < log.trusted_to) ORDER BY touch.eid DESC LIMIT ?"
)


def recent(conn: Connection, of: Claim, now_ms: int) -> tuple[WrittenNote, ...]:
    """Return the last notes of a list, the newest first: of seven days, and at most MOST_SHOWN."""
    tid = thing_ids(conn, [of]).get(of)
    if tid is None:
        return ()
    rows = sql.run(conn, NEWEST, tid, MOST_READ)
    found = shift_notes.written((eid, event_id(log, leaf), read(raw).event) for eid, leaf, raw, log in rows)
    return tuple(note for note in found if note.at >= now_ms - SHOWN_MS)[:MOST_SHOWN]
