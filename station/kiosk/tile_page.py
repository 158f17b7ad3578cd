"""A page of tiles to choose one of: reasons, readings of a code, what stands behind "more". Cancel is always there."""

from __future__ import annotations

from functools import partial
from math import ceil

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM, HEIGHT_MM, Buttons
from common.qt.painted import LEFT, MIDDLE, Brush
from common.qt.theme import Look, Style
from station.kiosk.screen import Screen
from station.kiosk.tile_bar import edge
from station.shown.work_screen import Tile

TITLE = Style(6.0, 3.0, bold=True)
TITLE_MM = 16.0
LEAST_MM, MOST_MM = 40.0, 30.0  # a tile's least width and most height
BACK_MM = 40.0


class TilePage(Screen):
    """Tiles in a grid under a title; where they are too many, the last turns the page."""

    chosen = Signal(object)
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.title = ""
        self._tiles: tuple[Tile, ...] = ()
        self._page = 0
        self._may_leave = True
        self._offer: object = None
        self._buttons = Buttons(look, self, once=True)

    def offer(self, title: str, tiles: tuple[Tile, ...], *, may_leave: bool = True) -> None:
        """Offer these. `may_leave`: a tap leads back; otherwise one of the tiles is the way out."""
        offer = (title, tiles, may_leave, self.look.language)
        if offer == self._offer:
            return  # a finger may be on one of them
        self.title, self._tiles, self._page, self._may_leave, self._offer = title, tiles, 0, may_leave, offer
        self._place()
        self.update()

    def draw(self, brush: Brush) -> None:
        """The title; the tiles paint themselves."""
        side = edge(self.look)
        box = QRectF(side, 0, brush.room.width() - 2 * side, self.look.px(TITLE_MM))
        brush.text(self.title, box, TITLE, on="ground", at=(LEFT, MIDDLE))

    def arrange(self) -> None:
        """Nothing here follows from the scene."""

    def _place(self) -> None:
        """Place the tiles of this page, and the way back at the lower right."""
        self._buttons.clear()
        if self.width() < 2:
            return
        columns, rows = self._grid()
        room = columns * rows
        turns = len(self._tiles) > room
        each = room - 1 if turns else room
        for n, tile in enumerate(self._tiles[self._page * each : (self._page + 1) * each]):
            said = self.look.say(tile.code, tile.params)
            self._buttons.put(said, self._box(n, columns, rows), partial(self.chosen.emit, tile))
        if turns:
            self._buttons.put(self.look.say("tap.turn"), self._box(room - 1, columns, rows), self._turn)
        if self._may_leave:
            high, wide, side = self.look.px(HEIGHT_MM), self.look.px(BACK_MM), edge(self.look)
            back = QRect(self.width() - side - wide, self.height() - side - high, wide, high)
            self._buttons.put(self.look.say("tap.back"), back, self.left.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self._place()

    def _turn(self) -> None:
        columns, rows = self._grid()
        self._page = (self._page + 1) % ceil(len(self._tiles) / (columns * rows - 1))
        self._place()

    def _grid(self) -> tuple[int, int]:
        gap, side = self.look.px(GAP_MM), edge(self.look)
        wide, high = self.width() - 2 * side, self._bottom() - self.look.px(TITLE_MM)
        columns = max((wide + gap) // (self.look.px(LEAST_MM) + gap), 1)
        return min(columns, 5), max((high + gap) // (self.look.px(HEIGHT_MM) + gap), 1)

    def _bottom(self) -> int:
        foot = self.look.px(HEIGHT_MM + GAP_MM) if self._may_leave else 0
        return self.height() - edge(self.look) - foot

    def _box(self, n: int, columns: int, rows: int) -> QRect:
        gap, side, top = self.look.px(GAP_MM), edge(self.look), self.look.px(TITLE_MM)
        wide = (self.width() - 2 * side + gap) / columns
        used = min(rows, ceil(len(self._tiles) / columns))
        high = min((self._bottom() - top + gap) // used, self.look.px(MOST_MM) + gap)
        row, column = divmod(n, columns)
        x = side + round(column * wide)
        return QRect(x, top + row * high, side + round((column + 1) * wide) - gap - x, high - gap)
