"""The standing of a thing: what is in it, which operations it passed, what holds it, and every finding about it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from common.definitions import Definitions, Route
from common.ids import Claim, tag
from common.judge.assembly import Component, assembly
from common.judge.finding import Finding
from common.judge.history import History, Past
from common.judge.operations import OperationState, operation_states
from common.judge.order import Order
from common.rows import Identity, Lift, Mark

NONE = OperationState("", "none")


class Standing(Struct, frozen=True):
    """What one thing is now. state: unknown, in_process, passed, provisional, failed, contested, hold or scrapped.

    `components`: edges below it, removed ones too. `within`: edges above it. `held_because`: one text a hold.
    """

    thing: Claim
    material: str | None
    order: str | None
    state: str
    operations: Mapping[str, OperationState]
    components: tuple[Component, ...]
    within: tuple[Component, ...]
    held_because: tuple[str, ...]
    findings: tuple[Finding, ...]

    def operation(self, id: str) -> OperationState:
        """What is known of an operation; outcome "none" if nothing is."""
        return self.operations.get(id, NONE)

    def outcome(self, id: str) -> str:
        """none, started, pass, fail or contested."""
        return self.operation(id).outcome


def judge(history: History, definitions: Definitions) -> Standing:
    """The standing of the history's thing; the same for the same events in any order."""
    history = history.in_order()
    order = Order(history)
    born = [(past, row) for past in history.events for row in past.rows if isinstance(row, Identity)]
    material = born[0][1].material if born else _implied(history)
    route = definitions.route_of(material)
    operations, op_findings = operation_states(history, route, order)
    below, within, edge_findings = assembly(history, order)
    holds, scraps = _standing_marks(history, "hold"), _standing_marks(history, "scrap")
    held = tuple(row.text for _, row in holds) + _derived_holds(history, op_findings)
    findings = [*_said(history, bool(scraps)), *op_findings, *edge_findings, *_twice(history, born)]
    findings += _after_scrap(history, scraps, order)
    return Standing(
        thing=history.thing,
        material=material,
        order=next((row.order for _, row in born if row.order), None),
        state=_state(bool(scraps), bool(held), operations, route, bool(born)),
        operations=operations,
        components=below,
        within=within,
        held_because=held,
        findings=tuple(sorted(_settled(findings, bool(scraps)), key=lambda f: (f.kind, f.cause))),
    )


def _implied(history: History) -> str | None:
    """A bought part needs no commission: the first bind that names it says what it is."""
    edges = (c for c in assembly(history, Order(history))[1] if c.kind == "bind")
    return next((c.material for c in edges), None)


def _standing_marks(history: History, kind: str) -> list[tuple[Past, Mark]]:
    """Those that no release or unscrap of this thing names; one in a disputed branch lifts nothing."""
    lifted = {
        t
        for past in history.events
        for row in past.rows
        if isinstance(row, Lift) and row.thing == history.thing and row.kind == kind and not past.disputed
        for t in row.tags
    }
    return [
        (past, row)
        for past in history.events
        for row in past.rows
        if isinstance(row, Mark) and row.thing == history.thing and row.kind == kind
        if tag(past.id, row.k) not in lifted
    ]


def _derived_holds(history: History, findings: list[Finding]) -> tuple[str, ...]:
    late = tuple(f.kind for f in findings if f.kind == "late_bad_news")
    return late + tuple("unknown_event" for past in history.events if past.blind)


REFUSALS = {"component": "component_refused", "interlock": "interlock_blocked", "plc": "plc_quarantined"}


def _said(history: History, scrapped: bool) -> list[Finding]:
    """What screens refused, and forks: seen by somebody already, or to be settled."""
    refused = [
        Finding(REFUSALS.get(row.code.partition(".")[0], "refused"), past.id, history.thing, False, {"code": row.code})
        for past in history.events
        for row in past.rows
        if isinstance(row, Mark) and row.kind == "refused" and row.thing == history.thing
    ]
    return refused + [Finding("disputed", p.id, history.thing, True) for p in history.events if p.disputed]


def _twice(history: History, born: list[tuple[Past, Identity]]) -> list[Finding]:
    if len(born) < 2:
        return []
    return [Finding("commissioned_twice", past.id, history.thing, True) for past, _ in born]


def _after_scrap(history: History, scraps: list[tuple[Past, Mark]], order: Order) -> list[Finding]:
    done = [p for p in history.events if any(type(row).__name__ in ("Result", "Edge", "Measure") for row in p.rows)]
    late = {p.id for scrap, _ in scraps for p in done if order.before(scrap.id, p.id)}
    return [Finding("after_scrap", id, history.thing, True) for id in sorted(late)]


def _settled(findings: list[Finding], scrapped: bool) -> list[Finding]:
    """A scrap decides every failure before it."""
    if not scrapped:
        return findings
    return [f.closed() if f.kind in ("failed", "provisional") else f for f in findings]


def _state(
    scrapped: bool, held: bool, operations: Mapping[str, OperationState], route: Route | None, born: bool
) -> str:
    if scrapped or held:
        return "scrapped" if scrapped else "hold"
    outcomes = {state.outcome for state in operations.values()}
    for bad, state in (("contested", "contested"), ("fail", "failed")):
        if bad in outcomes:
            return state
    needed = [o.id for o in route.operations if not (o.reworks or o.optional)] if route else []
    if needed and all(o in operations and operations[o].outcome == "pass" for o in needed):
        return "provisional" if any(operations[o].provisional for o in needed) else "passed"
    if any(state.provisional for state in operations.values()):
        return "provisional"
    return "in_process" if born or operations else "unknown"
