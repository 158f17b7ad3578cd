"""New units take the next serial of the station's own block, offline too: never one twice, whatever is killed when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import event_types as b
from common import events
from common.ids import Claim
from common.serials import Block
from station import messages as m
from station.shown.work_screen import Scene, Serials
from station.work.drafts import freeze, thaw
from tests.support.bench import Bench, Plant, StationClock
from tests.support.factory import Author, unit
from tests.support.shift import Shift, motor_pack

LOG = "a" * 26


def block(first: int, last: int, id: str = "one", material: str = "motor") -> Block:
    return Block(id, LOG, material, "M-250-", 6, first, last)


def shift(*blocks: Block) -> Shift:
    made = Shift("st-10")
    made.blocks = blocks
    return made


def scene(made: Shift) -> Scene:
    return made.scene


def commissioned(made: Shift) -> list[Claim]:
    return [fact.on[0] for fact in made.facts if isinstance(fact.body, b.Commission)]


def left(made: Shift) -> int:
    (serials,) = scene(made).serials
    return serials.left


# One at a time --------------------------------------------------------------------------------------------------------
def test_a_new_unit_gets_the_next_serial_with_the_order_and_is_in_hand() -> None:
    made = shift(block(900_001, 900_010))
    made.scan("WO-2611-0087")
    assert made.scan("HW:NEW").code == "done.started"
    assert made.codes == ["done.commissioned", "done.started"]
    assert made.bodies[-2] == b.Commission("motor", "WO-2611-0087")
    assert made.work.hand and made.work.hand.unit == unit("M-250-900001")
    assert left(made) == 9


def test_a_number_is_used_once_it_is_given_though_the_unit_is_left() -> None:
    made = shift(block(1, 9))
    made.scan("HW:NEW", "HW:LEAVE", "HW:NEW", "HW:LEAVE")
    assert commissioned(made) == [unit("M-250-000001"), unit("M-250-000002")]


def test_a_number_that_is_known_from_elsewhere_is_passed_over() -> None:
    made = shift(block(1, 9))
    made.happened(b.Commission("motor"), unit("M-250-000001"))
    made.scan("HW:NEW")
    assert commissioned(made) == [unit("M-250-000002")]


def test_an_exhausted_block_says_so_and_what_to_do_and_the_next_block_goes_on() -> None:
    made = shift(block(1, 1))
    made.scan("HW:NEW", "HW:LEAVE")
    assert made.scan("HW:NEW").code == "serial.none"
    assert left(made) == 0 and made.work.hand is None
    made.blocks = (block(1, 1), block(50, 51, "two"))
    assert left(made) == 2
    made.scan("HW:NEW")
    assert commissioned(made)[-1] == unit("M-250-000050")


def test_a_block_of_another_material_gives_nothing() -> None:
    made = shift(block(1, 9, material="rotor"))
    assert made.scan("HW:NEW").code == "serial.none"


def test_a_block_whose_serials_no_rule_reads_as_the_material_gives_nothing() -> None:
    made = shift(Block("one", LOG, "motor", "R-88213-", 4, 1, 9))
    assert made.scan("HW:NEW").code == "serial.rule"
    assert commissioned(made) == []


def test_a_unit_in_hand_is_finished_first() -> None:
    made = shift(block(1, 9))
    made.scan("HW:NEW")
    assert made.scan("HW:NEW").code == "command.finish_first"
    assert len(commissioned(made)) == 1


def test_only_the_first_workplace_issues() -> None:
    made = Shift("st-20")
    made.blocks = (block(1, 9),)
    assert made.scan("HW:NEW").code == "command.not_here"
    assert scene(made).serials == ()


def test_the_tile_is_there_while_nothing_is_in_hand() -> None:
    made = shift(block(1, 9))
    assert "NEW" in [tile.command for tile in scene(made).tiles]
    made.scan("HW:NEW")
    assert "NEW" not in [tile.command for tile in scene(made).tiles]


def test_what_the_interlock_or_a_rule_refuses_uses_no_number() -> None:
    made = Shift("st-10", signed_in=False)
    made.blocks = (block(1, 9),)
    assert made.scan("HW:NEW").code == "sign_in.first"
    assert made.work.issued == {}


# Never twice ----------------------------------------------------------------------------------------------------------
STEPS = st.lists(st.sampled_from(["new", "leave", "kill", "lease", "renewed"]), max_size=40)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_no_number_is_ever_given_twice_or_from_a_block_of_another_log(steps: list[str]) -> None:
    made, next_number, leases = shift(block(1, 3, "b-0")), 4, 1
    allowed = {unit(f"M-250-{n:06d}") for n in (1, 2, 3)}
    for step in steps:
        if step == "new":
            made.scan("HW:NEW")
        elif step == "leave":
            made.scan("HW:LEAVE")
        elif step == "kill":
            made.work = thaw(freeze(made.work))
        else:
            fresh = block(next_number, next_number + 2, f"b-{leases}")
            allowed |= {unit(f"M-250-{n:06d}") for n in range(fresh.first, fresh.last + 1)}
            next_number, leases = next_number + 3, leases + 1
            # a new incarnation has the blocks of its own log only
            made.blocks = (fresh,) if step == "renewed" else (*made.blocks, fresh)
    given_out = commissioned(made)
    assert len(set(given_out)) == len(given_out)
    assert set(given_out) <= allowed


# On disk --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def bench(tmp_path: Path) -> Iterator[tuple[Bench, Author]]:
    """ST-10 with somebody signed in, and the log of its line."""
    plant = Plant(tmp_path / "plant")
    made = Bench(plant, tmp_path / "st-10", StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000), "st-10")
    made.scan("B10021")
    hub = Author(77, "hub", "line-1")
    plant.site.say(hub.enrolment())
    yield made, hub
    made.close()


def lease(bench: Bench, hub: Author, first: int, last: int) -> None:
    hub.say(b.SerialBlockLeased(bench.log, "motor", "M-250-", 6, first, last))
    bench.hear(hub)


def given_out(bench: Bench) -> list[Claim]:
    """What was commissioned in the logs that it writes or wrote."""
    text = "SELECT raw FROM entry JOIN branch USING (bid) JOIN log USING (lid) WHERE own > 0 ORDER BY eid"
    with bench.store.reading() as conn:
        found = [events.decode(raw) for raw in conn.exec_driver_sql(text).scalars()]
    return [event.on[0] for event in found if event.t == "commission"]


def test_a_lease_comes_by_the_lines_log_and_what_is_left_shows(bench: tuple[Bench, Author]) -> None:
    station, hub = bench
    assert station.scan("HW:NEW").code == "serial.none"
    plant_log = Author(78, "st-20")  # a station may not lease, not even to itself
    station.plant.site.say(plant_log.enrolment())
    plant_log.say(b.SerialBlockLeased(station.log, "motor", "M-250-", 6, 1, 9))
    station.hear(plant_log)
    assert station.scan("HW:NEW").code == "serial.none"
    lease(station, hub, 900_001, 900_003)
    assert station.scan("HW:NEW").code == "done.started"
    motor = next(d for d in motor_pack().definitions if d.id == "motor")
    assert station.scene and station.scene.serials == (Serials(motor.name, 2),)
    station.cell.handle(m.Tick(station.clock.mono_ms()))
    assert station.states[-1].serials == 2


def test_after_a_kill_the_next_number_follows_and_a_new_incarnation_waits_for_its_own(
    bench: tuple[Bench, Author], expect_warning: Callable[[str], None]
) -> None:
    expect_warning("new_incarnation")
    station, hub = bench
    lease(station, hub, 900_001, 900_003)
    station.scan("HW:NEW", "HW:LEAVE")
    station.restart()
    station.scan("HW:NEW", "HW:LEAVE")
    assert given_out(station) == [unit("M-250-900001"), unit("M-250-900002")]
    station.cell.handle(m.Outdated("restore", station.log))
    assert station.scan("HW:NEW").code == "serial.none"
    lease(station, hub, 900_004, 900_006)
    station.scan("HW:NEW")
    assert given_out(station)[-1] == unit("M-250-900004")
