"""A reason may ask for more: a photo and a note go with the scrap, the nonconformance or the failure; and whatever ends
the work before its page is confirmed loses nothing of it."""

from __future__ import annotations

import pytest

from common.definitions import Characteristic, Definition, Field, Form, Reason, Step
from common.definitions.naming import Name
from common.entries import NumberEntry, PhotoEntry, TextEntry
from common.event_types import Body, Hold, Inspected, Measured, MeasuredPage, NonconformanceOpened, OperationLeft, Scrap
from station.devices.plc_block import Command
from station.messages import PhotoAsk
from station.work.drafts import freeze, thaw
from station.work.state import Report
from station.work.steps.fields import Photographed
from tests.support.factory import unit
from tests.support.shift import Shift

MOTOR, PHOTO = "M-250-004217", "sha256:" + "7" * 64
NAME = Name("名", "Name")
PICTURE, NOTE = Field("photo", NAME, "photo", device="camera"), Field("remark", NAME, "note", required=False)
SIGNED = Field("seen", NAME, "signature", roles=["quality"])
TORN = Reason("torn", NAME, "scrap", [PICTURE, NOTE])
ODD = Reason("odd", NAME, "nonconformance", [PICTURE, SIGNED])
HUMS = Reason("hums", NAME, "fail", [NOTE])


def at(*more: Definition, steps: tuple[Step, ...] = ()) -> Shift:
    """A motor in hand at st-10."""
    shift = Shift("st-10", [TORN, ODD, HUMS, *([Form("press-form", NAME, list(steps))] if steps else []), *more])
    shift.scan(MOTOR)
    return shift


def photographed(shift: Shift) -> None:
    shift.scan("HW:MEASURE")
    assert isinstance(shift.turn.ask, PhotoAsk)
    shift.read(Photographed("camera", PHOTO, shift.turn.ask.token))


def last(shift: Shift, count: int) -> list[type[Body]]:
    return [type(body) for body in shift.bodies[-count:]]


def test_a_scrap_goes_with_its_photo_and_note_in_one_turn() -> None:
    shift = at()
    shift.scan("HW:SCRAP:torn")
    assert shift.prompt.code == "fill.photo" and not [b for b in shift.bodies if isinstance(b, Scrap)]
    assert shift.scan("HW:CONFIRM").code == "field.missing"
    photographed(shift)
    shift.fill("remark", "CRACK")
    before = len(shift.facts)
    shift.scan("HW:CONFIRM")
    page, scrap = shift.bodies[before:]
    photo = PhotoEntry(ch="photo", verdict="pass", value=PHOTO, device="camera")
    assert page == MeasuredPage("press", "torn", (photo, TextEntry(ch="remark", verdict="pass", value="CRACK")))
    assert isinstance(scrap, Scrap) and scrap.reason == "torn"
    assert shift.work.hand is None
    assert not [f for f in shift.view().standing(unit(MOTOR)).findings if f.kind == "after_scrap"]


def test_who_cancels_is_back_at_the_step_with_what_stood_in_its_page() -> None:
    shift = at(steps=(Step("page", NAME, "fill", fields=[Field("gap", NAME, "number"), Field("ok", NAME, "yes_no")]),))
    shift.fill("gap", "3")
    shift.scan("HW:NCR:odd")
    tiles = [tile.command for tile in shift.scene.tiles]
    assert "CANCEL" in tiles and not {"NG", "SCRAP", "NCR", "LEAVE"} & set(tiles)
    shift.scan("HW:CANCEL")
    assert shift.prompt.code == "fill.yes_no"
    assert shift.work.hand is not None and [one.value for one in shift.entries.given] == [("3",)]


def test_a_report_stands_after_a_kill_and_its_signature_ends_it() -> None:
    shift = at()
    shift.scan("HW:NCR:odd")
    photographed(shift)
    shift.work = thaw(freeze(shift.work))
    assert shift.prompt.code == "prompt.sign_role"
    shift.scan("B30002")
    shift.sign("p-zhou")
    assert last(shift, 2) == [MeasuredPage, NonconformanceOpened]
    assert shift.work.hand is None and shift.work.stopped is not None


def test_a_failure_may_ask_too() -> None:
    shift = at()
    shift.scan("HW:NG:hums")
    shift.fill("remark", "LOUD")
    assert shift.scan("HW:CONFIRM").code == "done.failed"
    assert shift.story.judge(unit(MOTOR), shift.definitions).outcome("press") == "fail"


