"""The kiosk's real window, offscreen, with a clock that the test moves, and what was painted and can be tapped on it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from msgspec import Struct
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from common.qt.button import BigButton
from common.qt.painted import Painted, Placed
from common.qt.theme import Look
from common.text import Language
from station import messages as m
from station.kiosk.application import scale
from station.kiosk.window import Surroundings, Window
from tests.support.situations import Situation

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
SIZES = {"1280x800": (1280, 800), "1920x1080": (1920, 1080), "800x1280": (800, 1280)}
# Dots an inch of the panels that have these sizes: 10.1", 24" and 10.1" upright.
DENSITY = {"1280x800": 149.0, "1920x1080": 92.0, "800x1280": 149.0}
MM_PER_INCH = 25.4


def application() -> QApplication:
    """The one application of this process."""
    return QApplication.instance() or QApplication(["kiosk"])  # type: ignore[return-value]


class Target(Struct, frozen=True):
    """Something that can be tapped: what it says, and where it is in the window, in pixels."""

    widget: BigButton
    text: str
    box: QRect


class KioskView:
    """One window of a size and a language. `heard`: what it sent; `recorded`: what it wrote down; `played`: tones."""

    def __init__(self, size: str, language: Language, *, dpi: float | None = None) -> None:
        application()
        self.heard: list[m.Message] = []
        self.recorded: list[m.Announcement] = []
        self.played: list[str] = []
        self.now_ms = 600_000
        self._later: list[tuple[int, object]] = []
        wide, high = SIZES[size]
        px = (dpi or DENSITY[size]) / MM_PER_INCH
        self.look = Look(scale(px, wide, high), language)
        self.px_per_mm = px
        around = Surroundings(
            hear=self._hear,
            record=self.recorded.append,
            play=self.played.append,
            later=lambda ms, call: self._later.append((self.now_ms + ms, call)),
            mono_ms=lambda: self.now_ms,
            wall_ms=lambda: 1_793_606_400_000 + self.now_ms,
        )
        self.window = Window(self.look, around)
        self.window.resize(wide, high)
        self.window.show()
        self.answer = lambda said: None

    def _hear(self, said: m.Message) -> None:
        self.heard.append(said)
        self.answer(said)

    def close(self) -> None:
        """Away with it."""
        self.window.hide()
        self.window.deleteLater()
        application().processEvents()

    def tell(self, *said: m.Announcement) -> None:
        """The work cell announces."""
        for one in said:
            self.window.show_announcement(one)
        self.paint()

    def paint(self) -> None:
        """Until nothing waits to be painted."""
        application().processEvents()

    def advance(self, ms: int) -> None:
        """Let time pass."""
        self.now_ms += ms
        due = [call for at, call in self._later if at <= self.now_ms]
        self._later = [(at, call) for at, call in self._later if at > self.now_ms]
        for call in due:
            call()  # type: ignore[operator]
        self.window.tick()
        self.paint()

    def stand(self, situation: Situation) -> None:
        """Be in this situation."""
        self.tell(*situation.said)
        if situation.passed:
            self.advance(1_000)
        for code in situation.taps:
            self.tap(self.look.say(code))

    # What is there ----------------------------------------------------------------------------------------------------
    def painted(self) -> Iterator[tuple[Painted, QRect]]:
        """Every visible widget that paints, and where it is."""
        for widget in self.window.findChildren(Painted):
            if widget.isVisible() and widget.width() > 0:
                yield widget, QRect(widget.mapTo(self.window, QPoint(0, 0)), widget.size())

    def texts(self) -> Iterator[tuple[Painted, Placed]]:
        """Every text that is on the screen."""
        for widget, _ in self.painted():
            for placed in widget.placed:
                yield widget, placed

    def targets(self) -> list[Target]:
        """Everything that can be tapped now."""
        found = [(widget, box) for widget, box in self.painted() if isinstance(widget, BigButton)]
        return [Target(widget, widget.text, box) for widget, box in found if widget.isEnabled()]

    def tap(self, text: str) -> None:
        """Tap what says this."""
        target = next((one for one in self.targets() if one.text == text), None)
        assert target, f"nothing says {text!r}: {[one.text for one in self.targets()]}"
        self.tap_on(target)

    def tap_on(self, target: Target) -> None:
        """A finger comes down and goes up."""
        QTest.mouseClick(target.widget, Qt.MouseButton.LeftButton)
        self.paint()
