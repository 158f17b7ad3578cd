"""The tap guard: a finger that comes down right after the button under it changed meant what was there before.

Each button is known by its words and its box, and an answer by its question too: yes of the next question is another
button. One that has not been on the screen for `NEW_MS` takes no tap; one that stayed takes taps whatever else changes.
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
        self._known: dict[Spot, tuple[object, int]] = {}

    def look(self) -> None:
        """Take down the buttons on the screen, each with its question and the time since which it is there."""
        now_ms = self._mono_ms()
        there = {self._spot(one): one.answers for one in self._window.findChildren(BigButton) if one.isVisible()}
        before = self._known
        self._known = {}
        for spot, question in there.items():
            asked, since_ms = before.get(spot, (question, now_ms))
            self._known[spot] = question, since_ms if asked == question else now_ms

    def allows(self, button: object) -> bool:
        """Return whether this button has been on the screen for long enough to be meant."""
        if not isinstance(button, BigButton):
            return False
        asked, since_ms = self._known.get(self._spot(button), (None, None))
        return since_ms is not None and asked == button.answers and self._mono_ms() - since_ms >= NEW_MS

    def _spot(self, button: BigButton) -> Spot:
        box = QRect(button.mapTo(self._window, QPoint(0, 0)), button.size())
        return button.text, button.below, (box.x(), box.y(), box.width(), box.height())
