"""HTTPS for `requests` that trusts one public key and nothing else: stations and administrators pin the hub's key.

Validity dates are not enforced, for clocks lie.
"""

from __future__ import annotations

import hashlib
import ssl
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

WRONG_KEY = "hub.pin: another key than the one that was enrolled"


class PinnedAdapter(HTTPAdapter):
    """Trusts the key whose SPKI hashes to `pin` (32 bytes of SHA-256). OSError WRONG_KEY before anything is sent."""

    def __init__(self, pin: bytes) -> None:
        self._pin = pin
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # the pin below is what is verified
        super().init_poolmanager(*args, ssl_context=context, assert_hostname=False, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _pool_class(self._pin)}

    def close(self) -> None:
        # urllib3 leaves that to the garbage collector, which an error's traceback keeps waiting.
        pools = self.poolmanager.pools
        for pool in [pools[key] for key in list(pools.keys())]:
            pool.close()
        super().close()

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        conn.cert_reqs = "CERT_NONE"


def _pool_class(pin: bytes) -> type[HTTPSConnectionPool]:
    class Connection(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            sock = self.sock
            shown = sock.getpeercert(binary_form=True) if isinstance(sock, ssl.SSLSocket) else None
            if shown is None or spki_hash(shown) != pin:
                self.close()
                raise OSError(WRONG_KEY)
            self.is_verified = True

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection

    return Pool


def spki_hash(certificate: bytes) -> bytes:
    """SHA-256 of a DER certificate's public key info."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
