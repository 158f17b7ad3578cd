"""Components in their slots: one scan is one thing, and a slot of several takes as many scans."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from common import event_types as b
from common.definitions import Form, Material
from tests.support.factory import lot, unit
from tests.support.shift import Shift

M1 = "M-250-000001"
CONTROLLER, OTHER_CONTROLLER, THIRD = "C25-01187", "C25-01188", "C25-01189"


def of_three(station: str) -> Shift:
    """A workplace of a motor with three controllers; M1 is pressed."""
    motor = Shift(station).definitions.get(Material, "motor")
    assert motor is not None
    bom = [replace(line, quantity="3") if line.slot == "controller" else line for line in motor.bom]
    shift = Shift(station, definitions=[replace(motor, bom=bom)])
    shift.happened(b.Commission("motor"), unit(M1))
    shift.happened(b.OperationCompleted("press", "pass"), unit(M1))
    shift.fresh("st-10")
    return shift


def inside(shift: Shift) -> dict[str, Decimal]:
    """Map each controller in M1 to its quantity."""
    standing = shift.view().standing(unit(M1)).components
    return {c.child.value: Decimal(c.quantity) for c in standing if c.removed_by is None and c.slot == "controller"}


def test_a_slot_of_three_takes_three_scans_and_each_binds_one() -> None:
    shift = of_three("st-20")
    shift.scan(M1)
    for count, serial in enumerate((CONTROLLER, OTHER_CONTROLLER, THIRD), 1):
        assert (shift.prompt.code, shift.prompt.params["have"]) == ("prompt.add", str(count - 1))
        said = shift.scan(serial)
        assert (said.code, said.params["count"], said.params["room"]) == ("done.added", str(count), "3")
    assert inside(shift) == dict.fromkeys((CONTROLLER, OTHER_CONTROLLER, THIRD), Decimal(1))
    assert shift.prompt.code == "prompt.scan"


def test_what_is_missing_in_a_slot_is_asked_for_when_the_work_goes_on() -> None:
    shift = of_three("st-20")
    shift.happened(b.Bind("controller", "controller", "1", "pcs", "wire"), unit(M1), unit(CONTROLLER))
    shift.scan(M1)
    assert (shift.prompt.code, shift.prompt.params["have"]) == ("prompt.add", "1")


def test_one_of_three_is_swapped_and_the_others_stay() -> None:
    shift = of_three("st-20")
    for serial in (CONTROLLER, OTHER_CONTROLLER, THIRD):
        shift.happened(b.Bind("controller", "controller", "1", "pcs", "wire"), unit(M1), unit(serial))
    for operation, outcome in (("wire", "pass"), ("test", "fail")):
        shift.happened(b.OperationCompleted(operation, outcome), unit(M1))
    shift.fresh("st-30")
    shift.scan(M1)
    assert shift.scan(OTHER_CONTROLLER).code == "replace.out"
    assert shift.scan("C25-01190").code == "done.replaced"
    assert inside(shift) == dict.fromkeys((CONTROLLER, THIRD, "C25-01190"), Decimal(1))
    found = shift.view().standing(unit(M1)).findings
    assert [f.kind for f in found if f.kind == "slot_over_full"] == []


def test_a_lot_is_replaced_by_as_much_as_came_out() -> None:
    of_motor = Shift("st-20").definitions
    rework = next(f for f in of_motor.all(Form) if any(step.kind == "replace" for step in f.steps))
    steps = [replace(step, slot="magnet") if step.kind == "replace" else step for step in rework.steps]
    shift = Shift("st-20", definitions=[replace(rework, steps=steps)])
    shift.happened(b.Commission("motor"), unit(M1))
    for operation, outcome in (("press", "pass"), ("wire", "pass"), ("test", "fail")):
        shift.happened(b.OperationCompleted(operation, outcome), unit(M1))
    for amount, number in (("10", "MG-2610-B"), ("2", "MG-2611-A")):
        shift.happened(b.Bind("magnet", "magnet", amount, "pcs", "press"), unit(M1), lot(f"magnet/{number}"))
    shift.fresh("st-10", "st-30")
    shift.scan(M1)
    assert shift.scan("MG-2611-A").code == "replace.out"
    assert shift.scan("MG-2612-C").code == "done.replaced"
    body = shift.bodies[-1]
    assert isinstance(body, b.Replace)
    assert body.quantity == "2"
