"""Identities: claims about things, log ids, event ids, tags, and words for comparing two screens."""

from __future__ import annotations

import base64
import hashlib
from typing import Annotated

from msgspec import Meta, Struct

LOG_ID_LENGTH = 26
LOG_ID_DOMAIN = b"headwater/log/v1\n"
SITE_ID_DOMAIN = b"headwater/site/v1\n"
CONSONANTS = "bdfghjklmnprstvz"
VOWELS = "aiou"
KINDS = ("unit", "lot", "container", "equipment", "tool", "gauge", "location", "document", "order")
# GS1 schemes have the names of the EPC Tag Data Standard.
GS1_KINDS = {
    "gs1:sgtin": "unit",
    "gs1:upui": "unit",
    "gs1:itip": "unit",
    "gs1:cpi": "unit",
    "gs1:lgtin": "lot",
    "gs1:sscc": "container",
    "gs1:grai": "container",
    "gs1:giai": "equipment",
    "gs1:sgln": "location",
    "gs1:gdti": "document",
}


class Claim(Struct, frozen=True, order=True):
    """The identity that a code on a thing claims: a value in a scheme, e.g. ("unit@k3f9x2ma", "M-250-004217").

    The scheme is one of GS1_KINDS, or a private name with the site's id after an @, so that no two sites collide. The
    value was normalised when scanned and is never parsed again.
    """

    scheme: Annotated[str, Meta(min_length=1, max_length=64)]
    value: Annotated[str, Meta(min_length=1, max_length=128)]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


def b64(raw: bytes) -> str:
    """Encode bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Decode `b64` text; ValueError unless the text is the one spelling of its bytes."""
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if b64(raw) != text:
        raise ValueError("not canonical base64url")
    return raw


def _short(domain: bytes, key: bytes, length: int) -> str:
    return base64.b32encode(hashlib.sha256(domain + key).digest()).decode().lower()[:length]


def log_id(public_key: bytes) -> str:
    """Return the id of the log that this Ed25519 public key (32 bytes) signs: 26 base32 letters, 130 bits."""
    return _short(LOG_ID_DOMAIN, public_key, LOG_ID_LENGTH)


def site_id(public_key: bytes) -> str:
    """Return the id of the site with this root key: 8 base32 letters."""
    return _short(SITE_ID_DOMAIN, public_key, 8)


def event_id(log: str, leaf: bytes) -> str:
    """Return an event's permanent identity: its log and its leaf hash, "log.leaf"."""
    return f"{log}.{b64(leaf)}"


def split_event_id(text: str) -> tuple[str, bytes]:
    """Split an event id into (log, leaf hash of 32 bytes); ValueError if it is malformed."""
    log, _, leaf = text.partition(".")
    raw = unb64(leaf)
    if len(log) != LOG_ID_LENGTH or len(raw) != 32:
        raise ValueError("not an event id")
    return log, raw


def tag(event: str, k: int) -> str:
    """Return the tag of an event's k-th assertion, "log.leaf#k", as a retraction names it."""
    return f"{event}#{k}"


def tag_event(text: str) -> str:
    """Return the event id in a tag."""
    return text.partition("#")[0]


def six_words(*parts: bytes) -> str:
    """Make six pronounceable words (96 bits of SHA-256 over the parts) for people to compare on two screens.

    Each word carries 16 bits as consonant-vowel-consonant-vowel-consonant (proquints, D. Wilkerson 2009).
    """
    digest = hashlib.sha256(b"headwater/words/v1\n" + b"".join(len(p).to_bytes(4, "big") + p for p in parts)).digest()
    return " ".join(_word(int.from_bytes(digest[i : i + 2], "big")) for i in range(0, 12, 2))


def _word(bits: int) -> str:
    return (
        CONSONANTS[bits >> 12]
        + VOWELS[bits >> 10 & 3]
        + CONSONANTS[bits >> 6 & 15]
        + VOWELS[bits >> 4 & 3]
        + CONSONANTS[bits & 15]
    )


def kind_of(claim: Claim) -> str:
    """Return the kind of thing that a claim's scheme names: one of KINDS, or "other"."""
    name = claim.scheme.partition("@")[0]
    return GS1_KINDS.get(name, name if name in KINDS else "other")
