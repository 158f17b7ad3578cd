"""A hub for the stations of a file, and stations at it that are switched off when the test is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.support.hub_process import HubProcess
from tests.support.plant import Desk, Kiosk, loaded

_lines = count(1)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub with the motor pack; it must be well when the tests of the file are over."""
    made = loaded(tmp_path_factory.mktemp("hub"))
    yield made
    assert made.stop() == 0, made.error
    assert "Traceback" not in made.error, made.error
    made.close()


@pytest.fixture
def line() -> str:
    """A line that no other test works at."""
    return f"line-{next(_lines)}"


@pytest.fixture
def desks(hub: HubProcess, tmp_path: Path, line: str) -> Iterator[Callable[..., Desk]]:
    """desks("st-10") → an enrolled station in this thread, all of them on one line."""
    made: list[Desk] = []

    def desk(place: str = "st-10") -> Desk:
        made.append(Desk(hub, tmp_path / place, place, line))
        return made[-1]

    yield desk
    for each in made:
        each.close()


@pytest.fixture
def desk(desks: Callable[..., Desk]) -> Desk:
    """ST-10 after its first round, somebody signed in."""
    made = desks()
    made.sync.round()
    made.scan("B10021")
    return made


@pytest.fixture
def kiosk(hub: HubProcess, tmp_path: Path, line: str) -> Iterator[Kiosk]:
    """ST-10 as a process that is not started; it has a scanner, and no machine."""
    made = Kiosk(hub, tmp_path / "kiosk", "st-10", line).enrol()
    yield made
    made.close()
