"""A touch that asks for nothing still says that somebody is there, without a message for every tap."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from station import messages as m
from station.kiosk.touches import EVERY_MS, Touches
from tests.support.kiosk_view import KioskView
from tests.support.screen import settle


def test_a_touch_of_nothing_is_heard_at_most_once_in_10_s_and_lets_others_have_it(app: QApplication) -> None:
    view, heard = KioskView(), []
    window = view.window.windowHandle()
    touches = Touches(window, heard.append, lambda: view.now_ms)
    for ms in (0, EVERY_MS - 1, 1):
        view.advance(ms)
        QTest.mouseClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(640, 300))
        settle()
        assert not view.heard, "nothing is there to be tapped"
    assert heard == [m.Touched(), m.Touched()]
    chip = QPoint(1145, 30)  # the other language, on the status bar
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, chip)
    settle()
    assert m.Choose("mine", "zh") in view.heard
    window.removeEventFilter(touches)
    view.close()
