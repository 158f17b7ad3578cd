"""Everything about one thing: as built down to the lots, its measurements, its history, its findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from common.definitions.naming import Name
from common.ids import Claim, kind_of
from common.judge import History, Past
from common.ledger import reads
from common.ledger.evidence import judged
from common.ledger.project import thing_ids
from common.ledger.store import Connection
from common.rows import MANUAL, Edge, Entered, Identity, Labelled, Mark, Measure, Movement, Result, Retraction, Row
from common.text import Typed
from hub.db import consequences
from hub.db import reads as hub_reads
from hub.db.reads import Age
from hub.trace.findings import FindingLine, finding_lines
from hub.trace.names import Names
from hub.trace.orders import OrderLine, UnitLine, order_line, stations_of, units_of
from hub.trace.seen import Seen, seen
from hub.trace.tree import Node, above, tree


class MeasureLine(Struct, frozen=True):
    """One measured value with its limits, or one answer of a page; `at` is the station's wall clock, ms.

    `kind`: number, text, choice, date, code, photo or signature. `answer`: what people call the value, of a choice the
    option's name, of a signature the signer's; it has a `meaning` too.
    """

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
    kind: str = "number"
    answer: Name | str = ""
    meaning: str = ""


class HistoryLine(Struct, frozen=True):
    """One event on the thing. `tone`: ok, ng, hold, unknown, info. `params` fill its sentence.

    `what`: its type, of an operation that ended with the outcome, operation_pass, and of a label with its state.
    `part`: the thing is what was put in, taken out or packed, not what holds it; "in", "out" or "". `via`: "typed" if
    its code was typed and not scanned.
    """

    at: int
    station: str
    operation: Name | str
    what: str
    tone: str
    who: str
    definition: str
    event: str
    params: dict[str, Any]
    part: str = ""
    via: str = ""


class ThingPage(Struct, frozen=True):
    """The answer to "what is in this?". `within`: what it is or was in, at most WIDEST; `used_in`: in how many now.

    `typed`: of the texts in `held_because` those that somebody typed; the others are codes.
    `events`: how many name it. The history of a lot has not those that only put it into something: /where has them.
    `ordered`, `units`: of an order, its material and quantity, and the units commissioned for it. Without `ordered` the
    hub gave no such order, and only the stations in `named_by` know it.
    """

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
    findings: tuple[FindingLine, ...]
    events: int
    used_in: int
    seen: Seen
    ordered: OrderLine | None = None
    units: tuple[UnitLine, ...] = ()
    named_by: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()


def thing_page(conn: Connection, claim: Claim, age: Age, now_ms: int) -> ThingPage | None:
    """The page of a thing, or None if nobody ever said anything about it."""
    tid = thing_ids(conn, [claim]).get(claim)
    definitions = reads.definitions(conn)
    names = Names(conn, definitions)
    if tid is None:
        return _only_named(conn, claim, names, seen(conn, age, now_ms))
    history = reads.history_of(conn, tid, claim)
    standing = judged(conn, history, definitions, consequences.reaching(conn, tid))
    state = hub_reads.standings(conn, [tid]).get(tid, (standing.state, None))[0]
    within = above(conn, tid, names)
    uses = hub_reads.uses(conn, [tid]).get(tid, 0)
    order = order_line(conn, tid, names) if kind_of(claim) == "order" else None
    return ThingPage(
        claim=claim,
        kind=kind_of(claim),
        material=names.thing(claim, standing.material),
        state=state,
        order=standing.order,
        held_because=standing.held_because,
        within=within,
        tree=tree(conn, tid, names, standing, history),
        measures=tuple(_measures(history, names)),
        history=tuple(_line(past, names, claim) for past in _readable(history)),
        findings=finding_lines(conn, hub_reads.findings(conn, tid), names),
        events=hub_reads.events_on(conn, tid),
        used_in=uses,
        seen=seen(conn, age, now_ms),
        ordered=order,
        units=units_of(conn, claim, names) if kind_of(claim) == "order" else (),
        named_by=stations_of(conn, claim) if kind_of(claim) == "order" and order is None else (),
        typed=tuple(reason.text for reason in standing.reasons if isinstance(reason, Typed)),
    )


def _only_named(conn: Connection, claim: Claim, names: Names, seen: Seen) -> ThingPage | None:
    """The page of an order that no event is about: stations name it as what they started units for."""
    units = units_of(conn, claim, names) if kind_of(claim) == "order" else ()
    if not units:
        return None
    return ThingPage(
        claim=claim,
        kind="order",
        material=None,
        state="unknown",
        order=None,
        held_because=(),
        within=(),
        tree=Node(claim, "order", None, "unknown", None, "1", "", None, False, 0),
        measures=(),
        history=(),
        findings=(),
        events=0,
        used_in=0,
        seen=seen,
        units=units,
        named_by=stations_of(conn, claim),
    )


# Measurements and history --------------------------------------------------------------------------------------------
def _readable(history: History) -> list[Past]:
    """Events as a person reads them: by the wall clocks they claim, which decide nothing else."""
    return sorted(history.events, key=lambda past: (past.at, past.log, past.index))


def _measures(history: History, names: Names) -> list[MeasureLine]:
    return [
        _measure(past, row, names) if isinstance(row, Measure) else _entered(past, row, names)
        for past in _readable(history)
        for row in past.rows
        if isinstance(row, Measure | Entered) and row.thing == history.thing
    ]


def _entered(past: Past, row: Entered, names: Names) -> MeasureLine:
    field = names.field(row.operation, row.ch)
    option = field.option(row.value) if field else None
    return MeasureLine(
        operation=names.operation(row.operation),
        name=field.name if field else row.ch,
        value=row.value,
        uom="",
        low=None,
        high=None,
        verdict=row.verdict,
        device=row.device or MANUAL,
        station=names.station(past.log),
        at=past.at,
        event=past.id,
        kind=row.kind,
        answer=names.person(row.value) if row.kind == "signature" else option.name if option else "",
        meaning=row.meaning,
    )


def _measure(past: Past, row: Measure, names: Names) -> MeasureLine:
    characteristic = names.field(row.operation, row.ch) or names.characteristic(row.ch)
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
    if isinstance(row, Labelled):
        what = f"label_{row.state}"
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
        part=_part(past, claim),
        via=past.via or "",
    )


def _part(past: Past, claim: Claim) -> str:
    """Part of the thing in an event: it went in, it came out, or "" for the thing that holds the others."""
    if any(isinstance(row, Edge) and row.child == claim for row in past.rows):
        return "in"
    return "out" if any(isinstance(row, Retraction) and row.child == claim for row in past.rows) else ""


def _params(row: Row | None, past: Past, names: Names, claim: Claim) -> tuple[dict[str, Any], str]:
    """Values for the sentence of an event, and its tone."""
    if isinstance(row, Identity) and past.t == "receive":
        return _received(past, names), "info"
    if isinstance(row, Movement):
        return {"partner": names.partner(row.partner), "document": row.document}, "info"
    if isinstance(row, Identity):
        return {"material": names.material(row.material) or row.material, "order": row.order}, "info"
    if isinstance(row, Edge | Retraction):
        return _moved(past, names, claim), "info"
    if isinstance(row, Measure | Entered):
        values = [r for r in past.rows if isinstance(r, Measure | Entered)]
        worst = next((t for v, t in (("fail", "ng"), ("warn", "hold")) if any(r.verdict == v for r in values)), "ok")
        return {"values": ", ".join(f"{r.value} {r.uom}" for r in values if isinstance(r, Measure))}, worst
    if isinstance(row, Mark):
        return {
            "code": row.code,
            "text": row.text,
            "reason": names.reason(row.code),
            "reasons": list(row.reasons),
        }, TONES.get(row.kind, "info")
    if isinstance(row, Labelled):
        return {"label": names.label(row.label), "reason": names.reason(row.reason)}, "info"
    if isinstance(row, Result):
        unseen, reasons = [names.unseen(id) for id in row.unknown], [names.reason(id) for id in row.reasons]
        return {"unknown": unseen, "reason": reasons}, TONES.get(row.outcome, "info")
    return {}, "info"


def _received(past: Past, names: Names) -> dict[str, Any]:
    row = next(row for row in past.rows if isinstance(row, Movement))
    amount = f"{row.quantity} {row.uom}"
    return {"partner": names.partner(row.partner), "quantity": amount, "lot": row.lot, "expiry": row.expiry}


def _moved(past: Past, names: Names, claim: Claim) -> dict[str, Any]:
    """`other`: what went in, or for a part what it went into or came out of; `removed`: what came out."""
    edges = [r for r in past.rows if isinstance(r, Edge)]
    ends = [r for r in past.rows if isinstance(r, Retraction)]
    if _part(past, claim):
        holders = {r.parent for r in edges if r.child == claim} | {r.parent for r in ends if r.child == claim}
        amounts = {f"{r.quantity} {r.uom}" for r in edges if r.child == claim and r.uom}
        return {"other": sorted(holders), "slot": _slot(edges, names), "quantity": sorted(amounts)}
    first = edges[0] if edges else None
    return {
        "other": [r.child for r in edges],
        "removed": [r.child for r in ends if r.child],
        "slot": _slot(edges, names),
        "quantity": f"{first.quantity} {first.uom}".strip() if first else "",
    }


def _slot(edges: Sequence[Edge], names: Names) -> Name | str:
    return names.slot_name(edges[0].slot) if edges else ""
