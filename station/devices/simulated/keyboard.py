"""A HID scanner without hardware: types codes as the kernel reports a USB keyboard's keys, into a pipe at a path.

Each change of a key is MSC_SCAN with the HID usage, EV_KEY, SYN_REPORT, in this order (drivers/hid/hid-input.c and
drivers/input/evdev.c). Times advance by the 8 ms at which a full-speed keyboard is polled.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

from station.devices.hid_keys import EV_KEY, EV_SYN, F8, GS, NATIVE, PAD, SYN_DROPPED, SYN_REPORT, US

EV_MSC, MSC_SCAN = 4, 4
POLL_US = 8_000
LEFT_CTRL, LEFT_SHIFT, LEFT_ALT, ENTER, KP_ENTER, TAB = 29, 42, 56, 28, 96, 15
# Key number → HID usage on page 7 (USB HID Usage Tables, 10), in order of the usages, from 4 on.
_IN_ORDER = "abcdefghijklmnopqrstuvwxyz1234567890"
_AFTER = (28, 1, 14, 15, 57, 12, 13, 26, 27, 43, 43, 39, 40, 41, 51, 52, 53, 58)
_KEY_OF = {low: code for code, (low, _) in US.items()}
_SHIFTED = {high: code for code, (_, high) in US.items()}
USAGES = (
    {_KEY_OF[c]: 4 + i for i, c in enumerate(_IN_ORDER)}
    | {code: 40 + i for i, code in enumerate(_AFTER) if i != 10}
    | {59 + i: 58 + i for i in range(10)}
    | {69: 83, 98: 84, 55: 85, 74: 86, 78: 87, 96: 88, 79: 89, 80: 90, 81: 91, 75: 92, 76: 93, 77: 94, 71: 95, 72: 96}
    | {73: 97, 82: 98, 83: 99, 86: 100, 29: 224, 42: 225, 56: 226, 97: 228, 54: 229, 100: 230}
)


class Typist:
    """Events of one keyboard, whose clock advances with each; `event`: their layout, by the kernel's word width."""

    def __init__(self, event: struct.Struct = NATIVE) -> None:
        self._event = event
        self._us = 0

    def change(self, key: int, value: int) -> bytes:
        """Report a key going down (1), up (0), or still held (2), which has no scan code."""
        self._us += POLL_US
        told = [(EV_MSC, MSC_SCAN, 0x70000 | USAGES.get(key, 0))] if value != 2 else []
        return b"".join(self._put(*one) for one in (*told, (EV_KEY, key, value), (EV_SYN, SYN_REPORT, 0)))

    def stroke(self, key: int, *held: int) -> bytes:
        """Press and release a key while others are held."""
        down = [self.change(one, 1) for one in (*held, key)]
        return b"".join(down + [self.change(one, 0) for one in (key, *reversed(held))])

    def dropped(self) -> bytes:
        """Report that the kernel's buffer overflowed: everything until the next SYN_REPORT is lost."""
        return self._put(EV_SYN, SYN_DROPPED, 0)

    def text(self, text: str, gs: str = "ctrl") -> bytes:
        """Type a text of US keys, GS as `ctrl` (Ctrl and ]), `f8`, or `alt` (Alt and 029 on the number pad)."""
        return b"".join(self._character(c, gs) for c in text)

    def scan(self, text: str, end: int = ENTER, gs: str = "ctrl") -> bytes:
        """Type a whole scan."""
        return self.text(text, gs) + self.stroke(end)

    def alt(self, number: str) -> bytes:
        """Type a character as Alt and digits on the number pad."""
        keys = {digit: key for key, digit in PAD.items()}
        return self.change(LEFT_ALT, 1) + b"".join(self.stroke(keys[d]) for d in number) + self.change(LEFT_ALT, 0)

    def _character(self, c: str, gs: str) -> bytes:
        if c == GS:
            ways: dict[str, Callable[[], bytes]] = {
                "ctrl": lambda: self.stroke(_KEY_OF["]"], LEFT_CTRL),
                "f8": lambda: self.stroke(F8),
                "alt": lambda: self.alt("029"),
            }
            return ways[gs]()
        if c in _KEY_OF:
            return self.stroke(_KEY_OF[c])
        return self.stroke(_SHIFTED[c], LEFT_SHIFT)

    def _put(self, kind: int, code: int, value: int) -> bytes:
        return self._event.pack(self._us // 1_000_000, self._us % 1_000_000, kind, code, value)


class PipeScanner:
    """A scanner plugged in from the start; the station opens `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._typist = Typist()
        self._pipe: int | None = None
        self.replug()

    def scan(self, code: bytes) -> None:
        """Read one code and type it; KeyError for a character without a US key."""
        self.send(self._typist.scan(code.decode("ascii")))

    def send(self, raw: bytes) -> None:
        """Write raw events into the pipe; OSError if unplugged."""
        if self._pipe is None:
            raise OSError("the scanner is unplugged")
        while raw:
            raw = raw[os.write(self._pipe, raw) :]

    def unplug(self) -> None:
        """Pull the cable: the reader sees end of file, and the path is gone."""
        self.path.unlink(missing_ok=True)
        pipe, self._pipe = self._pipe, None
        if pipe is not None:
            os.close(pipe)

    def replug(self) -> None:
        """Put the cable back: another device, the same path."""
        self.unplug()
        os.mkfifo(self.path, 0o600)
        # Opened for reading too: so it opens before the station does, and the station sees no end until the cable is
        # out.
        self._pipe = os.open(self.path, os.O_RDWR)
