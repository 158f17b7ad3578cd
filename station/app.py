"""The composition root: builds a station from its configuration, starts every thread and stops them in reverse order.

Threads: main (waits, ticks), workcell, sync, one per device, and export while a file is written.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from common.errors import HeadwaterError, HubUnavailable
from common.ids import unb64
from common.ledger.append import add_log
from common.ledger.store import Store
from common.signedlog.trust import open_trust
from station import messages as m
from station.cell.device_titles import DeviceTitles
from station.cell.own_log import Files
from station.cell.signal_light import SignalLight
from station.clock import SystemClock
from station.config import EnrolmentFile, StationConfig, device_titles
from station.devices.ports import Ports
from station.hublink import enrolment
from station.hublink.addresses import Addresses, last_address, remember
from station.hublink.sync import Sync
from station.shown.side_screens import CodeWords, Enrolling
from station.side_screens.maintenance import StationFacts, write_out
from station.store import access
from station.threads import Threads, join
from station.workcell import WorkCell

if TYPE_CHECKING:
    from station.hublink.discovery import Discovery

TICK_S = 1.0
READY_LOOK_S = 0.05
log = structlog.get_logger(__name__)


class Station:
    """A running station. `announce` is called in the work cell's thread with everything to show.

    `ports` are open. `lines`: the latest log lines, for diagnostics.
    """

    def __init__(
        self,
        config: StationConfig,
        enrolled: EnrolmentFile,
        announce: Callable[[m.Announcement], None],
        ports: Ports,
        lines: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        data = Path(config.data)
        self._clock = SystemClock()
        self._announce = announce
        self._titles = DeviceTitles(device_titles(config))
        self._lights = [SignalLight(signal.name) for signal in config.signal]
        self._ports = ports
        self._threads = ports.threads
        self._store = access.open_store(data / "station.db", create=True)
        _know_site(self._store, enrolled)
        files = Files(data, Path(config.sentinel) if config.sentinel else None)
        where = (enrolled.site, enrolled.line, enrolled.station)
        addresses = Addresses((*config.hub, enrolled.address), last_address(data))
        around = StationFacts(
            language=config.language,
            volume=config.kiosk.volume,
            config=config,
            pin=enrolled.tls_pin,
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
            inbox=ports.inbox,
        )
        self._sync = Sync(
            self._store,
            files,
            enrolled,
            self._clock,
            self.hear,
            config.sync_every_s,
            addresses=addresses,
            remember=partial(remember, data),
        )
        self._discovery = _discovery(enrolled.tls_pin, addresses) if config.discover else None
        self.enrols = False  # it ended because somebody wants to enrol it again

    def run(self, serve: Callable[[Callable[[float], bool]], None] | None = None) -> int:
        """Serve until SIGTERM, SIGINT or a failure that needs a restart; return the exit code, or raise the failure.

        `serve` is the main thread's loop: it calls `tick(patience_s)` about once a second and returns once that returns
        True.
        """
        _end_with_signals(self._threads)
        self._ports.settle()
        cell = self._threads.spawn("workcell", self._cell.run)
        while cell.is_alive() and not self._cell.ready.wait(READY_LOOK_S):
            pass
        others = [self._threads.spawn("sync", self._sync.run)] if self._cell.ready.is_set() else []
        if self._discovery and others:
            others.append(self._threads.spawn("discovery", self._discovery.run))
        (serve or _until)(self._tick)
        if self._discovery:
            self._discovery.stop()
        self._sync.stop()
        self._ports.close()
        join(others)
        self.hear(m.Shutdown())
        cell.join()
        self._store.close()
        failure = self._threads.failure
        log.info("station_stopped", failed=failure is not None)
        if isinstance(failure, HeadwaterError):
            raise failure
        return 1 if failure else 0

    def hear(self, message: m.Message) -> None:
        """Take a person's input from the screen. May be called in any thread."""
        self._ports.inbox.put(message)

    def _tick(self, patience_s: float) -> bool:
        """Wait `patience_s` seconds for the end and return True once it has come; else tell the work cell the time."""
        ended = self._threads.ended(patience_s)
        if not ended:
            self.hear(m.Tick(self._clock.mono_ms()))
        return ended

    def _said(self, announcement: m.Announcement) -> None:
        self._announce(self._titles.on(announcement))
        for command in (light.heard(announcement) for light in self._lights):
            if command is not None:
                self._ports.send(command)
        if isinstance(announcement, m.Shown) and announcement.event:
            self._sync.wake()

    def _hurry(self) -> None:
        self._sync.wake()

    def _send(self, command: m.CellCommand) -> None:
        match command:
            case m.WriteFile():
                self._threads.spawn("export", partial(self._write, command))
            case m.EnrolAnew():
                self.enrols = True
                self._threads.end()
            case _:
                self._ports.send(command)

    def _write(self, file: m.WriteFile) -> None:
        self.hear(m.FileWritten(file.path, write_out(Path(file.path), file.raw)))


