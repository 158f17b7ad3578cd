"""A serial scanner or gauge without hardware: a pseudo terminal behind a path that outlives unplugging."""

from __future__ import annotations

import os
import select
import tty
from pathlib import Path


class PtyScanner:
    """A scanner plugged in from the start; the station opens `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ends: tuple[int, int] | None = None
        self.replug()

    def scan(self, code: bytes, end: bytes = b"\r") -> None:
        """Read one code: its bytes and the terminator."""
        self.send(code + end)

    def send(self, raw: bytes) -> None:
        """Write raw bytes to the line; OSError if unplugged."""
        if self._ends is None:
            raise OSError("the scanner is unplugged")
        while raw:
            raw = raw[os.write(self._ends[0], raw) :]

    def receive(self, timeout_s: float) -> bytes:
        """Return the station's request to a gauge, or b"" if none comes in time."""
        own_end = self._ends[0] if self._ends else -1
        return os.read(own_end, 4096) if select.select([own_end], [], [], timeout_s)[0] else b""

    def unplug(self) -> None:
        """Pull the cable: the reader sees an error, and the path is gone."""
        self.path.unlink(missing_ok=True)
        ends, self._ends = self._ends, None
        for end in ends or ():
            os.close(end)

    def replug(self) -> None:
        """Put the cable back: another device, the same path."""
        self.unplug()
        # Raw, or the terminal would turn CR into LF. This side keeps the station's end open too, or the line would look
        # hung up while nobody has it open.
        own_end, station_end = os.openpty()
        tty.setraw(station_end)
        self._ends = own_end, station_end
        self.path.symlink_to(os.ttyname(station_end))
