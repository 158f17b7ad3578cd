"""A hub with the motor pack, for the tests of a file; it must be well when they are over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.hub_process import HubProcess
from tests.support.plant import Kiosk, Line, loaded


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    made = loaded(tmp_path_factory.mktemp("hub"))
    yield made
    assert made.stop() == 0, made.error
    assert "Traceback" not in made.error, made.error
    made.close()


@pytest.fixture
def kiosk(hub: HubProcess, tmp_path: Path) -> Iterator[Kiosk]:
    """ST-10 on a line of its own, switched off, with a scanner and no machine."""
    made = Kiosk(hub, tmp_path / "kiosk", "st-10", tmp_path.name).enrol()
    yield made
    made.close()
    assert "Traceback" not in made.error, made.error


@pytest.fixture
def lines(hub: HubProcess, tmp_path: Path) -> Iterator[Callable[..., Line]]:
    """lines("st-10", …) → these workplaces of a line, with their machines, somebody signed in at each."""
    made: list[Line] = []

    def line(*places: str) -> Line:
        made.append(Line(hub, tmp_path / f"line-{len(made)}", f"line-{tmp_path.name}", places))
        return made[-1]

    yield line
    for each in made:
        each.close()
        assert "Traceback" not in each.error, each.error
