"""Move work from step to step, and end it. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from msgspec.structs import replace

from common.barcode_router import Code, CodeKind
from common.definitions import BomLine
from common.event_types import OperationCompleted
from common.ids import Claim, kind_of, unb64
from common.judge import Component
from common.text import Params
from station.work.begin import interlock_check, next_operation, orders, unverified
from station.work.state import Idle, InHand, Packing, Report, Stopped, Untouched
from station.work.steps import labels, machine_permit, quantities
from station.work.steps.kind import kind_of_step
from station.work.turn import Turn


def arrive(turn: Turn) -> None:
    """Come to the next step that has something to do; past the last one, the operation has passed,
    unless something says no to it by now."""
    step, hand = turn.step, turn.work.hand
    if hand is None or turn.form is None:
        return None
    if step is None:
        return None if interlock_check.halted(turn) else complete(turn, "pass", ())
    kind = kind_of_step(step)
    done = kind.skipped(turn, step, hand.unit)
    if done is None:
        return kind.arrive(turn, step)
    turn.tell(done[0], **done[1])
    return following(turn)


def is_made(turn: Turn, thing: Claim) -> bool:
    """Return whether the operation in hand has made this thing already."""
    operation = turn.operation
    below = turn.view.standing(thing).components
    return any(c.kind == "transform" and operation and c.operation == operation.id for c in below)


def renew(turn: Turn) -> None:
    """Act on news: work that may not continue loses its permit, work that may again continues."""
    if turn.work.hand is None or turn.work.asked(Report):
        return None
    return arrive(turn) if turn.form and turn.step is None else machine_permit.renew(turn)


def following(turn: Turn) -> None:
    """Go to the next step."""
    hand = turn.work.hand
    if hand is not None:
        turn.put(replace(hand, step=hand.step + 1, progress=Untouched()))
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
    turn.put(Packing(hand.unit) if passed and operation.packs else Idle())
    if passed and not operation.reworks:
        orders.count(turn, hand.unit, 1)
    if not passed:
        stop(turn, hand)


def stop(turn: Turn, hand: InHand) -> None:
    """Take the thing out of hand and show why it stops until the next scan."""
    scan = unb64(hand.label)
    turn.put(Stopped(Code(cast(CodeKind, kind_of(hand.unit)), hand.unit, hand.unit.value, None, None, scan)))


def in_slot(turn: Turn, thing: Claim, slot: str) -> list[Component]:
    """The contents of a slot of a thing, as known here; a container has one slot for all it holds."""
    inside = [c for c in turn.view.standing(thing).components if c.removed_by is None]
    return [c for c in inside if (c.kind == "bind" and c.slot == slot) or c.kind == "aggregate"]


def amount(inside: list[Component]) -> Decimal:
    """Their total quantity."""
    return sum((Decimal(c.quantity) for c in inside), Decimal(0))


def filled(line: BomLine, inside: list[Component]) -> dict[str, object]:
    """Say in numbers how much of a slot is filled."""
    return {"have": quantities.plain(amount(inside)), "want": line.quantity, "uom": line.uom}


def is_full(line: BomLine, inside: Decimal) -> bool:
    """Return whether as much is in as the bill of material says."""
    return inside >= Decimal(line.quantity) - Decimal(line.tolerance)
