"""What tests of the hub are made of: a hub without its listeners, and the words that stations say to it.

Everything is real: keys, SQLite, the writer's thread. The whole hub as a process: tests/support/hub_process.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, delete, update
from sqlalchemy import select as sql

from common import event_types as b
from common.definitions import Definition, canonical
from common.errors import StoreUnavailable
from common.events import Fact
from common.ids import Claim, b64, unb64
from common.ledger import logs
from common.ledger import reads as ledger
from common.ledger import tables as t
from common.ledger.accept import Verdict, accept
from common.signedlog import session as s
from common.signedlog.note import Checkpoint
from common.signedlog.trust import Ticket, enrol_proof, hello_message, incarnation_message
from hub.access.station_access import StationAccess
from hub.db import access, reads
from hub.db import tables as h
from hub.demo.processes import PATIENCE_S
from hub.site import Site, initialise
from hub.writer.ingest import Ingest
from tests.conftest import Clock
from tests.support.factory import START_MS, Author

LINE = "line-1"
T = TypeVar("T")


# A hub without listeners ----------------------------------------------------------------------------------------------
def make_hub(data: Path, host: str = "127.0.0.1", database: Path | str | None = None) -> Site:
    """A data folder, and a database in it or elsewhere, as `headwater hub init` leaves them."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    access.make_store(database or data / "hub.db")
    return initialise(data, host)


class Office:
    """Site, database, the one writer in its thread, and the gate. `clock` is the gate's; it moves when told to."""

    def __init__(self, data: Path, clock: Clock, *, start: bool = True, database: Path | str | None = None) -> None:
        self.data, self.database = data, database or data / "hub.db"
        self.site = Site(data) if (data / "keys").exists() else make_hub(data, database=database)
        self.store = access.open_store(self.database, create=False)
        self.ingest = Ingest(self.store, self.site, wall_s=lambda: clock.wall_ms() / 1000)
        self.clock = clock
        self.gate = self.new_gate()
        self.failure: StoreUnavailable | None = None
        self._thread: threading.Thread | None = None
        if start:
            self.start()

    def new_gate(self) -> StationAccess:
        """The gate of a hub that has just started."""
        clock = self.clock
        address = "https://hub.example:8443"
        return StationAccess(
            self.ingest, self.site, address, lambda: clock.wall_ms() / 1000, lambda: clock.mono_ms() / 1000
        )

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="ingest")
        self._thread.start()

    def _run(self) -> None:
        try:
            self.ingest.run()
        except StoreUnavailable as e:
            self.failure = e

    def stop(self) -> None:
        if self._thread:
            self.ingest.stop()
            self.join()
        self.store.close()

    def join(self) -> None:
        """Until the writer's thread has ended."""
        assert self._thread
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive(), "the writer does not end"

    # What is said to it -----------------------------------------------------------------------------------------------
    def trust(self, *authors: Author, parent: Checkpoint | None = None) -> None:
        self.publish(*(author.enrolment(parent) for author in authors))

    def publish(self, *bodies: b.Body, on: tuple[Claim, ...] = (), line: str | None = None) -> None:
        self.ingest.do(lambda conn: self.ingest.publish(conn, [Fact(body, on) for body in bodies], line))

    def define(self, *definitions: Definition) -> None:
        trees = [b.DefinitionPublished(msgspec.json.decode(canonical(one))) for one in definitions]

        def work(conn: Connection) -> None:
            self.ingest.publish(conn, [Fact(tree) for tree in trees])
            self.ingest.rejudge_all(conn)

        self.ingest.do(work)

    def take(self, author: Author, start: int = 0, stop: int | None = None) -> s.Uploaded:
        """Upload a batch and let all of it be projected and judged."""
        said = self.ingest.submit(author.batch(start, stop))
        self.settle()
        return said

    def settle(self) -> None:
        """Until there is nothing to project and nothing to judge. Each question is a turn of the writer's loop."""
        while self.ingest.do(lambda conn: bool(access.pending(conn, 1)) or bool(waiting(conn))):
            pass

    # What it holds ----------------------------------------------------------------------------------------------------
    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.store.reading() as conn:
            yield conn

    def state(self, thing: Claim) -> str:
        """The stored standing of a thing: its state."""
        with self.reading() as conn:
            return judged(conn)["state"][thing][0]

    def findings(self, thing: Claim) -> list[tuple[str, bool]]:
        """(kind, open) of what is stored about a thing."""
        with self.reading() as conn:
            return sorted((f.kind, f.open) for f in reads.findings(conn) if f.about == thing)

    def shelf(self) -> list[tuple[str, str]]:
        """(code, log) of what is set aside."""
        with self.reading() as conn:
            return [(row.code, row.log) for row in reads.aside(conn)]

    def size(self, author: Author) -> int:
        with self.reading() as conn:
            return size_of(conn, author.log)


