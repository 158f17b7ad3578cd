"""Bad news about a thing in hand: it loses its permit and its pass, the screen says why, a release lets it go on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from common import event_types as b
from common.definitions import Form
from common.text import Typed
from station.cell import received
from station.devices.plc_block import AnswerArea, Command, State
from tests.support.bench import Bench, Plant, StationClock
from tests.support.factory import unit
from tests.support.shift import PRESS_OK, TEST_OK, Shift, motor_pack

M1 = "M-250-000001"
HOUSING, ROTOR, MAGNET = "HL-2644", "R-88213-0456", "MG-2610-B"
PARTS = (HOUSING, ROTOR, MAGNET)
HOLD = b.Hold("召回")


@pytest.fixture
def press() -> Shift:
    """ST-10, M1 in hand, its permit asked for."""
    shift = Shift("st-10")
    shift.scan(M1, *PARTS)
    return shift


def press_form() -> Form:
    return next(d for d in motor_pack().definitions if isinstance(d, Form) and d.id == "press-form")


def release(shift: Shift) -> b.Release:
    """Somebody who may releases all that holds M1."""
    return b.Release(tuple(cause.tag for cause in shift.view().standing(unit(M1)).holds), "release", "checked")


def run(shift: Shift, device: str = "press") -> None:
    """The machine runs the cycle that it was permitted."""
    shift.machine(replace(shift.result((), device), state=State.RUNNING), device)


def passes(shift: Shift) -> list[b.Body]:
    return [body for body in shift.bodies if isinstance(body, b.OperationCompleted) and body.outcome == "pass"]


# The permit -----------------------------------------------------------------------------------------------------------
def test_a_hold_takes_back_a_permit_that_no_machine_has_begun_with(press: Shift) -> None:
    press.news(HOLD, unit(M1))
    assert press.request().command is Command.ABORT
    assert press.work.hand is not None


def test_a_held_thing_is_not_permitted_when_its_next_machine_step_comes() -> None:
    form = press_form()
    again = replace(form.steps[-1], id="press-2", device="press-2")
    shift = Shift("st-10", [replace(form, steps=[*form.steps, again])])
    shift.scan(M1, *PARTS)
    run(shift)
    shift.news(HOLD, unit(M1))
    shift.machine(shift.result(PRESS_OK))
    assert shift.work.hand is not None and shift.work.hand.step == len(form.steps)
    assert "press-2" not in shift.work.machines
    shift.news(release(shift), unit(M1))
    assert shift.request("press-2").command is Command.PERMIT


def test_what_a_machine_says_is_a_moment_to_look_too(press: Shift) -> None:
    press.happened(HOLD, unit(M1))
    press.machine(AnswerArea(press.request().sequence - 1))
    assert press.request().command is Command.ABORT


def test_a_cycle_that_runs_is_not_cut_off_and_its_result_is_recorded(press: Shift) -> None:
    run(press)
    press.news(HOLD, unit(M1))
    assert press.request().command is Command.PERMIT
    assert press.machine(press.result(PRESS_OK)) is not None
    assert press.codes == ["done.measured"]
    assert [type(body) for body in press.bodies][-1] is b.Measured
    assert not passes(press) and press.work.hand is not None


def test_what_measured_badly_fails_all_the_same(press: Shift) -> None:
    run(press)
    press.news(HOLD, unit(M1))
    press.machine(press.result((1199, 1800)))
    assert press.codes == ["done.measured", "done.failed"]


def test_the_release_gives_the_permit_again_at_the_same_step(press: Shift) -> None:
    press.news(HOLD, unit(M1))
    press.machine(AnswerArea(press.request().sequence))
    step = press.prompt
    press.news(release(press), unit(M1))
    assert step.code == "prompt.held" and press.prompt.code == "prompt.machine"
    assert (press.request().command, press.request().serial) == (Command.PERMIT, M1)
    assert press.measure(PRESS_OK).code == "done.passed"


def test_a_release_before_the_machine_let_go_waits_for_that_alone(press: Shift) -> None:
    press.news(HOLD, unit(M1))
    press.news(release(press), unit(M1))
    press.machine(AnswerArea(press.request().sequence))
    assert press.request().command is Command.PERMIT
    assert press.measure(PRESS_OK).code == "done.passed"


def test_a_part_that_lies_in_the_machine_need_not_come_out_for_it() -> None:
    form = press_form()
    steps = [replace(s, part_present=True) if s.kind == "machine" else s for s in form.steps]
    shift = Shift("st-10", [replace(form, steps=steps)])
    shift.machine(AnswerArea(part_present=True))
    shift.scan(M1, *PARTS)
    shift.news(HOLD, unit(M1))
    shift.machine(AnswerArea(shift.request().sequence, part_present=True))
    shift.news(release(shift), unit(M1))
    assert (shift.prompt.code, shift.request().command) == ("prompt.machine", Command.PERMIT)


# The steps and the pass -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", [ROTOR, "HW:CONFIRM", "HW:MEASURE", "HW:N:3", "HW:CLOSE"])
def test_no_step_of_a_held_thing_is_done(code: str) -> None:
    shift = Shift("st-10")
    shift.scan(M1, HOUSING)
    shift.news(HOLD, unit(M1))
    step = shift.work.hand
    shown = shift.scan(code)
    assert (shown.tone, shown.code) == ("ng", "interlock.on_hold")
    assert shown.reasons == (("interlock.hold", {"reason": Typed("召回")}),)
    assert shift.work.hand == step
    assert isinstance(shift.bodies[-1], b.Refused)


def test_past_its_last_step_it_passes_only_after_the_release(press: Shift) -> None:
    run(press)
    press.news(HOLD, unit(M1))
    press.machine(press.result(PRESS_OK))
    assert press.prompt.code == "prompt.held"
    assert press.news(release(press), unit(M1)).code == "done.passed"
    assert len(passes(press)) == 1


def test_what_was_void_before_stops_it_too() -> None:
    shift = Shift("st-20")
    shift.happened(b.Commission("motor"), unit(M1))
    shift.happened(b.OperationCompleted("press", "pass"), unit(M1))
    shift.fresh("st-10")
    shift.scan(M1, "C25-01187", "SC-2638")
    passed = next(past.id for _, past in shift.story.past if past.t == "operation_completed")
    shift.news(b.Void(passed, "undo"), unit(M1))
    assert shift.prompt.code == "prompt.held"
    assert shift.request("driver").command is Command.ABORT


def test_what_could_not_be_seen_when_it_began_stays_allowed() -> None:
    shift = Shift("st-30")
    shift.scan(M1)
    shift.news(b.Commission("motor"), unit(M1))
    assert shift.measure(TEST_OK, "tester").code == "done.provisional"


def test_news_that_says_nothing_bad_changes_nothing(press: Shift) -> None:
    before = press.work
    press.news(b.Label("motor-label", "printed"), unit(M1))
    assert press.work == before and press.codes == []


@pytest.mark.parametrize("card", ["LEAVE", "NG:surface", "NCR:dented", "SCRAP:housing-cracked"])
def test_what_becomes_of_it_can_be_said_while_it_is_held(press: Shift, card: str) -> None:
    press.news(HOLD, unit(M1))
    assert press.scan(f"HW:{card}").code in ("done.left", "done.failed", "done.nonconforming", "done.scrapped")
    assert press.work.hand is None


def test_undo_of_what_came_before_gives_no_permit_to_a_held_thing(press: Shift) -> None:
    press.scan("HW:LEAVE")
    press.happened(HOLD, unit(M1))
    assert press.scan("HW:UNDO").code == "done.undone"
    press.machine(AnswerArea(press.request().sequence))
    assert press.request().command is not Command.PERMIT


# The screen -----------------------------------------------------------------------------------------------------------
def test_the_screen_says_why_and_who_can_release_it(press: Shift) -> None:
    press.news(HOLD, unit(M1))
    scene = press.scene
    assert scene.stop is not None
    assert (scene.stop.thing, scene.stop.code) == (unit(M1), "interlock.on_hold")
    assert scene.stop.reasons == (("interlock.hold", {"reason": Typed("召回")}),)
    assert scene.stop.release == ("supervisor", "quality")
    assert {"LEAVE", "NG", "NCR", "SCRAP", "UNDO", "CALL"} <= {tile.command for tile in scene.tiles}
    press.news(release(press), unit(M1))
    assert press.scene.stop is None


# On a real store ------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def fresh_plant(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    return Plant(tmp_path_factory.mktemp("plant"))


@pytest.fixture
def station(fresh_plant: Plant, tmp_path: Path) -> Iterator[Bench]:
    """ST-10, M1 in hand, its permit asked for."""
    clock = StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000)
    bench = Bench(fresh_plant.anew(), tmp_path / "st-10", clock)
    bench.scan("B10021", M1, *PARTS)
    yield bench
    bench.close()


@pytest.mark.parametrize("restarted", [False, True])
def test_a_hold_that_is_pulled_takes_the_permit_back_after_a_restart_too(station: Bench, restarted: bool) -> None:
    elsewhere = station.plant.station("st-20")
    elsewhere.say(HOLD, unit(M1))
    station.hear(elsewhere)
    if restarted:
        station.restart()
    assert station.request().command is Command.ABORT
    assert station.prompt.code == "prompt.held"
    assert station.scene and station.scene.stop and station.scene.stop.code == "interlock.on_hold"
    station.machine(AnswerArea(station.request().sequence))
    tags = tuple(cause.tag for cause in station.standing(unit(M1)).holds)
    elsewhere.say(b.Release(tags, "release", "checked"), unit(M1))
    station.hear(elsewhere)
    if restarted:
        station.restart()
    assert station.request().command is Command.PERMIT
    assert station.measure(PRESS_OK).code == "done.passed"


def test_a_hold_of_a_part_that_is_in_it_stops_it_too(station: Bench) -> None:
    elsewhere = station.plant.station("st-20")
    elsewhere.say(HOLD, unit(ROTOR))
    station.hear(elsewhere)
    assert (station.request().command, station.prompt.code) == (Command.ABORT, "prompt.held")


def test_past_its_last_step_and_killed_before_it_heard_of_the_release(station: Bench) -> None:
    """The batch is on disk and the turn that it brings is not: the next start makes it."""
    elsewhere = station.plant.station("st-20")
    station.machine(replace(station.result(()), state=State.RUNNING))
    elsewhere.say(HOLD, unit(M1))
    station.hear(elsewhere)
    station.machine(station.result(PRESS_OK))
    tags = tuple(cause.tag for cause in station.standing(unit(M1)).holds)
    elsewhere.say(b.Release(tags, "release", "checked"), unit(M1))
    with station.store.writing() as conn:
        received.batch(conn, elsewhere.batch(1), 0)
    station.restart()
    assert station.codes[-1] == "done.passed"
