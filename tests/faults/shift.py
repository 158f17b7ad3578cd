"""`./run faults shift`: a shift at three real workplaces, with kills, pulled cables, outages, and once a full disk.

Stations, hub, PLC are processes; scanners are ptys and a keyboard's byte stream. What the screens confirmed is read
from the pipes that they write to, and held against the logs afterwards.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path

from msgspec import Struct

from common import event_types as b
from common import events
from hub.demo.plant import MACHINES, PLACES
from station.devices.simulated.process import PlcProcess
from tests.faults.shift_people import Broken, Operator
from tests.faults.shift_plan import drawn
from tests.support.plant import Entry, Kiosk, in_hub, loaded, namespaces, same_but_for_the_hubs_time

KIOSK: dict[str, object] = {"screen": "kiosk", "kiosk.size": [1280, 800], "kiosk.volume": 0}
UNITS, KILLS, SEED = 500, 20, 20261122
EARLY, MOST_GROWTH = 50, 1.10
CYCLE_S = 0.05
ONCE = b.OperationStarted | b.Bind | b.Measured | b.OperationCompleted | b.Aggregate | b.Commission


class Report(Struct, frozen=True):
    """What came of a shift. `memory_kb`: of ST-30 after 50 units and at the end; (0, 0) in a shorter shift."""

    units: int
    scans: int
    kills: int
    incidents: int
    full_disk: bool
    confirmed: int
    merged: int
    memory_kb: tuple[int, int]
    seconds: float

    @property
    def growth(self) -> float:
        """How much more memory at the end."""
        early, late = self.memory_kb
        return late / early if early else 1.0

    def line(self) -> str:
        """For people."""
        early, late = self.memory_kb
        memory = f", ST-30 {early / 1024:.0f} MiB after {EARLY}, {late / 1024:.0f} MiB at the end" if early else ""
        return (
            f"units={self.units} scans={self.scans} kills={self.kills} incidents={self.incidents} "
            f"full_disk={'yes' if self.full_disk else 'no'} confirmed={self.confirmed} lost=0 twice=0 "
            f"merged={self.merged} seconds={self.seconds:.0f}{memory}"
        )


class Shift:
    """One shift of `units` units in `folder`; `settings` go into each station.toml."""

    def __init__(self, folder: Path, units: int, kills: int, seed: int, **settings: object) -> None:
        self._units = units
        self.plan = drawn(seed, units, kills, disk=namespaces())
        self._hub = loaded(folder / "hub")
        self._plc = PlcProcess({name: spec | {"cycle_s": CYCLE_S} for name, spec in MACHINES.items()}, folder)  # type: ignore[operator]
        self._plc.start()
        self._kiosks = [
            Kiosk(self._hub, folder / place, place, "line-1", self._plc, typing=place == "st-30") for place in PLACES
        ]
        for kiosk in self._kiosks:
            kiosk.configure(**settings)
        self.people = [Operator(kiosk.enrol(), self.plan, self._kill_hub) for kiosk in self._kiosks]
        for before, after in zip(self.people, self.people[1:], strict=False):
            after.upstream = before
        self.errors: list[BaseException] = []
        self._hub_away = threading.Lock()
        self._began_s = time.monotonic()
        self._memory_kb = (0, 0)

    def close(self) -> None:
        """Everything off."""
        for kiosk in self._kiosks:
            kiosk.close()
        self._plc.kill()
        with self._hub_away:
            self._hub.close()

    def play(self, *, progress: bool = False) -> Report:
        """Work, mend, compare. Raises Broken."""
        for one in self.people:
            one.begin()
        threads = [threading.Thread(target=self._work, args=(one,), name=one.place) for one in self.people]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            threads[-1].join(1.0)
            self._look(progress)
        if self.errors:
            raise self.errors[0]
        return self._compare()

    def _work(self, one: Operator) -> None:
        try:
            one.work(self._units)
        except BaseException as e:  # noqa: BLE001 - it is raised again by whoever waits for this thread
            self.errors.append(e)
            for other in self.people:
                other.over.set()

    def _look(self, progress: bool) -> None:
        last = self.people[-1]
        if last.done >= EARLY and not self._memory_kb[0]:
            self._memory_kb = (last.kiosk.resident_kb(), 0)
        if progress:
            made = "   ".join(f"{one.place} {one.done:>3}/{self._units}" for one in self.people)
            kills = sum(one.kills for one in self.people)
            line = f"{time.monotonic() - self._began_s:6.0f} s   {made}   {kills} kills"
            print(f"\r{line}" if sys.stdout.isatty() else line, end="" if sys.stdout.isatty() else "\n", flush=True)

    def _kill_hub(self, away_ms: int) -> None:
        """SIGKILL for the hub, unless it is away already; it comes back by itself."""
        if self._hub_away.acquire(blocking=False):
            self._hub.kill()
            threading.Timer(away_ms / 1000, self._start_hub).start()

    def _start_hub(self) -> None:
        self._hub.run()
        self._hub_away.release()

    # Afterwards -------------------------------------------------------------------------------------------------------
    def _compare(self) -> Report:
        if self._memory_kb[0]:
            self._memory_kb = (self._memory_kb[0], self.people[-1].kiosk.resident_kb())
        with self._hub_away:
            for kiosk in self._kiosks:
                kiosk.delivered()
        merged = 0
        for one in self.people:
            one.recording.settle(0.2)
            one.displayed_is_written()
            merged += self._at_hub(one)
            done_once(one.place, one.entries(), self._units)
        return Report(
            units=min(one.done for one in self.people),
            scans=sum(one.scans for one in self.people),
            kills=sum(one.kills for one in self.people),
            incidents=len(self.plan),
            full_disk=any(one.full_disk for one in self.people),
            confirmed=sum(len(one.recording.confirmed) for one in self.people),
            merged=merged,
            memory_kb=self._memory_kb,
            seconds=time.monotonic() - self._began_s,
        )

    def _at_hub(self, one: Operator) -> int:
        """The hub has the station's log byte for byte; how many of the displayed are in it."""
        own = one.entries()
        there = [entry for entry in in_hub(self._hub, one.place) if entry.log in {e.log for e in own}]
        if not same_but_for_the_hubs_time(own, there):
            raise Broken(f"{one.place}: the hub has {len(there)} entries, the station {len(own)}")
        references = {entry.reference for entry in there}
        return sum(shown in references for shown in one.recording.confirmed)


