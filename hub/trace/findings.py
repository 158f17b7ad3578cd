"""Findings as people read them: what is wrong with what, since when, seen by whom; of one thing or of all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from common.definitions.naming import Name
from common.ids import Claim, tag_event
from common.ledger import reads
from common.ledger.project import thing_ids
from common.ledger.store import Connection
from hub.db import reads as hub_reads
from hub.db.reads import Age, FindingRow
from hub.trace.names import Names
from hub.trace.seen import Seen, seen

MOST = 500


class FindingLine(Struct, frozen=True):
    """A finding that people can read. `at`, `station`: of the event that shows it, where that is known."""

    kind: str
    about: Claim
    material: Name | None
    cause: str
    open: bool
    params: dict[str, Any]
    at: int | None
    station: str


class FindingCount(Struct, frozen=True):
    """Number of findings of a kind."""

    kind: str
    open: int
    closed: int


class FindingsPage(Struct, frozen=True):
    """The answer to "what does not fit?": every kind counted, and MOST lines at most, open ones first."""

    counts: tuple[FindingCount, ...]
    lines: tuple[FindingLine, ...]
    seen: Seen


def findings_page(conn: Connection, age: Age, now_ms: int, most: int | None = MOST) -> FindingsPage:
    """Every finding of this hub; of all of them `most` lines."""
    names = Names(conn, reads.definitions(conn))
    counts = tuple(FindingCount(*row) for row in hub_reads.finding_counts(conn))
    lines = finding_lines(conn, hub_reads.findings(conn, limit=most), names)
    return FindingsPage(counts, lines, seen(conn, age, now_ms))


def finding_lines(conn: Connection, found: Sequence[FindingRow], names: Names) -> tuple[FindingLine, ...]:
    """Findings with the names of what they speak of, and when and where each was seen."""
    causes = hub_reads.causes(conn, ((f.about, tag_event(f.cause)) for f in found))
    tids = thing_ids(conn, {f.about for f in found})
    standings = hub_reads.standings(conn, tids.values())
    lines = []
    for f in found:
        said = causes.get(tag_event(f.cause))
        material = names.thing(f.about, standings.get(tids[f.about], ("", None))[1])
        at, station = (said.at, said.author) if said else (None, "")
        lines.append(FindingLine(f.kind, f.about, material, f.cause, f.open, _readable_params(f, names), at, station))
    return tuple(lines)


def _readable_params(found: FindingRow, names: Names) -> dict[str, Any]:
    named = {"operation": names.operation, "slot": names.slot_name}
    return {key: named[key](str(value)) if key in named else value for key, value in found.params.items()}