def test_the_machine_waits_while_something_is_reported() -> None:
    shift = at()
    shift.scan("HL-2644", "R-88213-0456", "MG-2610-B")
    assert shift.request().command is Command.PERMIT
    shift.scan("HW:SCRAP:torn")
    assert shift.request().command is Command.ABORT
    shift.scan("HW:UNDO")
    assert shift.work.hand is not None and shift.work.asked(Report) is None


def test_a_scrap_that_is_taken_back_takes_its_page_back_and_is_named_by_the_scrap() -> None:
    shift = at()
    shift.scan("HW:SCRAP:torn")
    photographed(shift)
    shift.scan("HW:CONFIRM")
    undo = next(tile for tile in shift.scene.tiles if tile.command == "UNDO")
    assert "crap" in undo.params["what"].say("en")  # type: ignore[attr-defined]
    shift.scan("HW:UNDO")
    assert shift.work.hand is not None and shift.work.asked(Report) is not None
    assert shift.view().standing(unit(MOTOR)).state == "in_process"


# Nothing is lost -----------------------------------------------------------------------------------------------------
PAGE = Step("page", NAME, "fill", fields=[Field("gap", NAME, "number"), Field("ok", NAME, "yes_no")])


def test_what_stood_in_a_page_is_recorded_when_the_work_is_left_and_completes_nothing() -> None:
    for card, body in (("HW:LEAVE:shift-end", OperationLeft), ("HW:NCR:dented", NonconformanceOpened)):
        shift = at(steps=(PAGE,))
        shift.fill("gap", "3")
        shift.scan(card)
        assert last(shift, 2) == [MeasuredPage, body]
        kept = shift.bodies[-2]
        assert isinstance(kept, MeasuredPage)
        assert kept.entries == (NumberEntry(ch="gap", verdict="pass", value="3"),)
        assert shift.story.judge(unit(MOTOR), shift.definitions).outcome("press") == "started"


def test_a_rejected_value_of_a_page_that_was_left_fails_no_unit_of_its_panel() -> None:
    shift = at(steps=(Step("page", NAME, "fill", fields=[Field("gap", NAME, "number", high="2"), PAGE.asks[1]]),))
    shift.fill("gap", "3")
    shift.scan("HW:LEAVE")
    assert not [body for body in shift.bodies if isinstance(body, Inspected)]


def test_values_that_were_entered_one_by_one_are_recorded_when_the_unit_fails() -> None:
    two = [Characteristic(f"c{n}", NAME, "mm", 0, "1", "9") for n in (1, 2)]
    shift = at(steps=(Step("enter", NAME, "enter", characteristics=two),))
    shift.scan("HW:N:5", "HW:NG:noise")
    kept = [body for body in shift.bodies if isinstance(body, Measured)]
    assert [value.value for body in kept for value in body.values] == ["5"]


# A unit that was stopped ----------------------------------------------------------------------------------------------
def stopped() -> Shift:
    """A motor that is on hold was scanned at st-10."""
    shift = Shift("st-10", [TORN, ODD])
    shift.happened(Hold("sampled"), unit(MOTOR))
    assert shift.scan(MOTOR).code == "interlock.on_hold"
    return shift


def offered(shift: Shift) -> dict[str, set[str]]:
    """The reasons behind each tile of the stopped one."""
    tiles = shift.scene.tiles if shift.scene.stop else ()
    return {tile.command: {one.command for one in tile.more} for tile in tiles if tile.command in ("NCR", "SCRAP")}


def test_a_stopped_unit_is_reported_and_stays_stopped() -> None:
    shift = stopped()
    assert "NCR:dented" in offered(shift)["NCR"]
    assert shift.scan("HW:NCR:dented").code == "done.nonconforming"
    assert (shift.bodies[-1], shift.facts[-1].on) == (NonconformanceOpened("dented"), (unit(MOTOR),))
    assert shift.work.stopped is not None
    assert "dented" in shift.view().standing(unit(MOTOR)).held_because
    assert shift.scan("HW:UNDO").code == "done.undone"
    assert shift.view().standing(unit(MOTOR)).held_because == ("sampled",)


