"""Reads of the hub's database for people: stations, findings, search, the edges of the graph. Gives plain values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Select, and_, func, or_, select

from common import events
from common.ids import Claim, event_id, kind_of
from common.ledger import logs
from common.ledger import tables as t
from common.ledger.project import thing_ids
from hub.api.stations import StationRow
from hub.db import enrolments
from hub.db import tables as h

Age = Callable[[logs.Log, int], int | None]
RECENT_ENTRIES = 1_000
LAST_LETTER = "\U0010ffff"
_canonical = msgspec.json.Encoder(order="sorted").encode


class AsideRow(Struct, frozen=True):
    """A batch that is kept and not accepted."""

    id: int
    at: int
    code: str
    log: str
    details: str
    size: int


class FindingRow(Struct, frozen=True):
    """A finding with the thing that it is about."""

    kind: str
    about: Claim
    cause: str
    open: bool
    params: dict[str, Any]


class EdgeRow(Struct, frozen=True):
    """One edge by dense ids: of the k-th assertion of entry `eid`. `ended`: the component came out again.

    `possible`: one of several candidates, of which one went in and nobody knows which.
    """

    eid: int
    k: int
    parent: int
    child: int
    kind: str
    slot: str
    material: str
    quantity: str
    uom: str
    operation: str
    ended: bool
    possible: bool = False


class SaidRow(Struct, frozen=True):
    """Event of an entry, the author of its log, and its wall clock, ms."""

    event: str
    author: str
    at: int


class RecentRow(Struct, frozen=True):
    """A unit of the newest events: its state now, and author and time of its last event."""

    claim: Claim
    state: str
    material: str | None
    said: SaidRow


def hash_of(tree: dict[str, Any]) -> str:
    """The hash of a definition given as plain JSON."""
    return "sha256:" + hashlib.sha256(_canonical(tree)).hexdigest()


def definition_hashes(conn: Connection) -> set[str]:
    """The hash of each definition that is in force."""
    latest = select(func.max(t.definition.c.eid)).group_by(t.definition.c.kind, t.definition.c.id)
    return set(conn.execute(select(t.definition.c.hash).where(t.definition.c.eid.in_(latest))).scalars())


def is_known(conn: Connection, claim: Claim) -> bool:
    """Tell if any event names a thing."""
    return bool(thing_ids(conn, [claim]))


def stations(conn: Connection, age: Age) -> list[StationRow]:
    """Every station's logs, and the keys that wait to be trusted."""
    known = [log for log in logs.all_logs(conn) if log.role == "station"]
    followed = {log.follows for log in known}
    spoke = conn.execute(select(h.seen.c.log, h.seen.c.at, h.seen.c.suspect))
    seen = {log: (at, suspect) for log, at, suspect in spoke}
    rows = []
    for log in known:
        if log.author == "hub":
            continue
        trunk = logs.trunk(conn, log.lid)
        state = "revoked" if log.trusted_to is not None else "replaced" if log.log in followed else "trusted"
        at, suspect = seen.get(log.log, (None, 0))
        age_ms = 0 if state == "replaced" else age(log, trunk.size)
        counts = (trunk.size, trunk.projected)
        rows.append(StationRow(log.author, log.line, log.log, state, *counts, age_ms, at, bool(suspect)))
    waiting = enrolments.candidates(conn)
    rows += [StationRow(c.station, c.line, c.log, "waiting", 0, 0, None, c.at, False, c.words) for c in waiting]
    return sorted(rows, key=lambda row: (row.line, row.station, row.log))


def aside(conn: Connection) -> list[AsideRow]:
    """Quarantined batches, newest first."""
    a = t.aside.c
    rows = conn.execute(select(a.id, a.at, a.code, a.log, a.details, func.length(a.raw)).order_by(a.id.desc()))
    return [AsideRow(*row) for row in rows]


def aside_count(conn: Connection) -> int:
    """Count the quarantined batches, without those of revoked logs."""
    where = t.aside.c.code != "aside.revoked"
    return int(conn.execute(select(func.count()).select_from(t.aside).where(where)).scalar_one())


def findings(conn: Connection, about: int | None = None, limit: int | None = None) -> list[FindingRow]:
    """Findings, open ones first; of one thing, or of all."""
    f = h.finding.c
    query = select(f.kind, t.thing.c.scheme, t.thing.c.value, f.cause, f.open, f.params)
    query = query.select_from(h.finding.join(t.thing, f.about == t.thing.c.tid)).order_by(f.open.desc(), f.kind, f.id)
    rows = conn.execute((query if about is None else query.where(f.about == about)).limit(limit))
    return [FindingRow(k, Claim(s, v), cause, bool(o), json.loads(p)) for k, s, v, cause, o, p in rows]


def finding_counts(conn: Connection) -> list[tuple[str, int, int]]:
    """(kind, how many are open, how many are closed), the kinds with most open ones first."""
    f = h.finding.c
    opened, every = func.sum(f.open), func.count()
    rows = conn.execute(select(f.kind, opened, every - opened).group_by(f.kind).order_by(opened.desc(), f.kind))
    return [(kind, int(open_), int(closed)) for kind, open_, closed in rows]


def search(conn: Connection, text: str, materials: Iterable[str] = (), limit: int = 50) -> list[Claim]:
    """Things whose value is `text`, as it is or in capitals; else what begins with it; else what ends with it.

    `materials`: ids that may precede a lot's number. Behind others, and behind a GTIN, a number is found last.
    """
    c = t.thing.c
    if not text:
        return []
    spelled = [f"{before}{one}" for one in {text, text.upper()} for before in ("", *(f"{id}/" for id in materials))]
    begins = or_(*(and_(c.value >= one, c.value < one + LAST_LETTER) for one in spelled))
    ends = or_(*(c.value.iendswith(f"{sign}{text}", autoescape=True) for sign in "/."))
    # The third reads every thing, so it comes last.
    for where in (c.value.in_(spelled), begins, ends):
        query = select(c.scheme, c.value).where(where).order_by(c.value, c.scheme).limit(limit)
        found = [Claim(scheme, value) for scheme, value in conn.execute(query)]
        if found:
            return found
    return []


