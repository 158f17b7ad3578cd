"""The order that is worked on: what it asks for, which units are of it, and how many were passed here. Pure."""

from __future__ import annotations

from common.barcode_router import Code
from common.definitions import Material
from common.errors import RuleViolation
from common.ids import Claim
from common.judge.decisions import decide
from common.judge.order import HappensBefore
from common.rows import Planned
from common.text import Params
from station.shown.work_screen import Plan
from station.work.turn import Turn

COUNTED = 8  # orders of which a workplace remembers how many it has passed


def planned(turn: Turn, order: Claim) -> Planned | None:
    """The material and quantity of an order, by the last event about it that is known here."""
    history = turn.view.history(order).in_order()
    if not history.events:
        return None
    order_of = HappensBefore(history)
    said = {p.id: row for p in decide(history, order_of).history.events for row in p.rows if isinstance(row, Planned)}
    return next((said[id] for id in order_of.latest(said)), None)


def order_of(turn: Turn, thing: Claim) -> Claim | None:
    """The order of a thing: its own, else the one that is worked on."""
    own = turn.view.standing(thing).order
    return Claim(f"order@{turn.view.here.scheme.partition('@')[2]}", own) if own else turn.work.order


def scanned(turn: Turn, code: Code) -> None:
    """From now on this order is worked on. RuleViolation changeover.* if it is for another material or another line."""
    if code.claim is None:
        return None
    plan, hand = planned(turn, code.claim), turn.work.hand
    if plan is None:
        return _work_on(turn, code.claim, ("order.set", "order.set_next"), {})
    if turn.view.definitions.get(Material, plan.material) not in turn.view.definitions.materials_at(turn.view.place):
        raise RuleViolation("changeover.not_here", order=code.value, material=turn.material_name(plan.material))
    if hand is not None and hand.material != plan.material:
        raise _other(turn, code.claim, plan, hand.unit, hand.material)
    said = {"material": turn.material_name(plan.material), "quantity": plan.quantity, "uom": plan.uom}
    return _work_on(turn, code.claim, ("order.known", "order.known_next"), said)


def _work_on(turn: Turn, order: Claim, codes: tuple[str, str], said: Params) -> None:
    """Work on this order from now on. `codes`: to say so, and to say that the unit in hand keeps another one."""
    turn.move(order=order)
    hand = turn.work.hand
    is_next = hand is not None and order_of(turn, hand.unit) != order
    turn.tell(codes[is_next], order=order.value, **said)


def fits(turn: Turn, thing: Claim, material: str) -> None:
    """A thing that comes into being is of the order. RuleViolation changeover.other_material."""
    plan = planned(turn, turn.work.order) if turn.work.order else None
    if plan is not None and turn.work.order and plan.material != material:
        raise _other(turn, turn.work.order, plan, thing, material)


def _other(turn: Turn, order: Claim, plan: Planned, thing: Claim, material: str) -> RuleViolation:
    said = {"expected": turn.material_name(plan.material), "got": turn.material_name(material)}
    return RuleViolation("changeover.other_material", order=order, unit=thing, about=thing, **said)


# How many ------------------------------------------------------------------------------------------------------------
def count(turn: Turn, thing: Claim, by: int) -> None:
    """So many more of the thing's order were passed here."""
    order = order_of(turn, thing)
    if order is not None:
        made = {**turn.work.made}
        made[order.value] = max(made.pop(order.value, 0) + by, 0)
        turn.move(made=dict(list(made.items())[-COUNTED:]))


def staged(turn: Turn) -> Plan | None:
    """The order on the screen: that of the thing in hand, else the one that is worked on."""
    order = order_of(turn, turn.work.hand.unit) if turn.work.hand else turn.work.order
    if order is None:
        return None
    plan, done = planned(turn, order), turn.work.made.get(order.value, 0)
    if plan is None:
        return Plan(order.value, done)
    known = turn.view.definitions.get(Material, plan.material)
    return Plan(order.value, done, known.name if known else None, plan.quantity, plan.uom, plan.due or "")
