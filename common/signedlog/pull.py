"""The wire format of a pull's answer: the hub's log states and trust, and batches of several logs.

raw = u32 big-endian length · header JSON · (u32 big-endian length · batch body)*. The session is authenticated; the
batches prove themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from common.errors import BadBatch
from common.signedlog import canonical
from common.wire_types import LogId

MAX_PULL = 64 << 20
MAX_BODIES = 10_000

_LENGTH = 4

ItemCount = Annotated[int, Meta(ge=0, lt=canonical.NUMBER_LIMIT)]


class LogState(Struct, frozen=True):
    """The hub's state of a log.

    `size` in entries. `age_ms`: time since the author confirmed that it had no more than these; None if it has not
    since the hub started. `pruned`: entries below this index are no longer served.
    """

    log: LogId
    size: ItemCount
    age_ms: ItemCount | None
    pruned: ItemCount = 0


class PersonRecord(Struct, frozen=True):
    """The erasable record behind an opaque person id: the name on screens, their badge, their PIN's verifier."""

    id: str
    name: str
    badge: str
    pin: str = ""


class PullHeader(Struct, frozen=True):
    """The answer without its batches: log states, people of the station, the signed trust note, the hub's epoch.

    Fields that a newer hub adds are ignored.
    """

    logs: tuple[LogState, ...]
    people: tuple[PersonRecord, ...]
    trust: str
    epoch: str


_HEADER = msgspec.json.Decoder(PullHeader)


def encode_pull(header: PullHeader, bodies: Sequence[bytes]) -> bytes:
    """Encode the answer with these batch bodies; ValueError if it breaks a limit or a body is empty."""
    raw = b"".join(part for each in (msgspec.json.encode(header), *bodies) for part in _framed(each))
    if len(raw) > MAX_PULL or len(bodies) > MAX_BODIES or not all(bodies):
        raise ValueError(f"not a pull: {len(raw)} bytes in {len(bodies)} bodies")
    return raw


def decode_pull(raw: bytes) -> tuple[PullHeader, list[bytes]]:
    """Decode the header; leave the batch bodies encoded. BadBatch pull.oversized, pull.truncated, pull.header."""
    if len(raw) > MAX_PULL:
        raise BadBatch("pull.oversized", have=len(raw), limit=MAX_PULL)
    head, at = _frame(raw, 0)
    header = _header(head)
    bodies: list[bytes] = []
    while at < len(raw):
        if len(bodies) == MAX_BODIES:
            raise BadBatch("pull.oversized", have=len(bodies) + 1, limit=MAX_BODIES)
        body, at = _frame(raw, at)
        bodies.append(body)
    return header, bodies


def _framed(body: bytes) -> tuple[bytes, bytes]:
    return len(body).to_bytes(_LENGTH, "big"), body


def _frame(raw: bytes, at: int) -> tuple[bytes, int]:
    """Read the frame at offset `at`, never empty, and the offset after it."""
    start = at + _LENGTH
    stop = start + int.from_bytes(raw[at:start], "big")
    if not start < stop <= len(raw):
        raise BadBatch("pull.truncated", at=at, have=len(raw), want=stop)
    return raw[start:stop], stop


def _header(head: bytes) -> PullHeader:
    try:
        return _HEADER.decode(head)
    except (ValueError, RecursionError) as error:  # msgspec raises both on hostile JSON, besides its own DecodeError
        raise BadBatch("pull.header", why=str(error)) from error
