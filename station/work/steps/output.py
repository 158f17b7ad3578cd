"""An output step: the lots in hand become so much of the product; another lot may still be scanned."""

from __future__ import annotations

from decimal import Decimal

from common.barcode_router import Code
from common.definitions import BomLine, Characteristic, Step
from common.errors import RuleViolation
from common.event_types import Quantity, Transform
from common.ids import Claim
from common.text import Params
from station.messages import Prompt
from station.shown.work_screen import Phrase
from station.work.expected import Expected
from station.work.state import InHand
from station.work.steps import lots, progress, quantities
from station.work.steps.kind import StepKind
from station.work.turn import Turn


class OutputStep(StepKind):
    """Make a quantity of the thing in hand."""

    needs = ""

    def prompt(self, turn: Turn, step: Step, params: dict[str, object]) -> Prompt:
        """Ask for the quantity that was made."""
        return quantities.prompt(self.number(turn, step), params)

    def expects(self, turn: Turn, step: Step) -> Expected:
        """A number."""
        return quantities.expects(self.number(turn, step))

    def scan(self, turn: Turn, step: Step, code: Code) -> None:
        """Note another lot for any slot: the first one ran empty on the way."""
        lots.take(turn, code, _slot_for(turn, code, step))

    def number(self, turn: Turn, step: Step) -> Characteristic:
        """The quantity that was made."""
        return step.characteristics[0]

    def entered(self, turn: Turn, step: Step, wanted: Characteristic, value: str) -> None:
        """Record the product and the lots that went into it. Of two lots in a slot nobody knows how much of each."""
        hand = turn.work.hand
        if hand is None:
            return
        quantities.within(wanted, value)
        bom = {line.slot: line for line in turn.material.bom} if turn.material else {}
        slots = [one.slot for one in hand.taken]
        used = [
            Quantity(i, quantities.plain(Decimal(value) * Decimal(bom[one.slot].quantity)), bom[one.slot].uom)
            for i, one in enumerate(hand.taken)
            if one.slot in bom and slots.count(one.slot) == 1
        ]
        made = Quantity(len(hand.taken), value, wanted.uom)
        body = Transform(len(hand.taken), (*used, made), hand.material, hand.operation)
        on = (*(one.thing for one in hand.taken), hand.unit)
        turn.confirm("ok", "done.made", body, on, unit=hand.unit, quantity=value, uom=wanted.uom)
        progress.following(turn)

    def skipped(self, turn: Turn, step: Step, thing: Claim) -> tuple[str, Params] | None:
        """Skip a product that was made before."""
        return ("ignored.made", {"step": step.name}) if progress.is_made(turn, thing) else None

    def note(self, turn: Turn, step: Step) -> tuple[InHand, Phrase] | None:
        """The lot that was scanned last."""
        return lots.note(turn)


def _slot_for(turn: Turn, code: Code, step: Step) -> BomLine:
    form, hand = turn.form, turn.work.hand
    slots = {step.slot for step in form.steps if step.kind == "scan"} if form else set()
    lines = turn.material.bom if turn.material and hand else []
    for line in lines:
        if line.slot in slots and code.material in (line.material, *line.alternatives):
            return line
    raise RuleViolation("component.not_now", got=code.value, step=step.name)
