"""Two people at one workplace, on a real store: their events, a restart, maintenance, and a sign-out by time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from common import pins
from common.definitions import Line
from common.events import body, decode
from common.ledger import tables as t
from station import messages as m
from station.shown.side_screens import Locked, Maintenance
from tests.support.bench import Bench, Plant, StationClock
from tests.support.shift import load_pack

M1, HOUSING, ROTOR = "M-250-000001", "HL-2644", "R-88213-0456"
WANG, LI, CHEN = "B10021", "B10034", "B20005"
TOGETHER, TAKE_OVER = "HW:CONFIRM", "HW:SIGNOUT"
AFTER_MIN = 10


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def bench() -> Bench:
        plant = Plant(tmp_path)
        line = next(one for one in load_pack("motor-assembly").definitions if isinstance(one, Line))
        plant.publish(replace(line, workplaces=[replace(one, sign_out_after_min=AFTER_MIN) for one in line.workplaces]))
        made.append(Bench(plant, tmp_path / "st-10", StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000)))
        made[-1].scan(WANG)
        return made[-1]

    yield bench
    for one in made:
        one.close()


def told(bench: Bench, *types: str) -> list[tuple[str, str | None, str | None]]:
    """(type, or in or out, person, via) of these events, in order."""
    with bench.store.reading() as conn:
        events = [decode(raw) for raw in conn.execute(select(t.entry.c.raw).order_by(t.entry.c.eid)).scalars()]
    assert len({event.n for event in events}) == len(events), "each event has a nonce of its own"
    return [(getattr(body(event), "state", event.t), event.who, event.via) for event in events if event.t in types]


def here(bench: Bench) -> tuple[str, ...]:
    assert bench.scene is not None
    return (bench.scene.person, *bench.scene.also)


def test_every_event_is_by_the_one_who_acts_and_both_are_recorded(make: Callable[..., Bench]) -> None:
    bench = make()
    bench.scan(M1, LI, TOGETHER, HOUSING, WANG, ROTOR, "HW:SIGNOUT:p-li")
    assert told(bench, "sign_in", "operation_started", "bind") == [
        ("in", "p-wang", None),
        ("operation_started", "p-wang", None),
        ("in", "p-li", None),
        ("bind", "p-li", None),
        ("in", "p-wang", None),
        ("bind", "p-wang", None),
        ("out", "p-li", "chosen"),
    ]


def test_a_take_over_is_two_events_in_one_transaction(make: Callable[..., Bench]) -> None:
    bench = make()
    bench.scan(LI, TAKE_OVER)
    assert told(bench, "sign_in")[1:] == [("out", "p-wang", "chosen"), ("in", "p-li", None)]
    assert [one.code for one in bench.shown[-2:]] == ["done.signed_out_one", "done.signed_in"]
    assert all(one.event for one in bench.shown[-2:])


def test_a_restart_keeps_both_the_one_who_acts_and_the_question(make: Callable[..., Bench]) -> None:
    bench = make()
    bench.scan(M1, LI, TOGETHER)
    bench.restart()
    assert here(bench) == ("李娜", "王强")
    bench.scan(CHEN)
    bench.restart()
    assert (here(bench), bench.prompt.code) == (("李娜", "王强"), "prompt.second_badge")
    bench.scan(TOGETHER)
    assert here(bench) == ("陈伟", "李娜", "王强")


def test_nobody_there_signs_everybody_out_each_with_an_event(make: Callable[..., Bench]) -> None:
    bench = make()
    bench.scan(M1, LI, TOGETHER, CHEN)
    assert bench.prompt.code == "prompt.second_badge"
    bench.clock.advance(AFTER_MIN * 60)
    bench.cell.handle(m.Tick(bench.clock.mono_ms()))
    assert told(bench, "sign_in")[2:] == [("out", "p-li", "idle"), ("out", "p-wang", "idle")]
    assert (here(bench), bench.prompt.code) == (("",), "prompt.sign_in"), "the question was for those who left"
    assert bench.scene is not None and bench.scene.thing is not None, "the unit in hand stays"


def test_maintenance_is_open_to_the_one_who_acts_alone(make: Callable[..., Bench]) -> None:
    bench = make()
    pepper, people = b"p" * 32, tuple((id, name, badge) for badge, (id, name) in bench.cell._known.people.items())
    bench.cell.handle(m.Peppered(pepper))
    bench.cell.handle(m.Pulled({}, people, 0, (("p-chen", pins.verifier(pepper, "240817", b"s" * 16)),)))
    said: list[object] = []
    bench.cell._looking._announce = said.append
    bench.scan(CHEN, TOGETHER)
    bench.cell.handle(m.LookAt("maintenance"))
    bench.cell.handle(m.Unlock("240817"))
    assert isinstance(said[-1], Maintenance)
    bench.scan("HW:PERSON:p-wang")
    assert isinstance(said[-1], Locked) and said[-1].code == "maintenance.role"
    bench.scan(CHEN)
    assert isinstance(said[-1], Locked) and said[-1].code == "maintenance.pin", "the PIN is asked for again"


def test_one_more_person_who_enters_their_pin_is_recorded_as_such(make: Callable[..., Bench]) -> None:
    bench = make()
    pepper, people = b"p" * 32, tuple((id, name, badge) for badge, (id, name) in bench.cell._known.people.items())
    bench.cell.handle(m.Peppered(pepper))
    bench.cell.handle(m.Pulled({}, people, 0, (("p-li", pins.verifier(pepper, "240817", b"s" * 16)),)))
    bench.cell.handle(m.PinEntered("p-li", "240817"))
    bench.scan(TOGETHER)
    assert told(bench, "sign_in")[1:] == [("in", "p-li", "pin")]
