"""A real Qt application that draws into memory, and fingers for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFontDatabase, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from common.qt.button import BigButton
from common.qt.painted import Painted, Placed
from common.qt.theme import MM_PER_INCH, Look
from common.text import WORD_JOINER, Language
from station.kiosk.application import scale

# (width, height, dots an inch): 10" lying, 24" lying, 10" upright.
SIZES = ((1280, 800, 151.0), (1920, 1080, 92.0), (800, 1280, 151.0))


@pytest.fixture(scope="session")
def app() -> QApplication:
    """The one application of the session."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    made = QApplication.instance() or QApplication([])
    assert isinstance(made, QApplication)
    assert QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese), "no font for Chinese: fonts-noto-cjk"
    return made


@pytest.fixture
def show(app: QApplication) -> Iterator[Callable[[QWidget], QWidget]]:
    """show(widget): it is on the screen until the test ends."""
    shown: list[QWidget] = []

    def put(widget: QWidget) -> QWidget:
        widget.show()
        app.processEvents()
        shown.append(widget)
        return widget

    yield put
    for widget in shown:
        widget.hide()
        widget.deleteLater()
    app.processEvents()


def look(size: tuple[int, int, float] = SIZES[0], language: Language = "en") -> Look:
    """The look on a screen of this size."""
    return Look(scale(size[2] / MM_PER_INCH, size[0], size[1]), language)


def settle() -> None:
    """Let Qt do what is due, and throw away what was to be deleted later: outside its loop it does not by itself."""
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def tap(widget: QWidget, at: QPoint | None = None) -> None:
    """A finger comes down and goes up."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at or widget.rect().center())
    settle()


def press(window: QWidget, at: QPoint, at_ms: int, *, second: bool = False) -> None:
    """A finger on what stands there at this moment, by the panel's own time; `second`: of a double click."""
    widget, down = window.childAt(at) or window, QEvent.Type.MouseButtonDblClick
    local = QPointF(widget.mapFrom(window, at))
    for kind in (down if second else QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        left = Qt.MouseButton.LeftButton
        event = QMouseEvent(kind, local, widget.mapToGlobal(local), left, left, Qt.KeyboardModifier.NoModifier)
        event.setTimestamp(at_ms)
        QApplication.sendEvent(widget, event)
    settle()


def buttons(widget: QWidget) -> dict[str, BigButton]:
    """What can be tapped now, by what stands on it."""
    return {as_read(b.text): b for b in widget.findChildren(BigButton) if b.isVisible()}


def painted(widget: QWidget) -> list[Placed]:
    """Every text that stands on the screen."""
    shown = [p for p in (widget, *widget.findChildren(Painted)) if isinstance(p, Painted) and p.isVisible()]
    return [placed for one in shown for placed in one.placed]


def words(widget: QWidget) -> str:
    """All that can be read, in lines."""
    return as_read("\n".join(placed.text for placed in painted(widget)))


def as_read(text: str) -> str:
    """A text without the signs that hold its names together."""
    return text.replace(WORD_JOINER, "")
