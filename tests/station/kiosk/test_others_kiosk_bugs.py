"""Bugs that other shop-floor terminals, forms and tills had, one named test each: the thread, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from common.definitions.naming import Name
from common.form_page import Choice, FormField, FormPage
from common.qt.keyboard import TextPad
from common.qt.zoom import ZoomView
from station.kiosk.fingers import Fingers
from station.kiosk.form import FormScreen
from station.kiosk.tap_guard import NEW_MS
from station.kiosk.tile_page import TilePage
from station.messages import Filled, Prompt, Scanned
from station.shown.work_screen import Scene, Signing, Tile
from tests.support import scenes as s
from tests.support.kiosk_view import KioskView
from tests.support.screen import SIZES, look, press, settle, tap
from tests.support.walk import cut_off, over_another

# The signs of an identifier in a GS1 code (table 82 of the General Specifications), and of Code 39; space has a key.
OF_GS1 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
OF_CODE_39 = "-.$/+%"
SLOW_MS = 700  # longer than the guard and a double tap: a full disk cache, a busy computer
YES_NO = (Choice("yes", Name("是", "Yes")), Choice("no", Name("否", "No"), "fail"))
OPTIONS = (Choice("a", Name("甲", "A")), Choice("b", Name("乙", "B")))
NOTE = " ".join(["SEAL WORN ON THE LEFT SIDE, SEEN AT THE SECOND LOOK UNDER A LAMP;"] * 3)


def page(*fields: FormField, complete: bool = False) -> FormPage:
    return FormPage(fields, (), complete, "pass", "2026-11-22")


def field(id: str, type: str, *, now: bool = False, value: tuple[str, ...] = (), length: int = 40) -> FormField:
    verdict, choices = "pass" if value else "missing", {"yes_no": YES_NO, "choices": OPTIONS}.get(type, ())
    return FormField(
        id,
        0,
        Name(id, id),
        type,
        True,
        now,
        verdict,
        value,
        value[0] if value else None,
        choices=choices,
        length=length,
    )


def filling(shown: FormPage, **more: object) -> Scene:
    return replace(s.WORK, page=shown, awaiting="fill_page", **more)


@pytest.fixture
def view(app: QApplication) -> Iterator[KioskView]:
    made = KioskView()
    made.tell(s.STATUS, s.SCAN)
    yield made
    made.close()


def shows(view: KioskView, shown: FormPage, **more: object) -> FormScreen:
    """The page is on the screen, and has been for a while."""
    view.tell(filling(shown, **more))
    view.advance(NEW_MS)
    assert isinstance(view.window.screen_, FormScreen)
    return view.window.screen_


def under(view: KioskView, text: str) -> QPoint:
    return next(one.box.center() for one in view.targets() if one.text == text)


def touch(view: KioskView, at: QPoint) -> None:
    """A finger on a place, by the panel's time, which is the window's here."""
    press(view.window, at, view.now_ms)


def filled(view: KioskView) -> list[Filled]:
    return [said for said in view.heard if isinstance(said, Filled)]


def go(view: KioskView, screen: FormScreen, id: str, *fields: FormField) -> None:
    """Tap the cell of a field; the station makes it the one to fill now."""
    tap(next(cell for cell in screen.view.cells if cell.field.id == id))
    assert view.heard[-1] == Scanned("screen", f"HW:FIELD:{id}".encode(), view.now_ms)
    shows(view, page(*(replace(one, now=one.id == id) for one in fields)))


# The next question has the same button --------------------------------------------------------------------------------
@pytest.mark.parametrize(("type", "button"), [("yes_no", "Yes"), ("date", "Enter")])
def test_a_second_tap_on_a_slow_answer_does_not_answer_the_next_question(
    view: KioskView, type: str, button: str
) -> None:
    """akvo/akvo-caddisfly#75: the button of the next screen was where Next had been, and took the impatient tap."""
    shows(view, page(field("first", type, now=True), field("second", type)))
    at = under(view, button)
    touch(view, at)
    view.advance(SLOW_MS)
    view.tell(filling(page(field("first", type, value=filled(view)[0].value), field("second", type, now=True))))
    touch(view, at)
    assert [one.field for one in filled(view)] == ["first"]
    view.advance(NEW_MS)
    touch(view, at)
    assert [one.field for one in filled(view)] == ["first", "second"]


