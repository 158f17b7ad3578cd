"""Numbers: how much goes in, came, was made or was measured, as the operator enters it. Pure."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from common import gs1
from common.definitions import BomLine, Characteristic
from common.errors import RuleViolation
from common.event_types import Aggregate, AggregateCounted, Bind, Body, Measured, Quantity, Receive, Transform
from common.ids import kind_of, unb64
from station.work.begin import calibration
from station.work.state import InHand, PendingComponent
from station.work.steps import machine_permit, progress
from station.work.turn import Turn

MANUAL = "manual"  # the device of values that a person entered


def number(turn: Turn, text: str) -> None:
    """A number is entered. RuleViolation quantity.* if none is asked for, or it cannot be that one."""
    step, hand = turn.step, turn.work.hand
    if wants_partner(turn):
        raise RuleViolation("partner.first")
    wanted = asked(turn)
    if step is None or hand is None or wanted is None:
        raise RuleViolation("quantity.not_now", value=text)
    if len(text.partition(".")[2]) > wanted.decimals:
        raise RuleViolation("quantity.decimals", value=text, uom=wanted.uom, decimals=wanted.decimals)
    turn.remember({f"{step.id}/{wanted.id}": text})
    if step.kind == "enter":
        return _enter(turn, hand, wanted, text)
    _within(wanted, text)
    if step.kind == "add" and hand.pending and turn.slot:
        return _put(turn, hand.pending, turn.slot, text)
    if step.kind == "receive":
        return _receive(turn, hand, wanted, text)
    return _output(turn, hand, wanted, text)


def asked(turn: Turn) -> Characteristic | None:
    """The number that is asked for now, with its unit and limits; None if there is none."""
    step, hand = turn.step, turn.work.hand
    if step is None or hand is None or wants_partner(turn):
        return None
    if step.kind == "add":
        return _still_fits(turn, hand, turn.slot) if hand.pending and turn.slot else None
    if step.kind in ("enter", "receive", "output"):
        return step.characteristics[len(hand.values)]
    return None


def wants_partner(turn: Turn) -> bool:
    """Whether what came must be said to be somebody's before how much it is: it may come from one of several."""
    step, hand = turn.step, turn.work.hand
    if step is None or hand is None or step.kind != "receive" or hand.partner:
        return False
    return turn.material is None or len(turn.material.suppliers) != 1


def _within(wanted: Characteristic, text: str) -> None:
    value = Decimal(text)
    if value <= 0 or (wanted.low is not None and value < Decimal(wanted.low)):
        raise RuleViolation("quantity.below", value=text, uom=wanted.uom, low=wanted.low or "0", name=wanted.name)
    if wanted.high is not None and value > Decimal(wanted.high):
        raise RuleViolation("quantity.above", value=text, uom=wanted.uom, high=wanted.high, name=wanted.name)


# Into a slot ---------------------------------------------------------------------------------------------------------
def add(turn: Turn, taken: PendingComponent) -> None:
    """A thing goes into the step's slot: of a lot so much as will be entered, of others one."""
    hand, line = turn.work.hand, turn.slot
    if hand is None or line is None:
        return
    if kind_of(taken.thing) == "lot":
        turn.move(hand=replace(hand, pending=taken))
        turn.tell("noted.amount", component=taken.thing, slot=line.name)
    else:
        _put(turn, taken, line, "1")


def _still_fits(turn: Turn, hand: InHand, line: BomLine) -> Characteristic:
    """What is missing in a slot, as the limits of the next number: less may be entered, for another lot may follow."""
    inside = progress.amount(progress.in_slot(turn, hand.unit, line.slot))
    room = Decimal(line.quantity) + Decimal(line.tolerance) - inside
    decimals = max(len(text.partition(".")[2]) for text in (line.quantity, line.tolerance))
    return Characteristic(line.slot, line.name, line.uom, decimals, high=plain(room))


def _put(turn: Turn, taken: PendingComponent, line: BomLine, text: str) -> None:
    hand = turn.work.hand
    if hand is None:
        return
    total = progress.amount(progress.in_slot(turn, hand.unit, line.slot)) + Decimal(text)
    said = {"component": taken.thing, "unit": hand.unit, "slot": line.name, "quantity": text, "uom": line.uom}
    said |= {"count": plain(total), "room": line.quantity}
    turn.confirm("ok", "done.added", _into(hand, taken, line, text), (hand.unit, taken.thing), **said)
    turn.move(hand=replace(hand, pending=None))
    if progress.is_full(line, total):
        progress.following(turn)


