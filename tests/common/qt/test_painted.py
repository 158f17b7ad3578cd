"""What every view stands on: text that is never cut off, buttons that fingers can trust, and Qt's own soundness."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from common.qt import bridge as bridge_module
from common.qt.bridge import Bridge
from common.qt.button import BigButton, Buttons, ButtonSpec
from common.qt.lettering import alike, letter
from common.qt.painted import Brush
from common.qt.theme import BUTTON, IDENTITY, INSTRUCTION, STEP, Style, density
from common.text import LANGUAGES, Language
from tests.support.screen import as_read, look, settle, tap

Show = Callable[[QWidget], QWidget]


def test_qt_gives_back_what_it_borrows() -> None:
    """PySide6 6.12.0 takes a reference from None at every call under Python 3.11, until the process dies of it."""
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    before = sys.getrefcount(None)
    for _ in range(500):
        painter.setOpacity(1)
    painter.end()
    assert abs(sys.getrefcount(None) - before) < 250, "install the version of requirements-qt.lock"


# Text -----------------------------------------------------------------------------------------------------------------
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("扫描控制器abcW. -漢0"), max_size=120), st.integers(60, 900), st.integers(30, 400))
def test_text_that_says_it_fits_is_inside(app: QApplication, text: str, width: int, height: int) -> None:
    found = letter(look(), text, INSTRUCTION, width, height)
    lines = [found.layout.lineAt(n) for n in range(found.lines())]
    assert sum(line.textLength() for line in lines) == len(text), "nothing is left out"
    if found.fits:
        assert all(line.naturalTextWidth() <= width for line in lines)
        assert found.height <= height + 1


def test_a_longer_text_is_set_smaller_and_words_stay_whole(app: QApplication) -> None:
    short = letter(look(), "Scan", INSTRUCTION, 400, 120)
    long = letter(look(), "Scan the controller serial", INSTRUCTION, 400, 120)
    assert short.cap_mm > long.cap_mm
    lines = [long.layout.lineAt(n) for n in range(long.lines())]
    parts = [long.layout.text()[line.textStart() : line.textStart() + line.textLength()].strip() for line in lines]
    assert " ".join(parts) == "Scan the controller serial"


def test_a_last_line_of_one_letter_is_gathered_up(app: QApplication) -> None:
    style = Style(9.0, 4.0, bold=True)
    one_line = letter(look(), "扫描产品序列号", style, 10_000, 400)
    narrow = letter(look(), "扫描产品序列号", style, int(one_line.width * 0.9), 400)
    assert (one_line.lines(), narrow.lines()) == (1, 1)
    assert narrow.cap_mm >= one_line.cap_mm * 0.75
    assert letter(look(), "扫描产品序列号", style, int(one_line.width * 0.6), 400).lines() == 2


@pytest.mark.parametrize("style", [STEP, IDENTITY, INSTRUCTION])
def test_capitals_are_as_high_as_the_style_says(app: QApplication, style: Style) -> None:
    the_look = look()
    font = letter(the_look, "H", style, 500, 500).layout.font()
    wanted = style.cap_mm * the_look.px_per_mm
    assert abs(QFontMetricsF(font).capHeight() - wanted) <= 1.5


def test_a_panel_that_lies_about_its_size_is_not_believed(app: QApplication) -> None:
    screen = QApplication.primaryScreen()
    assert 72 / 25.4 <= density(screen) <= 240 / 25.4
    assert density(screen, 254) == 10


# Fingers --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def button(show: Show) -> BigButton:
    made = BigButton(look(), "Measure")
    made.resize(200, 120)
    show(made)
    return made


def test_a_tap_counts_when_the_finger_is_let_go_inside(button: BigButton) -> None:
    taps: list[int] = []
    button.tapped.connect(lambda: taps.append(1))
    tap(button)
    assert taps == [1]
    QTest.mousePress(button, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(10, 10))
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(900, 10))
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(10, 10))
    assert taps == [1], "slid off it, so it was not meant"


def test_a_quick_second_tap_is_a_tap_and_a_dead_button_is_none(button: BigButton) -> None:
    taps: list[int] = []
    button.tapped.connect(lambda: taps.append(1))
    tap(button)
    tap(button)
    assert len(taps) == 2
    button.setEnabled(False)
    tap(button)
    assert len(taps) == 2


def test_a_button_never_takes_the_focus(button: BigButton) -> None:
    tap(button)
    assert not button.hasFocus()
    assert button.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_a_finger_on_a_button_that_becomes_another_has_not_tapped_that(show: Show) -> None:
    page = QWidget()
    page.resize(300, 200)
    made = Buttons(look(), page)
    taps: list[str] = []
    made.lay([ButtonSpec("Scratched", QRect(0, 0, 200, 120), lambda: taps.append("Scratched"))])
    show(page)
    button = page.findChildren(BigButton)[0]
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    made.clear()
    made.lay([ButtonSpec("Noise", QRect(0, 0, 200, 120), lambda: taps.append("Noise"))])
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert taps == []
    tap(button)
    assert taps == ["Noise"]
    assert page.findChildren(BigButton) == [button], "none was made anew"


@pytest.mark.parametrize(
    "below", ["Housing HL-2644", "start of Press rotor into housing, which was confirmed a moment ago"]
)
def test_both_lines_of_a_button_are_in_its_middle_together(show: Show, below: str) -> None:
    button = BigButton(look(), "Undo")
    button.become(ButtonSpec("Undo", QRect(), lambda: None, below=below))
    button.resize(183, 119)
    show(button)
    first, second = sorted(button.placed, key=lambda one: one.y)
    above, under = first.y, button.height() - second.y - second.height
    assert first.y + first.height <= second.y + 1 and abs(above - under) <= 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_ends_inside_a_name(app: QApplication, language: Language) -> None:
    names, of_language = ["刘洋", "欧阳娜娜", "王强"], look(language=language)
    said = of_language.say("tap.take_over", {"others": names})
    for wide in range(90, 400, 5):
        layout = letter(of_language, said, BUTTON, wide, 400).layout
        lines = [layout.lineAt(n) for n in range(layout.lineCount())]
        written = [as_read(said[line.textStart() :][: line.textLength()]) for line in lines]
        assert all(any(name in line for line in written) for name in names), written


# Threads --------------------------------------------------------------------------------------------------------------
def test_what_another_thread_says_arrives_in_this_one_and_in_order(app: QApplication) -> None:
    heard: list[tuple[object, int]] = []
    bridge = Bridge(lambda said: heard.append((said, threading.get_ident())))
    thread = threading.Thread(target=lambda: [bridge.carry(n) for n in range(100)])
    thread.start()
    thread.join()
    assert heard == []
    settle()
    assert heard == [(n, threading.get_ident()) for n in range(100)]


def test_what_goes_first_is_heard_before_the_thread_that_said_it_goes_on(
    app: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge_module, "LONGEST_S", 60)
    went_on, order = threading.Event(), []

    def say() -> None:
        bridge.carry("a result")
        order.append("went on")
        went_on.set()

    bridge = Bridge(order.append, first=(str,))
    thread = threading.Thread(target=say)
    thread.start()
    assert not went_on.wait(0.1)
    settle()
    thread.join()
    assert order == ["a result", "went on"]


def test_a_main_thread_that_hears_nothing_keeps_no_other_waiting(app: QApplication) -> None:
    heard: list[object] = []
    bridge = Bridge(heard.append, first=(str,))
    thread = threading.Thread(target=lambda: bridge.carry("a result"))
    thread.start()
    thread.join()
    assert heard == []
    settle()
    assert heard == ["a result"]


# Numbers --------------------------------------------------------------------------------------------------------------
def test_the_bar_shows_a_value_beyond_its_limits_in_red_where_it_is(app: QApplication) -> None:
    image = QImage(300, 60, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    painter = QPainter(image)
    brush = Brush(painter, look(), QRectF(0, 0, 300, 60))
    brush.bar(QRectF(0, 20, 300, 20), "2.65", ("2.20", "2.60"), "fail")
    painter.end()
    red = look().colour("ng")
    columns = [x for x in range(300) if image.pixelColor(x, 30) == red]
    assert columns
    assert min(columns) > 240


def test_what_stands_in_one_list_is_of_one_size_and_a_text_far_too_long_makes_only_itself_small(
    app: QApplication,
) -> None:
    the_look, endless = look(), "Add what is left over of the last one; if there is none: done"
    room = letter(the_look, "Scan the lot", STEP, 10_000, 60).width * 0.95, 60

    def alike_of(*texts: str) -> float:
        return alike(the_look, ((text, STEP, *room) for text in texts))

    assert alike_of("Press") == STEP.cap_mm
    assert alike_of("Press", "Scan the lot") == letter(the_look, "Scan the lot", STEP, *room).cap_mm < STEP.cap_mm
    assert letter(the_look, endless, STEP, *room).cap_mm < alike_of("Press", endless) < STEP.cap_mm


def test_a_number_is_not_parted_from_its_unit(app: QApplication) -> None:
    here, style = look(), Style(4.0, 4.0)
    for said in ("2.53 N·m", "12.5 kg", "40.0 °C", "10 min"):
        text = f"Four screws are driven with {said}"
        alone = letter(here, text.rpartition(" ")[0], style, 10_000, 100).width
        layout = letter(here, text, style, alone + 2, 10_000).layout
        second = layout.lineAt(1)
        assert layout.lineCount() == 2 and text[second.textStart() :] == said
    assert letter(here, "Hub motor M-250 A-1", style, 10_000, 100).layout.text() == "Hub motor M-250 A-1"
