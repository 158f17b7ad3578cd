"""The hub in a run: its real writer, gate and HTTP application, called request by request in the run's own time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from common import event_types as b
from common.definitions import canonical
from common.events import Fact
from common.ids import Claim, event_id, tag
from common.ledger import logs
from common.ledger.store import Connection
from common.signedlog import note
from common.signedlog.session import Uploaded
from hub.access.station_access import StationAccess
from hub.db import access, enrolments
from hub.definitions.pack import Pack
from hub.site import Site
from hub.web import answers, stations_api
from hub.writer.ingest import Ingest
from tests.faults.disk import Disk, MortalStore, Process
from tests.faults.timeline import NodeClock

ADDRESS = "https://hub.example:8443"
LINE = "line-1"
T = TypeVar("T")


class TurnedIngest(Ingest):
    """The one writer without a thread of its own: who waits for it turns it."""

    def do(self, work: Callable[[Connection], T]) -> T:
        answer: Future[T] = Future()
        self._jobs.put((work, answer))
        while not answer.done():
            self.turn()
        return answer.result()


class HubLife(Process):
    """One process of the hub."""

    def __init__(self, disk: Disk, clock: NodeClock, random_bytes: Callable[[int], bytes]) -> None:
        super().__init__(disk)
        self.clock = clock
        self.site = Site(disk.folder)
        self.store = MortalStore(self, access.open_store(disk.folder / "hub.db", create=False))
        self.ingest = TurnedIngest(self.store, self.site, clock.wall_s, clock.mono_s, random_bytes)
        self.gate = StationAccess(self.ingest, self.site, ADDRESS, clock.wall_s, clock.mono_s, random_bytes)
        self._app = answers.app("Headwater stations")
        stations_api.add(self._app, self.store, self.ingest, self.gate, self.site)
        self._loop = asyncio.new_event_loop()
        self.ingest.begin()

    def close(self) -> None:
        """Let go of what a process lets go of when it ends."""
        self.store.close()
        self._loop.close()

    def serve(self, method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """What the application answers to a request. Killed: the hub died of it."""
        split = urlsplit(url)
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "https",
            "path": split.path,
            "raw_path": split.path.encode(),
            "query_string": split.query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("hub.example", 8443),
        }
        self.check()
        return self._loop.run_until_complete(_answered(self._app, scope, body))

    def follow(self) -> bool:
        """Project and judge one slice; whether there may be more."""
        self.check()
        if self.ingest.busy:
            self.ingest.turn()
        return self.ingest.busy

    # What people at the hub do ----------------------------------------------------------------------------------------
    def load(self, found: Pack) -> None:
        """Publish a pack."""
        trees = [b.DefinitionPublished(msgspec.json.decode(canonical(one))) for one in found.definitions]

        def work(conn: Connection) -> None:
            self.ingest.publish(conn, [Fact(tree) for tree in trees])
            access.save_people(conn, [(one.id, one.name, one.badge) for one in found.people])

        self.ingest.do(work)

    def confirm_all(self) -> list[str]:
        """Somebody walks to each station that waits and compares the words; the logs that are trusted now."""
        with self.store.reading() as conn:
            waiting = enrolments.candidates(conn)
        for one in waiting:
            self.gate.confirm(one.station, one.words)
        return [one.log for one in waiting]

    def hold(self, thing: Claim) -> str:
        """Hold a thing, by the line's log; the hold's tag."""
        self.ingest.do(lambda conn: self.ingest.publish(conn, [Fact(b.Hold("noise to be checked"), (thing,))], LINE))
        with self.store.reading() as conn:
            line = next(known for known in logs.all_logs(conn) if known.role == "line" or known.author == "hub")
            leaf = logs.leaves(conn, logs.trunk(conn, line.lid), 0, 1 << 30)[-1]
        return tag(event_id(line.log, leaf), 0)

    def release(self, thing: Claim, held: str) -> None:
        """Lift a hold."""
        fact = Fact(b.Release((held,), "checked", "release"), (thing,))
        self.ingest.do(lambda conn: self.ingest.publish(conn, [fact], LINE))


async def _answered(app: Any, scope: dict[str, Any], body: bytes) -> tuple[int, bytes]:
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    await app(scope, receive, send)
    return said[0]["status"], b"".join(message.get("body", b"") for message in said[1:])


def receipt_in(raw: bytes) -> note.Checkpoint | None:
    """What a receipt in an upload's answer says that the hub has for ever."""
    said = msgspec.json.decode(raw, type=Uploaded)
    return note.parse(said.receipt)[0] if said.receipt else None


def holds(conn: Connection, receipt: note.Checkpoint) -> bool:
    """Whether some branch of the log has just the root that a receipt names."""
    known = logs.by_id(conn, receipt.log)
    branches = logs.branches(conn, known.lid) if known else []
    long = [one for one in branches if one.size >= receipt.size]
    return any(logs.frontier_at(conn, one, receipt.size).root() == receipt.root for one in long)
