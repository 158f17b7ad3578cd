"""The stations' API: enrol, hello, upload, pull. Served over TLS with the hub's own key; bodies stay raw bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from anyio import to_thread
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI, Request, Response

from common.errors import BadInput
from common.event_types import Head
from common.ids import b64, unb64
from common.ledger import logs
from common.ledger.store import Connection, Store
from common.signedlog import pull
from common.signedlog import session as s
from common.signedlog.batch import MAX_BODY
from hub.access.station_access import StationAccess
from hub.decisions import people
from hub.site import Site
from hub.web.answers import ask, body, json
from hub.writer.ingest import Ingest

BATCHES_A_LOG = 16
LARGEST_WORDS = 64 << 10  # of who introduces itself, whom nobody knows yet
PULL_ROOM = pull.MAX_PULL // 4  # a station that lacks more asks again
T = TypeVar("T")


def add(app: FastAPI, store: Store, ingest: Ingest, gate: StationAccess, site: Site) -> None:
    """Add the routes."""

    @app.post("/v1/enrol")
    async def enrol(request: Request) -> Response:
        asked = await ask(request, s.Enrol, LARGEST_WORDS)
        return json(await to_thread.run_sync(gate.enrol, asked))

    @app.post("/v1/hello")
    async def hello(request: Request) -> Response:
        said = await ask(request, s.Hello, LARGEST_WORDS)
        return json(await to_thread.run_sync(_reading, store, lambda conn: gate.hello(conn, said)))

    @app.post("/v1/hello/answer")
    async def answer(request: Request) -> Response:
        said = await ask(request, s.HelloAnswer, LARGEST_WORDS)
        return json(await to_thread.run_sync(_reading, store, lambda conn: gate.answer(conn, said)))

    @app.post("/v1/logs/{log}")
    async def upload(log: str, request: Request) -> Response:
        raw = await body(request, MAX_BODY)
        return json(await to_thread.run_sync(ingest.submit, raw, log))

    @app.get("/v1/logs/{log}/root")
    async def root(log: str, size: int, request: Request) -> Response:
        caller = gate.who(request.headers.get("authorization", ""))
        return json(await to_thread.run_sync(_reading, store, lambda conn: _root(conn, caller, log, size)))

    @app.post("/v1/pull")
    async def fetch(request: Request) -> Response:
        caller = gate.who(request.headers.get("authorization", ""))
        have = await ask(request, s.Have)
        raw = await to_thread.run_sync(_reading, store, lambda conn: _pull(conn, caller, have, gate, site))
        return Response(raw, media_type=s.PULL_TYPE)


def _reading(store: Store, work: Callable[[Connection], T]) -> T:
    with store.reading() as conn:
        return work(conn)


def _root(conn: Connection, caller: str, name: str, size: int) -> Head:
    own, known = logs.by_id(conn, caller), logs.by_id(conn, name)
    if own is None or known is None or known.author != own.author or known.line != own.line:
        raise BadInput("log.unknown", log=name, size=size)
    if not 0 <= size <= logs.trunk(conn, known.lid).size:
        raise BadInput("log.unknown", log=name, size=size)
    trunk = logs.trunk(conn, known.lid)
    return Head(name, size, b64(logs.frontier_at(conn, trunk, size).root()))


def _pull(conn: Connection, caller: str, said: s.Have, gate: StationAccess, site: Site) -> bytes:
    """Bytes that the caller lacks of its scope: the logs of the site, of its line, and of its line's stations."""
    known_caller = gate.trusted(conn, caller)
    line = known_caller.line
    have = _by_log(said)
    lacked, room = 0, PULL_ROOM
    states: list[pull.LogState] = []
    bodies: list[bytes] = []
    for head in said.have:
        gate.saw(conn, caller, head)
    for known in logs.all_logs(conn):
        if known.line not in ("", line):
            continue
        trunk, is_own = logs.trunk(conn, known.lid), known.log == caller
        if not is_own:
            states.append(pull.LogState(known.log, trunk.size, gate.age_ms(known, trunk.size), trunk.base))
        for branch, start in _lacked(conn, known, have.get(known.log, []), is_own=is_own):
            lacked += branch.size - start
            for raw in logs.suffix(conn, known, max(start, branch.base), BATCHES_A_LOG, _key(site, known), branch):
                room -= len(raw)
                if room < 0:
                    break
                bodies.append(raw)
    gate.served(caller, lacked)
    here = tuple(people.working_at(conn, line, known_caller.author))
    header = pull.PullHeader(tuple(states), here, site.trust_note, site.epoch)
    return pull.encode_pull(header, bodies)


def _by_log(said: s.Have) -> dict[str, list[tuple[int, bytes]]]:
    """Log → (size, root) of each branch that the caller has. BadInput http.json."""
    found: dict[str, list[tuple[int, bytes]]] = {}
    try:
        for head in said.have:
            found.setdefault(head.log, []).append((head.size, unb64(head.root)))
    except ValueError as e:
        raise BadInput("http.json", reason=str(e)) from e
    return found


def _lacked(
    conn: Connection, known: logs.Log, have: list[tuple[int, bytes]], *, is_own: bool
) -> list[tuple[logs.Branch, int]]:
    """The branches of which the caller lacks something; of the log that it writes, those that somebody else wrote."""
    upto = have[0][0] if is_own and have else 0
    found = logs.lacking(conn, known, have)
    return [(one, start) for one, start in found if start < one.size and (start < upto or not is_own)]


def _key(site: Site, known: logs.Log) -> Ed25519PrivateKey | None:
    """The key of a log that is written here, so that its batches may end anywhere."""
    if not known.own:
        return None
    return site.site_log_key if known.role == "site" else site.line_key(known.line)
