"""`./run faults monkey`: somebody at the real window who knows nothing taps, scans, types PINs and pulls cables.

One process: the real window, drawn into memory, in front of a real work cell on a real store; the clock is the test's.
After each step the promises of a screen are checked. A seed is the same monkey again.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from collections import deque
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import structlog
from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication
from sqlalchemy import select

from common import event_types as b
from common.ids import Claim, event_id, tag
from common.ledger import tables as t
from hub.demo.story import carton
from station import messages as m
from station.config import Printer
from station.devices.plc_block import AnswerArea, Outcome, State
from station.kiosk.result import ResultScreen
from station.kiosk.sign_in import SignInScreen
from station.kiosk.window import SCREENS
from station.work.awaiting import awaiting
from station.work.turn import Turn
from tests.support import scenes
from tests.support.bench import Bench, Plant, StationClock
from tests.support.factory import Author, done, lot, unit
from tests.support.kiosk_view import KioskView
from tests.support.one_question import Answer, broken
from tests.support.screen import SIZES, tap
from tests.support.titles import TITLES
from tests.support.walk import out_of_reach

STEPS, SEED = 10_000, 20261122
TAIL = 40
FINGER_S = 0.5
TRIED = 6  # of the answers that are offered after a step


class Place(Struct, frozen=True):
    """A workplace of a pack and what belongs to it: `codes`: what the steps ask for, of the n-th thing; `badges`: the
    first signs in anywhere; `reasons`: cards with a reason of the pack; `machine`: a PLC's device and good values;
    `before`: what must have happened to the n-th thing, by others; `devices`: that can be pulled out."""

    pack: str
    codes: Callable[[int], tuple[str, ...]]
    badges: tuple[str, ...]
    reasons: tuple[str, ...]
    machine: tuple[str, tuple[int, ...]] | None = None
    before: Callable[[int], tuple[tuple[b.Body, Claim], ...]] = lambda n: ()
    devices: tuple[tuple[str, str], ...] = ()


def _unlike(one: object, other: object) -> object:
    """The parts of two values that differ."""
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return [_unlike(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if isinstance(one, Struct) and type(one) is type(other):
        pairs = ((name, getattr(one, name), getattr(other, name)) for name in one.__struct_fields__)
        return {name: _unlike(a, b) for name, a, b in pairs if a != b}
    return one, other


def _motor(n: int) -> str:
    return f"M-250-{n:06d}"


def _finished(n: int) -> tuple[tuple[b.Body, Claim], ...]:
    """The n-th motor, as it comes to the audit."""
    made = unit(_motor(n))
    return ((b.Commission("motor"), made), *((done(operation), made) for operation in ("press", "wire", "test")))


def _received(n: int) -> tuple[tuple[b.Body, Claim], ...]:
    """The n-th delivery of what goes into a kettle."""
    received = b.Receive("broad-bean", "pixian-bean", "500", "kg", f"PX-{n:02d}", expiry="2027-10-31")
    lots = ((replace(received, material=id), lot(f"{id}/{code}-2611-{n % 100:02d}")) for id, code in DOSED.items())
    return tuple(lots)


MOTOR_PEOPLE = ("B10021", "B10034", "B10047", "B20005", "B30002", "B99999")
MOTOR_REASONS = (
    "NG:noise", "SCRAP:shaft-bent", "SCRAP:magnet-loose", "NCR:dented", "NCR:contaminated", "CALL:material",
    "LEAVE:shift-end", "OVERRIDE:record-on-paper", "REPRINT:label-lost", "VOIDLABEL:label-damaged",
)  # fmt: skip
DOSED = {
    "broad-bean": "BB",
    "chilli": "CH",
    "soybean": "SY",
    "wheat-flour": "WF",
    "salt": "SA",
    "rapeseed-oil": "RO",
}
KETTLE_CARDS = ("HW:N:8.0", "HW:N:40.0", "HW:N:101", "HW:N:4.2", "HW:CLEANED", "HW:CLOSE")
PLACES = {
    "st-10": Place(
        "motor-assembly",
        lambda n: (_motor(n), "HL-2644", f"R-88213-{n % 10_000:04d}", "MG-2610-B", "WO-2611-0087", "HW:NEW"),
        MOTOR_PEOPLE,
        MOTOR_REASONS,
        ("press", (1300, 1800)),
    ),
    "st-20": Place(
        "motor-assembly",
        lambda n: (_motor(n), f"C25-{n:05d}", "SC-2638"),
        MOTOR_PEOPLE,
        MOTOR_REASONS,
        ("driver", (240, 241, 242, 243)),
        lambda n: ((b.Commission("motor"), unit(_motor(n))), (done("press"), unit(_motor(n)))) if n % 3 else (),
    ),
    "st-30": Place(
        "motor-assembly",
        lambda n: (_motor(n), carton(n // 4 + 1), "HW:CLOSE"),
        MOTOR_PEOPLE,
        MOTOR_REASONS,
        ("tester", (3000, 60, 500, 400)),
        lambda n: tuple((done(operation), unit(_motor(n))) for operation in ("press", "wire")) if n % 3 else (),
    ),
    "st-40": Place(
        "motor-assembly",
        lambda n: (_motor(n), f"M-250-{n:06d}", "HW:CONFIRM", "HW:YES", "HW:1", "HW:N:0.15", "HW:DATE:2026-10-30"),
        MOTOR_PEOPLE,
        MOTOR_REASONS,
        None,
        lambda n: _finished(n) if n % 4 else (),
        (("caliper", "gauge"), ("camera", "camera")),
    ),
    "sauce-20": Place(
        "sauce-filling",
        lambda n: (*(f"{code}-2611-{n % 100:02d}" for code in (*DOSED.values(), "KP", "KN", "LP")), *KETTLE_CARDS),
        ("S10011", "S10012", "S30001", "S99999"),
        ("NG:burnt", "SCRAP:spoiled", "LEAVE:sauce-short"),
        before=_received,
    ),
}
JPEG = scenes.picture("JPEG")
GARBAGE = (
    b"",
    b"\x00\xff\xfe",
    b"]d2",
    b"HW:",
    b"HW:NG:nothing",
    b"HW:N:",
    b"HW:N:-1e9",
    b"=cmd|' /C calc'!A0",
    "中文".encode(),
    b"M-250-" + b"9" * 60,
)
VERBS = (
    "LEAVE", "CANCEL", "CLOSE", "UNDO", "1", "N:4.2", "SIGNOUT", "MEASURE", "CONFIRM", "EMPTY", "ANSWER", "CLEAR",
    "REWORK", "PARTNER:shu-market", "CLEANED", "NEW", "OP:audit", "FIELD:photo", "DATE:2026-02-30",
)  # fmt: skip
LABEL_ENDS = (
    ("printed", ""),
    ("printed", ""),
    ("not_taken", "printer.paper"),
    ("doubtful", "printer.gone"),
    ("refused", "label.content"),
)
TAKES_LABELS = (Printer(name="zebra", kind="tcp", host="127.0.0.1"),)
# Who was called about everything already can say behind "more" that they were answered.
WAYS_OUT = ("tap.call", "tap.more", "tap.back", "tap.cancel")
GIVE_UP = ("HW:CANCEL", "HW:CANCEL", "HW:LEAVE", "HW:SIGNOUT")


class Broken(Exception):
    """A promise was broken; the text says which."""


class Seen(Bench):
    """A station whose announcements go to a window too."""

    tell: Callable[[m.Announcement], None] | None = None

    def _announce(self, said: m.Announcement) -> None:
        super()._announce(said)
        if self.tell:
            self.tell(said)


class Monkey:
    """At `place`, for as many steps as wanted. `did`: the last of them."""

    def __init__(self, folder: Path, seed: int, place: str = "st-10") -> None:
        self.did: deque[str] = deque(maxlen=TAIL)
        self._chance, self._tries = Random(seed), Random(seed)
        self._clock = StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000)
        self._at = PLACES[place]
        plant = Plant(folder, self._at.pack)
        self._others = plant.station("other")
        self._bench = Seen(plant, folder / place, self._clock, place, TAKES_LABELS)
        self._devices = [("scanner-1", "scanner"), ("zebra", "printer"), *self._at.devices]
        if self._at.machine:
            self._devices.append((self._at.machine[0], "plc"))
        hub = Author(77, "hub", "line-1")
        plant.site.say(hub.enrolment())
        hub.say(b.SerialBlockLeased(self._bench.log, "motor", "M-250-", 6, 900_001, 900_200))
        self._bench.hear(hub)
        self._size = self._chance.choice(SIZES)
        self._errors: list[str] = []
        self._written: set[str] = set()
        self._entries = 0
        self._seen = 0
        self._serial = 0
        self._down: set[str] = set()
        self._held: dict[str, Claim] = {}
        self._open_window()

    def close(self) -> None:
        """Away with it."""
        self.view.close()
        self._bench.close()

    def play(self, steps: int, progress: Callable[[int], None] = lambda n: None) -> None:
        """So many steps. Raises Broken."""
        before, sys.excepthook = sys.excepthook, self._hook
        try:
            for n in range(steps):
                self._step(n)
                progress(n)
        finally:
            sys.excepthook = before

    @property
    def confirmed(self) -> int:
        """How many events the window confirmed."""
        return len(self._confirmed)

    # What it does -----------------------------------------------------------------------------------------------------
    def _step(self, n: int) -> None:
        acts = (
            (self._tap, 40), (self._right_code, 20), (self._any_code, 14), (self._wait, 10), (self._machine, 8),
            (self._reading, 6), (self._printer, 6), (self._pin, 2), (self._plug, 2), (self._link, 1), (self._news, 1),
            (self._language, 1), (self._power, 1), (self._go_home, 1),
        )  # fmt: skip
        act = self._chance.choices([one for one, _ in acts], [weight for _, weight in acts])[0]
        self.did.append(f"{n} {act.__name__.strip('_')}: ")
        act()
        self._settle()
        self._check()

    def _note(self, what: object) -> None:
        self.did[-1] += str(what)

    def _tap(self) -> None:
        targets = self.view.targets()
        if not targets:  # a result stands
            self._wait()
        else:
            one = self._chance.choice(targets)
            self._note(one.text)
            if self._chance.random() < 0.8:  # else it is too quick, and the tap guard takes nothing
                self._clock.advance(FINGER_S)
                self.view.advance(round(FINGER_S * 1000))
            tap(one.widget)

    def _right_code(self) -> None:
        """What the step asks for, as far as a monkey can guess: so it gets somewhere."""
        if self._serial == 0 or self._chance.random() < 0.4:
            self._serial += 1
            for body, thing in self._at.before(self._serial):
                self._others.say(body, thing)
            self._bench.hear(self._others)
            self._bench.pull(self._others)
        self._scan(self._chance.choice(self._at.codes(self._serial)).encode())

    def _any_code(self) -> None:
        noise = bytes(self._chance.randrange(256) for _ in range(self._chance.randrange(60)))
        commands = [f"HW:{verb}".encode() for verb in (*VERBS, *self._at.reasons)]
        badges = [badge.encode() for badge in self._at.badges]
        self._scan(self._chance.choice((*GARBAGE, *badges, *badges, *badges, *commands, noise)))

    def _scan(self, raw: bytes) -> None:
        self._note(raw)
        self._bench.cell.handle(m.Scanned("scanner-1", raw, self._clock.mono_ms()))

    def _wait(self) -> None:
        ms = self._chance.choice((20, 400, 900, 3_000, 70_000))
        self._note(f"{ms} ms")
        self._clock.advance(ms / 1000)
        self.view.advance(ms)
        self._bench.cell.handle(m.Tick(self._clock.mono_ms()))

    def _machine(self) -> None:
        writes = [one for one in self._bench.sent if isinstance(one, m.PlcWrite)]
        if not writes or self._at.machine is None:
            return
        device, good = self._at.machine
        values = tuple(round(one * self._chance.choice((1, 1, 1, 2))) for one in good)
        result = self._bench.result(values, device, self._chance.choice((Outcome.OK, Outcome.OK, Outcome.NOK)))
        answers: tuple[AnswerArea | bytes, ...] = (
            replace(result, state=State.RUNNING), result, result, AnswerArea(result.sequence),
            replace(result, state=State.FAULT), replace(result, token=1), result.encode()[:-2] + b"xx",
        )  # fmt: skip
        answer = self._chance.choice(answers)
        self._note(answer)
        self._bench.machine(answer, device)

    def _reading(self) -> None:
        """A gauge or a camera answers what it was asked, or says something by itself."""
        asked = next((o for o in reversed(self._bench.sent) if isinstance(o, m.GaugeAsk | m.PhotoAsk)), None)
        token = self._chance.choice((asked.token, asked.token, 0, 7)) if asked else 0
        value, uom = self._chance.choice((("11.990", "mm"), ("11.990", "mm"), ("12.500", "mm"), ("0.47", "in")))
        said: m.Message = m.GaugeRead("caliper", value, uom, True, b"", self._clock.mono_ms(), token)
        if isinstance(asked, m.PhotoAsk) and self._chance.random() < 0.8:
            fault = self._chance.choice(("", "", "camera.gone"))
            said = m.PhotoTaken("camera", b"" if fault else JPEG, self._clock.mono_ms(), token, fault)
        self._note(said)
        self._bench.cell.handle(said)

    def _printer(self) -> None:
        """A printer says what became of a label that it was given, once or twice."""
        jobs = [one for one in self._bench.sent if isinstance(one, m.LabelPrint)]
        if jobs:
            outcome, code = self._chance.choice(LABEL_ENDS)
            self._note(f"{outcome} {jobs[-1].job}")
            self._bench.cell.handle(m.LabelDone("zebra", jobs[-1].job, outcome, code))

    def _pin(self) -> None:
        person = self._chance.choice((*(one.id for one in self._bench.plant.pack.people), "nobody"))
        self._bench.cell.handle(m.PinEntered(person, f"{self._chance.randrange(10_000):04d}"))

    def _plug(self) -> None:
        device, kind = self._chance.choice(self._devices)
        up = device in self._down
        (self._down.discard if up else self._down.add)(device)
        self._note(f"{device} {'in' if up else 'out'}")
        self._bench.cell.handle(m.DeviceReport(device, up, "" if up else "scanner.unplugged", kind))

    def _link(self) -> None:
        up = self._chance.random() < 0.5
        self._bench.cell.handle(m.LinkChanged(up, "" if up else "hub.unreachable"))

    def _news(self) -> None:
        """Quality holds or releases something, or a form is published again."""
        hand = self._bench.cell._work.hand
        thing = hand.unit if hand and self._chance.random() < 0.5 else unit(_motor(self._chance.randrange(1, 99)))
        if self._held and self._chance.random() < 0.5:
            hold, thing = self._held.popitem()
            self._note(f"release {thing.value}")
            self._bench.plant.site.say(b.Release((hold,), "复查合格 / found good", "release"), thing)
        else:
            self._note(f"hold {thing.value}")
            self._held[tag(self._bench.plant.site.say(b.Hold("复查 / to be checked again"), thing), 0)] = thing
        self._bench.hear()

    def _go_home(self) -> None:
        """Whoever gives up and signs out leaves a station where the next one can begin."""
        for code in (*GIVE_UP, self._at.badges[0]):
            self._clock.advance(2)
            self._scan(code.encode())
        if self._bench.cell._work.person is None:
            raise Broken(f"after {GIVE_UP} a badge signs nobody in: {self._bench.shown[-1]}")

    def _language(self) -> None:
        self.view.window.speak(self._chance.choice(("zh", "en")))

    def _power(self) -> None:
        """The computer starts anew: another window, and the same step on it."""
        before = self._bench.prompt
        self.view.close()
        self._open_window()
        self._bench.restart()
        self._bench.hear()
        self._bench.pull()
        # A scan that waits for newer evidence is no step; nothing was confirmed, and it is scanned again.
        if self._bench.prompt != before and before.code != "prompt.looking":
            raise Broken(f"it asked for {before}, and after a restart for {self._bench.prompt}")

    # The window -------------------------------------------------------------------------------------------------------
    def _open_window(self) -> None:
        self.view = KioskView(self._size, self._chance.choice(("zh", "en")))
        self._confirmed: set[str] = getattr(self, "_confirmed", set())
        self._seen = 0
        self._bench.tell = self.view.tell
        for said in (self._bench.prompt, self._bench.scene):
            if said is not None:
                self.view.tell(said)

    def _settle(self) -> None:
        """What was tapped reaches the work cell, as by its inbox."""
        while self.view.heard:
            self._bench.cell.handle(self.view.heard.pop(0))

    # What must be so --------------------------------------------------------------------------------------------------
    def _check(self) -> None:
        if self._errors:
            raise Broken("\n".join(self._errors))
        view = self.view
        for said in view.recorded[self._seen :]:
            if isinstance(said, m.Shown) and said.event:
                self._confirmed.add(said.event)
                if said.event not in self._log():
                    raise Broken(f"confirmed, and not in the log: {said}")
        self._seen = len(view.recorded)
        if view.shown_scene != (said := TITLES.on(self._bench.scene)):
            raise Broken(f"the window shows another scene than the work cell said: {_unlike(view.shown_scene, said)}")
        if wrong := out_of_reach(view):
            raise Broken(f"on {type(view.window.screen_).__name__}: {wrong}")
        self._one_question()
        said_there = {one.text for one in view.targets()}
        ways = {view.look.say(code) for code in WAYS_OUT}
        if not isinstance(view.window.screen_, ResultScreen | SignInScreen) and not said_there & ways:
            raise Broken(f"a dead end on {type(view.window.screen_).__name__}: {sorted(said_there)}")

    def _one_question(self) -> None:
        """Prompt, codes, tiles and screen are those of the one case, and some of its answers are tried."""
        cell, scene = self._bench.cell, self._bench.scene
        if scene is None or self._bench.prompt.code == "prompt.looking":
            return
        with self._bench.store.reading() as conn:
            turn = Turn(cell._work, cell._view(conn), cell._last)
            wrong = list(broken(turn, scene, self._some))
            prompt = awaiting(turn).prompt(turn)
        if prompt != self._bench.prompt:
            wrong.append(f"{scene.awaiting} asks for {prompt}, and {self._bench.prompt} was announced")
        if self.view.uncovered and type(self.view.window.screen_) is not SCREENS[scene.awaiting]:
            wrong.append(f"{scene.awaiting} is on {type(self.view.window.screen_).__name__}")
        if wrong:
            raise Broken("\n".join(wrong))

    def _some(self, answers: list[Answer]) -> list[Answer]:
        """All of them would take hours."""
        return self._tries.sample(answers, min(TRIED, len(answers)))

    def _log(self) -> set[str]:
        """The ids of all that is written."""
        columns = (t.log.c.log, t.entry.c.leaf, t.entry.c.eid)
        query = select(*columns).select_from(t.entry.join(t.branch).join(t.log)).where(t.entry.c.eid > self._entries)
        with self._bench.store.reading() as conn:
            for log, leaf, eid in conn.execute(query):
                self._written.add(event_id(log, leaf))
                self._entries = max(self._entries, eid)
        return self._written

    def _hook(self, kind: type[BaseException], error: BaseException, trace: object) -> None:
        """What Qt does with an exception in a slot; it would only be printed."""
        self._errors.append(f"{kind.__name__}: {error}")
        sys.__excepthook__(kind, error, trace)  # type: ignore[arg-type]


def main(arguments: list[str]) -> int:
    """The exit code: 0 if every promise was kept."""
    parser = argparse.ArgumentParser(prog="./run faults monkey", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args(arguments)
    structlog.configure(processors=[_refuse], wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _app = QApplication(["monkey"])
    with tempfile.TemporaryDirectory(prefix="headwater-monkey-") as folder:
        for n, place in enumerate(PLACES):
            if not _played(Path(folder) / place, asked.seed + n, place, asked.steps // len(PLACES)):
                return 1
    return 0


def _refuse(_logger: object, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """A structlog processor: nothing may go so wrong that it is logged as an error."""
    raise Broken(f"logged: {event}")


def _played(folder: Path, seed: int, place: str, steps: int) -> bool:
    monkey = Monkey(folder, seed, place)

    def progress(n: int) -> None:
        if n % 50 == 49 and sys.stdout.isatty():
            print(f"\r{place} {n + 1}/{steps}", end="", flush=True)

    try:
        monkey.play(steps, progress)
    except Exception:
        print(f"\nBROKEN, seed {seed} at {place}; its last steps:\n" + "\n".join(monkey.did), flush=True)
        raise
    finally:
        monkey.close()
    print(f"\r{place} {steps} steps, {monkey.confirmed} events confirmed: every promise was kept", flush=True)
    return True
