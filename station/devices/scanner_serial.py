"""A barcode scanner on a serial line (USB-COM or RS-232).

Hands over whole codes exactly as read. Must not retry, parse, or bind; it logs only what it drops, by length.
"""

from __future__ import annotations

import errno
import sys
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

import serial
import structlog

from common.errors import DeviceUnavailable
from station.devices.clock import boot_ms
from station.devices.framing import HALF_SCAN_MS, Dropped, Framer
from station.messages import Scanned

BUSY = (errno.EAGAIN, errno.EBUSY)
DENIED = (errno.EACCES, errno.EPERM)

# pyserial lets termios.error through when a port goes while it is being set up, and that is no OSError.
PORT_ERRORS: tuple[type[Exception], ...] = (OSError,)
if sys.platform != "win32":
    import termios

    PORT_ERRORS += (termios.error,)

log = structlog.get_logger(__name__)


class SerialScanner:
    """The driver of the scanner at `path`, in the field /dev/serial/by-id/...; `clock` gives ms since boot."""

    def __init__(
        self,
        name: str,
        path: str | Path,
        baud: int = 9600,
        half_scan_ms: int = HALF_SCAN_MS,
        clock: Callable[[], int] = boot_ms,
    ) -> None:
        self._name = name
        self._path = str(path)
        self._baud = baud
        self._clock = clock
        self._framer = Framer(half_scan_ms)
        self._codes: deque[Scanned] = deque()
        self._port: serial.Serial | None = None

    def open(self) -> None:
        """Take the port for this process alone; DeviceUnavailable scanner.absent, scanner.busy or scanner.denied."""
        try:
            self._port = serial.Serial(self._path, self._baud, timeout=0, exclusive=True)
        except PORT_ERRORS as error:
            raise DeviceUnavailable(why_not(error), path=self._path, reason=str(error)) from error

    def read(self, timeout_s: float) -> Scanned | None:
        """The next whole code, or None; DeviceUnavailable scanner.unplugged when the port is gone."""
        if not self._codes:
            raw = self._receive(timeout_s)
            now_ms = self._clock()
            self._sort(self._framer.feed(raw, now_ms), now_ms)
        return self._codes.popleft() if self._codes else None

    def close(self) -> None:
        """Let go of the port; a code that had begun is given up."""
        self._sort(self._framer.reset(), self._clock())
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def _receive(self, timeout_s: float) -> bytes:
        if self._port is None:
            raise DeviceUnavailable("scanner.unplugged", path=self._path)
        try:
            if self._port.timeout != timeout_s:  # setting it configures the port anew
                self._port.timeout = timeout_s
            # One read of what is there: after a second one that failed, the bytes of the first would be lost.
            return self._port.read(max(1, self._port.in_waiting))
        except PORT_ERRORS as error:
            raise DeviceUnavailable("scanner.unplugged", path=self._path, reason=str(error)) from error

    def _sort(self, pieces: Iterable[bytes | Dropped], now_ms: int) -> None:
        for piece in pieces:
            if isinstance(piece, Dropped):
                log.warning("scan dropped", device=self._name, reason=piece.reason, length=piece.length)
            else:
                self._codes.append(Scanned(self._name, piece, now_ms))


def why_not(error: Exception) -> str:
    """The code of what kept a port from being opened: scanner.busy, scanner.denied, else scanner.absent."""
    number = getattr(error, "errno", None)
    if number in BUSY:
        return "scanner.busy"
    return "scanner.denied" if number in DENIED else "scanner.absent"
