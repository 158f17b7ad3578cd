"""Find the operations of this workplace that are due on a thing; ask where there are several. Pure."""

from __future__ import annotations

from common.barcode_router import Code
from common.definitions import Operation, Route
from common.judge import Standing, interlock
from station.work.begin import orders
from station.work.state import WhichOperation
from station.work.turn import Turn

Due = tuple[Operation, ...]


def due(turn: Turn, standing: Standing, route: Route) -> Due:
    """Find the rework that is waited for, else every operation that may begin; one that may not, if none may.

    Nothing if none of the route is done here.
    """
    here = [o for o in route.operations if turn.view.place in o.at]
    rework = [o for o in here if o.reworks and _failed(standing, route, o.reworks)]
    plain = [o for o in here if not o.reworks]
    todo = [o for o in plain if standing.outcome(o.id) != "pass"]
    if len(todo) > 1 and not rework:
        todo = [o for o in todo if _may_begin(turn, standing, route, o)] or todo[:1]
    return tuple(rework[:1] or todo or (plain + here)[:1])


def material_of(turn: Turn, code: Code, standing: Standing) -> str | None:
    """Find the material of a scanned thing: by its records, its code, its kind, or the order that is worked on."""
    plan = orders.planned(turn, turn.work.order) if turn.work.order and code.kind != "container" else None
    return standing.material or code.material or _only_container(turn, code) or (plan.material if plan else None)


def _only_container(turn: Turn, code: Code) -> str | None:
    """An SSCC does not say what kind of container it is; where one kind alone is worked on, it is that."""
    kinds = [m.id for m in turn.view.definitions.materials_at(turn.view.place) if m.tracked == "container"]
    return kinds[0] if code.kind == "container" and len(kinds) == 1 else None


def _failed(standing: Standing, route: Route, id: str) -> bool:
    tested, state = route.operation(id), standing.operation(id)
    return tested is not None and state.outcome == "fail" and state.tries >= tested.tests


def _may_begin(turn: Turn, standing: Standing, route: Route, operation: Operation) -> bool:
    verdict = interlock(standing, route, operation, turn.view.evidence()).verdict
    return verdict == "pass" or (verdict == "unknown" and operation.on_unknown == "provisional")


# The pick ------------------------------------------------------------------------------------------------------------
def ask(turn: Turn, code: Code, several: Due) -> None:
    """Ask which of several operations is meant; the scan waits for the answer."""
    turn.question(WhichOperation(code))
    turn.tell("ask.operation", unit=code.claim, choices=[o.name for o in several])


def choices(turn: Turn, code: Code) -> Due:
    """The operations that may be picked for the scanned thing."""
    if code.claim is None:
        return ()
    standing = turn.view.standing(code.claim)
    route = turn.view.definitions.route_of(material_of(turn, code, standing))
    return due(turn, standing, route) if route else ()