def done_once(place: str, entries: list[Entry], units: int) -> None:
    """Each unit was begun, bound, measured, completed and packed once."""
    found: Counter[tuple[str, str, str]] = Counter()
    for entry in entries:
        body, on = entry.body, events.decode(entry.raw).on
        if isinstance(body, ONCE):
            thing = on[-1] if isinstance(body, b.Aggregate) else on[0]
            found[thing.value, type(body).__name__, getattr(body, "slot", "")] += 1
    if twice := [what for what, times in found.items() if times > 1]:
        raise Broken(f"{place}: written twice: {twice[:5]}")
    completed = sum(kind == "OperationCompleted" for _, kind, _ in found)
    if completed != units:
        raise Broken(f"{place}: {completed} operations completed, {units} units made")


def main(arguments: list[str]) -> int:
    """The exit code: 0 if every promise was kept."""
    parser = argparse.ArgumentParser(prog="./run faults shift", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--units", type=int, default=UNITS)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--terminal", action="store_true", help="stations without a kiosk")
    asked = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="headwater-shift-")))
        settings = {} if asked.terminal else KIOSK
        shift = Shift(folder / "plant", asked.units, asked.kills, asked.seed, **settings)
        stack.enter_context(closing(shift))
        print("\n".join(map(str, shift.plan)), flush=True)
        try:
            report = shift.play(progress=True)
        except Broken as e:
            print(f"\nBROKEN, seed {asked.seed}: {e}")
            return 1
    print(f"\n{report.line()}")
    if report.growth > MOST_GROWTH:
        print(f"BROKEN: memory grew {report.growth:.2f} times, goal ≤ {MOST_GROWTH}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
