"""HTTP to the hub: one TLS connection with a pinned key; validity dates are not enforced, since clocks may be wrong.

Raises HubUnavailable for any network error, and RefusedByHub for a refusal by the hub. No retries here.
"""

from __future__ import annotations

import time
from typing import TypeVar

import msgspec
import requests
from requests.adapters import BaseAdapter
from urllib3.exceptions import HTTPError

from common.errors import BadBatch, HubUnavailable
from common.pinned_tls import WRONG_KEY, PinnedAdapter
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
        self._http.mount("https://", transport or PinnedAdapter(pin))
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
            code = "hub.pin" if WRONG_KEY in str(e) else "hub.unreachable"
            raise HubUnavailable(code, address=self._address) from e
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
