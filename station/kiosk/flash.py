"""The flash: a green strip over the status bar for a moment, when a step was taken and the work goes on."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPixmap
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
        self._laid = QPixmap()
        self._laid_at: tuple[int, int, float] = (0, 0, 0.0)
        self.hide()

    def show_results(self, results: tuple[Shown, ...]) -> None:
        """Paint these now: somebody waits for them with the next scan in hand."""
        self.results = results
        self.show()
        self.raise_()
        self.repaint()

    def lay(self, brush: Brush) -> None:
        """Ground and check are the same each time: painted once and then copied."""
        at = (self.width(), self.height(), self.look.px_per_mm)
        if at != self._laid_at:
            self._laid_at, self._laid = at, QPixmap(self.size())
            painter = QPainter(self._laid)
            laid = Brush(painter, self.look, brush.room)
            laid.fill(brush.room, self.ground)
            side, size = self._check()
            laid.shape("ok", QRectF(side, (brush.room.height() - size) / 2, size, size), "on-fill", "ok")
            painter.end()
        brush.painter.drawPixmap(0, 0, self._laid)

    def _check(self) -> tuple[float, float]:
        """The left side of the check, and its size."""
        return self.look.px(4), min(self.look.px(SHAPE_MM), self.height() * 0.7)

    def draw(self, brush: Brush) -> None:
        """The sentence beside the check."""
        look, (side, size) = self.look, self._check()
        room = QRectF(2 * side + size, 0, brush.room.width() - 3 * side - size, brush.room.height())
        words = " · ".join(sentence(look, one) for one in self.results)
        brush.text(words, room, WORDS, "on-fill", on="ok", at=(LEFT, MIDDLE))

    def drawn(self) -> None:
        """It was painted."""
        self.painted.emit(self.results)
