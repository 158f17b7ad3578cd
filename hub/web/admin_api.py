"""The administrator's API, for `headwater hub …`: tickets, confirmations, definitions. The admin token is required."""

from __future__ import annotations

import json as plain
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from anyio import to_thread
from fastapi import FastAPI, Request, Response
from msgspec import Meta, Struct

from common.bodies import DecimalText, DefinitionPublished, OrderReceived, Word
from common.definitions import DEFINITION, Definition, Definitions, canonical
from common.definitions.naming import Id
from common.errors import BadDefinition
from common.events import Fact
from common.ids import Claim
from common.ledger import reads as ledger
from common.ledger.store import Connection, Store
from hub.checks import faults
from hub.db import access, reads
from hub.gate import Gate
from hub.ingest import Ingest
from hub.site import Site
from hub.web.answers import ask, json

Short = Annotated[str, Meta(min_length=1, max_length=80)]


class TicketFor(Struct, frozen=True):
    """POST /v1/tickets."""

    station: Id
    line: Id
    valid_s: Annotated[int, Meta(ge=1, le=30 * 86_400)] = 3600


class Words(Struct, frozen=True):
    """POST /v1/stations/{station}/confirm: the six words that the station's screen shows."""

    words: str


class Publication(Struct, frozen=True):
    """POST /v1/definitions: definitions; people (id, name, badge); orders (line, number, material, quantity)."""

    definitions: list[dict[str, Any]]
    people: list[tuple[Id, Short, Short]] = []
    orders: list[tuple[Id, Short, Word, DecimalText]] = []


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
    asked = [_parsed(i, tree) for i, tree in enumerate(said.definitions)]

    def work(conn: Connection) -> int:
        _check(asked, ledger.definitions(conn))
        known = reads.definition_hashes(conn)
        new = [tree for tree in map(_tree, asked) if reads.hash_of(tree) not in known]
        ingest.publish(conn, [Fact(DefinitionPublished(tree)) for tree in new])
        access.save_people(conn, said.people)
        for line, number, material, quantity in said.orders:
            claim = Claim(f"order@{site.id}", number)
            if not reads.is_known(conn, claim):
                ingest.publish(conn, [Fact(OrderReceived(material, quantity, "pcs"), (claim,))], line)
        ingest.rejudge_all(conn)
        return len(new)

    return ingest.do(work)


def _parsed(at: int, tree: dict[str, Any]) -> Definition:
    try:
        return DEFINITION.decode(msgspec.json.encode(tree))
    except (ValueError, OverflowError, RecursionError) as e:
        raise _bad("definition.schema", f"definitions[{at}]", str(e)) from e


def _tree(definition: Definition) -> dict[str, Any]:
    """As it is published: with every field in its place, so that its hash is the one that events cite."""
    tree: dict[str, Any] = plain.loads(canonical(definition))
    return tree


def _check(asked: Sequence[Definition], in_force: Definitions) -> None:
    """They must fit together, and with what is in force and not replaced by them."""
    replaced = {(type(one), one.id) for one in asked}
    known = (one for by_id in in_force.by_kind.values() for one in by_id.values())
    others = [one for one in known if (type(one), one.id) not in replaced]
    for fault in faults([*asked, *others]):
        if fault.at < len(asked) and not fault.warning:
            raise _bad(fault.code, f"definitions[{fault.at}].{fault.field}", str(fault.hint))


def _bad(code: str, field: str, hint: str) -> BadDefinition:
    return BadDefinition(code, file="-", line=0, field=field, hint=hint)
