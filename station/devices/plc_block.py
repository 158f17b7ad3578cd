"""The exchange block between a station and a PLC, byte for byte as in docs/plc.md.

Pure: no I/O, no clock. It checks whether a block is whole and whether a result belongs to a request, never whether its
values are good.
"""

from __future__ import annotations

import struct
import zlib
from enum import IntEnum
from typing import Any, TypeVar

from msgspec import Struct

from common.errors import BadAnswer

MAGIC = 0x4857  # "HW"
VERSION = 1
DB_SIZE = 200
REQUEST_AT = 0
REQUEST_SIZE = 64
ANSWER_AT = 64
ANSWER_SIZE = 136
SERIAL_LENGTH = 40
LAST_SEQUENCE = 2**32 - 1
VALUES = 16

# Everything except the checksum, big-endian as in S7; 42s is a STRING[40]: its maximum, its length, its characters.
REQUEST_LAYOUT = struct.Struct(">HHIHHI42sH")
ANSWER_LAYOUT = struct.Struct(">HHIHHI42sH16iHHI")
_CHECKSUM = struct.Struct(">I")
_HEARTBEAT_AT = 128
_STATE_AT, _COUNT_AT, _PRESENT_AT = 8, 58, 124
_PRINTABLE = range(0x20, 0x7F)

E = TypeVar("E", bound=IntEnum)


class Command(IntEnum):
    """The station's command to the PLC."""

    IDLE = 0
    PERMIT = 1
    ACKNOWLEDGE = 2
    ABORT = 3


class State(IntEnum):
    """The PLC's state in the handshake."""

    IDLE = 0
    RUNNING = 1
    RESULT = 2
    ABORTED = 3
    FAULT = 4


class Outcome(IntEnum):
    """The PLC's own judgement of a result."""

    NONE = 0
    OK = 1
    NOK = 2


class Request(Struct, frozen=True):
    """The request area, written by the station only.

    `sequence`: 1..2^32-1, 0 for never; `program`: 0..65535; `token`: random, 0 for none; `serial`: at most 40 printable
    ASCII characters (see `serial_fits`).
    """

    sequence: int = 0
    command: Command = Command.IDLE
    program: int = 0
    token: int = 0
    serial: str = ""

    def encode(self) -> bytes:
        """Encode the 64 bytes at offset 0; ValueError for a field that does not fit."""
        return _sealed(REQUEST_LAYOUT, (self.sequence, self.command, self.program, self.token, _string(self.serial), 0))


class AnswerArea(Struct, frozen=True):
    """The answer area, written by the PLC only. `values`: 0..16 integers, scaled by the characteristics' decimals.

    While the machine runs they are its live values, if its program provides them. `reader`: while it is idle, `serial`
    is the code that its own reader read from the part in it.
    """

    sequence: int = 0
    state: State = State.IDLE
    outcome: Outcome = Outcome.NONE
    token: int = 0
    serial: str = ""
    values: tuple[int, ...] = ()
    part_present: bool = False
    heartbeat: int = 0
    reader: bool = False

    def encode(self) -> bytes:
        """Encode the 136 bytes at offset 64; ValueError for a field that does not fit."""
        if len(self.values) > VALUES:
            raise ValueError(f"{len(self.values)} values, at most {VALUES} fit")
        head = (self.sequence, self.state, self.outcome, self.token, _string(self.serial), len(self.values))
        padded = self.values + (0,) * (VALUES - len(self.values))
        return _sealed(ANSWER_LAYOUT, (*head, *padded, self.part_present, self.reader, self.heartbeat))


def decode_request(raw: bytes) -> Request:
    """Decode a request from its 64 bytes; BadAnswer plc.length, magic, version, checksum, string or state."""
    sequence, command, program, token, serial, _ = _opened(REQUEST_LAYOUT, raw)
    return Request(sequence, _member(Command, command), program, token, _text(serial))


def decode_answer(raw: bytes) -> AnswerArea:
    """Decode an answer from its 136 bytes; BadAnswer plc.length, magic, version, checksum, string, count or state."""
    sequence, state, outcome, token, serial, count, *values, present, reader, heartbeat = _opened(ANSWER_LAYOUT, raw)
    text = _text(serial)
    if count > VALUES:
        raise BadAnswer("plc.count", count=count)
    if present > 1 or reader > 1 or (state == State.RESULT and outcome == Outcome.NONE):
        raise BadAnswer("plc.state", state=state, outcome=outcome, present=present, reader=reader)
    at, judged = _member(State, state), _member(Outcome, outcome)
    return AnswerArea(sequence, at, judged, token, text, tuple(values[:count]), bool(present), heartbeat, bool(reader))


