"""Doubts about a component: the operation's policy decides, and the pass may be provisional. Pure."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from common.definitions import Material, Operation
from common.errors import RuleViolation
from common.ids import Claim, kind_of
from common.judge import EXPIRY, UNFINISHED, InterlockAnswer, Standing, expiry
from common.judge import finished as judged_finished
from station.work.begin import rejection
from station.work.turn import Turn


def finished(turn: Turn, standing: Standing, material: str) -> None:
    """A sub-assembly is built in when its own route has passed. RuleViolation component.unfinished."""
    operation, answer = turn.operation, _route(turn, standing, material)
    if operation is None or answer.verdict == "pass":
        return
    turn.wants_newest = turn.view.may_ask
    if answer.verdict == "not_passed" or operation.on_unknown != "provisional":
        why = tuple(rejection.readable(turn, reason) for reason in answer.reasons)
        raise RuleViolation("component.unfinished", component=standing.thing, reasons=why)
    _provisional(turn, UNFINISHED)


def _route(turn: Turn, standing: Standing, material: str) -> InterlockAnswer:
    """From a lot something is taken while more of it is still made."""
    route, operation = turn.view.definitions.route_of(material), turn.operation
    if route is None or operation is None or kind_of(standing.thing) == "lot":
        return InterlockAnswer("pass")
    return judged_finished(standing, route, operation, turn.view.evidence())


def fresh_enough(turn: Turn, component: Claim, material: str) -> None:
    """A lot has not expired, nor does it too soon. RuleViolation component.expired, component.expires_soon,
    component.expiry_unknown, component.lot_unseen."""
    known, operation = turn.view.definitions.get(Material, material), turn.operation
    if operation is None or kind_of(component) != "lot":
        return None
    ends, today = expiry(turn.view.history(component), known), turn.view.today
    if ends is None:
        return _seen(turn, operation, component, known)
    said = {"component": component, "expiry": ends.isoformat(), "today": today.isoformat()}
    if ends < today:
        raise RuleViolation("component.expired", **said)
    if known and ends < today + timedelta(days=known.days_left):
        raise RuleViolation("component.expires_soon", days=known.days_left, **said)
    if turn.view.sure:
        return None
    if operation.on_unknown != "provisional":
        raise RuleViolation("component.expiry_unknown", **said)
    return _provisional(turn, EXPIRY)


def _seen(turn: Turn, operation: Operation, component: Claim, material: Material | None) -> None:
    """A lot that does not keep for ever, and of which nobody said here until when."""
    if material is None or material.shelf_life_days is None:
        return
    turn.wants_newest = turn.view.may_ask
    if operation.on_unknown != "provisional":
        raise RuleViolation("component.lot_unseen", component=component, material=material.name)
    _provisional(turn, EXPIRY)


def look_again(turn: Turn) -> None:
    """Before the pass: what went in before the work was set aside, or was not yet known then, is asked once more."""
    hand, operation = turn.work.hand, turn.operation
    if hand is None or operation is None or operation.on_unknown != "provisional":
        return
    for one in turn.view.standing(hand.unit).components:
        if one.removed_by is None and one.operation == operation.id:
            standing = turn.view.standing(one.child)
            material = standing.material or one.material
            if _route(turn, standing, material).verdict != "pass":
                _provisional(turn, UNFINISHED)
            if not _surely_fresh(turn, one.child, material):
                _provisional(turn, EXPIRY)


def _surely_fresh(turn: Turn, component: Claim, material: str) -> bool:
    """Return whether a lot that was added can still be used today, so that it could on the day when it was added."""
    known = turn.view.definitions.get(Material, material)
    if kind_of(component) != "lot" or known is None:
        return True
    ends = expiry(turn.view.history(component), known)
    if ends is None:
        return known.shelf_life_days is None
    return turn.view.sure and ends >= turn.view.today + timedelta(days=known.days_left)


def _provisional(turn: Turn, unknown: str) -> None:
    """The pass of the work in hand will be provisional."""
    hand = turn.work.hand
    if hand is not None and unknown not in hand.unknown:
        turn.put(replace(hand, unknown=(*hand.unknown, unknown)))
