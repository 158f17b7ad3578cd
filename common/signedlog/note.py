"""Signed notes: a text and the lines that sign it. A log's checkpoint is a note; with a hub's line added, a receipt.

Formats: https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-cosignature (Ed25519).
Stricter than those: a checkpoint has one spelling and no extension lines, so equal checkpoints are equal bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from common import ids
from common.errors import BadBatch
from common.signedlog import canonical

ORIGIN_PREFIX = "headwater.log/"
MAX_NOTE = 4096
MAX_SIGNATURES = 16  # signed-note: verifiers MUST accept at least that many

_DASH = "\u2014 "
_ED25519 = b"\x01"
_COSIGNATURE = b"\x04"
_KEY_ID_LENGTH = 4
_TIME_LENGTH = 8
_TIME_LIMIT = 1 << 63  # tlog-cosignature: MUST NOT exceed 2^63-1
_CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f]")


class SignatureLine(Struct, frozen=True):
    """One line under a note: the key's name and id (4 bytes), and the signature (Ed25519: 64 bytes)."""

    name: str
    key_id: bytes
    signature: bytes

    def text(self) -> str:
        """Format the line with its newline."""
        return f"{_DASH}{self.name} {canonical.b64(self.key_id + self.signature)}\n"


class Checkpoint(Struct, frozen=True):
    """The head of a log: its id, its number of leaves, and the Merkle root over them (32 bytes)."""

    log: str
    size: int
    root: bytes

    def text(self) -> str:
        """Format the three lines that are signed."""
        return f"{origin(self.log)}\n{self.size}\n{canonical.b64(self.root)}\n"


def origin(log: str) -> str:
    """Return the name with which a log signs its checkpoints."""
    return ORIGIN_PREFIX + log


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """Sign a checkpoint and return its note; ValueError if the key is not that log's."""
    if _log_of(key) != checkpoint.log:
        raise ValueError("a log's checkpoint is signed by the log's own key")
    return _signed(checkpoint.text(), origin(checkpoint.log), key)


def open_note(raw: str | bytes, pub: bytes) -> Checkpoint:
    """Open a note and verify that the log with this public key signed it.

    BadBatch note.malformed; note.key if the note is another log's; note.signature if the key did not sign it.
    """
    return _opened(raw, pub)[0]


def bare(raw: str | bytes, pub: bytes) -> str:
    """Return the note with the log's own line alone, byte for byte as its author signed it; errors as of `open_note`.

    Anyone on the way may add lines. Only this form is stored and cosigned, so that nobody can fill a note up.
    """
    checkpoint, lines = _opened(raw, pub)
    name = origin(checkpoint.log)
    return _compose(checkpoint.text(), _by(name, _key_id(name, _ED25519, pub), lines)[:1])


def parse(raw: str | bytes) -> tuple[Checkpoint, list[SignatureLine]]:
    """Parse a checkpoint and its lines, *not verified*; BadBatch note.malformed."""
    text, lines = parse_text(raw)
    try:
        return _checkpoint(text), lines
    except ValueError as error:
        raise BadBatch("note.malformed", why=str(error)) from error


def cosign(note: str, name: str, key: Ed25519PrivateKey, time_s: int) -> str:
    """Make a receipt: the note with a line in which `name` states that it held this head at `time_s` (Unix seconds).

    Verifies nothing of the note. BadBatch note.malformed, also when the note has no room left (`bare` makes room);
    ValueError if the name cannot name a key.
    """
    checkpoint, lines = parse(note)
    signature = time_s.to_bytes(_TIME_LENGTH, "big") + key.sign(_cosigned(checkpoint.text(), time_s))
    line = SignatureLine(canonical.key_name(name), _key_id(name, _COSIGNATURE, _raw(key)), signature)
    receipt = _compose(checkpoint.text(), [*lines, line])
    parse(receipt)
    return receipt


def open_receipt(raw: str | bytes, log_pub: bytes, name: str, hub_pub: bytes) -> tuple[Checkpoint, int]:
    """Open a note signed by its log and cosigned by `name` as (checkpoint, Unix seconds); errors as of `open_note`.

    If the cosigner has several lines, all must verify and the earliest time counts: it held the head from then.
    """
    checkpoint, lines = _opened(raw, log_pub)
    cosignatures = _by(name, _key_id(name, _COSIGNATURE, hub_pub), lines)
    return checkpoint, min(_cosigned_at(line, checkpoint, hub_pub) for line in cosignatures)