def test_a_second_tap_on_a_slow_reading_does_not_measure_the_next_thing(view: KioskView) -> None:
    """metasfresh/metasfresh#10116: while the first request was under way the same button sent the next one."""
    gauging = replace(s.WORK, tiles=(s.MEASURE, *s.WORK.tiles))
    view.tell(Prompt("prompt.gauge", {"step": Name("轴", "Shaft")}), gauging)
    view.advance(NEW_MS)
    at = under(view, "Measure")
    touch(view, at)
    view.advance(SLOW_MS)
    view.tell(Prompt("prompt.gauge", {"step": Name("孔", "Bore")}), replace(gauging, step=gauging.step + 1))
    touch(view, at)
    assert [one.raw for one in view.heard if isinstance(one, Scanned)] == [b"HW:MEASURE"]
    view.advance(NEW_MS)
    touch(view, at)
    assert [one.raw for one in view.heard if isinstance(one, Scanned)] == [b"HW:MEASURE"] * 2


def test_a_finger_that_came_down_before_the_question_changed_does_not_answer_the_next(view: KioskView) -> None:
    """akvo/akvo-caddisfly#75, slower: the finger was down already when the screen changed."""
    shows(view, page(field("first", "date", now=True), field("second", "date")))
    left, none, window = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, view.window.windowHandle()
    at = under(view, "Enter")
    QTest.mousePress(window, left, none, at)
    view.tell(filling(page(field("first", "date", value=("2026-11-22",)), field("second", "date", now=True))))
    QTest.mouseRelease(window, left, none, at)
    assert filled(view) == []


# Touches ------------------------------------------------------------------------------------------------------------
class Panel:
    """A touch panel over the window: fingers by number, each down or up at a place."""

    def __init__(self, view: KioskView) -> None:
        self._window = view.window.windowHandle()
        self._device = QTest.createTouchDevice()
        self._fingers = Fingers(view.window)
        self._down: set[int] = set()

    def down(self, finger: int, at: QPoint) -> None:
        self._touch(lambda touch: touch.press(finger, at, self._window))
        self._down.add(finger)

    def up(self, finger: int, at: QPoint) -> None:
        self._down.discard(finger)
        self._touch(lambda touch: touch.release(finger, at, self._window))

    def pinch(self, left: QPoint, right: QPoint, px: int) -> None:
        """Two fingers come down and go apart, each so far."""
        QTest.touchEvent(self._window, self._device).press(1, left, self._window).press(2, right, self._window).commit()
        for away in range(0, px, 15):
            apart = QPoint(away, 0)
            touch = QTest.touchEvent(self._window, self._device)
            touch.move(1, left - apart, self._window).move(2, right + apart, self._window).commit()
            settle()

    def _touch(self, act: Callable[[Any], object]) -> None:
        touch = QTest.touchEvent(self._window, self._device)
        for finger in self._down:
            touch.stationary(finger)
        act(touch)
        touch.commit()
        settle()


@pytest.fixture
def panel(view: KioskView) -> Panel:
    view.tell(replace(s.WORK, tiles=(*s.WORK.tiles, Tile("CALL", "tap.call", more=s.reason_tiles("CALL")))))
    view.advance(NEW_MS)
    return Panel(view)


def test_a_hand_that_rests_on_the_glass_takes_the_tap_of_no_finger(view: KioskView, panel: Panel) -> None:
    """JoseExposito/touchegg#690: of several touches only the first was a click, wherever the others were."""
    hand, call = QPoint(500, 300), under(view, "Call")
    panel.down(1, hand)
    panel.down(2, call)
    panel.up(2, call)
    assert isinstance(view.window.screen_, TilePage)
    panel.up(1, hand)
    assert isinstance(view.window.screen_, TilePage)


def test_two_buttons_under_two_fingers_are_two_taps_and_a_slide_is_none(view: KioskView, panel: Panel) -> None:
    call, ng = under(view, "Call"), under(view, "NG")
    panel.down(1, call)
    panel.up(1, ng)
    assert not isinstance(view.window.screen_, TilePage), "a finger that slid away chose nothing"
    panel.down(1, ng)
    panel.down(2, call)
    panel.up(1, ng)
    assert isinstance(view.window.screen_, TilePage) and view.window.screen_.title == "NG"
    panel.up(2, call)
    assert view.window.screen_.title == "NG", "the button under the second finger is gone"


