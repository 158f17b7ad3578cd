"""Writes this node's own log: entry, rows, frontier and signed head in the caller's one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from common import events
from common.errors import BadBatch, StoreUnavailable
from common.events import Fact, Stamp
from common.ids import event_id, log_id
from common.ledger import logs, sql
from common.ledger import tables as t
from common.ledger.project import New, Tips, project_own, thing_ids
from common.signedlog import merkle, note

REHASHED = 256


class Own(Struct, frozen=True):
    """The log that this node writes: its ids in the store, its key, and its frontier as of the last commit."""

    lid: int
    bid: int
    log: str
    key: Ed25519PrivateKey
    frontier: merkle.Frontier

    @property
    def size(self) -> int:
        """Number of its entries."""
        return self.frontier.size


class Written(Struct, frozen=True):
    """An event that this node wrote: its id, its position, its bytes."""

    id: str
    eid: int
    index: int
    raw: bytes
    fact: Fact


def public(key: Ed25519PrivateKey) -> bytes:
    """Return the 32 bytes of a key's public half."""
    return key.public_key().public_bytes_raw()


def open_log(
    conn: Connection, key: Ed25519PrivateKey, author: str, line: str, role: str, parent: note.Checkpoint | None = None
) -> Own:
    """Start an own log with this key; the previous own log of the same role and author is no longer written."""
    log = log_id(public(key))
    own = t.log.c.own
    same = (own == 1, t.log.c.role == role, t.log.c.author == author, t.log.c.line == line)
    conn.execute(update(t.log).where(*same).values(own=2))
    lid = add_log(conn, public(key), author, line, role, own=1)
    if parent:
        conn.execute(update(t.log).where(t.log.c.lid == lid).values(follows=parent.log, follows_size=parent.size))
    found = logs.trunk(conn, lid)
    return Own(lid, found.bid, log, key, merkle.EMPTY)


def add_log(conn: Connection, pub: bytes, author: str, line: str, role: str, own: int = 0) -> int:
    """Add a log whose key is trusted here and return its lid; a known log keeps its lid."""
    log = log_id(pub)
    known = conn.execute(select(t.log.c.lid).where(t.log.c.log == log)).scalar()
    if known is not None:
        return int(known)
    row = {"log": log, "pub": pub, "author": author, "line": line, "role": role, "own": own}
    lid = conn.execute(insert(t.log).values(row).returning(t.log.c.lid)).scalar_one()
    add_branch(conn, lid, None, 0, merkle.EMPTY, "")
    return int(lid)


def add_branch(
    conn: Connection, lid: int, parent: int | None, fork_at: int, frontier: merkle.Frontier, signed: str
) -> int:
    """Add a branch that starts at `fork_at` of its parent."""
    row = {
        "lid": lid,
        "parent": parent,
        "fork_at": fork_at,
        "base": 0,
        "base_frontier": b"",
        "base_note": "",
        "size": frontier.size,
        "frontier": frontier.pack(),
        "note": signed,
        "projected": fork_at,
    }
    return int(conn.execute(insert(t.branch).values(row).returning(t.branch.c.bid)).scalar_one())


def load(conn: Connection, key: Ed25519PrivateKey) -> Own | None:
    """Load the own log of this key."""
    found = logs.by_id(conn, log_id(public(key)))
    if found is None:
        return None
    at = logs.trunk(conn, found.lid)
    return Own(found.lid, at.bid, found.log, key, merkle.unpack(at.size, at.frontier))


def append(conn: Connection, own: Own, facts: Sequence[tuple[Fact, Stamp]]) -> tuple[Own, list[Written]]:
    """Write facts as events, in order. The new `Own` is valid only once the caller's transaction is committed.

    Fills in each event's references: the causal maxima known of each thing it names.
    """
    frontier, written = own.frontier, []
    for eid, (fact, stamp) in enumerate(facts, sql.next_id(conn, t.entry)):
        index = frontier.size
        ids = thing_ids(conn, fact.on, make=True)
        tips = Tips(conn, ids.values())
        relied = tips.references(own.lid, index)
        raw = events.encode(fact, Stamp(stamp.at, stamp.bo, stamp.mo, stamp.n, stamp.who, stamp.cfg, relied, stamp.via))
        leaf = merkle.leaf_hash(raw)
        sql.add(conn, t.entry, [(eid, own.bid, index, leaf, raw)])
        project_own(conn, New(eid, own.lid, index, leaf, raw), ids, tips)
        frontier = frontier.append(leaf)
        written.append(Written(event_id(own.log, leaf), eid, index, raw, fact))
    signed = note.sign(note.Checkpoint(own.log, frontier.size, frontier.root()), own.key)
    text = "UPDATE branch SET size = ?, frontier = ?, note = ?, projected = ? WHERE bid = ?"
    sql.run(conn, text, frontier.size, frontier.pack(), signed, frontier.size, own.bid)
    return Own(own.lid, own.bid, own.log, own.key, frontier), written


def verify(conn: Connection, own: Own) -> None:
    """Reread and rehash the last entries and check that the head was signed over exactly these.

    StoreUnavailable store.corrupt if not.
    """
    e, at = t.entry.c, logs.trunk(conn, own.lid)
    rows = conn.execute(
        select(e.idx, e.leaf, e.raw).where(e.bid == own.bid).order_by(e.idx.desc()).limit(REHASHED)
    ).all()
    sound = all(merkle.leaf_hash(raw) == leaf for _, leaf, raw in rows)
    expected = list(range(own.size - 1, max(own.size - REHASHED, at.base) - 1, -1))
    if not sound or [idx for idx, _, _ in rows] != expected or not _is_signed(own, at.note):
        raise StoreUnavailable("store.corrupt", log=own.log, size=own.size)


def _is_signed(own: Own, head: str) -> bool:
    if own.size == 0:
        return True
    try:
        signed = note.open_note(head, public(own.key))
    except BadBatch:
        return False
    return (signed.size, signed.root) == (own.size, own.frontier.root())
