"""Opens the hub's database, and writes the hub's own tables. The caller owns the transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, update

from common.errors import Unavailable
from common.ids import Claim, event_id, tag
from common.judge import Component, Finding, Standing
from common.ledger import logs, sql
from common.ledger import tables as t
from common.ledger.project import New, thing_ids
from common.ledger.sqlite import open_sqlite
from common.ledger.store import Store
from hub.db import tables as h
from hub.db.postgres import open_postgres

APPLICATION = int.from_bytes(b"HWhb", "big")
MIGRATIONS = Path(__file__).parent / "migrations"


def open_store(database: Path | str, *, create: bool) -> Store:
    """The hub's database: a file of SQLite's, or at the URL of PostgreSQL's."""
    if isinstance(database, str):
        return open_postgres(database, MIGRATIONS, create=create)
    return open_sqlite(database, APPLICATION, MIGRATIONS, create=create)


def make_store(database: Path | str) -> None:
    """A new hub's database, for its owner's eyes only. Unavailable hub.initialised if a hub wrote in it already."""
    if isinstance(database, Path):
        database.touch(mode=0o600)
    store = open_store(database, create=True)
    with store.reading() as conn:
        used = bool(logs.all_logs(conn))
    store.close()
    if used:
        raise Unavailable("hub.initialised", data=store.name)


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


def touched_from(conn: Connection, lid: int, index: int) -> list[int]:
    """The things that a log speaks of from `index` on, on any branch."""
    joined = t.touch.join(t.entry, t.touch.c.eid == t.entry.c.eid).join(t.branch)
    where = (t.branch.c.lid == lid, t.entry.c.idx >= index)
    return list(conn.execute(select(t.touch.c.tid).select_from(joined).where(*where).distinct()).scalars())


def fork_of(conn: Connection, bid: int) -> tuple[int, int] | None:
    """(log, the index where it left its parent) of a branch that is a fork."""
    b = t.branch.c
    row = conn.execute(select(b.lid, b.fork_at).where(b.bid == bid, b.parent.is_not(None))).first()
    return (row.lid, row.fork_at) if row else None


def mark_stale(conn: Connection, tids: Iterable[int]) -> None:
    """These are to be judged again."""
    sql.add_missing(conn, h.stale, [(tid,) for tid in sorted(tids)])


def mark_all_stale(conn: Connection) -> None:
    """Everything that anything was said about is to be judged again."""
    # "WHERE true": sqlite.org/lang_upsert.html section 2.2
    sql.run(conn, "INSERT INTO stale (tid) SELECT tid FROM thing WHERE true ON CONFLICT DO NOTHING")


def take_stale(conn: Connection, limit: int) -> set[int]:
    """At most `limit` of those to be judged again, which from now on are not."""
    found = set(conn.execute(select(h.stale.c.tid).order_by(h.stale.c.tid).limit(limit)).scalars())
    if found:
        conn.execute(delete(h.stale).where(h.stale.c.tid <= max(found)))
    return found


def is_any_stale(conn: Connection) -> bool:
    """Tell if anything waits to be judged again."""
    return conn.execute(select(h.stale.c.tid).limit(1)).first() is not None


def save_standing(conn: Connection, tid: int, standing: Standing, more: Sequence[Finding] = ()) -> None:
    """Save a judgement: the thing's state, its findings, and `more` of them."""
    sql.put(conn, h.standing, [(tid, standing.state, standing.material, standing.order)])
    save_findings(conn, tid, [*standing.findings, *more])


def save_held(conn: Connection, tid: int, findings: Sequence[Finding]) -> None:
    """A thing that could not be judged is held until it can be."""
    text = "INSERT INTO standing (tid, state) VALUES (?, 'hold') ON CONFLICT (tid) DO UPDATE SET state = 'hold'"
    sql.run(conn, text, tid)
    save_findings(conn, tid, findings)


def save_removed(conn: Connection, tid: int, components: Sequence[Component]) -> None:
    """Mark each edge of this parent that ended, and no other, with 1; the history knows by what event."""
    if not components:
        return
    ended = {c.tag for c in components if c.removed_by}
    marked = sql.run(conn, "SELECT 1 FROM edge WHERE parent = ? AND removed_by IS NOT NULL LIMIT 1", tid).first()
    if not ended and not marked:
        return
    g = t.edge.c
    joined = t.edge.join(t.entry, g.eid == t.entry.c.eid).join(t.branch).join(t.log)
    columns = (g.eid, g.k, g.removed_by, t.log.c.log, t.entry.c.leaf)
    for row in conn.execute(select(*columns).select_from(joined).where(g.parent == tid)).all():
        now = 1 if tag(event_id(row.log, row.leaf), row.k) in ended else None
        if now != row.removed_by:
            conn.execute(update(t.edge).where(g.eid == row.eid, g.k == row.k).values(removed_by=now))


def save_findings(conn: Connection, source: int, findings: Sequence[Finding]) -> None:
    """Replace the findings that judging `source` made."""
    sql.run(conn, "DELETE FROM finding WHERE source = ?", source)
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
    sql.put(conn, h.person, list({id: (id, name, badge) for id, name, badge in people}.values()))


def drop_person(conn: Connection, id: str) -> None:
    """Erase a name and a badge."""
    conn.execute(delete(h.person).where(h.person.c.id == id))


def people(conn: Connection) -> list[tuple[str, str, str]]:
    """(id, name, badge) of everybody."""
    return [(id, name, badge) for id, name, badge in conn.execute(select(h.person).order_by(h.person.c.id))]


def count_open(conn: Connection) -> int:
    """Count the open findings."""
    return int(conn.execute(select(func.count()).select_from(h.finding).where(h.finding.c.open == 1)).scalar_one())
