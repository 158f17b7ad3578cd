"""The people of a scripted shift: each goes by the screen alone, whatever happens to the station in front of them.

What a prompt means is learned from the first unit, which is made in peace; so no wording stands here.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from common import event_types as b
from common.text import say
from hub.demo.plant import PLACES
from hub.demo.processes import PATIENCE_S
from hub.demo.story import carton
from tests.faults.shift_plan import DISK_UNITS, Incident
from tests.support.plant import BADGES, Entry, Kiosk, looking, own_entries
from tests.support.recording import Recording

AGAIN_S = 2.0  # beyond the second in which the same code is the same scan
PER_CARTON = 4
WRONG = "SC-0000"
SMALL_DISK = "24m"
BETWEEN = {say("en", code, {}) for code in ("prompt.looking", "prompt.waiting", "prompt.sign_in")}


class Broken(Exception):
    """A promise was broken; the text says which."""


class Step(Struct, frozen=True):
    """One thing to do: what is scanned for the n-th unit (None: the machine works), and the event that ends it."""

    ends: tuple[type[b.Body], str]
    code: Callable[[int], str] | None = None


def motor(n: int) -> str:
    """The serial of the n-th motor."""
    return f"M-250-{n:06d}"


STARTED = (b.OperationStarted, "")
COMPLETED = (b.OperationCompleted, "")
SCRIPTS: dict[str, tuple[Step, ...]] = {
    "st-10": (
        Step(STARTED, motor),
        Step((b.Bind, "housing"), lambda _: "HL-2644"),
        Step((b.Bind, "rotor"), lambda n: f"R-88213-{n:04d}"),
        Step((b.Bind, "magnet"), lambda n: f"MG-{n // 100:04d}-B"),
        Step(COMPLETED),
    ),
    "st-20": (
        Step(STARTED, motor),
        Step((b.Bind, "controller"), lambda n: f"C25-{n:05d}"),
        Step((b.Bind, "screws"), lambda _: "SC-2638"),
        Step(COMPLETED),
    ),
    "st-30": (
        Step(STARTED, motor),
        Step(COMPLETED),
        Step((b.Aggregate, ""), lambda n: carton((n - 1) // PER_CARTON + 1)),
    ),
}


class Operator:
    """Somebody at one place of the line. `done`: units finished. `over`: somebody else's work broke."""

    def __init__(self, kiosk: Kiosk, incidents: Iterable[Incident], kill_hub: Callable[[int], None]) -> None:
        self.kiosk, self.place = kiosk, kiosk.place
        self.recording = Recording(kiosk.folder / "screen")
        self.done = self.kills = self.scans = self.again = 0
        self.full_disk = False
        self.upstream: Operator | None = None
        self.over = threading.Event()
        self._script = SCRIPTS[self.place]
        self._incidents = [one for one in incidents if one.place == self.place]
        self._kill_hub = kill_hub
        self._asked: dict[str, int] = {}  # a prompt without its numbers → the step
        self._n = 1
        self._mend_s: float | None = None
        self._disk_until = 0

    # The shift --------------------------------------------------------------------------------------------------------
    def begin(self) -> None:
        """Switch the station on and sign in."""
        self.kiosk.start(out=self.recording.path)
        self._until("its definitions", lambda: len(self.recording.prompts) > 1)
        asked = len(self.recording.prompts)
        self._scan(BADGES[self.place])
        self._until("a sign-in", lambda: len(self.recording.prompts) > asked)
        self._asked[_bare(self.recording.prompt)] = 0

    def work(self, units: int) -> None:
        """Make so many units."""
        step = 0
        while self._n <= units:
            if step == 0:
                self._await_upstream(units)
            step = self._do(step)
        self._leave_small_disk()
        self._mend_cable()

    def _await_upstream(self, units: int) -> None:
        """The next unit comes when the place before has made the one after it."""
        before, wanted = self.upstream, min(self._n + 1, units)
        if before:
            self._until(f"{before.place}'s unit {wanted}", lambda: before.done >= wanted, 10 * PATIENCE_S)

    def _do(self, step: int) -> int:
        """Do one step with all that happens to it; the step that follows."""
        due = [one for one in self._incidents if (one.unit, one.step % len(self._script)) == (self._n, step)]
        for incident in due:
            self._incidents.remove(incident)
            self._meet(incident, step)
        kill = next((one for one in due if one.kind == "kill"), None)
        self._act(step, twice=any(one.kind == "twice" for one in due))
        if kill:
            time.sleep(kill.ms / 1000)  # the moment of the kill, not a wait
            return self._crash(f"{kill}")
        return self._see(step)

    def _finished(self) -> None:
        self.done = self._n
        self._n += 1
        if self._disk_until and self._n >= self._disk_until:
            self._leave_small_disk()

    def _meet(self, incident: Incident, step: int) -> None:
        match incident.kind:
            case "scanner":
                self.kiosk.scanner.unplug()
                time.sleep(incident.ms / 1000)  # how long the cable is out
                self.kiosk.scanner.replug()
            case "machine":
                wire = self.kiosk.wires[PLACES[self.place]]
                wire.cut()
                time.sleep(incident.ms / 1000)
                wire.mend()
            case "network" if self._mend_s is None:
                self.kiosk.cable.cut()
                self._mend_s = time.monotonic() + incident.ms / 1000
            case "hub":
                self._kill_hub(incident.ms)
            case "disk":
                self._take_small_disk()
            case "wrong" if self._script[step].code:
                answers = len(self.recording.results)
                self._scan(WRONG)
                self._until("an answer to a wrong part", lambda: len(self.recording.results) > answers)

    # One step ---------------------------------------------------------------------------------------------------------
    def _act(self, step: int, *, twice: bool = False) -> None:
        code = self._script[step].code
        if self._disk_until and step == 0:
            self._fill_disk()
        for _ in range(1 + twice if code else 0):
            self._scan(code(self._n))  # type: ignore[misc]

    def _scan(self, code: str) -> None:
        self.scans += 1
        self.kiosk.scanner.scan(code.encode())

    def _see(self, step: int) -> int:
        """Read until the screen asks for something else, and for what; a scan that gets nowhere is done again."""
        patience_s = AGAIN_S if self._script[step].code else PATIENCE_S
        for _ in range(int(PATIENCE_S / AGAIN_S)):
            until_s = time.monotonic() + patience_s
            while time.monotonic() < until_s:
                if (following := self._moved(step)) is not None:
                    return following
                self._read(until_s - time.monotonic())
            if self._script[step].code is None:
                break
            self.again += 1
            self._free_disk()
            self._act(step)
        raise Broken(f"{self.place}: unit {self._n} stands at step {step}: {self.recording.prompt}")

    def _moved(self, step: int) -> int | None:
        """The step that the screen asks for, once it is another. A machine may be through before it was on it."""
        prompt = _bare(self.recording.prompt)
        if prompt in BETWEEN:
            return None
        following = (step + 1) % len(self._script)
        known = self._asked.setdefault(prompt, following)
        if known == step:
            return None
        if known != following and (self._script[following].code or known != (following + 1) % len(self._script)):
            raise Broken(f"{self.place}: after step {step} of unit {self._n} it asks: {self.recording.prompt}")
        if known == 0:
            self._finished()
        self._right_unit(known, self._n)
        return known

    def _right_unit(self, step: int, n: int) -> None:
        if step and motor(n) not in self.recording.prompt:
            raise Broken(f"{self.place}: unit {n} is in hand, and it asks: {self.recording.prompt}")

    # Kill -------------------------------------------------------------------------------------------------------------
    def _crash(self, why: str) -> int:
        """SIGKILL; the same step is on the screen afterwards, or the one after what the machine did meanwhile."""
        self.kiosk.kill()
        self.kills += 1
        return self._come_back(why)

    def _come_back(self, why: str) -> int:
        self.recording.drain()
        due = self._due()
        self.displayed_is_written()
        asked = len(self.recording.prompts)
        self.kiosk.start(out=self.recording.path)
        self._until("something to do", lambda: len(self.recording.prompts) > asked)
        first = self.recording.prompts[asked]
        now = self._due()
        on_screen = self._asked.setdefault(_bare(first), due[1])
        if on_screen not in (due[1], now[1]):
            raise Broken(f"{self.place}: {why}: due is step {due[1]} of unit {due[0]}, and it asks: {first}")
        self._n, step = now
        self.done = self._n - 1
        if on_screen != step:
            self._until("the screen to follow", lambda: self._asked.get(_bare(self.recording.prompt)) == step)
        self._right_unit(step, self._n)
        return step

    def _due(self) -> tuple[int, int]:
        """(unit, step) that comes after the last thing in the log."""
        ends = {step.ends: at for at, step in enumerate(self._script)}
        reached = [at for entry in self.entries() if (at := ends.get(_kind(entry.body))) is not None]
        last = len(self._script) - 1
        return reached.count(last) + 1, (reached[-1] + 1) % len(self._script) if reached else 0

    def displayed_is_written(self) -> None:
        """Every reference that the screen showed is in the log, and was shown once."""
        shown = self.recording.confirmed
        if len(shown) != len(set(shown)):
            raise Broken(f"{self.place}: a confirmation was shown twice")
        if lost := set(shown) - {entry.reference for entry in self.entries()}:
            raise Broken(f"{self.place}: displayed, and not in the log: {sorted(lost)}")

    def entries(self) -> list[Entry]:
        """What the station wrote."""
        if not self._disk_until or not self.kiosk.alive:
            return self.kiosk.entries()
        copy = self.kiosk.folder / "looked-at"  # SQLite goes by real paths, which lead out of the station's mounts
        _copy(self.kiosk.inside, copy, "station.db*")
        with looking(copy / "station.db") as conn:
            return own_entries(conn)

    # Disk -------------------------------------------------------------------------------------------------------------
    def _take_small_disk(self) -> None:
        """Its folder is on a disk of its own from now on, on which not a byte is left."""
        data, before = self.kiosk.data, self.kiosk.folder / "before"
        if self.kiosk.stop() != 0:
            raise Broken(f"{self.place} did not stop well:\n{self.kiosk.error}")
        self.recording.drain()
        asked = len(self.recording.prompts)
        _copy(data, before)
        mounts = f"mount -t tmpfs -o size={SMALL_DISK} tmpfs {data} && cp -a {before}/. {data}"
        self.kiosk.start(out=self.recording.path, mounts=mounts)
        self._until("something to do on a small disk", lambda: len(self.recording.prompts) > asked)
        self._disk_until = self._n + DISK_UNITS

    def _fill_disk(self) -> None:
        if not self.full_disk:
            with (self.kiosk.inside / "filler").open("ab", buffering=0) as file:
                for size in (1 << 16, 1 << 12, 1):
                    with suppress(OSError):
                        while file.write(b"\xff" * size):
                            pass

    def _free_disk(self) -> None:
        """The screen said that there is no room: somebody makes some."""
        if self._disk_until and not self.full_disk:
            shape, sentence = self.recording.results[-1]
            if shape != "✗" or sentence.endswith("]"):
                raise Broken(f"{self.place}: no answer on a full disk; the last was {shape} {sentence}")
            self.full_disk = True
            (self.kiosk.inside / "filler").unlink()

    def _leave_small_disk(self) -> None:
        """Frozen, copied as it stands, killed; and on as if nothing had been."""
        if not self._disk_until:
            return
        if not self.full_disk:
            raise Broken(f"{self.place}: its disk never was too full")
        os.kill(self.kiosk.pid, signal.SIGSTOP)
        _copy(self.kiosk.inside, self.kiosk.folder / "kept")
        self.kiosk.kill()
        _copy(self.kiosk.folder / "kept", self.kiosk.data)
        self._disk_until = 0
        self._come_back("leaving the small disk")

    # Waiting ----------------------------------------------------------------------------------------------------------
    def _until(self, what: str, condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
        until_s = time.monotonic() + patience_s
        while not condition():
            if time.monotonic() > until_s:
                raise Broken(f"{self.place}: waited {patience_s:.0f} s in vain for {what}; {self.recording.prompt}")
            self._read(0.05)

    def _read(self, patience_s: float) -> None:
        if self.over.is_set():
            raise Broken("somebody else's work broke")
        if not self.kiosk.alive:
            raise Broken(f"{self.place} ended by itself\n{self.kiosk.error[-2_000:]}")
        if self._mend_s and time.monotonic() > self._mend_s:
            self._mend_cable()
        self.recording.read(min(max(patience_s, 0), 0.05))

    def _mend_cable(self) -> None:
        if self._mend_s is not None:
            self.kiosk.cable.mend()
            self._mend_s = None


def _bare(prompt: str) -> str:
    """A prompt without its numbers."""
    return re.sub(r"\d+", "#", prompt.removeprefix("→ "))


def _kind(body: b.Body) -> tuple[type[b.Body], str]:
    return type(body), body.slot if isinstance(body, b.Bind) else ""


def _copy(origin: Path, to: Path, what: str = "*") -> None:
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir()
    for path in origin.glob(what):
        if path.is_dir():
            shutil.copytree(path, to / path.name)
        elif path.name not in ("filler", "ballast"):
            shutil.copy(path, to)
