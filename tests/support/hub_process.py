"""A hub as a process of its own, `headwater hub run`, to be killed and started again; and a station's end of the wire.

TLS over loopback is real. Each hub has a loopback address of its own, so that no port is ever taken. Processes are
forked from a server that has the modules loaded, which saves a second each.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import select
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPSConnection
from itertools import count
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection
from sqlalchemy import select as sql

from common import event_types as b
from common.command import main
from common.errors import HubUnavailable
from common.ledger import tables as t
from common.signedlog import pull
from common.signedlog import session as s
from common.signedlog.trust import Ticket
from hub import config as configuration
from hub.client import HubClient
from hub.console.local import local_hub
from hub.db import access
from hub.demo.processes import PATIENCE_S, wait_for
from hub.site import Site
from station.hublink.http import RefusedByHub, Wire
from tests.support.factory import Author
from tests.support.hub import answer, enrolment, hello, make_hub

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["hub.app", "hub.command", "hub.web.pages", "tests.support.hub_process"])
_numbers = count(1)
CLONE_NEWNS = 0x20000


def _command(arguments: Sequence[str], out: str, err: str, environment: dict[str, str], mounts: str) -> None:
    if mounts:
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS):
            raise OSError(ctypes.get_errno(), "unshare")
        subprocess.run(["sh", "-c", f"mount --make-rprivate / && {mounts}"], check=True)
    for path, number in ((out, 1), (err, 2)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.update(environment)
    sys.exit(main(list(arguments)))


def address() -> str:
    """A loopback address that nothing else on this computer listens at."""
    return f"127.{next(_numbers) % 250 + 1}.{os.getpid() >> 8 & 255}.{os.getpid() & 255}"


def namespaces() -> bool:
    """Whether processes here may have mounts of their own."""
    return subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0


class Ended(Exception):
    """A command ended before it said that it runs: its exit code, and what it said on standard error."""

    def __init__(self, code: int | None, error: str) -> None:
        super().__init__(code, error)
        self.code = code
        self.error = error


class Command:
    """One `headwater` command as a process: what it printed (`said`), what it said on standard error, its end.

    `mounts`: a shell's command for mounts of its own.
    """

    def __init__(
        self, folder: Path, arguments: Sequence[str], environment: dict[str, str] | None = None, mounts: str = ""
    ) -> None:
        name = f"command-{next(_numbers)}"
        pipe, self._err = folder / f"{name}.out", folder / f"{name}.err"
        os.mkfifo(pipe)
        self._out = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        self.said = ""
        rest = (tuple(arguments), str(pipe), str(self._err), environment or {}, mounts)
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
    def config(self) -> configuration.HubConfig:
        return configuration.load(self.toml)

    @property
    def site(self) -> Site:
        return Site(self.data)

    # Processes --------------------------------------------------------------------------------------------------------
    def begin(self, *arguments: str, environment: dict[str, str] | None = None, mounts: str = "") -> Command:
        """Start `headwater hub ARGUMENTS --config …`."""
        whole = ("hub", *arguments, "--config", str(self.toml))
        self._commands.append(Command(self.folder, whole, environment, mounts))
        return self._commands[-1]

    def command(self, *arguments: str, **more: Any) -> tuple[int, str, str]:
        """Run one to its end: exit code, what it printed, what it said on standard error."""
        one = self.begin(*arguments, **more)
        return one.ended(), one.said, one.error

    def run(self, mounts: str = "") -> HubProcess:
        """Start the hub; returns when it says that it runs. Raises Ended."""
        self._running = self.begin("run", mounts=mounts)
        self._running.wait_said("http://")
        return self

    @property
    def running(self) -> Command:
        assert self._running
        return self._running

    @property
    def said(self) -> str:
        """All that its processes printed."""
        return "".join(one.said for one in self._commands)

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

    @property
    def shown(self) -> dict[str, str]:
        """What its administrator shows, as headers."""
        return {"Authorization": f"Bearer {self.site.admin_token}"}

    # Talking to it ----------------------------------------------------------------------------------------------------
    def wire(self, pin: bytes | None = None) -> Wire:
        return Wire(self.address, pin or self.site.tls_pin)

    @property
    def client(self) -> HubClient:
        return local_hub(self.config)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """As its administrator."""
        return self.client.ask(method, path, body)

    def caller(self, author: Author) -> Caller:
        return Caller(author, self.wire(), self.site)

    def join(self, author: Author) -> Caller:
        """Enrol a station as people do: ticket, six words, confirmation; then its hello."""
        caller = self.caller(author)
        words = caller.enrol(self.client.ticket(author.station, author.line)).words
        self.client.confirm(author.station, words)
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

    def settled(self) -> HubProcess:
        """Wait until it has projected all that it accepted, as it says itself."""

        def projected() -> bool:
            return all(row["received"] == row["projected"] for row in self.ask("GET", "/v1/stations"))

        wait_for("all that it accepted projected", projected)
        return self

    def wait_projected(self, author: Author, size: int) -> None:
        """Until it has projected so many entries, as it says itself."""

        def projected() -> bool:
            return any(row["log"] == author.log and row["projected"] >= size for row in self.ask("GET", "/v1/stations"))

        wait_for(f"{size} entries projected", projected)


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


def said_no(work: Callable[..., object], *arguments: object) -> tuple[int, str]:
    """(status, code) of the hub's refusal, as the station's wire reports it."""
    try:
        work(*arguments)
    except RefusedByHub as e:
        return e.status, e.code
    raise AssertionError("it was not refused")


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

    def tried(self, body: bytes | None = None) -> str:
        """Send everything, or this; what became of it: its kind, or the code of the error."""
        try:
            return self.post(body or self.author.batch()).kind
        except (RefusedByHub, HubUnavailable) as e:
            return e.code

    def pull(self, *heads: b.Head) -> tuple[pull.PullHeader, list[bytes]]:
        raw = self.wire.post("/v1/pull", msgspec.json.encode(s.Have(heads)), "application/json")
        return pull.decode_pull(raw)
