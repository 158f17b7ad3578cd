"""A sub-assembly with a route of its own is built in when that has passed, and not before."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from common import event_types as b
from common.definitions import Material, Operation, Route
from common.definitions.naming import Name
from tests.support.factory import unit
from tests.support.shift import PRESS_OK, Shift, motor_pack

M1, HOUSING, ROTOR, MAGNET = "M-250-000001", "HL-2644", "R-88213-0456", "MG-2610-B"
SHAFT, BALANCE = Name("压轴", "Press the shaft"), Name("动平衡", "Balance")
ROUTE = Route(
    "rotor-route",
    Name("转子路线", "Rotor route"),
    [
        Operation("shaft", SHAFT, ["st-05"], "press-form"),
        Operation("balance", BALANCE, ["st-06"], "press-form", ["shaft"]),
        Operation("paint", Name("喷漆", "Paint"), ["st-06"], "press-form", ["balance"], optional=True),
    ],
)


def press(on_unknown: str = "block") -> Shift:
    """ST-10, where a rotor is asked for that is made here and was begun."""
    known = motor_pack().definitions
    rotor = next(d for d in known if isinstance(d, Material) and d.id == "rotor")
    route = next(d for d in known if isinstance(d, Route))
    operations = [replace(o, on_unknown=on_unknown) if o.id == "press" else o for o in route.operations]
    made = replace(rotor, origin="made", route="rotor-route")
    shift = Shift("st-10", [ROUTE, made, replace(route, operations=operations)])
    shift.happened(b.Commission("rotor"), unit(ROTOR))
    shift.happened(b.OperationCompleted("shaft", "pass"), unit(ROTOR))
    shift.scan(M1, HOUSING)
    return shift


def test_one_whose_route_has_not_passed_is_refused_and_what_is_missing_is_named() -> None:
    shift = press()
    shift.fresh("st-05", "st-06")
    shown = shift.scan(ROTOR)
    assert (shown.tone, shown.code) == ("ng", "component.unfinished")
    assert shown.reasons == (("interlock.missing", {"operation": BALANCE, "place": ["ST-06"]}),)
    assert isinstance(shift.bodies[-1], b.Refused)
    shift.happened(b.OperationStarted("balance"), unit(ROTOR))
    assert shift.scan(ROTOR).code == "component.unfinished"
    shift.happened(b.OperationCompleted("balance", "pass"), unit(ROTOR))
    assert shift.scan(ROTOR).code == "done.bound", "what is optional and was not begun is not asked for"


@pytest.mark.parametrize("policy", ["block", "override"])
def test_one_whose_records_cannot_be_seen_is_refused_where_policy_blocks(policy: str) -> None:
    shift = press(policy)
    shift.fresh("st-05")
    shown = shift.scan(ROTOR)
    assert (shown.code, [code for code, _ in shown.reasons]) == ("component.unfinished", ["interlock.unheard"])


def test_one_whose_records_cannot_be_seen_makes_the_pass_provisional_where_policy_says_so() -> None:
    shift = press("provisional")
    assert shift.scan(ROTOR).code == "done.bound"
    shift.scan(MAGNET)
    assert shift.measure(PRESS_OK).code == "done.provisional"
    assert shift.bodies[-1] == b.OperationCompleted("press", "pass", True, ("component",))


def test_what_was_not_sure_when_the_work_was_set_aside_makes_its_pass_provisional_all_the_same() -> None:
    shift = press("provisional")
    shift.scan(ROTOR, "HW:LEAVE", M1, MAGNET)
    assert shift.measure(PRESS_OK).code == "done.provisional"
    assert shift.bodies[-1] == b.OperationCompleted("press", "pass", True, ("component",))


def test_where_the_hub_is_in_reach_it_is_asked_before_the_no() -> None:
    """A rotor may come faster than its evidence."""
    shift = press()
    shift.fresh("st-05", "st-06")
    shift.may_ask = True
    bodies = len(shift.bodies)
    shift.scan(ROTOR)
    assert shift.turn.wants_newest
    assert len(shift.bodies) == bodies
