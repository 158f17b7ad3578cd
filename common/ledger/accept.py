"""Accepts batches of any log from any carrier. Cryptographic checks only; the events' meaning is judged later.

The only way in for the hub, a neighbour and a USB stick. Nothing authentic is ever dropped: it is accepted, kept as a
branch, or set aside. Corruption in transit is never taken for a fork.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, update

from common.errors import BadBatch, BadEvent
from common.ledger import logs, sql
from common.ledger import tables as t
from common.ledger.append import add_branch
from common.ledger.logs import Branch
from common.ledger.project import New, read
from common.signedlog import batch, merkle, note
from common.signedlog.batch import Batch


class Verdict(Struct, frozen=True):
    """The result of a batch.

    `kind`: accepted; duplicate; forked (kept as a branch); aside (kept, not accepted: `code` gives the cause); gap
    (send from `want`); resend (the root does not match: send again, from `want` or below). `checkpoint`: the signed
    head.
    """

    kind: str
    checkpoint: note.Checkpoint
    note: str
    want: int = 0
    code: str = ""
    new: tuple[New, ...] = ()


def accept(conn: Connection, body: bytes, now_ms: int, want: str | None = None) -> Verdict:
    """Check a batch and store it in the caller's transaction. `want`: the log that the batch must be of.

    BadBatch: it does not parse, is of another log than `want`, or has a wrong signature.
    """
    sent = batch.decode(body)
    checkpoint = sent.checkpoint
    if want not in (None, checkpoint.log):
        raise BadBatch("batch.log", have=checkpoint.log, want=want)
    log = logs.by_id(conn, checkpoint.log)
    if log is None:
        return _set_aside(conn, sent, body, now_ms, "aside.unknown_log", {})
    sent = Batch(sent.start, sent.events, note.bare(sent.note, log.pub))
    if log.trusted_to is not None and sent.stop > log.trusted_to:
        return _set_aside(conn, sent, body, now_ms, "aside.revoked", {"from": log.trusted_to})
    known = logs.branches(conn, log.lid)
    size = max(b.size for b in known)
    if sent.start > size:
        return Verdict("gap", checkpoint, sent.note, want=size)
    leaves = [merkle.leaf_hash(raw) for raw in sent.events]
    fitting = [b for b in known if b.base <= sent.start <= b.size]
    matches = [b for b in fitting if _comes_out(conn, b, sent.start, leaves, checkpoint)]
    if not matches:
        return Verdict("resend", checkpoint, sent.note, want=min(sent.start, size))
    for raw in sent.events:
        try:
            read(raw)
        except BadEvent as e:
            return _set_aside(conn, sent, body, now_ms, e.code, e.details)
    common, found = _longest(conn, matches, sent.start, leaves)
    if common == len(leaves):
        return Verdict("duplicate", checkpoint, sent.note)
    if log.own == 1 and found.parent is None and sent.start + common == found.size:
        # Only this node extends its own log. If another node has more of it, this one was restored or cloned.
        return _set_aside(conn, sent, body, now_ms, "aside.own_log", {"size": found.size})
    return _store(conn, found, common, sent, leaves)


def _comes_out(
    conn: Connection, found: Branch, start: int, leaves: Sequence[bytes], checkpoint: note.Checkpoint
) -> bool:
    return logs.frontier_at(conn, found, start).extend(leaves).root() == checkpoint.root


def _longest(conn: Connection, matches: list[Branch], start: int, leaves: list[bytes]) -> tuple[int, Branch]:
    """Find (number of the leaves it already has, branch) of the branch that agrees longest."""
    overlaps = [(_common(conn, b, start, leaves), b) for b in matches]
    return max(overlaps, key=lambda pair: (pair[0], -pair[1].bid))


def _store(conn: Connection, found: Branch, common: int, sent: Batch, leaves: list[bytes]) -> Verdict:
    """Extend a branch that has the first `common` leaves, or fork from it."""
    at = sent.start + common
    frontier = logs.frontier_at(conn, found, at).extend(leaves[common:])
    forked = at < found.size
    bid = add_branch(conn, found.lid, found.bid, at, frontier, sent.note) if forked else found.bid
    eid = sql.next_id(conn, t.entry)
    pairs = enumerate(zip(leaves[common:], sent.events[common:], strict=True))
    new = tuple(New(eid + i, found.lid, at + i, leaf, raw) for i, (leaf, raw) in pairs)
    sql.add(conn, t.entry, [(one.eid, bid, one.index, one.leaf, one.raw) for one in new])
    if not forked:
        head = {"size": frontier.size, "frontier": frontier.pack(), "note": sent.note}
        conn.execute(update(t.branch).where(t.branch.c.bid == bid).values(head))
    conn.execute(insert(t.checkpoint).values(bid=bid, size=sent.stop, note=sent.note))
    return Verdict("forked" if forked else "accepted", sent.checkpoint, sent.note, new=new)


def _common(conn: Connection, found: Branch, start: int, leaves: list[bytes]) -> int:
    """Count the leaves that the branch already has, in a row from `start`."""
    have = logs.leaves(conn, found, start, min(found.size, start + len(leaves)))
    for i, leaf in enumerate(have):
        if leaf != leaves[i]:
            return i
    return len(have)


def _set_aside(
    conn: Connection, sent: Batch, body: bytes, now_ms: int, code: str, details: dict[str, object]
) -> Verdict:
    """Keep the bytes once, with the reason; `retry_aside` tries them again when trust grows."""
    checkpoint = sent.checkpoint
    kept = conn.execute(select(t.aside.c.id).where(t.aside.c.log == checkpoint.log, t.aside.c.raw == body)).first()
    if kept is None:
        details = {"from": sent.start, "to": sent.stop, **details}
        row = {"at": now_ms, "code": code, "log": checkpoint.log, "details": json.dumps(details), "raw": body}
        conn.execute(insert(t.aside).values(row))
    return Verdict("aside", checkpoint, sent.note, code=code)


def retry_aside(conn: Connection, log: str, now_ms: int) -> list[Verdict]:
    """Retry the batches set aside of a log, in the order of its entries; accepted ones are removed."""
    rows = conn.execute(select(t.aside.c.id, t.aside.c.raw).where(t.aside.c.log == log)).all()
    verdicts = []
    for id, raw in sorted(rows, key=lambda row: batch.decode(row[1]).start):
        try:
            verdict = accept(conn, raw, now_ms)
        except BadBatch as e:  # its signature could not be checked before; it stays and stops nothing
            conn.execute(update(t.aside).where(t.aside.c.id == id).values(code=e.code))
            continue
        verdicts.append(verdict)
        if verdict.kind in ("accepted", "duplicate", "forked"):
            conn.execute(delete(t.aside).where(t.aside.c.id == id))
    return verdicts
