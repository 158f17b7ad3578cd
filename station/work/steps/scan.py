"""A scan step: one component is scanned into a slot; with an output step in the form, a lot is noted for it."""

from __future__ import annotations

from common.barcode_router import Code
from common.definitions import Form, Step
from common.event_types import Bind
from common.ids import Claim
from common.text import Params
from station.messages import Prompt
from station.shown.work_screen import Phrase
from station.work.expected import Expected
from station.work.state import InHand
from station.work.steps import components, lots, progress
from station.work.steps.kind import StepKind
from station.work.turn import Turn


class ScanStep(StepKind):
    """Bind the scanned component at once."""

    takes_part = True

    def prompt(self, turn: Turn, step: Step, params: dict[str, object]) -> Prompt:
        """Ask for the material of the slot."""
        return Prompt("prompt.scan", params | {"material": components.material_of_slot(turn)})

    def expects(self, turn: Turn, step: Step) -> Expected:
        """The materials of the slot."""
        return components.expects(turn, "expect.material")

    def scan(self, turn: Turn, step: Step, code: Code) -> None:
        """Bind it, or note it for the output."""
        line, hand = turn.slot, turn.work.hand
        if line is None or hand is None:
            return super().scan(turn, step, code)
        if _has_output(turn.form):
            return lots.take(turn, code, line)
        taken = components.admitted(turn, code, line)
        body = Bind(line.slot, taken.material, line.quantity, line.uom, hand.operation, taken.scan)
        on = (hand.unit, taken.thing)
        turn.confirm("ok", "done.bound", body, on, component=taken.thing, slot=line.name, unit=hand.unit)
        return progress.following(turn)

    def skipped(self, turn: Turn, step: Step, thing: Claim) -> tuple[str, Params] | None:
        """Skip a slot that is filled, or whose product is made."""
        if progress.is_made(turn, thing):
            return "ignored.made", {"step": step.name}
        inside = progress.in_slot(turn, thing, step.slot or "")
        if not inside:
            return None
        return "ignored.bound", {"slot": turn.slot.name if turn.slot else step.slot, "component": inside[0].child}

    def note(self, turn: Turn, step: Step) -> tuple[InHand, Phrase] | None:
        """The lot that was scanned last."""
        return lots.note(turn)


def _has_output(form: Form | None) -> bool:
    return form is not None and any(step.kind == "output" for step in form.steps)
