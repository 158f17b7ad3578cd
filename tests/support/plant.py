"""Stations as processes at a real hub: scanners on ptys, cables that can be cut, machines on an S7 server, and people.

Everything is real, as in `tests.support.hub_process`, whose fork server the stations come from too. A `Desk` is a
station in the test's own thread instead, for tests that go round by round.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import io
import multiprocessing
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pysqlite3
from msgspec import Struct
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.pool import NullPool

from common import event_types as b
from common import events
from common.command import main
from common.ids import Claim, event_id, unb64
from common.judge import Standing
from common.ledger import append, logs, reads
from common.ledger import tables as t
from common.ledger.evidence import judged
from common.signedlog.trust import open_trust
from hub.demo.people import RESULT
from hub.demo.plant import MACHINES, PLACES
from hub.demo.processes import PATIENCE_S, wait_for
from station import command
from station import config as configuration
from station import messages as m
from station.cell.own_log import Files
from station.clock import Clock, SystemClock
from station.devices.simulated.keyboard import PipeScanner
from station.devices.simulated.process import PlcProcess
from station.devices.simulated.proxy import Proxy
from station.devices.simulated.scanner import PtyScanner
from station.hublink.sync import Sync
from station.store import access
from station.terminal import parse_confirmations
from station.workcell import WorkCell
from tests.support.hub_process import HubProcess

PACK = "motor-assembly"
BADGES = {"st-10": "B10021", "st-20": "B10034", "st-30": "B10047"}
CLONE_NEWNS = 0x20000
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["hub.app", "hub.command", "hub.web.pages", "station.app", "tests.support.plant"])


# What is on a disk ----------------------------------------------------------------------------------------------------
@contextmanager
def looking(path: Path) -> Iterator[Connection]:
    """A database of a process that runs or ran, read-only, as it is on the disk at this moment."""

    def connect() -> Any:
        return pysqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)

    engine = create_engine("sqlite+pysqlite://", creator=connect, module=pysqlite3, poolclass=NullPool)
    with engine.begin() as conn:
        yield conn
    engine.dispose()


class Entry(Struct, frozen=True):
    """An entry of a log: `branch` is the branch's number, `index` its place."""

    id: str
    log: str
    branch: int
    index: int
    raw: bytes

    @property
    def body(self) -> b.Body:
        return events.body(events.decode(self.raw))

    @property
    def reference(self) -> str:
        """What a terminal shows of it."""
        log, _, leaf = self.id.partition(".")
        return f"{log[:8]}.{leaf[:12]}"


def entries(conn: Connection, role: str = "station", author: str | None = None) -> list[Entry]:
    """Every entry of the logs of that role, branch by branch."""
    columns = (t.log.c.log, t.entry.c.bid, t.entry.c.idx, t.entry.c.leaf, t.entry.c.raw)
    where = [t.log.c.role == role] + ([t.log.c.author == author] if author else [])
    joined = t.entry.join(t.branch).join(t.log)
    rows = conn.execute(select(*columns).select_from(joined).where(*where).order_by(t.entry.c.bid, t.entry.c.idx))
    return [Entry(event_id(log, leaf), log, bid, idx, raw) for log, bid, idx, leaf, raw in rows]


def own_entries(conn: Connection) -> list[Entry]:
    """What a station wrote itself, in this incarnation and the ones before."""
    own = {known.log for known in logs.all_logs(conn) if known.own}
    return [entry for entry in entries(conn) if entry.log in own]


def standing(conn: Connection, thing: Claim) -> Standing:
    """What is known here of a thing, judged here."""
    return judged(conn, reads.history(conn, thing), reads.definitions(conn))


# Stations -------------------------------------------------------------------------------------------------------------
def loaded(folder: Path, pack: str = PACK) -> HubProcess:
    """A hub that runs and has a pack with its demo people."""
    hub = HubProcess(folder).init().run()
    code, _, error = hub.command("load", pack, "--demo")
    assert code == 0, error
    return hub


def enrol(hub: HubProcess, toml: Path, place: str, line: str) -> str:
    """Ticket, the station's own command, the six words compared, confirmed; the log's id."""
    words = introduce(toml, hub.client.ticket(place, line))
    hub.client.confirm(place, words)
    return current_log(toml)


