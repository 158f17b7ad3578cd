"""The event types: one frozen struct per type and version.

A body names no thing: it refers to the claims in the envelope's `on` by position, and on[0] is the event's subject.
Once released a body changes by a new version only. docs/wire-format.md is the specification; this is its code.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta, Struct

from common.entries import CodeEntry, PageEntry
from common.wire_types import MAX_ON, DecimalText, EventId, Key, LogId, Millis, ScanText, ShortText, ShortWord, Tag


class Body(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The content of an event. `crit`: a reader who does not know this type must hold the things in `on`."""

    crit: ClassVar[bool] = False


# Life of a thing -----------------------------------------------------------------------------------------------------
class Commission(Body, frozen=True):
    """on[0] is created, of `material`."""

    material: ShortWord
    order: ShortWord | None = None


class Bind(Body, frozen=True):
    """on[1] goes into `slot` of on[0]. `scan`: the raw code, base64url."""

    slot: ShortWord
    material: ShortWord
    quantity: DecimalText
    uom: ShortWord
    operation: ShortWord
    scan: ScanText = ""


class BindOneOf(Body, frozen=True):
    """One of on[1:] goes into `slot` of on[0]; unknown which one, e.g. when the change of a reel was not timed."""

    slot: ShortWord
    material: ShortWord
    quantity: DecimalText
    uom: ShortWord
    operation: ShortWord
    scan: ScanText = ""


class Unbind(Body, frozen=True):
    """on[1] comes out of on[0]: the binds in `tags`, or every bind (in `slot`) that does not come after this event.

    Without on[1], for a part that cannot be read, nothing is removed and the slot gets a finding.
    """

    operation: ShortWord
    slot: ShortWord | None = None
    tags: tuple[Tag, ...] = ()
    scan: ScanText = ""


class Replace(Body, frozen=True):
    """In `slot` of on[0], on[1] goes in and on[2] comes out, by the rules of Unbind, as one act."""

    slot: ShortWord
    material: ShortWord
    quantity: DecimalText
    uom: ShortWord
    operation: ShortWord
    tags: tuple[Tag, ...] = ()
    scan: ScanText = ""


class Quantity(Struct, frozen=True, forbid_unknown_fields=True):
    """An amount of on[i]."""

    i: Annotated[int, Meta(ge=0, le=65_535)]
    quantity: DecimalText
    uom: ShortWord


class Transform(Body, frozen=True):
    """The first `inputs` things of `on` become the others: split, merge, mix, fill."""

    inputs: Annotated[int, Meta(ge=1, le=65_535)]
    quantities: tuple[Quantity, ...] = ()
    material: ShortWord | None = None
    operation: ShortWord | None = None


class Aggregate(Body, frozen=True):
    """on[1:] go into the container on[0]."""

    operation: ShortWord | None = None


class AggregateCounted(Body, frozen=True):
    """Version 2 of Aggregate: on[1:] go into the container on[0], of a lot the amount in `quantities`."""

    quantities: Annotated[tuple[Quantity, ...], Meta(min_length=1)]
    operation: ShortWord | None = None


class Disaggregate(Body, frozen=True):
    """on[1:] come out of the container on[0]: the aggregations in `tags`, or all that do not come after this event."""

    tags: tuple[Tag, ...] = ()


class OperationStarted(Body, frozen=True):
    """Work on on[0] started. `unknown`: evidence that the interlock could not see and policy allowed to be missing."""

    operation: ShortWord
    unknown: tuple[ShortWord, ...] = ()
    override: EventId | None = None


class OperationCompleted(Body, frozen=True):
    """Work on on[0] ended. `provisional`: passed without the evidence in `unknown`: operations, or component, expiry,
    calibration."""

    operation: ShortWord
    outcome: Literal["pass", "fail"]
    provisional: bool = False
    unknown: tuple[ShortWord, ...] = ()
    reasons: tuple[ShortWord, ...] = ()


class OperationLeft(Body, frozen=True):
    """Work on on[0] was set aside before `step`."""

    operation: ShortWord
    step: ShortWord
    reason: ShortWord | None = None


