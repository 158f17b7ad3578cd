"""Entries → rows on disk: things, who touched them, edges, definitions. The same code for own, pulled and rebuilt logs.

An event that cannot be projected is reported and never stops the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import Connection, delete, select, tuple_
from sqlalchemy.dialects.sqlite import insert as insert_or

from common import events
from common.errors import BadEvent
from common.events import Event
from common.ids import Claim, b64, kind_of, unb64
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
    wanted = sorted(set(claims))
    if make and wanted:
        rows = [{"scheme": c.scheme, "value": c.value} for c in wanted]
        conn.execute(insert_or(t.thing).on_conflict_do_nothing(), rows)
    found: dict[Claim, int] = {}
    for start in range(0, len(wanted), 400):
        pairs = [(c.value, c.scheme) for c in wanted[start : start + 400]]
        where = tuple_(t.thing.c.value, t.thing.c.scheme).in_(pairs)
        rows_found = conn.execute(select(t.thing.c.scheme, t.thing.c.value, t.thing.c.tid).where(where))
        found.update({Claim(scheme, value): tid for scheme, value, tid in rows_found})
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
    marks = {
        tid: int(claim in parts and kind_of(claim) == "lot") for tid, claim in zip(touched, event.on, strict=True)
    }
    touches = [{"tid": tid, "part": part, "eid": new.eid} for tid, part in marks.items()]
    if conn.execute(insert_or(t.touch).on_conflict_do_nothing(), touches).rowcount:
        _move_tips(conn, new, event, list(marks))


def _move_tips(conn: Connection, new: New, event: Event, touched: list[int]) -> None:
    """The new event becomes a tip of its things in place of those it comes after, unless its log went on already."""
    columns = (t.tip.c.tid, t.tip.c.eid, t.branch.c.lid, t.entry.c.idx, t.entry.c.leaf)
    joined = t.tip.join(t.entry, t.tip.c.eid == t.entry.c.eid).join(t.branch)
    tips = conn.execute(select(*columns).select_from(joined).where(t.tip.c.tid.in_(touched))).all()
    relied = {unb64(ref[2]) for ref in event.rf if not isinstance(ref, int)}
    late = {tid for tid, _, lid, idx, _ in tips if lid == new.lid and idx >= new.index}
    gone = [
        (tid, eid) for tid, eid, lid, idx, leaf in tips if (lid == new.lid and idx < new.index) or leaf in relied
    ]
    if gone:
        conn.execute(delete(t.tip).where(tuple_(t.tip.c.tid, t.tip.c.eid).in_(gone)))
    fresh = [{"tid": tid, "eid": new.eid} for tid in touched if tid not in late]
    if fresh:
        conn.execute(insert_or(t.tip).on_conflict_do_nothing(), fresh)


def _write(conn: Connection, eid: int, rows: tuple[Row, ...], ids: dict[Claim, int]) -> None:
    edges = [_edge(eid, row, ids) for row in rows if isinstance(row, Edge)]
    if edges:
        conn.execute(insert_or(t.edge).on_conflict_do_nothing(), edges)
    bad = {ids[claim] for claim in map(bad_news, rows) if claim}
    if bad:
        conn.execute(insert_or(t.bad).on_conflict_do_nothing(), [{"tid": tid} for tid in sorted(bad)])
    for row in rows:
        if isinstance(row, Published):
            values = {"eid": eid, "kind": row.kind, "id": row.id, "hash": row.hash, "raw": row.raw}
            conn.execute(insert_or(t.definition).on_conflict_do_nothing(), [values])


def _edge(eid: int, row: Edge, ids: dict[Claim, int]) -> dict[str, object]:
    return {
        "eid": eid,
        "k": row.k,
        "parent": ids[row.parent],
        "child": ids[row.child],
        "kind": row.kind,
        "slot": row.slot,
        "material": row.material,
        "quantity": row.quantity,
        "uom": row.uom,
        "operation": row.operation,
        "removed_by": None,
    }


