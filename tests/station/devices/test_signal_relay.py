"""A relay board on a real pseudo terminal: what it is sent, also after a pulled cable, and the horn's time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from common.errors import DeviceUnavailable
from station import messages as m
from station.config import SignalConfig, StationConfig
from station.devices.ports import drivers
from station.devices.signal_relay import SignalRelay
from station.devices.simulated.scanner import PtyScanner
from station.devices.worker import Worker

SWITCHES = {name: (name.upper().encode() + b"\n", name.encode() + b"\n") for name in ("green", "yellow", "red", "horn")}
GREEN, RED = m.SignalSet("tower", green=True), m.SignalSet("tower", red=True, horns=1)


class Board:
    """The other end: every command that was received, split."""

    def __init__(self, port: PtyScanner) -> None:
        self._port = port

    def got(self, count: int) -> list[str]:
        raw = b""
        while raw.count(b"\n") < count:
            more = self._port.receive(10)
            assert more, f"only {raw!r}"
            raw += more
        return raw.decode().split()


@pytest.fixture
def port(tmp_path: Path) -> Iterator[PtyScanner]:
    made = PtyScanner(tmp_path / "relay")
    yield made
    made.unplug()


def quiet(port: PtyScanner) -> bool:
    return port.receive(0.05) == b""


@pytest.fixture
def light(port: PtyScanner) -> Iterator[tuple[SignalRelay, Board, Callable[[int], None]]]:
    now = [1_000]
    relay, board = SignalRelay(str(port.path), 9600, SWITCHES, 500, clock=lambda: now[0]), Board(port)
    relay.open()
    assert board.got(4) == ["green", "yellow", "red", "horn"], "whatever the board remembers is off"

    def passes(ms: int) -> None:
        now[0] += ms
        assert relay.read(0.01) is None  # type: ignore[func-returns-value]

    yield relay, board, passes
    relay.close()


def test_only_what_differs_is_switched_and_the_horn_ends_after_its_time(
    light: tuple[SignalRelay, Board, Callable[[int], None]], port: PtyScanner
) -> None:
    relay, board, passes = light
    relay.write(GREEN)
    assert board.got(1) == ["GREEN"]
    relay.write(RED)
    assert board.got(3) == ["green", "RED", "HORN"]
    passes(499)
    assert quiet(port)
    passes(1)
    assert board.got(1) == ["horn"]
    relay.write(RED)
    assert quiet(port), "the same command again sounds nothing"
    relay.close()
    assert board.got(1) == ["red"], "a station that stopped shows nothing"


def test_after_the_cable_was_pulled_the_lights_are_set_again_and_the_horn_keeps_still(
    port: PtyScanner, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("device down device=tower")
    heard: list[m.Message] = []
    up, down = threading.Event(), threading.Event()

    def put(said: m.Message) -> None:
        heard.append(said)
        (up if isinstance(said, m.DeviceReport) and said.up else down).set()

    board = Board(port)
    worker = Worker(SignalRelay(str(port.path), 9600, SWITCHES, 0), "tower", put)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        assert board.got(4) and up.wait(10)
        worker.send(RED)
        assert board.got(3) == ["RED", "HORN", "horn"]
        port.unplug()
        assert down.wait(10)
        port.replug()
        assert board.got(5) == ["green", "yellow", "red", "horn", "RED"]
        assert quiet(port)
    finally:
        worker.stop()
        thread.join()
    assert [said.code for said in heard if isinstance(said, m.DeviceReport)] == ["", "signal.unplugged", ""]


def test_the_usual_board_needs_only_its_port_and_another_its_bytes(port: PtyScanner) -> None:
    config = SignalConfig("tower", str(port.path))
    assert [(one.on, one.off) for one in (config.green, config.horn)] == [
        ("a0 01 01 a2", "a0 01 00 a1"),
        ("a0 04 01 a5", "a0 04 00 a4"),
    ]
    ((name, relay),) = drivers(StationConfig("/x", signal=(config,)))
    assert (name, relay.kind) == ("tower", "signal")
    relay.open()
    assert port.receive(10)[:4] == bytes.fromhex("A0 01 00 A1")
    relay.close()


def test_a_board_that_is_not_there_has_its_own_code(tmp_path: Path) -> None:
    with pytest.raises(DeviceUnavailable, match=r"signal\.absent"):
        SignalRelay(str(tmp_path / "none"), 9600, SWITCHES, 0).open()
