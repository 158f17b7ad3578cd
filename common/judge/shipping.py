"""Shipping: may this thing leave the factory? Lists every reason against it; missing evidence is never a yes."""

from __future__ import annotations

from collections.abc import Iterable

from common.definitions import Route
from common.judge.finding import Finding
from common.judge.interlock import BlockReason, unfinished
from common.judge.standing import Standing

# While these are open nobody can tell what would leave.
BLOCKING = ("component_contested", "slot_over_full", "slot_unreadable", "amend_conflict", "settle_conflict", "cycle")


def shippable(standing: Standing, route: Route | None, parts: Iterable[Standing] = ()) -> tuple[BlockReason, ...]:
    """List the reasons why the thing may not be shipped; none if it may. `route`: its own, if it has one.

    `parts`: the standings of its components. Anything packed in it must be fit to ship as well.
    """
    inside = {part.thing: part for part in parts}
    packed = [c.child for c in standing.components if c.kind == "aggregate" and c.removed_by is None]
    reasons = _own(standing, route)
    found = [f for one in (standing, *inside.values()) for f in one.findings if f.about == standing.thing]
    reasons += _blocking(found)
    reasons += [reason for thing in packed if thing in inside for reason in shippable(inside[thing], None)]
    return tuple(reason for i, reason in enumerate(reasons) if reason not in reasons[:i])


def _own(standing: Standing, route: Route | None) -> list[BlockReason]:
    reasons = [BlockReason("ship.hold", {"reason": text}) for text in standing.reasons]
    if standing.scraps:
        reasons.append(BlockReason("ship.scrapped"))
    for id, state in sorted(standing.operations.items()):
        if state.outcome in ("fail", "contested"):
            reasons.append(BlockReason(f"ship.{state.outcome}", {"operation": id}))
        elif state.provisional:
            reasons.append(BlockReason("ship.provisional", {"operation": id}))
    reasons += [
        BlockReason("ship.missing", {"operation": o.id}) for o in (unfinished(standing, route) if route else ())
    ]
    if standing.state == "unknown":
        reasons.append(BlockReason("ship.unknown"))
    return reasons


def _blocking(findings: Iterable[Finding]) -> list[BlockReason]:
    return [BlockReason(f"ship.{kind}") for kind in sorted({f.kind for f in findings if f.open and f.kind in BLOCKING})]
