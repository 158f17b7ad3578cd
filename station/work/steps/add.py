"""An add step: things go into a slot until as much is in as the bill says; of a lot the quantity is entered."""

from __future__ import annotations

from decimal import Decimal

from common.barcode_router import Code
from common.definitions import Characteristic, Step
from common.errors import RuleViolation
from common.ids import Claim, kind_of
from common.text import Params
from station.messages import Prompt
from station.shown.work_screen import Phrase
from station.work.expected import Expected
from station.work.state import InHand, Portion, Untouched
from station.work.steps import components, progress, quantities
from station.work.steps.kind import StepKind
from station.work.turn import Turn


class AddStep(StepKind):
    """Fill a slot piece by piece."""

    takes_part = True

    def prompt(self, turn: Turn, step: Step, params: dict[str, object]) -> Prompt:
        """Ask for a component, or for the quantity of the one that was scanned."""
        line, hand, wanted = turn.slot, turn.work.hand, self.number(turn, step)
        if wanted is not None:
            return quantities.prompt(wanted, params)
        params = params | {"material": components.material_of_slot(turn)}
        if line is None or hand is None:
            return Prompt("prompt.scan", params)
        return Prompt("prompt.add", params | progress.filled(line, progress.in_slot(turn, hand.unit, line.slot)))

    def expects(self, turn: Turn, step: Step) -> Expected:
        """The materials of the slot, or a number."""
        wanted = self.number(turn, step)
        return quantities.expects(wanted) if wanted else components.expects(turn, "expect.material")

    def scan(self, turn: Turn, step: Step, code: Code) -> None:
        """Put a thing into the slot: of a lot as much as will be entered, of others one."""
        line, hand = turn.slot, turn.work.hand
        if line is None or hand is None:
            return super().scan(turn, step, code)
        taken = components.admitted(turn, code, line)
        if kind_of(taken.thing) != "lot":
            return components.put_in(turn, hand, taken, line, "1")
        turn.put(hand.with_progress(Portion(taken)))
        return turn.tell("noted.amount", component=taken.thing, slot=line.name)

    def number(self, turn: Turn, step: Step) -> Characteristic | None:
        """The quantity of the lot that was scanned. Its limits are the room that is left: another lot may follow."""
        hand, line = turn.work.hand, turn.slot
        if hand is None or line is None or not isinstance(hand.progress, Portion):
            return None
        inside = progress.amount(progress.in_slot(turn, hand.unit, line.slot))
        room = Decimal(line.quantity) + Decimal(line.tolerance) - inside
        decimals = max(len(text.partition(".")[2]) for text in (line.quantity, line.tolerance))
        return Characteristic(line.slot, line.name, line.uom, decimals, high=quantities.plain(room))

    def entered(self, turn: Turn, step: Step, wanted: Characteristic, value: str) -> None:
        """Add so much of the lot."""
        hand, line = turn.work.hand, turn.slot
        quantities.within(wanted, value)
        if hand is None or line is None or not isinstance(hand.progress, Portion):
            return super().entered(turn, step, wanted, value)
        return components.put_in(turn, hand, hand.progress.pending, line, value)

    def skipped(self, turn: Turn, step: Step, thing: Claim) -> tuple[str, Params] | None:
        """Skip a slot that is full."""
        if turn.slot is None or not progress.is_full(turn.slot, _inside(turn, thing, step)):
            return None
        return "ignored.full", {"slot": turn.slot.name}

    def note(self, turn: Turn, step: Step) -> tuple[InHand, Phrase] | None:
        """The lot that waits for its quantity."""
        hand = turn.work.hand
        if hand is None or not isinstance(hand.progress, Portion):
            return None
        return hand.with_progress(Untouched()), components.taken_words(turn, hand.progress.pending)


def may_close(turn: Turn) -> bool:
    """Return whether CLOSE ends the step now: an optional one, or a container in hand that is not empty."""
    step, hand = turn.step, turn.work.hand
    if step is None or hand is None or step.kind != "add" or isinstance(hand.progress, Portion):
        return False
    is_container = kind_of(hand.unit) == "container"
    return step.optional or (is_container and bool(progress.in_slot(turn, hand.unit, step.slot or "")))


def close(turn: Turn, _: str) -> None:
    """Close a container that is not full, for its label is ruined or the order ends; or end an optional step.
    RuleViolation command.not_here."""
    container, hand, step = turn.work.container, turn.work.hand, turn.step
    if hand and step and may_close(turn):
        if kind_of(hand.unit) == "container":
            turn.tell("done.closed", container=hand.unit)
        else:
            turn.tell("done.done_here", step=step.name)
        return progress.following(turn)
    if container is None:
        raise RuleViolation("command.not_here", command="CLOSE")
    turn.move(container=None)
    turn.tell("done.closed", container=container)
    return None


def _inside(turn: Turn, thing: Claim, step: Step) -> Decimal:
    return progress.amount(progress.in_slot(turn, thing, step.slot or ""))
