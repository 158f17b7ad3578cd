"""Everything about one thing: as built down to the lots, its measurements, its history, its findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from common.definitions import BomLine, Characteristic, Definitions, Form, Line, Material, Reason, Route
from common.definitions.naming import Name
from common.ids import Claim, kind_of
from common.judge import History, Past, judge
from common.ledger import logs, reads
from common.ledger.project import thing_ids
from common.ledger.store import Connection
from common.rows import Edge, Mark, Measure, Result, Row
from hub.db import access
from hub.db import reads as hub_reads
from hub.db.reads import Age, FindingRow
from hub.trace.seen import Seen, seen

DEEPEST = 12
WIDEST = 500


class Node(Struct, frozen=True):
    """A thing in the as-built tree, over the edge that put it there. `used_in`: how many things it stands in now."""

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
    children: tuple[Node, ...] = ()


class MeasureLine(Struct, frozen=True):
    """One measured value with its limits; `at` is the station's wall clock, ms."""

    operation: Name | str
    name: Name | str
    value: str
    uom: str
    low: str | None
    high: str | None
    verdict: str
    device: str
    station: str
    at: int
    event: str


class HistoryLine(Struct, frozen=True):
    """One event on the thing. `tone`: ok, ng, hold, unknown, info. `params` fill the sentence of `said.<what>`."""

    at: int
    station: str
    operation: Name | str
    what: str
    tone: str
    who: str
    definition: str
    event: str
    params: dict[str, Any]


class ThingPage(Struct, frozen=True):
    """The answer to "what is in this?"."""

    claim: Claim
    kind: str
    material: Name | None
    state: str
    order: str | None
    held_because: tuple[str, ...]
    within: tuple[Node, ...]
    tree: Node
    measures: tuple[MeasureLine, ...]
    history: tuple[HistoryLine, ...]
    findings: tuple[FindingRow, ...]
    events: int
    seen: Seen


class Names:
    """Looks up what people call things."""

    def __init__(self, conn: Connection, definitions: Definitions) -> None:
        self._definitions = definitions
        self._people = {id: name for id, name, _ in access.people(conn)}
        self._operations = {o.id: o.name for r in definitions.all(Route) for o in r.operations}
        self._characteristics = {c.id: c for f in definitions.all(Form) for s in f.steps for c in s.characteristics}
        self._places = {w.id: w.name for line in definitions.all(Line) for w in line.workplaces}
        self._authors = {log.log: log.author for log in logs.all_logs(conn)}

    def material(self, id: str | None) -> Name | None:
        """A material's name."""
        found = self._definitions.get(Material, id)
        return found.name if found else None

    def operation(self, id: str) -> Name | str:
        """An operation's name, or its id."""
        return self._operations.get(id, id)

    def characteristic(self, id: str) -> Characteristic | None:
        """A characteristic of any form."""
        return self._characteristics.get(id)

    def slot(self, material: str | None, slot: str) -> BomLine | None:
        """A slot of a material."""
        return self._definitions.bom_line(material, slot)

    def person(self, id: str | None) -> str:
        """A person's name; their id where the name was erased."""
        return self._people.get(id or "", id or "")

    def station(self, log: str) -> str:
        """Who writes a log."""
        return self._authors.get(log, "?")

    def reason(self, id: str) -> Name | str:
        """A coded reason's name, or its id."""
        found = self._definitions.get(Reason, id)
        return found.name if found else id


def thing_page(conn: Connection, claim: Claim, age: Age, now_ms: int) -> ThingPage | None:
    """The page of a thing, or None if nobody ever said anything about it."""
    tid = thing_ids(conn, [claim]).get(claim)
    if tid is None:
        return None
    definitions = reads.definitions(conn)
    names = Names(conn, definitions)
    history = reads.history_of(conn, tid, claim)
    standing = judge(history, definitions)
    state = hub_reads.standings(conn, [tid]).get(tid, (standing.state, None))[0]
    return ThingPage(
        claim=claim,
        kind=kind_of(claim),
        material=names.material(standing.material),
        state=state,
        order=standing.order,
        held_because=standing.held_because,
        within=_above(conn, tid, names),
        tree=_tree(conn, tid, claim, names, standing.material),
        measures=tuple(_measures(history, names)),
        history=tuple(_line(past, names, claim) for past in _readable(history)),
        findings=tuple(hub_reads.findings(conn, tid)),
        events=len(history.events),
        seen=seen(conn, age, now_ms),
    )


