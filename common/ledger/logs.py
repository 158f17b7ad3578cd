"""Reads of logs: heads, leaves, frontiers at any size, and the batches that carry a suffix to somebody."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct
from sqlalchemy import Connection, select

from common.ledger import sql
from common.ledger import tables as t
from common.signedlog import batch, merkle, note


class Log(Struct, frozen=True):
    """A log that this node knows the key of. `own`: it is written here."""

    lid: int
    log: str
    pub: bytes
    author: str
    line: str
    role: str
    own: int
    follows: str | None
    follows_size: int | None
    trusted_to: int | None


class Branch(Struct, frozen=True):
    """One history of a log; the trunk has no parent. A fork shares its parent's entries below `fork_at`."""

    bid: int
    lid: int
    parent: int | None
    fork_at: int
    base: int
    base_frontier: bytes
    base_note: str
    size: int
    frontier: bytes
    note: str
    projected: int


def all_logs(conn: Connection) -> list[Log]:
    """Every known log, oldest first."""
    return [Log(*row) for row in conn.execute(select(t.log).order_by(t.log.c.lid))]


def by_id(conn: Connection, log: str) -> Log | None:
    """The log with this id."""
    row = conn.execute(select(t.log).where(t.log.c.log == log)).first()
    return Log(*row) if row else None


def branches(conn: Connection, lid: int) -> list[Branch]:
    """A log's branches, the trunk first."""
    rows = conn.execute(select(t.branch).where(t.branch.c.lid == lid).order_by(t.branch.c.bid))
    return [Branch(*row) for row in rows]


def trunk(conn: Connection, lid: int) -> Branch:
    """The branch that was first here."""
    return branches(conn, lid)[0]


def leaves(conn: Connection, found: Branch, start: int, stop: int) -> list[bytes]:
    """Leaf hashes [start, stop) of a branch, those it shares with its parents included."""
    below: list[bytes] = []
    if found.parent is not None and start < found.fork_at:
        parent = Branch(*conn.execute(select(t.branch).where(t.branch.c.bid == found.parent)).one())
        below = leaves(conn, parent, start, min(stop, found.fork_at))
    e = t.entry.c
    rows = conn.execute(
        select(e.leaf).where(e.bid == found.bid, e.idx >= start, e.idx < stop).order_by(e.idx)
    ).scalars()
    return below + list(rows)


def frontier_at(conn: Connection, found: Branch, size: int) -> merkle.Frontier:
    """The Merkle frontier of a branch's first `size` entries; `size` is not below its base."""
    if size == found.size:
        return merkle.unpack(size, found.frontier)
    base = merkle.unpack(found.base, found.base_frontier)
    return base.extend(leaves(conn, found, found.base, size))


def head(conn: Connection, lid: int) -> note.Checkpoint:
    """Size and root of a log's trunk."""
    found = trunk(conn, lid)
    log = conn.execute(select(t.log.c.log).where(t.log.c.lid == lid)).scalar_one()
    return note.Checkpoint(log, found.size, merkle.unpack(found.size, found.frontier).root())


def outgoing(conn: Connection, log: Log, start: int, key: Ed25519PrivateKey | None = None) -> bytes | None:
    """One batch of the log's trunk from `start`, or None if there is nothing more.

    With the log's own `key` any size can be signed; without, the batch ends at a checkpoint that its author signed.
    """
    found = trunk(conn, log.lid)
    if start >= found.size:
        return None
    e = t.entry.c
    rows = conn.execute(
        select(e.raw).where(e.bid == found.bid, e.idx >= start).order_by(e.idx).limit(batch.MAX_EVENTS)
    ).scalars()
    events = list(rows)
    stop = start + batch.split([len(raw) for raw in events])
    signed = _signed(conn, log, found, (start, stop), key)
    size = note.parse(signed)[0].size
    return batch.encode(batch.Batch(start, tuple(events[: size - start]), signed))


def _signed(conn: Connection, log: Log, found: Branch, span: tuple[int, int], key: Ed25519PrivateKey | None) -> str:
    """The note for a batch of [start, stop): its author's last in there, or the next after a batch filled to the brim.

    That one fits too, though `split`, which leaves room for the largest note, does not know it: it came as one batch.
    """
    start, stop = span
    if stop >= found.size:
        return found.note
    if key is not None:
        return note.sign(note.Checkpoint(log.log, stop, frontier_at(conn, found, stop).root()), key)
    c = t.checkpoint.c
    after = select(c.note).where(c.bid == found.bid, c.size > start)
    latest = conn.execute(after.where(c.size <= stop).order_by(c.size.desc()).limit(1)).scalar()
    return str(latest or conn.execute(after.order_by(c.size).limit(1)).scalar_one())


def receipted(conn: Connection, lid: int) -> int:
    """How many of a log's entries the hub has confirmed to have on disk."""
    return int(conn.execute(select(t.receipt.c.size).where(t.receipt.c.lid == lid)).scalar() or 0)


def save_receipt(conn: Connection, lid: int, size: int, receipt: str) -> None:
    """Keep the hub's newest receipt."""
    sql.put(conn, t.receipt, [(lid, size, receipt)])


def waiting(conn: Connection, lid: int, limit: int) -> list[bytes]:
    """The oldest entries of a log that have no receipt yet."""
    e, found = t.entry.c, trunk(conn, lid)
    where = (e.bid == found.bid, e.idx >= receipted(conn, lid))
    return list(conn.execute(select(e.raw).where(*where).order_by(e.idx).limit(limit)).scalars())


def suffix(conn: Connection, log: Log, start: int, limit: int, key: Ed25519PrivateKey | None = None) -> Iterator[bytes]:
    """Batches from `start` on, at most `limit` of them. An own log of more than one batch needs its `key`."""
    for _ in range(limit):
        body = outgoing(conn, log, start, key)
        if body is None:
            return
        yield body
        start = batch.decode(body).stop
