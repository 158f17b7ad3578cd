"""Which operations of this workplace are due on a thing, and the worker's pick where there are several. Pure."""

from __future__ import annotations

from common.barcode_router import Ambiguous, Code
from common.definitions import Operation, Route
from common.errors import RuleViolation
from common.judge import Standing, interlock
from station.messages import Prompt
from station.work.begin import orders
from station.work.turn import Turn

Due = tuple[Operation, ...]


def due(turn: Turn, standing: Standing, route: Route) -> Due:
    """What is due: the rework that is waited for, else every one that may begin; one that may not, if none may.

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
    """What a scanned thing is one of: by what is known of it, its code, its kind, or the order that is worked on."""
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
    turn.move(choosing=code)
    turn.tell("ask.operation", unit=code.claim, choices=[o.name for o in several])


def choices(turn: Turn) -> Due:
    """What may be picked for the thing that waits; nothing if none does."""
    code = turn.work.choosing
    if code is None or code.claim is None:
        return ()
    standing = turn.view.standing(code.claim)
    route = turn.view.definitions.route_of(material_of(turn, code, standing))
    return due(turn, standing, route) if route else ()


def insist(turn: Turn, code: Code | Ambiguous) -> None:
    """Until the answer nothing else is taken but who works here. RuleViolation choice.operation."""
    answers = isinstance(code, Code) and code.kind == "command" and code.value.partition(":")[0] in ("OP", "CANCEL")
    if not answers and not (isinstance(code, Code) and code.kind == "badge"):
        raise RuleViolation("choice.operation", choices=[o.name for o in choices(turn)])


def prompt(turn: Turn) -> Prompt:
    """What to do now: pick one."""
    code = turn.work.choosing
    return Prompt(
        "prompt.operation", {"unit": code.claim if code else None, "choices": [o.name for o in choices(turn)]}
    )
