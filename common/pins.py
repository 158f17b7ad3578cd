"""PIN verifiers: stations check PINs against them; whoever steals one cannot guess the PIN without the pepper.

verifier = argon2id(HMAC-SHA-256(pepper, pin), salt). The pepper belongs to the site and is kept in a key file, never in
a database, so that a copied database reveals no PIN, short as PINs are.
"""

from __future__ import annotations

import hmac
import re

from argon2.low_level import Type, hash_secret_raw

from common.ids import b64, unb64

PEPPER = 32
SALT = 16
SHAPE = re.compile(r"[0-9]{4,12}")
# RFC 9106 section 4, second choice, with less memory: a station checks while its screen runs.
PASSES, MEMORY_KIB, LENGTH = 3, 32_768, 32


def verifier(pepper: bytes, pin: str, salt: bytes) -> str:
    """Make the verifier of a PIN: "salt.hash", base64url. ValueError unless the PIN is 4 to 12 digits."""
    if not SHAPE.fullmatch(pin):
        raise ValueError("a PIN is 4 to 12 digits")
    return f"{b64(salt)}.{b64(_stretched(pepper, pin, salt))}"


def matches(pepper: bytes, pin: str, kept: str) -> bool:
    """Check a PIN against a verifier; False for a verifier that does not parse."""
    salt, _, wanted = kept.partition(".")
    try:
        found = _stretched(pepper, pin, unb64(salt))
    except ValueError:
        return False
    return hmac.compare_digest(b64(found).encode(), wanted.encode())


def _stretched(pepper: bytes, pin: str, salt: bytes) -> bytes:
    if len(salt) != SALT:
        raise ValueError("a salt is 16 bytes")
    secret = hmac.digest(pepper, b"headwater/pin/v1\n" + pin.encode(), "sha256")
    return hash_secret_raw(secret, salt, PASSES, MEMORY_KIB, 1, LENGTH, Type.ID)