def accept_only(database: Path | str, *bodies: bytes) -> list[Verdict]:
    """What a hub leaves that was killed after the commit of these batches and before it projected them."""
    store = access.open_store(database, create=False)
    with store.writing() as conn:
        verdicts = [accept(conn, body, START_MS) for body in bodies]
    store.close()
    return verdicts


def size_of(conn: Connection, log: str) -> int:
    """How many entries of a log there are; 0 if it is not known."""
    known = logs.by_id(conn, log)
    return logs.trunk(conn, known.lid).size if known else 0


def waiting(conn: Connection) -> list[int]:
    """Dense ids of what is to be judged again."""
    return list(conn.execute(sql(h.stale.c.tid)).scalars())


def forget_rows(database: Path | str) -> None:
    """Throw away everything that was derived: what is left is what authors signed, and nothing of it is projected."""
    store = access.open_store(database, create=False)
    with store.writing() as conn:
        for table in (h.finding, h.standing, h.cause, h.awaited, h.stale):
            conn.execute(delete(table))
        for table in (t.bad, t.edge, t.tip, t.touch, t.call, t.lease, t.definition, t.thing):
            conn.execute(delete(table))
        conn.execute(update(t.branch).values(projected=t.branch.c.fork_at))
    store.close()


def judged(conn: Connection) -> dict[str, Any]:
    """Everything that judging made, over portable keys: states, findings, which edges ended."""
    things = {row.tid: Claim(row.scheme, row.value) for row in conn.execute(sql(t.thing))}
    states = {things[row.tid]: (row.state, row.material) for row in conn.execute(sql(h.standing))}
    findings = {
        (things[row.source], things[row.about], row.kind, row.cause, row.open, row.params)
        for row in conn.execute(sql(h.finding))
    }
    e = t.edge.c
    joined = t.edge.join(t.entry, e.eid == t.entry.c.eid)
    rows = conn.execute(sql(t.entry.c.leaf, e.k, e.removed_by).select_from(joined))
    edges = {(leaf, k, removed is not None) for leaf, k, removed in rows}
    return {"state": states, "finding": findings, "edge": edges}


def together(*work: Callable[[], T]) -> list[T]:
    """Do these at the same time, each in a thread; what they gave, in order."""
    with ThreadPoolExecutor(len(work)) as pool:
        return [future.result(PATIENCE_S) for future in [pool.submit(one) for one in work]]


# What stations say ---------------------------------------------------------------------------------------------------
def head(author: Author, size: int | None = None) -> b.Head:
    """A head as stations say it."""
    found = author.head(size)
    return b.Head(found.log, found.size, b64(found.root))


def enrolment(author: Author, ticket: str | Ticket, **more: Any) -> s.Enrol:
    """What a station with this ticket asks."""
    found = Ticket.parse(ticket) if isinstance(ticket, str) else ticket
    proof = b64(enrol_proof(found.secret, author.pub, found.station))
    return s.Enrol(**({"station": found.station, "pub": b64(author.pub), "proof": proof} | more))


def carried_on(author: Author, parent: Author, size: int | None = None) -> s.Enrol:
    """What a new incarnation asks, whose key the log that it follows signed."""
    at = parent.head(size)
    proof = b64(parent.key.sign(incarnation_message(author.pub, at.log, at.size, at.root)))
    return s.Enrol(author.station, b64(author.pub), proof, b.Head(at.log, at.size, b64(at.root)), "restore")


def hello(author: Author, token: str = "", **more: Any) -> s.Hello:
    return s.Hello(**({"log": author.log, "token": token, "heads": (head(author),)} | more))


def answer(author: Author, challenge: str, pin: bytes) -> s.HelloAnswer:
    """The challenge, signed."""
    signed = author.key.sign(hello_message(author.log, unb64(challenge), pin))
    return s.HelloAnswer(author.log, challenge, b64(signed))


def welcome(
    office: Office, author: Author, token: str = "", gate: StationAccess | None = None, **more: Any
) -> s.Welcome:
    """A session at an office's gate."""
    door = gate or office.gate
    with office.reading() as conn:
        challenge = door.hello(conn, hello(author, token, **more)).challenge
        return door.answer(conn, answer(author, challenge, office.site.tls_pin))


def definitions_of(office: Office) -> Any:
    with office.reading() as conn:
        return ledger.definitions(conn)
