"""`scan_to_green`: bytes on a scanner's line → the result painted in the kiosk's window, its event on the disk.

Against a line read, a raw commit, and one line of text painted by Qt in a strip as large as the product's flash, in a
window of the same size. The driver is a thread; both windows are in the main one, so neither is measured before the
other has painted all that it had to.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from common.qt.bridge import Bridge
from common.qt.theme import Look
from station import messages as m
from station.clock import SystemClock
from station.kiosk.status_bar import height_mm
from station.kiosk.window import Surroundings, Window
from tests.bench import scan_commit
from tests.bench.figure import Figure
from tests.support.screen import SIZES, look


class WatchedWindow(Window):
    """The kiosk's window; `flushed` is called when what was painted is in its pixels, not while it is painted."""

    def __init__(self, look: Look, around: Surroundings, flushed: Callable[[], None]) -> None:
        self.paints = 0
        self._flushed = flushed
        super().__init__(look, around)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.UpdateRequest:  # a repaint sends it, an update posts it
            self.paints += 1
            self._flushed()
        return done


class Station(scan_commit.Station):
    """ST-10 with a window: what counts is that the result of this scan was painted and is in the window's pixels."""

    def __init__(self, folder: Path) -> None:
        clock = SystemClock()
        around = Surroundings(
            hear=lambda said: self._cell.inbox.put(said),
            record=lambda said: self._painted.append(said),
            play=lambda tone: None,
            later=lambda ms, call: QTimer.singleShot(ms, call),
            mono_ms=clock.mono_ms,
            wall_ms=clock.wall_ms,
        )
        self._painted: list[m.Announcement] = []
        self._window = WatchedWindow(look(SIZES[0], "zh"), around, self._flushed)
        self._window.resize(SIZES[0][0], SIZES[0][1])
        self._window.show()
        self._bridge = Bridge(self._window.show_announcement, first=(m.Shown,))
        self._settling = Bridge(lambda _: self._rest(-1))
        self._settled = threading.Event()
        self._event = ""  # the one that this scan wrote
        super().__init__(folder)

    def scan(self, code: str) -> int:
        self._event = ""
        return super().scan(code)

    def _announced(self, said: m.Announcement) -> None:
        if isinstance(said, m.Shown) and not self._event:
            self._event = said.event or ""
        self._bridge.carry(said)

    def _flushed(self) -> None:
        painted, self._painted = self._painted, []
        for said in painted:
            if not isinstance(said, m.Shown) or said.event == self._event:
                super()._announced(said)

    def _settle(self) -> None:
        """Wait until the window has painted all of it."""
        self._settled.clear()
        self._settling.carry(None)
        if not self._settled.wait(scan_commit.PATIENCE_S):
            raise SystemExit("the window is painted again and again")

    def _rest(self, paints: int) -> None:
        """Look again after everything that is posted to Qt by now, until nothing was painted meanwhile."""
        if paints == self._window.paints:
            self._settled.set()
        else:
            QTimer.singleShot(1, partial(self._rest, self._window.paints))  # 0 would come before paints


class Reference(scan_commit.Reference):
    """The same with a strip of one line of text that is painted again after the commit."""

    def __init__(self, folder: Path) -> None:
        (wide, high, _), kiosk = SIZES[0], look(SIZES[0], "zh")
        self._window, self._count = QWidget(), 0
        self._window.resize(wide, high)
        self._label = QLabel("0", self._window)
        self._label.setGeometry(0, 0, wide, kiosk.px(height_mm(kiosk, wide)))
        self._window.show()
        self._bridge = Bridge(self._show)
        super().__init__(folder)

    def _committed(self) -> None:
        self._bridge.carry(self)

    def _show(self, _: object) -> None:
        self._count += 1
        self._label.setText(str(self._count))
        self._label.repaint()
        super()._committed()


def measure(folder: Path, percent: int) -> Iterator[Figure]:
    """Scan and reference in turns, by a thread of its own."""
    app = QApplication.instance() or QApplication(["bench"])
    folder = folder / "scan_to_green"
    folder.mkdir()
    pair = Station(folder), Reference(folder)
    found: list[Figure] = []

    def drive() -> None:
        try:
            count = max(scan_commit.SCANS * percent // 100, 10)
            found.extend(scan_commit.side_by_side("scan_to_green", pair, folder, count, (2.0, 3.0)))
        finally:
            QTimer.singleShot(0, app, app.quit)

    driver = threading.Thread(target=drive)
    driver.start()
    app.exec()
    driver.join()
    yield from found
