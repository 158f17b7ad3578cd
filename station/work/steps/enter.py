"""An enter step: a person enters the value of each characteristic; the last one makes them one event."""

from __future__ import annotations

from common.definitions import Characteristic, Step
from common.event_types import Measured
from station.messages import Prompt
from station.shown.work_screen import Phrase
from station.work.expected import Expected
from station.work.state import InHand, Readings
from station.work.steps import progress, quantities
from station.work.steps.kind import StepKind
from station.work.steps.quantities import MANUAL
from station.work.turn import Turn


class EnterStep(StepKind):
    """Values that a person enters."""

    needs = ""
    is_amount = False

    def prompt(self, turn: Turn, step: Step, params: dict[str, object]) -> Prompt:
        """Ask for the next value."""
        return quantities.prompt(self.number(turn, step), params, amount=self.is_amount)

    def expects(self, turn: Turn, step: Step) -> Expected:
        """A number."""
        return quantities.expects(self.number(turn, step))

    def number(self, turn: Turn, step: Step) -> Characteristic:
        """The first characteristic that has no value yet."""
        return step.characteristics[len(quantities.readings(turn).values)]

    def entered(self, turn: Turn, step: Step, wanted: Characteristic, value: str) -> None:
        """Keep the value; with the last one, record all and judge them."""
        hand = turn.work.hand
        if hand is None:
            return None
        values = (*quantities.readings(turn).values, quantities.judged(wanted, value))
        if len(values) < len(step.characteristics):
            turn.put(hand.with_progress(Readings(values)))
            return turn.tell("noted.value", name=wanted.name, value=value, uom=wanted.uom)
        passed = all(value.verdict == "pass" for value in values)
        body = Measured(hand.operation, step.id, MANUAL, values)
        shown = quantities.said(step, values)
        turn.confirm("ok" if passed else "ng", "done.measured", body, (hand.unit,), step=step.name, values=shown)
        return progress.following(turn) if passed else progress.complete(turn, "fail", ("out_of_limits",))

    def keep(self, turn: Turn, step: Step) -> None:
        """Record the values so far."""
        quantities.keep(turn, step)

    def note(self, turn: Turn, step: Step) -> tuple[InHand, Phrase] | None:
        """The value that was entered last."""
        return quantities.note(turn)
