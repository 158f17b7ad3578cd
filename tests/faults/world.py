"""One run: a hub, three stations and their people, and a plan of what goes wrong; checked all the time and at the end.

Everything that decides comes from the seed; the transcript of a run is the same to the byte however often it runs.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import structlog

from common.ids import Claim
from station import messages as m
from tests.faults.checks import Checks
from tests.faults.disk import Disk
from tests.faults.hub_node import HubLife
from tests.faults.network import Network, Request
from tests.faults.people import Floor, Operator
from tests.faults.plan import AMNESIA, PLACES, RESTORE_HUB, Fault, Plan
from tests.faults.station_node import Press, StationLife
from tests.faults.template import template
from tests.faults.timeline import Killed, NodeClock, Timeline, dice

UNITS = 40
SETTLE_MS = 90_000
NOMINAL = {
    "press": [(1220, 1380), (1792, 1808)],
    "driver": [(225, 255)] * 4,
    "tester": [(2900, 3100), (48, 70), (420, 540), (310, 560)],
}
DEVICES = {"st-10": "press", "st-20": "driver", "st-30": "tester"}


class Station:
    """A computer at a workplace: its disk, its wrong clock, its machine and its operator; `life` is its process."""

    def __init__(self, name: str, place: str, disk: Disk, host: str, operator: Operator, machine: Press) -> None:
        self.name = name
        self.place = place
        self.disk = disk
        self.host = host
        self.operator = operator
        self.machine = machine
        self.wrong_ms = 0
        self.boots = 0
        self.life: StationLife | None = None


class World:
    """Build it with a plan and an empty folder, then `run`. AssertionError says what promise was broken."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.timeline = Timeline()
        self.floor = Floor(UNITS)
        self.checks = Checks(self)
        self.transcript: list[str] = []
        self.hub: HubLife | None = None
        self.stations: dict[str, Station] = {}
        self._folder = folder
        self._origin, self._enrolments = template()
        self._hub_disk = Disk(folder / "hub", self._origin / "hub")
        self._hub_wrong_ms = self._hub_boots = 0
        self._hub_chance = dice(plan.seed, "hub").randbytes
        self._chance = dice(plan.seed, "world")
        self._held: list[tuple[Claim, str]] = []
        self._working = True
        self.network = Network(self.timeline, dice(plan.seed, "network"), lambda: self.hub, self._served)

    # The run ----------------------------------------------------------------------------------------------------------
    def run(self) -> str:
        """The whole run; the hash of its transcript."""
        try:
            self._begin()
            self.timeline.run_until(self.plan.work_ms)
            self._mend()
            self._settle()
            self.checks.at_rest()
        finally:
            self._close()
        return hashlib.sha256("\n".join(self.transcript).encode()).hexdigest()

    def note(self, text: str) -> None:
        """A line of the transcript."""
        self.transcript.append(f"{self.timeline.now_ms / 1000:10.3f}  {text}")

    def _begin(self) -> None:
        self._boot_hub()
        for place in PLACES:
            self._install(place, place, self._origin / place, "a computer")
        for fault in self.plan.faults:
            self.timeline.after(fault.at_ms, lambda fault=fault: self._strike(fault))
            if fault.kind in ("restore", RESTORE_HUB, AMNESIA):
                self.timeline.after(max(fault.at_ms - fault.much, 500), lambda fault=fault: self._image(fault))
        self.timeline.after(2_500, self._office)

    def _mend(self) -> None:
        """Nothing goes wrong any more, everybody is switched on, and nobody begins anything new."""
        self.note("mended")
        self._working = False
        self.network.heal()
        for process in (self.hub, *(station.life for station in self.stations.values())):
            if process is not None:
                process.doom = None
        if self.hub is None:
            self._boot_hub()
        for station in self.stations.values():
            if station.life is None:
                self._boot(station)

    def _settle(self) -> None:
        """Until all is at rest, but no longer than anybody would wait."""
        end_ms = self.timeline.now_ms + SETTLE_MS
        while self.timeline.now_ms < end_ms and self.checks.unrest():
            self.timeline.run_until(self.timeline.now_ms + 3_000)
        unrest = self.checks.unrest()
        assert not unrest, f"after {SETTLE_MS / 1000:.0f} s without faults: {unrest}"
        self.note("at rest")

    def _close(self) -> None:
        for process in (self.hub, *(station.life for station in self.stations.values())):
            if process is not None:
                process.over = True
        with contextlib.suppress(Exception):
            self.timeline.run_until(self.timeline.now_ms + 60_000)  # fibres end
        for process in (self.hub, *(station.life for station in self.stations.values())):
            if process is not None:
                process.close()

    # Nodes ------------------------------------------------------------------------------------------------------------
    def _boot_hub(self) -> None:
        self._hub_boots += 1
        self.note(f"hub boots, {self._hub_boots}")
        clock = NodeClock(self.timeline, self._hub_wrong_ms, f"hub-{self._hub_boots}")
        self.hub = HubLife(self._hub_disk, clock, self._hub_chance)
        self.checks.hub_booted(self.hub)
        self._follow_soon()

    def _install(self, name: str, place: str, origin: Path, host: str) -> Station:
        chance = dice(self.plan.seed, "operator", name)
        device = DEVICES[place]
        machine = Press(self.timeline, device, NOMINAL[device])
        cartons = 100 * (len(self.stations) + 1)
        operator = Operator(place, self.floor, chance, machine, cartons)
        disk = Disk(self._folder / name, origin)
        station = self.stations[name] = Station(name, place, disk, host, operator, machine)
        self._boot(station)
        self._work(station, chance)
        return station

    def _boot(self, station: Station) -> None:
        if station.life is not None:
            return
        station.boots += 1
        self.note(f"{station.name} boots, {station.boots}")
        clock = NodeClock(self.timeline, station.wrong_ms, f"{station.name}-{station.boots}")
        chance = dice(self.plan.seed, "keys", station.name, str(station.boots)).randbytes
        life = StationLife(
            station.name,
            station.disk,
            self._enrolments[station.place],
            clock,
            self.timeline,
            station.machine,
            self.network.carry,
            station.host,
            chance,
        )
        life.heard = lambda said: self._heard(station, said)
        life.seen = lambda said: self._seen(station, life, said)
        station.life = station.operator.life = life
        self.checks.station_booted(station, life)
        life.start()

    def _work(self, station: Station, chance: Random) -> None:
        """The operator does something, again and again, until the shift ends."""
        if self._working:
            with contextlib.suppress(Killed):
                station.operator.act()
            self._bury(station)
            self.timeline.after(chance.randint(250, 1_100), lambda: self._work(station, chance))

    def _bury(self, station: Station, down_ms: int = 1_500) -> None:
        """A process that died is gone; somebody switches the computer on again."""
        life = station.life
        if life is not None and life.over:
            self.note(f"{station.name} is dead")
            life.close()
            station.life = station.operator.life = None
            self.timeline.after(down_ms, lambda: self._boot(station))

    def _bury_hub(self, down_ms: int = 1_500) -> None:
        if self.hub is not None and self.hub.over:
            self.note("hub is dead")
            self.hub.close()
            self.hub = None
            self.timeline.after(down_ms, lambda: self.hub or self._boot_hub())

    # What happens -----------------------------------------------------------------------------------------------------
    def _heard(self, station: Station, said: m.Message) -> None:
        if not isinstance(said, m.Tick | m.PlcRead):
            self.note(f"{station.name} < {_short(said)}")
        self.checks.heard(station.name, said)

    def _seen(self, station: Station, life: StationLife, said: m.Announcement) -> None:
        if isinstance(said, m.Shown):
            self.note(f"{station.name} > {said.code} {said.event}")
            self.checks.shown(station.name, life, said)
        station.operator.see(said)

    def _served(self, station: str, asked: Request, status: int, raw: bytes) -> None:
        method, url, _, body = asked
        self.note(f"{station} {method} {url} {_hash(body)} -> {status} {_hash(raw)}")
        self.checks.served(station, asked, status, raw)
        self._follow_soon()

    def _follow_soon(self) -> None:
        hub = self.hub
        if hub is not None and hub.ingest.busy:
            self.timeline.after(15, self._follow)

    def _follow(self) -> None:
        if self.hub is not None:
            with contextlib.suppress(Killed):
                self.hub.follow()
            self._bury_hub()
            self._follow_soon()

    def _office(self) -> None:
        """Somebody at the hub looks after stations that wait, and holds and releases units."""
        self.timeline.after(2_500, self._office)
        hub = self.hub
        if hub is None:
            return
        with contextlib.suppress(Killed):
            if self._chance.random() < 0.5 or not self._working:
                for log in hub.confirm_all():
                    self.note(f"confirmed {log}")
            if self._working and self._chance.random() < 0.3:
                self._hold_or_release(hub)
        self._bury_hub()
        self._follow_soon()

    def _hold_or_release(self, hub: HubLife) -> None:
        if self._held and self._chance.random() < 0.6:
            thing, held = self._held.pop(self._chance.randrange(len(self._held)))
            hub.release(thing, held)
            self.note(f"released {thing.value}")
            return
        units = [unit for waiting in self.floor.waiting.values() for unit in list(waiting)[:3]]
        thing = Claim(f"unit@{hub.site.id}", self._chance.choice(units or ["M-250-004201"]))
        self._held.append((thing, hub.hold(thing)))
        self.note(f"held {thing.value}")

    # Faults -----------------------------------------------------------------------------------------------------------
    def _strike(self, fault: Fault) -> None:
        self.note(f"FAULT {fault.kind} {fault.node} {fault.much} {fault.how}")
        station = self.stations.get(fault.node)
        if fault.kind == "kill_hub":
            self._kill_hub(fault)
        elif fault.kind == "clock":
            self._set_clock(fault)
        elif fault.kind in (RESTORE_HUB, AMNESIA):
            self._forget(fault)
        elif station is None:
            raise AssertionError(f"no such node: {fault}")
        elif fault.kind == "kill":
            self._kill(station, fault)
        elif fault.kind == "partition":
            self.network.cut(fault.node, fault.much)
        elif fault.kind == "clone":
            self._clone(station, fault)
        elif fault.kind == "restore":
            self._restore(station, fault)
        else:
            self.network.arm(fault.node, fault.kind, fault.much)

    def _kill(self, station: Station, fault: Fault) -> None:
        if station.life is None:
            return
        if fault.how != "idle":
            station.life.doom = (fault.how, fault.much % 3)
            self._watch_for_death(station)
            return
        station.life.kill()
        self._bury(station, fault.much)

    def _watch_for_death(self, station: Station) -> None:
        """A process that dies of its own commit is found a moment later."""
        life = station.life
        if life is not None and life.over:
            self._bury(station)
        elif life is not None and life.doom is not None:
            self.timeline.after(10, lambda: self._watch_for_death(station))

    def _kill_hub(self, fault: Fault) -> None:
        if self.hub is None:
            return
        if fault.how != "idle":
            self.hub.doom = (fault.how, fault.much % 3)
            self._watch_hub()
            return
        self.hub.kill()
        self._bury_hub(fault.much)

    def _watch_hub(self) -> None:
        if self.hub is not None and self.hub.over:
            self._bury_hub()
        elif self.hub is not None and self.hub.doom is not None:
            self.timeline.after(10, self._watch_hub)

    def _set_clock(self, fault: Fault) -> None:
        """Somebody sets a wall clock, or its battery died."""
        if fault.node == "hub":
            self._hub_wrong_ms = fault.much
            if self.hub is not None:
                self.hub.clock.wrong_ms = fault.much
            return
        station = self.stations[fault.node]
        station.wrong_ms = fault.much
        if station.life is not None:
            station.life.clock.wrong_ms = fault.much

    def _clone(self, station: Station, fault: Fault) -> None:
        """Somebody copies the folder while the station runs, and switches the copy on, at the same workplace."""
        name = f"{station.name}-clone"
        while name in self.stations:
            name += "+"
        image = station.disk.image(name)
        self.checks.copied(station.name, name)
        self._install(name, station.place, image, station.host if fault.how == "same host" else "another computer")

    def _image(self, fault: Fault) -> None:
        disk = self._hub_disk if fault.node == "hub" else self.stations[fault.node].disk
        disk.image(f"image-{fault.at_ms}")
        self.checks.imaged(fault.node, str(fault.at_ms))

    def _forget(self, fault: Fault) -> None:
        """The disk has what it had a while ago; of an amnesia nobody is told."""
        node: Any = self if fault.node == "hub" else self.stations[fault.node]
        disk = self._hub_disk if fault.node == "hub" else node.disk
        process = self.hub if fault.node == "hub" else node.life
        if process is not None:
            process.kill()
        disk.replace(disk.home / f"image-{fault.at_ms}")
        if fault.kind == RESTORE_HUB:
            self.checks.hub_restored()
        self._bury_hub() if fault.node == "hub" else self._bury(node)

    def _restore(self, station: Station, fault: Fault) -> None:
        """The disk broke; an old image of it is put into this computer, or into another one."""
        if station.life is not None:
            station.life.kill()
            self._bury(station, 800)
        station.disk.replace(station.disk.home / f"image-{fault.at_ms}")
        self.checks.restored(station.name, str(fault.at_ms))
        if fault.how == "other host":
            station.host = f"computer {fault.at_ms}"


def _short(said: m.Message) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12] + " " + type(said).__name__


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:16]


def play(plan: Plan) -> tuple[str, list[str], str]:
    """Run a plan: ("" or the promise that it broke, its transcript, the transcript's hash)."""
    home = tempfile.TemporaryDirectory(prefix="run-", dir=template()[0])
    with structlog.testing.capture_logs() as said, home as folder:
        world = World(plan, Path(folder))
        try:
            digest = world.run()
        except AssertionError as e:
            return str(e) or "an assertion", world.transcript, ""
    bugs = [one for one in said if one["log_level"] in ("error", "critical")]
    return (f"logged: {bugs}" if bugs else ""), world.transcript, digest
