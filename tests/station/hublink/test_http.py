"""The way to the hub against everything that may answer instead: each has its code, and none holds the station up."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from common.errors import BadBatch, HubUnavailable
from common.signedlog import session as s
from hub.site import Site, initialise
from station.devices.simulated.proxy import Proxy
from station.hublink import http as wiring
from station.hublink.http import TIMEOUT_S, RefusedByHub, Wire
from tests.support.impostor import Impostor, Talk, answer, hang, say

HELLO = s.Hello("a" * 26, "", ())
GOOD = b'{"challenge":"YWJj"}'
QUICK = (3.0, 3.0)
SILENCE_S = 30.0  # of who says nothing


def trickle(line: socket.socket, over: threading.Event) -> None:
    """Promise much, and send a byte now and then."""
    line.recv(65_536)
    line.sendall(answer(b"")[:-4].replace(b"Content-Length: 0", b"Content-Length: 1000") + b"\r\n\r\n")
    while not over.wait(0.1):
        line.sendall(b" ")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return initialise(tmp_path_factory.mktemp("site"))


@pytest.fixture
def dial(site: Site) -> Iterator[Callable[..., Wire]]:
    """dial(talk, site) → the wire of a station of `site` to somebody who talks like that; without a site: no TLS."""
    made: list[Impostor | Wire] = []

    def to(talk: Talk, who: Site | None = None) -> Wire:
        made.append(Impostor(talk, who))
        made.append(Wire(made[-1].address, site.tls_pin, QUICK))
        return made[-1]

    yield to
    for each in reversed(made):
        each.close()


def trouble(wire: Wire, kind: type[Exception] = HubUnavailable) -> str:
    """The code of the error that a question ends with, before a silent answerer gives up."""
    began = time.monotonic()
    with pytest.raises(kind) as caught:
        wire.ask("/v1/hello", HELLO, s.Challenge)
    assert time.monotonic() - began < SILENCE_S
    return str(caught.value.code)


# Who answers ----------------------------------------------------------------------------------------------------------
def test_the_pinned_key_is_heard(dial: Callable[..., Wire], site: Site) -> None:
    wire = dial(say(answer(GOOD)), site)
    assert wire.ask("/v1/hello", HELLO, s.Challenge) == s.Challenge("YWJj")
    assert wire.get("/v1/anything", s.Challenge) == s.Challenge("YWJj")
    assert wire.post("/v1/pull", b"", "application/json") == GOOD


def test_another_key_is_not_told_anything(dial: Callable[..., Wire], tmp_path: Path) -> None:
    heard: list[bytes] = []

    def listen(line: socket.socket, over: threading.Event) -> None:
        while said := line.recv(65_536):
            heard.append(said)

    wire = dial(listen, initialise(tmp_path))
    wire.open_session("secret")
    assert trouble(wire) == "hub.pin"
    assert heard == []


def test_a_server_without_tls_is_not_our_hub(dial: Callable[..., Wire]) -> None:
    assert trouble(dial(say(answer(GOOD)))) == "hub.unreachable"


def test_nobody_listens(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        address = f"https://127.0.0.1:{door.getsockname()[1]}"
    wire = Wire(address, site.tls_pin, QUICK)
    assert trouble(wire) == "hub.unreachable"


# What is answered -----------------------------------------------------------------------------------------------------
def greeting(line: socket.socket, over: threading.Event) -> None:
    """Speak first, as an SSH server does."""
    line.sendall(b"SSH-2.0-OpenSSH_9.2\r\n" * 100)
    over.wait(SILENCE_S)


@pytest.mark.parametrize(
    "garbage",
    [b"\0\xff" * 500, b"\r\n\r\n", b"HTTP/1.1 two hundred\r\n\r\n", b"HTTP/1.1 200 OK\r\n" * 200, b"220 smtp\r\n"],
)
def test_what_is_no_http_is_an_unreachable_hub(dial: Callable[..., Wire], site: Site, garbage: bytes) -> None:
    assert trouble(dial(say(garbage), site)) == "hub.unreachable"


def test_somebody_who_speaks_first_is_no_hub(dial: Callable[..., Wire]) -> None:
    assert trouble(dial(greeting)) == "hub.unreachable"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"challenge":7}', b"\xff\xfe", b"[" * 200_000])
def test_json_of_another_shape_is_named(dial: Callable[..., Wire], site: Site, body: bytes) -> None:
    assert trouble(dial(say(answer(body)), site), BadBatch) == "hub.answer"


def test_an_answer_that_ends_too_soon_is_none(dial: Callable[..., Wire], site: Site) -> None:
    def talk(line: socket.socket, over: threading.Event) -> None:
        line.recv(65_536)
        line.sendall(answer(GOOD)[:-1])

    assert trouble(dial(talk, site)) == "hub.unreachable"


def test_an_answer_without_end_is_cut_off(
    dial: Callable[..., Wire], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "LARGEST_ANSWER", 1 << 20)

    def talk(line: socket.socket, over: threading.Event) -> None:
        line.recv(65_536)
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not over.is_set():
            line.sendall(b"x" * 65_536)

    assert trouble(dial(talk, site), BadBatch) == "hub.answer"


def test_a_refusal_has_the_hubs_code(dial: Callable[..., Wire], site: Site) -> None:
    refusal = b'{"code":"hello.revoked","details":{"log":"x"},"text":"No"}'
    wire = dial(say(answer(refusal, "403 Forbidden")), site)
    assert trouble(wire, RefusedByHub) == "hello.revoked"


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        ("302 Found", RefusedByHub, "hub.answer"),
        ("404 Not Found", RefusedByHub, "hub.answer"),
        ("500 Internal Server Error", HubUnavailable, "hub.failed"),
        ("503 Service Unavailable", HubUnavailable, "hub.failed"),
    ],
)
def test_other_answers_are_never_taken_for_one(
    dial: Callable[..., Wire], site: Site, status: str, kind: type[Exception], code: str
) -> None:
    wire = dial(say(answer(GOOD, status, "Location: https://127.0.0.1:1/\r\n")), site)
    assert trouble(wire, kind) == code


# How long it takes ----------------------------------------------------------------------------------------------------
def test_nothing_is_waited_for_longer_than_20_s() -> None:
    assert sum(TIMEOUT_S) <= 20


@pytest.mark.parametrize("talk", [hang, trickle])
def test_a_slow_hub_is_given_up(dial: Callable[..., Wire], site: Site, talk: Talk) -> None:
    assert trouble(dial(talk, site)) == "hub.unreachable"


def test_a_line_that_swallows_everything_is_given_up(site: Site) -> None:
    friend = Impostor(say(answer(GOOD)), site)
    port = int(friend.address.rpartition(":")[2])
    with Proxy(("127.0.0.1", port)) as cable:
        wire = Wire(f"https://127.0.0.1:{cable.port}", site.tls_pin, QUICK)
        assert wire.ask("/v1/hello", HELLO, s.Challenge)
        cable.blackhole()
        assert trouble(wire) == "hub.unreachable"
        cable.cut()
        assert trouble(wire) == "hub.unreachable"
        cable.mend()
        assert wire.ask("/v1/hello", HELLO, s.Challenge), "the next question finds its way"
        wire.close()
    friend.close()