def sign_text(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Sign any text that ends with a newline; ValueError if the text or the name does not fit into a note."""
    note = _signed(text, name, key)
    if _split(note)[0] != text:
        raise ValueError("not the text of a note")
    return note


def open_text(raw: str | bytes, name: str, pub: bytes) -> str:
    """Open a note that `name` signed with this key and return its text; BadBatch note.malformed, note.signature."""
    text, lines = parse_text(raw)
    _check_signed(text, lines, name, pub)
    return text


def parse_text(raw: str | bytes) -> tuple[str, list[SignatureLine]]:
    """Parse a note's text and its lines, *not verified*; BadBatch note.malformed."""
    try:
        return _split(raw)
    except ValueError as error:
        raise BadBatch("note.malformed", why=str(error)) from error


def _signed(text: str, name: str, key: Ed25519PrivateKey) -> str:
    return _compose(text, [SignatureLine(name, _key_id(name, _ED25519, _raw(key)), key.sign(text.encode()))])


def _opened(raw: str | bytes, pub: bytes) -> tuple[Checkpoint, list[SignatureLine]]:
    checkpoint, lines = parse(raw)
    if checkpoint.log != ids.log_id(pub):
        raise BadBatch("note.key", have=checkpoint.log, want=ids.log_id(pub))
    _check_signed(checkpoint.text(), lines, origin(checkpoint.log), pub)
    return checkpoint, lines


def _split(raw: str | bytes) -> tuple[str, list[SignatureLine]]:
    encoded = raw.encode() if isinstance(raw, str) else raw
    if len(encoded) > MAX_NOTE:
        raise ValueError(f"longer than {MAX_NOTE} bytes")
    if _CONTROL.search(encoded):
        raise ValueError("control character")
    text, blank, signatures = encoded.decode().rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise ValueError("no signature lines")
    lines = signatures[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise ValueError(f"more than {MAX_SIGNATURES} signatures")
    return text + "\n", [_signature_line(line) for line in lines]


def _signature_line(line: str) -> SignatureLine:
    name, _, signature = line.removeprefix(_DASH).partition(" ")
    raw = canonical.unb64(signature)
    if not line.startswith(_DASH) or len(raw) <= _KEY_ID_LENGTH:
        raise ValueError("not a signature line")
    return SignatureLine(canonical.key_name(name), raw[:_KEY_ID_LENGTH], raw[_KEY_ID_LENGTH:])


def _checkpoint(text: str) -> Checkpoint:
    name, size, root, _ = text.split("\n")
    if not name.startswith(ORIGIN_PREFIX):
        raise ValueError("not a checkpoint of a log")
    log = canonical.log_id(name.removeprefix(ORIGIN_PREFIX))
    return Checkpoint(log, canonical.number(size), canonical.exactly(32, canonical.unb64(root)))


def _compose(text: str, lines: Sequence[SignatureLine]) -> str:
    return text + "\n" + "".join(line.text() for line in lines)


def _by(name: str, key_id: bytes, lines: Sequence[SignatureLine]) -> list[SignatureLine]:
    """Return the lines of this key, at least one; all others are ignored (signed-note)."""
    found = [line for line in lines if line.name == name and line.key_id == key_id]
    if not found:
        raise BadBatch("note.signature", name=name, why="none by this key")
    return found


def _check_signed(text: str, lines: Sequence[SignatureLine], name: str, pub: bytes) -> None:
    for line in _by(name, _key_id(name, _ED25519, pub), lines):
        _verify(name, pub, line.signature, text.encode())


def _cosigned(text: str, time_s: int) -> bytes:
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()


def _cosigned_at(line: SignatureLine, checkpoint: Checkpoint, pub: bytes) -> int:
    time_s = int.from_bytes(line.signature[:_TIME_LENGTH], "big")
    if time_s >= _TIME_LIMIT:
        raise BadBatch("note.malformed", why="cosigned at no time")
    _verify(line.name, pub, line.signature[_TIME_LENGTH:], _cosigned(checkpoint.text(), time_s))
    return time_s


def _verify(name: str, pub: bytes, signature: bytes, message: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(pub).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise BadBatch("note.signature", name=name, why="does not verify") from error


def _key_id(name: str, kind: bytes, pub: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + kind + pub).digest()[:_KEY_ID_LENGTH]


@lru_cache(maxsize=8)  # a log signs its head at every scan with the same key
def _raw(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


@lru_cache(maxsize=8)
def _log_of(key: Ed25519PrivateKey) -> str:
    return ids.log_id(_raw(key))
