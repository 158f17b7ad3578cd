"""Reads of the hub's database for people: stations, findings, search, the edges of the graph. Gives plain values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, func, select

from common.ids import Claim
from common.ledger import logs
from common.ledger import tables as t
from common.ledger.project import thing_ids
from hub.db import enrolments
from hub.db import tables as h

Age = Callable[[logs.Log, int], int | None]
_canonical = msgspec.json.Encoder(order="sorted").encode


class StationRow(Struct, frozen=True):
    """A log of a workplace as the hub sees it. `state`: trusted, revoked, waiting (for the six words) or replaced.

    `age_ms`: since its author last confirmed that `received` is all; None: not since the hub started. `seen_at`: wall.
    """

    station: str
    line: str
    log: str
    state: str
    received: int
    projected: int
    age_ms: int | None
    seen_at: int | None
    suspect: bool
    words: str = ""


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
    """One edge by dense ids. `ended`: the component came out again."""

    parent: int
    child: int
    kind: str
    slot: str
    material: str
    quantity: str
    uom: str
    operation: str
    ended: bool


def hash_of(tree: dict[str, Any]) -> str:
    """The hash of a definition given as plain JSON."""
    return "sha256:" + hashlib.sha256(_canonical(tree)).hexdigest()


def definition_hashes(conn: Connection) -> set[str]:
    """The hash of each definition that is in force."""
    latest = select(func.max(t.definition.c.eid)).group_by(t.definition.c.kind, t.definition.c.id)
    return set(conn.execute(select(t.definition.c.hash).where(t.definition.c.eid.in_(latest))).scalars())


def is_known(conn: Connection, claim: Claim) -> bool:
    """Whether anything was ever said about a thing."""
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
    """What is kept aside, newest first."""
    a = t.aside.c
    rows = conn.execute(select(a.id, a.at, a.code, a.log, a.details, func.length(a.raw)).order_by(a.id.desc()))
    return [AsideRow(*row) for row in rows]


def findings(conn: Connection, about: int | None = None) -> list[FindingRow]:
    """Findings, open ones first; of one thing, or of all."""
    f = h.finding.c
    query = select(f.kind, t.thing.c.scheme, t.thing.c.value, f.cause, f.open, f.params)
    query = query.select_from(h.finding.join(t.thing, f.about == t.thing.c.tid)).order_by(f.open.desc(), f.kind, f.id)
    rows = conn.execute(query if about is None else query.where(f.about == about))
    return [FindingRow(k, Claim(s, v), cause, bool(o), json.loads(p)) for k, s, v, cause, o, p in rows]


def search(conn: Connection, text: str, limit: int = 50) -> list[Claim]:
    """Things whose value is `text`, or ends with /`text` (a lot without its material), else what begins with it."""
    c = t.thing.c
    exact = select(c.scheme, c.value).where((c.value == text) | c.value.endswith(f"/{text}", autoescape=True))
    found = conn.execute(exact.order_by(c.scheme).limit(limit)).all()
    if not found:
        likely = c.value.startswith(text, autoescape=True) | c.value.contains(f"/{text}", autoescape=True)
        found = conn.execute(select(c.scheme, c.value).where(likely).order_by(c.value).limit(limit)).all()
    return [Claim(scheme, value) for scheme, value in found]


def edges(conn: Connection, tids: Sequence[int], *, up: bool) -> list[EdgeRow]:
    """Edges with one end in `tids`: those below them, or with `up` those above."""
    e = t.edge.c
    near = e.child if up else e.parent
    found: list[EdgeRow] = []
    for start in range(0, len(tids), 500):
        where = near.in_(tids[start : start + 500])
        columns = (e.parent, e.child, e.kind, e.slot, e.material, e.quantity, e.uom, e.operation, e.removed_by)
        rows = conn.execute(select(*columns).where(where).order_by(e.eid, e.k))
        found += [EdgeRow(*row[:-1], ended=row[-1] is not None) for row in rows]
    return found


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


def recent(conn: Connection, limit: int = 12) -> list[tuple[Claim, str]]:
    """The units that something was said about last, with their state."""
    latest = (
        select(t.touch.c.tid, func.max(t.touch.c.eid).label("eid"))
        .join(t.thing, t.thing.c.tid == t.touch.c.tid)
        .where(t.thing.c.scheme.startswith("unit@") | (t.thing.c.scheme == "gs1:sgtin"))
        .group_by(t.touch.c.tid)
        .order_by(func.max(t.touch.c.eid).desc())
        .limit(limit)
        .subquery()
    )
    joined = latest.join(t.thing, t.thing.c.tid == latest.c.tid).outerjoin(h.standing, h.standing.c.tid == latest.c.tid)
    columns = (t.thing.c.scheme, t.thing.c.value, h.standing.c.state)
    rows = conn.execute(select(*columns).select_from(joined).order_by(latest.c.eid.desc()))
    return [(Claim(scheme, value), state or "unknown") for scheme, value, state in rows]
