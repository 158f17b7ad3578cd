"""Asks a hub over its API: for `headwater hub …`, the demo, and programs on other computers.

Knows an address, a token and the hub's TLS key; reads nothing of the hub's own disk. Asks once: a command that got no
answer is for a person to check, so each error says whether it may have been carried out.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec
import requests
from msgspec import Struct
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, SSLError

from common.errors import HubUnavailable
from common.pinned_tls import WRONG_KEY, PinnedAdapter
from hub.api.errors import error_of
from hub.api.stations import SixWords, TicketFor

TIMEOUT_S = 30.0
NOTHING_SENT = (ConnectTimeoutError, NewConnectionError, SSLError)


class HubClient(Struct, frozen=True):
    """The hub at `url`, asked with `token`. `pin`: SHA-256 of the SPKI of its TLS key, 32 bytes."""

    url: str
    token: str
    pin: bytes
    timeout_s: float = TIMEOUT_S

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The hub's JSON answer.

        HubUnavailable hub.down, hub.other (nothing was sent), hub.no_answer, hub.broken (it may have been done); else
        the error that the hub answers.
        """
        try:
            with requests.Session() as http:
                http.trust_env = False  # no proxy, and no .netrc in the place of the token
                http.mount("https://", PinnedAdapter(self.pin))
                answer = http.request(
                    method,
                    self.url + path,
                    data=msgspec.json.encode(body) if body is not None else None,
                    headers={"Authorization": f"Bearer {self.token}"},
                    timeout=self.timeout_s,
                    allow_redirects=False,
                )
        except requests.RequestException as e:
            raise HubUnavailable(_code(e), address=self.url) from e
        if answer.status_code >= 300:
            raise error_of(answer.status_code, answer.content)
        return answer.json()

    def ticket(self, station: str, line: str) -> str:
        """A one-time ticket for a station."""
        return str(self.ask("POST", "/v1/tickets", TicketFor(station, line))["ticket"])

    def confirm(self, station: str, words: str) -> None:
        """Trust the station whose screen shows these six words."""
        self.ask("POST", f"/v1/stations/{quote(station)}/confirm", SixWords(words))

    def stations(self) -> list[dict[str, Any]]:
        """Every station's logs and the keys that wait."""
        rows: list[dict[str, Any]] = self.ask("GET", "/v1/stations")
        return rows

    def holds(self, thing: str) -> list[dict[str, Any]]:
        """The open holds of a thing."""
        rows: list[dict[str, Any]] = self.ask("GET", f"/v1/holds?thing={quote(thing)}")
        return rows

    def new_token(self, name: str, scopes: list[str], days: int) -> str:
        """A new token for a program."""
        return str(self.ask("POST", "/v1/tokens", {"name": name, "scopes": scopes, "days": days})["token"])

    def link(self, scopes: list[str], uses: int = 1, valid_s: int = 600) -> str:
        """The path of a page that signs a browser in, `uses` times."""
        return str(self.ask("POST", "/v1/links", {"scopes": scopes, "uses": uses, "valid_s": valid_s})["path"])


def _code(error: requests.RequestException) -> str:
    """Code of a failed request: one that failed before the connection was up sent nothing."""
    if WRONG_KEY in str(error):
        return "hub.other"
    cause = error.args[0] if error.args else None
    return "hub.down" if isinstance(getattr(cause, "reason", cause), NOTHING_SENT) else "hub.no_answer"
