"""The stations' API: enrol, hello, upload, pull. Served over TLS with the hub's own key; bodies stay raw bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from anyio import to_thread
from fastapi import FastAPI, Request, Response

from common.bodies import Head
from common.errors import BadInput
from common.ids import b64
from common.ledger import logs
from common.ledger.store import Connection, Store
from common.signedlog import pull
from common.signedlog import session as s
from common.signedlog.batch import MAX_BODY
from hub.db import access
from hub.gate import Gate
from hub.ingest import Ingest
from hub.site import Site
from hub.web.answers import ask, body, json

BATCHES_A_LOG = 16
T = TypeVar("T")


def add(app: FastAPI, store: Store, ingest: Ingest, gate: Gate, site: Site) -> None:
    """Add the routes."""

    @app.post("/v1/enrol")
    async def enrol(request: Request) -> Response:
        asked = await ask(request, s.Enrol)
        return json(await to_thread.run_sync(gate.enrol, asked))

    @app.post("/v1/hello")
    async def hello(request: Request) -> Response:
        said = await ask(request, s.Hello)
        return json(await to_thread.run_sync(_reading, store, lambda conn: gate.hello(conn, said)))

    @app.post("/v1/hello/answer")
    async def answer(request: Request) -> Response:
        said = await ask(request, s.HelloAnswer)
        return json(await to_thread.run_sync(_reading, store, lambda conn: gate.answer(conn, said)))

    @app.post("/v1/logs/{log}")
    async def upload(log: str, request: Request) -> Response:
        raw = await body(request, MAX_BODY)
        return json(await to_thread.run_sync(ingest.submit, raw))

    @app.get("/v1/logs/{log}/root")
    async def root(log: str, size: int) -> Response:
        return json(await to_thread.run_sync(_reading, store, lambda conn: _root(conn, log, size)))

    @app.post("/v1/pull")
    async def fetch(request: Request) -> Response:
        caller = gate.who(request.headers.get("authorization", ""))
        have = await ask(request, s.Have)
        raw = await to_thread.run_sync(_reading, store, lambda conn: _pull(conn, caller, have, gate, site))
        return Response(raw, media_type=s.PULL_TYPE)


def _reading(store: Store, work: Callable[[Connection], T]) -> T:
    with store.reading() as conn:
        return work(conn)


def _root(conn: Connection, name: str, size: int) -> Head:
    known = logs.by_id(conn, name)
    if known is None or not 0 <= size <= logs.trunk(conn, known.lid).size:
        raise BadInput("log.unknown", log=name, size=size)
    trunk = logs.trunk(conn, known.lid)
    return Head(name, size, b64(logs.frontier_at(conn, trunk, size).root()))


def _pull(conn: Connection, caller: str, said: s.Have, gate: Gate, site: Site) -> bytes:
    """What the caller lacks of the logs in its scope: the site's, its line's, and those of its line's stations."""
    own = logs.by_id(conn, caller)
    line = own.line if own else ""
    have = {head.log: head.size for head in said.have}
    lacked = 0
    states: list[pull.LogState] = []
    bodies: list[bytes] = []
    for head in said.have:
        gate.saw(conn, caller, head)
    for known in logs.all_logs(conn):
        if known.log == caller or known.line not in ("", line):
            continue
        trunk = logs.trunk(conn, known.lid)
        states.append(pull.LogState(known.log, trunk.size, gate.age_ms(known, trunk.size), trunk.base))
        lacked += max(trunk.size - have.get(known.log, 0), 0)
        bodies += logs.suffix(conn, known, max(have.get(known.log, 0), trunk.base), BATCHES_A_LOG)
    gate.served(caller, lacked)
    people = tuple(pull.PersonRecord(id, name, badge) for id, name, badge in access.people(conn))
    header = pull.PullHeader(tuple(states), people, site.trust_note, site.epoch)
    return pull.encode_pull(header, bodies)
