"""Says bad news to lines that cannot see it: a hold in the line's log, taken back when it is over.

Only the living hub does this, behind its projector; a rebuild or a restore derives the same holds and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from common.event_types import Hold, Void
from common.events import Fact
from common.ledger.store import Connection
from hub.db import relays
from hub.db.relays import Relay, RelayedHold

Publish = Callable[[Connection, Sequence[Fact], str], Sequence[str]]
log = structlog.get_logger(__name__)


def tell_lines(conn: Connection, publish: Publish) -> None:
    """Write what the lines must know now and did not, and take back what is over. `publish` gives the events' ids."""
    by_line: dict[str, list[Relay]] = {}
    for relay in relays.due(conn):
        by_line.setdefault(relay.line, []).append(relay)
    for line, due in by_line.items():
        ids = publish(conn, [_hold(relay) for relay in due], line)
        relays.save(conn, [RelayedHold(relay, id) for relay, id in zip(due, ids, strict=True)])
        log.info("line_told", line=line, holds=len(due))
    for told in relays.over(conn):
        back = Void(told.event, "the hold that it follows from is over")
        publish(conn, [Fact(back, (told.relay.thing,))], told.relay.line)
        relays.forget(conn, told)


def _hold(relay: Relay) -> Fact:
    cause = relay.cause
    reason = f"{cause.thing.value}: {cause.text}" if cause.text else cause.thing.value
    return Fact(Hold(reason[:512], rule=cause.rule, cause=cause.event), (relay.thing,))
