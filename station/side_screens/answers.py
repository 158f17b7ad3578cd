"""Answers the side screens, in the work cell's thread. A look-up never writes, and never takes long;
of the notes is saved that somebody has looked at them.

The limits: a trace reads the history of one thing, as a scan of it does, and refuses a thing with more than MOST_EVENTS
events; the shift is kept in memory; the outbox reads the oldest waiting entries; devices and maintenance are in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from common.barcode_router import Ambiguous, Code, readings
from common.definitions import Definitions, Line, Shift
from common.errors import BadBarcode
from common.events import decode as decode_event
from common.ids import Claim
from common.ledger import logs, reads, upstream
from common.ledger.append import Own, Written
from common.ledger.store import Connection, Store
from station import messages as m
from station.cell.device_health import Health
from station.cell.known import Knowledge, Known
from station.clock import Clock
from station.shown.side_screens import (
    Devices,
    Locked,
    Maintenance,
    Outbox,
    ShiftNotes,
    ShiftSoFar,
    SideScreen,
    StepPictures,
    Trace,
    TraceLook,
    Unseen,
    WorkEnd,
)
from station.side_screens import device_test, diagnostics, maintenance, outbox, shift_notes
from station.side_screens.devices import DeviceTests
from station.side_screens.document import document
from station.side_screens.maintenance import MaintenanceLock, StationFacts
from station.side_screens.settings import Preferences
from station.side_screens.shift import Tally, recount, span_at
from station.side_screens.trace import IdNames, trace
from station.store import access, journal
from station.work.state import Work
from station.work.turn import Turn

SideRequest = m.LookAt | m.TryDevice | m.Choose | m.Push | m.Export | m.FileWritten | m.EnrolAnew
MOST_EVENTS = 1_000
MOST_ENDS = 200
MOST_HEADERS = 1_000
LOOK_UP_MS = 60_000  # a look-up without a scan ends after this, and every scan is work again


class CellState(Struct, frozen=True):
    """The work cell's present state, as far as an answer needs it."""

    work: Work
    own: Own
    sent: int
    online: bool
    health: Health
    view: Callable[[Connection], Knowledge]
    known: Known

    @property
    def definitions(self) -> Definitions:
        """The definitions in force."""
        return self.known.definitions

    @property
    def people(self) -> dict[str, str]:
        """Person → name."""
        return dict(self.known.people.values())


