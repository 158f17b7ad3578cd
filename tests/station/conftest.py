"""A plant whose site has published the motor pack, and stations in it with real SQLite files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.bench import Bench, Plant, StationClock


@pytest.fixture(scope="session")
def fresh_plant(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    return Plant(tmp_path_factory.mktemp("plant"))


@pytest.fixture
def plant(fresh_plant: Plant) -> Plant:
    return fresh_plant.anew()


@pytest.fixture
def make(plant: Plant, tmp_path: Path) -> Iterator[Callable[[str], Bench]]:
    """make(place) → a station that has pulled the site's log."""
    made: list[Bench] = []
    clock = StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000)

    def bench(place: str) -> Bench:
        made.append(Bench(plant, tmp_path / place, clock, place))
        return made[-1]

    yield bench
    for one in made:
        one.close()


@pytest.fixture
def press(make: Callable[[str], Bench]) -> Bench:
    """ST-10, somebody signed in."""
    bench = make("st-10")
    bench.scan("B10021")
    return bench
