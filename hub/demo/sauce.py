"""The demo's other script: chilli bean sauce from the supplier's lot to the customer, by people who scan and enter.

One thread walks from workplace to workplace, for each needs what the one before has made.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from common.ids import Claim
from hub.demo.plant import Floor
from hub.demo.script import Script
from hub.demo.story import carton

GOODS, KETTLE, FILLER, TABLE, DOCK = (f"sauce-{n}" for n in (10, 20, 30, 40, 50))
BAD, GOOD = "CH-2611-01", "CH-2611-02"
BOUGHT = ("BB-2611-01", "SY-2611-01", "WF-2611-01", "SA-2611-01", "RO-2611-01", "GJ-2611-01", "TL-2611-01")
RECORD = ("HW:N:101", "HW:N:4.2", "HW:N:98.5")
PALLETS = (carton(501), carton(502))
SOLD = (("shu-market", "DN-2611-001", (1, 2)), ("north-trade", "DN-2611-002", (3, 4)))


class Sauce(Script):
    """The day of the sauce line."""

    floor = Floor("sauce-filling", "sauce-line", dict.fromkeys((GOODS, KETTLE, FILLER, TABLE, DOCK), ""))
    material, units, most = "carton-of-jars", 4, 4

    @staticmethod
    def traces(site: str) -> list[tuple[str, str, Claim]]:
        """(title, page, thing) of what the demo ends with."""
        lot = Claim(f"lot@{site}", f"chilli/{BAD}")
        return [("demo.pallet", "thing", Claim("gs1:sscc", PALLETS[1][5:])), ("demo.chilli", "where", lot)]

    def threads(self) -> list[threading.Thread]:
        """The one thread; not started."""
        return [self.in_thread("demo:sauce", self._day)]

    def _day(self) -> None:
        for worker in self.workers.values():
            worker.ready()
            worker.scan("S10011", "✓")
        self._receive()
        self._cook()
        self._change_product()
        self._fill()
        self._pack()
        self._ship()

    def _at(self, place: str, *scans: tuple[str, str]) -> None:
        for code, shapes in scans:
            self.workers[place].scan(code, shapes)

    # Goods in, kettle, filler ----------------------------------------------------------------------------------------
    def _receive(self) -> None:
        for number in BOUGHT:
            self._at(GOODS, (number, "✓"), ("HW:N:500", "✓✓"))
        for number, supplier in ((BAD, "zunyi-chilli"), (GOOD, "shangqiu-chilli")):
            self._at(GOODS, (number, "✓"), (f"HW:PARTNER:{supplier}", "·"), ("HW:N:300", "✓✓"))

    def _cook(self) -> None:
        self._plant.carry(KETTLE, GOODS)
        self._at(KETTLE, ("KP-2611-01", "✓✓"), ("BB-2611-01", "·"), ("HW:N:45.0", "✗"))
        self._tell("demo.overdose", {"lot": "KP-2611-01"})
        self._at(KETTLE, ("HW:N:40.0", "✓"))
        self._dose((BAD, "25.0"), *self._rest())
        self._at(KETTLE, ("HW:CLOSE", "·"), *self._record())
        self._at(KETTLE, ("LP-2611-01", "✓✓"), ("KP-2611-01", "·"), ("HW:N:6.5", "✓✓"))
        self._at(KETTLE, ("KP-2611-02", "✓✓"))
        self._dose(("BB-2611-01", "40.0"), (GOOD, "25.0"), *self._rest(), ("LP-2611-01", "6.5"))
        self._tell("demo.leftover", {"lot": "KP-2611-02"})
        self._at(KETTLE, ("HW:CLOSE", "·"), *self._record())

    def _dose(self, *doses: tuple[str, str]) -> None:
        for number, quantity in doses:
            self._at(KETTLE, (number, "·"), (f"HW:N:{quantity}", "✓"))

    @staticmethod
    def _rest() -> Iterable[tuple[str, str]]:
        return zip(
            ("SY-2611-01", "WF-2611-01", "SA-2611-01", "RO-2611-01"), ("10.0", "8.0", "7.0", "10.0"), strict=True
        )

    @staticmethod
    def _record() -> list[tuple[str, str]]:
        return list(zip(RECORD, ("·", "·", "✓✓"), strict=True))

    def _change_product(self) -> None:
        """The kettle begins the product with sesame and peanut; then it must be cleaned."""
        self._at(KETTLE, ("KN-2611-01", "✓✓"), ("HW:LEAVE", "‖"), ("KP-2611-03", "✗"))
        self._tell("demo.not_cleaned", {"lot": "KP-2611-03"})
        self._at(KETTLE, ("HW:SIGNOUT", "✓"), ("S30001", "✓"))  # only quality may say that it is clean
        self._at(KETTLE, ("HW:CLEANED", "✓"), ("KP-2611-03", "✓✓"), ("HW:LEAVE", "‖"))

    def _fill(self) -> None:
        self._plant.carry(FILLER, KETTLE)
        for lot, sauce in (("JP-2611-01", "KP-2611-01"), ("JP-2611-02", "KP-2611-02")):
            lots = [(number, "·") for number in (sauce, "GJ-2611-01", "TL-2611-01")]
            self._at(FILLER, (lot, "✓✓"), *lots, ("HW:N:180", "✓✓"))

    # Table and dock --------------------------------------------------------------------------------------------------
    def _pack(self) -> None:
        self._plant.carry(TABLE, FILLER)
        for n in range(1, 5):
            lot = "JP-2611-01" if n < 3 else "JP-2611-02"
            self._at(TABLE, (carton(n + 600), "✓✓"), (lot, "·"), ("HW:N:12", "✓✓"))
            self.workers[TABLE].done += 1

    def _ship(self) -> None:
        self._plant.carry(DOCK, TABLE)
        for pallet, (customer, note, cartons) in zip(PALLETS, SOLD, strict=True):
            self._at(DOCK, (pallet, "✓✓"), *((carton(n + 600), "✓") for n in cartons), ("HW:CLOSE", "·✓"))
            self._at(DOCK, (pallet, "✓"), (f"HW:PARTNER:{customer}", "·"), (note, "✓✓"))
            self._tell("demo.shipped", {"pallet": pallet[5:], "customer": customer})
