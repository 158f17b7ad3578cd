"""A page of tiles to choose one of: reasons, readings of a code, the rest of "more". Call and the way back have their
places at its foot."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import ceil

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM, HEIGHT_MM, Buttons, ButtonSpec
from common.qt.painted import LEFT, MIDDLE, Brush
from common.qt.theme import Look, Style
from station.kiosk.places import edge, foot, low
from station.kiosk.screen import Screen
from station.kiosk.tile_bar import BACK, CALL, CANCEL
from station.shown.work_screen import Tile

TITLE = Style(6.0, 3.0, bold=True)
TITLE_MM = 16.0
LEAST_MM, MOST_MM = 40.0, 30.0  # a tile's least width and most height


class TilePage(Screen):
    """Tiles in a grid under a title; where they are too many, the last turns the page."""

    chosen = Signal(object)
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.title = ""
        self._tiles: tuple[Tile, ...] = ()
        self._page = 0
        self._out: Tile | None = None
        self._offer: object = None
        self._buttons = Buttons(look, self)

    def offer(self, title: str, tiles: tuple[Tile, ...], *, may_leave: bool = True) -> None:
        """Offer these. `may_leave`: "back" leads to the work; otherwise the tile that cancels takes its place."""
        offer = (title, tiles, may_leave)
        if offer != self._offer:
            cancel = next((tile for tile in tiles if tile.code == CANCEL), None)
            self._out = Tile("", BACK) if may_leave else cancel
            self.title, self._page, self._offer = title, 0, offer
            self._tiles = tuple(tile for tile in tiles if tile is not self._out)
        self.arrange()
        self.update()

    def draw(self, brush: Brush) -> None:
        """The title; the tiles paint themselves."""
        side = edge(self.look)
        box = QRectF(side, 0, brush.room.width() - 2 * side, self.look.px(TITLE_MM))
        brush.text(self.title, box, TITLE, on="ground", at=(LEFT, MIDDLE))

    def arrange(self) -> None:
        """The tiles of this page, the call and the way out."""
        if self.width() > 1:
            self._buttons.lay([*self._grid_buttons(), *self._foot()])

    def _grid_buttons(self) -> Iterator[ButtonSpec]:
        columns, rows = self._grid()
        room = columns * rows
        turns = len(self._tiles) > room
        each = room - 1 if turns else room
        for n, tile in enumerate(self._tiles[self._page * each : (self._page + 1) * each]):
            yield self._button(tile, self._box(n, columns, rows))
        if turns:
            yield ButtonSpec(self.look.say("tap.turn"), self._box(room - 1, columns, rows), self._turn)

    def _foot(self) -> Iterator[ButtonSpec]:
        at = low(self.look, self.width(), self.height())
        call = next((tile for tile in self.shows.scene.tiles if tile.code == CALL), None)
        if call is not None and call.more != self._tiles:
            yield self._button(call, at.call)
        if self._out is not None and self._out.code == BACK:
            yield ButtonSpec(self.look.say(BACK), at.more, self.left.emit)
        elif self._out is not None:
            yield self._button(self._out, at.more)

    def _button(self, tile: Tile, box: QRect) -> ButtonSpec:
        return ButtonSpec(self.look.say(tile.code, tile.params), box, partial(self.chosen.emit, tile))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self.arrange()

    def _turn(self) -> None:
        columns, rows = self._grid()
        self._page = (self._page + 1) % ceil(len(self._tiles) / (columns * rows - 1))
        self.arrange()

    def _grid(self) -> tuple[int, int]:
        gap, side = self.look.px(GAP_MM), edge(self.look)
        wide, high = self.width() - 2 * side, self._bottom() - self.look.px(TITLE_MM)
        columns = max((wide + gap) // (self.look.px(LEAST_MM) + gap), 1)
        return min(columns, 5), max((high + gap) // (self.look.px(HEIGHT_MM) + gap), 1)

    def _bottom(self) -> int:
        return foot(self.look, self.width(), self.height())[1] - self.look.px(GAP_MM)

    def _box(self, n: int, columns: int, rows: int) -> QRect:
        gap, side, top = self.look.px(GAP_MM), edge(self.look), self.look.px(TITLE_MM)
        wide = (self.width() - 2 * side + gap) / columns
        used = min(rows, ceil(len(self._tiles) / columns))
        high = min((self._bottom() - top + gap) // used, self.look.px(MOST_MM) + gap)
        row, column = divmod(n, columns)
        x = side + round(column * wide)
        return QRect(x, top + row * high, side + round((column + 1) * wide) - gap - x, high - gap)
