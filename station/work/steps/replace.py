"""A replace step: the old component is scanned out, then the new one in. Only the second scan is a fact."""

from __future__ import annotations

from common.barcode_router import Code
from common.definitions import BomLine, Step
from common.errors import RuleViolation
from common.event_types import Replace
from common.ids import Claim, kind_of
from common.text import Params
from station.messages import Prompt
from station.shown.work_screen import Phrase
from station.work.expected import Expected
from station.work.state import InHand, OldPart, PendingComponent, Untouched
from station.work.steps import components, progress, quantities
from station.work.steps.kind import StepKind
from station.work.turn import Turn


class ReplaceStep(StepKind):
    """Swap one component of a slot: a lot for as much as of the old one was in, a unit for a unit."""

    takes_part = True

    def prompt(self, turn: Turn, step: Step, params: dict[str, object]) -> Prompt:
        """Ask for the old component, then for the new one."""
        code = "prompt.replace_new" if _removed(turn) else "prompt.replace_old"
        return Prompt(code, params | {"material": components.material_of_slot(turn)})

    def expects(self, turn: Turn, step: Step) -> Expected:
        """The materials of the slot."""
        return components.expects(turn, "expect.material" if _removed(turn) else "expect.old")

    def scan(self, turn: Turn, step: Step, code: Code) -> None:
        """Take the old component out, or put the new one in."""
        line, hand, removed = turn.slot, turn.work.hand, _removed(turn)
        if line is None or hand is None:
            return super().scan(turn, step, code)
        if removed is None:
            thing = components.fitting(turn, code, line).thing
            if thing not in [c.child for c in progress.in_slot(turn, hand.unit, line.slot)]:
                raise RuleViolation("component.not_inside", component=thing, unit=hand.unit)
            return _out(turn, hand, thing)
        return _put_in(turn, hand, line, removed, components.admitted(turn, code, line))

    def skipped(self, turn: Turn, step: Step, thing: Claim) -> tuple[str, Params] | None:
        """Skip an empty slot."""
        if progress.in_slot(turn, thing, step.slot or ""):
            return None
        return "ignored.empty", {"slot": turn.slot.name if turn.slot else step.slot}

    def note(self, turn: Turn, step: Step) -> tuple[InHand, Phrase] | None:
        """The old component that was scanned out."""
        hand, removed = turn.work.hand, _removed(turn)
        if hand is None or removed is None:
            return None
        return hand.with_progress(Untouched()), Phrase("deed.removed", {"component": removed})


def unread(turn: Turn) -> Claim | None:
    """The old component where no scan need say which: the only one that is known to be in the slot."""
    step, hand = turn.step, turn.work.hand
    if step is None or hand is None or step.kind != "replace" or _removed(turn) is not None:
        return None
    inside = progress.in_slot(turn, hand.unit, step.slot or "")
    return inside[0].child if len(inside) == 1 else None


def out_unread(turn: Turn, _: str) -> None:
    """Take out the old component whose label cannot be read. RuleViolation command.not_here if it is not the only
    one."""
    hand, old = turn.work.hand, unread(turn)
    if hand is None or old is None:
        raise RuleViolation("command.not_here", command="OUT")
    _out(turn, hand, old)


def _removed(turn: Turn) -> Claim | None:
    progress_of = turn.work.hand.progress if turn.work.hand else None
    return progress_of.removed if isinstance(progress_of, OldPart) else None


def _out(turn: Turn, hand: InHand, old: Claim) -> None:
    turn.put(hand.with_progress(OldPart(old)))
    turn.tell("replace.out", component=old)


def _put_in(turn: Turn, hand: InHand, line: BomLine, out: Claim, taken: PendingComponent) -> None:
    old = [c for c in progress.in_slot(turn, hand.unit, line.slot) if c.child == out]
    amount = quantities.plain(progress.amount(old)) if kind_of(taken.thing) == "lot" else "1"
    tags = tuple(c.tag for c in old)
    body = Replace(line.slot, taken.material, amount, line.uom, hand.operation, tags, taken.scan)
    said = {"component": taken.thing, "old": out, "unit": hand.unit}
    turn.confirm("ok", "done.replaced", body, (hand.unit, taken.thing, out), **said)
    progress.following(turn)
