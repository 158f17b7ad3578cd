"""Reads of logs: heads, leaves, frontiers at any size, and batches that carry a suffix to another node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct
from sqlalchemy import Connection, select

from common.ledger import sql
from common.ledger import tables as t
from common.signedlog import batch, merkle, note


class Log(Struct, frozen=True):
    """A log whose key this node knows. `own`: it is written here."""

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


_LOG, _BRANCH = (", ".join(f'"{c.name}"' for c in table.columns) for table in (t.log, t.branch))


def all_logs(conn: Connection) -> list[Log]:
    """Return every known log, oldest first."""
    return [Log(*row) for row in sql.run(conn, f"SELECT {_LOG} FROM log ORDER BY lid")]


def by_id(conn: Connection, log: str) -> Log | None:
    """Return the log with this id, or None."""
    row = sql.run(conn, f"SELECT {_LOG} FROM log WHERE log = ?", log).first()
    return Log(*row) if row else None


def branches(conn: Connection, lid: int) -> list[Branch]:
    """Return a log's branches, the trunk first."""
    return [Branch(*row) for row in sql.run(conn, f"SELECT {_BRANCH} FROM branch WHERE lid = ? ORDER BY bid", lid)]


def trunk(conn: Connection, lid: int) -> Branch:
    """Return the branch that arrived first."""
    return branches(conn, lid)[0]


def sizes(conn: Connection) -> dict[int, int]:
    """Return the size of each log's trunk, by lid."""
    return dict(sql.run(conn, "SELECT lid, size FROM branch WHERE parent IS NULL"))


def leaves(conn: Connection, found: Branch, start: int, stop: int) -> list[bytes]:
    """Return leaf hashes [start, stop) of a branch, including those it shares with its parents."""
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
    """Return the Merkle frontier of a branch's first `size` entries; `size` must not be below its base."""
    if size == found.size:
        return merkle.unpack(size, found.frontier)
    base = merkle.unpack(found.base, found.base_frontier)
    return base.extend(leaves(conn, found, found.base, size))


def head(conn: Connection, lid: int) -> note.Checkpoint:
    """Return size and root of a log's trunk."""
    return heads(conn, lid)[0]


def heads(conn: Connection, lid: int) -> list[note.Checkpoint]:
    """Return size and root of each branch of a log, the trunk first."""
    log = conn.execute(select(t.log.c.log).where(t.log.c.lid == lid)).scalar_one()
    found = branches(conn, lid)
    return [note.Checkpoint(log, one.size, merkle.unpack(one.size, one.frontier).root()) for one in found]


def lacking(conn: Connection, log: Log, have: Sequence[tuple[int, bytes]]) -> list[tuple[Branch, int]]:
    """List what a peer with branches of these (size, root) lacks: each branch, and the index to send from.

    For a log that never forked, here or there, the size decides. For a forked one only roots do, which means reading
    its leaves; a peer that has none of its branches starts at the beginning of each.
    """
    known = branches(conn, log.lid)
    if len(known) == 1 and len(have) < 2:
        return [(known[0], have[0][0] if have else 0)]
    agreed = {one.bid: max((size for size, root in have if _has(conn, one, size, root)), default=0) for one in known}
    shared = {one.bid: _shared(one, known) for one in known}
    starts = [max(min(agreed[bid], size) for bid, size in shared[one.bid].items()) for one in known]
    return [(one, max(one.fork_at, start)) for one, start in zip(known, starts, strict=True)]


def _has(conn: Connection, found: Branch, size: int, root: bytes) -> bool:
    return found.base <= size <= found.size and frontier_at(conn, found, size).root() == root


def _shared(one: Branch, known: Sequence[Branch]) -> dict[int, int]:
    """Map each branch of the same log to the number of entries that it shares with this one."""
    above, by_bid = _lineage(one, {b.bid: b for b in known}), {b.bid: b for b in known}
    return {
        other.bid: max(min(size, above[bid]) for bid, size in _lineage(other, by_bid).items() if bid in above)
        for other in known
    }


def _lineage(one: Branch, by_bid: Mapping[int, Branch]) -> dict[int, int]:
    """Map this branch and its parents to the number of their entries it has; of a parent those below the fork."""
    found, limit = {one.bid: one.size}, one.size
    while one.parent is not None:
        limit, one = min(limit, one.fork_at), by_bid[one.parent]
        found[one.bid] = limit
    return found


def outgoing(
    conn: Connection, log: Log, start: int, key: Ed25519PrivateKey | None = None, branch: Branch | None = None
) -> bytes | None:
    """Make one batch of a log from `start`, or None at its end; of its trunk, or of a `branch` from its fork on.

    With the log's own `key` any size can be signed; without it, the batch ends at a checkpoint that its author signed.
    """
    found = branch or trunk(conn, log.lid)
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
    """Return the note for a batch of [start, stop): the author's last one in it, else the next one after it.

    The next one fits too, although `split` reserves room for the largest note: these entries arrived as one batch.
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
    """Return the number of a log's entries that the hub confirmed to have on disk."""
    return int(sql.run(conn, "SELECT size FROM receipt WHERE lid = ?", lid).scalar() or 0)


def save_receipt(conn: Connection, lid: int, size: int, receipt: str) -> None:
    """Save the hub's newest receipt."""
    sql.put(conn, t.receipt, [(lid, size, receipt)])


def waiting(conn: Connection, lid: int, limit: int) -> list[bytes]:
    """Return the oldest entries of a log without a receipt."""
    text = "SELECT raw FROM entry WHERE bid = ? AND idx >= ? ORDER BY idx LIMIT ?"
    return sql.run(conn, text, trunk(conn, lid).bid, receipted(conn, lid), limit).scalars()


def suffix(
    conn: Connection,
    log: Log,
    start: int,
    limit: int,
    key: Ed25519PrivateKey | None = None,
    branch: Branch | None = None,
) -> Iterator[bytes]:
    """Yield batches from `start` on, at most `limit`. More than one batch of an own log needs its `key`."""
    for _ in range(limit):
        body = outgoing(conn, log, start, key, branch)
        if body is None:
            return
        yield body
        start = batch.decode(body).stop
