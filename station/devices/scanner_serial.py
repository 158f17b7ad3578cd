"""Barcode scanners on a serial line (USB-COM or RS-232).

Hands over whole codes exactly as read. Must not retry, parse, or bind; logs only dropped scans, by length.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from station.devices.clock import boot_ms
from station.devices.framing import HALF_SCAN_MS, Dropped, Framer
from station.devices.serial_line import SerialLine
from station.messages import Scanned

CODES = {
    "absent": "scanner.absent",
    "busy": "scanner.busy",
    "denied": "scanner.denied",
    "unplugged": "scanner.unplugged",
}

HALF = "barcode.half"

log = structlog.get_logger(__name__)


class SerialScanner:
    """The driver of the scanner at `path`, in a factory /dev/serial/by-id/...; `clock` gives ms since boot."""

    kind = "scanner"

    def __init__(
        self,
        name: str,
        path: str | Path,
        baud: int = 9600,
        half_scan_ms: int = HALF_SCAN_MS,
        clock: Callable[[], int] = boot_ms,
    ) -> None:
        self._name = name
        self._clock = clock
        self._framer = Framer(half_scan_ms)
        self._codes: deque[Scanned] = deque()
        self._line = SerialLine(str(path), baud, CODES)

    def open(self) -> None:
        """Open the port exclusively; DeviceUnavailable scanner.absent, scanner.busy or scanner.denied."""
        self._line.open()

    def read(self, timeout_s: float) -> Scanned | None:
        """Return the next whole code, or None; DeviceUnavailable scanner.unplugged if the port is gone."""
        if not self._codes:
            raw = self._line.receive(timeout_s)
            now_ms = self._clock()
            self._sort(self._framer.feed(raw, now_ms), now_ms)
        return self._codes.popleft() if self._codes else None

    def close(self) -> None:
        """Close the port and drop a partial code."""
        for piece in self._framer.reset():
            self._note(piece)
        self._line.close()

    def _sort(self, pieces: Iterable[bytes | Dropped], now_ms: int) -> None:
        for piece in pieces:
            if isinstance(piece, Dropped):
                self._note(piece)
                if piece.reason == "half":  # the scanner beeped: somebody waits for an answer
                    self._codes.append(Scanned(self._name, b"", now_ms, HALF))
            else:
                self._codes.append(Scanned(self._name, piece, now_ms))

    def _note(self, piece: Dropped) -> None:
        log.warning("scan dropped", device=self._name, reason=piece.reason, length=piece.length)
