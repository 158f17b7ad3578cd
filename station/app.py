"""The composition root: builds a station from its configuration, starts every thread, stops them in reverse.

Threads: main (waits, ticks), workcell, sync, one per device, and export while a file is written. They are made here and
nowhere else.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import structlog

from common.errors import HeadwaterError, HubUnavailable, StoreUnavailable
from common.ids import unb64
from common.ledger.append import add_log
from common.ledger.store import Store
from common.signedlog.trust import open_trust
from station import enrolling
from station import messages as m
from station.addresses import Addresses, last_address, remember
from station.clock import SystemClock
from station.config import Config, Enrolment, Plc, Printer
from station.devices.camera import CommandCamera, FolderCamera
from station.devices.gauge_lines import PROTOCOLS
from station.devices.gauge_serial import GaugeManner, SerialGauge
from station.devices.hid_keys import HidKeys
from station.devices.scanner_hid import HidScanner
from station.devices.scanner_serial import SerialScanner
from station.devices.worker import Driver, Worker
from station.incarnation import Files
from station.looks import Enrolling
from station.maintaining import Around, write_out
from station.store import access
from station.sync import Sync
from station.workcell import WorkCell

if TYPE_CHECKING:
    from station.discovery import Discovery

TICK_S = 1.0
FIRST_LOOK_MS = 1_000  # what is scanned before a port was opened is lost, so nothing is asked for until then
STOP_MS = 3_000  # a thread that waits for the network longer than this ends with the process; it writes nothing
HALF_SCAN_MS = 300  # a scanner sends without a pause; a longer silence is a scan that broke off
log = structlog.get_logger(__name__)


class Station:
    """A running station. `announce` is called in the work cell's thread with everything a person should see.

    `lines`: the last of the log, for diagnostics.
    """

    def __init__(
        self,
        config: Config,
        enrolment: Enrolment,
        announce: Callable[[m.Announcement], None],
        lines: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        data = Path(config.data)
        self._clock = SystemClock()
        self._announce = announce
        self._store = access.open_store(data / "station.db", create=True)
        _know_site(self._store, enrolment)
        files = Files(data, Path(config.sentinel) if config.sentinel else None)
        where = (enrolment.site, enrolment.line, enrolment.station)
        addresses = Addresses((*config.hub, enrolment.address), last_address(data))
        around = Around(
            language=config.language,
            volume=config.kiosk.volume,
            config=config,
            pin=enrolment.tls_pin,
            hub=lambda: addresses.current,
            lines=lines,
            folder=str(data / "diagnostics"),
        )
        self._cell = WorkCell(
            self._store,
            files,
            where,
            self._clock,
            self._said,
            self._send,
            self._hurry,
            printers=config.printer,
            around=around,
        )
        self._sync = Sync(
            self._store,
            files,
            enrolment,
            self._clock,
            self._cell.inbox.put,
            config.sync_every_s,
            addresses=addresses,
            remember=partial(remember, data),
        )
        self._discovery = _discovery(enrolment.tls_pin, addresses) if config.discover else None
        self._devices = {name: Worker(driver, name, self._heard) for name, driver in drivers(config)}
        self._ports = {f"{g.name}-{channel}": g.name for g in config.gauge for channel in g.channels}
        self._tried = {name: threading.Event() for name in self._devices}
        self._end: SimpleQueue[None] = SimpleQueue()  # unlike an Event, a signal may set it while main waits for it
        self._failure: BaseException | None = None

    def run(self, serve: Callable[[Callable[[float], bool]], None] | None = None) -> int:
        """Serve until SIGTERM, SIGINT or a failure that a restart must mend; the exit code, or what the failure was.

        `serve` is the main thread's loop: it calls `tick(patience_s)` about once a second and returns once that says
        True.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._end.put(None))
        others = [self._thread(f"device:{name}", worker.run) for name, worker in self._devices.items()]
        until_ms = self._clock.mono_ms() + FIRST_LOOK_MS
        for tried in self._tried.values():
            tried.wait(max(until_ms - self._clock.mono_ms(), 0) / 1000)
        cell = self._thread("workcell", self._cell.run)
        self._cell.ready.wait()
        if self._failure is None:
            others.append(self._thread("sync", self._sync.run))
            if self._discovery:
                others.append(self._thread("discovery", self._discovery.run))
        (serve or _until)(self._tick)
        if self._discovery:
            self._discovery.stop()
        for stop in (self._sync.stop, *(worker.stop for worker in self._devices.values())):
            stop()
        until_ms = self._clock.mono_ms() + STOP_MS
        for thread in others:
            thread.join(max(until_ms - self._clock.mono_ms(), 0) / 1000)
        self._cell.inbox.put(m.Stop())
        cell.join()
        self._store.close()
        log.info("station_stopped", failed=self._failure is not None)
        if isinstance(self._failure, HeadwaterError):
            raise self._failure
        return 1 if self._failure else 0

    def hear(self, message: m.Message) -> None:
        """What a person does at the screen. May be called in any thread."""
        self._cell.inbox.put(message)

    def _tick(self, patience_s: float) -> bool:
        """Wait so long for the end; True once it has come, and else time has passed for the work cell too."""
        ended = _ended(self._end, patience_s)
        if not ended:
            self._cell.inbox.put(m.Tick(self._clock.mono_ms()))
        return ended

    def _thread(self, name: str, target: Callable[[], None]) -> threading.Thread:
        """Start a thread; if it fails, the whole station stops, and whoever watches it starts it again."""

        def guarded() -> None:
            try:
                target()
            except StoreUnavailable as e:
                self._fail(name, e)
            except BaseException as e:
                self._fail(name, e)
                raise

        thread = threading.Thread(target=guarded, name=name, daemon=True)
        thread.start()
        return thread

    def _fail(self, name: str, error: BaseException) -> None:
        log.error("thread_failed", thread=name, error=str(error))
        self._failure = self._failure or error
        self._cell.ready.set()
        self._end.put(None)

    def _said(self, announcement: m.Announcement) -> None:
        self._announce(announcement)
        if isinstance(announcement, m.Shown) and announcement.event:
            self._sync.wake()

    def _heard(self, message: m.Message) -> None:
        """A device says something; the first thing is whether it is there."""
        self._cell.inbox.put(message)
        if isinstance(message, m.DeviceChanged):
            self._tried[message.device].set()

    def _hurry(self) -> None:
        self._sync.wake()

    def _send(self, command: m.Command) -> None:
        if isinstance(command, m.WriteFile):
            self._thread("export", partial(self._write, command))
            return
        port = self._ports.get(command.device, command.device)
        if port in self._devices:
            self._devices[port].send(command)

    def _write(self, file: m.WriteFile) -> None:
        self._cell.inbox.put(m.FileWritten(file.path, write_out(Path(file.path), file.raw)))


