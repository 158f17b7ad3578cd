"""The forms by which people decide: hold, release, settle on the page of a thing, each with its reason; and calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from anyio import to_thread
from fastapi import FastAPI, Request, Response

from common.errors import BadInput
from common.event_types import Settle
from common.ids import Claim
from common.ledger.store import Connection
from hub.access.accounts import Caller
from hub.decisions import calls, holds, settlements
from hub.web.api import Door
from hub.web.sign_in import checked, form
from hub.web.words import thing_url
from hub.writer.ingest import Ingest

LONGEST_REASON = 512
Fields = Mapping[str, str]
# Decides by the fields of a form; returns the address of the page that shows it.
Decide = Callable[[Connection, Caller, Fields], str]


def add(app: FastAPI, ingest: Ingest, door: Door, headers: Mapping[str, str]) -> None:
    """Add the addresses that the forms post to."""

    def serve(path: str, scope: str, decision: Decide) -> None:
        @app.post(path, include_in_schema=False)
        async def decide(request: Request) -> Response:
            caller = await to_thread.run_sync(door.caller, request)
            said = await form(request)
            checked(caller, said)
            caller.need(scope)
            page = await to_thread.run_sync(lambda: ingest.do(lambda conn: decision(conn, caller, said)))
            return Response(status_code=303, headers={**headers, "location": page})

    serve("/thing/hold", "quality", partial(_hold, ingest))
    serve("/thing/release", "quality", partial(_release, ingest))
    serve("/thing/settle", "quality", partial(_settle, ingest))
    serve("/calls/answer", "calls", partial(_call, ingest, calls.answer))
    serve("/calls/clear", "calls", partial(_call, ingest, calls.clear))


def _hold(ingest: Ingest, conn: Connection, caller: Caller, said: Fields) -> str:
    holds.hold(conn, ingest, caller, [_thing(said)], _reason(said), None)
    return thing_url(_thing(said))


def _release(ingest: Ingest, conn: Connection, caller: Caller, said: Fields) -> str:
    holds.release(conn, ingest, caller, _thing(said), [said.get("tag", "")], (_reason(said), "release"))
    return thing_url(_thing(said))


def _settle(ingest: Ingest, conn: Connection, caller: Caller, said: Fields) -> str:
    tags = (said.get("tag", ""),)
    keep, drop = (tags, ()) if said.get("decision") == "keep" else ((), tags)
    decided = Settle(said.get("finding", ""), keep, drop, _reason(said))
    settlements.settle(conn, ingest, caller, _thing(said), decided)
    return thing_url(_thing(said))


def _call(
    ingest: Ingest,
    act: Callable[[Connection, Ingest, Caller, str], None],
    conn: Connection,
    caller: Caller,
    said: Fields,
) -> str:
    act(conn, ingest, caller, said.get("call", ""))
    return "/calls"


def _thing(said: Fields) -> Claim:
    return Claim(said.get("scheme", ""), said.get("value", ""))


def _reason(said: Fields) -> str:
    """BadInput decision.reason."""
    reason = said.get("reason", "").strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise BadInput("decision.reason", most=LONGEST_REASON)
    return reason
