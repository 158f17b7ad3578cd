"""A gauge past its day measures nothing: refused before the reading counts, and who can see to it is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from common import event_types as b
from common.definitions import Characteristic, Form, Gauge, Route, Step
from common.definitions.naming import Name
from common.text import say
from station import messages as m
from tests.support.bench import Bench, Plant, StationClock
from tests.support.shift import Shift, motor_pack

M1 = "M-250-000001"
CALIPER = Gauge("mc-0042", Name("卡尺", "Caliper"), "st-10", "caliper", "2026-11-02")
SHAFT = Characteristic("shaft", Name("轴径", "Shaft"), "mm", 3, "11.990", "12.010")


def form() -> Form:
    step = Step("calip", SHAFT.name, "gauge", device="caliper", characteristics=[SHAFT])
    return Form("press-form", Name("量", "Measure"), [step])


def policy(on_unknown: str) -> Route:
    route = next(d for d in motor_pack().definitions if isinstance(d, Route))
    return replace(route, operations=[replace(o, on_unknown=on_unknown) for o in route.operations])


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[Gauge, str], Bench]]:
    """make(gauge, policy) → ST-10 on a real store, with M1 in hand on 2 November 2026, by its own clock alone."""
    made: list[Bench] = []

    def bench(gauge: Gauge, on_unknown: str = "provisional") -> Bench:
        plant = Plant(tmp_path)
        for one in (form(), policy(on_unknown), gauge):
            plant.publish(one)
        made.append(Bench(plant, tmp_path / "st-10", StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000)))
        made[-1].scan("B10021", M1)
        return made[-1]

    yield bench
    for one in made:
        one.close()


def read(bench: Bench, value: str = "12.000") -> None:
    bench.cell.handle(m.GaugeRead("caliper", value, "mm", True, f"01A+{value}".encode(), 0))


def measured(bench: Bench) -> list[b.Measured]:
    return [body for body in bench.written().values() if isinstance(body, b.Measured)]


def test_a_gauge_past_its_day_measures_nothing_and_the_refusal_is_on_disk(make: Callable[..., Bench]) -> None:
    bench = make(replace(CALIPER, due="2026-11-01"))
    read(bench)
    shown = bench.shown[-1]
    assert (shown.tone, shown.code, measured(bench)) == ("ng", "gauge.overdue", [])
    assert "mc-0042" in say("zh", shown.code, shown.params) and "supervisor" in say("en", shown.code, shown.params)
    assert isinstance(list(bench.written().values())[-1], b.Refused)
    assert bench.scan("HW:MEASURE").code == "gauge.overdue", "it is not even asked"
    assert "…?" not in bench.recording


def test_once_it_is_calibrated_and_published_anew_it_measures(make: Callable[..., Bench]) -> None:
    bench = make(replace(CALIPER, due="2026-11-01"))
    bench.plant.publish(replace(CALIPER, due="2027-11-01"))
    bench.hear()
    read(bench)
    assert measured(bench)[0].device == "mc-0042", "the gauge's own number, whatever the form calls it"


def test_without_a_day_that_is_sure_it_measures_provisionally(make: Callable[..., Bench]) -> None:
    bench = make(CALIPER)
    read(bench)
    done = list(bench.written().values())[-1]
    assert done == b.OperationCompleted("press", "pass", provisional=True, unknown=("calibration",))


def test_or_not_at_all_where_the_operation_blocks(make: Callable[..., Bench]) -> None:
    bench = make(CALIPER, "block")
    read(bench)
    assert (bench.codes[-1], measured(bench)) == ("gauge.due_unknown", [])


@pytest.mark.parametrize(("due", "code"), [("2026-11-02", "reading.asked"), ("2026-11-01", "gauge.overdue")])
def test_its_last_day_is_a_day_on_which_it_measures(due: str, code: str) -> None:
    shift = Shift("st-10", [form(), replace(CALIPER, due=due)])
    assert shift.scan(M1, "HW:MEASURE").code == code


def test_a_gauge_of_another_workplace_does_not_matter_here() -> None:
    shift = Shift("st-10", [form(), replace(CALIPER, at="st-20", due="2020-01-01")])
    assert shift.scan(M1, "HW:MEASURE").code == "reading.asked"
