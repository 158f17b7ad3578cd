"""The application: a full-screen kiosk fills the screen that is there, whatever becomes of it."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from station.config import Kiosk
from station.kiosk.application import Application
from tests.conftest import Clock


def test_a_screen_that_is_turned_is_filled_again(app: QApplication, clock: Clock) -> None:
    kiosk = Application(Kiosk(dpi=151), "en", lambda said: None, (clock.mono_ms, clock.wall_ms))
    screen = QApplication.primaryScreen()
    assert kiosk.window.geometry() == screen.geometry()
    kiosk.window.setGeometry(0, 0, 320, 200)
    screen.geometryChanged.emit(screen.geometry())
    assert kiosk.window.geometry() == screen.geometry()
    kiosk.window.setGeometry(0, 0, 320, 200)
    app.primaryScreenChanged.emit(screen)
    assert kiosk.window.geometry() == screen.geometry()
    kiosk.window.hide()