class SideScreenAnswers:
    """The side screens of one workplace. Announces, sends and syncs through the work cell's callbacks.

    `where`: site, line, workplace.
    """

    def __init__(  # noqa: PLR0913 - the work cell hands on what it was given
        self,
        store: Store,
        where: tuple[str, str, str],
        clock: Clock,
        announce: Callable[[m.Announcement], None],
        send: Callable[[m.CellCommand], None],
        hurry: Callable[[], None],
        around: StationFacts,
    ) -> None:
        self._store = store
        self._where = where
        self._clock = clock
        self._announce = announce
        self._send = send
        self._hurry = hurry
        self._around = around
        self._device_tests = DeviceTests()
        self._gate = MaintenanceLock()
        self._look = m.LookAt("")
        self._scan_until_ms = -1
        self._why_no_trace: tuple[str, dict[str, object]] | None = None
        self._link: tuple[m.LinkChanged, int] | None = None  # a refusal of the hub holds until it is online again
        self._heard_ms: int | None = None
        self._exported: tuple[str, dict[str, object]] | None = None
        self._said: SideScreen | None = None
        self._shifts: Sequence[Shift] = ()
        self._tally = Tally(span_at((), 0))
        self.preferences = Preferences(store, around.language, around.volume)
        announce(self.preferences.settings)

    # Changes ----------------------------------------------------------------------------------------------------------
    def wrote(self, written: Sequence[Written], definitions: Definitions) -> None:
        """Count events now on disk into the shift."""
        if self._roll(definitions):
            return  # counted from the log, these too
        for one in written:
            self._tally.add(one.id, one.raw)

    def counts_at(self, definitions: Definitions) -> Tally:
        """Return the tally of the present shift."""
        self._roll(definitions)
        return self._tally

    def _roll(self, definitions: Definitions) -> bool:
        """Recount from the log and return True if another shift started, by the clock or by the line's definition."""
        line, now_ms = definitions.get(Line, self._where[1]), self._clock.wall_ms()
        shifts = line.shifts if line else ()
        if shifts == self._shifts and self._tally.covers(now_ms):
            return False
        span, self._shifts = span_at(shifts, now_ms), shifts
        if span == self._tally.span:
            return False
        with self._store.reading() as conn:
            self._tally = recount(span, journal.newest(conn))
        return True

    def link(self, said: m.LinkChanged) -> None:
        """Note that the hub became reachable or unreachable. One that refused this station may be away meanwhile."""
        if said.up or said.code in m.REFUSED_BY_HUB or not self.refused:
            self._link = (said, self._clock.mono_ms())

    @property
    def refused(self) -> str:
        """Why nothing reaches the hub until somebody acts, a code of REFUSED_BY_HUB; or ""."""
        code = self._link[0].code if self._link else ""
        return code if code in m.REFUSED_BY_HUB else ""

    def heard(self) -> None:
        """Note that the hub answered."""
        self._heard_ms = self._clock.mono_ms()

    def signed(self) -> None:
        """Forget personal choices when somebody signs in or out."""
        self.preferences.forget_guest()
        self._gate.shut()

    def takes(self, said: m.Scanned, code: Code | Ambiguous | BadBarcode, here: CellState) -> bool:
        """Take a scan for a side screen: a scanner's test, or a thing to look up. Cards and badges are always work."""
        if self._device_tests.takes(said, code):
            self.answer(here)
            return True
        found = readings(code)
        kinds = [one.kind for one in found]
        if said.device in m.SCREEN or self._scan_until_ms < said.mono_ms or {"badge", "command"} & set(kinds):
            return False
        self._scan_until_ms = said.mono_ms + LOOK_UP_MS
        claims = [one.claim for one in found if one.claim]
        self._why_no_trace = (code.code, dict(code.details)) if isinstance(code, BadBarcode) else None
        self._look = m.LookAt("trace", self._known(claims), scan=True)
        self.answer(here)
        return True

    def _known(self, claims: list[Claim]) -> Claim | None:
        """Choose the first of several readings that has events here."""
        with self._store.reading() as conn:
            return next((c for c in claims if journal.said_of(conn, c, 1)), claims[0] if claims else None)

    def tests(self, said: m.GaugeRead | m.PhotoTaken | m.LabelDone, here: CellState) -> bool:
        """Take a device's message if it answers a test."""
        now_ms = self._clock.mono_ms()
        match said:
            case m.GaugeRead():
                taken = self._device_tests.reads(said, now_ms)
            case m.PhotoTaken():
                taken = said.token == device_test.OF_TEST
                if taken:
                    self._device_tests.told(said.device, device_test.photo(said))
            case m.LabelDone():
                taken = said.job == device_test.NO_JOB
                if taken:
                    self._device_tests.told(said.device, device_test.label(said))
        if taken:
            self.answer(here)
        return taken

    # Requests ---------------------------------------------------------------------------------------------------------
    def asked(self, said: SideRequest, here: CellState) -> None:
        """Act on a person's request from a side screen."""
        match said:
            case m.LookAt():
                self._open(said, here)
            case m.TryDevice():
                self._test(said, here)
            case m.Choose():
                self._choose(said, here)
            case m.Push():
                self._hurry()
            case m.Export():
                self._export(said, here)
            case m.EnrolAnew():
                if self._why_locked(here) is None:
                    self._send(said)
            case m.FileWritten():
                self._exported = (said.code or "export.done", {"path": said.path})

    def _open(self, look: m.LookAt, here: CellState) -> None:
        """Open another side screen, or close it. StoreUnavailable if it cannot be noted that somebody looks."""
        now_ms = self._clock.mono_ms()
        self._look, self._said, self._why_no_trace = look, None, None
        self._scan_until_ms = now_ms + LOOK_UP_MS if look.scan else -1
        if look.kind != "devices":
            self._device_tests.end()
        if look.kind == "notes" and here.work.person is not None:
            with self._store.reading() as conn:
                shift_notes.looked(self._store, here.view(conn), here.work.person)

    def _test(self, said: m.TryDevice, here: CellState) -> None:
        """Start the test of a device: ask it if it can be asked; a machine shows its state all the time."""
        kind = next((device.kind for device, _ in here.health.all() if device.device == said.device), "")
        now_ms = self._clock.mono_ms()
        self._device_tests.begin(said.device, now_ms)
        ask = device_test.asked(said.device, kind, here.definitions, here.known.labels, now_ms)
        if ask is not None:
            self._send(ask)
        if kind == "plc":
            self._device_tests.told(said.device, device_test.machine(here.known.shows.get(said.device)))

    def _choose(self, said: m.Choose, here: CellState) -> None:
        """Save a choice: everybody may set their own language, the rest needs maintenance opened. StoreUnavailable."""
        if said.name == "mine":
            self.preferences.speak(here.work.person, said.value)
        elif self._why_locked(here) is None:
            self.preferences.set(said.name, said.value)
            self._announce(self.preferences.settings)

    def unlock(self, here: CellState) -> None:
        """Open maintenance after the right PIN."""
        if here.work.person:
            self._gate.open(here.work.person, self._clock.mono_ms())
        self.answer(here)

    def _export(self, said: m.Export, here: CellState) -> None:
        """Make the diagnostics and have them written, only into an offered folder, and only with maintenance open."""
        if self._why_locked(here) or said.folder not in maintenance.folders(self._around.folder):
            return
        when = datetime.fromtimestamp(self._clock.wall_ms() / 1000, UTC)
        path = Path(said.folder) / f"headwater-{self._where[2]}-{when:%Y%m%d-%H%M%S}.zip"
        self._exported = ("export.running", {"path": str(path)})
        self._send(m.WriteFile(str(path), self._diagnostics(here)))

    def answer(self, here: CellState, *, tick: bool = False) -> None:
        """Announce the open screen's content if it changed. With `tick` only time passed."""
        self._roll(here.definitions)
        if tick and self._look.kind == "trace" and not self._look.scan:
            return
        found = self._found(here)
        if found is not None and found != self._said:
            self._said = found
            self._announce(found)

    def _found(self, here: CellState) -> SideScreen | None:
        match self._look.kind:
            case "trace":
                return self._trace(here)
            case "shift":
                return self._shift(here)
            case "notes":
                return self._notes(here)
            case "outbox":
                return self._outbox(here)
            case "devices":
                return self._devices(here)
            case "document":
                return self._document(here)
            case "maintenance":
                return self._why_locked(here) or self._maintenance(here)
        return None

    # Answers ---------------------------------------------------------------------------------------------------------
    def _trace(self, here: CellState) -> TraceLook:
        hand, stopped = here.work.hand, here.work.stopped
        thing = self._look.thing or (hand.unit if hand else None) or here.work.packing
        thing = thing or (stopped.claim if stopped else None)
        scan = self._scan_until_ms >= self._clock.mono_ms()
        if thing is None or self._why_no_trace:
            return TraceLook(None, scan, self._why_no_trace)
        return TraceLook(self._traced(thing, here), scan)

    def _traced(self, thing: Claim, here: CellState) -> Trace:
        with self._store.reading() as conn:
            if journal.said_of(conn, thing, MOST_EVENTS + 1) > MOST_EVENTS:
                return Trace(thing, left_out=-1)
            known = here.definitions
            names = IdNames(known, here.people, {log.log: log.author for log in logs.all_logs(conn)})
            history = reads.history(conn, thing)
            found = trace(upstream.standing(conn, history, known), history, names)
            evidence = here.view(conn).evidence()
        ages = {place: [s.age_ms for s in sources] for place, sources in evidence.items() if place != self._where[2]}
        unseen = [(place, a) for place, a in ages.items() if any(age is None or age > LOOK_UP_MS for age in a)]
        return replace(
            found,
            unseen=tuple(
                Unseen(names.place(place), None if None in a else max(x for x in a if x is not None) // 1000)
                for place, a in unseen
            ),
        )

    def _shift(self, here: CellState) -> ShiftSoFar:
        tally = self.counts_at(here.definitions)
        names = IdNames(here.definitions, here.people, {})
        ends = list(tally.ended.values())[-MOST_ENDS:]
        return ShiftSoFar(
            name=tally.span.name,
            since=tally.span.start,
            until=tally.span.end,
            counts=tally.counts,
            first_pass=tally.first_pass(),
            ends=tuple(
                WorkEnd(
                    e.at, e.thing, names.operation(e.operation) if e.operation else "", e.outcome, names.person(e.who)
                )
                for e in reversed(ends)
            ),
            left_out=len(tally.ended) - len(ends),
        )

    def _notes(self, here: CellState) -> ShiftNotes:
        with self._store.reading() as conn:
            return shift_notes.shown(here.view(conn), here.work.person, here.people)

    def _outbox(self, here: CellState) -> Outbox:
        with self._store.reading() as conn:
            lines, entries = outbox.outbox(conn, here.sent, self._clock.wall_ms())
        said, since_ms = self._link or (None, None)
        return Outbox(
            online=here.online,
            since_s=(self._clock.mono_ms() - since_ms) // 1000 if since_ms is not None else None,
            why=(said.code, dict(said.details)) if said and said.code else None,
            logs=lines,
            entries=entries,
            left_out=sum(line.entries - line.confirmed for line in lines) - len(entries),
        )

    def _devices(self, here: CellState) -> Devices:
        return self._device_tests.answer(here.health, self._clock.mono_ms())

    def _document(self, here: CellState) -> StepPictures:
        with self._store.reading() as conn:
            return document(Turn(here.work, here.view(conn)))

    def _why_locked(self, here: CellState) -> Locked | None:
        person = here.work.person
        with self._store.reading() as conn:
            has_pin = person is not None and access.pin(conn, person) is not None
        return self._gate.why_not(person, here.definitions, self._clock.mono_ms(), has_pin=has_pin)

    def _maintenance(self, here: CellState) -> Maintenance:
        site, line, place = self._where
        hub = self._around.hub()
        with self._store.reading() as conn:
            incarnation = sum(known.own > 0 for known in logs.all_logs(conn))
            count, newest = journal.definitions(conn)
        return Maintenance(
            site=site,
            line=line,
            place=place,
            software=maintenance.software(),
            log=here.own.log,
            incarnation=incarnation,
            entries=here.own.size,
            definitions=count,
            definitions_at=decode_event(newest).at if newest else None,
            addresses=maintenance.addresses(hub),
            hub=hub,
            online=here.online,
            heard_s=(self._clock.mono_ms() - self._heard_ms) // 1000 if self._heard_ms is not None else None,
            pin=self._around.pin,
            folders=maintenance.folders(self._around.folder),
            own=self._around.folder,
            exported=self._exported,
        )

    def _diagnostics(self, here: CellState) -> bytes:
        with self._store.reading() as conn:
            events = [one for one, _ in zip(journal.newest(conn), range(MOST_HEADERS), strict=False)]
            hide = {word for badge, (_, name) in access.people(conn).items() for word in (badge, name)}
        devices = [replace(line, scan=None, reading="") for line in self._devices(here).lines]
        parts = {"about": self._maintenance(here), "config": self._around.config, "devices": devices}
        parts |= {"outbox": self._outbox(here), "shift": self._shift(here).counts}
        return diagnostics.pack(parts, events, self._around.lines(), {word for word in hide if len(word) > 1})
