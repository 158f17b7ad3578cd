"""SIGKILL at any moment: what was displayed is in the log, once, and the work goes on at the same step.

A slice of the long campaign. The moments come from a seed, which a failure names.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from random import Random

from common import event_types as b
from common import events
from tests.support.hub_process import HubProcess
from tests.support.plant import Entry, Kiosk, Line, in_hub, same_but_for_the_hubs_time

SEED = 20261122
STATION_KILLS, HUB_KILLS = 8, 6
LONGEST_S = 0.12  # a scan is on the terminal after a few ms; the machine takes 200 ms
Lines = Callable[..., Line]


class Operator:
    """Presses motors at ST-10 by the prompts alone, as a person who comes back after a power cut.

    The first motor is made in peace: from it the prompts of an operation are known, up to the serial.
    """

    def __init__(self, kiosk: Kiosk) -> None:
        self._kiosk = kiosk
        self._number = 1
        self._asked: list[str] = []
        for code in self._codes():
            self._asked.append(self._prompt())
            kiosk.scanner.scan(code.encode())
            kiosk.wait("the next prompt", lambda: self._prompt() != self._asked[-1])
        self._asked.append(self._prompt())
        self.see(len(self._asked) - 1)

    def _serial(self) -> str:
        return f"M-250-{self._number:06d}"

    def _codes(self) -> list[str]:
        """What to scan at each prompt; after the last it is the machine's turn."""
        return [self._serial(), "HL-2644", f"R-88213-{self._number:04d}", "MG-2610-B"]

    def _prompt(self) -> str:
        return self._kiosk.prompt.replace(self._serial(), "{}")

    def act(self) -> int:
        """Do what the terminal asks for; which step that was."""
        step = self._asked.index(self._prompt())
        if step == 0:
            self._number = 1 + sum(isinstance(entry.body, b.OperationCompleted) for entry in self._kiosk.entries())
        if step < len(self._codes()):
            self._kiosk.scanner.scan(self._codes()[step].encode())
        return step

    def see(self, step: int) -> None:
        """Read until the terminal asks for something else than at that step."""
        self._kiosk.wait(f"an answer at step {step}", lambda: self._prompt() != self._asked[step])

    def crash(self, step: int) -> None:
        """SIGKILL at this step: what is asked for afterwards is what comes after the last thing in the log."""
        self._kiosk.kill()
        due = _due(_work(self._kiosk)[-1].body)
        asked = self._kiosk.come_back().replace(self._serial(), "{}")
        assert asked == self._asked[due], f"seed {SEED}: killed at step {step}"


def _due(last: b.Body) -> int:
    """The step that comes after this event."""
    match last:
        case b.OperationStarted():
            return 1
        case b.Bind(slot=slot):
            return {"housing": 2, "rotor": 3, "magnet": 4}[slot]
        case b.SignIn() | b.OperationCompleted():
            return 0
    raise AssertionError(f"a turn never ends with {last}")


def _work(kiosk: Kiosk) -> list[Entry]:
    """What was written for an operator."""
    return [entry for entry in kiosk.entries() if not isinstance(entry.body, b.LogOpened | b.Anchor | b.DeviceChanged)]


def test_a_station_killed_at_any_moment_loses_nothing_and_goes_on_where_it_was(lines: Lines, hub: HubProcess) -> None:
    kiosk, random = lines("st-10").kiosks[0], Random(SEED)
    operator = Operator(kiosk)
    kills = 0
    while kills < STATION_KILLS:
        step = operator.act()
        if random.random() < 0.4:
            time.sleep(random.uniform(0, LONGEST_S))  # the moment of the kill, not a wait
            operator.crash(step)
            kills += 1
        else:
            operator.see(step)
        displayed_is_in_the_log_once(kiosk)
    kiosk.delivered()
    each_step_was_done_once(kiosk)
    the_hub_has_all_of_it_once(hub, kiosk)


def displayed_is_in_the_log_once(kiosk: Kiosk) -> None:
    shown = kiosk.confirmed
    written = [entry.reference for entry in kiosk.entries()]
    assert len(shown) == len(set(shown)), f"seed {SEED}"
    assert [one for one in shown if one not in written] == [], f"seed {SEED}: displayed, and not in the log"


def each_step_was_done_once(kiosk: Kiosk) -> None:
    """Whoever only reads the log sees somebody press one motor after the other."""
    motors: dict[str, list[str]] = defaultdict(list)
    for entry in _work(kiosk):
        body = entry.body
        if not isinstance(body, b.SignIn):
            what = body.slot if isinstance(body, b.Bind) else type(body).__name__
            motors[events.decode(entry.raw).on[0].value].append(what)
    *whole, last = motors.values()
    steps = ["Commission", "OperationStarted", "housing", "rotor", "magnet", "Measured", "OperationCompleted"]
    assert whole
    assert all(done == steps for done in whole), f"seed {SEED}: {dict(motors)}"
    assert last == steps[: len(last)]


def the_hub_has_all_of_it_once(hub: HubProcess, kiosk: Kiosk) -> None:
    """In one log and one branch, byte for byte."""
    own = kiosk.entries()
    logs = {entry.log for entry in own}
    assert same_but_for_the_hubs_time(own, [entry for entry in in_hub(hub, kiosk.place) if entry.log in logs])
    assert len(logs) == 1


def test_a_hub_killed_while_a_station_uploads_keeps_what_it_gave_receipts_for(kiosk: Kiosk, hub: HubProcess) -> None:
    random, serials = Random(SEED), iter(range(500_000, 600_000))
    kiosk.start()
    kiosk.sign_in()
    for _ in range(HUB_KILLS):
        until = time.monotonic() + random.uniform(0, LONGEST_S)
        while time.monotonic() < until:
            _begin_and_leave(kiosk, next(serials))
        hub.kill()
        confirmed, own = kiosk.receipted(), kiosk.entries()
        kept = [entry.raw for entry in in_hub(hub, kiosk.place) if entry.log == own[0].log]
        assert kept[:confirmed] == [entry.raw for entry in own[:confirmed]], f"seed {SEED}: a receipt was a lie"
        _begin_and_leave(kiosk, next(serials))
        hub.run()
        kiosk.wait("a receipt for more", lambda confirmed=confirmed: kiosk.receipted() > confirmed)
    kiosk.delivered()
    displayed_is_in_the_log_once(kiosk)
    the_hub_has_all_of_it_once(hub, kiosk)


def _begin_and_leave(kiosk: Kiosk, number: int) -> None:
    kiosk.scan(f"M-250-{number}", "✓✓")
    kiosk.scan("HW:LEAVE", "‖")
