"""A page and a signature in the window: what a finger fills is a message to the work cell, as are badge and PIN."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from common.definitions import Field, Form, Option, Reason, Step
from common.definitions.naming import Name
from common.event_types import Hold
from common.qt.button import BigButton
from common.qt.keyboard import TextPad
from common.text import LANGUAGES, Language
from station.kiosk.blocked import BlockedScreen
from station.kiosk.form import FormScreen
from station.kiosk.screen import Shows
from station.kiosk.window import Surroundings, Window
from station.kiosk.work import WorkScreen
from station.messages import Filled, GaugeRead, Message, PhotoAsk, PinEntered, Scanned
from station.shown.work_screen import GuideView, Instruction
from station.work.steps.fields import Photographed
from tests.support import scenes
from tests.support.factory import unit
from tests.support.screen import SIZES, buttons, look, painted, press, settle, tap, words
from tests.support.shift import Shift, motor_pack

Show = Callable[[QWidget], QWidget]
NAME = Name("值", "Value")
OPTIONS = [Option("a", Name("甲", "A")), Option("b", Name("乙", "B")), Option("c", Name("丙", "C"))]
RED = b64decode(  # a PNG of 4 x 3 pixels
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAIAAAA7ljmRAAAAEElEQVR4nGP8z4AATAy4OAAmdgEF5PO41QAAAABJRU5ErkJggg=="
)


class Bench:
    """A kiosk at the audit's page: what it sends is acted on by the real turns, and what follows is shown."""

    def __init__(
        self,
        show: Show,
        size: tuple[int, int, float] = SIZES[0],
        language: Language = "en",
        fields: tuple[Field, ...] = (),
    ) -> None:
        """`fields`: of another page than the audit's."""
        audit = next(d for d in motor_pack().definitions if isinstance(d, Form) and d.id == "audit-form")
        steps = [Step("page", audit.name, "fill", fields=list(fields))] if fields else audit.steps
        self.shift = Shift("st-10", [Form("press-form", audit.name, steps)])
        self.shift.scan("M-250-004217")
        self.heard: list[Message] = []
        self.played: list[str] = []
        around = Surroundings(
            hear=self._hear,
            record=lambda said: None,
            play=self.played.append,
            later=lambda ms, call: None,
            mono_ms=count(step=1_000).__next__,  # whoever taps takes their time
            wall_ms=lambda: 0,
        )
        self.window = Window(look(size, language), around)
        self.window.resize(size[0], size[1])
        self.renew()
        show(self.window)

    def _hear(self, message: Message) -> None:
        self.heard.append(message)
        match message:
            case Filled():
                self.shift.fill(message.field, *message.value, i=message.i)
            case Scanned():
                self.shift.scan(message.raw.decode(), device=message.device)
            case PinEntered():
                self.shift.sign(message.person)
        self.renew()

    def renew(self) -> None:
        self.window.show_announcement(self.shift.scene)
        self.window.show_announcement(self.shift.prompt)
        settle()

    def scan(self, text: str) -> None:
        self.shift.scan(text)
        self.renew()

    def tap(self, *texts: str) -> None:
        for text in texts:
            tap(buttons(self.window)[text])

    def to_the_signature(self) -> None:
        self.scan("C25-70001")
        self.shift.read(GaugeRead("caliper", "11.990", "mm", True, b"x", 0))
        self.renew()
        self.tap("0", ".", "2", "5", "Enter", "0", ".", "1", "9", "Enter", "Yes", "Good", "Today", "Enter")


def test_a_page_is_filled_with_fingers_and_signed_with_badge_and_pin(show: Show) -> None:
    bench = Bench(show)
    assert isinstance(bench.window.screen_, FormScreen)
    bench.to_the_signature()
    assert [one for one in bench.heard if isinstance(one, Filled)] == [
        Filled("play-1", ("0.25",)),
        Filled("play-2", ("0.19",)),
        Filled("cable", ("yes",)),
        Filled("surface", ("good",)),
        Filled("greased", ("2026-11-02",)),
    ]
    assert "Waiting for" not in words(bench.window) and "Signer: scan your badge" in words(bench.window)
    bench.scan("B30002")
    assert "周敏" in words(bench.window)
    bench.tap("2", "4", "0", "8", "Enter")
    assert bench.heard[-1] == PinEntered("p-zhou", "2408")
    assert bench.shift.work.hand is None, "the page was confirmed by signing it"


