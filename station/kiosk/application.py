"""The kiosk as the main thread's loop: makes the application and its window, and ends when the station does."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

from PySide6.QtCore import (
    QDeadlineTimer,
    QEventLoop,
    QMessageLogContext,
    QSocketNotifier,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication

from common.command import explained
from common.errors import BadConfig
from common.qt.bridge import Bridge
from common.qt.theme import Look, density
from common.text import Language
from station import messages as m
from station.config import Kiosk
from station.kiosk.fingers import Fingers
from station.kiosk.sounds import Sounds
from station.kiosk.touches import Touches
from station.kiosk.window import Surroundings, Window

TICK_MS = 1_000
SHOWN_MS, PUMP_MS = 1_000, 20  # the longest wait for the window to be shown, in steps
NEAR_MM, MOST_LARGER = 135.0, 1.75  # a larger panel than this high is read from further away


class Application:
    """Made before the station, so that the screen is not empty while it opens its database."""

    def __init__(
        self,
        settings: Kiosk,
        language: Language,
        record: Callable[[m.Announcement], None],
        clocks: tuple[Callable[[], int], Callable[[], int]],
    ) -> None:
        """`clocks`: monotonic and wall, in ms."""
        self._app = _application()
        self._hear: Callable[[m.Message], None] = _nobody
        mono_ms, wall_ms = clocks
        self._sounds = Sounds(settings.volume, mono_ms)
        around = Surroundings(
            hear=lambda said: self._hear(said),
            record=record,
            play=lambda name: QTimer.singleShot(0, lambda: self._sounds.play(name)),
            later=lambda ms, call: QTimer.singleShot(ms, call),
            mono_ms=mono_ms,
            wall_ms=wall_ms,
            loud=self._sounds.set_volume,
        )
        self._settings = settings
        self._screen: QScreen | None = None  # the one that is filled
        wide, high, px_per_mm = self._panel()
        self.window = Window(Look(px_per_mm, language), around)
        self.window.setWindowTitle("Headwater")
        self.window.resize(wide, high)
        self._bridge = Bridge(self.window.show_announcement, first=(m.Shown,))
        if settings.size:
            self.window.show()
        else:
            self.window.setCursor(Qt.CursorShape.BlankCursor)
            self.window.showFullScreen()
            self._follow_screens()
        self._fingers = Fingers(self.window)
        self._touches = Touches(self.window.windowHandle(), around.hear, mono_ms)
        self._app.processEvents()

    def _panel(self) -> tuple[int, int, float]:
        """Width, height and pixels a millimetre of the window, on the screen that is the first now."""
        screen = QApplication.primaryScreen()
        wide, high = self._settings.size or screen.size().toTuple()
        return wide, high, scale(density(screen, self._settings.dpi), wide, high)

    def _follow_screens(self) -> None:
        """Fill the screen that is there: one that is plugged in later, too, and one that is turned."""
        self._app.primaryScreenChanged.connect(self._screen_came)
        self._screen_came(QApplication.primaryScreen())

    def _screen_came(self, screen: QScreen | None) -> None:
        """Fill this screen from now on, whatever its size becomes."""
        if screen is not None:
            if screen is not self._screen:
                screen.geometryChanged.connect(self._fit)
            self._screen = screen
            self._fit()

    def _fit(self) -> None:
        screen, (wide, high, px_per_mm) = QApplication.primaryScreen(), self._panel()
        self.window.fit(px_per_mm)
        if screen.geometry() != self.window.geometry():
            self.window.setScreen(screen)
            self.window.setGeometry(screen.geometry().x(), screen.geometry().y(), wide, high)

    def begin(self) -> None:
        """Say that scans are kept from now on, while the station is loaded behind the screen.

        A window system shows a window some time after it was asked to. Until then nothing is painted, and afterwards
        nobody would paint: the station's start has this thread.
        """
        self.window.show_announcement(m.Prompt("prompt.starting"))
        handle, patience = self.window.windowHandle(), QDeadlineTimer(SHOWN_MS)
        while not handle.isExposed() and not patience.hasExpired():
            self._app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, PUMP_MS)
        self.window.repaint()
        self._app.processEvents()
        self._app.sync()

    def announce(self, said: m.Announcement) -> None:
        """Show this; in any thread."""
        self._bridge.carry(said)

    def serve(self, tick: Callable[[float], bool], hear: Callable[[m.Message], None]) -> None:
        """Run until `tick` says that the end has come, or the window is closed. Taps go to `hear`.

        It may be called again, so it ends without Qt's `quit`, which closes the window and lets a full screen say no.
        """
        self._hear = hear
        self.window.closed = self._app.exit

        def look() -> None:
            self.window.tick()
            if tick(0):
                self._app.exit()

        timer = QTimer()
        timer.timeout.connect(look)
        timer.start(TICK_MS)
        with_signals = _Signals(look)
        try:
            self._app.exec()
        finally:
            timer.stop()
            with_signals.close()
            self._hear = _nobody
            self._sounds.stop()


class _Signals:
    """Python runs a signal's handler only between its own instructions; a byte in this pipe makes Qt get to one."""

    def __init__(self, woken: Callable[[], None]) -> None:
        self._read, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._woken = woken
        self._before = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._read, QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._wake)

    def close(self) -> None:
        """Leave signals as they were."""
        signal.set_wakeup_fd(self._before)
        self._notifier.setEnabled(False)
        os.close(self._read)
        os.close(self._write)

    def _wake(self) -> None:
        os.read(self._read, 64)
        self._woken()


def _application() -> QApplication:
    """Make the only application, or end with config.no_display: without a display Qt aborts, and raises nothing."""
    known = QApplication.instance()
    if isinstance(known, QApplication):
        return known
    before = qInstallMessageHandler(_end_without_display)
    made = QApplication(["headwater"])
    qInstallMessageHandler(before)
    return made


def _end_without_display(kind: QtMsgType, _: QMessageLogContext, said: str) -> None:
    """Pass on what Qt says; end in place of its abort."""
    if kind is QtMsgType.QtFatalMsg:
        print(explained(BadConfig("config.no_display")), file=sys.stderr, flush=True)
        os._exit(1)
    print(said, file=sys.stderr)


def scale(px_per_mm: float, wide: int, high: int) -> float:
    """The pixels of a millimetre of the design: those of the panel, and more if it is read from further away."""
    short_mm = min(wide, high) / px_per_mm
    return px_per_mm * min(max(short_mm / NEAR_MM, 1.0), MOST_LARGER)


def _nobody(said: m.Message) -> None:
    """Nobody hears yet, or any more."""
