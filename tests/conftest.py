"""What every test shares: logs that fail tests, reproducible Hypothesis, a clock that only moves when told to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.postgres import Cluster

pytest_plugins = ["tests.support.logfail"]

# No judgement by time: a slow machine must not turn a test red. In CI the examples are the same on every run.
settings.register_profile(
    "local", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.register_profile("ci", settings.get_profile("local"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


class Clock:
    """Wall and monotonic time that stand still between calls of `advance`. Pass `clock.mono_ms` where a clock goes."""

    def __init__(self, wall: datetime, mono_ms: int) -> None:
        self._wall = wall
        self._mono_ms = mono_ms

    def now(self) -> datetime:
        """Wall time, aware, UTC."""
        return self._wall

    def wall_ms(self) -> int:
        """Wall time as milliseconds since 1970."""
        return (self._wall - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)

    def mono_ms(self) -> int:
        """Milliseconds since boot."""
        return self._mono_ms

    def advance(self, seconds: float) -> None:
        """Let time pass on both."""
        self._wall += timedelta(seconds=seconds)
        self._mono_ms += round(seconds * 1000)

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward or back; monotonic time does not notice."""
        self._wall += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    """2 November 2026, 08:00 UTC, ten minutes after boot."""
    return Clock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what waits longest for processes, so that no worker is left with it at the end."""
    items.sort(key=lambda item: "flow" not in item.path.parts)


# Both engines ---------------------------------------------------------------------------------------------------------
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A module that says ENGINES = BOTH runs its tests with a database on each of them."""
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", getattr(metafunc.module, "ENGINES", ["sqlite"]))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """PostgreSQL."""
    made = Cluster()
    yield made
    made.close()


@pytest.fixture
def databases(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Path | str]]:
    """databases("name") → where it is, a new one's place when first asked for. `template`: what is in it then.

    Whoever opens them asks for this fixture, and so has closed them when they are given back.
    """
    cluster = request.getfixturevalue("cluster") if engine == "postgresql" else None
    borrowed: dict[str, tuple[str, str]] = {}

    def place(name: str, template: str = "hub") -> Path | str:
        if cluster is None:
            return tmp_path / name / "hub.db"
        if name not in borrowed:
            borrowed[name] = (template, cluster.borrow(template))
        return borrowed[name][1]

    yield place
    for template, url in borrowed.values():
        cluster.give_back(template, url)
