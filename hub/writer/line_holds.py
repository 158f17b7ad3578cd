"""Writes holds into the logs of lines that cannot see the cause, and voids them when it is gone.

Only the running hub does this, behind its projector; a rebuild or a restore derives the same holds and writes nothing.
"""

from __future__ import annotations

import structlog

from common.event_types import Hold, Void
from common.events import Fact
from hub.db import relays
from hub.db.relays import Relay, RelayedHold
from hub.writer.projected import ProjectedSlice

log = structlog.get_logger(__name__)


def tell_lines(done: ProjectedSlice) -> bool:
    """Write the holds that lines lack, and void those whose cause is gone, when nothing waits to be judged."""
    if done.is_settled:
        _hold_new(done)
        _void_old(done)
    return False


def _hold_new(done: ProjectedSlice) -> None:
    conn = done.conn
    by_line: dict[str, list[Relay]] = {}
    for relay in relays.due(conn):
        by_line.setdefault(relay.line, []).append(relay)
    for line, due in by_line.items():
        ids = done.publish(conn, [_hold(relay) for relay in due], line)
        relays.save(conn, [RelayedHold(relay, id) for relay, id in zip(due, ids, strict=True)])
        log.info("line_told", line=line, holds=len(due))


def _void_old(done: ProjectedSlice) -> None:
    for told in relays.over(done.conn):
        back = Void(told.event, "the hold that it follows from is over")
        done.publish(done.conn, [Fact(back, (told.relay.thing,))], told.relay.line)
        relays.forget(done.conn, told)


def _hold(relay: Relay) -> Fact:
    cause = relay.cause
    reason = f"{cause.thing.value}: {cause.text}" if cause.text else cause.thing.value
    return Fact(Hold(reason[:512], rule=cause.rule, cause=cause.event), (relay.thing,))