def edges(conn: Connection, tids: Sequence[int], *, up: bool, limit: int | None = None) -> list[EdgeRow]:
    """Edges with one end in `tids`: those below them, or with `up` those above; at most `limit` for 500 of them."""
    e = t.edge.c
    near = e.child if up else e.parent
    found: list[EdgeRow] = []
    for start in range(0, len(tids), 500):
        where = near.in_(tids[start : start + 500])
        columns: tuple[Any, ...] = (e.eid, e.k, e.parent, e.child, e.kind, e.slot, e.material, e.quantity, e.uom)
        columns += (e.operation, e.removed_by.is_not(None))
        rows = conn.execute(select(*columns).where(where).order_by(e.eid, e.k).limit(limit))
        found += [EdgeRow(*row) for row in rows]
    open_sets = _open_sets(conn, {edge.eid for edge in found if edge.kind == "candidate"})
    return [replace(e, possible=not e.ended) if e.eid in open_sets else e for e in found]


def _open_sets(conn: Connection, eids: set[int]) -> set[int]:
    """Entries with more than one candidate left."""
    e, wanted = t.edge.c, sorted(eids)
    found: set[int] = set()
    for start in range(0, len(wanted), 500):
        where = (e.eid.in_(wanted[start : start + 500]), e.kind == "candidate", e.removed_by.is_(None))
        found |= set(conn.execute(select(e.eid).where(*where).group_by(e.eid).having(func.count() > 1)).scalars())
    return found


def uses(conn: Connection, tids: Iterable[int]) -> dict[int, int]:
    """dense id → how many things it is in now."""
    e, wanted = t.edge.c, sorted(tids)
    found: dict[int, int] = {}
    for start in range(0, len(wanted), 500):
        where = (e.child.in_(wanted[start : start + 500]), e.removed_by.is_(None))
        rows = conn.execute(select(e.child, func.count(e.parent.distinct())).where(*where).group_by(e.child))
        found.update({child: count for child, count in rows})
    return found


def events_on(conn: Connection, tid: int) -> int:
    """Count the events that name a thing, also those that only put it into something else."""
    return int(conn.execute(select(func.count()).select_from(t.touch).where(t.touch.c.tid == tid)).scalar_one())


def said(conn: Connection, eids: Iterable[int]) -> dict[int, SaidRow]:
    """Event, author and time of these entries."""
    wanted = sorted(set(eids))
    found: dict[int, SaidRow] = {}
    for start in range(0, len(wanted), 500):
        rows = conn.execute(_entries().where(t.entry.c.eid.in_(wanted[start : start + 500])))
        found.update({row.eid: _said(row) for row in rows})
    return found


def causes(conn: Connection, wanted: Iterable[tuple[Claim, str]]) -> dict[str, SaidRow]:
    """event id → what it is, for (thing, id of an event on it)."""
    pairs = list(wanted)
    ids, tids = {id for _, id in pairs}, sorted(thing_ids(conn, {claim for claim, _ in pairs}).values())
    found: dict[str, SaidRow] = {}
    for start in range(0, len(tids), 500):
        where = (t.touch.c.tid.in_(tids[start : start + 500]), t.touch.c.part == 0)
        rows = conn.execute(_entries().join(t.touch, t.touch.c.eid == t.entry.c.eid).where(*where))
        found.update({id: _said(row) for row in rows if (id := event_id(row.log, row.leaf)) in ids})
    return found


def _entries() -> Select[Any]:
    columns = (t.entry.c.eid, t.entry.c.leaf, t.entry.c.raw, t.log.c.log, t.log.c.author)
    return select(*columns).select_from(t.entry.join(t.branch, t.branch.c.bid == t.entry.c.bid).join(t.log))


def _said(row: Any) -> SaidRow:
    return SaidRow(event_id(row.log, row.leaf), row.author, events.decode(row.raw).at)


def standings(conn: Connection, tids: Iterable[int]) -> dict[int, tuple[str, str | None]]:
    """dense id → (state, material)."""
    s, wanted = h.standing.c, sorted(tids)
    found: dict[int, tuple[str, str | None]] = {}
    for start in range(0, len(wanted), 500):
        rows = conn.execute(select(s.tid, s.state, s.material).where(s.tid.in_(wanted[start : start + 500])))
        found.update({tid: (state, material) for tid, state, material in rows})
    return found


def receipts(conn: Connection) -> dict[str, int]:
    """log → how many of its entries the hub has and has projected."""
    return {log.log: logs.trunk(conn, log.lid).projected for log in logs.all_logs(conn)}


def recent(conn: Connection, limit: int) -> list[RecentRow]:
    """Units in the newest entries, the newest first; an entry that is not projected yet has none."""
    last: dict[Claim, SaidRow] = {}
    for row in conn.execute(_entries().order_by(t.entry.c.eid.desc()).limit(RECENT_ENTRIES)):
        for claim in events.decode(row.raw).on:
            if kind_of(claim) == "unit" and claim not in last:
                last[claim] = _said(row)
        if len(last) >= limit:
            break
    tids = thing_ids(conn, last)
    known = standings(conn, tids.values())
    return [RecentRow(c, *known[tids[c]], said) for c, said in last.items() if tids.get(c) in known][:limit]
