"""The site's keys: root, hub, site log, lines, TLS, the pepper of PINs; made once, in files only their owner may read.

The root key signs the trust note and may then be taken off this computer.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from common.errors import BadBatch, Unavailable
from common.ids import site_id
from common.ledger.append import public
from common.pins import PEPPER
from common.signedlog.trust import Trust, open_trust, sign_trust

HUB_NAME = "headwater.hub"
# Whatever clock there is when it is made or looked at; the second is RFC 5280's "no well-defined expiration date".
VALID = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


class Site:
    """The keys in a hub's data folder. Unavailable hub.not_initialised if they were never made, hub.keys if one of them
    is damaged."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "keys"
        try:
            self.hub_key = self._read("hub")
            self.site_log_key = self._read("site-log")
            self.root_public = (self._folder / "site-root.pub").read_bytes()
            self.trust_note = (self._folder / "trust.note").read_text(encoding="utf-8")
            self.admin_token = (self._folder / "admin.token").read_text().strip()
            self.pepper = (self._folder / "pepper").read_bytes()
            self.epoch = (self._folder / "epoch").read_text().strip()
            self.trust = open_trust(self.trust_note, self.root_public)
        except FileNotFoundError as e:
            raise Unavailable("hub.not_initialised", data=str(data)) from e
        except (OSError, ValueError, BadBatch) as e:
            raise Unavailable("hub.keys", folder=str(self._folder), reason=str(e)) from e
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
            beside = path.with_suffix(".new")
            beside.unlink(missing_ok=True)
            _write(beside, Ed25519PrivateKey.generate().private_bytes_raw())
            beside.rename(path)  # so that no half key is ever read
            _sync(self._folder)
        return self._read(f"line-{line}")

    def _read(self, name: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes((self._folder / f"{name}.key").read_bytes())


def refuse_second(data: Path) -> None:
    """Unavailable hub.initialised if this data folder has a site."""
    if (data / "keys").exists():
        raise Unavailable("hub.initialised", data=str(data))


def initialise(data: Path, host: str = "127.0.0.1") -> Site:
    """Make a site: every key, the trust note, the admin token. Unavailable hub.initialised if there is one already.

    All of it appears at once; what an attempt left that was cut off is thrown away. `host`: an address of this computer
    beside loopback, for the administrator's own connections.
    """
    refuse_second(data)
    folder, beside = data / "keys", data / "keys.new"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True, mode=0o700)
    root, hub, site_log = (Ed25519PrivateKey.generate() for _ in range(3))
    for name, key in (("site-root", root), ("hub", hub), ("site-log", site_log)):
        _write(beside / f"{name}.key", key.private_bytes_raw())
    _write(beside / "site-root.pub", public(root), 0o644)
    _make_certificate(beside, host)
    _write(beside / "admin.token", secrets.token_urlsafe(32).encode())
    _write(beside / "pepper", secrets.token_bytes(PEPPER))
    _write(beside / "epoch", secrets.token_hex(8).encode())
    trust = Trust(site_id(public(root)), 1, HUB_NAME, public(hub), public(site_log))
    _write(beside / "trust.note", sign_trust(trust, root).encode(), 0o644)
    _sync(beside)
    beside.rename(folder)
    _sync(data)
    return Site(data)


def _write(path: Path, raw: bytes, mode: int = 0o600) -> None:
    """A new file, on the disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_certificate(folder: Path, host: str) -> None:
    """A certificate is only the envelope of the key that stations pin; its dates say nothing, for clocks lie."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HUB_NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID[0])
        .not_valid_after(VALID[1])
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .sign(key, SHA256())
    )
    _write(folder / "tls.key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _write(folder / "tls.crt", certificate.public_bytes(Encoding.PEM), 0o644)


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
