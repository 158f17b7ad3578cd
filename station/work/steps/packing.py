"""Pack finished units into containers: one is open until it is full. Pure."""

from __future__ import annotations

from common.barcode_router import Code
from common.definitions import Material, Operation
from common.errors import RuleViolation
from common.event_types import Aggregate, Commission
from common.ids import Claim
from station.work.state import Idle
from station.work.steps import labels
from station.work.turn import Turn


def pack(turn: Turn, code: Code, operation: Operation | None) -> None:
    """Put the unit that waits into the scanned container. RuleViolation pack.* if it may not."""
    unit, claim = turn.work.packing, code.claim
    if unit is None:
        return
    if code.kind != "container" or claim is None:
        raise RuleViolation("pack.not_a_container", got=code.value)
    if turn.view.standing(unit).held_because:
        raise RuleViolation("pack.held", unit=unit.value)
    if turn.work.container not in (None, claim):
        raise RuleViolation("pack.other_open", open=turn.work.container.value, got=claim.value)
    room = operation.packs if operation and operation.packs else 1
    inside = contents(turn, claim)
    if len(inside) >= room:
        raise RuleViolation("pack.full", container=claim.value, count=len(inside))
    if turn.view.standing(claim).material is None:
        kind = next((m for m in turn.view.definitions.all(Material) if m.tracked == "container"), None)
        material = kind.id if kind else "container"
        turn.confirm("ok", "done.container", Commission(material), (claim,), container=claim.value)
        labels.issue(turn, (kind.label or None) if kind else None, claim, material)
    count = len(inside) + 1
    body = Aggregate(operation.id if operation else None)
    said = {"unit": unit.value, "container": claim.value, "count": count, "room": room}
    turn.confirm("ok", "done.packed", body, (claim, unit), **said)
    turn.put(Idle())
    turn.move(container=None if count == room else claim)


def contents(turn: Turn, container: Claim) -> list[Claim]:
    """The contents of a container, as known here."""
    return [c.child for c in turn.view.standing(container).components if c.removed_by is None]
