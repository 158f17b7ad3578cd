"""A gauge step: one reading for each of its characteristics, then one event with all of them.

A reading counts only if it came from the step's gauge, in the form's unit, stable, and, where it had to be asked for,
asked for this step of this unit.
"""

from __future__ import annotations

from common.definitions import Step
from common.errors import BadAnswer, RuleViolation
from common.event_types import Measured, Refused
from common.ids import b64
from station.messages import GaugeAsk, GaugeRead, Prompt
from station.shown.work_screen import Phrase
from station.work.begin import calibration, interlock_check
from station.work.expected import Expected, text
from station.work.state import InHand, Readings
from station.work.steps import quantities
from station.work.steps.kind import StepKind
from station.work.turn import Turn


class GaugeStep(StepKind):
    """Readings of one gauge."""

    needs = "gauge"

    def prompt(self, turn: Turn, step: Step, params: dict[str, object]) -> Prompt:
        """Ask for a reading."""
        return Prompt("prompt.gauge", params | {"device": step.device})

    def expects(self, turn: Turn, step: Step) -> Expected:
        """A reading, or the card that asks for one."""
        words = Phrase("expect.reading", {"device": step.device})
        return Expected(words, text("reading", step.device), ("MEASURE",))

    def keep(self, turn: Turn, step: Step) -> None:
        """Record the readings so far."""
        quantities.keep(turn, step)

    def note(self, turn: Turn, step: Step) -> tuple[InHand, Phrase] | None:
        """The reading that came last."""
        return quantities.note(turn)


def ask(turn: Turn) -> None:
    """Ask the gauge for its reading: the operator has put it on. RuleViolation gauge.not_now, or as of
    `calibration.fit`."""
    hand, step = turn.work.hand, turn.step
    if hand is None or step is None or step.kind != "gauge" or step.device is None:
        raise RuleViolation("gauge.not_now")
    calibration.fit(turn, step.device)
    hand = turn.work.hand or hand
    turn.put(hand.with_progress(Readings(hand.so_far(Readings).values, turn.view.token)))
    turn.ask = GaugeAsk(step.device, turn.view.token)
    turn.tell("reading.asked", device=step.device)


def take(turn: Turn, read: GaugeRead) -> tuple[str, ...] | None:
    """Take a reading. None: the step is not done yet; else why it failed, () if it passed.
    RuleViolation interlock.* if the work in hand may not continue."""
    hand, step = turn.work.hand, turn.step
    if hand is None or step is None or step.kind != "gauge" or step.device != read.device:
        turn.tell("reading.unexpected", device=read.device, value=read.value, uom=read.uom)
        return None
    if not read.stable or (read.token and read.token != quantities.readings(turn).asked):
        return None
    interlock_check.go_on(turn)
    wanted = step.characteristics[len(quantities.readings(turn).values)]
    try:
        calibration.fit(turn, step.device)
        if read.uom != wanted.uom:
            raise BadAnswer("gauge.unit", device=read.device, have=read.uom or "-", want=wanted.uom)
    except (BadAnswer, RuleViolation) as error:
        body = Refused(hand.operation, error.code, scan=b64(read.raw))
        turn.confirm("ng", error.code, body, (hand.unit,), **error.details)
        return None
    now = turn.work.hand or hand
    values = (*now.so_far(Readings).values, quantities.judged(wanted, read.value))
    turn.put(now.with_progress(Readings(values)))
    return _measured(turn, now, step)


def _measured(turn: Turn, hand: InHand, step: Step) -> tuple[str, ...] | None:
    values = quantities.readings(turn).values
    if len(values) < len(step.characteristics):
        last, left = values[-1], len(step.characteristics) - len(values)
        turn.tell("reading.taken", value=last.value, uom=last.uom, left=left)
        return None
    passed = all(value.verdict == "pass" for value in values)
    gauge = calibration.gauge_at(turn, step.device)
    body = Measured(hand.operation, step.id, gauge.id if gauge else step.device or "", values)
    shown = quantities.said(step, values)
    turn.confirm("ok" if passed else "ng", "done.measured", body, (hand.unit,), step=step.name, values=shown)
    return () if passed else ("out_of_limits",)
