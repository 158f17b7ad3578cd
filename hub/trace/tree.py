"""As built: what is in a thing, level by level down to the lots, and what the thing itself is in."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from common.definitions.naming import Name
from common.ids import Claim, kind_of, tag
from common.judge import Component, History, Past, Standing
from common.ledger.store import Connection
from common.rows import Edge
from hub.db import access, reads
from hub.db.reads import EdgeRow, SaidRow
from hub.trace.names import Names

DEEPEST = 12
WIDEST = 500


class Removal(Struct, frozen=True):
    """Removal of a component. `failed`: the failed operation for whose rework it was taken out."""

    at: int
    station: str
    operation: Name | str
    failed: Name | str


class Node(Struct, frozen=True):
    """A thing in the as-built tree, over the edge that put it there. `used_in`: how many things it is in now.

    `at`, `station`: of the event that put it there; `removed`: of the one that took it out, where that is known.
    `possible`: one of several, and nobody knows which of them went in.
    """

    claim: Claim
    kind: str
    material: Name | None
    state: str
    slot: Name | None
    quantity: str
    uom: str
    operation: Name | None
    ended: bool
    used_in: int
    at: int | None = None
    station: str = ""
    removed: Removal | None = None
    children: tuple[Node, ...] = ()
    possible: bool = False


class _Grown(Struct, frozen=True):
    """All that a tree is made of, by dense ids. `root`: the thing whose `standing` and `past` events are known."""

    root: int
    standing: dict[str, Component]
    past: dict[str, Past]
    below: dict[int, list[EdgeRow]]
    claims: dict[int, Claim]
    standings: dict[int, tuple[str, str | None]]
    used: dict[int, int]
    said: dict[int, SaidRow]


def tree(conn: Connection, tid: int, names: Names, standing: Standing, history: History) -> Node:
    """The tree below a thing, level by level; a thing met before is not opened twice, so a cycle ends.

    A container shows the units in it and not what they are made of.
    """
    closed = "unit" if kind_of(history.thing) == "container" else ""
    below: dict[int, list[EdgeRow]] = {}
    known, frontier, depth = {tid}, [tid], 0
    while frontier and depth < DEEPEST and len(known) < WIDEST:
        depth += 1
        found = reads.edges(conn, frontier, up=False, limit=WIDEST)
        for edge in found:
            below.setdefault(edge.parent, []).append(edge)
        new = access.claims_of(conn, {e.child for e in found if not e.ended} - known)
        frontier = sorted(tid for tid, claim in new.items() if kind_of(claim) != closed)
        known |= {e.child for e in found}
    grown = _Grown(
        root=tid,
        standing={c.tag: c for c in standing.components},
        past={p.id: p for p in history.events},
        below=below,
        claims=access.claims_of(conn, known),
        standings=reads.standings(conn, known),
        used=reads.uses(conn, known),
        said=reads.said(conn, (e.eid for edges in below.values() for e in edges)),
    )
    return _node(grown, names, tid, None, frozenset())


def _node(grown: _Grown, names: Names, at: int, edge: EdgeRow | None, path: frozenset[int]) -> Node:
    claim, (state, material) = grown.claims[at], grown.standings.get(at, ("unknown", None))
    said = grown.said.get(edge.eid) if edge else None
    component = _component(grown, edge, said)
    ended = component.removed_by is not None if component else bool(edge and edge.ended)
    children = () if at in path or ended else grown.below.get(at, ())
    return Node(
        claim=claim,
        kind=kind_of(claim),
        material=names.thing(claim, material or (edge.material if edge else None)),
        state=state,
        slot=_slot(grown, names, edge),
        quantity=edge.quantity if edge else "1",
        uom=edge.uom if edge else "",
        operation=_named(names.operation(edge.operation)) if edge else None,
        ended=ended,
        used_in=grown.used.get(at, 0),
        at=said.at if said else None,
        station=said.author if said else "",
        removed=_removal(component, grown.past, names),
        possible=bool(edge and edge.possible),
        children=_by_slot([_node(grown, names, e.child, e, path | {at}) for e in children], children),
    )


def _by_slot(nodes: Sequence[Node], edges: Sequence[EdgeRow]) -> tuple[Node, ...]:
    """Order by when slots were first filled; in a slot the present component, then those removed."""
    first: dict[str, int] = {}
    for edge in edges:
        first.setdefault(edge.slot, len(first))
    found = sorted(zip(nodes, edges, strict=True), key=lambda pair: (first[pair[1].slot], pair[0].ended))
    return tuple(node for node, _ in found)


def _component(grown: _Grown, edge: EdgeRow | None, said: SaidRow | None) -> Component | None:
    """Component of the standing for an edge at the top; further down only the database knows the pair of things."""
    if edge is None or said is None or edge.parent != grown.root:
        return None
    return grown.standing.get(tag(said.event, edge.k))


def _slot(grown: _Grown, names: Names, edge: EdgeRow | None) -> Name | None:
    line = names.slot(grown.standings.get(edge.parent, ("", None))[1], edge.slot) if edge else None
    return line.name if line else None


def _removal(component: Component | None, past: dict[str, Past], names: Names) -> Removal | None:
    by = past.get(component.removed_by) if component and component.removed_by else None
    if by is None:
        return None
    operation = next((row.operation for row in by.rows if isinstance(row, Edge)), "")
    return Removal(by.at, names.station(by.log), names.operation(operation), names.reworked(operation))


def _named(name: Name | str) -> Name | None:
    return name if isinstance(name, Name) else None


def above(conn: Connection, tid: int, names: Names) -> tuple[Node, ...]:
    """Things that a thing is or was in, one step up, at most WIDEST."""
    found = reads.edges(conn, [tid], up=True, limit=WIDEST)
    claims = access.claims_of(conn, {e.parent for e in found})
    standings = reads.standings(conn, claims)
    return tuple(
        Node(
            claim=claims[e.parent],
            kind=kind_of(claims[e.parent]),
            material=names.thing(claims[e.parent], standings.get(e.parent, ("", None))[1]),
            state=standings.get(e.parent, ("unknown", None))[0],
            slot=None,
            quantity=e.quantity,
            uom=e.uom,
            operation=_named(names.operation(e.operation)),
            ended=e.ended,
            used_in=0,
            possible=e.possible,
        )
        for e in found
    )
