"""Trace forward from a lot or a component to every unit, container and shipment that it is in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from common.definitions.naming import Name
from common.genealogy import Reached, reach, trace
from common.ids import Claim, kind_of
from common.ledger import reads
from common.ledger.project import thing_ids
from common.ledger.store import Connection
from hub.db import access
from hub.db import reads as hub_reads
from hub.db.reads import Age, EdgeRow
from hub.trace.names import Names
from hub.trace.seen import Seen, seen
from hub.trace.shipments import Shipment, shipments


class WhereLine(Struct, frozen=True):
    """A thing that the start went into. `via`: the thing below it on the way, and how much of that went in.

    `ended`: it came out again there. `container`: what it is packed in; a lot may be in many, which have lines of their
    own. `possible`: it may be in there, and nobody knows: every way leads by one of several candidates.
    """

    claim: Claim
    kind: str
    material: Name | None
    state: str
    via: Claim
    depth: int
    ended: bool
    container: Claim | None
    quantity: str = "1"
    uom: str = ""
    possible: bool = False


class WherePage(Struct, frozen=True):
    """The answer to "where did this go?". `counts`: how many of each kind it is in now. `shipped`: who has it."""

    claim: Claim
    kind: str
    material: Name | None
    lines: tuple[WhereLine, ...]
    counts: dict[str, int]
    ended: int
    seen: Seen
    shipped: tuple[Shipment, ...] = ()


def where_page(conn: Connection, claim: Claim, age: Age, now_ms: int) -> WherePage | None:
    """The forward trace of a thing, or None if nobody ever said anything about it."""
    tid = thing_ids(conn, [claim]).get(claim)
    if tid is None:
        return None
    names = Names(conn, reads.definitions(conn))

    def step(frontier: Sequence[int]) -> Iterable[tuple[int, int, EdgeRow, bool]]:
        return [(e.child, e.parent, e, not e.ended) for e in hub_reads.edges(conn, frontier, up=True)]

    reached = trace(tid, step)
    lines = _lines(conn, reached, names)
    now = {line.claim: line.kind for line in lines if not line.ended}
    first = reached[0].edge.material if reached else None
    standing = hub_reads.standings(conn, [tid]).get(tid)
    return WherePage(
        claim=claim,
        kind=kind_of(claim),
        material=names.thing(claim, standing[1] if standing and standing[1] else first),
        lines=lines,
        counts={kind: sum(k == kind for k in now.values()) for kind in sorted(set(now.values()))},
        ended=len({line.claim for line in lines if line.ended}),
        seen=seen(conn, age, now_ms),
        shipped=shipments(conn, access.claims_of(conn, {tid, *(r.node for r in reached if not r.edge.ended)}), names),
    )


def _lines(conn: Connection, reached: Sequence[Reached[int, EdgeRow]], names: Names) -> tuple[WhereLine, ...]:
    tids = {r.node for r in reached} | {r.source for r in reached}
    proven = _proven(reached)
    claims, standings = access.claims_of(conn, tids), hub_reads.standings(conn, tids)
    packed = {r.source: claims[r.node] for r in reached if r.edge.kind == "aggregate" and not r.edge.ended}
    return tuple(
        WhereLine(
            claim=claims[r.node],
            kind=kind_of(claims[r.node]),
            material=names.thing(claims[r.node], standings.get(r.node, ("", None))[1]),
            state=standings.get(r.node, ("unknown", None))[0],
            via=claims[r.source],
            depth=r.depth,
            ended=r.edge.ended,
            container=packed.get(r.node) if kind_of(claims[r.node]) != "lot" else None,
            quantity=r.edge.quantity,
            uom=r.edge.uom,
            possible=not r.edge.ended and not proven.get(r.node, True),
        )
        for r in sorted(reached, key=lambda r: (r.depth, claims[r.node]))
    )


def _proven(reached: Sequence[Reached[int, EdgeRow]]) -> dict[int, bool]:
    """Node → whether sure edges alone lead to it."""
    edges: dict[int, list[tuple[int, int, bool]]] = {}
    for r in reached:
        if not r.edge.ended:
            edges.setdefault(r.source, []).append((r.source, r.node, not r.edge.possible))
    start = [r.source for r in reached[:1]]
    return reach(start[0], lambda frontier: [e for at in frontier for e in edges.get(at, ())]) if start else {}
