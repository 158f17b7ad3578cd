"""Real mDNS on the loopback interface: a hub that announces itself is heard, and nobody else is."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from common.ids import b64
from hub.announce import MdnsAnnouncement
from station.hublink.addresses import last_address, remember
from station.hublink.discovery import Discovery
from tests.support.hub_process import HubProcess

PATIENCE_S = 30.0
Start = Callable[..., object]


@pytest.fixture
def start() -> Iterator[Start]:
    """start(thing) runs it on a thread of its own until the test ends."""
    running: list[tuple[MdnsAnnouncement | Discovery, threading.Thread]] = []

    def begin(thing: MdnsAnnouncement | Discovery) -> object:
        thread = threading.Thread(target=thing.run)
        thread.start()
        running.append((thing, thread))
        return thing

    yield begin
    for thing, _ in running:
        thing.stop()
    for _, thread in running:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


@pytest.fixture
def told(start: Start) -> queue.SimpleQueue[Sequence[str]]:
    """What a station with the pin PIN-A hears."""
    heard: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()
    start(Discovery("PIN-A", heard.put, ["127.0.0.1"]))
    return heard


def test_a_hub_is_heard_with_its_port_and_forgotten_when_it_says_goodbye(
    start: Start, told: queue.SimpleQueue[Sequence[str]]
) -> None:
    hub = MdnsAnnouncement("sitea", "PIN-A", "127.0.0.1", 18443)
    start(hub)
    assert told.get(timeout=PATIENCE_S) == ["https://127.0.0.1:18443"]
    hub.stop()
    while heard := told.get(timeout=PATIENCE_S):
        assert heard == ["https://127.0.0.1:18443"]
    assert heard == []


def test_a_hub_with_another_key_is_no_hint(start: Start, told: queue.SimpleQueue[Sequence[str]]) -> None:
    stranger = MdnsAnnouncement("siteb", "PIN-B", "127.0.0.1", 18444)
    start(stranger)
    assert stranger.registered.wait(PATIENCE_S)
    start(MdnsAnnouncement("sitea", "PIN-A", "127.0.0.1", 18445))
    assert told.get(timeout=PATIENCE_S) == ["https://127.0.0.1:18445"]


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # zeroconf leaves it to the garbage collector
@pytest.mark.parametrize("thing", ["announcement", "discovery"])
def test_without_such_a_network_it_is_said_once_and_everything_else_goes_on(
    thing: str, start: Start, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("announcement_off|discovery_off")
    nowhere = "203.0.113.77"
    start(MdnsAnnouncement("s", "P", nowhere, 1) if thing == "announcement" else Discovery("P", print, [nowhere]))


def test_the_address_that_answered_is_there_after_a_restart(tmp_path: Path) -> None:
    assert last_address(tmp_path) == ""
    remember(tmp_path, "https://127.0.0.1:18443")
    assert last_address(tmp_path) == "https://127.0.0.1:18443"


def test_an_address_that_cannot_be_kept_is_no_trouble(tmp_path: Path, expect_warning: Callable[[str], None]) -> None:
    expect_warning("address_not_remembered")
    remember(tmp_path / "none", "https://127.0.0.1:18443")
    (tmp_path / "hub-address.txt").write_bytes(b"\xff")
    assert last_address(tmp_path) == ""


def test_a_running_hub_that_is_told_to_announces_itself_and_stops_in_order(tmp_path: Path, start: Start) -> None:
    hub = HubProcess(tmp_path, announce=True).init().run()
    heard: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()
    start(Discovery(b64(hub.site.tls_pin), heard.put, [hub.host]))
    assert heard.get(timeout=PATIENCE_S) == [hub.address]
    assert hub.stop() == 0, hub.error
    hub.close()
