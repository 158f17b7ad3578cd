"""Barcode scanners that type like a keyboard (USB-HID), read from the kernel's event device. Linux only.

Hands over whole codes exactly as typed. Must not retry, decode keys (`hid_keys` does), parse, or bind; logs only
dropped scans, by length.
"""

from __future__ import annotations

import os
import select
import sys
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import structlog

from common.errors import DeviceUnavailable
from station.devices.clock import boot_ms
from station.devices.framing import Dropped
from station.devices.hid_keys import NATIVE, HidKeys, TornScan
from station.devices.hid_port import INPUTS, find
from station.devices.scanner_serial import CODES, HALF
from station.devices.serial_line import why_not
from station.messages import Scanned

if sys.platform == "linux":
    import evdev

MOST_EVENTS = 256
# The scanner beeped, so somebody waits for an answer. The parser refuses a code that was too long.
FAULTS = {"keys": "barcode.keys", "overrun": "barcode.overrun", "half": HALF}

log = structlog.get_logger(__name__)


class OpenDevice(Protocol):
    """An open event device: its descriptor, and a way to close it."""

    @property
    def fd(self) -> int:
        """Readable when keys were pressed; reading does not block."""

    def close(self) -> None:
        """Close it."""


class Pipe:
    """A recording played into a pipe; a pipe has only one reader anyway."""

    def __init__(self, path: str) -> None:
        self.fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def close(self) -> None:
        """Close it."""
        os.close(self.fd)


def take(path: str) -> OpenDevice:
    """Open a device exclusively: no input method, text field or second program sees its keys. OSError."""
    if Path(path).is_fifo():
        return Pipe(path)
    device: OpenDevice = evdev.InputDevice(path)
    try:
        device.grab()  # type: ignore[attr-defined]  # evdev has no types
    except OSError:
        device.close()
        raise
    return device


class HidScanner:
    """The driver of the scanner at `port`, see `hid_port`. `keys`: decodes its keys; `clock`: ms since boot."""

    kind = "scanner"

    def __init__(
        self,
        name: str,
        port: str,
        keys: HidKeys,
        clock: Callable[[], int] = boot_ms,
        inputs: Path = INPUTS,
        take: Callable[[str], OpenDevice] = take,
    ) -> None:
        self._name = name
        self._port = port
        self._clock = clock
        self._inputs = inputs
        self._take = take
        self._keys = keys
        self._codes: deque[Scanned] = deque()
        self._device: OpenDevice | None = None

    def open(self) -> None:
        """Open the scanner exclusively; DeviceUnavailable scanner.absent, ambiguous, busy or denied."""
        path = find(self._port, self._inputs)
        try:
            self._device = self._take(path)
        except OSError as error:
            raise DeviceUnavailable(CODES[why_not(error)], path=path, reason=str(error)) from error

    def read(self, timeout_s: float) -> Scanned | None:
        """Return the next whole code, or None; DeviceUnavailable scanner.unplugged if the scanner is gone."""
        if not self._codes:
            raw = self._receive(timeout_s)
            now_ms = self._clock()
            self._sort(self._keys.feed(raw, now_ms), now_ms)
        return self._codes.popleft() if self._codes else None

    def close(self) -> None:
        """Close the scanner and drop a partial code."""
        for piece in self._keys.reset():
            self._note(piece)
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def _receive(self, timeout_s: float) -> bytes:
        if self._device is None:
            raise DeviceUnavailable("scanner.unplugged", path=self._port)
        try:
            if not select.select([self._device.fd], [], [], timeout_s)[0]:
                return b""
            raw = os.read(self._device.fd, MOST_EVENTS * NATIVE.size)
        except OSError as error:
            raise DeviceUnavailable("scanner.unplugged", path=self._port, reason=str(error)) from error
        if not raw:
            raise DeviceUnavailable("scanner.unplugged", path=self._port)
        return raw

    def _sort(self, pieces: Iterable[bytes | TornScan | Dropped], now_ms: int) -> None:
        for piece in pieces:
            if isinstance(piece, bytes):
                self._codes.append(Scanned(self._name, piece, now_ms))
                continue
            self._note(piece)
            if piece.reason in FAULTS:
                self._codes.append(Scanned(self._name, b"", now_ms, FAULTS[piece.reason]))

    def _note(self, piece: TornScan | Dropped) -> None:
        """Log a discarded scan without its text, which may be half a badge."""
        if isinstance(piece, Dropped):
            log.warning("scan dropped", device=self._name, reason=piece.reason, length=piece.length)
        else:
            log.warning("scan torn", device=self._name, reason=piece.reason, length=len(piece.text), keys=piece.keys)
