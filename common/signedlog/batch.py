"""The wire format of a batch: a run of one log's events and the checkpoint that signs the log up to its end.

raw = header line {"from":a,"proto":1,"to":b} · (u16 big-endian length · event bytes)* · checkpoint note, to the end.
body = one zstd frame of the raw that states its content size. Nothing here verifies a signature or a root: that needs
the log's key and frontier.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import msgspec
import zstandard
from msgspec import Struct

from common.errors import BadBatch
from common.signedlog import note
from common.signedlog.note import Checkpoint

PROTO = 1
MAX_EVENTS = 4096
MAX_EVENT = 65_535
MAX_RAW = 1 << 20
MAX_BODY = MAX_RAW + (MAX_RAW >> 8)  # ZSTD_COMPRESSBOUND of the largest raw (zstd.h)
MAX_WINDOW = 8 << 20  # what every zstd decoder supports (RFC 8878 section 3.1.1.1.2)

_LEVEL = 3
_MAX_HEADER = 128
_LENGTH = 2


class Batch(Struct, frozen=True):
    """Events `start` … `stop`-1 of a log, as their author wrote them, and the log's signed checkpoint at `stop`."""

    start: int
    events: tuple[bytes, ...]
    note: str

    @property
    def stop(self) -> int:
        """The log's size after these events."""
        return self.start + len(self.events)

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint of the note, *not verified*."""
        return note.parse(self.note)[0]


class _Header(Struct, frozen=True, rename={"start": "from", "stop": "to"}, forbid_unknown_fields=True):
    start: int
    proto: int
    stop: int


class _Proto(Struct, frozen=True):
    proto: int


_HEADER = msgspec.json.Decoder(_Header)
_PROTO = msgspec.json.Decoder(_Proto)


def split(sizes: Sequence[int]) -> int:
    """Count the leading events, given their lengths in bytes, that fit in one batch."""
    room = MAX_RAW - _MAX_HEADER - note.MAX_NOTE
    return bisect_right(list(accumulate(size + _LENGTH for size in sizes[:MAX_EVENTS])), room)


def encode(batch: Batch) -> bytes:
    """Encode a batch; ValueError if it breaks the limits (`split` keeps them)."""
    return zstandard.ZstdCompressor(level=_LEVEL, write_content_size=True).compress(pack(batch))


def decode(body: bytes) -> Batch:
    """Decode a body of any origin, with bounded memory; BadBatch batch.* or note.malformed."""
    return unpack(_inflate(body))


def pack(batch: Batch) -> bytes:
    """Make the raw of a batch; ValueError if it breaks a limit or its note is not the checkpoint at its end."""
    if not 1 <= len(batch.events) <= MAX_EVENTS or not all(1 <= len(event) <= MAX_EVENT for event in batch.events):
        raise ValueError("a batch has too few or too many events, or one that is empty or too long")
    if batch.start < 0 or batch.checkpoint.size != batch.stop:
        raise ValueError(f"the note signs {batch.checkpoint.size} events, not {batch.stop}")
    head = msgspec.json.encode(_Header(batch.start, PROTO, batch.stop), order="sorted")
    events = (part for event in batch.events for part in (len(event).to_bytes(_LENGTH, "big"), event))
    raw = b"".join((head, b"\n", *events, batch.note.encode()))
    if len(raw) > MAX_RAW:
        raise ValueError(f"{len(raw)} bytes are more than a batch holds")
    return raw


def unpack(raw: bytes) -> Batch:
    """Parse a raw of any origin; errors as of `decode`."""
    if len(raw) > MAX_RAW:
        raise BadBatch("batch.oversized", have=len(raw), limit=MAX_RAW)
    line = raw[:_MAX_HEADER].partition(b"\n")[0]
    start, stop = _range(line)
    events, end = _events(raw, len(line) + 1, stop - start)
    checkpoint, _ = note.parse(raw[end:])
    if checkpoint.size != stop:
        raise BadBatch("batch.note", have=checkpoint.size, want=stop)
    return Batch(start, events, raw[end:].decode())


def _inflate(body: bytes) -> bytes:
    if len(body) > MAX_BODY:
        raise BadBatch("batch.oversized", have=len(body), limit=MAX_BODY)
    try:
        _check_frame(body)
        # the stated size, checked above, is what gets allocated; a frame that yields another size is refused
        return zstandard.ZstdDecompressor().decompress(body, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise BadBatch("batch.compression", why=str(error)) from error


def _check_frame(body: bytes) -> None:
    frame = zstandard.get_frame_parameters(body)
    if frame.content_size == zstandard.CONTENTSIZE_UNKNOWN:
        raise BadBatch("batch.compression", why="states no content size")
    if frame.content_size > MAX_RAW:
        raise BadBatch("batch.oversized", have=frame.content_size, limit=MAX_RAW)
    if frame.window_size > MAX_WINDOW or frame.dict_id:
        raise BadBatch("batch.compression", why="needs a larger window or a dictionary")


def _range(line: bytes) -> tuple[int, int]:
    try:
        _check_proto(_PROTO.decode(line).proto)
        header = _HEADER.decode(line)
    except ValueError as error:  # msgspec's own DecodeError, or UnicodeDecodeError on bytes that are not UTF-8
        raise BadBatch("batch.header", why=str(error)) from error
    if msgspec.json.encode(header, order="sorted") != line:
        raise BadBatch("batch.header", why="not canonical")
    if not 0 <= header.start < header.stop <= header.start + MAX_EVENTS:
        raise BadBatch("batch.count", start=header.start, stop=header.stop, limit=MAX_EVENTS)
    return header.start, header.stop


def _check_proto(proto: int) -> None:
    if proto != PROTO:
        raise BadBatch("batch.proto", have=proto, want=PROTO)


def _events(raw: bytes, at: int, count: int) -> tuple[tuple[bytes, ...], int]:
    """Read `count` events from offset `at`, and the offset after them."""
    events = []
    for k in range(count):
        start = at + _LENGTH
        at = start + int.from_bytes(raw[at:start], "big")
        if at > len(raw):
            raise BadBatch("batch.truncated", have=k, want=count)
        if at == start:
            raise BadBatch("batch.event", index=k, why="empty")
        events.append(raw[start:at])
    return tuple(events), at
