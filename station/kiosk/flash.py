"""The flash: a green strip over the status bar for a moment, when a step was taken and the work goes on."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtWidgets import QWidget

from common.qt.painted import LEFT, MIDDLE, Brush, Painted
from common.qt.theme import Look, Style
from station.kiosk.screen import sentence
from station.messages import Shown

WORDS = Style(4.5, 2.0, bold=True)
SHAPE_MM = 7.5


class Flash(Painted):
    """Shows the results of a turn over the bar. `painted` tells which."""

    ground = "ok"
    painted = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.results: tuple[Shown, ...] = ()
        self.hide()

    def show_results(self, results: tuple[Shown, ...]) -> None:
        """Paint these now: somebody waits for them with the next scan in hand."""
        self.results = results
        self.show()
        self.raise_()
        self.repaint()

    def draw(self, brush: Brush) -> None:
        """The check, and the sentence beside it."""
        look, size = self.look, min(self.look.px(SHAPE_MM), brush.room.height() * 0.7)
        side = look.px(4)
        brush.shape("ok", QRectF(side, (brush.room.height() - size) / 2, size, size), "on-fill", "ok")
        room = QRectF(2 * side + size, 0, brush.room.width() - 3 * side - size, brush.room.height())
        words = " · ".join(sentence(look, one) for one in self.results)
        brush.text(words, room, WORDS, "on-fill", on="ok", at=(LEFT, MIDDLE))

    def drawn(self) -> None:
        """It was painted."""
        self.painted.emit(self.results)
