"""Packing at the end of a line: cartons that fill, that are closed early, and units that may not go in."""

from __future__ import annotations

import pytest

from common import event_types as b
from common.definitions import Operation, Route
from common.definitions.naming import Name
from common.ids import Claim
from tests.support.factory import unit
from tests.support.shift import CARTON, OTHER_CARTON, TEST_OK, Shift

M1, M2 = "M-250-000001", "M-250-000002"


@pytest.fixture
def test_stand() -> Shift:
    """ST-30, with M1 pressed and wired, and everything up to date."""
    shift = Shift("st-30")
    arrives(shift, M1)
    shift.fresh("st-10", "st-20")
    return shift


def arrives(shift: Shift, serial: str) -> None:
    """A unit comes that is pressed and wired."""
    shift.happened(b.Commission("motor"), unit(serial))
    for operation in ("press", "wire"):
        shift.happened(b.OperationCompleted(operation, "pass"), unit(serial))


def packed(shift: Shift, serial: str, carton: str = CARTON) -> None:
    """A unit is tested and packed."""
    if serial != M1:
        arrives(shift, serial)
    shift.scan(serial)
    shift.measure(TEST_OK, "tester")
    shift.scan(carton)


def test_four_units_fill_a_carton_which_is_commissioned_once(test_stand: Shift) -> None:
    serials = [f"M-250-00000{i}" for i in range(1, 5)]
    for count, serial in enumerate(serials, 1):
        packed(test_stand, serial)
        assert test_stand.said[-1].code == "done.packed"
        assert (test_stand.said[-1].params["count"], test_stand.said[-1].params["room"]) == (count, 4)
    assert [body for body in test_stand.bodies if isinstance(body, b.Commission)] == [b.Commission("carton")]
    box = Claim("gs1:sscc", "106141411234567897")
    inside = [c.child for c in test_stand.view().standing(box).components]
    assert inside == [unit(serial) for serial in serials]
    assert test_stand.work.container is None
    packed(test_stand, "M-250-000005")
    assert test_stand.said[-1].code == "pack.full"
    assert test_stand.scan(OTHER_CARTON).code == "done.packed"


def test_a_unit_that_passed_waits_for_its_carton(test_stand: Shift) -> None:
    test_stand.scan(M1)
    test_stand.measure(TEST_OK, "tester")
    assert test_stand.prompt.code == "prompt.pack"
    assert test_stand.scan(M2).code == "pack.not_a_container"
    assert test_stand.facts[-1].on == (unit(M1),)
    assert test_stand.scan("HW:SIGNOUT").code == "command.finish_first"


def test_another_carton_than_the_open_one_is_refused(test_stand: Shift) -> None:
    packed(test_stand, M1)
    packed(test_stand, M2, OTHER_CARTON)
    shown = test_stand.said[-1]
    assert (shown.code, shown.params["open"]) == ("pack.other_open", "106141411234567897")
    assert test_stand.prompt.code == "prompt.pack_into"
    assert test_stand.scan(CARTON).params["count"] == 2


def test_a_carton_that_is_not_full_can_be_closed_and_another_begun(test_stand: Shift) -> None:
    packed(test_stand, M1)
    assert test_stand.scan("HW:CLOSE").code == "done.closed"
    packed(test_stand, M2, OTHER_CARTON)
    assert test_stand.scan("HW:CLOSE").params["container"] == Claim("gs1:sscc", OTHER_CARTON[5:])
    assert test_stand.scan("HW:CLOSE").code == "command.not_here"


def test_a_held_unit_is_not_packed_and_comes_back_when_it_is_released(test_stand: Shift) -> None:
    test_stand.scan(M1)
    test_stand.measure(TEST_OK, "tester")
    test_stand.happened(b.Hold("noise in the hall"), unit(M1))
    assert test_stand.scan(CARTON).code == "pack.held"
    assert test_stand.scan("HW:LEAVE").code == "done.set_aside"
    assert test_stand.prompt.code == "prompt.unit"


def test_a_unit_that_was_set_aside_is_packed_later_and_not_tested_again(test_stand: Shift) -> None:
    test_stand.scan(M1)
    test_stand.measure(TEST_OK, "tester")
    test_stand.scan("HW:LEAVE")
    assert test_stand.scan(M1).code == "done.to_pack"
    assert test_stand.scan(CARTON).code == "done.packed"
    assert test_stand.scan(M1).code == "interlock.blocked"


def test_the_room_in_a_carton_is_that_of_the_units_own_route() -> None:
    wrap = Operation("wrap", Name("包装", "Wrap"), ["st-30"], "test-form", packs=2)
    shift = Shift("st-30", [Route("another-route", Name("别的", "Another"), [wrap])])
    arrives(shift, M1)
    shift.fresh("st-10", "st-20")
    packed(shift, M1)
    assert shift.said[-1].params["room"] == 4
