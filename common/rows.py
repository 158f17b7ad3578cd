"""Rows: one event → its rows. Reads nothing but the event: no clock, no other event, no definition.

The state of everything is the union of these rows. A row's tag is (event id, k). A retraction is a row too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from common import entries as e
from common import event_types as b
from common.errors import BadEvent
from common.events import Event, body, decode, known
from common.ids import Claim, event_id, unb64
from common.signedlog.merkle import leaf_hash


class Identity(Struct, frozen=True, tag=True):
    """`thing` is of `material`, by its commission or, if `received`, by its receipt."""

    k: int
    thing: Claim
    material: str
    order: str | None = None
    received: bool = False


class Amount(Struct, frozen=True, tag=True):
    """An amount of the lot `thing` that came or, if negative, went."""

    k: int
    thing: Claim
    quantity: str
    uom: str


class Edge(Struct, frozen=True, tag=True):
    """`child` is in `parent`. `kind`: bind, aggregate, transform; candidate: one of the candidates of its event is."""

    k: int
    parent: Claim
    child: Claim
    kind: str
    slot: str = ""
    material: str = ""
    quantity: str = "1"
    uom: str = ""
    operation: str = ""


class Retraction(Struct, frozen=True, tag=True):
    """Ends edges of `child` in `parent`: those in `tags`, or without tags every earlier or concurrent one (of
    `slot`)."""

    k: int
    parent: Claim
    child: Claim | None = None
    tags: tuple[str, ...] = ()
    slot: str = ""


class Result(Struct, frozen=True, tag=True):
    """A result of an operation on `thing`. `outcome`: started, pass, fail, left."""

    k: int
    thing: Claim
    operation: str
    outcome: str
    provisional: bool = False
    unknown: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


class Measure(Struct, frozen=True, tag=True):
    """One value with the limits that judged it; decimals are text. `verdict`: pass, fail; on a page also warn."""

    k: int
    thing: Claim
    operation: str
    device: str
    ch: str
    value: str
    uom: str
    low: str | None
    high: str | None
    verdict: str


class Entered(Struct, frozen=True, tag=True):
    """One answer on a page, not a number. `kind`: text, choice, date, code, photo, signature, with its `meaning`."""

    k: int
    thing: Claim
    operation: str
    ch: str
    kind: str
    value: str
    verdict: str
    device: str = ""
    meaning: str = ""


class Mark(Struct, frozen=True, tag=True):
    """A mark on `thing`, in force until lifted. `kind`: hold, scrap, refused, nonconformance.

    `reasons`: of a refusal, its reason codes. `cause`: of a consequential hold, the event elsewhere that caused it.
    """

    k: int
    thing: Claim
    kind: str
    code: str
    text: str = ""
    reasons: tuple[str, ...] = ()
    cause: str | None = None


class Lift(Struct, frozen=True, tag=True):
    """Lifts the marks in `tags`. `kind`: hold, scrap or nonconformance."""

    k: int
    thing: Claim
    kind: str
    tags: tuple[str, ...]


class Correction(Struct, frozen=True, tag=True):
    """The body of `event` should have been `body`, canonical JSON; without `body` it should not have been written.

    `things`: those that may have bad news through this.
    """

    k: int
    event: str
    body: bytes | None
    reason: str
    things: tuple[Claim, ...] = ()


class Decision(Struct, frozen=True, tag=True):
    """Settles a finding on `thing`: the assertions in `keep` count, those in `drop` do not."""

    k: int
    thing: Claim
    finding: str
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    reason: str = ""


class Movement(Struct, frozen=True, tag=True):
    """`thing` came or went. `kind`: receive, ship, return. `partner`: supplier or customer. `expiry`: YYYY-MM-DD."""

    k: int
    thing: Claim
    kind: str
    partner: str
    document: str = ""
    lot: str = ""
    quantity: str = ""
    uom: str = ""
    expiry: str | None = None


class Labelled(Struct, frozen=True, tag=True):
    """The state of a label of `thing`: issued, printed, verified, void."""

    k: int
    thing: Claim
    label: str
    state: str
    reason: str = ""


class Called(Struct, frozen=True, tag=True):
    """A call at a workplace is raised, answered or cleared. `raised`: the event that raised it; None: this one."""

    k: int
    place: str
    state: str
    reason: str
    raised: str | None


class Planned(Struct, frozen=True, tag=True):
    """The order `thing` is for an amount of a material."""

    k: int
    thing: Claim
    material: str
    quantity: str
    uom: str
    due: str | None = None


class Leased(Struct, frozen=True, tag=True):
    """Only `log` may give the numbers `first` to `last` to things of `material`."""

    k: int
    log: str
    material: str
    prefix: str
    digits: int
    first: int
    last: int


class Published(Struct, frozen=True, tag=True):
    """A whole definition: canonical bytes and their hash."""

    k: int
    kind: str
    id: str
    hash: str
    raw: bytes


class Enrolment(Struct, frozen=True, tag=True):
    """A log of a station on a line is trusted; `pub` is its Ed25519 key."""

    k: int
    station: str
    line: str
    log: str
    pub: bytes
    parent: str | None = None
    parent_size: int = 0


class Revocation(Struct, frozen=True, tag=True):
    """A log is trusted only below index `at`."""

    k: int
    log: str
    at: int
    reason: str


Row = (
    Identity
    | Amount
    | Edge
    | Retraction
    | Result
    | Measure
    | Entered
    | Mark
    | Lift
    | Movement
    | Correction
    | Decision
    | Labelled
    | Called
    | Planned
    | Leased
    | Published
    | Enrolment
    | Revocation
)
MANUAL = "manual"  # the device of values that a person entered
OF_THE_HUB = (Published, Enrolment, Revocation, Leased)  # a readopt of these has no effect
_canonical = msgspec.json.Encoder(order="sorted").encode


def rows_of(event: Event) -> tuple[Row, ...]:
    """Make the rows of an event; none for a type unknown to this release. BadEvent if its body breaks its schema."""
    if not known(event):
        return ()
    said = body(event)
    if isinstance(said, b.Readopt):
        return _readopt(event)
    make = _ROWS.get(type(said))
    return tuple(make(event.on, said)) if make else ()


def carried(event: Event) -> tuple[str, int, Event]:
    """Return (id, index, event) carried verbatim by a readopt. BadEvent if it does not parse or names other things."""
    said = body(event)
    if not isinstance(said, b.Readopt):
        raise BadEvent("event.body", type=event.t, reason="it carries no event")
    try:
        raw = unb64(said.event)
        inner = decode(raw)
    except (ValueError, BadEvent) as e:
        raise BadEvent("event.body", type=event.t, reason=str(e)) from e
    if inner.on != event.on or inner.t == event.t:
        raise BadEvent(
            "event.body", type=event.t, reason="on differs from that of the event it carries, or it is nested"
        )
    return event_id(said.log, leaf_hash(raw)), said.index, inner


def _readopt(event: Event) -> tuple[Row, ...]:
    """Make the rows of the carried event, except trust, definitions and leases, which cannot be readopted."""
    first, _, inner = carried(event)
    rows = rows_of(inner)
    if any(isinstance(row, OF_THE_HUB) for row in rows):
        return ()
    # a readopted call keeps its first id
    return tuple(replace(r, raised=first) if isinstance(r, Called) and r.raised is None else r for r in rows)


def amended(t: str, v: int, on: tuple[Claim, ...], raw: bytes) -> tuple[Row, ...]:
    """Make the rows of an event of this type on these things with another body. BadEvent if the body is invalid."""
    return rows_of(Event(t=t, v=v, b=msgspec.Raw(raw), at=0, bo="-", mo=0, n="-" * 16, on=on))


def _bind(on: tuple[Claim, ...], said: b.Bind) -> list[Row]:
    return [Edge(0, on[0], on[1], "bind", said.slot, said.material, said.quantity, said.uom, said.operation)]


def _unbind(on: tuple[Claim, ...], said: b.Unbind) -> list[Row]:
    return [Retraction(0, on[0], on[1] if len(on) > 1 else None, said.tags, said.slot or "")]


def _replace(on: tuple[Claim, ...], said: b.Replace) -> list[Row]:
    edge = Edge(0, on[0], on[1], "bind", said.slot, said.material, said.quantity, said.uom, said.operation)
    return [edge, Retraction(1, on[0], on[2] if len(on) > 2 else None, said.tags, said.slot)]


def _transform(on: tuple[Claim, ...], said: b.Transform) -> list[Row]:
    amounts = {q.i: q for q in said.quantities}
    pairs = [(i, o) for o in range(said.inputs, len(on)) for i in range(said.inputs)]
    edges: list[Row] = [
        Edge(
            k,
            parent=on[o],
            child=on[i],
            kind="transform",
            material=said.material or "",
            quantity=amounts[i].quantity if i in amounts else "1",
            uom=amounts[i].uom if i in amounts else "",
            operation=said.operation or "",
        )
        for k, (i, o) in enumerate(pairs)
    ]
    moved: list[Row] = [
        Amount(len(edges) + k, on[q.i], _less(q.quantity) if q.i < said.inputs else q.quantity, q.uom)
        for k, q in enumerate(said.quantities)
    ]
    return edges + moved


def _less(quantity: str) -> str:
    return quantity.removeprefix("-") if quantity.startswith("-") else f"-{quantity}"


def _bind_one_of(on: tuple[Claim, ...], said: b.BindOneOf) -> list[Row]:
    return [
        Edge(k, on[0], child, "candidate", said.slot, said.material, said.quantity, said.uom, said.operation)
        for k, child in enumerate(on[1:])
    ]


def _aggregate(on: tuple[Claim, ...], said: b.Aggregate) -> list[Row]:
    return [Edge(k, on[0], child, "aggregate", operation=said.operation or "") for k, child in enumerate(on[1:])]


def _aggregate_counted(on: tuple[Claim, ...], said: b.AggregateCounted) -> list[Row]:
    amounts = {q.i: q for q in said.quantities}
    return [
        Edge(
            k,
            parent=on[0],
            child=child,
            kind="aggregate",
            quantity=amounts[k + 1].quantity if k + 1 in amounts else "1",
            uom=amounts[k + 1].uom if k + 1 in amounts else "",
            operation=said.operation or "",
        )
        for k, child in enumerate(on[1:])
    ]


def _receive(on: tuple[Claim, ...], said: b.Receive) -> list[Row]:
    came = (said.supplier, said.document, said.supplier_lot, said.quantity, said.uom, said.expiry)
    return [Identity(0, on[0], said.material, received=True), Movement(1, on[0], "receive", *came)]


def _measured(on: tuple[Claim, ...], said: b.Measured) -> list[Row]:
    return [
        Measure(k, on[0], said.operation, said.device, x.ch, x.value, x.uom, x.low, x.high, x.verdict)
        for k, x in enumerate(said.values)
    ]


def _page(on: tuple[Claim, ...], said: b.MeasuredPage) -> list[Row]:
    return [_answer(k, on[entry.i], said.operation, entry) for k, entry in enumerate(said.entries)]


def _answer(k: int, thing: Claim, operation: str, said: e.PageEntry) -> Row:
    if isinstance(said, e.NumberEntry):
        limits, device = (said.low, said.high), said.device or MANUAL
        return Measure(k, thing, operation, device, said.ch, said.value, said.uom or "", *limits, said.verdict)
    kind, meaning = said.__struct_config__.tag, said.meaning if isinstance(said, e.SignatureEntry) else ""
    device = (said.device or "") if isinstance(said, e.PhotoEntry) else ""
    return Entered(k, thing, operation, said.ch, str(kind), said.value, said.verdict, device, meaning)


def _refused(on: tuple[Claim, ...], said: b.Refused) -> list[Row]:
    return [Mark(0, on[0], "refused", said.code, said.operation, said.reasons)] if on else []


def _hold(on: tuple[Claim, ...], said: b.Hold) -> list[Row]:
    return [Mark(k, thing, "hold", said.rule or "hold", said.reason, cause=said.cause) for k, thing in enumerate(on)]


def _decided(on: tuple[Claim, ...], said: b.NonconformanceDecided) -> list[Row]:
    """End the nonconformance, whatever was decided; a decision to scrap also scraps the thing."""
    lift = Lift(0, on[0], "nonconformance", (said.opened,))
    return [lift, Mark(1, on[0], "scrap", "nonconformance")] if said.decision == "scrap" else [lift]


def _call(on: tuple[Claim, ...], said: b.Call) -> list[Row]:
    """Make the row of a call: a raise is identified by its own id, answers and clears name it."""
    raised = None if said.state == "raised" else said.raised
    return [Called(0, said.place, said.state, said.reason, raised)] if raised or said.state == "raised" else []


def _definition(on: tuple[Claim, ...], said: b.DefinitionPublished) -> list[Row]:
    raw = _canonical(said.definition)
    digest = "sha256:" + hashlib.sha256(raw).hexdigest()
    return [Published(0, str(said.definition.get("kind")), str(said.definition.get("id")), digest, raw)]


def _enrolled(_: tuple[Claim, ...], said: b.StationEnrolled) -> list[Row]:
    parent = (said.parent.log, said.parent.size) if said.parent else (None, 0)
    return [Enrolment(0, said.station, said.line, said.log, unb64(said.pub), *parent)]


_ROWS: dict[type[b.Body], Callable[[tuple[Claim, ...], Any], list[Row]]] = {
    b.Commission: lambda on, said: [Identity(0, on[0], said.material, said.order)],
    b.Receive: _receive,
    b.Ship: lambda on, said: [Movement(k, thing, "ship", said.to, said.document) for k, thing in enumerate(on)],
    b.Return: lambda on, said: [Movement(k, thing, "return", said.source, said.reason) for k, thing in enumerate(on)],
    b.Bind: _bind,
    b.BindOneOf: _bind_one_of,
    b.Unbind: _unbind,
    b.Replace: _replace,
    b.Transform: _transform,
    b.Aggregate: _aggregate,
    b.AggregateCounted: _aggregate_counted,
    b.Disaggregate: lambda on, said: [Retraction(k, on[0], child, said.tags) for k, child in enumerate(on[1:])],
    b.OperationStarted: lambda on, said: [Result(0, on[0], said.operation, "started", unknown=said.unknown)],
    b.OperationCompleted: lambda on, said: [
        Result(0, on[0], said.operation, said.outcome, said.provisional, said.unknown, said.reasons)
    ],
    b.OperationLeft: lambda on, said: [Result(0, on[0], said.operation, "left")],
    b.Inspected: lambda on, said: [Result(0, on[0], said.operation, said.verdict, reasons=said.defects)],
    b.Measured: _measured,
    b.MeasuredPage: _page,
    b.Refused: _refused,
    b.Hold: _hold,
    b.Release: lambda on, said: [Lift(0, on[0], "hold", said.tags)],
    b.Scrap: lambda on, said: [Mark(0, on[0], "scrap", said.reason)],
    b.Unscrap: lambda on, said: [Lift(0, on[0], "scrap", said.tags)],
    b.NonconformanceOpened: lambda on, said: [Mark(0, on[0], "nonconformance", said.code, said.text)],
    b.NonconformanceDecided: _decided,
    b.Amend: lambda on, said: [Correction(0, said.event, _canonical(said.body), said.reason, on)],
    b.Void: lambda on, said: [Correction(0, said.event, None, said.reason)],
    b.Settle: lambda on, said: [Decision(0, on[0], said.finding, said.keep, said.drop, said.reason)],
    b.Label: lambda on, said: [Labelled(0, on[0], said.label, said.state, said.reason)],
    b.Call: _call,
    b.OrderReceived: lambda on, said: [Planned(0, on[0], said.material, said.quantity, said.uom, said.due)],
    b.SerialBlockLeased: lambda on, said: [
        Leased(0, said.log, said.material, said.prefix, said.digits, said.first, said.last)
    ],
    b.DefinitionPublished: _definition,
    b.StationEnrolled: _enrolled,
    b.StationRevoked: lambda on, said: [Revocation(0, said.log, said.at, said.reason)],
}


def bad_news(row: Row) -> tuple[Claim, ...]:
    """Return the things of which a row states, or may state, bad news that can reach what they are in."""
    if isinstance(row, Correction):
        return row.things
    if isinstance(row, Mark):
        return (row.thing,) if row.kind in ("hold", "scrap", "nonconformance") else ()
    return (row.thing,) if isinstance(row, Result) and (row.outcome == "fail" or row.provisional) else ()
