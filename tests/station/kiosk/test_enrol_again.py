"""Maintenance enrols a station again at its own screen: the real kiosk, a real hub, a scanner on a pty."""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from station import command
from station import config as configuration
from station.config import Kiosk as KioskSettings
from station.hublink import enrolment
from station.kiosk.application import Application
from station.kiosk.enrol import PREFIX, EnrolScreen
from station.kiosk.window import Window
from station.kiosk.work import WorkScreen
from tests.support.hub_process import HubProcess
from tests.support.screen import buttons, tap

SUPERVISOR = b"B20005\r"
PATIENCE = 3_000  # looks, some 20 ms apart
Act = Callable[[Window], bool]


class Person:
    """Does one act after the other, each as soon as the screen lets them."""

    def __init__(self, *acts: Act) -> None:
        self.left = list(acts)
        self._looks = 0
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(20)

    def _look(self) -> None:
        self._looks += 1
        shown = [w for w in QApplication.topLevelWidgets() if isinstance(w, Window) and w.isVisible()]
        if shown and self.left and self.left[0](shown[0]):
            self.left.pop(0)
        if not self.left or self._looks > PATIENCE:
            self._timer.stop()
            os.kill(os.getpid(), signal.SIGTERM)


def touch(text: str) -> Act:
    def act(window: Window) -> bool:
        there = buttons(window).get(text)
        if there is None or not window.look.may_tap(there):
            return False  # a finger needs longer to find it
        tap(there)
        return True

    return act


def enrols(window: Window) -> bool:
    return isinstance(window.screen_, EnrolScreen)


def signed_in(window: Window) -> bool:
    return isinstance(window.screen_, WorkScreen)


def works(window: Window) -> bool:
    """Somebody is signed in, and nothing else covers the work."""
    return not enrols(window) and "Call" in buttons(window) and "Set aside" not in buttons(window)


def test_maintenance_enrols_a_station_again_and_may_leave_it_as_it_was(
    app: QApplication, hub: HubProcess, line: str, tmp_path: Path
) -> None:
    near, far = os.openpty()
    toml = tmp_path / "station.toml"
    toml.write_text(
        f'data = "{tmp_path}"\nlanguage = "en"\nscreen = "kiosk"\nsync_every_s = 0.2\n[kiosk]\nsize = [1280, 800]\n'
        f'dpi = 151\n[[scanner]]\nname = "s"\nkind = "serial"\nport = "{os.ttyname(far)}"\n'
    )
    config = configuration.load(toml)
    joined = enrolment.ask(config, hub.client.ticket("st-10", line))
    hub.client.confirm("st-10", joined.words)
    enrolment.save(config, joined.enrolment)
    again = hub.client.ticket("st-10", line).removeprefix(PREFIX)

    def sign_in(window: Window) -> bool:
        if not signed_in(window):
            return "Call" in buttons(window) and os.write(near, SUPERVISOR) < 0
        return True

    to_enrolment = (touch("More"), touch("Maintenance"), touch("Settings"), touch("Enrol again"), enrols)
    person = Person(
        sign_in,
        *to_enrolment,
        touch("Back"),
        works,
        touch("More"),
        *to_enrolment[1:],
        touch("Type it"),
        *(touch(sign) for sign in again),
        touch("Enter"),
        works,
        signed_in,
    )
    code = command.serve(argparse.Namespace(config=toml))
    for fd in (near, far):
        os.close(fd)
    assert (code, person.left) == (0, [])
    assert configuration.enrolment(config) == joined.enrolment


def test_a_full_screen_ends_when_it_is_told_to_and_is_still_there_afterwards(app: QApplication) -> None:
    kiosk = Application(KioskSettings(), "en", lambda said: None, (lambda: 0, lambda: 0))
    assert kiosk.window.isFullScreen()
    kiosk.serve(lambda patience_s: True, lambda said: None)
    assert kiosk.window.isVisible(), "who serves next shows on it"
    kiosk.window.hide()
