"""A kind of step is one class and its line in the table: prompt, codes, tiles and screen follow from it."""

from __future__ import annotations

import pytest

from common.barcode_router import Code
from common.definitions import Characteristic, Form, Partner, Step
from common.definitions.naming import Name
from station.messages import Prompt
from station.shown.work_screen import Phrase
from station.work.expected import Expected
from station.work.steps import progress
from station.work.steps.kind import KINDS, StepKind
from station.work.turn import Turn
from tests.support.shift import Shift

M1, ORDER = "M-250-000001", "WO-2611-0087"
NAME = Name("盖章", "Stamp")
HOURS = Characteristic("hours", Name("时间", "Hours"), "h", 1)


class StampStep(StepKind):
    """An order's label is scanned, then the hours are entered."""

    needs = "gauge"
    takes_part = True
    partner = "customer"
    is_amount = False

    def prompt(self, turn: Turn, step: Step, params: dict[str, object]) -> Prompt:
        return Prompt("prompt.document", params)

    def expects(self, turn: Turn, step: Step) -> Expected:
        return Expected(Phrase("expect.document"), "document", ("order",))

    def takes_orders(self, turn: Turn) -> bool:
        return True

    def number(self, turn: Turn, step: Step) -> Characteristic:
        return HOURS

    def scan(self, turn: Turn, step: Step, code: Code) -> None:
        turn.tell("done.stamped", document=code.value)
        progress.following(turn)


@pytest.fixture
def stamping(monkeypatch: pytest.MonkeyPatch) -> Shift:
    """ST-10 of a station that knows one kind of step more, with a motor in hand."""
    monkeypatch.setitem(KINDS, "stamp", StampStep())
    step = Step("stamp", NAME, "stamp", slot="housing")  # type: ignore[arg-type]
    form = Form("press-form", NAME, [step, Step("look", NAME, "enter", characteristics=[HOURS])])
    shift = Shift("st-10", [form, Partner("p", Name("乙", "B"), "customer")])
    shift.scan(M1)
    return shift


def test_a_new_kind_of_step_asks_takes_and_goes_on(stamping: Shift) -> None:
    assert (stamping.case.name, stamping.prompt.code) == ("at_step", "prompt.document")
    assert stamping.case.expects(stamping.now).kinds == ("order",)
    stamping.scan(ORDER)
    assert stamping.codes == ["done.stamped"]
    hand = stamping.work.hand
    assert hand is not None and hand.step == 1


def test_its_tiles_device_and_number_are_those_that_its_class_names(stamping: Shift) -> None:
    scene = stamping.scene
    assert {"MEASURE", "PARTNER"} <= {tile.command for tile in scene.tiles}
    assert scene.wanted is not None and not scene.wanted.amount
    assert stamping.scan("HW:PARTNER:p").code == "noted.partner"


def test_the_part_that_it_takes_is_shown(stamping: Shift) -> None:
    assert stamping.scene.instruction is not None
