"""Entries → rows on disk: things, who touched them, edges, definitions. The same code for own, pulled and rebuilt logs.

An event that cannot be projected is reported and never stops the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, delete, select, tuple_

from common import events
from common.errors import BadEvent
from common.events import Event
from common.ids import Claim, b64, kind_of, unb64
from common.ledger import sql
from common.ledger import tables as t
from common.rows import Edge, Enrolment, Published, Revocation, Row, bad_news, rows_of


class New(Struct, frozen=True):
    """An entry to project: dense id, log, index, leaf hash and bytes."""

    eid: int
    lid: int
    index: int
    leaf: bytes
    raw: bytes


class Projected(Struct, frozen=True):
    """What a projection touched: things; trust rows for the caller; (eid, its things, error) of what made no sense."""

    things: frozenset[int]
    trust: tuple[Enrolment | Revocation, ...]
    failed: tuple[tuple[int, tuple[int, ...], BadEvent], ...]


def project(conn: Connection, entries: Sequence[New]) -> Projected:
    """Add the rows of these entries. Adding the same entry twice changes nothing."""
    parsed = [(new, events.decode(new.raw)) for new in entries]
    ids = thing_ids(conn, {claim for _, event in parsed for claim in event.on}, make=True)
    sites = set(conn.execute(select(t.log.c.lid).where(t.log.c.role == "site")).scalars())
    trust: list[Enrolment | Revocation] = []
    failed: list[tuple[int, tuple[int, ...], BadEvent]] = []
    for new, event in parsed:
        touched = tuple(ids[claim] for claim in event.on)
        try:
            rows = lawful(rows_of(event), by_site=new.lid in sites)
        except BadEvent as e:
            rows = ()
            failed.append((new.eid, touched, e))
        _touch(conn, new, event, touched, rows)
        _write(conn, new.eid, rows, ids)
        trust += [row for row in rows if isinstance(row, Enrolment | Revocation)]
    return Projected(frozenset(ids.values()), tuple(trust), tuple(failed))


def lawful(rows: tuple[Row, ...], *, by_site: bool) -> tuple[Row, ...]:
    """Only the site log may publish definitions, enrol and revoke. BadEvent event.authority."""
    if not by_site and any(isinstance(row, Published | Enrolment | Revocation) for row in rows):
        raise BadEvent("event.authority")
    return rows


def thing_ids(conn: Connection, claims: Iterable[Claim], *, make: bool = False) -> dict[Claim, int]:
    """Dense ids of claims; with `make`, unknown ones get theirs."""
    wanted = set(claims)
    if not wanted:
        return {}
    values = sql.array(conn, {c.value for c in wanted})
    rows: Iterable[Any] = sql.run(conn, "SELECT scheme, value, tid FROM thing WHERE value {any}", values)
    found = {claim: tid for scheme, value, tid in rows if (claim := Claim(scheme, value)) in wanted}
    missing = sorted(wanted.difference(found)) if make else []
    if missing:
        made = dict(zip(missing, count(sql.next_id(conn, t.thing)), strict=False))
        sql.add(conn, t.thing, [(tid, claim.scheme, claim.value) for claim, tid in made.items()])
        found |= made
    return found


def references(conn: Connection, on: Sequence[Claim], lid: int, index: int) -> tuple[events.Reference, ...]:
    """`rf` for an event that log `lid` is about to write at `index`: the latest known events on the things it names."""
    ids = thing_ids(conn, on)
    if not ids:
        return ()
    columns = (t.branch.c.lid, t.branch.c.parent, t.log.c.log, t.entry.c.idx, t.entry.c.leaf)
    joined = t.tip.join(t.entry, t.tip.c.eid == t.entry.c.eid).join(t.branch).join(t.log)
    rows = conn.execute(select(*columns).select_from(joined).where(t.tip.c.tid.in_(ids.values())).distinct()).all()
    # a clone's branch of the own log counts as another's: the same index is another entry there
    own = sorted({index - row.idx for row in rows if row.lid == lid and row.parent is None})
    others = sorted((row.log, row.idx, b64(row.leaf)) for row in rows if row.lid != lid or row.parent is not None)
    return (*own, *others)


def _touch(conn: Connection, new: New, event: Event, touched: tuple[int, ...], rows: tuple[Row, ...]) -> None:
    if not touched:
        return
    parts = {row.child for row in rows if isinstance(row, Edge)}
    marks = {tid: int(claim in parts and kind_of(claim) == "lot") for tid, claim in zip(touched, event.on, strict=True)}
    if sql.add_missing(conn, t.touch, [(tid, part, new.eid) for tid, part in marks.items()]):
        _move_tips(conn, new, event, list(marks))


def _move_tips(conn: Connection, new: New, event: Event, touched: list[int]) -> None:
    """The new event becomes a tip of its things in place of those it comes after, unless its log went on already."""
    columns = (t.tip.c.tid, t.tip.c.eid, t.branch.c.lid, t.entry.c.idx, t.entry.c.leaf)
    joined = t.tip.join(t.entry, t.tip.c.eid == t.entry.c.eid).join(t.branch)
    tips = conn.execute(select(*columns).select_from(joined).where(t.tip.c.tid.in_(touched))).all()
    relied = {unb64(ref[2]) for ref in event.rf if not isinstance(ref, int)}
    late = {tid for tid, _, lid, idx, _ in tips if lid == new.lid and idx >= new.index}
    gone = [(tid, eid) for tid, eid, lid, idx, leaf in tips if (lid == new.lid and idx < new.index) or leaf in relied]
    if gone:
        conn.execute(delete(t.tip).where(tuple_(t.tip.c.tid, t.tip.c.eid).in_(gone)))
    sql.add_missing(conn, t.tip, [(tid, new.eid) for tid in touched if tid not in late])


def _write(conn: Connection, eid: int, rows: tuple[Row, ...], ids: dict[Claim, int]) -> None:
    sql.add_missing(conn, t.edge, [_edge(eid, row, ids) for row in rows if isinstance(row, Edge)])
    bad = {ids[claim] for claim in map(bad_news, rows) if claim}
    sql.add_missing(conn, t.bad, [(tid,) for tid in sorted(bad)])
    published = [(eid, row.kind, row.id, row.hash, row.raw) for row in rows if isinstance(row, Published)]
    sql.add_missing(conn, t.definition, published)


def _edge(eid: int, row: Edge, ids: dict[Claim, int]) -> tuple[Any, ...]:
    ends = (ids[row.parent], ids[row.child])
    return (eid, row.k, *ends, row.kind, row.slot, row.material, row.quantity, row.uom, row.operation, None)
