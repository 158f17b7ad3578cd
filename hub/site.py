"""The site's keys: root, hub, site log, lines and TLS; made once, kept in files that only their owner may read.

The root key signs the trust note and may then be taken off this computer.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from common.errors import Unavailable
from common.ids import site_id
from common.ledger.append import public
from common.signedlog.trust import Trust, open_trust, sign_trust

HUB_NAME = "headwater.hub"
FOREVER = timedelta(days=36_500)


class Site:
    """The keys in a hub's data folder. Unavailable hub.not_initialised if they were never made."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "keys"
        try:
            self.hub_key = self._read("hub")
            self.site_log_key = self._read("site-log")
            self.root_public = (self._folder / "site-root.pub").read_bytes()
            self.trust_note = (self._folder / "trust.note").read_text(encoding="utf-8")
            self.admin_token = (self._folder / "admin.token").read_text().strip()
            self.epoch = (self._folder / "epoch").read_text().strip()
        except OSError as e:
            raise Unavailable("hub.not_initialised", data=str(data)) from e
        self.trust = open_trust(self.trust_note, self.root_public)
        self.id = self.trust.site
        self.certificate, self.tls_key = self._folder / "tls.crt", self._folder / "tls.key"

    @property
    def tls_pin(self) -> bytes:
        """SHA-256 of the TLS key's SPKI, which stations pin."""
        certificate = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(spki).digest()

    def line_key(self, line: str) -> Ed25519PrivateKey:
        """The key of a line's log, made when it is first asked for."""
        path = self._folder / f"line-{line}.key"
        if not path.exists():
            _private(path, Ed25519PrivateKey.generate().private_bytes_raw())
        return self._read(f"line-{line}")

    def _read(self, name: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes((self._folder / f"{name}.key").read_bytes())


def initialise(data: Path, host: str = "127.0.0.1") -> Site:
    """Make a site: every key, the trust note, the admin token. Unavailable hub.initialised if there is one already.

    `host`: an address of this computer beside loopback, for the administrator's own connections.
    """
    folder = data / "keys"
    if (folder / "trust.note").exists():
        raise Unavailable("hub.initialised", data=str(data))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    root, hub, site_log = (Ed25519PrivateKey.generate() for _ in range(3))
    for name, key in (("site-root", root), ("hub", hub), ("site-log", site_log)):
        _private(folder / f"{name}.key", key.private_bytes_raw())
    (folder / "site-root.pub").write_bytes(public(root))
    _make_certificate(folder, host)
    _private(folder / "admin.token", secrets.token_urlsafe(32).encode())
    _private(folder / "epoch", secrets.token_hex(8).encode())
    trust = Trust(site_id(public(root)), 1, HUB_NAME, public(hub), public(site_log))
    (folder / "trust.note").write_text(sign_trust(trust, root), encoding="utf-8")
    return Site(data)


def _private(path: Path, raw: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)


def _make_certificate(folder: Path, host: str) -> None:
    """A certificate is only the envelope of the key that stations pin; its dates are not enforced."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HUB_NAME)])
    made = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(made - timedelta(days=1))
        .not_valid_after(made + FOREVER)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .sign(key, SHA256())
    )
    _private(folder / "tls.key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "tls.crt").write_bytes(certificate.public_bytes(Encoding.PEM))


def _usage() -> x509.KeyUsage:
    wanted = dict.fromkeys(("digital_signature", "key_cert_sign"), True)
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign")
    return x509.KeyUsage(**wanted, **dict.fromkeys((*others, "encipher_only", "decipher_only"), False))


def _names(host: str) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = [x509.DNSName(HUB_NAME), x509.DNSName("localhost")]
    addresses = {"127.0.0.1", host}
    for address in sorted(addresses):
        try:
            names.append(x509.IPAddress(ip_address(address)))
        except ValueError:
            names.append(x509.DNSName(address))
    return names
