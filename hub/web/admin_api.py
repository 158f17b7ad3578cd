"""The administrator's API, for `headwater hub …`: tickets, confirmations, definitions. The admin token is required."""

from __future__ import annotations

from typing import Any

import msgspec
from anyio import to_thread
from fastapi import FastAPI, Request, Response
from msgspec import Struct

from common.bodies import DefinitionPublished, OrderReceived
from common.definitions import DEFINITION
from common.errors import BadDefinition
from common.events import Fact
from common.ids import Claim
from common.ledger.store import Store
from hub.db import access, reads
from hub.gate import Gate
from hub.ingest import Ingest
from hub.site import Site
from hub.web.answers import ask, json


class TicketFor(Struct, frozen=True):
    """POST /v1/tickets."""

    station: str
    line: str
    valid_s: int = 3600


class Words(Struct, frozen=True):
    """POST /v1/stations/{station}/confirm: the six words that the station's screen shows."""

    words: str


class Publication(Struct, frozen=True):
    """POST /v1/definitions: definitions; people (id, name, badge); orders (line, number, material, quantity)."""

    definitions: list[dict[str, Any]]
    people: list[tuple[str, str, str]] = []
    orders: list[tuple[str, str, str, str]] = []


def add(app: FastAPI, store: Store, ingest: Ingest, gate: Gate, site: Site) -> None:
    """Add the routes."""

    def admit(request: Request) -> None:
        gate.admit_admin(request.headers.get("authorization", ""))

    @app.post("/v1/tickets")
    async def ticket(request: Request) -> Response:
        admit(request)
        asked = await ask(request, TicketFor)
        issued = await to_thread.run_sync(gate.issue, asked.station, asked.line, asked.valid_s)
        return json({"ticket": issued.text(), "expires_s": issued.expires_s})

    @app.post("/v1/stations/{station}/confirm")
    async def confirm(station: str, request: Request) -> Response:
        admit(request)
        said = await ask(request, Words)
        await to_thread.run_sync(gate.confirm, station, said.words)
        return json({"station": station})

    @app.get("/v1/stations")
    async def stations(request: Request) -> Response:
        admit(request)
        return json(await to_thread.run_sync(_stations, store, gate))

    @app.post("/v1/definitions")
    async def publish(request: Request) -> Response:
        admit(request)
        said = await ask(request, Publication)
        return json({"published": await to_thread.run_sync(_publish, ingest, site, said)})


def _stations(store: Store, gate: Gate) -> object:
    with store.reading() as conn:
        rows = reads.stations(conn, gate.age_ms)
    return [{**msgspec.structs.asdict(row), "behind": gate.behind(row.log)} for row in rows]


def _publish(ingest: Ingest, site: Site, said: Publication) -> int:
    """Publish what is new or changed; a definition that is in force already is not published again."""
    for tree in said.definitions:
        try:
            DEFINITION.decode(msgspec.json.encode(tree))
        except msgspec.ValidationError as e:
            raise BadDefinition("definition.schema", file="-", line=0, field=str(tree.get("id")), hint=str(e)) from e

    def work(conn: Any) -> int:
        known = reads.definition_hashes(conn)
        new = [tree for tree in said.definitions if reads.hash_of(tree) not in known]
        ingest.publish(conn, [Fact(DefinitionPublished(tree)) for tree in new])
        access.save_people(conn, said.people)
        for line, number, material, quantity in said.orders:
            claim = Claim(f"order@{site.id}", number)
            if not reads.is_known(conn, claim):
                ingest.publish(conn, [Fact(OrderReceived(material, quantity, "pcs"), (claim,))], line)
        ingest.rejudge_all(conn)
        return len(new)

    return ingest.do(work)
