"""The application: a full-screen kiosk fills the screen that is there, whatever becomes of it."""

from __future__ import annotations

import os
import subprocess
import sys

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


def test_without_a_display_the_station_ends_with_its_own_words() -> None:
    """Qt aborts the process; its advice to reinstall helps nobody."""
    given = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    start = "from station.kiosk.application import _application; _application()"
    env = given | {"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":99999"}
    ended = subprocess.run([sys.executable, "-c", start], env=env, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "[config.no_display]" in ended.stderr and "Reinstalling" not in ended.stderr
