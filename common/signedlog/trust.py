"""Trust: the enrolment ticket of a station, the site's signed statement of its keys, and other messages signed by logs.

Every signed message starts with a domain of its own, so that no signature can pass for another kind.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from common import ids
from common.errors import BadBatch, BadTicket
from common.signedlog import canonical, note

TICKET_PREFIX = "HW1."
TRUST_PREFIX = "headwater.trust/"
SITE_PREFIX = "headwater.site/"

_KEY = 32
_SECRET = 16
_CHECKSUM = 4
_EXPIRES = 5
_ADDRESS = re.compile(r"https://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")
_IGNORED = str.maketrans("", "", " -\t\r\n")


class Ticket(Struct, frozen=True):
    """The data a station needs to enrol, shown once as a QR code; BadTicket ticket.malformed if a field is unusable.

    `address`: the hub's https URL, at most 255 bytes of ASCII. `site_root`: the site's root key, 32 bytes. `tls_pin`:
    SHA-256 of the hub's SubjectPublicKeyInfo in DER. `secret`: 16 random bytes, for one use. `expires_s`: Unix seconds.
    """

    address: str
    station: str
    site_root: bytes
    tls_pin: bytes
    secret: bytes
    expires_s: int

    def __post_init__(self) -> None:
        try:
            _check_ticket(self)
        except ValueError as error:
            raise BadTicket("ticket.malformed", why=str(error)) from error

    def text(self) -> str:
        """Format the ticket as one line in the alphabet of alphanumeric QR codes."""
        address, station = self.address.encode(), self.station.encode()
        sized = b"".join(len(part).to_bytes(1, "big") + part for part in (address, station))
        body = sized + self.site_root + self.tls_pin + self.secret + self.expires_s.to_bytes(_EXPIRES, "big")
        return TICKET_PREFIX + _b32(body + _checksum(body))

    @classmethod
    def parse(cls, text: str) -> Ticket:
        """Parse scanned or typed text; case, spaces, dashes and line breaks do not matter.

        BadTicket ticket.malformed, or ticket.checksum if it was mistyped.
        """
        try:
            body, checksum = _unarmoured(text)
            if checksum != _checksum(body):
                raise BadTicket("ticket.checksum")
            return cls(*_ticket_fields(body))
        except ValueError as error:
            raise BadTicket("ticket.malformed", why=str(error)) from error


class Trust(Struct, frozen=True):
    """The keys that a site trusts, signed by its root key: the hub's, with the name it cosigns by, and the site log's.

    Keys are Ed25519 public keys of 32 bytes. BadBatch trust.malformed if a field does not fit into the signed text. A
    higher `version` replaces a lower one.
    """

    site: str
    version: int
    hub_name: str
    hub_key: bytes
    site_log_key: bytes

    def __post_init__(self) -> None:
        try:
            _check_trust(self)
        except ValueError as error:
            raise BadBatch("trust.malformed", why=str(error)) from error

    @property
    def site_log(self) -> str:
        """The id of the site log."""
        return ids.log_id(self.site_log_key)

    def text(self) -> str:
        """Format the four lines that the root key signs."""
        keys = f"hub {self.hub_name} {canonical.b64(self.hub_key)}\nsite-log {canonical.b64(self.site_log_key)}\n"
        return f"{TRUST_PREFIX}{self.site}\n{self.version}\n{keys}"


def sign_trust(trust: Trust, root_private: Ed25519PrivateKey) -> str:
    """Sign a trust statement; ValueError if the key is not that site's root."""
    if ids.site_id(root_private.public_key().public_bytes_raw()) != trust.site:
        raise ValueError("trust is signed by the site's own root key")
    return note.sign_text(trust.text(), SITE_PREFIX + trust.site, root_private)


def open_trust(raw: str | bytes, site_root_pub: bytes) -> Trust:
    """Open a statement signed by this site's root key; BadBatch note.malformed, note.signature, trust.malformed,
    trust.other_site.

    The caller compares its version with the one it has.
    """
    site = ids.site_id(site_root_pub)
    trust = _trust(note.open_text(raw, SITE_PREFIX + site, site_root_pub))
    if trust.site != site:
        raise BadBatch("trust.other_site", have=trust.site, want=site)
    return trust


