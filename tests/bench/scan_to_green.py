"""`scan_to_green`: bytes on a scanner's line → the result painted in the kiosk's window, its event on the disk.

Against a line read, a raw commit and a label of Qt painted again. The driver is a thread; Qt has the main one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel

from common.qt.bridge import Bridge
from station import messages as m
from station.clock import SystemClock
from station.kiosk.window import Surroundings, Window
from tests.bench import scan_commit
from tests.bench.figure import Figure
from tests.support.screen import SIZES, look


class Station(scan_commit.Station):
    """ST-10 with a window: what counts is what was painted."""

    def __init__(self, folder: Path) -> None:
        clock = SystemClock()
        around = Surroundings(
            hear=lambda said: self._cell.inbox.put(said),
            record=self._painted,
            play=lambda tone: None,
            later=lambda ms, call: QTimer.singleShot(ms, call),
            mono_ms=clock.mono_ms,
            wall_ms=clock.wall_ms,
        )
        self._window = Window(look(SIZES[0], "zh"), around)
        self._window.resize(SIZES[0][0], SIZES[0][1])
        self._window.show()
        self._bridge = Bridge(self._window.show_announcement)
        super().__init__(folder)

    def _announced(self, said: m.Announcement) -> None:
        self._bridge.carry(said)

    def _painted(self, said: m.Announcement) -> None:
        super()._announced(said)


class Reference(scan_commit.Reference):
    """The same with one label that is painted again after the commit."""

    def __init__(self, folder: Path) -> None:
        self._label, self._count = QLabel("0"), 0
        self._label.resize(400, 60)
        self._label.show()
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
    """Scan, reference, scan, reference …"""
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