class Newcomer:
    """A computer without a ticket, or a station being enrolled again: it listens to its scanners and the screen, and
    asks the hub once it has a ticket.

    Its thread `enrol` waits for the network, so that the screen does not. The enrolment is saved once somebody has seen
    the same words at the hub, or if the hub trusts this key already.
    """

    def __init__(
        self,
        config: StationConfig,
        announce: Callable[[m.Announcement], None],
        ports: Ports,
        before: EnrolmentFile | None = None,
    ) -> None:
        """Take over open `ports` and close them later. `before`: the present enrolment, which may stay."""
        self._config = config
        self._before = before
        self._announce = announce
        self._ports = ports
        self._joined: enrolment.Joined | None = None
        self.enrolled: EnrolmentFile | None = None

    def run(self, serve: Callable[[Callable[[float], bool]], None]) -> EnrolmentFile | None:
        """Serve until enrolled or left as it was, and return the enrolment; None if told to stop. Raises any
        failure."""
        threads = self._ports.threads
        _end_with_signals(threads)
        asker = threads.spawn("enrol", self._ask)
        serve(threads.ended)
        self._ports.close()
        self.hear(m.Shutdown())
        join([asker])
        if threads.failure is not None:
            raise threads.failure
        return self.enrolled

    def hear(self, message: m.Message) -> None:
        """Take a person's input from the screen. May be called in any thread."""
        self._ports.inbox.put(message)

    def _ask(self) -> None:
        self._say("wait")
        while not isinstance(message := self._ports.inbox.get(), m.Shutdown):
            match message:
                case m.Scanned() if message.raw and self._joined is None:
                    self._try(message.raw.decode("ascii", "replace"))
                case m.TicketTyped() if self._joined is None:
                    self._try(message.text)
                case m.WordsCompared() if self._joined is not None:
                    self._compared(self._joined, same=message.same)
                case m.EnrolLeft() if self._before is not None and self._joined is None:
                    self.enrolled = self._before
                    self._ports.threads.end()

    def _say(self, state: str, *, words: str = "", why: CodeWords | None = None) -> None:
        self._announce(Enrolling(state, words, why, self._before.station if self._before else ""))

    def _try(self, text: str) -> None:
        self._say("asking")
        try:
            joined = enrolment.ask(self._config, text)
        except HubUnavailable as e:
            return self._say("failed", why=("enrolling.unreachable", {"address": e.details.get("address")}))
        except HeadwaterError as e:
            return self._say("failed", why=(e.code, e.details))
        if joined.trusted:
            return self._join(joined)
        self._joined = joined
        return self._say("compare", words=joined.words)

    def _compared(self, joined: enrolment.Joined, *, same: bool) -> None:
        self._joined = None
        if same:
            self._join(joined)
        else:
            self._say("failed", why=("enrolling.differs", {}))

    def _join(self, joined: enrolment.Joined) -> None:
        enrolment.save(self._config, joined.enrolment)
        self.enrolled = joined.enrolment
        self._ports.threads.end()


def _end_with_signals(threads: Threads) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threads.end())


def _until(tick: Callable[[float], bool]) -> None:
    while not tick(TICK_S):
        pass


def _discovery(pin: str, addresses: Addresses) -> Discovery:
    """Load discovery only if wanted: the mDNS library takes some 0.1 s."""
    from station.hublink.discovery import Discovery

    return Discovery(pin, addresses.hear)


def _know_site(store: Store, enrolled: EnrolmentFile) -> None:
    """Add the site log's key, vouched for by the site's root key: the one key that a station starts with."""
    trust = open_trust(enrolled.trust, unb64(enrolled.site_root))
    with store.writing() as conn:
        add_log(conn, trust.site_log_key, "site", "", "site")
