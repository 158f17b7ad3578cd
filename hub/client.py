"""Asks the running hub on this computer, as its administrator: for `headwater hub …` and the demo."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import requests

from common.errors import BadInput, HubUnavailable
from common.signedlog.session import Refusal
from hub.config import HubConfig
from hub.site import Site

TIMEOUT_S = 30


def reach(config: HubConfig) -> str:
    """The address at which this computer reaches its own hub."""
    return "127.0.0.1" if config.host in ("0.0.0.0", "", "::") else config.host


def ask(config: HubConfig, method: str, path: str, body: object = None) -> Any:
    """The hub's JSON answer. HubUnavailable hub.unreachable, hub.failed; BadInput with the code of its refusal."""
    site = Site(Path(config.data))
    url = f"https://{reach(config)}:{config.port}{path}"
    try:
        with requests.Session() as http:
            http.trust_env = False  # no proxy between this computer and itself, no .netrc in the place of the token
            answer = http.request(
                method,
                url,
                data=msgspec.json.encode(body) if body is not None else None,
                headers={"Authorization": f"Bearer {site.admin_token}"},
                verify=str(site.certificate),
                timeout=TIMEOUT_S,
            )
    except requests.RequestException as e:
        raise HubUnavailable("hub.unreachable", address=url) from e
    if answer.status_code >= 300:
        raise _refused(answer.content, answer.status_code)
    return answer.json()


def _refused(raw: bytes, status: int) -> HubUnavailable | BadInput:
    try:
        said = msgspec.json.decode(raw, type=Refusal)
    except msgspec.MsgspecError:
        return HubUnavailable("hub.failed", status=status)
    return BadInput(said.code, **said.details)


def ticket(config: HubConfig, station: str, line: str) -> str:
    """A one-time ticket for a station."""
    return str(ask(config, "POST", "/v1/tickets", {"station": station, "line": line})["ticket"])


def confirm(config: HubConfig, station: str, words: str) -> None:
    """Trust the station whose screen shows these six words."""
    ask(config, "POST", f"/v1/stations/{station}/confirm", {"words": words})


def stations(config: HubConfig) -> list[dict[str, Any]]:
    """Every station's logs and the keys that wait."""
    rows: list[dict[str, Any]] = ask(config, "GET", "/v1/stations")
    return rows


def holds(config: HubConfig, thing: str) -> list[dict[str, Any]]:
    """The holds that stand on a thing."""
    rows: list[dict[str, Any]] = ask(config, "GET", f"/v1/holds?thing={quote(thing)}")
    return rows


def token(config: HubConfig, name: str, scopes: list[str], days: int) -> str:
    """A new token for a program."""
    return str(ask(config, "POST", "/v1/tokens", {"name": name, "scopes": scopes, "days": days})["token"])


def link(config: HubConfig, scopes: list[str], uses: int = 1, valid_s: int = 600) -> str:
    """An address of the pages that signs a browser in, so many times."""
    path = ask(config, "POST", "/v1/links", {"scopes": scopes, "uses": uses, "valid_s": valid_s})["path"]
    host = "127.0.0.1" if config.pages_host in ("0.0.0.0", "", "::") else config.pages_host
    return f"http://{host}:{config.pages_port}{path}"
