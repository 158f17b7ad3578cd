"""Keys of a scanner: the bytes of its input events → whole codes, as on a US keyboard.

Bytes are `struct input_event` of the kernel's uapi/linux/input.h, key numbers those of input-event-codes.h. A scan that
may differ from the label is never handed over as a code: it is `TornScan`. Pure: no I/O, no clock.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from station.devices.framing import HALF_SCAN_MS, KEPT_BYTES, Dropped

# Two longs of time, then type, code, value. The longs have this process's width, even on a kernel of another width.
EVENT_64, EVENT_32 = struct.Struct("=qqHHi"), struct.Struct("=iiHHi")
NATIVE = EVENT_64 if struct.calcsize("@l") == 8 else EVENT_32
EV_SYN, EV_KEY = 0, 1
SYN_REPORT, SYN_DROPPED = 0, 3
UP, DOWN = 0, 1  # 2 is a repeat of a held key, which scanners do not use

CTRL, SHIFT, ALT = frozenset((29, 97)), frozenset((42, 54)), frozenset((56, 100))
CAPS_LOCK, NUM_LOCK, F8 = 58, 69, 66
GS = "\x1d"
END_KEYS = {"enter": frozenset((28, 96)), "kp_enter": frozenset((96,)), "tab": frozenset((15,))}
EndKey = Literal["enter", "kp_enter", "tab"]
UNKNOWN = "?"
_KEYS_TOLD = 8
_ALT_DIGITS = 4
_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
US = {start + i: pair for start, low, high in _ROWS for i, pair in enumerate(zip(low, high, strict=True))}
# The number pad always types digits: Num Lock belongs to the computer, and a scanner cannot see it.
PAD = {71: "7", 72: "8", 73: "9", 75: "4", 76: "5", 77: "6", 79: "1", 80: "2", 81: "3", 82: "0"}
_PAD_CHARACTERS = {55: "*", 74: "-", 78: "+", 83: ".", 98: "/"}


class TornScan(Struct, frozen=True):
    """A scan that differs from the label; `text`: the characters read, with `?` for unknown keys.

    `reason`: `keys`, some keys, by their numbers, are not on a US keyboard; `overrun`, the kernel dropped events.
    """

    reason: Literal["keys", "overrun"]
    text: bytes
    keys: tuple[int, ...] = ()


class HidKeys:
    """Bytes in, whole codes out. One per scanner; `end` is the key that the scanner sends after a code."""

    def __init__(self, end: EndKey = "enter", half_scan_ms: int = HALF_SCAN_MS, event: struct.Struct = NATIVE) -> None:
        self._ends = END_KEYS[end]
        self._half_scan_ms = half_scan_ms
        self._event = event
        self._heard_ms = 0
        self._rest = b""
        self._begin()

    def feed(self, raw: bytes, now_ms: int) -> Iterable[bytes | TornScan | Dropped]:
        """Return the codes that end in `raw`, in order. An empty `raw` means that nothing came until `now_ms`."""
        # As in the framer, a half scan is dropped only after silence.
        if not raw:
            return self._give_up() if now_ms - self._heard_ms >= self._half_scan_ms else []
        self._heard_ms = now_ms
        raw = self._rest + raw
        whole = len(raw) - len(raw) % self._event.size
        self._rest = raw[whole:]
        events = self._event.iter_unpack(raw[:whole])
        return [piece for _, _, kind, code, value in events for piece in self._take(kind, code, value)]

    def reset(self) -> Iterable[TornScan | Dropped]:
        """Start again after the cable was out: no key is down any more."""
        given_up = self._give_up()
        self._begin()
        return given_up

    def _begin(self) -> None:
        self._rest = b""
        self._lost = False
        self._let_go_all()
        self._clear()

    def _let_go_all(self) -> None:
        self._held: set[int] = set()
        self._caps = False
        self._alt_digits = ""

    def _clear(self) -> None:
        self._text = bytearray()
        self._excess = 0
        self._overrun = False
        self._odd: list[int] = []

    # Events ----------------------------------------------------------------------------------------------------------
    def _take(self, kind: int, code: int, value: int) -> Iterator[bytes | TornScan | Dropped]:
        if kind == EV_SYN:
            self._synchronise(code)
        elif kind == EV_KEY and not self._lost:
            if value == DOWN and code in self._ends:
                yield from self._finish()
            elif value in (UP, DOWN):
                self._key(code, value)

    def _synchronise(self, code: int) -> None:
        """Ignore everything from SYN_DROPPED to the next SYN_REPORT, and forget which keys are down."""
        if code == SYN_DROPPED:
            self._lost = self._overrun = True
            self._let_go_all()
        elif code == SYN_REPORT:
            self._lost = False

    def _key(self, code: int, value: int) -> None:
        if code in CTRL | SHIFT | ALT:
            (self._held.add if value == DOWN else self._held.discard)(code)
            if value == UP and code in ALT and not self._held & ALT:
                self._alt_code(code)
        elif value == DOWN:
            self._pressed(code)

    def _pressed(self, code: int) -> None:
        if code == CAPS_LOCK:
            self._caps = not self._caps
        elif self._held & ALT:
            self._alt_digit(code)
        elif code != NUM_LOCK:
            self._type(self._character(code), code)

    def _alt_digit(self, code: int) -> None:
        """Collect an Alt code: digits of the number pad, typed as a character when Alt is released."""
        if code in PAD and len(self._alt_digits) < _ALT_DIGITS:
            self._alt_digits += PAD[code]
        elif code != NUM_LOCK:
            self._type(None, code)

    def _alt_code(self, code: int) -> None:
        digits, self._alt_digits = self._alt_digits, ""
        if digits:
            self._type(chr(int(digits)) if 0 < int(digits) < 128 else None, code)

    def _character(self, code: int) -> str | None:
        """Return the character of a key, or None. Caps Lock swaps the case of letters, as on a computer."""
        if code == F8:
            return GS
        if code not in US:
            return None if self._held & CTRL else PAD.get(code) or _PAD_CHARACTERS.get(code)
        low, high = US[code]
        if self._held & CTRL:
            return _control(low, high)
        shifted = bool(self._held & SHIFT) != (self._caps and low.isalpha())
        return high if shifted else low

    def _type(self, character: str | None, code: int) -> None:
        if character is None and len(self._odd) < _KEYS_TOLD:
            self._odd.append(code)
        if len(self._text) < KEPT_BYTES:
            self._text += (character or UNKNOWN).encode("ascii")
        else:
            self._excess += 1

    # Ends ------------------------------------------------------------------------------------------------------------
    def _finish(self) -> Iterator[bytes | TornScan | Dropped]:
        text, excess, torn = bytes(self._text), self._excess, self._torn()
        self._clear()
        if torn:
            yield torn
        elif text:
            yield text
        if excess:
            yield Dropped("long", excess)

    def _give_up(self) -> list[TornScan | Dropped]:
        length, torn = len(self._text) + self._excess, self._torn()
        self._clear()
        if torn and torn.reason == "overrun":
            return [torn]
        return [Dropped("half", length)] if length else []

    def _torn(self) -> TornScan | None:
        if not self._overrun and not self._odd:
            return None
        return TornScan("overrun" if self._overrun else "keys", bytes(self._text), tuple(self._odd))


def _control(low: str, high: str) -> str | None:
    """Return the control character of a key with Ctrl: Ctrl and ] is GS, Ctrl and ^ is RS."""
    return next((chr(ord(c) - 64) for c in (low.upper(), high) if "@" <= c <= "_"), None)