def introduce(toml: Path, ticket: str) -> str:
    """`headwater station enrol`; the six words on its screen."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        command.enrol(argparse.Namespace(config=toml, ticket=ticket))
    return said.getvalue().splitlines()[-1]


def reach(data: Path, address: str) -> None:
    """Let an enrolled station reach its hub by another way."""
    path = data / "enrolment.json"
    path.write_bytes(msgspec.json.encode(msgspec.json.decode(path.read_bytes()) | {"address": address}))


def current_log(toml: Path) -> str:
    return (Path(configuration.load(toml).data) / "keys" / "current").read_text()


def namespaces() -> bool:
    """Whether processes here may have mounts of their own."""
    return subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0


def _run(arguments: tuple[str, ...], out: str, err: str, mounts: str) -> None:
    if mounts:
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS):
            raise OSError(ctypes.get_errno(), "unshare")
        subprocess.run(["sh", "-c", f"mount --make-rprivate / && {mounts}"], check=True)
    for path, number in ((out, 1), (err, 2)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main(list(arguments)))


class Kiosk:
    """One station: its folder, a scanner, a cable to the hub and one to each machine, its process and its terminal.

    `typing`: its scanner types like a keyboard.
    """

    def __init__(
        self,
        hub: HubProcess,
        folder: Path,
        place: str,
        line: str,
        plc: PlcProcess | None = None,
        *,
        typing: bool = False,
    ) -> None:
        folder.mkdir(parents=True)
        self.hub, self.place, self.line, self.folder = hub, place, line, folder
        self.toml, self.data = folder / "station.toml", folder / "data"
        self.terminal, self.errors = folder / "terminal.txt", folder / "errors.txt"
        self.database = self.data / "station.db"
        self.scanner = PipeScanner(folder / "scanner") if typing else PtyScanner(folder / "scanner")
        self._kind = "hid" if typing else "serial"
        self.cable = Proxy((hub.host, 8443))
        self.wires = {PLACES[place]: Proxy(("127.0.0.1", plc.port))} if plc else {}
        self._process: Any = None
        self._read = 0
        self.terminal.touch()
        self.configure()

    def configure(self, **settings: object) -> None:
        """Write station.toml."""
        values = {"data": str(self.data), "language": "en", "sync_every_s": 0.2} | settings
        lines = [f"{name} = {msgspec.json.encode(value).decode()}" for name, value in values.items()]
        lines += ["[[scanner]]", 'name = "scanner"', f'kind = "{self._kind}"', f'port = "{self.scanner.path}"']
        for name, wire in self.wires.items():
            number = MACHINES[name]["db"]  # type: ignore[index]
            lines += ["[[plc]]", f'name = "{name}"', 'host = "127.0.0.1"', f"port = {wire.port}", f"db = {number}"]
        self.toml.write_text("\n".join(lines) + "\n")

    def enrol(self) -> Kiosk:
        enrol(self.hub, self.toml, self.place, self.line)
        self.reach(f"https://127.0.0.1:{self.cable.port}")
        return self

    def reach(self, address: str) -> None:
        """Reach the hub by another way."""
        reach(self.data, address)

    # Its process ------------------------------------------------------------------------------------------------------
    def start(self, out: Path | None = None, mounts: str = "") -> Kiosk:
        """Switch it on; what its operator sees goes to `out`. `mounts`: a shell's command for mounts of its own."""
        arguments = ("station", "run", "--config", str(self.toml))
        rest = (arguments, str(out or self.terminal), str(self.errors), mounts)
        self._process = _forks.Process(target=_run, args=rest)
        self._process.start()
        return self

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    @property
    def inside(self) -> Path:
        """Its data folder as the running process sees it."""
        return Path(f"/proc/{self.pid}/root{self.data}")

    def resident_kb(self) -> int:
        """How much memory it has, proc(5)."""
        found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text(), re.MULTILINE)
        assert found
        return int(found[1])

    def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        self._process.kill()
        self._process.join()

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        self._process.terminate()
        return self.ended()

    def ended(self) -> int:
        """Its exit code, when it has ended by itself."""
        self._process.join(PATIENCE_S)
        assert not self._process.is_alive(), f"{self.place} does not end\n{self.error}"
        return int(self._process.exitcode)

    def come_back(self) -> str:
        """Switch it on again after a crash; the first thing that it asks for."""
        before = len(self._prompts())
        self.start()
        self.wait("something to do", lambda: len(self._prompts()) > before)
        return self._prompts()[before]

    @property
    def alive(self) -> bool:
        return self._process is not None and bool(self._process.is_alive())

    @property
    def error(self) -> str:
        """All that its processes said on standard error."""
        return self.errors.read_text() if self.errors.exists() else ""

    def close(self) -> None:
        if self.alive:
            self.kill()
        self.scanner.unplug()
        for cable in (self.cable, *self.wires.values()):
            cable.close()

    # Its terminal -----------------------------------------------------------------------------------------------------
    @property
    def text(self) -> str:
        return "\n" + self.terminal.read_text(encoding="utf-8")

    @property
    def prompt(self) -> str:
        """What it asked for last."""
        return next((line for line in reversed(self.text.split("\n")) if line.startswith("→")), "")

    def _prompts(self) -> list[str]:
        return [line for line in self.text.split("\n")[:-1] if line.startswith("→")]

    @property
    def results(self) -> list[tuple[str, str]]:
        """(shape, sentence) of every whole line that says a result."""
        return [(found[1], found[2]) for line in self.text.split("\n")[:-1] if (found := RESULT.match(line))]

    @property
    def confirmed(self) -> list[str]:
        """The references of the events that it displayed."""
        return parse_confirmations(self.text)

    def scan(self, code: str, shapes: str) -> list[str]:
        """Scan, and read the results that come; their shapes must be these."""
        self.scanner.scan(code.encode())
        return self.expect(shapes, code)

    def expect(self, shapes: str, what: str = "") -> list[str]:
        """Read so many results; their sentences."""
        wait_for(f"{self.place}: {shapes} after {what}", lambda: len(self.results) >= self._read + len(shapes))
        found = self.results[self._read : self._read + len(shapes)]
        self._read += len(shapes)
        assert "".join(shape for shape, _ in found) == shapes, f"{self.place} after {what}: {found}"
        return [text for _, text in found]

    def sign_in(self) -> None:
        """When its definitions and its people have come."""
        self.wait("its definitions", lambda: self.text.count("\n→") > 1)
        self.scan(BADGES[self.place], "✓")

    def wait(self, what: str, condition: Callable[[], Any]) -> Any:
        def holds() -> Any:
            assert self.alive, f"{self.place} ended by itself\n{self.error}"
            return condition()

        return wait_for(f"{self.place}: {what}", holds)

    # Its disk ---------------------------------------------------------------------------------------------------------
    def entries(self) -> list[Entry]:
        """What it wrote."""
        with looking(self.database) as conn:
            return own_entries(conn)

    def known(self) -> set[str]:
        """The ids of all entries of stations that it has, its neighbours' too."""
        with looking(self.database) as conn:
            return {entry.id for entry in entries(conn)}

    def receipted(self) -> int:
        """How many entries of the log that it writes the hub has confirmed, as the station knows."""
        with looking(self.database) as conn:
            own = next(known for known in logs.all_logs(conn) if known.own == 1)
            return logs.receipted(conn, own.lid)

    def standing(self, thing: Claim) -> Standing:
        with looking(self.database) as conn:
            return standing(conn, thing)

    def wrote_its_scanner(self) -> None:
        """Until it has written that its scanner is there, seconds after its start: then it writes what people do."""
        self.wait("its scanner in the log", lambda: any(isinstance(e.body, b.DeviceChanged) for e in self.entries()))

    def delivered(self) -> None:
        """Until the hub has confirmed all that this station wrote."""
        self.wait("everything confirmed", lambda: self.receipted() == len(self.entries()))


