"""Projection: entries → rows on disk (things, touches, edges, definitions), alike for own, pulled and rebuilt logs.

An event that cannot be projected is reported and never stops the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import count
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple
from sqlalchemy import Connection

from common import events
from common.errors import BadEvent
from common.events import Event
from common.ids import Claim, b64, kind_of, unb64
from common.ledger import calls, sql
from common.ledger import tables as t
from common.rows import Called, Edge, Enrolment, Leased, Published, Revocation, Row, bad_news, rows_of

READ_AT_ONCE = 2_048  # larger than a slice of the hub, which is accepted, projected and judged in one go
BySite = Published | Enrolment | Revocation  # allowed in the site log only


class New(Struct, frozen=True):
    """An entry to project: dense id, log, index, leaf hash and bytes."""

    eid: int
    lid: int
    index: int
    leaf: bytes
    raw: bytes


class ProjectedEvent(Struct, frozen=True):
    """An event and its rows; with an `error` its body is invalid and it has no rows."""

    event: Event
    rows: tuple[Row, ...]
    error: BadEvent | None = None


class Projected(Struct, frozen=True):
    """The result of a projection: touched things; trust rows for the caller; (eid, its things, error) of invalid
    events; and `defines`, set if it contained definitions."""

    things: frozenset[int]
    trust: tuple[Enrolment | Revocation, ...]
    failed: tuple[tuple[int, tuple[int, ...], BadEvent], ...]
    defines: bool


def project(conn: Connection, entries: Sequence[New]) -> Projected:
    """Add the rows of these entries. Adding the same entry twice changes nothing."""
    parsed = [(new, read(new.raw)) for new in entries]
    ids = thing_ids(conn, {claim for _, one in parsed for claim in one.event.on}, make=True)
    return _add(conn, parsed, ids, Tips(conn, ids.values()), _known(conn, entries, ids.values()))


def project_own(conn: Connection, new: New, ids: dict[Claim, int], tips: Tips) -> None:
    """Add the rows of an entry that was written just now: `ids` and `tips` of its things, as they were for it."""
    _add(conn, [(new, read(new.raw))], ids, tips, set())


def _add(
    conn: Connection, parsed: Sequence[tuple[New, ProjectedEvent]], ids: dict[Claim, int], tips: Tips, known: set[int]
) -> Projected:
    """Add the rows of these entries; those that are `known` were projected before."""
    sites = _sites(conn) if any(isinstance(row, BySite) for _, one in parsed for row in one.rows) else set()
    touches: list[tuple[int, int, int]] = []
    said: list[tuple[int, Row]] = []
    failed: list[tuple[int, tuple[int, ...], BadEvent]] = []
    for new, one in parsed:
        event, touched = one.event, tuple(ids[claim] for claim in one.event.on)
        try:
            rows = lawful(one, by_site=new.lid in sites)
        except BadEvent as e:
            rows = ()
            failed.append((new.eid, touched, e))
        said += [(new.eid, row) for row in rows]
        if new.eid not in known:
            touches += _touches(new.eid, event, touched, rows)
            tips.move(new, event, touched)
    sql.add_missing(conn, t.touch, sorted(touches))
    tips.save(conn)
    _write(conn, said, ids)
    trust = tuple(row for _, row in said if isinstance(row, Enrolment | Revocation))
    defines = any(isinstance(row, Published) for _, row in said)
    return Projected(frozenset(ids.values()), trust, tuple(failed), defines)


def _sites(conn: Connection) -> set[int]:
    return set(sql.run(conn, "SELECT lid FROM log WHERE role = 'site'").scalars())


def _known(conn: Connection, entries: Sequence[New], tids: Iterable[int]) -> set[int]:
    """Return the entries that were projected before."""
    first, things = min((new.eid for new in entries), default=0), sql.array(conn, tids)
    text = "SELECT eid FROM touch WHERE tid {any} AND part IN (0, 1) AND eid >= ?"
    return set(sql.run(conn, text, things, first).scalars())


@lru_cache(maxsize=READ_AT_ONCE)
def read(raw: bytes) -> ProjectedEvent:
    """Decode an entry's bytes, cached because accepting, projecting and judging read the same bytes. BadEvent."""
    event = events.decode(raw)
    try:
        return ProjectedEvent(event, rows_of(event))
    except BadEvent as e:
        return ProjectedEvent(event, (), e.with_traceback(None))


def lawful(one: ProjectedEvent, *, by_site: bool) -> tuple[Row, ...]:
    """Return the event's rows if its author may write them. Only the site log may publish definitions, enrol and
    revoke. BadEvent event.authority, or its own error."""
    if one.error is not None:
        raise BadEvent(one.error.code, **one.error.details)
    if not by_site and any(isinstance(row, BySite) for row in one.rows):
        raise BadEvent("event.authority")
    return one.rows


