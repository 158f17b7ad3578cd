"""The next place of a thing that is not worked on here now: back, to its rework, to the next operation. Pure."""

from __future__ import annotations

from common.definitions import Operation, Route
from common.errors import RuleViolation
from common.ids import Claim
from common.judge import InterlockAnswer, Standing
from common.judge.interlock import needed
from common.text import Params
from station.work.begin import due, rejection
from station.work.state import Idle
from station.work.turn import Turn

Todo = tuple[str, Params]


def todo(turn: Turn, standing: Standing, route: Route, operation: Operation, answer: InterlockAnswer) -> Todo | None:
    """Advise on a thing that the interlock does not let begin `operation`; None if nobody can say."""
    if answer.verdict in ("hold", "unknown"):
        overrides = answer.verdict == "unknown" and operation.on_unknown == "override"
        code = "todo.override" if overrides else "todo.release" if answer.verdict == "hold" else "todo.wait"
        return code, {"release": operation.release}
    if standing.state == "scrapped":
        return "todo.scrapped", {}
    rework = due_rework(standing, route)
    if rework is not None and rework.id != operation.id:
        return "todo.rework", _to(turn, rework)
    if rework is None and _failed(standing, route):
        return "todo.no_rework", {}
    first = next((o for o in route.operations if _open(standing, route, o)), None)
    return ("todo.bring", _to(turn, first)) if first and first.id != operation.id else None


def due_rework(standing: Standing, route: Route) -> Operation | None:
    """The rework that a failed operation of this thing waits for."""
    failed = _failed(standing, route)
    return route.operation(failed.on_fail or "") if failed else None


def _failed(standing: Standing, route: Route) -> Operation | None:
    """The first operation of this thing that failed and may not be repeated."""
    states = ((operation, standing.operation(operation.id)) for operation in route.operations)
    return next((one for one, state in states if state.outcome == "fail" and state.tries >= one.tests), None)


def _open(standing: Standing, route: Route, operation: Operation) -> bool:
    """Return whether this is still to be passed, nobody has to decide about it, and all before it has passed."""
    before = all(standing.outcome(earlier.id) == "pass" for earlier in needed(standing, route, operation))
    is_open = standing.outcome(operation.id) not in ("pass", "contested")
    return before and is_open and not (operation.reworks or operation.optional)


def after_fail(turn: Turn, thing: Claim, operation: Operation) -> Todo:
    """The sentence for an operation that has just failed, with the next step of the thing."""
    tries = turn.view.standing(thing).operation(operation.id).tries + 1
    said: dict[str, object] = {"unit": thing, "operation": operation.name}
    if tries < operation.tests:
        return "done.failed_retest", said | {"left": operation.tests - tries}
    rework = turn.route.operation(operation.on_fail or "") if turn.route else None
    if rework is None:
        return "done.failed", said
    return "done.failed_rework", said | {"rework": rework.name, "place": _places(turn, rework)}


def rework(turn: Turn, _: str) -> None:
    """Send the failed thing to its rework: say where. RuleViolation rework.not_failed if there is none."""
    code = turn.work.stopped
    standing = turn.view.standing(code.claim) if code and code.claim else None
    route = turn.view.definitions.route_of(due.material_of(turn, code, standing)) if code and standing else None
    operation = due_rework(standing, route) if standing and route else None
    if code is None or operation is None:
        raise RuleViolation("rework.not_failed")
    turn.put(Idle())
    turn.tell("todo.go_rework", unit=code.claim, **_to(turn, operation))


def _to(turn: Turn, operation: Operation) -> Params:
    return {"operation": operation.name, "place": _places(turn, operation)}


def _places(turn: Turn, operation: Operation) -> list[object]:
    return [rejection.place_name(turn.view.definitions, id) for id in operation.at]
