"""The forms by which people decide: hold, release, settle on the page of a thing, each with its reason; and calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
Decide = Callable[[Connection, Caller, Claim, Fields], object]


def add(app: FastAPI, ingest: Ingest, door: Door, headers: Mapping[str, str]) -> None:
    """Add the addresses that the forms post to."""

    def hold(conn: Connection, caller: Caller, claim: Claim, said: Fields) -> object:
        return holds.hold(conn, ingest, caller, [claim], _reason(said), None)

    def release(conn: Connection, caller: Caller, claim: Claim, said: Fields) -> object:
        return holds.release(conn, ingest, caller, claim, [said.get("tag", "")], (_reason(said), "release"))

    def settle(conn: Connection, caller: Caller, claim: Claim, said: Fields) -> None:
        tags = (said.get("tag", ""),)
        keep, drop = (tags, ()) if said.get("decision") == "keep" else ((), tags)
        settlements.settle(conn, ingest, caller, claim, Settle(said.get("finding", ""), keep, drop, _reason(said)))

    def serve(path: str, decision: Decide) -> None:
        @app.post(path, include_in_schema=False)
        async def decide(request: Request) -> Response:
            caller = await to_thread.run_sync(door.caller, request)
            said = await form(request)
            checked(caller, said)
            caller.need("quality")
            claim = Claim(said.get("scheme", ""), said.get("value", ""))
            await to_thread.run_sync(lambda: ingest.do(lambda conn: decision(conn, caller, claim, said)))
            return Response(status_code=303, headers={**headers, "location": thing_url(claim)})

    def call(path: str, decision: Callable[[Connection, Ingest, Caller, str], None]) -> None:
        @app.post(path, include_in_schema=False)
        async def decide(request: Request) -> Response:
            caller = await to_thread.run_sync(door.caller, request)
            said = await form(request)
            checked(caller, said)
            caller.need("calls")
            await to_thread.run_sync(
                lambda: ingest.do(lambda conn: decision(conn, ingest, caller, said.get("call", "")))
            )
            return Response(status_code=303, headers={**headers, "location": "/calls"})

    call("/calls/answer", calls.answer)
    call("/calls/clear", calls.clear)
    serve("/thing/hold", hold)
    serve("/thing/release", release)
    serve("/thing/settle", settle)


def _reason(said: Fields) -> str:
    """BadInput decision.reason."""
    reason = said.get("reason", "").strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise BadInput("decision.reason", most=LONGEST_REASON)
    return reason