def enrol_proof(secret: bytes, pub: bytes, station: str) -> bytes:
    """Compute the HMAC-SHA-256 that ties a station's new key to the ticket's secret; ValueError on a wrong length."""
    message = b"headwater/enrol/v1\n" + station.encode() + b"\n" + canonical.exactly(_KEY, pub)
    return hmac.digest(canonical.exactly(_SECRET, secret), message, "sha256")


def hello_message(log: str, challenge: bytes, tls_pin: bytes) -> bytes:
    """Build the message that a log's key signs to open a session: the log, the hub's challenge, the pinned TLS key.

    The pin keeps an impostor from relaying the answer. ValueError on a wrong log id or pin.
    """
    named = f"headwater/hello/v1\n{canonical.log_id(log)}\n".encode()
    return named + canonical.exactly(_KEY, tls_pin) + challenge


def incarnation_message(new_pub: bytes, parent_log: str, size: int, root: bytes) -> bytes:
    """Build the message by which a log's key vouches for the key of the log that continues its head (size, root).

    ValueError on a wrong log id or length.
    """
    head = f"headwater/incarnation/v1\n{canonical.log_id(parent_log)}\n{size}\n".encode()
    return head + canonical.exactly(_KEY, root) + canonical.exactly(_KEY, new_pub)


def _check_ticket(ticket: Ticket) -> None:
    if not _ADDRESS.fullmatch(ticket.address):
        raise ValueError("the address is no plain https URL")
    if not ticket.station or not ticket.station.isprintable():
        raise ValueError("the station has no printable name")
    if max(len(ticket.address), len(ticket.station.encode())) > 255:
        raise ValueError("longer than 255 bytes")
    for length, raw in ((_KEY, ticket.site_root), (_KEY, ticket.tls_pin), (_SECRET, ticket.secret)):
        canonical.exactly(length, raw)
    if not 0 <= ticket.expires_s < 1 << 8 * _EXPIRES:
        raise ValueError("expires at no time")


def _unarmoured(text: str) -> tuple[bytes, bytes]:
    """Return (body, checksum) of a ticket's text."""
    plain = text.translate(_IGNORED).upper()
    if not plain.startswith(TICKET_PREFIX):
        raise ValueError("no ticket of this version")
    raw = _unb32(plain.removeprefix(TICKET_PREFIX))
    return raw[:-_CHECKSUM], raw[-_CHECKSUM:]


def _ticket_fields(body: bytes) -> tuple[str, str, bytes, bytes, bytes, int]:
    address, rest = _sized(body)
    station, rest = _sized(rest)
    root, pin, secret = rest[:_KEY], rest[_KEY : 2 * _KEY], rest[2 * _KEY : -_EXPIRES]
    return address.decode(), station.decode(), root, pin, secret, int.from_bytes(rest[-_EXPIRES:], "big")


def _sized(raw: bytes) -> tuple[bytes, bytes]:
    """Read a field after its length byte, and the rest; a truncated field fails the length checks of `Ticket`."""
    stop = 1 + int.from_bytes(raw[:1], "big")
    return raw[1:stop], raw[stop:]


def _check_trust(trust: Trust) -> None:
    canonical.site_id(trust.site)
    canonical.number(str(trust.version))
    canonical.key_name(trust.hub_name)
    canonical.exactly(_KEY, trust.hub_key)
    canonical.exactly(_KEY, trust.site_log_key)


def _trust(text: str) -> Trust:
    try:
        title, version, hub, site_log, _ = text.split("\n")
        _, hub_name, hub_key = hub.split(" ")
        keys = canonical.unb64(hub_key), canonical.unb64(site_log.partition(" ")[2])
        trust = Trust(title.removeprefix(TRUST_PREFIX), canonical.number(version), hub_name, *keys)
        if trust.text() != text:
            raise ValueError("not canonical")
    except ValueError as error:
        raise BadBatch("trust.malformed", why=str(error)) from error
    return trust


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(b"headwater/ticket/v1\n" + body).digest()[:_CHECKSUM]


def _b32(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")


def _unb32(text: str) -> bytes:
    raw = base64.b32decode(text + "=" * (-len(text) % 8))
    if _b32(raw) != text:
        raise ValueError("not canonical base32")
    return raw
