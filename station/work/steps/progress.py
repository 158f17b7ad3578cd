"""How work moves from step to step and ends. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from msgspec.structs import replace

from common.barcode_router import Code, CodeKind
from common.definitions import BomLine, Step
from common.event_types import OperationCompleted
from common.ids import Claim, kind_of, unb64
from common.judge import Component
from common.rows import Movement
from common.text import Params
from station.work.begin import interlock_check, next_operation, orders, unverified
from station.work.state import InHand
from station.work.steps import labels, machine_permit
from station.work.turn import Turn


def arrive(turn: Turn) -> None:
    """Come to the next step that has something to do; past the last one, the operation has passed,
    unless something says no to it by now."""
    step, hand = turn.step, turn.work.hand
    if hand is None or turn.form is None:
        return None
    if step is None:
        return None if interlock_check.halted(turn) else complete(turn, "pass", ())
    if step.kind == "machine":
        return machine_permit.ask(turn, step)
    if _skipped(turn, step, hand.unit):
        return following(turn)
    return None


def _skipped(turn: Turn, step: Step, thing: Claim) -> bool:
    """Whether there is nothing to do, because it was done before the work was left; the operator is told."""
    slot = turn.slot.name if turn.slot else step.slot
    inside = in_slot(turn, thing, step.slot or "")
    if step.kind in ("scan", "output") and _is_made(turn, thing):
        turn.tell("ignored.made", step=step.name)
    elif step.kind == "scan" and inside:
        turn.tell("ignored.bound", slot=slot, component=inside[0].child)
    elif step.kind == "replace" and not inside:
        turn.tell("ignored.empty", slot=slot)
    elif step.kind == "add" and turn.slot and is_full(turn.slot, amount(inside)):
        turn.tell("ignored.full", slot=slot)
    elif step.kind == "receive" and _is_received(turn, thing):
        turn.tell("ignored.made", step=step.name)
    else:
        return False
    return True


def _is_made(turn: Turn, thing: Claim) -> bool:
    operation = turn.operation
    below = turn.view.standing(thing).components
    return any(c.kind == "transform" and operation and c.operation == operation.id for c in below)


def _is_received(turn: Turn, thing: Claim) -> bool:
    rows = (row for past in turn.view.history(thing).events for row in past.rows)
    return any(isinstance(row, Movement) and row.kind == "receive" for row in rows)


def renew(turn: Turn) -> None:
    """What is known has changed: what may not go on loses its permit; what may again goes on."""
    if turn.work.hand is None or turn.work.hand.because:
        return None
    return arrive(turn) if turn.form and turn.step is None else machine_permit.renew(turn)


def following(turn: Turn) -> None:
    """This step is done."""
    hand = turn.work.hand
    if hand is not None:
        done = replace(hand, step=hand.step + 1, removed=None, pending=None, values=(), asked=0, partner="")
        turn.move(hand=replace(done, given=(), at=None, columns=(), declined=""))
        arrive(turn)


def complete(turn: Turn, outcome: str, reasons: tuple[str, ...]) -> None:
    """The operation ends: pass or fail."""
    passed = outcome == "pass"
    if passed:
        unverified.look_again(turn)
    hand, operation = turn.work.hand, turn.operation
    if hand is None or operation is None:
        return
    machine_permit.withdraw(turn)
    provisional = bool(hand.unknown) and passed
    body = OperationCompleted(operation.id, "pass" if passed else "fail", provisional, hand.unknown, reasons)
    if passed:
        code = "done.provisional" if hand.unknown else "done.passed"
        said: Params = {"unit": hand.unit, "operation": operation.name}
        turn.confirm("unknown" if hand.unknown else "ok", code, body, (hand.unit,), **said)
    else:
        code, said = next_operation.after_fail(turn, hand.unit, operation)
        turn.confirm("ng", code, body, (hand.unit,), **said)
    if passed:
        labels.issue(turn, operation.label or None, hand.unit, hand.material, turn.view.standing(hand.unit).order)
    turn.move(hand=None, packing=hand.unit if passed and operation.packs else None)
    if passed and not operation.reworks:
        orders.count(turn, hand.unit, 1)
    if not passed:
        stop(turn, hand)


def stop(turn: Turn, hand: InHand) -> None:
    """Why the thing that was in hand may not go on stays on the screen until the next scan."""
    scan = unb64(hand.label)
    turn.move(hand=None, stopped=Code(cast(CodeKind, kind_of(hand.unit)), hand.unit, hand.unit.value, None, None, scan))


def in_slot(turn: Turn, thing: Claim, slot: str) -> list[Component]:
    """What stands in a slot of a thing, as far as it is known here; a container has one slot for all it holds."""
    inside = [c for c in turn.view.standing(thing).components if c.removed_by is None]
    return [c for c in inside if (c.kind == "bind" and c.slot == slot) or c.kind == "aggregate"]


def amount(inside: list[Component]) -> Decimal:
    """How much there is of it."""
    return sum((Decimal(c.quantity) for c in inside), Decimal(0))


def is_full(line: BomLine, inside: Decimal) -> bool:
    """Whether as much is in as the bill of material says."""
    return inside >= Decimal(line.quantity) - Decimal(line.tolerance)
