"""What a workplace writes of its devices: each state that lasted, once, with how often it flickered before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.event_types import DeviceChanged
from common.ids import Claim
from station import messages as m
from station.cell.device_health import STEADY_MS, Health
from tests.support.bench import Bench, Plant, StationClock
from tests.support.factory import SITE

STEADY_S = STEADY_MS / 1000


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(Plant(tmp_path), tmp_path / "st-10", StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000))
    yield bench
    bench.close()


def change(bench: Bench, up: bool, device: str = "left") -> None:
    code = "" if up else "scanner.unplugged"
    bench.cell.handle(m.DeviceReport(device, up, code, "scanner"))


def passes(bench: Bench, seconds: float) -> None:
    bench.clock.advance(seconds)
    bench.cell.handle(m.Tick(bench.clock.mono_ms()))


def told(bench: Bench) -> list[tuple[str, str, str | None, int]]:
    """(device, state, code, flaps) of every event about a device."""
    bodies = [body for body in bench.written().values() if isinstance(body, DeviceChanged)]
    assert {(body.place, body.kind) for body in bodies} <= {("st-10", "scanner")}
    return [(body.device, body.state, body.code, body.flaps) for body in bodies]


def test_a_state_that_lasts_is_written_once(press: Bench) -> None:
    change(press, True)
    passes(press, STEADY_S - 0.001)
    assert told(press) == []
    for _ in range(5):
        passes(press, 1)
    assert told(press) == [("left", "up", None, 0)]
    change(press, False)
    for _ in range(10):
        passes(press, 1)
    assert told(press) == [("left", "up", None, 0), ("left", "down", "scanner.unplugged", 0)]


def test_a_cable_that_flickers_is_one_event_with_the_count_when_it_is_steady(press: Bench) -> None:
    change(press, True)
    passes(press, STEADY_S)
    for _ in range(20):
        change(press, False)
        passes(press, 1)
        change(press, True)
        passes(press, 1)
    assert told(press) == [("left", "up", None, 0)]
    change(press, False)
    passes(press, STEADY_S)
    assert told(press)[1:] == [("left", "down", "scanner.unplugged", 40)]


def test_the_status_shows_a_device_that_is_away_at_once(press: Bench) -> None:
    change(press, False)
    assert press.states[-1].down == ("left",)
    change(press, True)
    assert press.states[-1].down == ()


def test_two_devices_of_a_kind_are_told_apart(press: Bench) -> None:
    change(press, True, "left")
    change(press, False, "right")
    passes(press, STEADY_S)
    assert sorted(told(press)) == [("left", "up", None, 0), ("right", "down", "scanner.unplugged", 0)]


def test_a_station_that_starts_again_writes_only_what_is_another_than_before(press: Bench) -> None:
    change(press, False)
    passes(press, STEADY_S)
    press.restart()
    change(press, False)
    passes(press, STEADY_S)
    assert told(press) == [("left", "down", "scanner.unplugged", 0)]
    change(press, True)
    passes(press, STEADY_S)
    assert told(press)[-1] == ("left", "up", None, 0)


def test_what_could_not_be_written_is_written_when_it_can(press: Bench, expect_warning) -> None:
    expect_warning("store_unavailable")
    change(press, True)
    press.read_only(True)
    passes(press, STEADY_S)
    assert told(press) == []
    press.read_only(False)
    passes(press, 1)
    assert told(press) == [("left", "up", None, 0)]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2 * STEADY_MS)), max_size=30))
def test_events_are_the_states_that_lasted_and_no_change_is_forgotten(steps: list[tuple[bool, int]]) -> None:
    health, now, written, bodies, flaps = Health(SITE, "st-10"), 0, {}, [], 0
    for up, ms in steps:
        health.heard(m.DeviceReport("d", up, "" if up else "device.io", "gauge"), now)
        now += ms
        for device, fact in list(health.due(written, now)):
            body = fact.body
            assert isinstance(body, DeviceChanged)
            assert (ms >= STEADY_MS, fact.on) == (True, (Claim(f"device@{SITE}", "st-10/d"),))
            assert body.flaps == flaps
            bodies.append(body.state)
            written[device] = body.code or ""
            health.wrote(device)
            flaps = 0
        flaps += ms < STEADY_MS
    assert all(one != other for one, other in pairwise(bodies))