class Line:
    """The workplaces of one line at a hub, with their machines on one PLC; switched on, somebody signed in at each."""

    def __init__(self, hub: HubProcess, folder: Path, name: str, places: Sequence[str] = tuple(PLACES)) -> None:
        folder.mkdir(parents=True)
        self.hub = hub
        self.plc = PlcProcess({PLACES[place]: MACHINES[PLACES[place]] for place in places}, folder)
        self.plc.start()
        self.kiosks = [Kiosk(hub, folder / place, place, name, self.plc) for place in places]
        for kiosk in self.kiosks:
            kiosk.enrol().start()
        for kiosk in self.kiosks:
            kiosk.sign_in()

    def close(self) -> None:
        for kiosk in self.kiosks:
            kiosk.close()
        self.plc.kill()

    @property
    def error(self) -> str:
        return "".join(kiosk.error for kiosk in self.kiosks)


def in_hub(hub: HubProcess, author: str | None = None) -> list[Entry]:
    """What the hub has of all stations, or those at one workplace."""
    with looking(hub.data / "hub.db") as conn:
        return entries(conn, author=author)


def at_hub(hub: HubProcess, thing: Claim) -> Standing:
    """Judge a thing by all that the hub has accepted."""
    with looking(hub.settled().data / "hub.db") as conn:
        return standing(conn, thing)


