"""UNDO: a correcting event takes back what was confirmed last, and its step is to do again; what cannot be says why."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from common import event_types as b
from common.definitions import Characteristic, Field, Form, Line, Step
from common.definitions.naming import Name
from common.ids import tag
from common.text import say
from station.devices.plc_block import Command
from station.work.drafts import freeze, thaw
from tests.support.factory import unit
from tests.support.shift import CARTON, PRESS_OK, TEST_OK, Shift, load_pack

M1, M2 = "M-250-000001", "M-250-000002"
HOUSING, OTHER_HOUSING, ROTOR, MAGNET = "HL-2644", "HL-2645", "R-88213-0456", "MG-2610-B"
UNDO = "HW:UNDO"


@pytest.fixture
def press() -> Shift:
    """ST-10, somebody signed in."""
    return Shift("st-10")


def at_the_test() -> Shift:
    """ST-30, where M1 is in hand and was pressed and wired elsewhere."""
    shift = Shift("st-30")
    shift.happened(b.Commission("motor"), unit(M1))
    for operation in ("press", "wire"):
        shift.happened(b.OperationCompleted(operation, "pass"), unit(M1))
    shift.fresh("st-10", "st-20")
    shift.scan(M1)
    return shift


def inside(shift: Shift) -> list[str]:
    """What is in M1 by now."""
    found = shift.view().standing(unit(M1)).components
    return [c.child.value.rpartition("/")[2] for c in found if c.removed_by is None]


def undoable(shift: Shift) -> str:
    """What the screen says that UNDO would take back."""
    tiles = [tile for tile in shift.scene.tiles if tile.command == "UNDO"]
    return tiles[0].params["what"].say("en") if tiles else ""  # type: ignore[attr-defined]


# A part ---------------------------------------------------------------------------------------------------------------
def test_a_part_that_was_scanned_comes_out_again_and_its_step_is_to_do_again(press: Shift) -> None:
    press.scan(M1, HOUSING, ROTOR)
    assert undoable(press) == f"Rotor {ROTOR}"
    shown = press.scan(UNDO)
    assert (shown.tone, shown.code) == ("hold", "done.undone")
    assert isinstance(press.bodies[-1], b.Void)
    assert press.facts[-1].on == (unit(M1), unit(ROTOR))
    assert inside(press) == [HOUSING]
    assert press.prompt.params["number"] == 2
    assert press.scan(ROTOR).code == "done.bound"
    assert inside(press) == [HOUSING, ROTOR]


def test_undo_again_takes_back_the_one_before(press: Shift) -> None:
    press.scan(M1, HOUSING, ROTOR, UNDO)
    assert undoable(press) == f"Housing {HOUSING}"
    assert press.scan(UNDO).code == "done.undone"
    assert (inside(press), press.prompt.params["number"]) == ([], 1)
    press.scan(OTHER_HOUSING)
    assert inside(press) == [OTHER_HOUSING]


def test_undo_of_the_last_part_takes_its_permit_back_from_the_machine(press: Shift) -> None:
    press.scan(M1, HOUSING, ROTOR, MAGNET)
    assert press.request().command is Command.PERMIT
    press.scan(UNDO)
    assert press.request().command is Command.ABORT
    assert press.prompt.params["number"] == 3


def test_what_was_taken_back_counts_for_nothing_anywhere(press: Shift) -> None:
    press.scan(M1, HOUSING, ROTOR, UNDO)
    other = Shift("st-20", story=press.story)
    assert [c.child for c in other.view().standing(unit(ROTOR)).within if c.removed_by is None] == []
    assert press.view().standing(unit(M1)).corrected[0].who == press.work.person


def test_a_replacement_goes_back_to_the_old_part() -> None:
    shift = Shift("st-20")
    shift.happened(b.Commission("motor"), unit(M1))
    for operation in ("press", "wire"):
        shift.happened(b.OperationCompleted(operation, "pass"), unit(M1))
    shift.happened(b.Bind("controller", "controller", "1", "pcs", "wire"), unit(M1), unit("C25-01187"))
    shift.happened(b.OperationCompleted("test", "fail", reasons=("noise",)), unit(M1))
    shift.scan(M1, "C25-01187", "C25-01188")
    assert inside(shift) == ["C25-01188"]
    shift.scan(UNDO)
    assert inside(shift) == ["C25-01187"]
    assert shift.prompt.code == "prompt.replace_new", "the old one was scanned out before that"
    shift.scan(UNDO)
    assert (shift.said[-1].code, shift.prompt.code) == ("noted.undone", "prompt.replace_old")


# Beginning and end ----------------------------------------------------------------------------------------------------
def test_the_wrong_label_was_scanned_and_nothing_was_made(press: Shift) -> None:
    press.scan(M1, UNDO)
    assert press.codes == ["done.undone", "done.undone"]
    assert (press.work.hand, press.prompt.code) == (None, "prompt.unit")
    assert press.view().standing(unit(M1)).state == "unknown"
    press.scan(M1)
    assert press.codes == ["done.commissioned", "done.started"]


def test_a_fail_by_card_is_taken_back_and_the_machine_is_asked_again() -> None:
    shift = at_the_test()
    shift.scan("HW:NG:noise")
    assert undoable(shift) == "fail of End-of-line test"
    shift.scan(UNDO)
    assert shift.view().standing(unit(M1)).outcome("test") == "started"
    assert shift.prompt.code == "prompt.machine"
    waits = shift.work.machines["tester"]
    assert waits.wanted or waits.open


def test_a_scrap_is_unscrapped(press: Shift) -> None:
    press.scan(M1, "HW:SCRAP:shaft-bent")
    scrap = press.story.past[-1][1].id
    press.scan(UNDO)
    assert press.bodies[-1] == b.Unscrap((tag(scrap, 0),), "undo")
    assert (press.view().standing(unit(M1)).state, press.prompt.params["number"]) == ("in_process", 1)


def test_work_that_was_left_is_in_hand_again(press: Shift) -> None:
    press.scan(M1, HOUSING, "HW:LEAVE", UNDO)
    assert press.work.hand is not None
    assert press.prompt.params["number"] == 2


def test_a_unit_comes_out_of_its_carton_and_waits_for_another() -> None:
    shift = at_the_test()
    shift.measure(TEST_OK, "tester")
    shift.scan(CARTON)
    assert shift.codes == ["done.container", "done.packed"]
    shift.scan(UNDO)
    assert shift.view().standing(unit(M1)).within[0].removed_by is not None
    assert (shift.work.packing, shift.prompt.code) == (unit(M1), "prompt.pack")


def test_the_question_names_the_verdict_first_the_unit_all_else_that_is_undone_and_who_signs() -> None:
    gap = Characteristic("gap", Name("间隙", "Gap"), "mm", 2, "0.10", "0.30")
    steps = [Step("gap", Name("间隙", "Gap"), "enter", characteristics=[gap])]
    shift = Shift("st-10", [Form("press-form", Name("量间隙", "Measure the gap"), steps)])
    shift.scan(M1, "HW:N:0.20")
    assert shift.work.hand is None
    (tile,) = [tile for tile in shift.scene.tiles if tile.command == "UNDO"]
    assert say("en", "kiosk.undo_ask", tile.params).startswith(f"{M1}: undo pass of Press")
    assert say("en", "kiosk.undo_also", tile.params) == "Undone with it: value 0.20 mm"
    assert (tile.params["release"], tile.params["within_s"]) == (("supervisor", "quality"), 60)
    shift.now_ms += 61_000
    (tile,) = [tile for tile in shift.scene.tiles if tile.command == "UNDO"]
    assert tile.params["within_s"] == 0
    assert say("en", "kiosk.undo_sign", tile.params) == "Signature needed: supervisor or quality inspector"
    assert shift.scan(UNDO).params["release"] == tile.params["release"]


def test_a_value_that_was_typed_wrong_is_entered_again() -> None:
    gap = Characteristic("gap", Name("间隙", "Gap"), "mm", 2, "0.10", "0.30")
    steps = [Step(id, Name(id, id), "enter", characteristics=[gap]) for id in ("first", "second")]
    shift = Shift("st-10", [Form("press-form", Name("量间隙", "Measure the gap"), steps)])
    shift.scan(M1, "HW:N:0.20")
    assert undoable(shift) == "value 0.20 mm"
    shift.scan(UNDO, "HW:N:0.25", "HW:N:9")
    assert shift.codes == ["done.measured", "done.failed"]
    shift.scan(UNDO)
    assert (shift.codes, shift.view().standing(unit(M1)).outcome("press")) == (["done.undone"] * 2, "started")
    shift.scan("HW:N:0.20")
    assert shift.view().standing(unit(M1)).outcome("press") == "pass"


# What cannot be -------------------------------------------------------------------------------------------------------
def test_before_anything_was_confirmed_there_is_nothing_to_take_back(press: Shift) -> None:
    assert undoable(press) == ""
    assert press.scan(UNDO).code == "undo.nothing"
    assert isinstance(press.bodies[-1], b.Refused)


def test_what_a_machine_measured_stays(press: Shift) -> None:
    press.scan(M1, HOUSING, ROTOR, MAGNET)
    press.measure(PRESS_OK)
    assert undoable(press) == ""
    assert press.scan(UNDO).code == "undo.machine"
    assert press.view().standing(unit(M1)).outcome("press") == "pass"


def test_what_another_workplace_went_on_from_stays(press: Shift) -> None:
    press.scan(M1, HOUSING, "HW:NG:surface")
    press.happened(b.Hold("sampled"), unit(M1))
    press.happened(b.OperationStarted("wire"), unit(M1))
    shown = press.scan(UNDO)
    assert (shown.code, shown.params["what"].say("en")) == (  # type: ignore[attr-defined]
        "undo.followed",
        "fail of Press rotor into housing",
    )
    assert press.view().standing(unit(M1)).outcome("press") == "fail"


def test_a_word_of_the_hub_about_it_is_no_work_that_went_on(press: Shift) -> None:
    press.scan(M1, HOUSING, "HW:NG:surface")
    press.happened(b.Hold("sampled"), unit(M1))
    assert press.scan(UNDO).code == "done.undone"


# Its name -------------------------------------------------------------------------------------------------------------
def test_the_tile_names_the_entries_of_the_page_that_is_open_and_takes_back_nothing_else() -> None:
    name, page = Name("签", "Sign"), Name("外观", "Looks")
    steps = [
        Step("housing", name, "scan", slot="housing"),
        Step("page", page, "fill", fields=[Field("clean", name, "yes_no"), Field("marked", name, "yes_no")]),
    ]
    shift = Shift("st-10", [Form("press-form", name, steps)])
    shift.scan(M1, HOUSING)
    assert undoable(shift) == f"Housing {HOUSING}"
    shift.scan("HW:YES")
    assert undoable(shift) == "entry “Sign”"
    assert shift.scan(UNDO).code == "noted.undone"
    assert (inside(shift), shift.prompt.params["step"]) == ([HOUSING], page)
    assert undoable(shift) == f"Housing {HOUSING}"


def test_the_tile_names_a_note_that_no_event_holds_yet() -> None:
    shift = Shift("st-20")
    shift.happened(b.Commission("motor"), unit(M1))
    for operation, outcome in (("press", "pass"), ("wire", "pass"), ("test", "fail")):
        shift.happened(b.OperationCompleted(operation, outcome), unit(M1))
    shift.happened(b.Bind("controller", "controller", "1", "pcs", "wire"), unit(M1), unit("C25-01187"))
    shift.scan(M1, "C25-01187")
    assert undoable(shift) == "removal of C25-01187"
    assert shift.scan(UNDO).params["what"].say("en") == "removal of C25-01187"  # type: ignore[attr-defined]


# When -----------------------------------------------------------------------------------------------------------------
def test_within_the_window_and_not_a_second_longer(press: Shift) -> None:
    press.scan(M1, HOUSING)
    assert press.scan(UNDO, after_ms=60_000).code == "done.undone"
    press.scan(HOUSING)
    assert press.scan(UNDO, after_ms=60_001).code != "done.undone"


def test_the_workplace_says_how_long() -> None:
    line = next(d for d in load_pack("motor-assembly").definitions if isinstance(d, Line))
    short = replace(line, workplaces=[replace(each, undo_s=5) for each in line.workplaces])
    shift = Shift("st-10", [short])
    shift.scan(M1, HOUSING)
    assert shift.scan(UNDO, after_ms=5_001).code != "done.undone"


def test_after_a_restart_nobody_knows_how_long_it_was(press: Shift) -> None:
    press.scan(M1, HOUSING)
    press.boot = "another"
    assert press.scan(UNDO).code != "done.undone"


def test_later_a_supervisor_signs_for_it(press: Shift) -> None:
    press.scan(M1, HOUSING)
    bound = press.story.past[-1][1].id
    assert press.scan(UNDO, after_ms=90_000).code == "noted.signature"
    assert press.scan("B10034").code == "sign.role"
    press.scan("B20005")
    press.sign("p-chen")
    assert press.codes == ["done.approved", "done.undone"]
    assert press.bodies[-2:] == [b.Approval(bound, "undo", "approve"), b.Void(bound, "undo")]
    assert inside(press) == [] and press.work.person == "p-wang"


# Whose ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("badge", "person"), [("B10021", "p-wang"), ("B20005", "p-chen")])
def test_what_another_confirmed_is_taken_back_with_their_signature_or_a_supervisors(badge: str, person: str) -> None:
    shift = Shift("st-10")
    shift.scan(M1, "HW:NCR:dented", "B10034", "HW:CONFIRM")
    assert shift.scan(UNDO).code == "noted.signature"
    assert (shift.said[-1].params["release"], shift.prompt.params["release"]) == (
        ("王强", "supervisor", "quality"),
    ) * 2
    assert shift.scan("B10034", after_ms=3_000).code == "sign.role"
    assert isinstance(shift.bodies[-1], b.Refused)
    shift.scan(badge)
    assert shift.sign(person).code == "done.undone"
    assert isinstance(shift.bodies[-2], b.Approval)
    assert shift.view().standing(unit(M1)).held_because == ()


def test_after_the_window_only_a_supervisor_signs_for_it_whoever_did_it() -> None:
    shift = Shift("st-10")
    shift.scan(M1, HOUSING, "B10034", "HW:SIGNOUT")
    shift.scan(UNDO, after_ms=90_000)
    assert shift.scan("B10021").code == "sign.role"
    assert shift.scan("B20005").code == "noted.signer"


def test_whoever_signs_reads_what_is_taken_back_and_of_which_unit(press: Shift) -> None:
    press.scan(M1, HOUSING)
    press.scan(UNDO, after_ms=90_000)
    for badge in ("", "B20005"):
        press.scan(*([badge] if badge else []))
        said = say("en", press.prompt.code, press.prompt.params)
        assert f"Housing {HOUSING} · {M1}" in said, said


def test_a_signature_is_for_what_it_was_asked_for(press: Shift) -> None:
    press.scan(M1, HOUSING)
    press.scan(UNDO, after_ms=90_000)
    press.scan(ROTOR)
    assert press.sign("p-chen").code == "sign.badge"
    assert inside(press) == [HOUSING, ROTOR]


def test_what_can_be_taken_back_outlives_the_process(press: Shift) -> None:
    press.scan(M1, HOUSING)
    press.work = thaw(freeze(press.work))
    assert press.scan(UNDO).code == "done.undone"


def test_a_double_tap_takes_back_one_thing(press: Shift) -> None:
    press.scan(M1, HOUSING, ROTOR, UNDO)
    assert press.scan(UNDO, after_ms=300).code == "ignored.double"
    assert inside(press) == [HOUSING]


def test_only_the_last_few_acts_are_remembered(press: Shift) -> None:
    for n in range(4):
        press.scan(f"M-250-00000{n}", HOUSING, "HW:LEAVE")
    assert len(press.work.acts) == 6
    assert len(freeze(press.work)) < 4_096


def test_a_signature_for_taking_back_signs_no_page() -> None:
    name = Name("签", "Sign")
    steps = [
        Step("housing", name, "scan", slot="housing"),
        Step("page", name, "fill", fields=[Field("seen", name, "signature")]),
    ]
    shift = Shift("st-10", [Form("press-form", name, steps)])
    shift.scan(M1, HOUSING)
    assert shift.signature is not None and shift.signature.purpose == "page"
    shift.now_ms += 120_000
    shift.scan(UNDO)
    assert shift.signature is not None and shift.signature.purpose == "undo"
    shift.scan("B20005")
    shift.sign("p-chen")
    assert [type(body).__name__ for body in shift.bodies[-2:]] == ["Approval", "Void"]
    assert inside(shift) == []


def test_who_signs_out_while_a_signature_is_wanted_leaves_none_and_a_badge_signs_in(press: Shift) -> None:
    press.scan(M1, HOUSING, "HW:LEAVE")
    press.scan(UNDO, after_ms=90_000)
    assert press.signature is not None
    press.scan("HW:SIGNOUT")
    assert press.signature is None
    assert press.work.person is None
    press.scan("B10021", after_ms=3_000)
    assert press.work.person is not None
