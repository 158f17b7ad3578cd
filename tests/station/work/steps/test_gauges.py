"""A gauge step: the right gauge, the right unit, the right unit's turn; every digit as sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from common import event_types as b
from common.definitions import Characteristic, Form, Step
from station import messages as m
from tests.support.bench import Bench, Plant, StationClock
from tests.support.shift import motor_pack

M1, M2 = "M-250-000001", "M-250-000002"
SHAFT = Characteristic("shaft", {"zh": "轴径", "en": "Shaft"}, "mm", 3, "11.990", "12.010")
DEPTH = Characteristic("depth", {"zh": "深度", "en": "Depth"}, "mm", 2, None, "4.00")


def bench_with(folder: Path, *asked: Characteristic) -> Bench:
    """ST-10, whose only step is a gauge's; somebody is signed in."""
    plant = Plant(folder)
    form = next(d for d in motor_pack().definitions if isinstance(d, Form) and d.id == "press-form")
    step = Step("calip", {"zh": "测量", "en": "Measure"}, "gauge", device="caliper", characteristics=list(asked))
    plant.publish(replace(form, steps=[step]))
    bench = Bench(plant, folder / "st-10", StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000))
    bench.scan("B10021")
    return bench


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Bench]:
    bench = bench_with(tmp_path, SHAFT)
    yield bench
    bench.close()


def read(bench: Bench, value: str, device: str = "caliper", **more: object) -> None:
    said = {"uom": "mm", "stable": True, "raw": f"01A+{value}".encode(), "mono_ms": 0} | more
    bench.cell.handle(m.GaugeRead(device, value, **said))  # type: ignore[arg-type]


def measured(bench: Bench) -> list[b.Measured]:
    return [body for body in bench.written().values() if isinstance(body, b.Measured)]


def test_a_reading_becomes_one_event_with_the_forms_limits(press: Bench) -> None:
    press.scan(M1)
    assert press.prompt.code == "prompt.gauge"
    read(press, "12.000")
    value = b.Value("shaft", "12.000", "mm", "pass", "11.990", "12.010")
    assert measured(press) == [b.Measured("press", "calip", "caliper", (value,))]
    assert press.codes[-2:] == ["done.measured", "done.passed"]
    assert "…?" not in press.recording


def test_a_reading_out_of_limits_fails_the_operation(press: Bench) -> None:
    press.scan(M1)
    read(press, "12.011")
    assert [v.verdict for v in measured(press)[0].values] == ["fail"]
    assert press.codes[-1] == "done.failed"


def test_several_characteristics_take_one_reading_each_and_make_one_event(tmp_path: Path) -> None:
    bench = bench_with(tmp_path, SHAFT, DEPTH)
    bench.scan(M1)
    read(bench, "12.000")
    assert (measured(bench), bench.shown[-1].code) == ([], "reading.taken")
    bench.restart()
    read(bench, "3.50")
    assert [(v.ch, v.value) for v in measured(bench)[0].values] == [("shaft", "12.000"), ("depth", "3.50")]
    bench.close()


def test_a_wrong_unit_is_refused_with_the_bytes_and_never_converted(press: Bench) -> None:
    press.scan(M1)
    read(press, "0.4724", uom="in")
    refused = [body for body in press.written().values() if isinstance(body, b.Refused)]
    assert [(body.code, body.operation, body.scan) for body in refused] == [("gauge.unit", "press", "MDFBKzAuNDcyNA")]
    assert measured(press) == []
    read(press, "12.000")
    assert len(measured(press)) == 1


def test_what_does_not_stand_still_is_no_reading(press: Bench) -> None:
    press.scan(M1)
    read(press, "12.000", stable=False)
    assert measured(press) == []


@pytest.mark.parametrize(("before", "device"), [((), "caliper"), ((M1,), "other")])
def test_a_reading_that_no_step_waits_for_is_told_and_not_used(
    press: Bench, before: tuple[str, ...], device: str
) -> None:
    if before:
        press.scan(*before)
    read(press, "12.000", device)
    assert (press.shown[-1].code, measured(press)) == ("reading.unexpected", [])


def test_the_measure_card_asks_the_gauge_and_only_the_answer_to_it_counts(press: Bench) -> None:
    press.scan(M1, "HW:MEASURE")
    first = press.sent[-1]
    assert isinstance(first, m.GaugeAsk)
    press.scan("HW:LEAVE", M2, "HW:MEASURE")
    second = press.sent[-1]
    assert isinstance(second, m.GaugeAsk)
    assert (second.device, second.token != first.token) == ("caliper", True)
    read(press, "11.000", token=first.token)
    assert measured(press) == []
    read(press, "12.000", token=second.token)
    assert [v.value for v in measured(press)[0].values] == ["12.000"]


def test_the_measure_card_without_a_gauge_step_is_refused(press: Bench) -> None:
    assert press.scan("HW:MEASURE").code == "command.no_unit"
    assert press.sent == []
