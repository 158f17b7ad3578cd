"""A workplace that nobody touches signs out who is signed in, after the time of its definition; started work stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from common.definitions import Line
from common.event_types import SignIn
from common.events import decode
from common.ledger import tables as t
from station import messages as m
from tests.support.bench import Bench, Plant, StationClock
from tests.support.shift import load_pack

AFTER_MIN = 10
LINE = next(one for one in load_pack("motor-assembly").definitions if isinstance(one, Line))


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def bench(*, after_min: int | None = AFTER_MIN) -> Bench:
        plant = Plant(tmp_path)
        if after_min is not None:
            plant.publish(
                replace(LINE, workplaces=[replace(one, sign_out_after_min=after_min) for one in LINE.workplaces])
            )
        clock = StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000)
        made.append(Bench(plant, tmp_path / "st-10", clock))
        made[-1].scan("B10021")
        return made[-1]

    yield bench
    for one in made:
        one.close()


def passes(bench: Bench, minutes: float) -> None:
    bench.clock.advance(minutes * 60)
    bench.cell.handle(m.Tick(bench.clock.mono_ms()))


def person(bench: Bench) -> str:
    assert bench.scene is not None
    return bench.scene.person


def test_after_so_long_without_anything_it_signs_out_and_says_in_the_event_that_time_did(
    make: Callable[..., Bench],
) -> None:
    bench = make()
    passes(bench, AFTER_MIN - 0.1)
    assert person(bench)
    passes(bench, 0.1)
    assert not person(bench) and bench.prompt.code == "prompt.sign_in"
    assert (bench.shown[-1].code, bench.shown[-1].params["idle_s"]) == ("done.signed_out_idle", 600)
    body = list(bench.written().values())[-1]
    assert body == SignIn("st-10", "out")
    with bench.store.reading() as conn:
        said = [decode(raw) for raw in conn.execute(select(t.entry.c.raw)).scalars()]
    came, went = (event for event in said if event.t == "sign_in")
    assert (came.via, went.via, went.who) == (None, "idle", came.who)
    size = bench.size
    passes(bench, 100 * AFTER_MIN)
    assert bench.size == size, "nobody is signed in"


@pytest.mark.parametrize(
    "said",
    [m.Touched(), m.LookAt("trace"), m.Filled("x"), m.GaugeRead("g", "1", "mm", True, b"", 0), m.Scanned("s", b"?", 0)],
)
def test_whatever_somebody_does_begins_the_time_anew(make: Callable[..., Bench], said: m.Message) -> None:
    bench = make()
    passes(bench, AFTER_MIN - 0.1)
    bench.cell.handle(said)
    passes(bench, AFTER_MIN - 0.1)
    assert person(bench)
    passes(bench, 0.1)
    assert not person(bench)


def test_what_a_device_or_the_hub_says_by_itself_does_not(make: Callable[..., Bench]) -> None:
    bench = make()
    passes(bench, AFTER_MIN - 0.1)
    bench.cell.handle(m.DeviceReport("scanner-1", True, "", "scanner"))
    bench.pull()
    passes(bench, 0.1)
    assert not person(bench)


def test_the_unit_and_its_step_stay_for_who_signs_in_next(make: Callable[..., Bench]) -> None:
    bench = make()
    bench.scan("WO-2611-0087", "M-250-004217", "HL-2644")
    before = bench.prompt
    passes(bench, AFTER_MIN)
    assert bench.scene and bench.scene.thing and bench.scene.step == 2
    assert bench.scan("R-88213-0456").code == "sign_in.first"
    bench.scan("B10021")
    assert bench.prompt == before
    assert bench.scan("R-88213-0456").tone == "ok"


def test_a_question_is_not_put_to_who_comes_next(make: Callable[..., Bench]) -> None:
    bench = make()
    bench.scan("HW:CALL:help", "HW:ANSWER")
    assert bench.prompt.code == "prompt.call_badge"
    passes(bench, AFTER_MIN)
    assert bench.prompt.code == "prompt.sign_in"


def test_a_running_cycle_is_work(make: Callable[..., Bench]) -> None:
    bench = make()
    bench.scan("WO-2611-0087", "M-250-004217", "HL-2644", "R-88213-0456", "MG-2610-B")
    assert bench.prompt.code == "prompt.machine"
    passes(bench, 3 * AFTER_MIN)
    assert person(bench), "the press has its permit"


def test_without_a_time_nobody_is_signed_out(make: Callable[..., Bench]) -> None:
    bench = make(after_min=None)
    passes(bench, 10_000)
    assert person(bench)
