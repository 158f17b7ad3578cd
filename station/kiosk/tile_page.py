"""A page of tiles to choose one of: reasons, readings of a code, the rest of "more". Call and the way back have their
places at its foot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from math import ceil, log

from msgspec.structs import replace
from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import FIRST_LINE, GAP_MM, HEIGHT_MM, PAD_MM, Buttons, ButtonSpec
from common.qt.lettering import alike
from common.qt.painted import LEFT, MIDDLE, Brush
from common.qt.theme import BUTTON, Look, Style
from common.text import known
from station.kiosk.places import edge, foot, low
from station.kiosk.screen import Screen
from station.kiosk.tile_bar import BACK, CALL, CANCEL
from station.shown.work_screen import Tile

TITLE = Style(6.0, 3.0, bold=True)
TITLE_MM = 16.0
LEAST_MM, MOST_COLUMNS = 40.0, 5  # a tile's least width, and the most tiles in a row
SHAPE, EMPTY = 1.8, 0.5  # a tile is so many times as wide as high, if it can be; and how much an empty place costs
TILE = replace(BUTTON, cap_mm=5.5)


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
        if not self._place().isEmpty():
            self._buttons.lay([*self._grid_buttons(), *self._foot()])

    def _grid_buttons(self) -> Sequence[ButtonSpec]:
        columns, rows = most = self._most()
        turns = len(self._tiles) > columns * rows
        each = max(columns * rows - turns, 1)
        shown = self._tiles[self._page * each : (self._page + 1) * each]
        grid = most if turns else self._filled(max(len(shown), 1))
        found = [self._button(tile, self._box(n, grid)) for n, tile in enumerate(shown)]
        if turns:
            turn = partial(self._turn, ceil(len(self._tiles) / each))
            found.append(ButtonSpec(self.look.say("tap.turn"), self._box(each, grid), turn))
        style = replace(TILE, cap_mm=alike(self.look, (self._room(one) for one in found))) if found else TILE
        return [replace(one, style=style) for one in found]

    def _room(self, one: ButtonSpec) -> tuple[str, Style, float, float]:
        """The text of a tile and the room that it has."""
        high = one.box.height() * (FIRST_LINE if one.below else 1)
        return one.text, TILE, one.box.width() - 2 * self.look.px(PAD_MM), high

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
        more = f"tap_more.{tile.code.removeprefix('tap.')}"  # what the tap would do, where its words do not say it
        below = self.look.say(more, tile.params) if known(more) else ""
        return ButtonSpec(self.look.say(tile.code, tile.params), box, partial(self.chosen.emit, tile), below=below)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self.arrange()

    def _turn(self, pages: int) -> None:
        self._page = (self._page + 1) % pages
        self.arrange()

    def _place(self) -> QRect:
        """The place of the tiles."""
        side, top = edge(self.look), self.look.px(TITLE_MM)
        bottom = foot(self.look, self.width(), self.height())[1] - self.look.px(GAP_MM)
        return QRect(side, top, self.width() - 2 * side, bottom - top)

    def _most(self) -> tuple[int, int]:
        """The most columns and rows."""
        room, gap = self._place(), self.look.px(GAP_MM)
        columns = max((room.width() + gap) // (self.look.px(LEAST_MM) + gap), 1)
        return min(columns, MOST_COLUMNS), max((room.height() + gap) // (self.look.px(HEIGHT_MM) + gap), 1)

    def _filled(self, count: int) -> tuple[int, int]:
        """The columns and rows in which so many tiles fill the place best."""
        columns, rows = self._most()
        grids = [(across, ceil(count / across)) for across in range(1, columns + 1)]
        return min((grid for grid in grids if grid[1] <= rows), key=lambda grid: self._waste(count, grid))

    def _waste(self, count: int, grid: tuple[int, int]) -> float:
        box = self._box(0, grid)
        return abs(log(box.width() / box.height() / SHAPE)) + EMPTY * (grid[0] * grid[1] - count)

    def _box(self, n: int, grid: tuple[int, int]) -> QRect:
        """The n-th box; the boxes share the whole place."""
        room, gap, (columns, rows) = self._place(), self.look.px(GAP_MM), grid
        row, column = divmod(n, columns)
        wide, high = (room.width() + gap) / columns, (room.height() + gap) / rows
        x, y = round(column * wide), round(row * high)
        return QRect(
            room.x() + x, room.y() + y, round((column + 1) * wide) - gap - x, round((row + 1) * high) - gap - y
        )
