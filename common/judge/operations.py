"""Progress of a thing in its route: the outcome of each operation, retests and rework."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from common.definitions import Route
from common.ids import tag
from common.judge.finding import Finding
from common.judge.history import History, Past
from common.judge.order import HappensBefore
from common.rows import Result

PastResult = tuple[Past, Result]


class OperationState(Struct, frozen=True):
    """`outcome`: none, started, pass, fail, contested. `tries`: fails since the last rework. `provisional`: a pass
    whose evidence is still not seen. `event`: the deciding one. `bad`: tags of the bad results if those decided, or of
    passes that are no longer trusted and were not replaced."""

    operation: str
    outcome: str
    tries: int = 0
    provisional: bool = False
    event: str | None = None
    bad: tuple[str, ...] = ()


def operation_states(
    history: History, route: Route | None, order: HappensBefore
) -> tuple[dict[str, OperationState], list[Finding]]:
    """Compute the state of every operation with results, and the findings."""
    said: dict[str, list[PastResult]] = {}
    for past in history.events:
        for row in past.rows:
            if isinstance(row, Result) and row.thing == history.thing:
                said.setdefault(row.operation, []).append((past, row))
    states = {id: _state(id, results, _reworks(route, id, said), route, order) for id, results in said.items()}
    findings = [f for id, results in said.items() for f in _failed(history, results, states[id])]
    return states, findings


def _reworks(route: Route | None, id: str, said: Mapping[str, list[PastResult]]) -> list[str]:
    """List events that passed a rework of this operation; a disputed pass does not count."""
    names = [o.id for o in route.operations if o.reworks == id] if route else []
    return [
        past.id for name in names for past, row in said.get(name, []) if row.outcome == "pass" and not past.doubtful
    ]


def _state(
    id: str, results: list[PastResult], reworks: list[str], route: Route | None, order: HappensBefore
) -> OperationState:
    counted = [(p, r) for p, r in results if r.outcome == "fail" or (r.outcome == "pass" and not p.doubtful)]
    if not counted:
        begun = any(r.outcome == "started" for _, r in results)
        distrusted = tuple(tag(p.id, r.k) for p, r in results if r.outcome == "pass" and p.distrusted)
        return OperationState(id, "started" if begun else "none", bad=distrusted)
    fails = sorted({p.id for p, r in counted if r.outcome == "fail"})
    ids = order.latest(p.id for p, _ in counted)
    latest = [(p, r) for p, r in counted if p.id in ids]
    bad = [(p, r) for p, r in latest if r.outcome == "fail" or _spent(p.id, fails, reworks, route, id, order)]
    names = tuple(sorted({tag(p.id, r.k) for p, r in bad}))
    tries = sum(not any(order.before(f, w) for w in reworks) for f in fails)
    outcome = "pass" if not bad else "fail" if len(bad) == len(latest) else "contested"
    return OperationState(id, outcome, tries, not bad and all(r.provisional for _, r in latest), ids[0], names)


def _spent(
    passed: str, fails: list[str], reworks: list[str], route: Route | None, id: str, order: HappensBefore
) -> bool:
    """Return True if a pass came after the allowed tests had failed, with no rework between."""
    operation = route.operation(id) if route else None
    before = [f for f in fails if order.before(f, passed)]
    open_fails = [f for f in before if not any(order.before(f, w) and order.before(w, passed) for w in reworks)]
    return operation is not None and len(open_fails) >= operation.tests


def _failed(history: History, results: list[PastResult], state: OperationState) -> list[Finding]:
    """Make a finding of each failure, open until the operation passes."""
    waits = state.outcome != "pass"
    return [
        Finding("failed", past.id, history.thing, waits, {"operation": row.operation})
        for past, row in results
        if row.outcome == "fail"
    ]
