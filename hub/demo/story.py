"""The demo's script: what happens to 25 motors at three workplaces, with everything that goes wrong on the way.

Each workplace's worker is a thread with a fixed list of things to do; each waits until what it needs has happened.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict

from common.ids import Claim
from hub.demo.people import DemoWorker
from hub.demo.plant import MOTOR_FLOOR, Plant
from hub.demo.processes import PATIENCE_S, DemoError, wait_for
from hub.demo.script import Script, Tell

MOTORS = range(1, 26)
WRONG_PART, DOUBLE_SCAN, SKIPS, REWORKED, SCRAPPED = 3, 4, 5, 7, 9
OUTAGE = range(11, 19)
KILL_HUB_AFTER, KILL_STATION_AT, CUT_PLC_AT, STALE_AT = 14, 20, 21, 22
PLC_AWAY_S, HUB_AWAY_S = 1.0, 1.5
OTHERS_PATIENCE_S = 10 * PATIENCE_S
STALE_MS = 3_500  # above the 3 s of the test operation in the pack


def motor(i: int) -> str:
    """The serial of motor i."""
    return f"M-250-{4200 + i:06d}"


def magnet_lot(i: int) -> str:
    """The magnet lot of motor i: the second roll starts with motor 13."""
    return "MG-2609-A" if i < 13 else "MG-2609-B"


def carton(n: int) -> str:
    """The n-th carton's SSCC label as a GS1-128 scan, check digit and all (GS1 General Specifications 7.9)."""
    digits = f"06901234{n:09d}"
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(digits))
    return f"]C100{digits}{-total % 10}"