class Value(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One measured characteristic with the limits that judged it."""

    ch: ShortWord
    value: DecimalText
    uom: ShortWord
    verdict: Literal["pass", "fail"]
    low: DecimalText | None = None
    high: DecimalText | None = None


class Measured(Body, frozen=True):
    """One block or page of values of on[0]. `sequence`: number of the PLC handshake."""

    operation: ShortWord
    step: ShortWord
    device: ShortWord
    values: Annotated[tuple[Value, ...], Meta(min_length=1, max_length=256)]
    sequence: Millis | None = None


class MeasuredPage(Body, frozen=True):
    """Version 2 of Measured: a confirmed page of a form, about on[0] and the things after it."""

    operation: ShortWord
    step: ShortWord
    entries: Annotated[tuple[PageEntry, ...], Meta(min_length=1, max_length=512)]


class Inspected(Body, frozen=True):
    """Somebody inspected on[0]."""

    operation: ShortWord
    verdict: Literal["pass", "fail"]
    defects: tuple[ShortWord, ...] = ()


class Refused(Body, frozen=True):
    """An attempt on on[0] was refused, with the error's code. `scan`: the raw code or block, base64url."""

    operation: ShortWord
    code: ShortWord
    expected: ShortText = ""
    scan: ScanText = ""
    reasons: tuple[ShortWord, ...] = ()


# Quality -------------------------------------------------------------------------------------------------------------
class Hold(Body, frozen=True):
    """on[...] are on hold until a release names this. `rule`, `cause`: of a consequential hold."""

    crit: ClassVar[bool] = True
    reason: ShortText
    rule: ShortWord | None = None
    cause: EventId | None = None


class Release(Body, frozen=True):
    """The holds in `tags` on on[0] end."""

    tags: Annotated[tuple[Tag, ...], Meta(min_length=1)]
    reason: ShortText
    meaning: ShortWord


class NonconformanceOpened(Body, frozen=True):
    """on[0] does not conform."""

    code: ShortWord
    operation: ShortWord | None = None
    text: ShortText = ""


class NonconformanceDecided(Body, frozen=True):
    """The decision on a nonconformance of on[0]."""

    opened: Tag
    decision: Literal["rework", "repair", "scrap", "use_as_is", "return"]
    reason: ShortText = ""


class Approval(Body, frozen=True):
    """A signature with its meaning, on another event."""

    event: EventId
    meaning: ShortWord
    decision: Literal["approve", "reject"]
    reason: ShortText = ""


class Scrap(Body, frozen=True):
    """on[0] is scrapped until an unscrap names this."""

    crit: ClassVar[bool] = True
    reason: ShortWord
    operation: ShortWord | None = None


class Unscrap(Body, frozen=True):
    """The scraps in `tags` of on[0] are withdrawn."""

    tags: Annotated[tuple[Tag, ...], Meta(min_length=1)]
    reason: ShortText


class Amend(Body, frozen=True):
    """The body of `event` should have been `body`; the original stays."""

    event: EventId
    body: dict[str, Any]
    reason: ShortText


class Void(Body, frozen=True):
    """`event` should not have been written; the original stays."""

    event: EventId
    reason: ShortText


class Settle(Body, frozen=True):
    """A finding on on[0] is decided: the tags in `keep` count, those in `drop` do not."""

    finding: ShortWord
    keep: tuple[Tag, ...] = ()
    drop: tuple[Tag, ...] = ()
    reason: ShortText = ""


# Logistics, labels, calls --------------------------------------------------------------------------------------------
class Ship(Body, frozen=True):
    """on[...] leave for `to`."""

    to: ShortWord
    document: ShortText = ""


class Receive(Body, frozen=True):
    """on[0] arrives."""

    material: ShortWord
    supplier: ShortWord
    quantity: DecimalText
    uom: ShortWord
    supplier_lot: ShortText = ""
    document: ShortText = ""
    expiry: ShortWord | None = None


class Return(Body, frozen=True):
    """on[...] come back from `source`."""

    source: ShortWord
    reason: ShortText = ""


class Label(Body, frozen=True):
    """A label of on[0], its state and the reason for it."""

    label: ShortWord
    state: Literal["issued", "printed", "verified", "void"]
    reason: ShortText = ""


class Call(Body, frozen=True):
    """A call to a workplace: raised, then answered and cleared by events that name the raising event."""

    state: Literal["raised", "answered", "cleared"]
    place: ShortWord
    reason: ShortText = ""
    raised: EventId | None = None


class SignIn(Body, frozen=True):
    """`who` signed in or out at a workplace."""

    place: ShortWord
    state: Literal["in", "out"]


class ShiftNote(Body, frozen=True):
    """`who` wrote a note for whoever works at `place` next; on[0] is the list of its notes."""

    place: ShortWord
    text: Annotated[str, Meta(min_length=1, max_length=512)]


class DeviceChanged(Body, frozen=True):
    """A lasting connect or disconnect of on[0], the `device` of `place`. `flaps`: earlier changes that did not last."""

    place: ShortWord
    device: ShortWord
    kind: ShortWord
    state: Literal["up", "down"]
    code: ShortWord | None = None
    flaps: Millis = 0


# Orders, definitions, trust, logs ------------------------------------------------------------------------------------
class OrderReceived(Body, frozen=True):
    """An order to make `quantity` of `material`; on[0] is the order."""

    material: ShortWord
    quantity: DecimalText
    uom: ShortWord
    due: ShortWord | None = None


class DefinitionPublished(Body, frozen=True):
    """A whole definition; `cfg` cites its hash."""

    definition: dict[str, Any]


class Head(Struct, frozen=True, forbid_unknown_fields=True):
    """A state of a log: its number of entries and their root, base64url."""

    log: LogId
    size: Millis
    root: Key


class SerialBlockLeased(Body, frozen=True):
    """Only the author of `log` may give the numbers `first` to `last` to things of `material`.

    The serial of number n is `prefix` and n with at least `digits` digits.
    """

    log: LogId
    material: ShortWord
    prefix: Annotated[str, Meta(max_length=64)]
    digits: Annotated[int, Meta(ge=1, le=15)]
    first: Millis
    last: Millis


class StationEnrolled(Body, frozen=True):
    """A station's log is trusted from here on. `pub`: its Ed25519 key. `parent`: the head that it continues."""

    station: ShortWord
    log: LogId
    pub: Key
    line: ShortWord
    parent: Head | None = None


class StationRevoked(Body, frozen=True):
    """A log is trusted only below index `at`."""

    log: LogId
    at: Millis
    reason: ShortText


class LogOpened(Body, frozen=True):
    """The first event of a log. `parent`: the head of this author's last log."""

    author: ShortWord
    reason: Literal["enrol", "restore", "clone", "fork", "rotate", "site", "line"]
    parent: Head | None = None


class Readopt(Body, frozen=True):
    """Another log's event, verbatim in base64url; it counts once, under its first id."""

    log: LogId
    index: Millis
    event: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]+\Z")]


