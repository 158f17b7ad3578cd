"""Keys that never change, and one log of a hundred events, its heads signed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common import ids
from common.signedlog import merkle, note
from common.signedlog.batch import Batch
from common.signedlog.note import Checkpoint


class Author:
    """A key, its public half (32 bytes), and the log it signs."""

    def __init__(self, first: int) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(bytes(range(first, first + 32)))
        self.pub = self.key.public_key().public_bytes_raw()
        self.log = ids.log_id(self.pub)

    def head(self, events: tuple[bytes, ...]) -> Checkpoint:
        return Checkpoint(self.log, len(events), merkle.root(merkle.leaf_hash(event) for event in events))

    def batch(self, start: int, events: tuple[bytes, ...]) -> Batch:
        """The batch of all `events` (the whole log) from `start` on."""
        return Batch(start, events[start:], note.sign(self.head(events), self.key))


@pytest.fixture(scope="session")
def station() -> Author:
    return Author(0)


@pytest.fixture(scope="session")
def hub() -> Author:
    return Author(32)


@pytest.fixture(scope="session")
def root() -> Author:
    return Author(64)


@pytest.fixture(scope="session")
def events() -> tuple[bytes, ...]:
    return tuple(f'{{"b":{{"serial":"M-250-{k:06}"}},"t":"commission","v":1}}'.encode() for k in range(100))


@pytest.fixture(scope="session")
def golden() -> Path:
    return Path(__file__).parents[2] / "golden" / "signedlog"


@pytest.fixture(scope="session")
def flipped() -> Callable[[bytes, int], bytes]:
    """`raw` with bit number `bit` (modulo its length) turned over."""

    def flip(raw: bytes, bit: int) -> bytes:
        at, mask = bit // 8 % len(raw), 1 << bit % 8
        return raw[:at] + bytes([raw[at] ^ mask]) + raw[at + 1 :]

    return flip