def test_whoever_signs_a_page_sees_what_stands_in_it(show: Show) -> None:
    bench = Bench(show)
    bench.to_the_signature()
    for badge in ("", "B30002"):
        if badge:
            bench.scan(badge)
        assert isinstance(bench.window.screen_, FormScreen)
        assert {"0.25 mm", "0.19 mm", "0.220 mm"} <= {one.text for one in painted(bench.window)}
    assert "Enter your PIN to sign" in words(bench.window)


def test_a_pin_half_typed_is_forgotten_with_the_page_and_with_the_signer(show: Show) -> None:
    bench = Bench(show)
    bench.to_the_signature()
    bench.scan("B30002")
    bench.tap("2", "4")
    assert "●●" in words(bench.window)
    bench.tap("Cancel", "Sign")
    bench.scan("B30002")
    assert "●" not in words(bench.window)
    bench.tap("2", "4")
    bench.window.screen_.hide()
    bench.window.screen_.show()
    settle()
    assert "●" not in words(bench.window)
    assert not [one for one in bench.heard if isinstance(one, PinEntered)]


def test_a_signature_that_was_declined_can_be_given_after_all(show: Show) -> None:
    bench = Bench(show)
    bench.to_the_signature()
    assert "Sign" not in buttons(bench.window)
    bench.tap("Cancel")
    assert isinstance(bench.window.screen_, FormScreen) and bench.shift.signature is None
    assert "Not signed yet" in words(bench.window)
    bench.tap("Sign")
    assert bench.shift.signature is not None
    bench.scan("B30002")
    bench.tap("2", "4", "0", "8", "Enter")
    assert bench.shift.work.hand is None, "the page was confirmed by signing it"


def test_a_tap_on_a_field_is_the_scan_of_its_card(show: Show) -> None:
    bench = Bench(show)
    assert isinstance(bench.window.screen_, FormScreen)
    cell = next(cell for cell in bench.window.screen_.view.cells if cell.field.id == "play-1")
    tap(cell)
    assert isinstance(bench.heard[-1], Scanned) and bench.heard[-1].raw == b"HW:FIELD:play-1"
    assert "Shaft play 1" in words(bench.window)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_and_signature_fit_on_every_screen(show: Show, size: Any, language: Language) -> None:
    bench = Bench(show, size, language)
    for card in ("C25-70001", "HW:FIELD:play-1", "HW:N:0.25", "HW:N:0.19", "HW:YES", "HW:OPTION:good", "B30002"):
        assert not [one.text for one in painted(bench.window) if not one.fits]
        bench.scan(card)
    assert not [one.text for one in painted(bench.window) if not one.fits]


@pytest.mark.parametrize(("gap_ms", "second"), [(120, True), (250, False), (390, False)])
def test_a_double_tap_answers_one_question(show: Show, gap_ms: int, second: bool) -> None:
    two = tuple(Field(id, Name(id, id), "yes_no") for id in ("first", "second"))
    bench = Bench(show, fields=two)
    button = buttons(bench.window)["Yes"]
    at = button.mapTo(bench.window, button.rect().center())
    press(bench.window, at, 10_000)
    press(bench.window, at, 10_000 + gap_ms, second=second)
    assert [one for one in bench.heard if isinstance(one, Filled)] == [Filled("first", ("yes",))]
    press(bench.window, at, 10_000 + gap_ms + 500)
    assert bench.heard[-1] == Filled("second", ("yes",))


def half_way(bench: Bench, widget: QWidget, meanwhile: Callable[[], None]) -> None:
    """A finger comes down on a widget, something happens and what died of it is gone, and the finger goes up."""
    at = widget.mapTo(bench.window, widget.rect().center())
    left, none, window = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, bench.window.windowHandle()
    QTest.mousePress(window, left, none, at)
    meanwhile()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # as a running event loop does
    settle()
    QTest.mouseRelease(window, left, none, at)
    settle()


def test_a_tap_on_a_field_counts_once_though_the_page_is_shown_anew_meanwhile(show: Show) -> None:
    bench = Bench(show)
    assert isinstance(bench.window.screen_, FormScreen)
    cell = next(cell for cell in bench.window.screen_.view.cells if cell.field.id == "play-1")
    half_way(bench, cell, bench.window.screen_.arrange)
    assert [one.raw for one in bench.heard if isinstance(one, Scanned)] == [b"HW:FIELD:play-1"]


