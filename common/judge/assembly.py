"""Assembly: a thing's components and its parents, from binds and the retractions that end them (observed-remove)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec import Struct

from common.definitions import BomLine, Definitions
from common.ids import Claim, kind_of, tag
from common.judge.decisions import Decided
from common.judge.finding import Finding
from common.judge.history import Past
from common.judge.order import HappensBefore
from common.rows import Edge, Retraction

PastRetraction = tuple[Past, Retraction]
Bound = tuple[Past, Edge]


class Component(Struct, frozen=True):
    """One edge. `removed_by`: the event that ended it; None while it is in force.

    `possible`: one of several candidates, of which only one went in.
    """

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
    possible: bool = False


class Assembly(Struct, frozen=True):
    """The edges below and above a thing, each once in the order of their tags' events, and the findings about them."""

    below: tuple[Component, ...]
    above: tuple[Component, ...]
    findings: tuple[Finding, ...]


def assembly(decided: Decided, order: HappensBefore, definitions: Definitions, material: str | None) -> Assembly:
    """Build the edges of the history's thing. `material`: its material, whose bill of material limits each slot."""
    history = decided.history
    retractions = [(p, r) for p in history.events for r in p.rows if isinstance(r, Retraction)]
    bound = [(p, r) for p in history.events for r in p.rows if isinstance(r, Edge)]
    removed = _removed(decided, bound, retractions, order)
    open_candidates = Counter(p.id for p, r in bound if r.kind == "candidate" and tag(p.id, r.k) not in removed)
    edges = [_component(p, r, removed, open_candidates[p.id] > 1) for p, r in bound]
    below = tuple(c for c in edges if c.parent == history.thing)
    above = tuple(c for c in edges if c.child == history.thing)
    slots = {c.slot: definitions.bom_line(material, c.slot) for c in below}
    findings = [*_over_full(history.thing, below, slots, decided), *_contested(history.thing, above, decided)]
    findings += [*_unreadable(history.thing, bound, retractions, decided, order), *_cycles(history.thing, edges)]
    return Assembly(below, above, tuple(findings))


def _component(past: Past, row: Edge, removed: dict[str, str], several: bool) -> Component:
    own = tag(past.id, row.k)
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
        removed_by=removed.get(own),
        possible=row.kind == "candidate" and several and own not in removed,
    )


# Edges that ended -----------------------------------------------------------------------------------------------------
def _removed(
    decided: Decided, bound: list[Bound], retractions: list[PastRetraction], order: HappensBefore
) -> dict[str, str]:
    """Map an edge's tag to the event that ended it; of several, the one with the lowest id."""
    removed: dict[str, str] = {}
    for past, edge in bound:
        own = tag(past.id, edge.k)
        by = [p.id for p, r in retractions if _removes(p, r, past, edge, own, order)]
        by += [decided.removed[own]] if own in decided.removed else []
        if edge.kind == "candidate":
            by += _narrowed(past, edge, own, bound, decided, order)
        if by:
            removed[own] = min(by)
    return removed


def _removes(past: Past, row: Retraction, bound: Past, edge: Edge, own: str, order: HappensBefore) -> bool:
    """Return True if a retraction removes this edge: it names the edge, or names none and does not come before it."""
    if (row.parent, row.child) != (edge.parent, edge.child):
        return False
    if row.tags:
        return own in row.tags
    return row.slot in ("", edge.slot) and past.id != bound.id and not order.before(past.id, bound.id)


def _narrowed(
    past: Past, edge: Edge, own: str, bound: list[Bound], decided: Decided, order: HappensBefore
) -> list[str]:
    """List the events that rule this candidate out: a decision for another one, or a later plain bind of one."""
    others = [tag(p.id, r.k) for p, r in bound if p.id == past.id and r.kind == "candidate"]
    kept = [name for name in others if name in decided.kept]
    by = [decided.kept[name] for name in kept] if own not in kept else []
    return by + [
        p.id
        for p, r in bound
        if (r.kind, r.parent, r.slot) == ("bind", edge.parent, edge.slot)
        and r.child in past.on[1:]
        and tag(p.id, r.k) not in decided.removed
        and order.before(past.id, p.id)
    ]


# Findings -------------------------------------------------------------------------------------------------------------
def _over_full(
    thing: Claim, below: Sequence[Component], slots: dict[str, BomLine | None], decided: Decided
) -> Iterable[Finding]:
    """Find slots that hold more than the bill of material allows; a lot may be mixed from any number."""
    found: dict[str, list[Component]] = {}
    for component in below:
        if component.kind == "bind" and component.removed_by is None and kind_of(thing) != "lot":
            found.setdefault(component.slot, []).append(component)
    for slot, filled in found.items():
        if _too_much(filled, slots.get(slot)) and not _all_kept(filled, decided):
            yield from (Finding("slot_over_full", c.tag, c.parent, True, {"slot": slot}) for c in filled)


def _too_much(filled: list[Component], line: BomLine | None) -> bool:
    """Return True if a slot holds too much; without a limit in the same unit of measure, more than one item."""
    if line is None or {c.uom for c in filled} != {line.uom}:
        return len(filled) > 1
    return sum(Decimal(c.quantity) for c in filled) > Decimal(line.quantity)


def _all_kept(components: Iterable[Component], decided: Decided) -> bool:
    return all(c.tag in decided.kept for c in components)


def _contested(thing: Claim, above: Sequence[Component], decided: Decided) -> list[Finding]:
    """Find a unit or container with two parents: a finding on each of them; a lot may have many parents."""
    standing = [c for c in above if c.removed_by is None and c.kind in ("bind", "aggregate")]
    if kind_of(thing) == "lot" or len({c.parent for c in standing}) < 2 or _all_kept(standing, decided):
        return []
    return [
        Finding("component_contested", c.tag, about, True, {"child": str(c.child)})
        for c in standing
        for about in (c.parent, c.child)
    ]


def _unreadable(
    thing: Claim, bound: list[Bound], retractions: list[PastRetraction], decided: Decided, order: HappensBefore
) -> Iterable[Finding]:
    """Find unreadable removals, open until settled or until a later removal from the slot names the component."""
    for past, row in retractions:
        if row.parent == thing and not row.tags and row.child is None:
            told = any(
                later.parent == thing and later.child is not None and order.before(past.id, p.id)
                for p, later in retractions
                if _takes_from(row.slot, p, later, bound, order)
            )
            waits = not told and tag(past.id, row.k) not in decided.kept
            yield Finding("slot_unreadable", past.id, thing, waits, {"slot": row.slot})


def _takes_from(slot: str, past: Past, row: Retraction, bound: list[Bound], order: HappensBefore) -> bool:
    return any(slot in ("", e.slot) and _removes(past, row, p, e, tag(p.id, e.k), order) for p, e in bound)


def _cycles(thing: Claim, edges: list[Component]) -> Iterable[Finding]:
    """Find a thing inside itself or inside one of its components; longer circles show in the graph."""
    standing = [c for c in edges if c.removed_by is None]
    below, above = ({c.child for c in standing if c.parent == thing}, {c.parent for c in standing if c.child == thing})
    for c in standing:
        other = c.child if c.parent == thing else c.parent
        if other in below and other in above:
            yield Finding("cycle", c.tag, thing, True, {"child": str(other)})
