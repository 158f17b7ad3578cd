"""The people of a run: operators who look at their screen and scan, with the mistakes people make; units move by hand.

An operator knows what stands on the screen and what lies on the bench, and nothing of the software.
"""

from __future__ import annotations

from collections import deque
from random import Random
from typing import TYPE_CHECKING

from hub.demo.story import carton, motor
from station import messages as m
from station.devices.simulated.program import NextResult

if TYPE_CHECKING:
    from tests.faults.station_node import Press, StationLife

BADGES = {"st-10": "B10021", "st-20": "B10034", "st-30": "B10047"}
NEXT = {"st-10": "st-20", "st-20": "st-30"}
PARTS = {
    "Die-cast aluminium housing": "HL-2644",
    "NdFeB magnet N42SH": "MG-2610-B",
    "Socket screw M4×12": "SC-2638",
}
MISTAKES = ("???", "C25-99999", "HL-2644", "B99999", "HW:NG:noise", "HW:LEAVE", "HW:SCRAP:shaft-bent", "WO-2611-0087")
BAD = {"press": (1500, 1800), "driver": (300, 240, 240, 240), "tester": (3000, 60, 610, 400)}
GOES = {
    "done.passed": "next",
    "done.provisional": "next",
    "done.failed": "rework",
    "done.failed_rework": "rework",
    "done.scrapped": "heap",
    "done.left": "back",
}
PATIENCE, MOST = 3, 12


class Floor:
    """Where the units lie: before each workplace, in cartons, or on the heap of those that somebody has to look at."""

    def __init__(self, count: int) -> None:
        self.waiting = {
            "st-10": deque(motor(i) for i in range(1, count + 1)),
            "st-20": deque[str](),
            "st-30": deque[str](),
        }
        self.heap: list[str] = []
        self.controllers: dict[str, str] = {}
        self._parts = 0

    def part(self, unit: str, material: str) -> str:
        """A part for a unit, taken from the shelf."""
        if material in PARTS:
            return PARTS[material]
        self._parts += 1
        if material.startswith("Rotor"):
            return f"R-88213-{self._parts:04d}"
        self.controllers[unit] = f"C25-{self._parts:05d}"
        return self.controllers[unit]


class Operator:
    """Somebody at one workplace. `life`: the station's process that runs now."""

    def __init__(self, place: str, floor: Floor, chance: Random, machine: Press, cartons: int) -> None:
        self.life: StationLife | None = None
        self._place = place
        self._floor = floor
        self._chance = chance
        self._machine = machine
        self._unit: str | None = None
        self._refused = self._stuck = 0
        self._carton = cartons
        self._packed = 0
        self._said: deque[m.Shown] = deque()

    def see(self, said: m.Announcement) -> None:
        """Something shows on the screen."""
        if isinstance(said, m.Shown):
            self._said.append(said)

    def act(self) -> None:
        """Read what was said, and do the next thing."""
        while self._said:
            self._read(self._said.popleft())
        life = self.life
        if life is None or life.over:
            return
        code = "HW:LEAVE" if self._stuck >= PATIENCE else self._answer(life.prompt)
        if code is None:
            return
        if self._chance.random() < 0.04:
            code = self._chance.choice(MISTAKES)
        life.scan(code)
        if self._chance.random() < 0.03:
            life.scan(code)

    def _answer(self, prompt: m.Prompt) -> str | None:
        """What to scan for a prompt; None: nothing."""
        material = str(getattr(prompt.params.get("material"), "en", ""))
        match prompt.code:
            case "prompt.sign_in":
                return BADGES[self._place]
            case "prompt.unit":
                return self._take()
            case "prompt.scan" | "prompt.replace_new":
                return self._floor.part(str(prompt.params["unit"]), material)
            case "prompt.replace_old":
                return self._floor.controllers.get(str(prompt.params["unit"]), "C25-00000")
            case "prompt.pack" | "prompt.pack_into":
                return self._into_carton()
            case "prompt.leave":
                return "HW:LEAVE"
            case "prompt.machine":
                return "HW:LEAVE" if self._chance.random() < 0.02 else None
        return None

    def _take(self) -> str | None:
        if self._unit is None and self._floor.waiting[self._place]:
            self._unit, self._refused = self._floor.waiting[self._place].popleft(), 0
            if self._chance.random() < 0.15:
                self._machine.make_next(NextResult(BAD[self._machine.device]))
        return self._unit

    def _into_carton(self) -> str:
        self._packed += 1
        if self._packed > MOST:
            return "HW:LEAVE"
        return carton(self._carton)

    # What the screen says ---------------------------------------------------------------------------------------------
    def _read(self, said: m.Shown) -> None:
        code = said.code
        self._stuck = self._stuck + 1 if code.startswith("component.") else 0
        if code in GOES:
            where = {"next": NEXT.get(self._place), "rework": "st-20" if self._place == "st-30" else None}
            self._away(where.get(GOES[code], self._place if GOES[code] == "back" else None))
        elif code == "pack.full":
            self._carton += 1
        elif code in ("done.packed", "done.set_aside"):
            self._packed = 0
        elif code == "pack.held":
            self._packed = MOST
        elif code.startswith(("interlock.", "unit.")):
            self._refuse()

    def _refuse(self) -> None:
        """Try again, then let the next workplace try, or somebody look at it."""
        self._refused += 1
        if self._refused >= PATIENCE:
            self._away(NEXT.get(self._place) if self._chance.random() < 0.5 else None)

    def _away(self, to: str | None) -> None:
        if self._unit is None:
            return
        (self._floor.waiting[to].append if to else self._floor.heap.append)(self._unit)
        self._unit = None
