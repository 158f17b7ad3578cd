"""On a real store: what was taken back or signed at a workplace is in its log, and outlives kill -9."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from common import bodies as b
from tests.support.bench import Bench, Plant, StationClock
from tests.support.factory import unit

M1 = "M-250-000001"
HOUSING, ROTOR, MAGNET = "HL-2644", "R-88213-0456", "MG-2610-B"


@pytest.fixture(scope="module")
def fresh_plant(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    return Plant(tmp_path_factory.mktemp("plant"))


@pytest.fixture
def make(fresh_plant: Plant, tmp_path: Path) -> Iterator[Callable[[str], Bench]]:
    """make(place) → a station that has pulled the site's log, somebody signed in."""
    plant, made = fresh_plant.anew(), []
    clock = StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000)

    def bench(place: str) -> Bench:
        made.append(Bench(plant, tmp_path / place, clock, place))
        made[-1].scan("B10021")
        return made[-1]

    yield bench
    for one in made:
        one.close()


def bodies(bench: Bench) -> list[b.Body]:
    return list(bench.written().values())


def inside(bench: Bench) -> list[str]:
    return [c.child.value for c in bench.standing(unit(M1)).components if c.removed_by is None]


# UNDO -----------------------------------------------------------------------------------------------------------------
def test_a_part_is_taken_back_after_the_process_died(make: Callable[[str], Bench]) -> None:
    press = make("st-10")
    press.scan(M1, HOUSING, ROTOR)
    bound = list(press.written())[-1]
    press.restart()
    assert press.scan("HW:UNDO").code == "done.undone"
    assert bodies(press)[-1] == b.Void(bound, "undo")
    assert inside(press) == [f"housing/{HOUSING}"]
    press.restart()
    assert press.prompt.params["number"] == 2, "its step is to do again, after another restart too"
    press.scan(ROTOR, MAGNET)
    assert len(inside(press)) == 3


def test_what_was_taken_back_here_is_taken_back_where_the_log_arrives(make: Callable[[str], Bench]) -> None:
    press, wiring = make("st-10"), make("st-20")
    press.enrol()
    press.scan(M1, HOUSING, "HW:NG:surface")
    wiring.hear(press)
    assert wiring.standing(unit(M1)).state == "failed"
    press.scan("HW:UNDO")
    wiring.hear(press)
    assert wiring.standing(unit(M1)).state == "in_process"
    assert [c.way for c in wiring.standing(unit(M1)).corrected] == ["void"]


def test_a_nonconformance_is_known_on_the_whole_line(make: Callable[[str], Bench]) -> None:
    press, wiring = make("st-10"), make("st-20")
    press.enrol()
    press.scan(M1, "HW:NCR:dented")
    wiring.hear(press)
    wiring.pull(press)
    assert wiring.scan(M1).code == "interlock.on_hold"
