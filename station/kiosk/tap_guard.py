"""The tap guard: a finger that comes down right after the button under it changed meant what was there before.

Each button is known by its words and its box. One that has not been on the screen for `NEW_MS` takes no tap; one that
stayed where it was takes taps whatever else changes.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from common.qt.button import BigButton

NEW_MS = 400

Spot = tuple[str, str, tuple[int, int, int, int]]


class TapGuard:
    """Of one window. `mono_ms`: its clock."""

    def __init__(self, window: QWidget, mono_ms: Callable[[], int]) -> None:
        self._window = window
        self._mono_ms = mono_ms
        self._since_ms: dict[Spot, int] = {}

    def look(self) -> None:
        """Take down the buttons on the screen, each with the time since which it is there."""
        now_ms = self._mono_ms()
        there = [self._spot(one) for one in self._window.findChildren(BigButton) if one.isVisible()]
        self._since_ms = {spot: self._since_ms.get(spot, now_ms) for spot in there}

    def allows(self, button: object) -> bool:
        """Return whether this button has been on the screen for long enough to be meant."""
        if not isinstance(button, BigButton):
            return False
        since_ms = self._since_ms.get(self._spot(button))
        return since_ms is not None and self._mono_ms() - since_ms >= NEW_MS

    def _spot(self, button: BigButton) -> Spot:
        box = QRect(button.mapTo(self._window, QPoint(0, 0)), button.size())
        return button.text, button.below, (box.x(), box.y(), box.width(), box.height())
