"""After a fail, a nonconformance or a red interlock the screen says what becomes of the thing, and where it must go."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from common import event_types as b
from common.definitions import Route
from common.definitions.naming import Name
from common.ids import tag
from common.text import LANGUAGES, say
from station.shown.work_screen import Stop
from tests.support.factory import unit
from tests.support.shift import TEST_NOISY, TEST_OK, WIRE_OK, Shift, motor_pack

M1, M2 = "M-250-000001", "M-250-000002"
ST_20 = [Name("ST-20 接线与拧紧", "ST-20 Wiring and screwing")]
REWORK = Name("返工", "Rework")


@pytest.fixture
def stand() -> Shift:
    """ST-30, with M1 pressed and wired."""
    return at("st-30")


def at(place: str, *, tests: int = 1) -> Shift:
    route = next(d for d in motor_pack().definitions if isinstance(d, Route))
    operations = [replace(o, tests=tests) if o.id == "test" else o for o in route.operations]
    shift = Shift(place, [replace(route, operations=operations)])
    shift.happened(b.Commission("motor"), unit(M1))
    for operation in ("press", "wire"):
        shift.happened(b.OperationCompleted(operation, "pass"), unit(M1))
    shift.fresh("st-10", "st-20", "st-30")
    return shift


def stop(shift: Shift) -> Stop:
    found = shift.scene.stop
    assert found is not None
    return found


# After a fail ---------------------------------------------------------------------------------------------------------
def test_a_fail_says_where_the_rework_is_done(stand: Shift) -> None:
    stand.scan(M1)
    shown = stand.measure(TEST_NOISY, "tester")
    assert (shown.code, shown.params["rework"], shown.params["place"]) == ("done.failed_rework", REWORK, ST_20)
    assert "ST-20" in say("zh", shown.code, shown.params)


def test_the_failed_unit_stays_on_the_screen_with_its_way_until_the_next_scan(stand: Shift) -> None:
    stand.scan(M1, "HW:NG:noise")
    shown = stop(stand)
    assert (shown.thing, shown.todo) == (unit(M1), ("todo.rework", {"operation": REWORK, "place": ST_20}))
    assert [tile.command for tile in stand.scene.tiles] == ["CALL", "CANCEL", "UNDO", "REWORK", "NCR", "SCRAP"]
    stand.scan(M2)
    assert stop(stand).thing == unit(M2)


def test_the_rework_card_sends_it_off_in_words_and_the_next_unit_may_come(stand: Shift) -> None:
    stand.scan(M1, "HW:NG:noise")
    shown = stand.scan("HW:REWORK")
    assert (shown.code, shown.params) == ("todo.go_rework", {"unit": unit(M1), "operation": REWORK, "place": ST_20})
    assert stand.scene.stop is None
    assert stand.scan("HW:REWORK").code == "rework.not_failed"


def test_the_rework_card_takes_a_unit_whose_records_are_only_those_of_its_fail() -> None:
    route = next(d for d in motor_pack().definitions if isinstance(d, Route))
    stand = Shift("st-30", [route])
    stand.happened(b.OperationCompleted("test", "fail", reasons=("noise",)), unit(M1))
    stand.scan(M1)
    assert stop(stand).todo == ("todo.rework", {"operation": REWORK, "place": ST_20})
    assert stand.scan("HW:REWORK").code == "todo.go_rework"


def test_the_rework_card_does_nothing_for_a_unit_that_did_not_fail(stand: Shift) -> None:
    assert stand.scan(M1, "HW:REWORK").code == "rework.not_failed"
    assert stand.work.hand is not None


def test_a_test_that_may_be_tried_again_says_so_and_how_often() -> None:
    shift = at("st-30", tests=2)
    shift.scan(M1, "HW:NG:noise")
    assert (shift.said[-1].code, shift.said[-1].params["left"]) == ("done.failed_retest", 1)
    assert shift.scene.stop is None, "it may be scanned again"
    shift.scan(M1, "HW:NG:noise")
    assert shift.said[-1].code == "done.failed_rework"
    assert stop(shift).todo is not None


def test_a_rework_loop_ends_with_a_pass() -> None:
    stand, bench = at("st-30"), at("st-20")
    bench.story = stand.story
    stand.scan(M1)
    stand.measure(TEST_NOISY, "tester")
    bench.scan(M1)
    assert bench.work.hand is not None and bench.work.hand.operation == "rework"
    bench.measure(WIRE_OK, "driver")
    assert bench.said[-1].code == "done.passed"
    stand.scan(M1)
    stand.measure(TEST_OK, "tester")
    assert stand.view().standing(unit(M1)).state == "passed"


# Other ways -----------------------------------------------------------------------------------------------------------
def test_what_skipped_an_operation_is_brought_there() -> None:
    shift = Shift("st-30")
    shift.happened(b.Commission("motor"), unit(M1))
    shift.happened(b.OperationCompleted("press", "pass"), unit(M1))
    shift.fresh("st-10", "st-20")
    assert shift.scan(M1).todo == ("todo.bring", {"operation": Name("接线与拧紧", "Wire and screw"), "place": ST_20})


def test_what_is_finished_here_is_brought_to_the_next() -> None:
    shift = Shift("st-10")
    shift.happened(b.Commission("motor"), unit(M1))
    shift.happened(b.OperationCompleted("press", "pass"), unit(M1))
    todo = shift.scan(M1).todo
    assert todo is not None and (todo[0], todo[1]["place"]) == ("todo.bring", ST_20)


@pytest.mark.parametrize("place", ["st-10", "st-20"])
def test_a_unit_that_failed_for_good_is_brought_nowhere_and_the_screen_says_what_can_be_done(place: str) -> None:
    shift = Shift(place)
    shift.happened(b.Commission("motor"), unit(M1))
    shift.happened(b.OperationCompleted("press", "fail"), unit(M1))
    shift.fresh("st-10", "st-20", "st-30")
    shown = shift.scan(M1)
    assert shown.reasons[0][0] == ("interlock.no_rework" if place == "st-10" else "interlock.fail")
    assert shown.todo == ("todo.no_rework", {})
    for language in LANGUAGES:
        said = [say(language, *one) for one in (*shown.reasons, shown.todo)]
        assert "—" not in "".join(said) and "…?" not in "".join(said)


def test_a_unit_about_whose_results_somebody_must_decide_is_brought_nowhere() -> None:
    shift = at("st-30")
    shift.story.say("third", b.OperationCompleted("wire", "fail"), unit(M1))
    shown = shift.scan(M1)
    assert shown.reasons[0][0] == "interlock.contested" and shown.todo is None


@pytest.mark.parametrize(
    ("body", "code"), [(b.Hold("sampled"), "todo.release"), (b.Scrap("shaft-bent"), "todo.scrapped")]
)
def test_what_goes_nowhere_says_so(stand: Shift, body: b.Body, code: str) -> None:
    stand.happened(body, unit(M1))
    todo = stand.scan(M1).todo
    assert todo is not None and todo[0] == code
    assert say("en", *todo)


# Nonconformances ------------------------------------------------------------------------------------------------------
def test_a_nonconformance_is_recorded_with_its_reason_and_holds_the_unit(stand: Shift) -> None:
    shown = stand.scan(M1, "HW:NCR:dented")
    assert (shown.tone, shown.code) == ("hold", "done.nonconforming")
    assert stand.bodies[-1] == b.NonconformanceOpened("dented", "test")
    assert stand.work.hand is None
    assert stop(stand).reasons == (("interlock.nonconformance", {"ncr": Name("磕碰变形", "Dented")}),)
    assert stand.scan(M1).code == "interlock.on_hold"


def test_once_it_is_decided_work_goes_on(stand: Shift) -> None:
    stand.scan(M1, "HW:NCR:dented")
    event = stand.story.past[-1][1].id
    stand.happened(b.NonconformanceDecided(tag(event, 0), "use_as_is"), unit(M1))
    assert stand.scan(M1).code == "done.started"


def test_a_reason_for_something_else_is_none_for_a_nonconformance(stand: Shift) -> None:
    assert stand.scan(M1, "HW:NCR:noise").code == "command.reason"


def test_the_screen_offers_every_reason_for_a_nonconformance_and_a_scrap(stand: Shift) -> None:
    stand.scan(M1)
    tiles = {tile.command: tile.more for tile in stand.scene.tiles}
    assert "NCR:dented" in [tile.command for tile in tiles["NCR"]]
    assert "SCRAP:shaft-bent" in [tile.command for tile in tiles["SCRAP"]]
