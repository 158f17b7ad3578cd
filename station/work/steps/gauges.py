"""A gauge step: one reading for each of its characteristics, then one event with all of them.

Pure. A reading counts only if it came from the step's gauge, in the form's unit, standing still, and, where it had to
be asked for, asked for this step of this unit.
"""

from __future__ import annotations

from msgspec.structs import replace

from common.definitions import Step
from common.errors import BadAnswer, RuleViolation
from common.event_types import Measured, Refused
from common.ids import b64
from station.messages import GaugeAsk, GaugeRead
from station.work.begin import calibration, interlock_check
from station.work.steps.machine_permit import judged
from station.work.turn import Turn


def ask(turn: Turn) -> None:
    """The MEASURE card: the operator has put the gauge on and wants its reading. RuleViolation gauge.not_now, or as of
    `calibration.fit`."""
    hand, step = turn.work.hand, turn.step
    if hand is None or step is None or step.kind != "gauge" or step.device is None:
        raise RuleViolation("gauge.not_now")
    calibration.fit(turn, step.device)
    turn.move(hand=replace(turn.work.hand or hand, asked=turn.view.token))
    turn.ask = GaugeAsk(step.device, turn.view.token)
    turn.tell("reading.asked", device=step.device)


def take(turn: Turn, read: GaugeRead) -> tuple[str, ...] | None:
    """Take a reading. None: the step is not done yet; else why it failed, () if it passed.
    RuleViolation interlock.* if the thing in hand may not go on."""
    hand, step = turn.work.hand, turn.step
    if hand is None or step is None or step.kind != "gauge" or step.device != read.device:
        turn.tell("reading.unexpected", device=read.device, value=read.value, uom=read.uom)
        return None
    if not read.stable or (read.token and read.token != hand.asked):
        return None
    interlock_check.go_on(turn)
    wanted = step.characteristics[len(hand.values)]
    try:
        calibration.fit(turn, step.device)
        if read.uom != wanted.uom:
            raise BadAnswer("gauge.unit", device=read.device, have=read.uom or "-", want=wanted.uom)
    except (BadAnswer, RuleViolation) as error:
        body = Refused(hand.operation, error.code, scan=b64(read.raw))
        turn.confirm("ng", error.code, body, (hand.unit,), **error.details)
        return None
    now = turn.work.hand or hand
    turn.move(hand=replace(now, values=(*now.values, judged(wanted, read.value)), asked=0))
    return _measured(turn, step)


def _measured(turn: Turn, step: Step) -> tuple[str, ...] | None:
    hand = turn.work.hand
    if hand is None:
        raise AssertionError("a reading was taken without a unit")
    if len(hand.values) < len(step.characteristics):
        last, left = hand.values[-1], len(step.characteristics) - len(hand.values)
        turn.tell("reading.taken", value=last.value, uom=last.uom, left=left)
        return None
    passed = all(value.verdict == "pass" for value in hand.values)
    shown = ", ".join(f"{v.value} {v.uom}" for v in hand.values)
    gauge = calibration.gauge_at(turn, step.device)
    body = Measured(hand.operation, step.id, gauge.id if gauge else step.device or "", hand.values)
    turn.confirm("ok" if passed else "ng", "done.measured", body, (hand.unit,), step=step.name, values=shown)
    return () if passed else ("out_of_limits",)
