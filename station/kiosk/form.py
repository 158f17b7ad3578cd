"""A page of a form, with the tiles below it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM
from common.qt.form_view import FormView
from common.qt.painted import Brush
from common.qt.theme import Look
from station.kiosk.screen import Screen, label, notice
from station.kiosk.tile_bar import TileBar, edge, foot

NOTICE_MM = 16.0
SHOWN = ("ng", "hold")  # what a page says of a field stands on the page; a refusal stands above it


class FormScreen(Screen):
    """The page fills the screen but for the tiles; where letters are typed it takes their room too."""

    filled = Signal(str, int, object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.tiles = TileBar(look, self)
        self.view = FormView(look, self)
        self.view.filled.connect(self.filled.emit)
        self.view.gone.connect(lambda field, i: self.tapped.emit(f"FIELD:{field}:{i}" if i else f"FIELD:{field}"))
        self.view.measured.connect(lambda: self.tapped.emit("MEASURE"))
        self.view.spread.connect(self.arrange)

    def arrange(self) -> None:
        """The page, what was refused above it, and the tiles."""
        page = self.shows.scene.page
        if self.width() < 2 or page is None:
            return
        side, gap = edge(self.look), self.look.px(GAP_MM)
        x, y, wide, high = foot(self.look, self.width(), self.height())
        top = gap + (self.look.px(NOTICE_MM) + gap if self._refused() else 0)
        self.view.setGeometry(side, top, self.width() - 2 * side, self.height() - top - side)
        self.view.show_page(page, label(self.shows.scene.thing), high + gap)
        if self.width() > self.height():
            wide = self.view.editor().x() - gap
        self.tiles.setVisible(not self.view.whole)
        self.tiles.setGeometry(x, y, wide, high)
        self.tiles.show_tiles(self.shows.scene.tiles)
        self.tiles.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self.arrange()

    def say_again(self) -> None:
        """The language changed."""
        self.view.say_again()
        super().say_again()

    def draw(self, brush: Brush) -> None:
        """What was refused, if anything was."""
        if self.shows.notice is not None and self._refused():
            side, gap = edge(self.look), self.look.px(GAP_MM)
            box = QRectF(side, gap, self.width() - 2 * side, self.look.px(NOTICE_MM))
            notice(brush, self.shows.notice, box)

    def _refused(self) -> bool:
        return self.shows.notice is not None and self.shows.notice.tone in SHOWN