def thing_ids(conn: Connection, claims: Iterable[Claim], *, make: bool = False) -> dict[Claim, int]:
    """Return the dense ids of claims; with `make`, unknown claims get one."""
    wanted = set(claims)
    if not wanted:
        return {}
    values = sql.array(conn, {c.value for c in wanted})
    rows = sql.run(conn, "SELECT scheme, value, tid FROM thing WHERE value {any}", values)
    found = {claim: tid for scheme, value, tid in rows if (claim := Claim(scheme, value)) in wanted}
    missing = sorted(wanted.difference(found)) if make else []
    if missing:
        made = dict(zip(missing, count(sql.next_id(conn, t.thing)), strict=False))
        sql.add(conn, t.thing, [(tid, claim.scheme, claim.value) for claim, tid in made.items()])
        found |= made
    return found


class Tips:
    """The latest known events on some things: an event replaces those that it comes after."""

    def __init__(self, conn: Connection, tids: Iterable[int]) -> None:
        rows = sql.run(
            conn,
            "SELECT tip.tid, tip.eid, branch.lid, branch.parent, log.log, entry.idx, entry.leaf FROM tip "
            "JOIN entry ON entry.eid = tip.eid JOIN branch ON branch.bid = entry.bid "
            "JOIN log ON log.lid = branch.lid WHERE tip.tid {any}",
            sql.array(conn, tids),
        ).all()
        self._now: dict[int, dict[int, tuple[int, int, bytes]]] = {}
        for tid, eid, lid, _, _, idx, leaf in rows:
            self._now.setdefault(tid, {})[eid] = (lid, idx, leaf)
        self._found = {row[2:] for row in rows}
        self._before = {(tid, eid) for tid, tips in self._now.items() for eid in tips}

    def references(self, lid: int, index: int) -> tuple[events.Reference, ...]:
        """Return `rf` for an event on these things that log `lid` is about to write at `index`."""
        # a clone's branch of the own log counts as another's: the same index is another entry there
        own = sorted({index - idx for of, parent, _, idx, _ in self._found if of == lid and parent is None})
        other = ((log, idx, b64(leaf)) for of, parent, log, idx, leaf in self._found if of != lid or parent is not None)
        return (*own, *sorted(other))

    def move(self, new: New, event: Event, touched: Iterable[int]) -> None:
        """Make the new event a tip of its things, unless a later event of its log is one already."""
        relied = {unb64(ref[2]) for ref in event.rf if not isinstance(ref, int)}
        for tid in touched:
            tips = self._now.setdefault(tid, {})
            late = any(lid == new.lid and idx >= new.index for lid, idx, _ in tips.values())
            for eid, (lid, idx, leaf) in list(tips.items()):
                if (lid == new.lid and idx < new.index) or leaf in relied:
                    del tips[eid]
            if not late:
                tips[new.eid] = (new.lid, new.index, new.leaf)

    def save(self, conn: Connection) -> None:
        """Write the changes."""
        now = {(tid, eid) for tid, tips in self._now.items() for eid in tips}
        sql.remove(conn, t.tip, sorted(self._before - now))
        sql.add_missing(conn, t.tip, sorted(now - self._before))


def _touches(eid: int, event: Event, touched: Iterable[int], rows: tuple[Row, ...]) -> list[tuple[int, int, int]]:
    parts = {row.child for row in rows if isinstance(row, Edge)}
    pairs = dict(zip(touched, event.on, strict=True)).items()
    return [(tid, int(claim in parts and kind_of(claim) == "lot"), eid) for tid, claim in pairs]


def _write(conn: Connection, said: Sequence[tuple[int, Row]], ids: dict[Claim, int]) -> None:
    sql.add_missing(conn, t.edge, [_edge(eid, row, ids) for eid, row in said if isinstance(row, Edge)])
    bad = {ids[claim] for _, row in said for claim in bad_news(row)}
    sql.add_missing(conn, t.bad, [(tid,) for tid in sorted(bad)])
    calls.add(conn, [(eid, row) for eid, row in said if isinstance(row, Called)])
    leased = [(eid, *astuple(row)[1:]) for eid, row in said if isinstance(row, Leased)]
    sql.add_missing(conn, t.lease, leased)
    published = [(eid, row.kind, row.id, row.hash, row.raw) for eid, row in said if isinstance(row, Published)]
    sql.add_missing(conn, t.definition, published)


def _edge(eid: int, row: Edge, ids: dict[Claim, int]) -> tuple[Any, ...]:
    ends = (ids[row.parent], ids[row.child])
    return (eid, row.k, *ends, row.kind, row.slot, row.material, row.quantity, row.uom, row.operation, None)