def test_two_fingers_enlarge_a_picture_as_before(view: KioskView, panel: Panel) -> None:
    picture = ZoomView(view.look, view.window)
    picture.setGeometry(100, 100, 800, 500)
    picture.show_picture("image/png", s.picture())
    picture.show()
    picture.raise_()
    panel.pinch(QPoint(450, 300), QPoint(500, 300), 160)
    assert picture.zoom > 1


# What was begun -------------------------------------------------------------------------------------------------------
def test_what_was_begun_at_a_field_is_there_again_when_somebody_comes_back_to_it(view: KioskView) -> None:
    """openfoodfacts/smooth-app#6242: what was typed and not yet added was gone once another place was touched."""
    fields = (field("number", "number", now=True), field("several", "choices"), field("day", "date"))
    screen = shows(view, page(*fields))
    for key in "17":
        view.tap(key)
    go(view, screen, "several", *fields)
    view.tap("B")
    go(view, screen, "day", *fields)
    tap(screen.view._date.buttons["day+"])
    go(view, screen, "number", *fields)
    assert screen.view._number.typed == "17"
    go(view, screen, "several", *fields)
    assert screen.view._choice._chosen == ("b",)
    go(view, screen, "day", *fields)
    assert screen.view._date.day.isoformat() == "2026-11-23"
    view.tap("Enter")
    assert filled(view) == [Filled("day", ("2026-11-23",))], "what was begun elsewhere is entered by nobody"


@pytest.mark.parametrize("signed_out", [True, False], ids=["signed out meanwhile", "another badge"])
def test_what_one_person_began_is_not_there_for_the_next(view: KioskView, signed_out: bool) -> None:
    """itpp-labs/pos-addons#1414: after a sign-out the next user came back into the input of the one before."""
    fields = (field("number", "number", now=True), field("several", "choices"))
    screen = shows(view, page(*fields))
    for key in "17":
        view.tap(key)
    if signed_out:
        view.tell(Prompt("prompt.sign_in"), s.SIGNED_OUT)
    shows(view, page(*fields), person="陈伟")
    assert screen.view._number.typed == ""
    go(view, screen, "several", *fields)
    go(view, screen, "number", *fields)
    assert screen.view._number.typed == ""


# Codes that are typed -----------------------------------------------------------------------------------------------
def test_every_sign_that_a_code_may_have_can_be_typed(app: QApplication) -> None:
    """AssistantNMS/App#51: the keyboard had capitals only, and a code with small letters could not be entered."""
    pad = TextPad(look())
    found = set()
    for _ in range(3):
        found |= {button.text for button in pad.buttons.values()}
        if "layer" in pad.buttons:
            pad.press("layer")
    wanted = set(OF_GS1 + OF_CODE_39)
    assert wanted - found == set()


def test_a_code_with_small_letters_is_typed_as_its_label_has_it(app: QApplication) -> None:
    pad, entered = TextPad(look()), []
    pad.entered.connect(entered.append)
    for key in ("A", "layer", "B", "1", "layer", "W", "layer", "C", "ok"):
        pad.press(key)
    assert entered == ['Ab1"C']


# Long texts -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_long_note_can_be_typed_looked_at_and_signed(app: QApplication, size: tuple[int, int, float]) -> None:
    """Esri/Survey123Community#560: notes ran off the screen, so nobody could read what had been written."""
    view = KioskView(size)
    note = field("note", "note", now=True, length=200)
    screen = shows(view, page(note))
    view.tap("Type")
    screen.view._text.ask(NOTE, 200)
    view.advance(0)
    assert [*cut_off(view), *over_another(view)] == []
    assert any(placed.text.endswith("A LAMP;") for _, placed in view.texts()), "who types sees what is typed"
    view.tap("Back")
    written = field("note", "note", value=(NOTE,), length=200)
    others = tuple(field(f"f{n}", "yes_no", value=("yes",)) for n in range(12))
    shows(view, page(replace(written, now=True), *others))
    assert [*cut_off(view), *over_another(view)] == []
    assert NOTE in [placed.text for _, placed in view.texts()], "who goes to it sees all of it"
    sign = replace(field("sign", "signature", now=True), signing=True)
    shows(view, page(written, *others, sign), signing=Signing("approved"))
    assert [*cut_off(view), *over_another(view)] == []
    assert NOTE in [placed.text for _, placed in view.texts()], "who signs sees all of it"
    view.close()
