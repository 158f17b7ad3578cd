"""HTTP to the hub: one TLS connection with a pinned key; validity dates are not enforced, since clocks may be wrong.

Raises HubUnavailable for any network error, and RefusedByHub for a refusal by the hub. No retries here.
"""

from __future__ import annotations

import hashlib
import ssl
import time
from typing import Any, TypeVar

import msgspec
import requests
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from common.errors import BadBatch, HubUnavailable
from common.signedlog.session import Refusal

TIMEOUT_S = (3.0, 15.0)  # to connect; for the first piece of an answer, and between two pieces
SLOWEST = 16 << 10  # least bytes per second of an answer: a slower one must not hold up the sync
LARGEST_ANSWER = 64 << 20
PIECE = 64 << 10
Transport = BaseAdapter
T = TypeVar("T")


class RefusedByHub(Exception):
    """A refusal by the hub, with its code."""

    def __init__(self, status: int, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.status = status
        self.code = refusal.code
        self.details = refusal.details


class Wire:
    """The hub at `address`, which must show the key whose SPKI hashes to `pin` (32 bytes of SHA-256).

    `transport`: carries the requests instead of TLS.
    """

    def __init__(
        self, address: str, pin: bytes, timeout_s: tuple[float, float] = TIMEOUT_S, transport: Transport | None = None
    ) -> None:
        self._address = address.rstrip("/")
        self._timeout_s = timeout_s
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.headers["Accept-Encoding"] = "identity"
        self._http.mount("https://", transport or _Pinned(pin))
        self._session = ""

    def go(self, address: str) -> None:
        """Use this address from now on; the pinned key stays the same."""
        if address.rstrip("/") != self._address:
            self._http.close()
            self._address = address.rstrip("/")

    def open_session(self, session: str) -> None:
        """Send this session's token from now on."""
        self._session = session

    def ask(self, path: str, body: object, answer: type[T]) -> T:
        """POST a JSON body, read a JSON answer."""
        return decoded(self.post(path, msgspec.json.encode(body), "application/json"), path, answer)

    def post(self, path: str, body: bytes, content_type: str) -> bytes:
        """POST bytes, read bytes."""
        return self._call("POST", path, body, content_type)

    def get(self, path: str, answer: type[T]) -> T:
        """GET a JSON answer."""
        return decoded(self._call("GET", path, b"", ""), path, answer)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _call(self, method: str, path: str, body: bytes, content_type: str) -> bytes:
        headers = {"Content-Type": content_type} if content_type else {}
        if self._session:
            headers["Authorization"] = f"Bearer {self._session}"
        asked = requests.Request(method, self._address + path, headers, data=body)
        try:
            prepared = self._http.prepare_request(asked)
            with self._http.send(prepared, timeout=self._timeout_s, allow_redirects=False, stream=True) as answer:
                status, raw = answer.status_code, self._read(answer)
        except (requests.RequestException, HTTPError, OSError) as e:
            pinned = "hub.pin" if "hub.pin" in str(e) else "hub.unreachable"
            raise HubUnavailable(pinned, address=self._address) from e
        if status >= 500:
            raise HubUnavailable("hub.failed", status=status)
        if status >= 300:
            raise RefusedByHub(status, _refusal(raw, status))
        return raw

    def _read(self, answer: requests.Response) -> bytes:
        """Read the whole body, within LARGEST_ANSWER and no slower than SLOWEST."""
        began, raw = time.monotonic(), bytearray()
        while piece := answer.raw.read1(PIECE):
            raw += piece
            if len(raw) > LARGEST_ANSWER:
                raise BadBatch("hub.answer", reason="too long")
            if time.monotonic() - began > self._timeout_s[1] + len(raw) / SLOWEST:
                raise TimeoutError("the answer trickles")
        return bytes(raw)


def decoded(raw: bytes, path: str, shape: type[T]) -> T:
    """Decode the hub's JSON as `shape`; BadBatch hub.answer."""
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as e:
        raise BadBatch("hub.answer", path=path, reason=str(e)) from e


def _refusal(raw: bytes, status: int) -> Refusal:
    try:
        return decoded(raw, "", Refusal)
    except BadBatch:
        return Refusal("hub.answer", {"status": status}, "")


class _Pinned(HTTPAdapter):
    """Trusts one public key and nothing else."""

    def __init__(self, pin: bytes) -> None:
        self._pin = pin
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # the pin below is verified instead
        super().init_poolmanager(*args, ssl_context=context, assert_hostname=False, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _pool_class(self._pin)}

    def close(self) -> None:
        # urllib3 leaves this to the garbage collector, which an error's traceback delays.
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
                raise OSError("hub.pin: another key than the one that was enrolled")
            self.is_verified = True

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection

    return Pool


def spki_hash(certificate: bytes) -> bytes:
    """Hash a DER certificate's public key info with SHA-256."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
