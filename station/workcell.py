"""The one thread that decides and writes: takes messages from one inbox, one at a time, and announces what is on disk.

Owns the work, the own log and the only writing connection. No network, no device, no screen.
"""

from __future__ import annotations

import queue
import secrets
import threading
from collections.abc import Callable, Sequence

import structlog
from msgspec.structs import replace

from common.barcode_router import Code
from common.errors import BadInput, StoreUnavailable
from common.event_types import Anchor, DeviceChanged, Refused
from common.events import Fact, Stamp
from common.ids import Claim, b64
from common.ledger import reads
from common.ledger.append import Written
from common.ledger.store import Connection, Store
from common.ledger.times import anchor_ms
from station import messages as m
from station.cell import append, own_log, received
from station.cell.append import Saved
from station.cell.device_health import Health
from station.cell.disk_reserve import DiskReserve
from station.cell.idle_sign_out import BY_PEOPLE, IdleSignOut
from station.cell.known import Judged, Knowledge, Known, Moment, read_code
from station.cell.machines import Machines
from station.cell.pins import PinCheck, Pins
from station.cell.print_queue import Printing
from station.cell.unsaved import Unsaved
from station.clock import Clock
from station.config import Printer
from station.screen.changes import Showing
from station.side_screens import outbox
from station.side_screens.answers import CellState, SideScreenAnswers
from station.side_screens.maintenance import StationFacts
from station.store import access, photos
from station.work import transition
from station.work.drafts import thaw
from station.work.state import Signature, Work
from station.work.transition import CodeScanned, Input, News, Photographed, Signed
from station.work.turn import Turn

LONGEST_LOOK_MS = 1_000
log = structlog.get_logger(__name__)


