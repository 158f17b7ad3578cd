"""The way of work at one workplace, as pure turns: what an operator scans, what is answered, what is written down."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from common import event_types as b
from common.definitions import CodeRule, Definitions, Form, Person, Step
from common.definitions.naming import Name
from common.ids import Claim, b64
from common.judge import Source
from common.text import Typed
from station.devices.plc_block import Command, State
from station.messages import TYPED
from station.shown.work_screen import Tile
from tests.support.factory import SITE, unit
from tests.support.shift import (
    CARTON,
    NOTHING,
    PRESS_OK,
    TEST_NOISY,
    TEST_OK,
    Shift,
    motor_pack,
)

M1, M2 = "M-250-000001", "M-250-000002"
HOUSING, ROTOR, MAGNET = "HL-2644", "R-88213-0456", "MG-2610-B"
CONTROLLER, OTHER_CONTROLLER, SCREWS = "C25-01187", "C25-01188", "SC-2638"
PARTS = (HOUSING, ROTOR, MAGNET)


@pytest.fixture
def press() -> Shift:
    """ST-10, somebody signed in."""
    return Shift("st-10")


@pytest.fixture
def test_stand() -> Shift:
    """ST-30, with M1 pressed and wired, and everything up to date."""
    shift = Shift("st-30")
    arrives(shift, M1, "press", "wire")
    shift.fresh("st-10", "st-20")
    return shift


def arrives(shift: Shift, serial: str, *passed: str) -> None:
    """A unit comes that passed these operations elsewhere."""
    shift.happened(b.Commission("motor"), unit(serial))
    for operation in passed:
        shift.happened(b.OperationCompleted(operation, "pass"), unit(serial))


def tiles(shift: Shift) -> dict[str, Tile]:
    return {tile.command: tile for tile in shift.scene.tiles}


def reworked() -> Shift:
    """ST-20, where M1 waits for its rework with a controller in it."""
    shift = Shift("st-20")
    arrives(shift, M1, "press", "wire")
    shift.happened(b.Bind("controller", "controller", "1", "pcs", "wire"), unit(M1), unit(CONTROLLER))
    shift.happened(b.OperationCompleted("test", "fail", reasons=("noise",)), unit(M1))
    return shift


# Signing in -----------------------------------------------------------------------------------------------------------
def test_nothing_is_done_before_somebody_signs_in() -> None:
    shift = Shift("st-10", signed_in=False)
    assert shift.prompt.code == "prompt.sign_in"
    for code in (M1, "HW:LEAVE", "WO-2611-0087", CARTON):
        assert shift.scan(code).code == "sign_in.first"
    assert shift.work.hand is None
    assert {type(body) for body in shift.bodies} == {b.Refused}


def test_a_badge_signs_in_and_the_unit_is_asked_for() -> None:
    shift = Shift("st-10", signed_in=False)
    shown = shift.scan("B10021")
    assert (shown.tone, shown.code, shown.params) == ("ok", "done.signed_in", {"name": "王强"})
    assert shift.bodies == [b.SignIn("st-10", "in")]
    assert shift.prompt.code == "prompt.unit"


def test_an_unknown_badge_is_refused_and_its_number_is_never_written_down() -> None:
    shift = Shift("st-10", signed_in=False)
    assert shift.scan("B99999").code == "sign_in.unknown"
    assert shift.bodies == [b.Refused("-", "sign_in.unknown", "badge")]


def test_a_code_may_be_typed_but_no_badge() -> None:
    press = Shift("st-10", signed_in=False)
    refused = press.scan("B10034", device=TYPED)
    assert (refused.code, refused.event is not None, press.work.person) == ("typed.badge", True, None)
    assert "B10034" not in str(press.bodies)
    press.scan("B10034")
    assert press.scan(M1, device=TYPED).code == "done.started"
    assert press.scan(HOUSING, device=TYPED).code == "done.bound"


def test_another_person_takes_over_in_the_middle(press: Shift) -> None:
    press.scan(M1, HOUSING, "B10034", "HW:SIGNOUT")
    assert press.work.person == "p-li"
    assert press.prompt.params["number"] == 2


def test_sign_out_waits_for_the_unit_in_hand(press: Shift) -> None:
    assert press.scan(M1, "HW:SIGNOUT").code == "command.finish_first"
    assert press.scan("HW:LEAVE", "HW:SIGNOUT").code == "done.signed_out"
    assert press.bodies[-1] == b.SignIn("st-10", "out")
    assert press.prompt.code == "prompt.sign_in"


# The first unit -------------------------------------------------------------------------------------------------------
def test_a_new_unit_is_commissioned_for_the_order_and_begun(press: Shift) -> None:
    assert press.scan("WO-2611-0087").code == "order.set"
    press.scan(M1)
    assert press.codes == ["done.commissioned", "done.started"]
    assert press.bodies[-2:] == [b.Commission("motor", "WO-2611-0087"), b.OperationStarted("press")]
    assert press.facts[-1].on == (unit(M1),)


def test_each_scan_binds_and_moves_on(press: Shift) -> None:
    press.scan(M1)
    for number, (code, slot) in enumerate(zip(PARTS, ("housing", "rotor", "magnet"), strict=True), 1):
        assert press.prompt.code == "prompt.scan"
        assert press.prompt.params["number"] == number
        assert press.scan(code).code == "done.bound"
        body = press.bodies[-1]
        assert isinstance(body, b.Bind)
        assert (body.slot, body.material) == (slot, slot)
    assert press.facts[-2].on == (unit(M1), unit(ROTOR))
    assert press.facts[-1].on == (unit(M1), Claim(f"lot@{SITE}", f"magnet/{MAGNET}"))
    assert press.prompt.code == "prompt.machine"


def test_scanning_the_unit_in_hand_again_changes_nothing(press: Shift) -> None:
    written = len(press.facts)
    press.scan(M1)
    assert press.scan(HOUSING, M1).code == "ignored.in_hand"
    assert len(press.facts) == written + 3


# Double scans ---------------------------------------------------------------------------------------------------------
def test_a_double_scan_is_ignored(press: Shift) -> None:
    press.scan(M1, HOUSING)
    written = len(press.facts)
    assert press.scan(HOUSING, after_ms=300).code == "ignored.double"
    assert len(press.facts) == written
    assert press.prompt.params["number"] == 2


def test_the_same_code_a_second_later_is_a_new_scan(press: Shift) -> None:
    press.scan(M1, HOUSING)
    assert press.scan(HOUSING, after_ms=1_000).code == "component.wrong"


def test_the_same_code_from_another_scanner_is_a_new_scan(press: Shift) -> None:
    press.scan(M1, HOUSING)
    assert press.scan(HOUSING, after_ms=300, device="scanner-2").code == "component.wrong"


def test_after_a_reboot_the_last_code_can_be_scanned_again(press: Shift) -> None:
    press.scan(M1)
    press.now_ms = 20_000  # monotonic time began anew
    assert press.scan(M1).code == "ignored.in_hand"


def test_two_scans_are_a_double_by_when_they_were_scanned_not_by_when_they_are_read(press: Shift) -> None:
    press.scan(M1, HOUSING)
    assert press.scan(HOUSING, after_ms=300, waited_ms=4_700).code == "ignored.double"  # the disk was slow


# What may not go in ---------------------------------------------------------------------------------------------------
def test_a_wrong_component_is_refused_with_what_belongs_there_and_recorded(press: Shift) -> None:
    shown = press.scan(M1, ROTOR)
    assert (shown.tone, shown.code) == ("ng", "component.wrong")
    assert shown.params["scanned"] == ROTOR
    assert shown.params["expected"] == Name("压铸铝壳体", "Die-cast aluminium housing")
    body = press.bodies[-1]
    assert isinstance(body, b.Refused)
    assert (body.operation, body.code) == ("press", "component.wrong")
    assert press.facts[-1].on == (unit(M1),)
    assert press.prompt.params["number"] == 1


def test_a_used_component_is_refused(press: Shift) -> None:
    press.happened(b.Bind("rotor", "rotor", "1", "pcs", "press"), unit(M2), unit(ROTOR))
    shown = press.scan(M1, HOUSING, ROTOR)
    assert (shown.code, shown.params["parent"]) == ("component.used", unit(M2))


def test_a_lot_goes_into_many_units(press: Shift) -> None:
    press.happened(b.Bind("housing", "housing", "1", "pcs", "press"), unit(M2), Claim(f"lot@{SITE}", "housing/HL-2644"))
    assert press.scan(M1, HOUSING).code == "done.bound"


def test_a_held_component_is_refused_with_the_reason(press: Shift) -> None:
    press.happened(b.Hold("来料裂纹"), unit(ROTOR))
    shown = press.scan(M1, HOUSING, ROTOR)
    assert (shown.code, shown.params["reason"]) == ("component.held", (Typed("来料裂纹"),))


def test_a_refused_component_is_judged_anew_when_something_new_is_known(press: Shift) -> None:
    press.happened(b.Hold("来料裂纹"), unit(ROTOR))
    press.scan(M1, HOUSING, ROTOR)
    assert press.scene.unfit == "component.held"
    tags = tuple(cause.tag for cause in press.view().standing(unit(ROTOR)).holds)
    press.happened(b.Release(tags, "checked", "use_as_is"), unit(ROTOR))
    assert press.scene.unfit == ""
    press.happened(b.OperationCompleted("balance", "fail"), unit(ROTOR))
    assert press.scene.unfit == "component.failed", "what would be said now"
    press.scan("B10021")
    assert press.scene.unfit == "", "the next scan is another one"


def test_a_scrapped_component_is_refused(press: Shift) -> None:
    press.happened(b.Scrap("shaft-bent"), unit(ROTOR))
    assert press.scan(M1, HOUSING, ROTOR).params["reason"] == ("scrap",)


def test_a_component_with_the_longest_code_there_can_be_is_bound() -> None:
    rule = CodeRule("long", Name("长", "Long"), "unit", r"(?P<value>R-9\d{4});[A-Z]{500}", "R-90001;", "rotor")
    shift = Shift("st-10", [rule])
    assert shift.scan(M1, HOUSING, "R-90001;" + "A" * 500).code == "done.bound"
    assert shift.facts[-1].on == (unit(M1), unit("R-90001"))


def test_nothing_is_scanned_during_a_machine_step(press: Shift) -> None:
    assert press.scan(M1, *PARTS, "R-88213-0457").code == "component.not_now"
    assert press.prompt.code == "prompt.machine"


@pytest.mark.parametrize("raw", ["???", "HW:NONSENSE", "]C10012345", "x" * 4_000])
def test_what_is_no_code_is_refused_with_its_bytes(press: Shift, raw: str) -> None:
    shown = press.scan(M1, raw)
    assert shown.tone == "ng"
    assert shown.code.startswith("barcode.")
    body = press.bodies[-1]
    assert isinstance(body, b.Refused)
    assert body.scan


# Which units may be worked on -----------------------------------------------------------------------------------------
def test_a_unit_of_no_route_here_is_refused(press: Shift) -> None:
    assert press.scan("C25-01187").code == "unit.no_operation"
    assert press.facts[-1].on == (unit("C25-01187"),)


@pytest.mark.parametrize("code", [HOUSING, CARTON])
def test_only_a_unit_is_taken_in_hand(press: Shift, code: str) -> None:
    assert press.scan(code).code == "unit.not_a_unit"


def test_who_is_not_qualified_may_not_begin() -> None:
    shift = Shift("st-10", [Person("p-wang", ["operator"], ["wire"])])
    shown = shift.scan(M1)
    assert shown.code == "person.not_qualified"
    assert shown.params["people"] == ["陈伟", "李娜", "刘洋", "周敏"], "it says who is"
    assert shift.scan("B10034", "HW:SIGNOUT", M1).code == "done.started"


def test_an_operation_whose_form_is_not_here_yet_cannot_begin_and_never_passes() -> None:
    shift = Shift("st-10")
    known = [d for d in motor_pack().definitions if not isinstance(d, Form)]
    shift.definitions = Definitions.of(known)
    assert shift.scan(M1).code == "unit.no_form"
    assert shift.work.hand is None


def test_a_unit_that_skipped_an_operation_is_blocked_with_the_reason_and_who_can_release(press: Shift) -> None:
    shift = Shift("st-30")
    arrives(shift, M1, "press")
    shift.fresh("st-10", "st-20", age_ms=2_000)
    shown = shift.scan(M1)
    assert (shown.tone, shown.code) == ("ng", "interlock.blocked")
    assert shown.params["release"] == ["supervisor", "quality"]
    place = Name("ST-20 接线与拧紧", "ST-20 Wiring and screwing")
    why = {"operation": Name("接线与拧紧", "Wire and screw"), "place": [place]}
    assert shown.reasons == (("interlock.missing", why),)
    said = b.Refused("test", "interlock.blocked", "unit motor", b64(M1.encode()), ("interlock.missing",))
    assert shift.bodies[-1] == said
    assert shift.work.machines == {}


@pytest.mark.parametrize("sources", [{}, {"st-20": (Source("b" * 26, 3_001),)}, {"st-20": (Source("b" * 26, None),)}])
def test_without_up_to_date_evidence_policy_lets_it_begin_provisionally(sources: dict[str, tuple[Source, ...]]) -> None:
    shift = Shift("st-30")
    shift.sources = sources
    shown = shift.scan(M1)
    assert (shown.tone, shown.code) == ("unknown", "done.started_provisional")
    assert shift.bodies[-1] == b.OperationStarted("test", ("wire",))
    assert shift.measure(TEST_OK, "tester").code == "done.provisional"
    assert shift.bodies[-1] == b.OperationCompleted("test", "pass", True, ("wire",))


def test_without_up_to_date_evidence_policy_may_also_block() -> None:
    shift = Shift("st-20")
    arrives(shift, M1)
    shift.fresh("st-10", age_ms=41_000)
    shown = shift.scan(M1)
    assert shown.code == "interlock.not_seen"
    assert shown.reasons[0][0] == "interlock.unknown"
    assert shown.reasons[0][1]["age_s"] == 41


def test_before_it_says_no_it_looks_once_more_if_the_hub_is_in_reach() -> None:
    shift = Shift("st-30")
    shift.fresh("st-20")
    shift.may_ask = True
    assert shift.scan(M1) == NOTHING
    assert shift.turn.wants_newest
    shift.may_ask = False
    assert shift.scan(M1, after_ms=0).code == "interlock.blocked"


@pytest.mark.parametrize(
    ("body", "code", "reason"),
    [
        (b.Hold("抽检不合格"), "interlock.on_hold", "interlock.hold"),
        (b.Scrap("shaft-bent"), "interlock.blocked", "interlock.scrapped"),
        (b.OperationCompleted("wire", "fail"), "interlock.blocked", "interlock.fail"),
        (b.OperationCompleted("test", "fail"), "interlock.blocked", "interlock.rework"),
    ],
)
def test_bad_news_blocks_and_says_which(test_stand: Shift, body: b.Body, code: str, reason: str) -> None:
    test_stand.happened(body, unit(M1))
    shown = test_stand.scan(M1)
    assert (shown.code, [code for code, _ in shown.reasons]) == (code, [reason])


# NG, leave, scrap -----------------------------------------------------------------------------------------------------
def test_what_the_worker_fails_needs_rework_next(test_stand: Shift) -> None:
    assert test_stand.scan(M1, "HW:NG:noise").code == "done.failed_rework"
    assert test_stand.bodies[-1] == b.OperationCompleted("test", "fail", reasons=("noise",))
    assert test_stand.request("tester").command is Command.ABORT
    shown = test_stand.scan(M1)
    assert shown.reasons[0][0] == "interlock.rework"
    assert shown.reasons[0][1]["rework"] == Name("返工", "Rework")


def test_work_that_was_left_goes_on_where_it_stood(press: Shift) -> None:
    press.scan(M1, HOUSING, ROTOR)
    assert press.scan("HW:LEAVE:shift-end").code == "done.left"
    assert press.bodies[-1] == b.OperationLeft("press", "magnet", "shift-end")
    assert press.prompt.code == "prompt.unit"
    press.scan(M1)
    assert press.codes == ["done.started", "ignored.bound", "ignored.bound"]
    assert press.prompt.params["number"] == 3
    press.scan(MAGNET)
    press.measure(PRESS_OK)
    standing = press.view().standing(unit(M1))
    assert standing.outcome("press") == "pass"
    assert [c.slot for c in standing.components] == ["housing", "rotor", "magnet"]
    assert not standing.findings


def test_scrap_needs_its_reason_and_is_final(press: Shift) -> None:
    assert press.scan(M1, "HW:SCRAP").code == "command.reason"
    assert press.scan("HW:SCRAP:noise").code == "command.reason"
    assert press.scan("HW:SCRAP:shaft-bent").code == "done.scrapped"
    assert press.bodies[-1] == b.Scrap("shaft-bent", "press")
    assert press.scan(M1).reasons[0][0] == "interlock.scrapped"


@pytest.mark.parametrize("command", ["HW:LEAVE", "HW:NG:noise", "HW:SCRAP:shaft-bent", "HW:CANCEL"])
def test_commands_about_a_unit_need_one(press: Shift, command: str) -> None:
    assert press.scan(command).code == "command.no_unit"


@pytest.mark.parametrize("command", ["HW:CONFIRM", "HW:CLOSE"])
def test_a_command_that_does_not_apply_is_refused(press: Shift, command: str) -> None:
    assert press.scan(M1, command).code == "command.not_here"


@pytest.mark.parametrize("command", ["HW:NG:shaft-bent", "HW:NG:none-such", "HW:LEAVE:none-such"])
def test_a_reason_must_be_one_of_the_card(press: Shift, command: str) -> None:
    assert press.scan(M1, command).code == "command.reason"
    assert press.work.hand is not None


# Rework ---------------------------------------------------------------------------------------------------------------
def test_rework_replaces_a_component_in_two_scans_and_one_event() -> None:
    shift = reworked()
    assert shift.scan(M1).code == "done.started"
    assert shift.prompt.code == "prompt.replace_old"
    assert shift.scan(CONTROLLER).code == "replace.out"
    assert shift.prompt.code == "prompt.replace_new"
    assert shift.scan(OTHER_CONTROLLER).code == "done.replaced"
    body = shift.bodies[-1]
    assert isinstance(body, b.Replace)
    assert len(body.tags) == 1
    assert shift.facts[-1].on == (unit(M1), unit(OTHER_CONTROLLER), unit(CONTROLLER))
    shift.measure((240, 241, 242, 243), "driver")
    standing = shift.view().standing(unit(M1))
    assert [c.child for c in standing.components if c.removed_by is None] == [unit(OTHER_CONTROLLER)]
    assert standing.outcome("rework") == "pass"


def test_a_component_whose_label_is_ruined_comes_out_if_it_is_the_only_one_there() -> None:
    shift = reworked()
    shift.scan(M1)
    assert tiles(shift)["OUT"].params == {"component": unit(CONTROLLER)}
    assert shift.scan("HW:OUT", device="screen").code == "replace.out"
    assert "OUT" not in tiles(shift)
    assert shift.scan("HW:OUT").code == "command.not_here"
    assert shift.scan(OTHER_CONTROLLER).code == "done.replaced"
    assert shift.facts[-1].on == (unit(M1), unit(OTHER_CONTROLLER), unit(CONTROLLER))


def test_of_two_components_in_a_slot_a_label_says_which_comes_out() -> None:
    shift = reworked()
    shift.happened(b.Bind("controller", "controller", "1", "pcs", "wire"), unit(M1), unit(OTHER_CONTROLLER))
    shift.scan(M1)
    assert "OUT" not in tiles(shift)
    assert shift.scan("HW:OUT").code == "command.not_here"
    assert shift.scan(CONTROLLER).code == "replace.out"


def test_what_is_not_inside_cannot_come_out() -> None:
    assert reworked().scan(M1, OTHER_CONTROLLER).code == "component.not_inside"


def test_a_held_component_can_be_taken_out_but_not_put_in() -> None:
    shift = reworked()
    shift.happened(b.Hold("召回"), unit(CONTROLLER))
    shift.happened(b.Hold("召回"), unit(OTHER_CONTROLLER))
    assert shift.scan(M1, CONTROLLER).code == "replace.out"
    assert shift.scan(OTHER_CONTROLLER).code == "component.held"
    assert shift.scan("C25-01189").code == "done.replaced"


def test_a_replace_step_is_skipped_when_there_is_nothing_to_replace() -> None:
    shift = Shift("st-20")
    arrives(shift, M1, "press", "wire")
    shift.happened(b.OperationCompleted("test", "fail"), unit(M1))
    shift.scan(M1)
    assert shift.codes == ["done.started", "ignored.empty"]
    assert shift.prompt.code == "prompt.machine"


def test_after_its_rework_a_unit_is_tested_again(test_stand: Shift) -> None:
    test_stand.scan(M1, "HW:NG:noise")
    test_stand.machine(replace(test_stand.result((), "tester"), state=State.ABORTED), "tester")
    test_stand.happened(b.OperationCompleted("rework", "pass"), unit(M1))
    assert test_stand.scan(M1).code == "done.started"


def test_a_unit_that_failed_by_measurement_is_not_packed(test_stand: Shift) -> None:
    test_stand.scan(M1)
    assert test_stand.measure(TEST_NOISY, "tester").code == "done.failed_rework"
    assert test_stand.prompt.code == "prompt.unit"


# Definitions change ---------------------------------------------------------------------------------------------------
def test_a_form_that_changes_under_a_unit_skips_no_step(press: Shift) -> None:
    press.scan(M1, HOUSING)
    form = press.definitions.get(Form, "press-form")
    assert form is not None
    first = Step("screws", Name("扫螺钉", "Scan the screws"), "scan", slot="screws")
    press.definitions = Definitions.of([*motor_pack().definitions, replace(form, steps=[first, *form.steps])])
    assert press.prompt.code == "prompt.leave"
    assert press.scan(ROTOR).code == "unit.changed"
    assert press.scan("HW:LEAVE", M1).code == "done.started"
    assert press.prompt.params["step"] == first.name
    press.scan(SCREWS)
    assert press.codes == ["done.bound", "ignored.bound"]
    assert press.prompt.params["number"] == 3


def test_the_same_turn_comes_of_the_same_work_input_and_view(press: Shift) -> None:
    other = Shift("st-10")
    for shift in (press, other):
        shift.scan(M1, *PARTS)
    assert press.work == other.work
    assert press.facts == other.facts
