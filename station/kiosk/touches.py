"""Touches of the screen, whatever they hit: the work cell hears of one at most every few seconds."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QWindow

from station.messages import Touched

EVERY_MS = 10_000
TOUCHES = (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin)


class Touches(QObject):
    """Watches one window, before any of its widgets; takes nothing away from them."""

    def __init__(self, window: QWindow, hear: Callable[[Touched], None], mono_ms: Callable[[], int]) -> None:
        super().__init__(window)
        self._hear = hear
        self._mono_ms = mono_ms
        self._told_ms: int | None = None
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Tell of a touch, and let it through."""
        now_ms = self._mono_ms()
        if event.type() in TOUCHES and (self._told_ms is None or now_ms - self._told_ms >= EVERY_MS):
            self._told_ms = now_ms
            self._hear(Touched())
        return False
