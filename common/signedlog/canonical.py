"""The one spelling of numbers, bytes and names in signed text; any other spelling is a ValueError."""

from __future__ import annotations

import base64
import re

from common import ids

NUMBER_LIMIT = 1 << 53  # JavaScript and JSON readers lose larger integers (RFC 8259 section 6)

_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
_LOG_ID = re.compile(rf"[a-z2-7]{{{ids.LOG_ID_LENGTH}}}")
_NOT_IN_NAME = re.compile(r"[\s+\x00-\x1f]")
_SITE_ID = re.compile(r"[a-z2-7]{8}")


def number(text: str) -> int:
    """Parse an integer in 0 … 2^53-1 from an ASCII decimal without leading zeroes."""
    if not _NUMBER.fullmatch(text) or int(text) >= NUMBER_LIMIT:
        raise ValueError("not a canonical number")
    return int(text)


def b64(raw: bytes) -> str:
    """Encode bytes as standard base64 with padding (RFC 4648 section 4), which C2SP notes use."""
    return base64.b64encode(raw).decode()


def unb64(text: str) -> bytes:
    """Decode `b64` text."""
    raw = base64.b64decode(text, validate=True)
    if b64(raw) != text:
        raise ValueError("not canonical base64")
    return raw


def exactly(length: int, raw: bytes) -> bytes:
    """Return `raw` if it has this many bytes."""
    if len(raw) != length:
        raise ValueError(f"has {len(raw)} bytes instead of {length}")
    return raw


def key_name(text: str) -> str:
    """Return `text` if it may name a key: not empty, no white space, plus or control character (C2SP signed-note)."""
    if not text or _NOT_IN_NAME.search(text):
        raise ValueError("not a key name")
    return text


def log_id(text: str) -> str:
    """Return `text` if it has the form of a log id: 26 base32 letters."""
    if not _LOG_ID.fullmatch(text):
        raise ValueError("not a log id")
    return text


def site_id(text: str) -> str:
    """Return `text` if it has the form of a site id: 8 base32 letters."""
    if not _SITE_ID.fullmatch(text):
        raise ValueError("not a site id")
    return text
