"""What tests of the hub are made of: a hub without listeners, the hub as a process, and a station's end of the wire.

Everything is real: keys, SQLite, TLS over loopback, processes. Each hub process has a loopback address of its own, so
that no port is ever taken. Processes are forked from a server that has the modules loaded, which saves a second each.
"""

from __future__ import annotations

import multiprocessing
import os
import select
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPSConnection
from itertools import count
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, delete, update
from sqlalchemy import select as sql

from common import bodies as b
from common.command import main
from common.definitions import Definition, canonical
from common.errors import StoreUnavailable
from common.events import Fact
from common.ids import Claim, b64, unb64
from common.ledger import logs
from common.ledger import reads as ledger
from common.ledger import tables as t
from common.ledger.accept import Verdict, accept
from common.signedlog import pull
from common.signedlog import session as s
from common.signedlog.note import Checkpoint
from common.signedlog.trust import Ticket, enrol_proof, hello_message, incarnation_message
from hub import client
from hub import config as configuration
from hub.db import access, reads
from hub.db import tables as h
from hub.gate import Gate
from hub.ingest import Ingest
from hub.site import Site, initialise
from station.wire import Wire
from tests.conftest import Clock
from tests.support.factory import START_MS, Author

PATIENCE_S = 60.0
LINE = "line-1"
T = TypeVar("T")


# A hub without listeners ----------------------------------------------------------------------------------------------
def make_hub(data: Path, host: str = "127.0.0.1") -> Site:
    """A data folder as `headwater hub init` leaves it."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    access.make_store(data / "hub.db")
    return initialise(data, host)


class Office:
    """Site, database, the one writer in its thread, and the gate. `clock` is the gate's; it moves when told to."""

    def __init__(self, data: Path, clock: Clock, *, start: bool = True) -> None:
        self.data = data
        self.site = Site(data) if (data / "keys").exists() else make_hub(data)
        self.store = access.open_store(data / "hub.db", create=False)
        self.ingest = Ingest(self.store, self.site)
        self.clock = clock
        self.gate = self.new_gate()
        self.failure: StoreUnavailable | None = None
        self._thread: threading.Thread | None = None
        if start:
            self.start()

    def new_gate(self) -> Gate:
        """The gate of a hub that has just started."""
        clock = self.clock
        address = "https://hub.example:8443"
        return Gate(self.ingest, self.site, address, lambda: clock.wall_ms() / 1000, lambda: clock.mono_ms() / 1000)

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


def accept_only(data: Path, *bodies: bytes) -> list[Verdict]:
    """What a hub leaves that was killed after the commit of these batches and before it projected them."""
    store = access.open_store(data / "hub.db", create=False)
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


def forget_rows(data: Path) -> None:
    """Throw away everything that was derived: what is left is what authors signed, and nothing of it is projected."""
    store = access.open_store(data / "hub.db", create=False)
    with store.writing() as conn:
        for table in (h.finding, h.standing, h.stale, t.edge, t.tip, t.touch, t.definition, t.thing):
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


# A hub as a process ---------------------------------------------------------------------------------------------------
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["hub.app", "hub.command", "hub.web.pages", "tests.support.hub"])
_numbers = count(1)