def test_a_stopped_unit_is_scrapped_at_the_screen_with_the_page_of_its_reason(show: Show) -> None:
    bench = Bench(show)
    why = Reason("torn", Name("撕裂", "Torn"), "scrap", [Field("f", NAME, "yes_no")])
    bench.shift = Shift("st-10", [why])
    bench.shift.happened(Hold("sampled"), unit("M-250-004217"))
    bench.scan("M-250-004217")
    assert isinstance(bench.window.screen_, BlockedScreen)
    bench.tap("More", "Scrap", "Torn")
    assert isinstance(bench.window.screen_, FormScreen) and "M-250-004217" in words(bench.window)
    bench.tap("Yes", "Confirm")
    assert bench.shift.view().standing(unit("M-250-004217")).state == "scrapped"


@pytest.mark.parametrize(
    ("field", "before", "after", "value"),
    [
        (Field("f", NAME, "number", decimals=2), ("1", "."), ("5", "确定"), ("1.5",)),
        (Field("f", NAME, "text", length=9), ("Type", "A", "B"), ("C", "确定"), ("ABC",)),
        (Field("f", NAME, "choices", options=OPTIONS), ("B", "C"), ("丙", "确定"), ("b",)),
        (Field("f", NAME, "date"), ("+",), ("确定",), ("2026-11-03",)),
    ],
    ids=["number", "text", "choices", "date"],
)
def test_what_was_begun_on_a_pad_stays_when_the_language_changes(
    show: Show, field: Field, before: tuple[str, ...], after: tuple[str, ...], value: tuple[str, ...]
) -> None:
    bench = Bench(show, fields=(field,))
    bench.tap(*before)
    bench.window.show_announcement(replace(bench.shift.scene, language="zh"))
    settle()
    bench.tap(*after)
    assert [one for one in bench.heard if isinstance(one, Filled)] == [Filled("f", value)]


def test_the_letters_say_what_is_typed_in_the_language_of_now(show: Show) -> None:
    bench = Bench(show, fields=(Field("f", Name("刻字", "Engraving"), "text", length=9),))
    bench.tap("Type")
    (pad,) = bench.window.screen_.findChildren(TextPad)
    assert "Engraving" in words(pad)
    bench.window.show_announcement(replace(bench.shift.scene, language="zh"))
    settle()
    assert "刻字" in words(pad)


def two_questions() -> tuple[Field, ...]:
    return tuple(Field(id, Name(id, id), "yes_no") for id in ("first", "second"))


def test_a_tap_on_an_answer_counts_once_though_the_page_is_laid_anew_meanwhile(show: Show) -> None:
    bench = Bench(show, fields=two_questions())
    assert isinstance(bench.window.screen_, FormScreen)
    half_way(bench, buttons(bench.window)["Yes"], bench.window.screen_.view.say_again)
    assert [one for one in bench.heard if isinstance(one, Filled)] == [Filled("first", ("yes",))]


def test_a_tap_that_began_on_one_question_answers_no_other(show: Show) -> None:
    bench = Bench(show, fields=two_questions())
    half_way(bench, buttons(bench.window)["Yes"], lambda: bench.scan("HW:NO"))
    assert not [one for one in bench.heard if isinstance(one, Filled)]
    assert "second" in words(bench.window), "the card answered the first"


def test_turning_on_through_many_answers_shows_each_and_comes_back(show: Show) -> None:
    options = [Option(f"c-{n}", Name(f"选项 {n}", f"Choice {n}")) for n in range(1, 25)]
    bench = Bench(show, fields=(Field("many", Name("多", "Many"), "choice", options=options),))

    def offered() -> set[str]:
        return {text for text in buttons(bench.window) if text.startswith("Choice ")}

    first, seen = offered(), set()
    turns = 0
    while not seen or offered() != first:
        assert offered(), "no page of answers is empty"
        seen |= offered()
        bench.tap(bench.window.look.say("tap.turn"))
        turns += 1
        assert turns < 40
    assert len(seen) == len(options)


LOOK = Instruction(Name("看图", "Look"))


def colours_of(widget: QWidget) -> set[str]:
    """The colours along the middle."""
    image = widget.grab().toImage()
    return {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}