# A station in the test's own thread -----------------------------------------------------------------------------------
class Desk:
    """Store, work cell and sync without threads: each message is acted on at once, each round when the test says so."""

    def __init__(
        self, hub: HubProcess, folder: Path, place: str = "st-10", line: str = "line-1", clock: Clock | None = None
    ) -> None:
        self.hub, self.folder, self.place, self.line = hub, folder, place, line
        self.clock = clock or SystemClock()
        folder.mkdir(parents=True)
        self.toml, self.database = folder / "station.toml", folder / "station.db"
        self.toml.write_text(f'data = "{folder}"\n')
        self.heard: Callable[[m.Message], object] = lambda _: None
        enrol(hub, self.toml, place, line)
        self.start()

    def start(self) -> None:
        """Begin, or begin again: nothing is left but the folder."""
        self.messages: list[m.Message] = []
        self.shown: list[m.Shown] = []
        self.asked: list[m.Prompt] = []
        self.states: list[m.Status] = []
        self.sent: list[m.CellCommand] = []
        config = configuration.load(self.toml)
        enrolment = configuration.enrolment(config)
        self.store = access.open_store(self.database, create=True)
        with self.store.writing() as conn:
            trust = open_trust(enrolment.trust, unb64(enrolment.site_root))
            append.add_log(conn, trust.site_log_key, "site", "", "site")
        self.files = Files(self.folder)
        where = (enrolment.site, enrolment.line, enrolment.station)
        self.cell = WorkCell(
            self.store, self.files, where, self.clock, self._announced, self.sent.append, printers=config.printer
        )
        self.sync = Sync(self.store, self.files, enrolment, self.clock, self.put)
        self.cell.start()

    def close(self) -> None:
        """Switch it off."""
        self.sync.stop()
        self.sync.run()  # only lets its connection go
        self.store.close()

    def restart(self) -> None:
        self.close()
        self.start()

    def put(self, message: m.Message) -> None:
        """What goes into the inbox is acted on at once; `heard` is told too."""
        self.messages.append(message)
        self.cell.handle(message)
        self.heard(message)

    def said(self, kind: type[Any]) -> list[Any]:
        """The messages of one kind, in order."""
        return [message for message in self.messages if isinstance(message, kind)]

    def scan(self, *codes: str) -> m.Shown:
        """Scan; the last answer."""
        for code in codes:
            self.cell.handle(m.Scanned("scanner", code.encode(), self.clock.mono_ms()))
        return self.shown[-1]

    def words(self) -> str:
        """The six words of this station's key that waits at the hub."""
        rows = self.hub.client.stations()
        return next(row["words"] for row in rows if row["log"] == current_log(self.toml) and row["words"])

    def confirm(self) -> None:
        """Somebody compares the words."""
        self.hub.client.confirm(self.place, self.words())

    def entries(self) -> list[Entry]:
        with looking(self.database) as conn:
            return own_entries(conn)

    def receipt(self, log: str | None = None) -> tuple[int, str]:
        """(size, note) of the newest receipt of a log; (0, "") if there is none."""
        with looking(self.database) as conn:
            known = logs.by_id(conn, log or current_log(self.toml))
            row = conn.execute(select(t.receipt.c.size, t.receipt.c.note).where(t.receipt.c.lid == known.lid)).first()
        return (row.size, row.note) if row else (0, "")

    def _announced(self, said: m.Announcement) -> None:
        match said:
            case m.Shown():
                self.shown.append(said)
            case m.Prompt():
                self.asked.append(said)
            case m.Status():
                self.states.append(said)


def same_but_for_the_hubs_time(here: Sequence[Entry], there: Sequence[Entry]) -> bool:
    """Whether two places have the same bytes; each hello brings the hub's time, and one may just have come."""
    both = min(len(here), len(there))
    more = [*here[both:], *there[both:]]
    alike = [entry.raw for entry in here[:both]] == [entry.raw for entry in there[:both]]
    return alike and all(isinstance(entry.body, b.Anchor) for entry in more)