class Newcomer:
    """A computer without a ticket: it hears its scanners and the screen, and asks the hub when a ticket is there.

    Its thread `enrol` waits for the network, so that the screen does not. What it learned is kept once somebody has
    seen the same words at the hub.
    """

    def __init__(self, config: Config, announce: Callable[[m.Announcement], None]) -> None:
        self._config = config
        self._announce = announce
        self._inbox: SimpleQueue[m.Message] = SimpleQueue()
        self._workers = [Worker(d, name, self.hear) for name, d in drivers(config) if d.kind == "scanner"]
        self._end: SimpleQueue[None] = SimpleQueue()
        self._joined: enrolling.Joined | None = None
        self.enrolled: Enrolment | None = None

    def run(self, serve: Callable[[Callable[[float], bool]], None]) -> Enrolment | None:
        """Serve until somebody enrolled this station, or until it is told to stop; None then."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._end.put(None))
        devices = [
            threading.Thread(target=worker.run, name=f"device:{worker.name}", daemon=True) for worker in self._workers
        ]
        asker = threading.Thread(target=self._ask, name="enrol", daemon=True)
        for thread in (*devices, asker):
            thread.start()
        serve(lambda patience_s: _ended(self._end, patience_s))
        for worker in self._workers:
            worker.stop()
        self._inbox.put(m.Stop())
        for thread in (*devices, asker):
            thread.join(STOP_MS / 1000)
        return self.enrolled

    def hear(self, message: m.Message) -> None:
        """What a scanner reads or a person does. May be called in any thread."""
        self._inbox.put(message)

    def _ask(self) -> None:
        self._announce(Enrolling("wait"))
        while not isinstance(message := self._inbox.get(), m.Stop):
            match message:
                case m.Scanned() if message.raw and self._joined is None:
                    self._try(message.raw.decode("ascii", "replace"))
                case m.TicketTyped() if self._joined is None:
                    self._try(message.text)
                case m.WordsCompared() if self._joined is not None:
                    self._compared(self._joined, same=message.same)

    def _try(self, text: str) -> None:
        self._announce(Enrolling("asking"))
        try:
            self._joined = joined = enrolling.ask(self._config, text)
        except HubUnavailable as e:
            self._announce(Enrolling("failed", why=("enrolling.unreachable", {"address": e.details.get("address")})))
            return
        except HeadwaterError as e:
            self._announce(Enrolling("failed", why=(e.code, e.details)))
            return
        self._announce(Enrolling("compare", joined.enrolment.station, joined.words))

    def _compared(self, joined: enrolling.Joined, *, same: bool) -> None:
        self._joined = None
        if same:
            enrolling.save(self._config, joined.enrolment)
            self.enrolled = joined.enrolment
            self._end.put(None)
        else:
            self._announce(Enrolling("failed", why=("enrolling.differs", {})))


def _ended(end: SimpleQueue[None], patience_s: float) -> bool:
    try:
        end.get(timeout=patience_s) if patience_s else end.get_nowait()
    except Empty:
        return False
    return True


def _until(tick: Callable[[float], bool]) -> None:
    while not tick(TICK_S):
        pass


def drivers(config: Config) -> Iterator[tuple[str, Driver]]:
    """Every device of the configuration; no two have one name."""
    for s in config.scanner:
        if s.kind == "hid":
            yield s.name, HidScanner(s.name, s.port, HidKeys(s.end, HALF_SCAN_MS))
        else:
            yield s.name, SerialScanner(s.name, s.port, s.baud, HALF_SCAN_MS)
    for p in config.plc:
        yield p.name, _plc(p)
    for c in config.camera:
        yield c.name, CommandCamera(c.name, c.command) if c.command else FolderCamera(c.name, Path(c.folder))
    for g in config.gauge:
        pattern, trigger = g.pattern or PROTOCOLS[g.protocol], g.trigger.encode()
        yield g.name, SerialGauge(g.name, g.port, g.baud, GaugeManner(g.mode, pattern, g.unit, trigger, g.channels))
    for printer in config.printer:
        yield printer.name, _printer(printer)


# What speaks S7, draws labels or hears mDNS takes some 0.1 s each to load; a station loads what it is told to have.
def _discovery(pin: str, addresses: Addresses) -> Discovery:
    from station.discovery import Discovery

    return Discovery(pin, addresses.hear)


def _plc(p: Plc) -> Driver:
    from station.devices.plc_s7 import PlcAddress, PlcS7

    return PlcS7(p.name, PlcAddress(p.host, p.db, p.port, p.rack, p.slot))


def _printer(p: Printer) -> Driver:
    from station.devices.printer import LabelPrinter
    from station.devices.printer_ways import LpWay, PdfWay, TcpWay

    if p.kind == "tcp":
        return LabelPrinter(p.name, TcpWay(p.host, p.port, p.status), p.dpi)
    return LabelPrinter(p.name, LpWay(p.queue) if p.kind == "lp" else PdfWay(Path(p.folder)), p.dpi)


def _know_site(store: Store, enrolment: Enrolment) -> None:
    """The one key this station starts from: the site log's, vouched for by the site's root key."""
    trust = open_trust(enrolment.trust, unb64(enrolment.site_root))
    with store.writing() as conn:
        add_log(conn, trust.site_log_key, "site", "", "site")