def check_answer(answer: AnswerArea, request: Request) -> None:
    """Check that a result answers this request; any other state passes.

    BadAnswer plc.stale (another sequence), plc.token (another permit) or plc.serial (another unit).
    """
    if answer.state is not State.RESULT:
        return
    if answer.sequence != request.sequence:
        raise BadAnswer("plc.stale", sequence=answer.sequence, wanted=request.sequence)
    if answer.token != request.token:
        raise BadAnswer("plc.token", sequence=answer.sequence)
    if answer.serial != request.serial:
        raise BadAnswer("plc.serial", serial=answer.serial, wanted=request.serial)


def next_sequence(last: int) -> int:
    """Return the sequence after `last`: 1..2^32-1, then 1 again."""
    return last % LAST_SEQUENCE + 1


def scaled(value: int, decimals: int) -> str:
    """Convert a wire integer to an exact decimal: scaled(-1250, 2) is "-12.50"."""
    if decimals < 0:
        raise ValueError("decimals count from 0")
    digits = str(abs(value)).rjust(decimals + 1, "0")
    whole, part = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return ("-" if value < 0 else "") + whole + (f".{part}" if part else "")


def serial_fits(serial: str) -> bool:
    """Return True if a serial fits a STRING[40]: printable ASCII, at most 40 characters."""
    return len(serial) <= SERIAL_LENGTH and all(ord(c) in _PRINTABLE for c in serial)


def is_sound(block: bytes) -> bool:
    """Return True if a block's last four bytes are the checksum of the others."""
    return block[-4:] == _CHECKSUM.pack(zlib.crc32(block[:-4]))


def heartbeat_of(block: bytes) -> int:
    """Read the heartbeat counter of a 136-byte answer block, which need not be sound."""
    return int(_CHECKSUM.unpack_from(block, _HEARTBEAT_AT)[0])


def essence(block: bytes) -> bytes:
    """Return an answer block without heartbeat and checksum; b"" for an unsound block."""
    return block[:_HEARTBEAT_AT] if is_sound(block) else b""


def steady(block: bytes) -> bytes:
    """Return the parts of an answer block that do not change on their own: its essence, without live values."""
    seen = essence(block)
    running = seen[_STATE_AT : _STATE_AT + 2] == State.RUNNING.to_bytes(2, "big")
    return seen[:_COUNT_AT] + seen[_PRESENT_AT:] if running else seen


def _member(words: type[E], number: int) -> E:
    try:
        return words(number)
    except ValueError as error:
        raise BadAnswer("plc.state", **{words.__name__.lower(): number}) from error


def _sealed(layout: struct.Struct, fields: tuple[object, ...]) -> bytes:
    try:
        body = layout.pack(MAGIC, VERSION, *fields)
    except struct.error as error:
        raise ValueError(str(error)) from error
    return body + _CHECKSUM.pack(zlib.crc32(body))


def _opened(layout: struct.Struct, raw: bytes) -> list[Any]:
    if len(raw) != layout.size + 4:
        raise BadAnswer("plc.length", length=len(raw), wanted=layout.size + 4)
    magic, version, *fields = layout.unpack(raw[:-4])
    if magic != MAGIC:
        raise BadAnswer("plc.magic", magic=magic)
    if version != VERSION:
        raise BadAnswer("plc.version", version=version)
    if not is_sound(raw):
        raise BadAnswer("plc.checksum")
    return fields


def _string(text: str) -> bytes:
    if not serial_fits(text):
        raise ValueError("a STRING[40] holds at most 40 printable ASCII characters")
    return bytes((SERIAL_LENGTH, len(text))) + text.encode("ascii").ljust(SERIAL_LENGTH, b"\0")


def _text(field: bytes) -> str:
    # Characters after the length are ignored: assigning a shorter STRING in an S7 leaves the old ones.
    maximum, length, characters = field[0], field[1], field[2 : 2 + field[1]]
    if maximum != SERIAL_LENGTH or length > SERIAL_LENGTH or any(c not in _PRINTABLE for c in characters):
        raise BadAnswer("plc.string", field=field.hex())
    return characters.decode("ascii")
