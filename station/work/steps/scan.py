"""A scan step: components are scanned into a slot; with an output step in the form, a lot is noted for it."""

from __future__ import annotations

from decimal import Decimal

from common.barcode_router import Code
from common.definitions import Form, Step
from common.ids import Claim, kind_of
from common.text import Params
from station.messages import Prompt
from station.shown.work_screen import Phrase
from station.work.expected import Expected
from station.work.state import InHand
from station.work.steps import components, lots, progress, quantities
from station.work.steps.kind import StepKind
from station.work.turn import Turn


class ScanStep(StepKind):
    """Bind the scanned component at once: of a lot as much as the slot lacks, else one. A slot of n takes n scans."""

    takes_part = True

    def prompt(self, turn: Turn, step: Step, params: dict[str, object]) -> Prompt:
        """Ask for the material of the slot, and say how much is in if it takes several."""
        line, hand = turn.slot, turn.work.hand
        params = params | {"material": components.material_of_slot(turn)}
        if line is None or hand is None or _has_output(turn.form) or not components.are_counted(turn, line):
            return Prompt("prompt.scan", params)
        return Prompt("prompt.add", params | progress.filled(line, progress.in_slot(turn, hand.unit, line.slot)))

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
        inside = progress.amount(progress.in_slot(turn, hand.unit, line.slot))
        text = quantities.plain(Decimal(line.quantity) - inside) if kind_of(taken.thing) == "lot" else "1"
        words = "done.bound" if Decimal(text) == Decimal(line.quantity) else "done.added"
        return components.put_in(turn, hand, taken, line, text, words)

    def skipped(self, turn: Turn, step: Step, thing: Claim) -> tuple[str, Params] | None:
        """Skip a slot that is filled, or whose product is made."""
        if progress.is_made(turn, thing):
            return "ignored.made", {"step": step.name}
        inside = progress.in_slot(turn, thing, step.slot or "")
        if turn.slot is None or not progress.is_full(turn.slot, progress.amount(inside)):
            return None
        if len(inside) > 1:
            return "ignored.full", {"slot": turn.slot.name}
        return "ignored.bound", {"slot": turn.slot.name, "component": inside[0].child}

    def note(self, turn: Turn, step: Step) -> tuple[InHand, Phrase] | None:
        """The lot that was scanned last."""
        return lots.note(turn)


def _has_output(form: Form | None) -> bool:
    return form is not None and any(step.kind == "output" for step in form.steps)
