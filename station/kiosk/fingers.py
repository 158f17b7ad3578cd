"""Fingers on the window, each for itself: a hand or a sleeve that rests on the glass takes the tap of no finger.

Qt makes a mouse of the first touch alone and gives the others to nobody.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QEventPoint, QMouseEvent, QTouchEvent
from PySide6.QtWidgets import QApplication, QWidget

from common.qt.zoom import ZoomView

OUTSIDE = QPointF(-1, -1)  # where a finger goes up that the panel has lost


class Fingers(QObject):
    """Presses and releases what is under each finger. A picture has its touches as they come: two fingers zoom it."""

    def __init__(self, window: QWidget) -> None:
        """`window`: it has been shown."""
        super().__init__(window)
        self._window = window
        self._on: dict[int, QWidget] = {}
        self._pictured = False
        window.windowHandle().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take a touch from Qt, unless it began on a picture."""
        if not isinstance(event, QTouchEvent):
            return False
        if event.type() == QEvent.Type.TouchBegin:
            self._pictured = isinstance(self._under(event.points()[0]), ZoomView)
        if self._pictured:
            return False
        for point in event.points():
            self._follow(point, lost=event.type() == QEvent.Type.TouchCancel)
        event.accept()
        return True

    def _follow(self, point: QEventPoint, *, lost: bool) -> None:
        """A finger comes down on a widget, or goes up from it, unless that is gone."""
        if point.state() == QEventPoint.State.Pressed:
            self._on[point.id()] = self._under(point)
            self._send(QEvent.Type.MouseButtonPress, self._on[point.id()], point)
        elif point.state() == QEventPoint.State.Released or lost:
            on = self._on.pop(point.id(), None)
            if on is self._window or (on in self._window.findChildren(QWidget) and on.isVisible()):
                self._send(QEvent.Type.MouseButtonRelease, on, point, lost=lost)

    def _under(self, point: QEventPoint) -> QWidget:
        return self._window.childAt(point.position().toPoint()) or self._window

    def _send(self, kind: QEvent.Type, on: QWidget, point: QEventPoint, *, lost: bool = False) -> None:
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        at = OUTSIDE if lost else QPointF(on.mapFrom(self._window, point.position().toPoint()))
        held = left if kind == QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
        event = QMouseEvent(kind, at, on.mapToGlobal(at), left, held, none)
        event.setTimestamp(point.timestamp())
        QApplication.sendEvent(on, event)
