"""Where one scan ends and the next begins in a scanner's bytes.

A code ends with CR, LF or ETX; what stands between STX and ETX is kept whole. Control characters inside a code, GS
above all, are part of it. Pure: no I/O, no clock, no parsing of what the code says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

STX, ETX = 0x02, 0x03
LINE_ENDS = b"\r\n"
KEPT_BYTES = 4096  # four times what a code may have: the parser refuses it with its bytes, and memory stays bounded
HALF_SCAN_MS = 2000


class Dropped(Struct, frozen=True):
    """Bytes that are no code: a `half` scan without an end, or what was too `long` to keep."""

    reason: Literal["half", "long"]
    length: int


class Framer:
    """Bytes in, whole codes out, however the bytes were cut on the way."""

    def __init__(self, half_scan_ms: int = HALF_SCAN_MS) -> None:
        self._half_scan_ms = half_scan_ms
        self._heard_ms = 0
        self._clear(framed=False)

    def feed(self, raw: bytes, now_ms: int) -> Iterable[bytes | Dropped]:
        """The codes that end in `raw`, in order. An empty `raw` says: nothing came until `now_ms`."""
        # A half scan is given up only when silence was heard: a late reader must not cut a code that was waiting.
        if not raw:
            return self._give_up() if now_ms - self._heard_ms >= self._half_scan_ms else []
        self._heard_ms = now_ms
        return [piece for byte in raw for piece in self._take(byte)]

    def reset(self) -> Iterable[Dropped]:
        """Begin anew, after the cable was out."""
        return self._give_up()

    def _take(self, byte: int) -> Iterator[bytes | Dropped]:
        if byte == STX:
            yield from self._give_up()
            self._framed = True
        elif byte == ETX or (byte in LINE_ENDS and not self._framed):
            yield from self._end()
        elif len(self._kept) < KEPT_BYTES:
            self._kept.append(byte)
        else:
            self._excess += 1

    def _end(self) -> Iterator[bytes | Dropped]:
        code, excess = bytes(self._kept), self._excess
        self._clear(framed=False)
        if code:
            yield code
        if excess:
            yield Dropped("long", excess)

    def _give_up(self) -> list[Dropped]:
        length = len(self._kept) + self._excess
        self._clear(framed=False)
        return [Dropped("half", length)] if length else []

    def _clear(self, framed: bool) -> None:
        self._kept = bytearray()
        self._excess = 0
        self._framed = framed
