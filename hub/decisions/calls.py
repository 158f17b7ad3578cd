"""Calls that people answer and clear from the hub, in the log of the line whose station called."""

from __future__ import annotations

from common.calls import OpenCall
from common.errors import BadInput
from common.event_types import Call as CallBody
from common.events import Fact
from common.ledger import calls, logs
from common.ledger.store import Connection
from hub.access.accounts import Caller
from hub.db import access
from hub.writer.ingest import Ingest


def answer(conn: Connection, ingest: Ingest, caller: Caller, id: str) -> None:
    """Say that the caller goes there. BadInput call.unknown, call.ended, call.answered."""
    found = _open_call(conn, id)
    if found.answered is not None:
        name = next((name for id, name, _ in access.people(conn) if id == found.answered.who), found.answered.who)
        raise BadInput("call.answered", name=name)
    _tell(conn, ingest, caller, found, CallBody("answered", found.place, found.reason, found.id))


def clear(conn: Connection, ingest: Ingest, caller: Caller, id: str) -> None:
    """End a call. BadInput call.unknown, call.ended."""
    found = _open_call(conn, id)
    _tell(conn, ingest, caller, found, CallBody("cleared", found.place, found.reason, found.id))


def _open_call(conn: Connection, id: str) -> OpenCall:
    found = calls.one(conn, id)
    if found is None:
        raise BadInput("call.unknown", call=id)
    if found.cleared is not None:
        raise BadInput("call.ended", place=found.place)
    return found


def _tell(conn: Connection, ingest: Ingest, caller: Caller, found: OpenCall, said: CallBody) -> None:
    """Write into the log of the line whose station called, which that station pulls."""
    raised = logs.by_id(conn, found.raised.log)
    ingest.publish(conn, [Fact(said)], (raised.line or None) if raised else None, caller.person)
