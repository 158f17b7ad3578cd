"""A thing comes to the workplace: which operation is due, and whether it may begin. Pure."""

from __future__ import annotations

from common.barcode_router import Code
from common.definitions import Form, Material, Operation, definition_hash
from common.errors import RuleViolation
from common.event_types import Commission, OperationStarted
from common.ids import Claim, b64
from common.judge import BlockReason, Standing, interlock, left_behind
from station.work.begin import due, interlock_check, orders, rejection
from station.work.state import InHand
from station.work.steps import labels, machine_permit, progress
from station.work.turn import Turn

APPROVED = ""  # stands for the id of an approval that is written with this turn


def take_in_hand(turn: Turn, code: Code, *, approved: bool = False, picked: str | None = None) -> None:
    """Begin the operation that is due on the scanned thing, the `picked` one of several. RuleViolation if it may not
    begin. `approved`: somebody signed for what is not known."""
    if code.claim is None or code.kind not in worked_on(turn):
        raise RuleViolation("unit.not_a_unit", got=code.value)
    standing = turn.view.standing(code.claim)
    material = due.material_of(turn, code, standing)
    route = turn.view.definitions.route_of(material)
    several = due.due(turn, standing, route) if route else ()
    operation = next((o for o in several if picked in (None, o.id)), None)
    if route is None or operation is None or material is None:
        raise RuleViolation("unit.no_operation", got=code.value, about=code.claim)
    if len(several) > 1 and not picked:
        return due.ask(turn, code, several)
    form = turn.view.definitions.get(Form, operation.form)
    if form is None:
        raise RuleViolation("unit.no_form", operation=operation.name, about=code.claim, operation_id=operation.id)
    if _only_to_pack(standing, operation):
        turn.move(packing=code.claim)
        return turn.tell("done.to_pack", unit=code.claim)
    machine_permit.can_take(form, code.claim)
    if (why := interlock_check.not_qualified(turn, operation, code.claim)) is not None:
        raise why
    answer = interlock(standing, route, operation, turn.view.evidence())
    if turn.view.may_ask and answer.verdict != "pass" and not approved:
        # The thing may have come faster than its evidence: look once more before saying no.
        turn.wants_newest = True
        return None
    overridden = approved and answer.verdict == "unknown" and operation.on_unknown == "override"
    unknown = answer.unknown if overridden else interlock_check.admit(turn, operation, standing, route, answer)
    _clean_enough(turn, operation, code.claim, material)
    hand = InHand(code.claim, material, operation.id, unknown=unknown, form=definition_hash(form), label=b64(code.raw))
    body = OperationStarted(operation.id, unknown, APPROVED if overridden else None)
    return _begin(turn, hand, operation, body, is_new=standing.state == "unknown")


def worked_on(turn: Turn) -> frozenset[str]:
    """Which kinds of things are worked on at this workplace: unit, lot, container."""
    return frozenset(material.tracked for material in turn.view.definitions.materials_at(turn.view.place))


def _begin(turn: Turn, hand: InHand, operation: Operation, started: OperationStarted, *, is_new: bool) -> None:
    made = turn.view.definitions.get(Material, hand.material)
    if is_new and made and made.origin == "made" and not operation.after and not operation.reworks:
        orders.fits(turn, hand.unit, hand.material)
        order = turn.work.order.value if turn.work.order else None
        code = "done.container" if made.tracked == "container" else "done.commissioned"
        said = {"unit": hand.unit, "container": hand.unit}
        turn.confirm("ok", code, Commission(hand.material, order), (hand.unit,), **said)
        labels.issue(turn, made.label or None, hand.unit, hand.material, order)
    tone, said_code = ("unknown", "done.started_provisional") if hand.unknown else ("ok", "done.started")
    # What leaves something behind here is part of the workplace's own history too.
    on = (hand.unit, turn.view.here) if _cleaned_by(turn) else (hand.unit,)
    turn.confirm(tone, said_code, started, on, unit=hand.unit, operation=operation.name)
    turn.move(hand=hand)
    progress.arrive(turn)


def _only_to_pack(standing: Standing, operation: Operation) -> bool:
    """Whether a unit passed here, was set aside, and now comes to be packed."""
    inside = any(c.kind == "aggregate" and c.removed_by is None for c in standing.within)
    passed = standing.outcome(operation.id) == "pass" and standing.state in ("passed", "provisional", "in_process")
    return bool(operation.packs) and passed and not inside


# Changeover ----------------------------------------------------------------------------------------------------------
def _cleaned_by(turn: Turn) -> list[str]:
    workplace = turn.view.definitions.workplace(turn.view.place)
    return workplace.cleaned_by if workplace else []


def _clean_enough(turn: Turn, operation: Operation, thing: Claim, material: str) -> None:
    """RuleViolation if an allergen may be left here that this product does not declare."""
    release = _cleaned_by(turn)
    if not release:
        return
    before = [turn.view.standing(lot).material for lot in left_behind(turn.view.history(turn.view.here))]
    left = {allergen for id in before for allergen in _allergens(turn, id)} - _allergens(turn, material)
    if left:
        why = BlockReason(
            "interlock.not_cleaned", {"allergens": sorted(left), "material": turn.material_name(material)}
        )
        raise rejection.no(interlock_check.BLOCKED, operation, thing, release, [why])


def _allergens(turn: Turn, id: str | None) -> frozenset[str]:
    known = turn.view.definitions.get(Material, id)
    return frozenset(known.allergens) if known else frozenset()