class Anchor(Body, frozen=True):
    """The hub's signed time as received, and the round trip of the request."""

    note: Annotated[str, Meta(max_length=4096)]
    rtt_ms: Millis


_FIRST: dict[str, type[Body]] = {
    "commission": Commission,
    "bind": Bind,
    "bind_one_of": BindOneOf,
    "unbind": Unbind,
    "replace": Replace,
    "transform": Transform,
    "aggregate": Aggregate,
    "disaggregate": Disaggregate,
    "operation_started": OperationStarted,
    "operation_completed": OperationCompleted,
    "operation_left": OperationLeft,
    "measured": Measured,
    "inspected": Inspected,
    "refused": Refused,
    "hold": Hold,
    "release": Release,
    "nonconformance_opened": NonconformanceOpened,
    "nonconformance_decided": NonconformanceDecided,
    "approval": Approval,
    "scrap": Scrap,
    "unscrap": Unscrap,
    "amend": Amend,
    "void": Void,
    "settle": Settle,
    "ship": Ship,
    "receive": Receive,
    "return": Return,
    "label": Label,
    "call": Call,
    "sign_in": SignIn,
    "shift_note": ShiftNote,
    "device_changed": DeviceChanged,
    "order_received": OrderReceived,
    "definition_published": DefinitionPublished,
    "serial_block_leased": SerialBlockLeased,
    "station_enrolled": StationEnrolled,
    "station_revoked": StationRevoked,
    "log_opened": LogOpened,
    "readopt": Readopt,
    "anchor": Anchor,
}
BODIES: dict[tuple[str, int], type[Body]] = {(t, 1): body for t, body in _FIRST.items()}
BODIES["aggregate", 2] = AggregateCounted
BODIES["measured", 2] = MeasuredPage
TYPES: dict[type[Body], tuple[str, int]] = {body: key for key, body in BODIES.items()}

# Least number of things that an event of a type must name.
LEAST_ON: dict[type[Body], int] = {
    BindOneOf: 3,
    **dict.fromkeys((Bind, Replace, Aggregate, AggregateCounted, Disaggregate, Transform), 2),
    **dict.fromkeys(
        (Commission, Unbind, OperationStarted, OperationCompleted, OperationLeft, Measured, MeasuredPage), 1
    ),
    **dict.fromkeys((Inspected, Hold, Release, NonconformanceOpened, NonconformanceDecided, Scrap, Unscrap, Settle), 1),
    **dict.fromkeys((Ship, Receive, Return, Label, OrderReceived, ShiftNote, DeviceChanged), 1),
}
# A transform makes an edge from every input to every output; larger ones are split into several events.
MAX_EDGES = 4_096


def things(said: Body) -> tuple[int, int]:
    """Return the (least, most) things that an event with this body may name.

    An event that names tags must name the component too, else the component's own history would miss its removal.
    """
    least, most = LEAST_ON.get(type(said), 0), MAX_ON
    if isinstance(said, Transform):
        least = max(said.inputs + 1, *(q.i + 1 for q in said.quantities), 0)
        most = said.inputs + MAX_EDGES // said.inputs
    elif isinstance(said, AggregateCounted):
        least = max(least, *(q.i + 1 for q in said.quantities))
    elif isinstance(said, MeasuredPage):
        named = (e.thing for e in said.entries if isinstance(e, CodeEntry) and e.thing is not None)
        least = max(least, *(e.i + 1 for e in said.entries), *(i + 1 for i in named))
    elif isinstance(said, Unbind) and said.tags:
        least = 2
    elif isinstance(said, Replace) and said.tags:
        least = 3
    return least, min(most, MAX_ON)
