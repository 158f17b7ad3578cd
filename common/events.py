"""The envelope of an event, and its canonical bytes, written once and kept permanently.

`on` is the only place where things are named. docs/wire-format.md is the specification; this is its code.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw, Struct

from common.errors import BadEvent
from common.event_types import BODIES, TYPES, Body, things
from common.ids import Claim
from common.wire_types import EVENT_ID, MAX_INTEGER, MAX_ON, Hash, Millis, ShortWord

MAX_EVENT = 65_535
# Fixed, because a decoder's possible depth depends on its caller: one node would take what another refuses.
MAX_DEPTH = 32

# WORKAROUND msgspec 0.22: a constrained int or str in a union with a tuple reads wrong limits and can crash, so the
# limits of a reference are checked in `_check_references`.
Reference = int | tuple[str, int, str]


class Event(Struct, frozen=True, omit_defaults=True):
    """The envelope. `at`: claimed wall time in ms; `mo`: monotonic ms since boot `bo`; `n`: a 96-bit nonce.

    `rf`: the causal maxima that its author knew of each thing in `on`: a number counts back in the own log (1 is the
    event before), another log's event is (log, index, leaf hash). `via`: the way of input, if not a device, a machine
    or a page: "typed" for a code that somebody typed, "pin" for a person identified by PIN instead of badge.
    """

    t: ShortWord
    v: Annotated[int, Meta(ge=1, le=65_535)]
    b: Raw
    at: Millis
    bo: ShortWord
    mo: Millis
    n: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{16}\Z")]
    on: Annotated[tuple[Claim, ...], Meta(max_length=MAX_ON)] = ()
    rf: tuple[Reference, ...] = ()
    who: ShortWord | None = None
    cfg: Hash | None = None
    crit: bool = False
    via: ShortWord | None = None


class Fact(Struct, frozen=True):
    """A body and the things it touches, before a stamp makes an event of them."""

    body: Body
    on: tuple[Claim, ...] = ()


class Stamp(Struct, frozen=True):
    """The circumstances of an event: claimed wall ms, boot id, monotonic ms, nonce, person, definition, references and
    the way of input."""

    at: int
    bo: str
    mo: int
    n: str
    who: str | None = None
    cfg: str | None = None
    rf: tuple[Any, ...] = ()
    via: str | None = None


_encode = msgspec.json.Encoder(order="sorted").encode
_BODY_DECODERS = {key: msgspec.json.Decoder(body) for key, body in BODIES.items()}


def _no_float(text: str) -> float:
    raise BadEvent("event.float", value=text[:40])


_any = msgspec.json.Decoder(float_hook=_no_float)
_event = msgspec.json.Decoder(Event)
_EVENT_ID = re.compile(EVENT_ID)
_MAYBE_BIG = re.compile(rb"[0-9]{16}")


def encode(fact: Fact, stamp: Stamp) -> bytes:
    """Encode the canonical bytes of an event. BadEvent if it breaks a limit or a schema."""
    t, v = TYPES[type(fact.body)]
    try:
        raw = _encode(
            Event(
                t=t,
                v=v,
                b=Raw(_encode(fact.body)),
                on=fact.on,
                at=stamp.at,
                bo=stamp.bo,
                mo=stamp.mo,
                n=stamp.n,
                who=stamp.who,
                cfg=stamp.cfg,
                rf=stamp.rf,
                crit=fact.body.crit,
                via=stamp.via,
            )
        )
    except ValueError as e:  # half a surrogate is not text
        raise BadEvent("event.json", reason=str(e)) from e
    body(decode(raw))
    return raw


def decode(raw: bytes) -> Event:
    """Decode the envelope of canonical event bytes of any type; the body stays raw.

    BadEvent: event.oversized, event.json, event.depth, event.float, event.integer, event.key, event.canonical,
    event.envelope, event.reference.
    """
    if len(raw) > MAX_EVENT:
        raise BadEvent("event.oversized", have=len(raw), limit=MAX_EVENT)
    try:
        tree = _any.decode(raw)
    except BadEvent:
        raise
    except RecursionError as e:
        raise BadEvent("event.depth", limit=MAX_DEPTH) from e
    except (msgspec.DecodeError, ValueError) as e:
        raise BadEvent("event.json", reason=str(e)) from e
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH or _MAYBE_BIG.search(raw) or not raw.isascii():
        _check(tree, MAX_DEPTH)
    if _encode(tree) != raw:
        raise BadEvent("event.canonical")
    try:
        event = _event.decode(raw)
    except msgspec.ValidationError as e:
        raise BadEvent("event.envelope", reason=str(e)) from e
    _check_references(event.rf)
    return event


def _check_references(references: tuple[Reference, ...]) -> None:
    for reference in references:
        if isinstance(reference, int):
            good = 1 <= reference <= MAX_INTEGER
        else:
            good = reference[1] >= 0 and _EVENT_ID.fullmatch(f"{reference[0]}.{reference[2]}") is not None
        if not good:
            raise BadEvent("event.reference", reference=str(reference)[:90])


def _check(tree: object, depth: int) -> None:
    """Check that keys are ASCII, integers below 2^53 and nesting bounded; called only if the bytes give cause."""
    if isinstance(tree, dict | list) and not depth:
        raise BadEvent("event.depth", limit=MAX_DEPTH)
    if isinstance(tree, dict):
        for key, value in tree.items():
            if not key.isascii():
                raise BadEvent("event.key", key=key[:40])
            _check(value, depth - 1)
    elif isinstance(tree, list):
        for value in tree:
            _check(value, depth - 1)
    elif isinstance(tree, int) and abs(tree) > MAX_INTEGER:
        raise BadEvent("event.integer")


def known(event: Event) -> bool:
    """Return True if this release knows the event's type and version."""
    return (event.t, event.v) in BODIES


def body(event: Event) -> Body:
    """Decode the body of an event of a known type. BadEvent: event.body (breaks its schema), event.on (lacks a
    thing)."""
    try:
        found = _BODY_DECODERS[event.t, event.v].decode(event.b)
    except msgspec.ValidationError as e:
        raise BadEvent("event.body", type=event.t, reason=str(e)) from e
    least, most = things(found)
    if not least <= len(event.on) <= most:
        raise BadEvent("event.on", type=event.t, have=len(event.on), least=least, most=most)
    return found