def _command(arguments: Sequence[str], out: str, err: str, environment: dict[str, str]) -> None:
    for path, number in ((out, 1), (err, 2)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.update(environment)
    sys.exit(main(list(arguments)))


def address() -> str:
    """A loopback address that nothing else on this computer listens at."""
    return f"127.{next(_numbers) % 250 + 1}.{os.getpid() >> 8 & 255}.{os.getpid() & 255}"


class Ended(Exception):
    """A command ended before it said that it runs: its exit code, and what it said on standard error."""

    def __init__(self, code: int | None, error: str) -> None:
        super().__init__(code, error)
        self.code = code
        self.error = error


class Command:
    """One `headwater` command as a process: what it printed (`said`), what it said on standard error, its end."""

    def __init__(self, folder: Path, arguments: Sequence[str], environment: dict[str, str] | None = None) -> None:
        name = f"command-{next(_numbers)}"
        pipe, self._err = folder / f"{name}.out", folder / f"{name}.err"
        os.mkfifo(pipe)
        self._out = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        self.said = ""
        rest = (tuple(arguments), str(pipe), str(self._err), environment or {})
        self._process = _forks.Process(target=_command, args=rest, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        return int(self._process.pid or 0)

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    @property
    def error(self) -> str:
        return self._err.read_text() if self._err.exists() else ""

    def wait_said(self, text: str) -> None:
        """Until it printed this. Raises Ended."""
        while text not in self.said:
            ready = wait([self._out, self._process.sentinel], PATIENCE_S)
            assert ready, "it says nothing"
            if not self._read() and self._process.sentinel in ready:
                raise Ended(self._process.exitcode, self.error)

    def ended(self) -> int:
        """Its exit code, when it has ended by itself."""
        self._process.join(PATIENCE_S)
        assert not self._process.is_alive(), f"it does not end\n{self.error}"
        self._read()
        return int(self._process.exitcode or 0)

    def terminate(self) -> int:
        """SIGTERM; its exit code."""
        self._process.terminate()
        return self.ended()

    def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        self._process.kill()
        self.ended()

    def close(self) -> None:
        if self.alive:
            self.kill()
        os.close(self._out)

    def _read(self) -> bytes:
        said = b""
        while select.select([self._out], [], [], 0)[0] and (piece := os.read(self._out, 65_536)):
            said += piece
        self.said += said.decode()
        return said


class HubProcess:
    """A site in a folder, and its hub: `headwater hub run` as a process, killed and started again at will."""

    def __init__(self, folder: Path, **settings: object) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.data, self.toml = folder, folder / "data", folder / "hub.toml"
        self.host = address()
        self.address = f"https://{self.host}:8443"
        self.write_config(**settings)
        self._commands: list[Command] = []
        self._running: Command | None = None

    def write_config(self, **settings: object) -> None:
        values = {"data": str(self.data), "address": self.address, "host": self.host, "pages_host": self.host}
        lines = [f"{name} = {msgspec.json.encode(value).decode()}" for name, value in (values | settings).items()]
        self.toml.write_text("\n".join(lines) + "\n")

    def init(self) -> HubProcess:
        make_hub(self.data, self.host)
        return self

    @property
    def config(self) -> configuration.Config:
        return configuration.load(self.toml)

    @property
    def site(self) -> Site:
        return Site(self.data)

    # Processes --------------------------------------------------------------------------------------------------------
    def begin(self, *arguments: str, environment: dict[str, str] | None = None) -> Command:
        """Start `headwater hub ARGUMENTS --config …`."""
        whole = ("hub", *arguments, "--config", str(self.toml))
        self._commands.append(Command(self.folder, whole, environment))
        return self._commands[-1]

    def command(self, *arguments: str, environment: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Run one to its end: exit code, what it printed, what it said on standard error."""
        one = self.begin(*arguments, environment=environment)
        return one.ended(), one.said, one.error

    def run(self, environment: dict[str, str] | None = None) -> HubProcess:
        """Start the hub; returns when it says that it runs. Raises Ended."""
        self._running = self.begin("run", environment=environment)
        self._running.wait_said("http://")
        return self

    @property
    def running(self) -> Command:
        assert self._running
        return self._running

    @property
    def error(self) -> str:
        """All that its processes said on standard error."""
        return "".join(one.error for one in self._commands)

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        return self.running.terminate()

    def kill(self) -> None:
        self.running.kill()

    def close(self) -> None:
        for one in self._commands:
            one.close()

    # Talking to it ----------------------------------------------------------------------------------------------------
    def wire(self, pin: bytes | None = None) -> Wire:
        return Wire(self.address, pin or self.site.tls_pin)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """As its administrator."""
        return client.ask(self.config, method, path, body)

    def join(self, author: Author) -> Caller:
        """Enrol a station as people do: ticket, six words, confirmation; then its hello."""
        caller = Caller(author, self.wire(), self.site)
        words = caller.enrol(client.ticket(self.config, author.station, author.line)).words
        client.confirm(self.config, author.station, words)
        caller.hello()
        return caller

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Its database, as it is on the disk."""
        store = access.open_store(self.data / "hub.db", create=False)
        with store.reading() as conn:
            yield conn
        store.close()

    def raws(self, author: Author) -> list[bytes]:
        """The entries that it has of an author."""
        columns = (t.log.c.log == author.log, t.branch.c.parent.is_(None))
        query = sql(t.entry.c.raw).select_from(t.entry.join(t.branch).join(t.log)).where(*columns)
        with self.reading() as conn:
            return list(conn.execute(query.order_by(t.entry.c.idx)).scalars())

    def wait_projected(self, author: Author, size: int) -> None:
        """Until it has projected so many entries, as it says itself."""
        until(lambda: any(r["log"] == author.log and r["projected"] >= size for r in self.ask("GET", "/v1/stations")))


def until(condition: Callable[[], Any]) -> None:
    """Ask again until it is so."""
    for _ in range(10_000):
        if condition():
            return
    raise AssertionError("it never comes true")


def speak(
    hub: HubProcess, method: str, path: str, body: object = b"", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """One request over TLS by a client that knows nothing of us: the status, and the JSON of the answer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    http = HTTPSConnection(hub.host, 8443, timeout=PATIENCE_S, context=context)
    try:
        http.request(method, path, body, headers or {})  # type: ignore[arg-type]
        answer = http.getresponse()
        raw = answer.read()
        is_json = answer.headers.get_content_type() == "application/json"
        return answer.status, msgspec.json.decode(raw) if is_json else {"raw": raw}
    finally:
        http.close()


# A station's end of the wire ------------------------------------------------------------------------------------------
class Caller:
    """A station that is worked by hand: an author in memory behind the station's own Wire."""

    def __init__(self, author: Author, wire: Wire, site: Site) -> None:
        self.author = author
        self.wire = wire
        self._pin = site.tls_pin
        self.token = ""

    def enrol(self, ticket: str | Ticket) -> s.Enrolled:
        return self.wire.ask("/v1/enrol", enrolment(self.author, ticket), s.Enrolled)

    def hello(self) -> s.Welcome:
        """A session, from hello to welcome."""
        self.wire.open_session("")
        said = hello(self.author, self.token)
        challenge = self.wire.ask("/v1/hello", said, s.Challenge).challenge
        welcome = self.wire.ask("/v1/hello/answer", answer(self.author, challenge, self._pin), s.Welcome)
        self.wire.open_session(welcome.session)
        self.token = welcome.token
        return welcome

    def send(self, start: int = 0, stop: int | None = None) -> s.Uploaded:
        return self.post(self.author.batch(start, stop))

    def post(self, body: bytes, log: str = "") -> s.Uploaded:
        raw = self.wire.post(f"/v1/logs/{log or self.author.log}", body, s.BATCH_TYPE)
        return msgspec.json.decode(raw, type=s.Uploaded)

    def pull(self, *heads: b.Head) -> tuple[pull.PullHeader, list[bytes]]:
        raw = self.wire.post("/v1/pull", msgspec.json.encode(s.Have(heads)), "application/json")
        return pull.decode_pull(raw)


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


def welcome(office: Office, author: Author, token: str = "", gate: Gate | None = None, **more: Any) -> s.Welcome:
    """A session at an office's gate."""
    door = gate or office.gate
    with office.reading() as conn:
        challenge = door.hello(conn, hello(author, token, **more)).challenge
        return door.answer(conn, answer(author, challenge, office.site.tls_pin))


def definitions_of(office: Office) -> Any:
    with office.reading() as conn:
        return ledger.definitions(conn)
