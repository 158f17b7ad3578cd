"""Judges things behind the projector: what each is now, what is wrong with it, and what bad news it passes on.

A thing that cannot be judged is held and said so; the others go on.
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

log = structlog.get_logger(__name__)


def judge_things(conn: Connection, tids: Iterable[int], definitions: Definitions, store: Store, now_ms: int) -> None:
    """Judge these again; whatever holds one that has other news for it than before is marked to be judged too."""
    claims = access.claims_of(conn, tids)
    concerned = downstream.concerned(conn, claims)  # who comes to be while these are judged is judged once more
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
    """What it is by itself says what is in it now, and so what reaches it."""
    alone = judged(conn, history, definitions)
    access.save_removed(conn, tid, alone.components)
    reached = downstream.reaching(conn, tid) if is_concerned else ()
    return judged(conn, history, definitions, reached) if reached else alone


def _pass_on(conn: Connection, tid: int, history: History, standing: Standing, now_ms: int) -> None:
    """What a thing has that is bad, its own and what reached it, goes one step on: to the things that it is in."""
    own = consequences(standing)
    before, now = set(downstream.at(conn, tid)), {*own, *(c for c in standing.holds if c.thing != standing.thing)}
    if before == now:
        return
    downstream.save(conn, tid, now)
    holders = downstream.holders(conn, tid)
    access.mark_stale(conn, holders)
    if holders:
        downstream.begin(conn, set(own) - before, {p.id: p.at for p in history.events}, now_ms)
