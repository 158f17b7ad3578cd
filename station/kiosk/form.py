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
from station.messages import Shown

NOTICE_MM = 16.0
SHOWN = ("ng", "hold")  # what a page says of a field stands on the page; a refusal stands above it


class FormScreen(Screen):
    """The page fills the screen but for the tiles; where letters are typed it takes their room too."""

    filled = Signal(str, int, object)
    signed = Signal(str, str)  # person, PIN

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.tiles = TileBar(look, self)
        self.view = FormView(look, self)
        self.view.filled.connect(self.filled.emit)
        self.view.gone.connect(lambda field, i: self.tapped.emit(f"FIELD:{field}:{i}" if i else f"FIELD:{field}"))
        self.view.measured.connect(lambda: self.tapped.emit("MEASURE"))
        self.view.signed.connect(self._sign)
        self.view.spread.connect(self.arrange)

    def arrange(self) -> None:
        """The page, what was refused above it, and the tiles."""
        page = self.shows.scene.page
        if self.width() < 2 or page is None:
            return
        side, gap = edge(self.look), self.look.px(GAP_MM)
        x, y, wide, high = foot(self.look, self.width(), self.height())
        said = self.look.px(NOTICE_MM) + gap if self._refused() else 0
        self.view.setGeometry(side, gap, self.width() - 2 * side, self.height() - gap - side)
        self.view.show_page(page, label(self.shows.scene.thing), said, high + gap)
        if self.width() > self.height():
            wide = self.view.editor().x() - gap
        self.tiles.setVisible(not self.view.whole)
        self.tiles.setGeometry(x, y, wide, high)
        # The page has a button of its own for what a device gives, where the field is filled.
        self.tiles.show_tiles(tuple(tile for tile in self.shows.scene.tiles if tile.command != "MEASURE"))
        self.tiles.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self.arrange()

    def say_again(self) -> None:
        """The language changed."""
        self.view.say_again()
        super().say_again()

    def draw(self, brush: Brush) -> None:
        """What was refused, if anything was: beside the pad, whose keys stay where they are."""
        if self._refused():
            side, gap = edge(self.look), self.look.px(GAP_MM)
            beside = self.view.editor().x()
            wide = beside - gap if beside else self.view.width()
            box = QRectF(side, gap, wide, self.look.px(NOTICE_MM))
            notice(brush, self._refused(), box)

    def _sign(self, pin: str) -> None:
        if self.shows.scene.signing is not None:
            self.signed.emit(self.shows.scene.signing.signer, pin)

    def _refused(self) -> tuple[Shown, ...]:
        return tuple(one for one in self.shows.notices if one.tone in SHOWN)