def photographed(show: Show, *, damaged: bool = False) -> Bench:
    """The page's only photo was taken."""
    bench = Bench(show, SIZES[1], fields=(Field("look", Name("外观", "Look"), "photo", device="camera"),))
    assert "Take photo" in buttons(bench.window) and "Retake" not in buttons(bench.window)
    name = "sha256:" + "0" * 64
    bench.shift.photos[name] = b"" if damaged else RED
    bench.shift.read(Photographed("camera", name))
    bench.renew()
    return bench


def test_a_photo_stands_small_on_its_page_and_can_be_taken_again(show: Show) -> None:
    bench = photographed(show)
    assert isinstance(bench.window.screen_, FormScreen)
    assert "#ff0000" in colours_of(bench.window.screen_.view.cells[0])
    assert {"Retake", "Confirm"} <= set(buttons(bench.window))
    bench.tap("Retake")
    assert isinstance(bench.heard[-1], Scanned) and bench.heard[-1].raw == b"HW:FIELD:look"
    view = bench.window.screen_.view
    image = view.grab().toImage()
    assert image.pixelColor(view.editor().center() - QPoint(0, 60)).name() == "#ff0000", "large beside its field"
    bench.tap("Retake")
    assert isinstance(bench.heard[-1], Scanned) and bench.heard[-1].raw == b"HW:MEASURE"
    assert isinstance(bench.shift.turn.ask, PhotoAsk)


def test_a_photo_that_cannot_be_shown_is_said_to_be_kept(show: Show) -> None:
    bench = photographed(show, damaged=True)
    assert "Photo taken" in words(bench.window)
    bench.tap("Retake")
    assert "The photo is saved but cannot be shown here" in words(bench.window)


@pytest.mark.parametrize(
    "how", [replace(LOOK, pictures=(GuideView(),)), replace(LOOK, pictures=(GuideView("image/png", b"no"),))]
)
def test_where_the_picture_of_a_step_cannot_be_shown_the_work_says_so(show: Show, how: Instruction) -> None:
    screen = WorkScreen(look(SIZES[1]))
    screen.resize(*SIZES[1][:2])
    show(screen)
    screen.show_all(Shows(replace(scenes.WORK, instruction=how), scenes.SCAN))
    settle()
    assert {"Look", screen.look.say("kiosk.no_picture")} <= {one.text for one in painted(screen)}


GAUGED = Field(
    "shaft", NAME, "gauge", device="caliper", uom="mm", decimals=2, low="1.00", high="2.00", warn_high="1.90"
)


@pytest.mark.parametrize(("value", "tones"), [("2.50", ["out"]), ("1.95", ["mark"]), ("1.50", [])])
def test_a_value_from_a_device_that_is_out_or_marked_has_its_tone_once(
    show: Show, value: str, tones: list[str]
) -> None:
    bench = Bench(show, fields=(GAUGED, Field("f", NAME, "text", length=9)))
    bench.shift.read(GaugeRead("caliper", value, "mm", True, b"x", 0))
    bench.renew()
    bench.renew()
    assert bench.played == tones


def test_an_amber_value_has_the_limit_beside_it_that_made_it_amber(show: Show) -> None:
    bench = Bench(show, fields=(GAUGED, Field("f", NAME, "text", length=9)))
    bench.shift.read(GaugeRead("caliper", "1.95", "mm", True, b"x", 0))
    bench.renew()
    assert "> 1.90" in [one.text for one in painted(bench.window)]


def test_a_typed_value_out_of_its_limits_sounds_when_it_is_asked_about_and_not_again(show: Show) -> None:
    gap = Field("gap", NAME, "number", decimals=2, low="0.10", high="0.50")
    bench = Bench(show, fields=(gap, Field("f", NAME, "text", length=9)))
    bench.tap("9", "Enter")
    assert bench.played == ["out"] and not [one for one in bench.heard if isinstance(one, Filled)]
    bench.tap("It is so")
    assert bench.heard[-1] == Filled("gap", ("9",)) and bench.played == ["out"]


def test_undo_is_beside_no_key_of_a_pad(show: Show) -> None:
    bench = Bench(show)
    bench.scan("C25-70001")
    bench.scan("HW:FIELD:play-1")
    keys = [b for b in bench.window.findChildren(BigButton) if b.isVisible() and b.text in "0123456789.-"]
    undo = [b for b in bench.window.findChildren(BigButton) if b.isVisible() and b.text.startswith("Undo")]
    assert keys and not [
        u for u in undo for k in keys if abs(u.mapToGlobal(QPoint()).x() - k.mapToGlobal(QPoint()).x()) < 2 * k.width()
    ]
    assert undo