# As built ------------------------------------------------------------------------------------------------------------
def _tree(conn: Connection, tid: int, claim: Claim, names: Names, material: str | None) -> Node:
    """The tree below a thing, level by level; a thing met before is not opened twice, so a cycle ends."""
    below: dict[int, list[hub_reads.EdgeRow]] = {}
    known, frontier, depth = {tid}, [tid], 0
    while frontier and depth < DEEPEST:
        depth += 1
        found = hub_reads.edges(conn, frontier, up=False)
        for edge in found:
            below.setdefault(edge.parent, []).append(edge)
        frontier = sorted({e.child for e in found if not e.ended} - known)
        known |= {e.child for e in found}
    claims, standings = access.claims_of(conn, known), hub_reads.standings(conn, known)
    used = _uses(conn, sorted(known - {tid}))

    def node(at: int, edge: hub_reads.EdgeRow | None, path: frozenset[int]) -> Node:
        state, own_material = standings.get(at, ("unknown", None))
        children = () if at in path or (edge and edge.ended) else below.get(at, ())
        parent_material = standings.get(edge.parent, ("", None))[1] if edge else None
        slot = names.slot(parent_material, edge.slot) if edge else None
        return Node(
            claim=claims[at],
            kind=kind_of(claims[at]),
            material=names.material(own_material or (edge.material if edge else None)),
            state=state,
            slot=slot.name if slot else None,
            quantity=edge.quantity if edge else "1",
            uom=edge.uom if edge else "",
            operation=_named(names.operation(edge.operation)) if edge else None,
            ended=bool(edge and edge.ended),
            used_in=used.get(at, 0),
            children=tuple(node(e.child, e, path | {at}) for e in children),
        )

    return node(tid, None, frozenset())


def _named(name: Name | str) -> Name | None:
    return name if isinstance(name, Name) else None


def _uses(conn: Connection, tids: Sequence[int]) -> dict[int, int]:
    counts: dict[int, set[int]] = {}
    for edge in hub_reads.edges(conn, tids, up=True):
        if not edge.ended:
            counts.setdefault(edge.child, set()).add(edge.parent)
    return {tid: len(parents) for tid, parents in counts.items()}


def _above(conn: Connection, tid: int, names: Names) -> tuple[Node, ...]:
    found = hub_reads.edges(conn, [tid], up=True)[:WIDEST]
    claims = access.claims_of(conn, {e.parent for e in found})
    standings = hub_reads.standings(conn, claims)
    return tuple(
        Node(
            claim=claims[e.parent],
            kind=kind_of(claims[e.parent]),
            material=names.material(standings.get(e.parent, ("", None))[1]),
            state=standings.get(e.parent, ("unknown", None))[0],
            slot=None,
            quantity=e.quantity,
            uom=e.uom,
            operation=_named(names.operation(e.operation)),
            ended=e.ended,
            used_in=0,
        )
        for e in found
    )


# Measurements and history --------------------------------------------------------------------------------------------
def _readable(history: History) -> list[Past]:
    """Events as a person reads them: by the wall clocks they claim, which decide nothing else."""
    return sorted(history.events, key=lambda past: (past.at, past.log, past.index))


def _measures(history: History, names: Names) -> list[MeasureLine]:
    return [
        _measure(past, row, names)
        for past in _readable(history)
        for row in past.rows
        if isinstance(row, Measure) and row.thing == history.thing
    ]


def _measure(past: Past, row: Measure, names: Names) -> MeasureLine:
    characteristic = names.characteristic(row.ch)
    return MeasureLine(
        operation=names.operation(row.operation),
        name=characteristic.name if characteristic else row.ch,
        value=row.value,
        uom=row.uom,
        low=row.low,
        high=row.high,
        verdict=row.verdict,
        device=row.device,
        station=names.station(past.log),
        at=past.at,
        event=past.id,
    )


TONES = {
    "pass": "ok",
    "fail": "ng",
    "started": "info",
    "left": "hold",
    "refused": "ng",
    "scrap": "ng",
    "hold": "hold",
    "nonconformance": "hold",
}


def _line(past: Past, names: Names, claim: Claim) -> HistoryLine:
    row = past.rows[0] if past.rows else None
    params, tone = _params(row, past, names, claim)
    operation = getattr(row, "operation", "") or (getattr(row, "text", "") if past.t == "refused" else "")
    what = past.t
    if past.t == "operation_completed":
        what = f"operation_{getattr(row, 'outcome', 'pass')}"
        tone = "unknown" if getattr(row, "provisional", False) else tone
    return HistoryLine(
        at=past.at,
        station=names.station(past.log),
        operation=names.operation(operation) if operation else "",
        what=what,
        tone=tone,
        who=names.person(past.who),
        definition=(past.cfg or "").removeprefix("sha256:")[:8],
        event=past.id,
        params=params,
    )


def _params(row: Row | None, past: Past, names: Names, claim: Claim) -> tuple[dict[str, Any], str]:
    """What fills the sentence of an event, and its tone."""
    if isinstance(row, Edge):
        others = [r.child if r.parent == claim else r.parent for r in past.rows if isinstance(r, Edge)]
        return {"other": ", ".join(str(o.value) for o in others[:4]), "material": names.material(row.material)}, "info"
    if isinstance(row, Measure):
        values = [r for r in past.rows if isinstance(r, Measure)]
        bad = any(r.verdict == "fail" for r in values)
        return {"values": ", ".join(f"{r.value} {r.uom}" for r in values)}, "ng" if bad else "ok"
    if isinstance(row, Mark):
        return {"code": row.code, "text": row.text, "reason": names.reason(row.code)}, TONES.get(row.kind, "info")
    if isinstance(row, Result):
        return {"unknown": ", ".join(row.unknown)}, TONES.get(row.outcome, "info")
    return {}, "info"
