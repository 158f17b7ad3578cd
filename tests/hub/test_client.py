"""The administrators' client: whatever the hub does, it says whether the command may have been carried out."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from common.errors import BadInput, Denied, HeadwaterError, HubUnavailable, RuleViolation, StoreUnavailable, Unavailable
from hub.api.errors import error_of, refusal_of, status_of
from hub.client import HubClient
from hub.site import Site, initialise
from tests.support.impostor import Impostor, Talk, answer, hang, say

HOLD = {"things": ["M-250-000001"], "reason": "noise"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return initialise(tmp_path_factory.mktemp("site"))


@pytest.fixture
def talks(site: Site) -> Iterator[Callable[..., HubClient]]:
    """talks(talk, who) → the client of `site` at somebody who has the keys of `who`; without: at no TLS at all."""
    made: list[Impostor] = []

    def to(talk: Talk, who: Site | None = site) -> HubClient:
        made.append(Impostor(talk, who))
        return HubClient(made[-1].address, "token", site.tls_pin, timeout_s=3.0)

    yield to
    for each in made:
        each.close()


def trouble(client: HubClient) -> str:
    with pytest.raises(HubUnavailable) as caught:
        client.ask("POST", "/v1/holds", HOLD)
    return caught.value.code


def cut(line: socket.socket, over: object) -> None:
    """Hear the command and cut the line."""
    line.recv(65_536)


def test_a_refused_connection_changed_nothing(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    assert trouble(HubClient(f"https://127.0.0.1:{port}", "token", site.tls_pin)) == "hub.down"


def test_a_name_that_nobody_knows_changed_nothing(site: Site) -> None:
    assert trouble(HubClient("https://no-such-hub.invalid:8443", "token", site.tls_pin, 2.0)) == "hub.down"


@pytest.mark.parametrize("talk", [hang, cut], ids=["silent", "cut"])
def test_without_an_answer_the_command_may_have_been_carried_out(talks: Callable[..., HubClient], talk: Talk) -> None:
    assert trouble(talks(talk)) == "hub.no_answer"


def test_somebody_elses_key_gets_no_token_and_no_command(talks: Callable[..., HubClient], tmp_path: Path) -> None:
    heard: list[bytes] = []

    def listen(line: socket.socket, over: object) -> None:
        heard.append(line.recv(65_536))

    assert trouble(talks(listen, initialise(tmp_path))) == "hub.other"
    assert b"".join(heard) == b""


@pytest.mark.parametrize("raw", [b"Internal Server Error", b"{}", b"\xff"])
def test_an_answer_that_is_not_the_hubs_may_hide_a_change(talks: Callable[..., HubClient], raw: bytes) -> None:
    assert trouble(talks(say(answer(raw, "500 Internal Server Error")))) == "hub.broken"


@pytest.mark.parametrize(
    "error",
    [
        BadInput("settle.none", thing="serial:M-1"),
        Denied("account.scope", scope="quality"),
        RuleViolation("interlock.hold", name="M-1"),
        Unavailable("hub.stopping"),
        StoreUnavailable("store.full", path="hub.db"),
    ],
    ids=lambda error: error.code,
)
def test_a_refusal_arrives_as_what_it_was(talks: Callable[..., HubClient], error: HeadwaterError) -> None:
    raw, status = msgspec.json.encode(refusal_of(error)), status_of(error)
    with pytest.raises(HeadwaterError) as caught:
        talks(say(answer(raw, f"{status} No"))).ask("POST", "/v1/holds", HOLD)
    assert (caught.value.code, caught.value.details) == (error.code, error.details)
    kind = Unavailable if isinstance(error, StoreUnavailable) else type(error)
    assert type(error_of(status, raw)) is kind


@pytest.mark.parametrize(("language", "said"), [("zh", "line-1、line-2"), ("en", "line-1, line-2")])
def test_a_list_in_a_refusal_is_joined_as_the_reader_joins_words(language: str, said: str) -> None:
    refusal = refusal_of(BadInput("line.unknown", line="x", known=["line-1", "line-2"]), language)
    assert refusal.details["known"] == said and said in refusal.text
