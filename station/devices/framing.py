"""Framing: splits a scanner's bytes into scans.

A code ends with CR, LF or ETX; bytes between STX and ETX are kept whole. Control characters inside a code, above all
GS, are part of it. Pure: no I/O, no clock, no parsing of the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

STX, ETX = 0x02, 0x03
LINE_ENDS = b"\r\n"
KEPT_BYTES = 4096  # four times the longest code: the parser refuses it with its bytes, and memory stays bounded
HALF_SCAN_MS = 2000


class Dropped(Struct, frozen=True):
    """Discarded bytes: a `half` scan without an end, or the excess of one too `long` to keep."""

    reason: Literal["half", "long"]
    length: int


class Framer:
    """Bytes in, whole codes out, however the bytes are cut on the way."""

    def __init__(self, half_scan_ms: int = HALF_SCAN_MS) -> None:
        self._half_scan_ms = half_scan_ms
        self._heard_ms = 0
        self._clear(framed=False)

    def feed(self, raw: bytes, now_ms: int) -> Iterable[bytes | Dropped]:
        """Return the codes that end in `raw`, in order. An empty `raw` means that nothing came until `now_ms`."""
        # A half scan is dropped only after silence: a late reader must not cut a code that was waiting.
        if not raw:
            return self._give_up() if now_ms - self._heard_ms >= self._half_scan_ms else []
        self._heard_ms = now_ms
        return [piece for byte in raw for piece in self._take(byte)]

    def reset(self) -> Iterable[Dropped]:
        """Start again after the cable was out."""
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