class Story(Script):
    """The shift of the motor line."""

    floor = MOTOR_FLOOR
    material, units, most = "motor", 24, len(MOTORS)

    def __init__(self, plant: Plant, tell: Tell) -> None:
        super().__init__(plant, tell)
        self._happened: dict[str, threading.Event] = defaultdict(threading.Event)
        self.packed = 0

    @staticmethod
    def traces(site: str) -> list[tuple[str, str, Claim]]:
        """(title, page, thing) of what the demo ends with."""
        lot = Claim(f"lot@{site}", f"magnet/{magnet_lot(MOTORS[-1])}")
        return [("demo.back", "thing", Claim(f"unit@{site}", motor(REWORKED))), ("demo.forward", "where", lot)]

    def threads(self) -> list[threading.Thread]:
        """One thread a person, and one for whoever pulls the hub's plug; not started."""
        return [
            self.in_thread("demo:st-10", self._st10),
            self.in_thread("demo:st-20", self._st20),
            self.in_thread("demo:st-30", self._st30),
            self.in_thread("demo:plug", self._pull_plug),
        ]

    def _did(self, what: str) -> None:
        self._happened[what].set()

    def _after(self, what: str) -> None:
        """Wait until `what` happened, however much work of others that is; give up when somebody else failed."""

        def over() -> bool:
            if self._failed.is_set():
                raise DemoError("somebody else's work failed")
            return self._happened[what].is_set()

        wait_for(what, over, OTHERS_PATIENCE_S)

    def _sign_in(self, worker: DemoWorker, badge: str) -> None:
        worker.ready()
        worker.scan(badge, "✓")

    # ST-10: press the rotor into the housing -------------------------------------------------------------------------
    def _st10(self) -> None:
        worker = self.workers["st-10"]
        self._sign_in(worker, "B10021")
        worker.scan("WO-2611-0087", "·")
        for i in MOTORS:
            if i == OUTAGE.stop:
                self._after("cut")
            self._press(worker, i)
            worker.done += 1
            self._did(f"pressed {i}")

    def _press(self, worker: DemoWorker, i: int) -> None:
        housing = "HL-0611" if i < 16 else "HL-0612"
        worker.scan(motor(i), "✓✓")
        if i == DOUBLE_SCAN:  # a scanner reads twice within a second, and waits for no answer
            worker.scan_twice(housing, "✓·")
            self._tell("demo.double", {"unit": motor(i)})
        else:
            worker.scan(housing, "✓")
        if i == WRONG_PART:
            worker.scan("C25-70999", "✗")
            self._tell("demo.wrong_part", {"unit": motor(i)})
        worker.scan(f"R-88213-{400 + i:04d}", "✓")
        if i == KILL_STATION_AT:
            self._kill_station(worker, i, worker.asked_for("3/4"))
        worker.scan(magnet_lot(i), "✓")
        if i == CUT_PLC_AT:
            self._cut_plc()
        worker.expect("✓✓", "press")

    def _kill_station(self, worker: DemoWorker, i: int, due: str) -> None:
        """SIGKILL in the middle of an operation; the station must ask for the step that is due again. The hub knows by
        then that the motor's label is printed: of one that was under way somebody would have to say whether it is."""
        wait_for("the motor's label", lambda: self._plant.printed(motor(i)))
        service = self._plant.stations[worker.place]
        service.kill()
        asked = len(worker.prompts())
        service.start()
        prompt = worker.next_prompt(asked)
        if prompt != due:
            raise DemoError(f"after SIGKILL the station asks for {prompt!r}, before it was {due!r}")
        self._tell("demo.station_killed", {"station": worker.place.upper(), "prompt": prompt})

    def _cut_plc(self) -> None:
        self._plant.bench.cut("press")
        time.sleep(PLC_AWAY_S)
        self._plant.bench.mend("press")
        self._tell("demo.plc_cut", {"seconds": PLC_AWAY_S})

    # ST-20: wire, screw, rework --------------------------------------------------------------------------------------
    def _st20(self) -> None:
        worker = self.workers["st-20"]
        self._sign_in(worker, "B10034")
        for i in (*(n for n in range(1, OUTAGE.start) if n != SKIPS), SKIPS):
            self._after(f"blocked {i}" if i == SKIPS else f"pressed {i}")
            self._plant.carry("st-20", "st-10")
            self._wire(worker, i)
        self._rework(worker)
        self._scrap(worker)
        self._cut_off()
        for i in OUTAGE:
            self._wire(worker, i)
        self._reconnect()
        for i in range(OUTAGE.stop, MOTORS.stop):
            self._after(f"pressed {i}")
            self._plant.carry("st-20", "st-10")
            self._wire(worker, i)

    def _wire(self, worker: DemoWorker, i: int) -> None:
        worker.scan(motor(i), "✓")
        worker.scan(f"C25-{70000 + i}", "✓")
        worker.scan("SC-4471", "✓")
        worker.expect("✓✓", "driver")
        worker.done += 1
        self._did(f"wired {i}")

    def _rework(self, worker: DemoWorker) -> None:
        self._after(f"failed {REWORKED}")
        worker.scan(motor(REWORKED), "✓")
        worker.scan(f"C25-{70000 + REWORKED}", "·")
        worker.scan("C25-70911", "✓")
        worker.expect("✓✓", "driver")
        self._tell("demo.reworked", {"unit": motor(REWORKED)})
        self._did(f"reworked {REWORKED}")

    def _scrap(self, worker: DemoWorker) -> None:
        self._after(f"failed {SCRAPPED}")
        worker.scan(motor(SCRAPPED), "✓")
        worker.scan("HW:SCRAP:winding-burnt", "✗")
        self._tell("demo.scrapped", {"unit": motor(SCRAPPED)})
        self._did("scrapped")

    def _cut_off(self) -> None:
        """ST-20 must know what ST-10 did with its motors, and ST-30 what ST-20 did; then its cable is pulled."""
        self._after(f"pressed {OUTAGE.stop - 1}")
        self._after(f"packed {REWORKED}")
        self._plant.carry("st-20", "st-10")
        self._plant.bench.cut("st-20")
        self._tell("demo.cut_off", {"station": "ST-20"})
        self._did("cut")
        wait_for("ST-20 to be out of sight", lambda: self._plant.age_ms("st-20") > STALE_MS)
        self._did("out of sight")

    def _reconnect(self) -> None:
        self._after(f"packed {OUTAGE.stop - 1}")
        self._after("hub is back")
        self._plant.bench.mend("st-20")
        self._plant.carry("st-30", "st-20")
        self._tell("demo.reconnected", {"station": "ST-20"})
        self._did("back in sight")

    # ST-30: test and pack --------------------------------------------------------------------------------------------
    def _st30(self) -> None:
        worker = self.workers["st-30"]
        self._sign_in(worker, "B10047")
        for i in range(1, SKIPS):
            self._finish(worker, i)
        self._try_too_early(worker)
        for i in (*range(SKIPS + 1, OUTAGE.start), SKIPS):
            self._finish(worker, i)
        self._after(f"reworked {REWORKED}")
        self._finish(worker, REWORKED)
        self._after("out of sight")
        for i in OUTAGE:
            self._finish(worker, i, provisional=True)
        self._after("back in sight")
        for i in range(OUTAGE.stop, MOTORS.stop):
            self._finish(worker, i)

    def _try_too_early(self, worker: DemoWorker) -> None:
        self._after(f"pressed {SKIPS}")
        self._plant.carry("st-30", "st-10", "st-20")
        worker.scan(motor(SKIPS), "✗")
        self._tell("demo.skipped", {"unit": motor(SKIPS)})
        self._did(f"blocked {SKIPS}")

    def _finish(self, worker: DemoWorker, i: int, *, provisional: bool = False) -> None:
        """Test a motor and pack it, unless it is one of those that fail the first time."""
        self._after(f"wired {i}")
        if not provisional:
            self._plant.carry("st-30", "st-10", "st-20")
        fails = i in (REWORKED, SCRAPPED) and not self._happened[f"failed {i}"].is_set()
        if fails:
            self._plant.bench.tell("tester", next={"values": [2985, 92, 512, 448], "outcome": 2})
        if i == STALE_AT:
            self._plant.bench.tell("tester", stale=1)
        worker.scan(motor(i), "?" if provisional else "✓")
        if fails:
            worker.expect("✗✗", "tester")
            self._tell("demo.failed", {"unit": motor(i)})
            return self._did(f"failed {i}")
        if i == STALE_AT:
            worker.expect("✗", "a stale answer")
            self._tell("demo.stale", {"unit": motor(i)})
        worker.expect("✓?" if provisional else "✓✓", "tester")
        worker.scan(carton(self.packed // 4 + 1), "✓" if self.packed % 4 else "✓✓")
        self.packed += 1
        worker.done += 1
        return self._did(f"packed {i}")

    def _pull_plug(self) -> None:
        """SIGKILL for the hub in the middle of it all."""
        self._after(f"packed {KILL_HUB_AFTER}")
        self._plant.hub.kill()
        time.sleep(HUB_AWAY_S)
        self._plant.hub.start()
        self._plant.wait_for_hub()
        self._tell("demo.hub_killed", {"seconds": HUB_AWAY_S})
        self._did("hub is back")
