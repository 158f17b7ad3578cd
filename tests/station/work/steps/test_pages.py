"""A page at a workplace: what comes from finger, card, label, gauge, camera and badge goes to its field, and one event
says all of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.definitions import Field, Form, Gauge, Option, Step
from common.definitions.naming import Name
from common.entries import ChoiceEntry, CodeEntry, DateEntry, NumberEntry, PhotoEntry, SignatureEntry, TextEntry
from common.event_types import Aggregate, Commission, Inspected, MeasuredPage, OperationCompleted, Refused
from common.form_engine import Given
from common.ids import b64
from common.text import say
from station.devices.plc_block import AnswerArea
from station.messages import GaugeAsk, GaugeRead, PhotoAsk
from station.work.drafts import freeze, thaw
from station.work.steps.fields import Photographed
from tests.support.factory import unit
from tests.support.shift import Shift

PHOTO = "sha256:" + "7" * 64
MOTOR = "M-250-004217"


def field(id: str, type: Any, **more: Any) -> Field:
    return Field(id, Name(id, id), type, **more)


RED, SCRATCHED = Option("red", Name("红", "Red")), Option("scratched", Name("划伤", "Scratched"), "fail")
GAP = field("gap", "number", uom="mm", decimals=2, low="0.10", high="0.50", warn_high="0.40")
EVERY = [
    field("clean", "yes_no", expect="yes"),
    GAP,
    field("colour", "choice", options=[RED, SCRATCHED]),
    field("why", "text", length=8, visible_when="colour == 'scratched'"),
    field("width", "gauge", uom="mm", device="caliper"),
    field("area", "computed", uom="mm", decimals=1, expression="gap * width"),
    field("speed", "plc", uom="rpm", device="tester", tag=2, decimals=1),
    field("made", "date"),
    field("lamp", "scan"),
    field("look", "photo", device="camera"),
    field("marks", "choices", options=[RED, SCRATCHED], required=False),
    field("seen", "signature", roles=["quality"], meaning="approved"),
]


def at_page(*asks: Field, each: bool = False, **more: Any) -> Shift:
    """Somebody at st-10 with a motor in hand, before a page of these fields."""
    step = Step("page", Name("外观", "Look"), "fill", fields=list(asks), **({"each": True} if each else {}), **more)
    shift = Shift("st-10", [Form("press-form", Name("表", "Form"), [step])])
    shift.scan(MOTOR)
    return shift


def page_of(shift: Shift) -> MeasuredPage:
    (found,) = [body for body in shift.bodies if isinstance(body, MeasuredPage)]
    return found


def measured(value: str, **more: Any) -> GaugeRead:
    return GaugeRead(
        **{"device": "caliper", "value": value, "uom": "mm", "stable": True, "raw": b"x", "mono_ms": 0} | more
    )


PAD, CARD = {"device": "screen", "after_ms": 150}, {"device": "scanner-1"}


def test_the_same_number_for_the_next_field_is_meant() -> None:
    """On the pad however quickly; from a scanner that lies on the bench, as soon as nobody could have bounced it."""
    pad, card = (at_page(field("a", "number"), field("b", "number"), field("c", "number")) for _ in range(2))
    pad.scan("HW:N:5", "HW:N:5", "HW:N:5", **PAD)
    card.scan("HW:N:5", "HW:N:5", "HW:N:5", **CARD, after_ms=400)
    for shift in (pad, card):
        assert "ignored.double" not in shift.codes and shift.prompt.code == "prompt.confirm"


def test_a_card_that_bounces_answers_one_question() -> None:
    shift = at_page(field("a", "number"), field("b", "number"))
    shift.scan("HW:N:5")
    assert shift.scan("HW:N:5", after_ms=200).code == "ignored.double"
    assert shift.prompt.params["name"] == Name("b", "b")


def test_every_kind_of_field_is_filled_without_a_screen_and_is_one_event() -> None:
    shift = at_page(*EVERY)
    asked = [shift.prompt.code]
    for card in ("HW:YES", "HW:N:0.30", "HW:1"):
        shift.scan(card)
        asked.append(shift.prompt.code)
    shift.scan("HW:MEASURE")
    assert isinstance(shift.turn.ask, GaugeAsk)
    shift.read(measured("2.000", token=shift.turn.ask.token))
    asked.append(shift.prompt.code)
    shift.machines.shows = {"tester": AnswerArea(values=(1, 29850))}
    shift.scan("HW:MEASURE", after_ms=3_000)
    asked.append(shift.prompt.code)
    shift.scan("HW:DATE:2026-11-02")
    asked.append(shift.prompt.code)
    shift.scan("C25-70001")
    asked.append(shift.prompt.code)
    shift.scan("HW:MEASURE")
    assert isinstance(shift.turn.ask, PhotoAsk)
    shift.read(Photographed("camera", PHOTO, shift.turn.ask.token))
    asked.append(shift.prompt.code)
    shift.scan("B30002")
    assert asked == [
        "fill.yes_no", "fill.limited", "fill.choice", "fill.gauge", "fill.plc", "fill.date", "fill.scan", "fill.photo",
        "prompt.sign_role",
    ]  # fmt: skip
    shift.sign("p-zhou")
    assert page_of(shift) == MeasuredPage(
        "press",
        "page",
        (
            ChoiceEntry(ch="clean", verdict="pass", value="yes"),
            NumberEntry(ch="gap", verdict="pass", value="0.30", uom="mm", low="0.10", high="0.50", warn_high="0.40"),
            ChoiceEntry(ch="colour", verdict="pass", value="red"),
            NumberEntry(ch="width", verdict="pass", value="2.000", uom="mm", device="caliper"),
            NumberEntry(ch="area", verdict="pass", value="0.6", uom="mm"),
            NumberEntry(ch="speed", verdict="pass", value="2985.0", uom="rpm", device="tester"),
            DateEntry(ch="made", verdict="pass", value="2026-11-02"),
            CodeEntry(ch="lamp", verdict="pass", value="C25-70001", scan=b64(b"C25-70001"), thing=1),
            PhotoEntry(ch="look", verdict="pass", value=PHOTO, device="camera"),
            SignatureEntry(ch="seen", verdict="pass", value="p-zhou", meaning="approved"),
        ),
    )
    fact = next(fact for fact in shift.facts if isinstance(fact.body, MeasuredPage))
    assert fact.on == (unit(MOTOR), unit("C25-70001"))
    assert (shift.work.hand, shift.work.person) == (None, "p-wang"), "somebody else signed; the operation has passed"
    assert isinstance(shift.bodies[-1], OperationCompleted) and shift.bodies[-1].outcome == "pass"


def test_a_rejected_value_is_recorded_and_fails_the_operation() -> None:
    shift = at_page(GAP)
    assert shift.fill("gap", "0.60").code == "mark.above"
    shift.scan("HW:CONFIRM")
    assert shift.codes == ["done.page_failed", "done.failed"]
    (entry,) = page_of(shift).entries
    assert (entry.verdict, entry.value) == ("fail", "0.60")
    assert isinstance(shift.bodies[-1], OperationCompleted)
    assert (shift.bodies[-1].outcome, shift.bodies[-1].reasons) == ("fail", ("form_rejected",))


def test_a_marked_value_is_recorded_and_the_work_goes_on() -> None:
    shift = at_page(GAP)
    assert shift.fill("gap", "0.45").code == "mark.above_warn"
    shift.scan("HW:CONFIRM")
    assert [(said.code, said.tone) for said in shift.said] == [("done.page_marked", "hold"), ("done.passed", "ok")]
    assert page_of(shift).entries[0].verdict == "warn"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("gap", ("0.123",), "field.decimals"),
        ("gap", ("1,5",), "field.number"),
        ("clean", ("maybe",), "field.option"),
        ("colour", ("blue",), "field.option"),
        ("why", ("x",), "field.not_here"),
        ("width", ("2",), "field.not_here"),
        ("area", ("2",), "field.not_here"),
        ("made", ("2026-02-30",), "field.date"),
        ("look", (PHOTO,), "field.not_here"),
        ("seen", ("p-zhou",), "field.not_here"),
        ("nothing", ("1",), "field.not_here"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_stands_in_its_field(
    field: str, value: tuple[str, ...], code: str
) -> None:
    shift = at_page(*EVERY)
    assert shift.fill(field, *value).code == code
    assert isinstance(shift.bodies[-1], Refused) and shift.bodies[-1].code == code
    assert shift.work.hand is not None and shift.entries.given == ()


def test_a_page_that_is_not_filled_is_not_confirmed() -> None:
    shift = at_page(GAP, field("colour", "choice", options=[RED]))
    shift.fill("colour", "red")
    assert shift.scan("HW:CONFIRM").code == "field.missing"
    assert shift.work.hand is not None and len(shift.entries.given) == 1
    assert "CONFIRM" not in [tile.command for tile in shift.scene.tiles]


def test_what_is_hidden_again_is_not_recorded() -> None:
    shift = at_page(*EVERY[2:4])
    shift.fill("colour", "scratched")
    shift.fill("why", "DENT")
    shift.fill("colour", "red")
    shift.scan("HW:CONFIRM")
    assert [entry.ch for entry in page_of(shift).entries] == ["colour"]


def test_somebody_goes_back_to_a_field_and_changes_it() -> None:
    shift = at_page(GAP, field("width", "number", decimals=1))
    shift.scan("HW:N:0.2")
    shift.scan("HW:FIELD:gap")
    assert shift.prompt.code == "fill.limited"
    shift.scan("HW:N:0.3")
    assert shift.prompt.code == "fill.number", "then it goes on where it was"
    shift.scan("HW:N:7", "HW:CONFIRM")
    assert [entry.value for entry in page_of(shift).entries] == ["0.3", "7"]


def test_cards_choose_several_and_take_one_back() -> None:
    shift = at_page(field("marks", "choices", options=[RED, Option("dull", Name("暗", "Dull"))]), GAP)
    shift.scan("HW:1", "HW:2", "HW:1")
    assert shift.work.hand is not None and shift.entries.given == (Given("marks", ("dull",)),)
    shift.scan("HW:CONFIRM")
    assert shift.prompt.code == "fill.limited"
    shift.scan("HW:N:0.3", "HW:CONFIRM")
    assert [entry.value for entry in page_of(shift).entries] == ["dull", "0.3"]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [("0.10", "0.50", "0.10 to 0.50 mm"), ("0.10", None, "at least 0.10 mm"), (None, "0.50", "at most 0.50 mm")],
)
def test_a_limit_that_does_not_exist_is_not_said(low: str | None, high: str | None, words: str) -> None:
    shift = at_page(field("gap", "number", uom="mm", decimals=2, low=low, high=high))
    assert f"enter gap, {words}  " in say("en", shift.prompt.code, shift.prompt.params)
    assert "—" not in say("zh", shift.prompt.code, shift.prompt.params)


# Labels and devices --------------------------------------------------------------------------------------------------
def test_a_label_goes_to_the_field_that_takes_one_or_is_refused() -> None:
    shift = at_page(GAP, field("lamp", "scan"))
    shift.scan("C25-70001")
    assert shift.prompt.code == "fill.limited", "the number is still asked for"
    assert shift.scan("C25-70002").code == "field.no_scan"
    assert shift.scan(MOTOR).code == "ignored.in_hand"


def test_a_text_may_be_scanned() -> None:
    shift = at_page(field("serial", "text", length=12))
    shift.scan("C25-70001", "HW:CONFIRM")
    assert page_of(shift).entries == (TextEntry(ch="serial", verdict="pass", value="C25-70001"),)


def test_a_reading_counts_only_from_its_gauge_in_its_unit_and_for_its_question() -> None:
    shift = at_page(EVERY[4])
    assert shift.read(measured("2", uom="in")).code == "gauge.unit"
    assert shift.read(measured("2", device="micrometer")).code == "reading.not_wanted"
    shift.read(measured("2", stable=False))
    shift.read(measured("2", token=99))
    assert shift.work.hand is not None and shift.entries.given == ()
    shift.read(measured("2"))
    shift.scan("HW:CONFIRM")
    assert page_of(shift).entries[0].value == "2"


def test_a_page_names_the_gauge_and_not_only_the_line_it_hangs_on() -> None:
    gauge = Gauge("G-17", Name("卡尺", "Caliper"), at="st-10", device="caliper", due="2026-12-31")
    step = Step("page", Name("外观", "Look"), "fill", fields=[EVERY[4]])
    shift = Shift("st-10", [Form("press-form", Name("表", "Form"), [step]), gauge])
    shift.scan(MOTOR, "HW:MEASURE")
    assert isinstance(shift.turn.ask, GaugeAsk) and shift.turn.ask.device == "caliper"
    shift.read(measured("2", token=shift.turn.ask.token))
    shift.scan("HW:CONFIRM")
    (entry,) = page_of(shift).entries
    assert isinstance(entry, NumberEntry) and entry.device == "G-17"


def test_a_camera_that_fails_leaves_the_field_empty_and_says_why() -> None:
    shift = at_page(EVERY[9])
    assert shift.read(Photographed("camera", "", 0, "camera.size")).code == "camera.size"
    assert shift.read(Photographed("camera", PHOTO, 7)) == shift.read(Photographed("camera", PHOTO, 8))
    shift.read(Photographed("camera", PHOTO))
    shift.scan("HW:CONFIRM")
    assert page_of(shift).entries[0].value == PHOTO


def test_a_machine_that_shows_nothing_gives_no_value() -> None:
    shift = at_page(EVERY[6])
    assert shift.scan("HW:MEASURE").code == "field.no_value"
    shift.machines.shows = {"tester": AnswerArea(values=(1,))}
    assert shift.scan("HW:MEASURE").code == "field.no_value"


# Signatures ----------------------------------------------------------------------------------------------------------
def test_a_change_after_signing_needs_a_new_signature() -> None:
    shift = at_page(GAP, field("seen", "signature"), field("extra", "number", required=True, decimals=0))
    shift.fill("gap", "0.2")
    shift.scan("HW:FIELD:seen", "B30002")
    shift.sign("p-zhou")
    assert shift.work.hand is not None and Given("seen", ("p-zhou",)) in shift.entries.given, "not complete yet"
    shift.fill("extra", "1")
    assert shift.prompt.code == "prompt.sign"
    assert "seen" not in [one.field for one in shift.entries.given if shift.work.hand]
    assert not [body for body in shift.bodies if isinstance(body, MeasuredPage)]


def test_who_does_not_sign_goes_back_to_the_page() -> None:
    shift = at_page(GAP, field("seen", "signature"))
    shift.fill("gap", "0.2")
    assert shift.prompt.code == "prompt.sign"
    shift.scan("HW:CANCEL")
    assert (shift.signature, shift.prompt.code) == (None, "fill.signature")
    shift.fill("gap", "0.3")
    assert shift.prompt.code == "prompt.sign"


def test_a_page_that_only_wants_a_signature_can_be_left_by_touch_and_signed_later() -> None:
    shift = at_page(field("remark", "note", required=False), field("seen", "signature"))
    assert shift.prompt.code == "prompt.sign"
    shift.scan("HW:CANCEL")
    tiles = [tile.command for tile in shift.scene.tiles]
    assert shift.signature is None and {"NG", "LEAVE"} <= set(tiles)
    shift.scan("HW:FIELD:remark")
    assert shift.prompt.code == "fill.text"
    shift.scan("HW:FIELD:seen")
    assert shift.prompt.code == "prompt.sign", "somebody went to the field"
    shift.scan("HW:CANCEL", "HW:CONFIRM")
    assert shift.prompt.code == "prompt.sign", "somebody wants to end the page"
    shift.scan("B30002")
    shift.sign("p-zhou")
    assert isinstance(shift.bodies[-1], OperationCompleted)


# What is computed ----------------------------------------------------------------------------------------------------
def test_what_cannot_be_computed_is_said_and_not_that_all_is_well() -> None:
    shift = at_page(field("a", "number"), field("q", "computed", expression="1 / a"))
    shift.fill("a", "0")
    assert shift.prompt.code == "mark.zero"
    assert shift.scan("HW:CONFIRM").code == "mark.zero"
    shift.fill("a", "2")
    shift.scan("HW:CONFIRM")
    assert isinstance(shift.bodies[-1], OperationCompleted)


def test_nobody_signs_a_page_whose_value_cannot_be_computed() -> None:
    shift = at_page(
        field("a", "number"), field("q", "computed", expression="1 / a"), field("seen", "signature", meaning="checked")
    )
    shift.fill("a", "0")
    assert shift.signature is None and shift.prompt.code == "mark.zero"
    assert shift.scan("HW:CONFIRM").code == "mark.zero"
    shift.fill("a", "2")
    assert shift.prompt.code == "prompt.sign"


def test_what_has_nothing_to_be_computed_from_is_not_waited_for() -> None:
    hidden = field("b", "number", visible_when="not ok")
    shift = at_page(field("ok", "yes_no"), hidden, field("q", "computed", expression="b * 2"))
    shift.scan("HW:YES")
    assert shift.prompt.code == "prompt.confirm"
    shift.scan("HW:CONFIRM")
    assert [entry.ch for entry in page_of(shift).entries] == ["ok"]


def test_what_may_be_left_out_is_taken_out_again_by_a_tile() -> None:
    shift = at_page(field("ok", "yes_no"), field("remark", "note", required=False))
    shift.scan("HW:YES")
    shift.fill("remark", "OOPS")
    shift.scan("HW:FIELD:ok")
    assert shift.scan("HW:EMPTY").code == "field.not_now", "it is needed"
    shift.scan("HW:FIELD:remark")
    assert "EMPTY" in [tile.command for tile in shift.scene.tiles]
    shift.scan("HW:EMPTY", "HW:CONFIRM")
    assert [entry.ch for entry in page_of(shift).entries] == ["ok"]


# The draft -----------------------------------------------------------------------------------------------------------
def test_a_page_survives_a_kill_to_the_last_field() -> None:
    shift = at_page(*EVERY)
    shift.scan("HW:YES", "HW:N:0.30", "HW:FIELD:colour")
    before, scene = shift.prompt, shift.scene
    shift.work = thaw(freeze(shift.work))
    assert (shift.prompt, shift.scene) == (before, scene)


@given(st.permutations(["clean", "gap", "colour"]))
def test_the_order_of_entry_does_not_change_the_event(order: list[str]) -> None:
    values = {"clean": "yes", "gap": "0.2", "colour": "red"}
    shift = at_page(*EVERY[:3])
    for id in order:
        shift.fill(id, values[id])
    shift.scan("HW:CONFIRM")
    assert [entry.ch for entry in page_of(shift).entries] == ["clean", "gap", "colour"]


def test_the_number_of_the_last_time_is_shown_the_next_time() -> None:
    shift = at_page(GAP)
    shift.fill("gap", "0.25")
    shift.scan("HW:CONFIRM", "M-250-004218")
    scene = shift.scene
    assert scene.page is not None and scene.page.fields[0].last == "0.25"


def test_the_scene_shows_what_may_be_seen_and_which_field_is_next() -> None:
    shift = at_page(*EVERY)
    shift.fill("clean", "no")
    scene = shift.scene
    assert scene.page is not None
    assert [f.id for f in scene.page.fields if f.now] == ["gap"]
    assert "why" not in [f.id for f in scene.page.fields]
    first = scene.page.fields[0]
    assert (first.value, first.verdict, first.code, scene.page.verdict) == (
        ("no",),
        "fail",
        "mark.not_expected",
        "fail",
    )


# Panels --------------------------------------------------------------------------------------------------------------
PANEL = [field("paste", "scan", shared=True), field("height", "number", decimals=1, high="2.0")]


def panel(count: int) -> Shift:
    """A carton with so many motors in it, whose page has a column for each."""
    step = Step("page", Name("板", "Panel"), "fill", fields=PANEL, each=True)
    shift = Shift("st-10", [Form("press-form", Name("表", "Form"), [step])])
    motors = [unit(f"M-250-00000{n}") for n in range(1, count + 1)]
    shift.happened(Commission("motor"), unit(MOTOR))
    if motors:
        shift.happened(Aggregate(), unit(MOTOR), *motors)
    shift.scan(MOTOR)
    return shift


def test_a_panel_is_one_event_about_all_its_units_and_fails_the_bad_ones() -> None:
    shift = panel(2)
    shift.scan("C25-70001")
    assert shift.prompt.code == "fill.limited"
    shift.scan("HW:N:1.5")
    shift.scan("HW:N:2.5", "HW:CONFIRM")
    fact = next(fact for fact in shift.facts if isinstance(fact.body, MeasuredPage))
    assert fact.on == (unit(MOTOR), unit("M-250-000001"), unit("M-250-000002"), unit("C25-70001"))
    assert [(e.ch, e.i, e.verdict) for e in page_of(shift).entries] == [
        ("paste", 0, "pass"), ("height", 1, "pass"), ("height", 2, "fail"),
    ]  # fmt: skip
    failed = [fact.on for fact in shift.facts if isinstance(fact.body, Inspected)]
    assert failed == [(unit("M-250-000002"),)]
    assert shift.story.judge(unit("M-250-000002"), shift.definitions).outcome("press") == "fail"
    assert shift.story.judge(unit("M-250-000001"), shift.definitions).outcome("press") == "none"


@pytest.mark.parametrize("count", [0, 20])
def test_a_panel_without_units_or_with_too_many_is_refused_when_its_page_begins(count: int) -> None:
    shift = panel(count)
    assert shift.codes[-1] == "panel.units" and shift.said[-1].params["have"] == count
    assert (shift.prompt.code, shift.prompt.params["have"]) == ("prompt.panel", count)
    assert shift.scan("HW:N:1.5").code == "quantity.not_now"
    assert shift.scan("HW:LEAVE:shift-end").code == "done.left"


def test_a_column_is_gone_to_by_its_number() -> None:
    shift = panel(2)
    shift.scan("HW:FIELD:height:2")
    assert shift.prompt.params["name"] == [Name("height", "height"), unit("M-250-000002")]
