"""On a real store: what was taken back or signed at a workplace is in its log, and outlives kill -9."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from common import event_types as b
from common import pins
from common.definitions import Route
from common.ledger import reads
from station import messages as m
from tests.support.bench import Bench, Plant, StationClock
from tests.support.factory import unit
from tests.support.shift import motor_pack

PIN = "240817"
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


# A signature ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def stand(make: Callable[[str], Bench]) -> Bench:
    """ST-30, where M1 comes pressed and nobody has heard of ST-20 for long; a signature may let it begin."""
    bench = make("st-30")
    route = next(d for d in motor_pack().definitions if isinstance(d, Route))
    operations = [replace(o, on_unknown="override") if o.id == "test" else o for o in route.operations]
    bench.plant.publish(replace(route, operations=operations))
    elsewhere = bench.plant.station("st-20")
    elsewhere.say(b.Commission("motor"), unit(M1))
    elsewhere.say(b.OperationCompleted("press", "pass"), unit(M1))
    bench.hear(elsewhere)
    people = tuple((p.id, p.name, p.badge) for p in motor_pack().people)
    bench.cell.handle(m.Peppered(b"p" * 32))
    bench.cell.handle(m.Pulled({}, people, 0, (("p-chen", pins.verifier(b"p" * 32, PIN, b"s" * 16)),)))
    return bench


def authors(bench: Bench) -> list[str | None]:
    """Who said the events of its log."""
    with bench.store.reading() as conn:
        return [past.who for past in reads.history(conn, unit(M1)).events if past.log == bench.log]


def test_an_override_is_signed_with_badge_and_pin_and_survives_the_process(stand: Bench) -> None:
    assert stand.scan(M1).code == "interlock.not_seen"
    refused = list(stand.written())[-1]
    stand.scan("HW:OVERRIDE:line-must-run")
    stand.restart()
    stand.scan("B20005")
    stand.restart()
    stand.cell.handle(m.PinEntered("p-chen", "0000"))
    assert (stand.codes[-1], bodies(stand)[-1]) == ("pin.refused", b.Refused("-", "pin.refused"))
    stand.cell.handle(m.PinEntered("p-chen", PIN))
    (approval, signed), (_, started) = list(stand.written().items())[-2:]
    assert signed == b.Approval(refused, "override", "approve", "line-must-run")
    assert started == b.OperationStarted("test", ("wire",), override=approval)
    assert authors(stand)[-2:] == ["p-chen", "p-wang"]
    stand.restart()
    assert stand.prompt.code == "prompt.machine"


def test_who_guesses_a_supervisors_pin_is_locked_out_and_nothing_begins(stand: Bench) -> None:
    stand.scan(M1, "HW:OVERRIDE:line-must-run", "B20005")
    for _ in range(5):
        stand.cell.handle(m.PinEntered("p-chen", "0000"))
    stand.cell.handle(m.PinEntered("p-chen", PIN))
    assert stand.codes[-1] == "pin.locked"
    assert not [one for one in bodies(stand) if isinstance(one, b.Approval | b.OperationStarted)]
    assert PIN.encode() not in stand.batch()


def test_a_full_disk_keeps_approval_and_beginning_together(stand: Bench, expect_warning: Callable[[str], None]) -> None:
    expect_warning("store_unavailable .*store.readonly")
    stand.scan(M1, "HW:OVERRIDE:line-must-run", "B20005")
    written = stand.size
    stand.read_only(True)
    stand.cell.handle(m.PinEntered("p-chen", PIN))
    stand.read_only(False)
    assert stand.size == written, "neither is there"
    stand.cell.handle(m.PinEntered("p-chen", PIN))
    assert stand.size == written + 2, "or both"
