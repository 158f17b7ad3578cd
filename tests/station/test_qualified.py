"""Somebody else signs in while a unit is in hand: what they may not do is not done under their name."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from common import event_types as b
from common.definitions import Person
from station.devices.plc_block import AnswerArea, Command, State
from tests.support.shift import PRESS_OK, Shift

M1 = "M-250-000001"
M2 = "M-250-000002"
PARTS = ("HL-2644", "R-88213-0456", "MG-2610-B")
WANG, LI = "B10021", "B10034"
TOGETHER, TAKE_OVER = "HW:CONFIRM", "HW:SIGNOUT"


@pytest.fixture
def press() -> Shift:
    """ST-10, where p-wang is qualified and p-li is not; nothing in hand."""
    return Shift("st-10", [Person("p-li", ["operator"], ["wire"])])


def passes(shift: Shift) -> list[b.Body]:
    return [body for body in shift.bodies if isinstance(body, b.OperationCompleted)]


def test_who_is_not_qualified_takes_over_no_step_and_is_told_who_is(press: Shift) -> None:
    press.scan(M1, PARTS[0])
    step = press.work.hand
    assert press.scan(LI, TAKE_OVER).code == "done.signed_in"
    people = press.prompt.params["people"]
    assert press.prompt.code == "prompt.not_qualified" and isinstance(people, list)
    assert "王强" in people and "李娜" not in people
    stop = press.scene.stop
    assert stop is not None and stop.code == "person.not_qualified"
    assert press.scan(PARTS[1]).code == "person.not_qualified"
    assert press.work.hand == step
    assert press.scan(WANG, TAKE_OVER, PARTS[1]).code == "done.bound"


def test_the_permit_is_taken_back_from_who_is_not_qualified_and_given_to_who_is(press: Shift) -> None:
    press.scan(M1, *PARTS)
    press.scan(LI, TOGETHER)
    assert press.request().command is Command.ABORT
    press.machine(AnswerArea(press.request().sequence))
    assert press.request().command is not Command.PERMIT
    press.scan(WANG)
    assert (press.request().command, press.prompt.code) == (Command.PERMIT, "prompt.machine")
    assert press.measure(PRESS_OK).code == "done.passed"


def test_a_cycle_that_runs_is_recorded_and_passes_only_under_who_is_qualified(press: Shift) -> None:
    press.scan(M1, *PARTS)
    press.machine(replace(press.result(()), state=State.RUNNING))
    press.scan(LI, TOGETHER)
    press.machine(press.result(PRESS_OK))
    assert press.codes == ["done.measured"]
    assert (press.prompt.code, passes(press)) == ("prompt.not_qualified", [])
    assert press.scan(WANG).code == "done.passed"
    assert len(passes(press)) == 1


def test_who_is_not_qualified_may_set_it_aside_and_report_it(press: Shift) -> None:
    press.scan(M1, PARTS[0], LI, TOGETHER)
    assert press.scan("HW:NG:noise").tone == "ng"
    assert passes(press) == [b.OperationCompleted("press", "fail", reasons=("noise",))]
    press.scan(WANG, M2, LI)
    assert press.scan("HW:LEAVE").code == "done.left"
