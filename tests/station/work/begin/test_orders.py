"""Change-over by one scan: the order says what is made, another material is refused, and the screen counts."""

from __future__ import annotations

from typing import Any

import pytest

from common import event_types as b
from common.definitions import BomLine, Characteristic, Field, Form, Material, Operation, Route, Step
from common.definitions.naming import Name
from common.ids import Claim
from common.text import say
from station.shown.work_screen import Plan, Scene
from tests.support.factory import SITE, unit
from tests.support.shift import PRESS_OK, Shift

M1, M2 = "M-250-000001", "M-250-000002"
ORDER, OTHER = "WO-2611-0087", "WO-2611-0088"
PARTS = ("HL-2644", "R-88213-0456", "MG-2610-B")
MOTOR = Name("轮毂电机 M-250", "Hub motor M-250")
PUMP = Name("水泵", "Pump")


def order(value: str) -> Claim:
    return Claim(f"order@{SITE}", value)


@pytest.fixture
def press() -> Shift:
    """ST-10, which makes motors and pumps; one order for each of them is known."""
    gap = Characteristic("gap", Name("间隙", "Gap"), "mm", 2)
    form = Form("pump-form", Name("量", "Measure"), [Step("gap", gap.name, "enter", characteristics=[gap])])
    route = Route("pump-route", PUMP, [Operation("fit", Name("装配", "Fit"), ["st-10"], "pump-form")])
    pump = Material("pump", PUMP, "made", "unit", "pump-route")
    made = Shift("st-10", [form, route, pump])
    made.happened(b.OrderReceived("motor", "24", "pcs", "2026-11-30"), order(ORDER))
    made.happened(b.OrderReceived("pump", "6", "pcs"), order(OTHER))
    return made


def scene(shift: Shift) -> Scene:
    return shift.scene


def test_the_order_says_what_is_made_and_how_many(press: Shift) -> None:
    shown = press.scan(ORDER)
    assert say("en", shown.code, shown.params) == "Order: WO-2611-0087, 24 pcs Hub motor M-250"
    assert scene(press).plan == Plan(ORDER, 0, MOTOR, "24", "pcs", "2026-11-30")


def test_an_order_scanned_with_a_unit_of_another_in_hand_is_for_the_next_unit(press: Shift) -> None:
    press.happened(b.OrderReceived("motor", "8", "pcs"), order("WO-2611-0089"))
    press.scan(ORDER, M1)
    for later, words in (("WO-2611-0089", "WO-2611-0089, 8 pcs Hub motor M-250"), ("WO-2611-0999", "WO-2611-0999")):
        shown = press.scan(later)
        assert say("en", shown.code, shown.params) == f"For the next unit: {words}"
        assert (scene(press).order, press.work.order) == (ORDER, order(later))
    shown = press.scan(ORDER)
    assert shown.code == "order.known", "it is that of the unit in hand"


def test_an_order_scanned_with_a_unit_of_no_order_in_hand_is_for_this_unit(press: Shift) -> None:
    press.scan(M1)
    assert press.scan(ORDER).code == "order.known"
    assert scene(press).order == ORDER


def test_an_order_that_is_not_known_here_is_taken_as_it_stands(press: Shift) -> None:
    assert press.scan("WO-2611-0999").code == "order.set"
    assert scene(press).plan == Plan("WO-2611-0999", 0)
    assert press.scan(M1).code == "done.started"


def test_the_last_word_of_an_order_counts(press: Shift) -> None:
    press.happened(b.OrderReceived("motor", "30", "pcs"), order(ORDER))
    press.scan(ORDER)
    plan = scene(press).plan
    assert plan is not None and (plan.quantity, plan.due) == ("30", "")


def test_a_unit_of_another_material_is_not_made_for_the_order(press: Shift) -> None:
    press.scan(OTHER)
    shown = press.scan(M1)
    assert (shown.code, shown.params["expected"], shown.params["got"]) == ("changeover.other_material", PUMP, MOTOR)
    assert press.facts[-1].on == (unit(M1),) and press.work.hand is None
    assert press.scan(ORDER, M1).code == "done.started"


def test_an_order_for_another_material_does_not_come_between(press: Shift) -> None:
    press.scan(ORDER, M1)
    assert press.scan(OTHER).code == "changeover.other_material"
    assert press.work.order == order(ORDER)


@pytest.mark.parametrize("kind", ["scan", "text"])
def test_an_order_label_is_the_answer_to_a_page_that_asks_for_a_label_and_changes_no_order(kind: Any) -> None:
    name = Name("单据", "Paper")
    page = Step("page", name, "fill", fields=[Field("paper", name, kind), Field("clean", name, "yes_no")])
    shift = Shift("st-10", [Form("press-form", name, [page])])
    shift.scan(ORDER, M1)
    shown = shift.scan(OTHER)
    assert (shown.code, shown.params["value"]) == ("noted.field", OTHER)
    assert shift.work.order == order(ORDER)
    assert shift.scan(OTHER).code == "order.set_next", "the page asks for no label any more"
    shift.scan("HW:YES", "HW:CONFIRM")
    (found,) = [body for body in shift.bodies if isinstance(body, b.MeasuredPage)]
    assert found.entries[0].value == OTHER  # type: ignore[union-attr]


def test_an_order_for_something_else_than_is_made_here_is_refused() -> None:
    shift = Shift("st-10")
    shift.happened(b.OrderReceived("carton", "5", "pcs"), order(ORDER))
    assert shift.scan(ORDER).code == "changeover.not_here"
    assert shift.work.order is None


def test_a_unit_of_another_order_shows_its_own(press: Shift) -> None:
    press.happened(b.Commission("motor", ORDER), unit(M1))
    press.scan(OTHER)
    assert press.scan(M1).code == "done.started"
    found = scene(press)
    assert (found.order, found.material) == (ORDER, MOTOR)
    assert press.work.order == order(OTHER)


def test_what_passes_here_is_counted_for_its_order_and_taken_back_with_it(press: Shift) -> None:
    press.scan(ORDER, M1, *PARTS)
    press.measure(PRESS_OK)
    plan = scene(press).plan
    assert plan is not None and plan.done == 1
    press.scan(OTHER)
    press.happened(b.Commission("pump", OTHER), unit(M2))
    press.scan(M2, "HW:N:0.20")
    assert press.work.made == {ORDER: 1, OTHER: 1}
    press.scan("HW:UNDO")
    assert press.work.made == {ORDER: 1, OTHER: 0}


def test_the_screen_shows_every_material_that_a_slot_takes() -> None:
    spare = Material("magnet-2", Name("磁钢 II", "Magnets II"), "bought", "lot")
    shift = Shift("st-10")
    motor = shift.definitions.get(Material, "motor")
    assert motor is not None
    line = BomLine("magnet", "magnet", "12", "pcs", Name("磁钢", "Magnets"), alternatives=["magnet-2"])
    shift = Shift("st-10", [spare, Material("motor", motor.name, "made", "unit", motor.route, [line])])
    shift.scan(M1)
    assert [name.say("en") for name in scene(shift).parts[0].allowed] == ["NdFeB magnet N42SH", "Magnets II"]
