"""Judges things behind the projector: state, findings, and the causes that each thing passes to what it is in.

A thing that cannot be judged is held and reported; the others are judged all the same.
"""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from common.definitions import Definitions
from common.errors import StoreUnavailable
from common.judge import Finding, History, Standing, consequences
from common.ledger import reads
from common.ledger.evidence import judged
from common.ledger.store import Connection, Store
from hub.db import access, awaiting
from hub.db import consequences as downstream
from hub.writer.projected import ProjectedSlice

MOST_THINGS = 2_000
log = structlog.get_logger(__name__)


def judge_slice(done: ProjectedSlice) -> bool:
    """Judge the things that were touched, then those that waited; True if some waited, for there may be more."""
    conn, now = done.conn, sorted(done.touched)[:MOST_THINGS]
    access.mark_stale(conn, done.touched.difference(now) | awaiting.waiters(conn, done.touched))
    again = access.take_stale(conn, MOST_THINGS - len(now))
    judge_things(conn, again.union(now), done.in_force(), done.store, done.now_ms)
    return bool(again)


def judge_things(conn: Connection, tids: Iterable[int], definitions: Definitions, store: Store, now_ms: int) -> None:
    """Judge these again, and mark the things that hold one whose causes changed to be judged too."""
    claims = access.claims_of(conn, tids)
    concerned = downstream.concerned(conn, claims)  # a thing that becomes concerned meanwhile is judged once more
    for tid, claim in claims.items():
        try:
            with store.translated():
                history = reads.counted(conn, tid, reads.history_of(conn, tid, claim))
                standing = _standing(conn, tid, history, definitions, is_concerned=tid in concerned)
        except StoreUnavailable:
            raise
        except Exception as e:
            log.exception("cannot_judge", thing=str(claim), error=str(e))
            found = Finding("cannot_judge", "-", claim, True, {"error": type(e).__name__})
            access.save_held(conn, tid, [found])
            continue
        unread = [Finding("cannot_judge", p.id, claim, True, {"type": p.t}) for p in history.events if p.blind]
        access.save_standing(conn, tid, standing, unread)
        awaiting.save(conn, tid, standing.waits_for)
        if tid in concerned or consequences(standing):
            _pass_on(conn, tid, history, standing, now_ms)


def _standing(
    conn: Connection, tid: int, history: History, definitions: Definitions, *, is_concerned: bool
) -> Standing:
    """Judge a thing by its own history, then again with the causes that reach it from what is in it now."""
    alone = judged(conn, history, definitions)
    access.save_removed(conn, tid, alone.components)
    reached = downstream.reaching(conn, tid) if is_concerned else ()
    return judged(conn, history, definitions, reached) if reached else alone


def _pass_on(conn: Connection, tid: int, history: History, standing: Standing, now_ms: int) -> None:
    """Propagate a thing's causes, own and inherited, to its direct parents."""
    own = consequences(standing)
    before, now = set(downstream.at(conn, tid)), {*own, *(c for c in standing.holds if c.thing != standing.thing)}
    if before == now:
        return
    downstream.save(conn, tid, now)
    holders = downstream.holders(conn, tid)
    access.mark_stale(conn, holders)
    if holders:
        downstream.begin(conn, set(own) - before, {p.id: p.at for p in history.events}, now_ms)
