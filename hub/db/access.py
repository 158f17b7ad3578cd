"""Opens the hub's database, and writes the hub's own tables. The caller owns the transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from common.ids import Claim
from common.judge import Component, Finding, Standing
from common.ledger import tables as t
from common.ledger.project import New, thing_ids
from common.ledger.store import Store
from hub.db import tables as h

APPLICATION = int.from_bytes(b"HWhb", "big")
MIGRATIONS = Path(__file__).parent / "migrations"


def open_store(path: Path, *, create: bool) -> Store:
    """The hub's database at `path`."""
    return Store(path, APPLICATION, MIGRATIONS, create=create)


def pending(conn: Connection, limit: int) -> list[tuple[int, list[New]]]:
    """(branch, entries) that were accepted and not yet projected, in log order, about `limit` entries."""
    b, e = t.branch.c, t.entry.c
    found: list[tuple[int, list[New]]] = []
    rows = conn.execute(select(b.bid, b.lid, b.projected).where(b.projected < b.size).order_by(b.bid)).all()
    # The site log first: what it says decides how the others are read.
    for bid, lid, projected in rows:
        where = (e.bid == bid, e.idx >= projected)
        entries = conn.execute(select(e.eid, e.idx, e.leaf, e.raw).where(*where).order_by(e.idx).limit(limit)).all()
        found.append((bid, [New(eid, lid, idx, leaf, raw) for eid, idx, leaf, raw in entries]))
        limit -= len(entries)
        if limit <= 0:
            break
    return found


def set_projected(conn: Connection, bid: int, size: int) -> None:
    """A branch is projected up to `size`."""
    conn.execute(update(t.branch).where(t.branch.c.bid == bid).values(projected=size))


def claims_of(conn: Connection, tids: Iterable[int]) -> dict[int, Claim]:
    """The claims of dense ids."""
    wanted = sorted(tids)
    found: dict[int, Claim] = {}
    for start in range(0, len(wanted), 500):
        c = t.thing.c
        rows = conn.execute(select(c.tid, c.scheme, c.value).where(c.tid.in_(wanted[start : start + 500])))
        found.update({tid: Claim(scheme, value) for tid, scheme, value in rows})
    return found


def all_things(conn: Connection) -> list[int]:
    """Every thing that anything was said about."""
    return list(conn.execute(select(t.thing.c.tid)).scalars())


def save_standing(conn: Connection, tid: int, standing: Standing) -> None:
    """What judging a thing gave: its state, which of its edges ended, its findings."""
    values = {"tid": tid, "state": standing.state, "material": standing.material}
    upsert = insert_or(h.standing).values(values)
    conn.execute(upsert.on_conflict_do_update(index_elements=["tid"], set_=values))
    _save_removed(conn, tid, standing.components)
    save_findings(conn, tid, standing.findings)


def save_held(conn: Connection, tid: int, findings: Sequence[Finding]) -> None:
    """A thing that could not be judged is held until it can be."""
    upsert = insert_or(h.standing).values(tid=tid, state="hold", material=None)
    conn.execute(upsert.on_conflict_do_update(index_elements=["tid"], set_={"state": "hold"}))
    save_findings(conn, tid, findings)


def _save_removed(conn: Connection, tid: int, components: Sequence[Component]) -> None:
    """Mark the edges of this parent that ended; 1 stands for ended, the history knows by what."""
    gone = {(c.child, c.event) for c in components if c.removed_by}
    if not gone:
        return
    children = thing_ids(conn, {child for child, _ in gone})
    for child in children.values():
        conn.execute(update(t.edge).where(t.edge.c.parent == tid, t.edge.c.child == child).values(removed_by=1))
    # A component that was put back is there again.
    back = thing_ids(conn, {c.child for c in components if c.removed_by is None})
    for child in back.values():
        conn.execute(update(t.edge).where(t.edge.c.parent == tid, t.edge.c.child == child).values(removed_by=None))


def save_findings(conn: Connection, source: int, findings: Sequence[Finding]) -> None:
    """Replace the findings that judging `source` made."""
    conn.execute(delete(h.finding).where(h.finding.c.source == source))
    if not findings:
        return
    about = thing_ids(conn, {f.about for f in findings}, make=True)
    rows = [
        {
            "source": source,
            "about": about[f.about],
            "kind": f.kind,
            "cause": f.cause,
            "open": int(f.open),
            "params": json.dumps(f.params, ensure_ascii=False, default=str),
        }
        for f in findings
    ]
    conn.execute(insert(h.finding), rows)


def save_people(conn: Connection, people: Iterable[tuple[str, str, str]]) -> None:
    """Add or change (id, name, badge)."""
    for id, name, badge in people:
        upsert = insert_or(h.person).values(id=id, name=name, badge=badge)
        conn.execute(upsert.on_conflict_do_update(index_elements=["id"], set_={"name": name, "badge": badge}))


def people(conn: Connection) -> list[tuple[str, str, str]]:
    """(id, name, badge) of everybody."""
    return [(id, name, badge) for id, name, badge in conn.execute(select(h.person).order_by(h.person.c.id))]


def count_open(conn: Connection) -> int:
    """How many findings wait for somebody."""
    return int(conn.execute(select(func.count()).select_from(h.finding).where(h.finding.c.open == 1)).scalar_one())
