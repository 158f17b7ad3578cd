"""Operations that may be done in any order, several at one workplace, and optional ones: the worker picks."""

from __future__ import annotations

import pytest

from common import event_types as b
from common.definitions import Characteristic, Form, Material, Operation, Route, Step
from common.definitions.naming import Name
from station.shown.work_screen import Scene
from station.work.drafts import freeze, thaw
from tests.support.factory import unit
from tests.support.shift import Shift

M1, M2 = "M-250-000001", "M-250-000002"


def operation(id: str, *after: str, at: str = "st-10", optional: bool = False) -> Operation:
    return Operation(id, Name(id, id), [at], "look-form", list(after), optional=optional)


def at(place: str, *operations: Operation) -> Shift:
    """A motor's whole route is these; each asks for one number."""
    gap = Characteristic("gap", Name("间隙", "Gap"), "mm", 2)
    form = Form("look-form", Name("看", "Look"), [Step("gap", gap.name, "enter", characteristics=[gap])])
    route = Route("motor-route", Name("电机", "Motor"), list(operations))
    return Shift(place, [form, route, Material("motor", Name("电机", "Motor"), "made", "unit", route.id)])


@pytest.fixture
def bench() -> Shift:
    """ST-10: glue and paint in any order, then look."""
    return at("st-10", operation("glue"), operation("paint"), operation("look", "glue", "paint"))


def scene(shift: Shift) -> Scene:
    return shift.scene


def do(shift: Shift, *codes: str) -> None:
    shift.scan(*codes, "HW:N:1")


# Several --------------------------------------------------------------------------------------------------------------
def test_of_several_that_may_begin_the_worker_picks(bench: Shift) -> None:
    assert bench.scan(M1).code == "ask.operation"
    assert [tile.command for tile in scene(bench).choices] == ["OP:glue", "OP:paint", "CANCEL"]
    assert bench.prompt.code == "prompt.operation"
    assert bench.work.hand is None and bench.bodies[1:] == [], "nothing is written before the pick"
    assert bench.scan("HW:OP:paint").code == "done.started"
    assert bench.work.hand is not None and bench.work.hand.operation == "paint"


def test_any_order_leads_to_the_end(bench: Shift) -> None:
    do(bench, M1, "HW:OP:paint")
    assert bench.view().standing(unit(M1)).outcome("paint") == "pass"
    do(bench, M1)
    assert bench.view().standing(unit(M1)).outcome("glue") == "pass", "the one that is left needs no question"
    do(bench, M1)
    assert bench.view().standing(unit(M1)).state == "passed"


def test_what_waits_for_others_is_not_offered(bench: Shift) -> None:
    bench.scan(M1)
    assert bench.scan("HW:OP:look").code == "unit.no_operation"
    assert bench.choosing is not None


def test_a_question_outlives_the_process_and_nothing_else_is_taken(bench: Shift) -> None:
    bench.scan(M1)
    bench.work = thaw(freeze(bench.work))
    assert bench.scan(M2).code == "choice.operation"
    assert bench.scan("HW:NG:noise").code == "choice.operation"
    assert bench.scan("B10034", "HW:SIGNOUT").code == "done.signed_in"
    bench.scan("HW:CANCEL")
    assert (bench.choosing, bench.prompt.code) == (None, "prompt.unit")
    assert bench.scan("HW:OP:glue").code == "command.not_here"


def test_in_parallel_at_two_workplaces_each_begins_without_the_other() -> None:
    route = (operation("glue"), operation("paint", at="st-20"), operation("look", "glue", "paint", at="st-30"))
    first, second, last = (at(place, *route) for place in ("st-10", "st-20", "st-30"))
    do(first, M1)
    second.story = last.story = first.story
    last.fresh("st-10", "st-20")
    assert last.scan(M1).code == "interlock.blocked", "one of the two is missing"
    do(second, M1)
    last.scan(M1)
    assert last.work.hand is not None


# Optional -------------------------------------------------------------------------------------------------------------
POLISHED = (
    operation("glue"),
    operation("polish", "glue", at="st-20", optional=True),
    operation("look", "polish", at="st-30"),
)


def test_an_optional_operation_may_be_skipped_but_not_what_comes_before_it() -> None:
    last = at("st-30", *POLISHED)
    last.fresh("st-10", "st-20")
    last.happened(b.Commission("motor"), unit(M1))
    assert [reason.get("place") for _, reason in last.scan(M1).reasons], "glue is missing"
    last.happened(b.OperationCompleted("glue", "pass"), unit(M1))
    assert last.scan(M1).code == "done.started"


@pytest.mark.parametrize(
    "said", [b.OperationStarted("polish"), b.OperationCompleted("polish", "fail")], ids=["begun", "failed"]
)
def test_an_optional_operation_that_was_begun_must_pass(said: b.Body) -> None:
    last = at("st-30", *POLISHED)
    last.fresh("st-10", "st-20")
    last.happened(b.Commission("motor"), unit(M1))
    last.happened(b.OperationCompleted("glue", "pass"), unit(M1))
    last.happened(said, unit(M1))
    assert last.scan(M1).code == "interlock.blocked"


def test_at_one_workplace_an_optional_operation_is_a_choice() -> None:
    bench = at("st-10", operation("glue"), operation("polish", "glue", optional=True), operation("look", "polish"))
    do(bench, M1)
    bench.scan(M1)
    assert [tile.command for tile in scene(bench).choices][:-1] == ["OP:polish", "OP:look"]
    do(bench, "HW:OP:look")
    assert bench.view().standing(unit(M1)).state == "passed"