def _into(hand: InHand, taken: PendingComponent, line: BomLine, text: str) -> Body:
    if kind_of(hand.unit) != "container":
        return Bind(line.slot, taken.material, text, line.uom, hand.operation, taken.scan)
    if kind_of(taken.thing) != "lot":
        return Aggregate(hand.operation)
    return AggregateCounted((Quantity(1, text, line.uom),), hand.operation)


# Measured by a person ------------------------------------------------------------------------------------------------
def _enter(turn: Turn, hand: InHand, wanted: Characteristic, text: str) -> None:
    step = turn.step
    if step is None:
        return None
    values = (*hand.values, machine_permit.judged(wanted, text))
    if len(values) < len(step.characteristics):
        turn.move(hand=replace(hand, values=values))
        return turn.tell("noted.value", name=wanted.name, value=text, uom=wanted.uom)
    passed = all(value.verdict == "pass" for value in values)
    shown = ", ".join(f"{value.value} {value.uom}" for value in values)
    body = Measured(hand.operation, step.id, MANUAL, values)
    turn.confirm("ok" if passed else "ng", "done.measured", body, (hand.unit,), step=step.name, values=shown)
    return progress.following(turn) if passed else progress.complete(turn, "fail", ("out_of_limits",))


def keep(turn: Turn) -> None:
    """The values that were entered or read so far are recorded before the work leaves their step."""
    hand, step = turn.work.hand, turn.step
    if hand is None or step is None or not hand.values:
        return
    gauge = calibration.gauge_at(turn, step.device)
    device = gauge.id if gauge else step.device or MANUAL
    body, shown = Measured(hand.operation, step.id, device, hand.values), [f"{v.value} {v.uom}" for v in hand.values]
    turn.confirm("ok", "done.measured", body, (hand.unit,), step=step.name, values=", ".join(shown))


# What came, and what was made ----------------------------------------------------------------------------------------
def _receive(turn: Turn, hand: InHand, wanted: Characteristic, text: str) -> None:
    said, today = gs1.read(unb64(hand.label).decode()), turn.view.today
    number = (said and said.get("10")) or hand.unit.value.rpartition("/")[2]
    expiry = said and said.get("17")
    ends = gs1.day(expiry, today.year).isoformat() if expiry else None
    if ends and ends < today.isoformat():
        raise RuleViolation("component.expired", component=hand.unit, expiry=ends, today=today.isoformat())
    order = turn.work.order.value if turn.work.order else ""
    body = Receive(hand.material, _supplier(turn, hand), text, wanted.uom, number, order, ends)
    shown = {"unit": hand.unit, "quantity": text, "uom": wanted.uom, "expiry": ends}
    turn.confirm("ok", "done.received", body, (hand.unit,), **shown)
    progress.following(turn)


def _supplier(turn: Turn, hand: InHand) -> str:
    """The card that was scanned, else the only one it can be."""
    return hand.partner or (turn.material.suppliers[0] if turn.material else "")


def _output(turn: Turn, hand: InHand, wanted: Characteristic, text: str) -> None:
    """All that was taken becomes so much of the thing in hand. Of two lots in a slot nobody knows how much of each."""
    bom = {line.slot: line for line in turn.material.bom} if turn.material else {}
    slots = [one.slot for one in hand.taken]
    used = [
        Quantity(i, plain(Decimal(text) * Decimal(bom[one.slot].quantity)), bom[one.slot].uom)
        for i, one in enumerate(hand.taken)
        if one.slot in bom and slots.count(one.slot) == 1
    ]
    made = Quantity(len(hand.taken), text, wanted.uom)
    body = Transform(len(hand.taken), (*used, made), hand.material, hand.operation)
    on = (*(one.thing for one in hand.taken), hand.unit)
    turn.confirm("ok", "done.made", body, on, unit=hand.unit, quantity=text, uom=wanted.uom)
    progress.following(turn)


def plain(value: Decimal) -> str:
    """A decimal in the one spelling that events have: no exponent, no zeros behind it."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