def test_a_stopped_unit_is_scrapped() -> None:
    shift = stopped()
    assert "SCRAP:shaft-bent" in offered(shift)["SCRAP"]
    assert shift.scan("HW:SCRAP:shaft-bent").code == "done.scrapped"
    assert (shift.view().standing(unit(MOTOR)).state, shift.work.stopped) == ("scrapped", None)
    shift.scan(MOTOR)
    assert "SCRAP" not in offered(shift)


def test_a_unit_that_is_held_in_hand_is_reported_too() -> None:
    shift = at()
    shift.news(Hold("sampled"), unit(MOTOR))
    assert shift.scan("HW:NCR:dented").code == "done.nonconforming"


def test_a_stopped_unit_goes_with_the_page_of_its_reason_and_nothing_is_begun_on_it() -> None:
    shift = stopped()
    assert "SCRAP:torn" in offered(shift)["SCRAP"]
    shift.scan("HW:SCRAP:torn")
    assert shift.prompt.code == "fill.photo" and shift.scene.stop is None
    photographed(shift)
    before = len(shift.facts)
    assert shift.scan("HW:CONFIRM").code == "done.scrapped"
    page, scrap = shift.bodies[before:]
    photo = PhotoEntry(ch="photo", verdict="pass", value=PHOTO, device="camera")
    assert page == MeasuredPage("-", "torn", (photo,)) and scrap == Scrap("torn")
    assert {fact.on for fact in shift.facts[before:]} == {(unit(MOTOR),)}
    assert (shift.work.hand, shift.work.stopped) == (None, None)
    standing = shift.view().standing(unit(MOTOR))
    assert (standing.state, [f for f in standing.findings if f.open], standing.operations) == ("scrapped", [], {})


def test_a_stopped_unit_is_reported_with_a_signature_and_stays_stopped() -> None:
    shift = stopped()
    shift.scan("HW:NCR:odd")
    photographed(shift)
    shift.work = thaw(freeze(shift.work))
    shift.scan("B30002")
    shift.sign("p-zhou")
    assert shift.bodies[-1] == NonconformanceOpened("odd")
    assert shift.work.hand is None and shift.work.stopped is not None and shift.work.stopped.claim == unit(MOTOR)
    assert "NCR:dented" in offered(shift)["NCR"]


@pytest.mark.parametrize("card", ["HW:CANCEL", "HW:LEAVE"])
def test_who_cancels_the_report_of_a_stopped_unit_is_back_at_the_stopped_unit(card: str) -> None:
    shift = stopped()
    shift.scan("HW:SCRAP:torn")
    photographed(shift)
    before = len(shift.facts)
    shift.scan(card)
    assert (shift.work.hand, shift.prompt.code, len(shift.facts)) == (None, "prompt.unit", before)
    assert shift.scene.stop is not None and "SCRAP" in offered(shift)
    assert shift.scan(MOTOR).code == "interlock.on_hold"


def test_undo_takes_back_one_entry_of_a_report_after_the_other_and_then_the_report() -> None:
    shift = stopped()
    shift.scan("HW:SCRAP:torn")
    photographed(shift)
    assert shift.entries.given and shift.scan("HW:UNDO").code == "noted.undone"
    assert shift.work.asked(Report) is not None and not shift.entries.given
    shift.scan("HW:UNDO")
    assert shift.work.asked(Report) is None and shift.scene.stop is not None


def test_while_a_stopped_unit_is_reported_no_work_can_be_done_on_it() -> None:
    shift = stopped()
    shift.scan("HW:SCRAP:torn")
    assert shift.scan("HW:NG:noise").code == "command.no_unit"
    assert shift.scan("HW:OVERRIDE").code == "override.nothing"
    assert shift.scan("R-88213-0456").code == "field.no_scan"
    assert shift.bodies[-1].expected == "field photo"  # type: ignore[union-attr]
    assert shift.work.hand is None and shift.work.asked(Report) is not None


def test_a_scrap_of_a_stopped_unit_is_taken_back_with_its_page() -> None:
    shift = stopped()
    shift.scan("HW:SCRAP:torn")
    photographed(shift)
    shift.scan("HW:CONFIRM", "HW:UNDO")
    assert shift.view().standing(unit(MOTOR)).state == "hold"
    assert shift.prompt.code == "fill.text"
    assert shift.scan("HW:CONFIRM").code == "done.scrapped"
