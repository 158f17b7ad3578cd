"""Hubs, stopped when the test is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.support.factory import Author
from tests.support.hub import HubProcess, Office


@pytest.fixture
def offices(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Office]]:
    """offices("name", start=…) → the hub in that folder, also one that was there before."""
    made: list[Office] = []

    def office(name: str = "hub", *, start: bool = True) -> Office:
        made.append(Office(tmp_path / name, clock, start=start))
        return made[-1]

    yield office
    for each in made:
        each.stop()


@pytest.fixture
def office(offices: Callable[..., Office]) -> Office:
    return offices()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    """A site that was made and whose hub is not started."""
    made = HubProcess(tmp_path / "hub").init()
    yield made
    made.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """One running hub for all tests of a file; it must be well when they are over."""
    made = HubProcess(tmp_path_factory.mktemp("served")).init().run()
    yield made
    assert made.stop() == 0, made.error
    assert "Traceback" not in made.error, made.error
    made.close()


@pytest.fixture
def author() -> Author:
    return Author(1, "st-10")
