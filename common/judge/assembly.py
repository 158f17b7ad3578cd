"""What is in a thing and what it is in: binds, and the retractions that end them (observed-remove)."""

from __future__ import annotations

from msgspec import Struct

from common.ids import Claim, kind_of, tag
from common.judge.finding import Finding
from common.judge.history import History, Past
from common.judge.order import Order
from common.rows import Edge, Retraction


class Component(Struct, frozen=True):
    """One edge. `removed_by`: the event that ended it, or None while it stands."""

    tag: str
    event: str
    parent: Claim
    child: Claim
    kind: str
    slot: str
    material: str
    quantity: str
    uom: str
    operation: str
    removed_by: str | None = None


def assembly(history: History, order: Order) -> tuple[tuple[Component, ...], tuple[Component, ...], list[Finding]]:
    """(edges below the thing, edges above it, findings), each edge once, in the order of their tags' events."""
    retractions = [(p, r) for p in history.events for r in p.rows if isinstance(r, Retraction)]
    edges = [
        _component(past, row, retractions, order)
        for past in history.events
        for row in past.rows
        if isinstance(row, Edge)
    ]
    below = tuple(c for c in edges if c.parent == history.thing)
    above = tuple(c for c in edges if c.child == history.thing)
    findings = [*_over_full(history, below), *_contested(history, above), *_unreadable(history, retractions)]
    return below, above, findings


def _component(past: Past, row: Edge, retractions: list[tuple[Past, Retraction]], order: Order) -> Component:
    own = tag(past.id, row.k)
    removed = sorted(p.id for p, r in retractions if _removes(p, r, past, row, own, order))
    return Component(
        tag=own,
        event=past.id,
        parent=row.parent,
        child=row.child,
        kind=row.kind,
        slot=row.slot,
        material=row.material,
        quantity=row.quantity,
        uom=row.uom,
        operation=row.operation,
        removed_by=removed[0] if removed else None,
    )


def _removes(past: Past, row: Retraction, bound: Past, edge: Edge, own: str, order: Order) -> bool:
    """A retraction removes the edges it names of its two things; if it names none, every one that is not after it."""
    if (row.parent, row.child) != (edge.parent, edge.child):
        return False
    if row.tags:
        return own in row.tags
    return row.slot in ("", edge.slot) and past.id != bound.id and not order.before(past.id, bound.id)


def _over_full(history: History, below: tuple[Component, ...]) -> list[Finding]:
    """A slot of a unit holds one thing; a lot is mixed of as many as it takes."""
    if kind_of(history.thing) == "lot":
        return []
    slots: dict[str, list[Component]] = {}
    for component in below:
        if component.kind == "bind" and component.removed_by is None:
            slots.setdefault(component.slot, []).append(component)
    return [
        Finding("slot_over_full", c.tag, history.thing, True, {"slot": slot})
        for slot, found in slots.items()
        if len(found) > 1
        for c in found
    ]


def _contested(history: History, above: tuple[Component, ...]) -> list[Finding]:
    """One unit or container in two parents: a finding on each of them; a lot may be in many."""
    standing = [c for c in above if c.removed_by is None and c.kind != "transform"]
    if kind_of(history.thing) == "lot" or len({c.parent for c in standing}) < 2:
        return []
    return [
        Finding("component_contested", c.tag, about, True, {"child": str(c.child)})
        for c in standing
        for about in (c.parent, c.child)
    ]


def _unreadable(history: History, retractions: list[tuple[Past, Retraction]]) -> list[Finding]:
    return [
        Finding("slot_unreadable", p.id, history.thing, True, {"slot": r.slot})
        for p, r in retractions
        if r.parent == history.thing and not r.tags and r.child is None
    ]