class WorkCell:
    """One workplace. `announce` and `send` are called in the work cell's thread and keep it for no more than 10 ms."""

    def __init__(  # noqa: PLR0913 - the composition root hands over time, chance and three places to speak to
        self,
        store: Store,
        files: own_log.Files,
        place: tuple[str, str, str],
        clock: Clock,
        announce: Callable[[m.Announcement], None],
        send: Callable[[m.CellCommand], None],
        hurry: Callable[[], None] = lambda: None,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        printers: Sequence[Printer] = (),
        around: StationFacts | None = None,
        inbox: queue.Queue[m.Message] | None = None,
    ) -> None:
        """`place`: (site id, line, workplace). `hurry` asks for a pull now. `around`: for the eyes of maintenance.

        `inbox`: what was said before this was made waits in it.
        """
        self.ready = threading.Event()
        self.inbox: queue.Queue[m.Message] = queue.Queue() if inbox is None else inbox
        self._store, self._files = store, files
        self._sentinel = own_log.SentinelWriter(files)
        self._site, self._line, self._place = place
        self._clock = clock
        self._announce, self._send, self._hurry = announce, send, hurry
        self._random_bytes = random_bytes
        self._printing = Printing(store, printers, send)
        self._pins = Pins(store, files, clock.mono_ms)
        self._disk_reserve = DiskReserve(files.disk_reserve)
        self._idle = IdleSignOut(clock.mono_ms())
        self._machines = Machines()
        self._judged = Judged()
        self._last: Turn | None = None
        self._held: tuple[CodeScanned, int] | None = None
        self._looking = SideScreenAnswers(store, place, clock, announce, send, hurry, around or StationFacts())
        self._health = Health(self._site, self._place)
        self._showing = Showing(announce, self._looking, self._printing, self._health)
        self._online, self._sent = False, 0
        self._trouble = ""
        self._unsaved = Unsaved()

    def run(self) -> None:
        """Serve the inbox until Stop. StoreUnavailable store.io ends it: the next start reads what is on disk."""
        self.start()
        while True:
            message = self.inbox.get()
            if isinstance(message, m.Shutdown):
                self._sentinel.follow(self._own)
                return
            self.handle(message)

    def start(self) -> None:
        """Take ownership of the store, find the log to write, and continue from the draft."""
        self._store.own()
        with self._store.writing() as conn:
            self._own = own_log.resume(conn, self._files, self._place, self._line, self._files.host, self._stamp())
            with_pin = frozenset(dict(access.pins(conn)))
            self._known = Known(reads.definitions(conn), access.people(conn), with_pin, data=self._files.data)
            self._work = thaw(access.load_draft(conn))
            self._printing.start(conn)
        self._sentinel.write(self._own)
        log.info("work_cell_ready", place=self._place, log=self._own.log, size=self._own.size)
        self.ready.set()
        if not any(machine.open for machine in self._work.machines.values()):
            self._turn(News())  # else a cycle may be running: what the machine says first decides
        self._write_requests()
        self._prompt()

    def handle(self, message: m.Message) -> None:
        """Act on one message. What cannot be stored is refused on the screen and nothing is lost that was confirmed."""
        self._idle.heard(message, self._clock.mono_ms())
        try:
            self._act(message)
        except StoreUnavailable as e:
            if e.code == "store.full" and self._disk_reserve.drop():
                log.info("ballast_dropped")
                self.handle(message)
                return
            # What comes again and again by itself is said once; what a person did is answered every time.
            if e.code != self._trouble or isinstance(message, BY_PEOPLE):
                log.error("store_unavailable", code=e.code)
                self._announce(m.Shown("ng", e.code, dict(e.details)))
            self._trouble = e.code
            if isinstance(message, m.PlcRead | m.Outdated | m.LabelDone):
                self._unsaved.keep(message)
            if e.code == "store.io":
                raise

    def _act(self, message: m.Message) -> None:
        match message:
            case m.Scanned() | m.PinEntered() | m.Unlock():
                self._entered(message)
            case m.PlcRead() | m.GaugeRead() | m.Filled() | m.PhotoTaken() | m.WriteNote() | m.UndoNote():
                self._given(message)
            case m.DeviceReport() | m.LabelDone():
                self._device(message)
            case m.Tick():
                self._tick()
            case m.LookAt() | m.TryDevice() | m.Choose() | m.Push() | m.Export() | m.FileWritten() | m.EnrolAnew():
                self._looking.asked(message, self._here())
                self._prompt()
            case _:
                self._from_hub(message)

    def _from_hub(self, message: m.Message) -> None:
        match message:
            case m.BatchArrived():
                self._take(message.raw)
            case m.Pulled() | m.Peppered():
                self._pulled(message)
            case m.Anchored():
                self._anchored(message)
            case m.Sent() | m.Receipted() | m.LinkChanged():
                self._link(message)
            case m.Outdated():
                self._unsaved.take(message)
                self._renew(message)

    def _given(self, message: m.PlcRead | m.GaugeRead | m.Filled | m.PhotoTaken | m.WriteNote | m.UndoNote) -> None:
        """Take a value of a machine, a gauge or a camera, or an entry at the screen."""
        match message:
            case m.GaugeRead() | m.PhotoTaken() if self._looking.tests(message, self._here()):
                pass
            case m.PhotoTaken():
                name = photos.name_of(message.raw) if message.raw else ""
                self._turn(Photographed(message.device, name, message.token, message.fault), picture=message.raw)
            case m.PlcRead():
                self._unsaved.take(message)
                self._machine(message)
            case _:
                self._turn(message)

    def _machine(self, message: m.PlcRead) -> None:
        serial = self._machines.heard(message)
        self._turn(message)
        hand = self._work.hand
        self._stage()
        if serial and not (hand and hand.unit.value == serial):
            # What the machine's own reader read of the part that came is a scan like any other.
            self._scanned(m.Scanned(message.device, serial.encode(), message.mono_ms))

    def _here(self) -> CellState:
        return CellState(self._work, self._own, self._sent, self._online, self._health, self._view, self._known_now())

    def _entered(self, message: m.Scanned | m.PinEntered | m.Unlock) -> None:
        self._decide_held()
        match message:
            case m.PinEntered():
                self._pin(message)
            case m.Unlock():
                self._unlock(message)
            case m.Scanned():
                self._scanned(message)

    def _scanned(self, message: m.Scanned) -> None:
        code = read_code(message, self._known.definitions, self._site)
        if self._looking.takes(message, code, self._here()):
            return
        if not self._disk_reserve.whole and transition.begins(self._work, code):
            self._announce(m.Shown("ng", "store.low"))
            return
        self._turn(CodeScanned(message.device, message.raw, code, message.mono_ms), may_ask=self._online)

    def _pin(self, message: m.PinEntered) -> None:
        """Sign, if that is wanted, or sign in whoever knows their PIN, as their badge would; refusals are written down,
        without the PIN."""
        checked = self._pins.check(message.person, message.pin)
        if checked.kind == "done" and self._work.asked(Signature) is not None:
            self._turn(Signed(message.person))
            return
        badge = next((b for b, (id, _) in self._known.people.items() if id == message.person), None)
        if checked.kind == "done" and badge is not None:
            code = Code("badge", None, badge, None, None, b"")
            self._turn(CodeScanned(m.PIN, f"pin:{secrets.token_hex(4)}".encode(), code, self._clock.mono_ms()))
            return
        self._wrong_pin(checked)

    def _unlock(self, message: m.Unlock) -> None:
        """Open maintenance to who is signed in, if they know their PIN."""
        checked = self._pins.check(self._work.person or "", message.pin)
        if checked.kind == "done":
            self._looking.unlock(self._here())
        else:
            self._wrong_pin(checked)

    def _wrong_pin(self, checked: PinCheck) -> None:
        why, said = checked.why
        written = self._write([(Fact(Refused("-", why)), self._stamp())], self._work)
        self._announce(m.Shown("ng", why, said, written[0].id))

    # Turns -----------------------------------------------------------------------------------------------------------
    def _turn(self, said: Input, *, may_ask: bool = False, since_ms: int | None = None, picture: bytes = b"") -> None:
        """One turn: decide and write, then show. `since_ms`: held since then. `picture`: the photo that it is about."""
        turn, saved = self._decide(said, picture, may_ask=may_ask)
        if turn.wants_newest and isinstance(said, CodeScanned):
            self._held = (said, self._clock.mono_ms() if since_ms is None else since_ms)
            self._prompt()
            self._hurry()
        if saved is None:
            return
        self._committed(saved)
        self._show(turn, saved.written)
        self._hand_over()
        if turn.ask:
            self._send(turn.ask)
        if turn.again:
            self._turn(News())
        self._write_requests()
        self._last = turn
        self._prompt()

    def _decide(self, said: Input, picture: bytes, *, may_ask: bool) -> tuple[Turn, Saved | None]:
        """Decide, and write events and draft in the same transaction, so that nothing can change in between.

        A turn that changes nothing writes nothing. A picture is on disk before anything names it.
        """
        with self._store.writing() as conn:
            turn = transition.step(self._work, said, self._view(conn, may_ask=may_ask), self._last)
            if turn.wants_newest or not (turn.said or turn.work != self._work):
                return turn, None
            if picture and turn.work != self._work:
                photos.keep(self._files.data, picture)
            saved = append.save(conn, self._own, self._work, self._stamped(turn, said), turn)
            if isinstance(said, m.PlcRead):
                append.shelve(conn, self._clock.wall_ms(), said, saved.written)
            if turn.prints:
                self._printing.keep(conn, turn.prints)
        return turn, saved

    def _stamped(self, turn: Turn, said: Input) -> append.Facts:
        """The turn's facts, said by who signed them or was signed in, under the form that was on the screen."""
        form = append.form_of(turn.work, self._work, self._known.definitions)
        via = said.device if isinstance(said, CodeScanned) and said.device in m.BY_HAND else None
        stamp = self._stamp(turn.work.person or self._work.person, form, via)
        return [(fact, replace(own, n=self._nonce())) for fact, own in append.facts_of(turn, stamp)]

    def _stamp(self, who: str | None = None, cfg: str | None = None, via: str | None = None) -> Stamp:
        return Stamp(self._clock.wall_ms(), self._clock.boot, self._clock.mono_ms(), self._nonce(), who, cfg, via=via)

    def _nonce(self) -> str:
        return b64(self._random_bytes(12))

    def _write(self, facts: append.Facts, now: Work | Turn) -> Sequence[Written]:
        """Facts, and the work as it is now or as a turn left it, in one transaction."""
        with self._store.writing() as conn:
            saved = append.save(conn, self._own, self._work, facts, now)
        self._committed(saved)
        return saved.written

    def _committed(self, saved: Saved) -> None:
        """Continue with what is on disk now."""
        if saved.work.person != self._work.person:
            self._looking.signed()
        self._own, self._work, self._trouble = saved.own, saved.work, ""
        self._looking.wrote(saved.written, self._known.definitions)

    def _show(self, turn: Turn, written: Sequence[Written]) -> None:
        events = iter(written)
        for said in turn.said:
            self._announce(replace(said.shown, event=next(events).id) if said.fact else said.shown)

    def _prompt(self) -> None:
        if self._held:
            self._announce(m.Prompt("prompt.looking"))
            return
        with self._store.reading() as conn:
            self._last = Turn(self._work, self._view(conn), self._last)
            self._showing.work(self._last)
        self._looking.answer(self._here())

    def _stage(self) -> None:
        """Something moves on the screen and nothing else."""
        with self._store.reading() as conn:
            self._showing.scene(Turn(self._work, self._view(conn), self._last))

    def _view(self, conn: Connection, *, may_ask: bool = False) -> Knowledge:
        here, moment = Claim(f"place@{self._site}", self._place), Moment.of(self._clock, self._work.anchor)
        token = int.from_bytes(self._random_bytes(4), "big") or 1
        return Knowledge(conn, here, self._known_now(), moment, token, self._judged, may_ask=may_ask)

    def _known_now(self) -> Known:
        """The knowledge of now, with the answers of machines and the state of labels."""
        return replace(self._known, shows=self._machines.shows, labels=self._printing.labels)

    def _decide_held(self, *, may_ask: bool = False) -> None:
        """Decide the scan that waited for newer evidence with what there is now; unless it `may_ask` for more. One that
        cannot be stored waits on."""
        held, self._held = self._held, None
        if held is None:
            return
        try:
            self._turn(held[0], may_ask=may_ask, since_ms=held[1])
        except StoreUnavailable:
            self._held = held
            raise

    def _write_requests(self) -> None:
        """Hand each machine its request area whenever it changed; the worker repeats it after a reconnect."""
        for write in self._machines.to_write(self._work.machines):
            self._send(write)

    # From outside ----------------------------------------------------------------------------------------------------
    def _take(self, raw: bytes) -> None:
        """Accept a pulled batch and its rows in one transaction."""
        with self._store.writing() as conn:
            try:
                verdicts = received.batch(conn, raw, self._clock.wall_ms())
            except BadInput as e:
                log.warning("batch_refused", code=e.code)
                return
            self._known = replace(self._known, definitions=reads.definitions(conn))
        if self._work.hand is not None:
            self._turn(News())
        self._prompt()
        if any(v.kind == "forked" and v.checkpoint.log == self._own.log for v in verdicts):
            # Somebody else has written this log too, and nothing in it counts for sure any more.
            self._renew(m.Outdated("fork", self._own.log))

    def _pulled(self, message: m.Pulled | m.Peppered) -> None:
        self._looking.heard()
        if isinstance(message, m.Peppered):
            self._files.save_pepper(message.pepper)
            return
        # A log that this pull says nothing new of was still complete when an earlier one said so.
        self._known = replace(self._known, ages={**self._known.ages, **message.ages})
        people, with_pin = {badge: (id, name) for id, name, badge in message.people}, frozenset(dict(message.pins))
        if people != self._known.people:
            with self._store.writing() as conn:
                access.save_people(conn, message.people)
        self._pins.keep(message.pins)
        if (people, with_pin) != (self._known.people, self._known.with_pin):
            self._known = replace(self._known, people=people, with_pin=with_pin)
            self._prompt()
        if self._held and message.asked_ms >= self._held[1]:
            self._decide_held(may_ask=self._known.may_hear_more(self._held[1]))

    def _link(self, message: m.Sent | m.Receipted | m.LinkChanged) -> None:
        if isinstance(message, m.LinkChanged):
            self._online = message.up
            self._looking.link(message)
            if not message.up:
                self._decide_held()
            if message.code in m.REFUSED_BY_HUB:
                self._announce(m.Shown("hold", message.code, message.details))
        elif isinstance(message, m.Sent):
            self._sent = message.size if message.log == self._own.log else self._sent
        else:
            with self._store.writing() as conn:
                received.receipt(conn, message.log, message.size, message.note)
        self._tell_status()

    def _anchored(self, message: m.Anchored) -> None:
        """The hub's signed time is an event, and from now on tells the day."""
        hub_ms, work = anchor_ms(message.note), self._work
        if hub_ms is not None:
            work = replace(work, anchor=(self._clock.boot, hub_ms - self._clock.mono_ms()))
        self._write([(Fact(Anchor(message.note, message.rtt_ms)), self._stamp())], work)

    def _label_done(self, message: m.LabelDone) -> None:
        """Record the outcome of a label, and show it."""
        facts, shown = self._printing.outcome(message)
        with self._store.writing() as conn:
            own, _ = append.append_facts(conn, self._own, [(fact, self._stamp(self._work.person)) for fact in facts])
            self._printing.ended(conn, message)
        self._own = own
        if shown:
            self._announce(shown)
        self._hand_over()
        self._tell_status()
        self._prompt()

    def _hand_over(self) -> None:
        """Hand labels to their printers; one that cannot go now is tried at each tick."""
        try:
            self._printing.hand_over()
        except StoreUnavailable as e:
            if e.code == "store.io":
                raise
            log.warning("labels_wait", code=e.code)

    def _device(self, message: m.DeviceReport | m.LabelDone) -> None:
        if isinstance(message, m.LabelDone):
            if not self._unsaved.take(message):  # else the printer may have come back since
                self._printing.refused(message)
            if not self._looking.tests(message, self._here()):
                self._label_done(message)
            return
        self._health.heard(message, self._clock.mono_ms())
        if not message.up:
            self._machines.gone(message.device)
            self._stage()
        self._printing.heard(message)
        self._hand_over()
        self._tell_status()

    def _tell_devices(self) -> None:
        """Write which devices came or went and stayed so."""
        for device, fact in list(self._health.due(self._work.devices, self._clock.mono_ms())):
            code = fact.body.code if isinstance(fact.body, DeviceChanged) else None
            devices = {**self._work.devices, device: code or ""}
            self._write([(fact, self._stamp())], replace(self._work, devices=devices))
            self._health.wrote(device)

    def _renew(self, message: m.Outdated) -> None:
        if message.log not in ("", self._own.log):
            return  # it is about an earlier log, and was acted on
        where, stamp = (self._place, self._line), self._stamp()
        with self._store.writing() as conn:
            own = own_log.renew(conn, self._files, self._own, where, message.reason, stamp)
            # What others have of the log that was written until now could not be taken before.
            received.waited_for(conn, self._own.log, self._clock.wall_ms())
        self._own, self._sent = own, 0
        self._sentinel.follow(self._own)

    def _sign_out_idle(self) -> None:
        with self._store.reading() as conn:
            turn = self._idle.turn(self._work, self._view(conn))
        if turn is not None:
            self._show(turn, self._write(self._stamped(turn, News()), turn))
            self._prompt()

    def _tick(self) -> None:
        for message in self._unsaved.all():
            self.handle(message)  # it is said once; perhaps there is room by now
        self._sign_out_idle()
        self._tell_devices()
        self._sentinel.follow(self._own)
        self._tell_status()
        self._looking.answer(self._here(), tick=True)
        if self._held and self._clock.mono_ms() - self._held[1] >= LONGEST_LOOK_MS:
            self._decide_held()
        self._printing.hand_over()
        if not self._disk_reserve.whole and self._disk_reserve.fill():  # only behind all that may need its room
            log.info("ballast_restored")

    def _tell_status(self) -> None:
        """Say what waits for the hub, when it changed."""
        with self._store.reading() as conn:
            waits = outbox.waits(conn, self._own, self._sent, self._clock.wall_ms())
        self._showing.status(waits, online=self._online)
