"""Holds that people make and release; each is one signed event of the person. Must not judge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import structlog

from common.errors import BadInput
from common.event_types import Hold, Release
from common.events import Fact
from common.ids import Claim
from common.judge import Cause, Past
from common.ledger import reads
from common.ledger.store import Connection
from common.ledger.upstream import standing
from hub.access.accounts import Caller
from hub.api.decisions import Held
from hub.db import lookup
from hub.writer.ingest import Ingest

log = structlog.get_logger(__name__)


def hold(
    conn: Connection, ingest: Ingest, caller: Caller, things: Iterable[Claim | str], reason: str, line: str | None
) -> list[Claim]:
    """Hold things, known to the whole site or to a line; they stay held until this is released."""
    on = list(dict.fromkeys(lookup.thing(conn, one) for one in things))
    if line is not None:
        lookup.need_line(conn, line)
    ingest.publish(conn, [Fact(Hold(reason), tuple(on))], line, caller.person)
    log.info("held", things=len(on), line=line)
    return on


def holds(conn: Connection, claim: Claim) -> list[Held]:
    """Open holds of a thing: its own that no release names, and those that came from what is in it."""
    history = reads.history(conn, claim)
    past = {one.id: one for one in history.events}
    found = standing(conn, history, reads.definitions(conn)).holds
    return [_held(one, past.get(one.event)) for one in found]


def _held(cause: Cause, said: Past | None) -> Held:
    at, who = (said.at, said.who) if said else (None, None)
    return Held(cause.tag, cause.rule, cause.thing, cause.text, at, who)


def release(
    conn: Connection,
    ingest: Ingest,
    caller: Caller,
    claim: Claim,
    tags: Sequence[str] | None,
    said: tuple[str, str],
) -> int:
    """End the holds that `tags` name, or all open ones; returns their number. `said`: reason and meaning.

    BadInput hold.none, hold.unknown.
    """
    there = [one.tag for one in holds(conn, claim)]
    wanted = there if tags is None else list(dict.fromkeys(tags))
    if not wanted:
        raise BadInput("hold.none", thing=claim)
    for name in wanted:
        if name not in there:
            raise BadInput("hold.unknown", thing=claim, tag=name)
    reason, meaning = said
    ingest.publish(conn, [Fact(Release(tuple(wanted), reason, meaning), (claim,))], None, caller.person)
    log.info("released", holds=len(wanted))
    return len(wanted)
