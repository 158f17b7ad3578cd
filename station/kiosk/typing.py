"""A code typed as its label has it, where no scanner reads the label, and taken as if it were scanned."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM
from common.qt.keyboard import TextPad
from common.qt.pads import MOST_SIGNS, confirm_box
from common.qt.painted import LEFT, MIDDLE, Brush
from common.qt.theme import STEP_NOW, Look
from station.kiosk.room import Room
from station.kiosk.tile_bar import CALL, TileBar, edge, foot
from station.shown.work_screen import Tile

HINT_MM = 7.0
BACK = Tile("", "tap.back")


class TypingRoom(Room):
    """The hint over the keyboard; call and the way back at their places. `typed`: a code."""

    kind, title = "typing", "room.typing"
    typed = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.pad = TextPad(look, self)
        self.pad.entered.connect(self.typed.emit)
        self.tiles = TileBar(look, self)
        self.tiles.chosen.connect(self._back)

    def open(self, wall_ms: int) -> None:
        """Start with nothing typed."""
        self.pad.ask("", MOST_SIGNS)
        super().open(wall_ms)

    def arrange(self) -> None:
        """The keyboard down to the row of the tiles, where confirm is its own."""
        if self.width() < 2:
            return
        side, top = edge(self.look), self.look.px(HINT_MM)
        self.pad.setGeometry(side, top, self.width() - 2 * side, self.height() - side - top)
        x, y, _, high = foot(self.look, self.width(), self.height())
        room = confirm_box(self.look, self.pad.width(), self.pad.height())
        keys = 2 if self.width() > self.height() else 1  # space is beside confirm on a lying screen
        gap = self.look.px(GAP_MM)
        self.tiles.setGeometry(x, y, self.pad.width() - keys * (room.width() + gap), high)
        call = tuple(tile for tile in self.shows.scene.tiles if tile.code == CALL)
        self.tiles.show_tiles((*call, BACK), (), pad="beside" if keys == 2 else "above")
        self.tiles.raise_()

    def say_again(self) -> None:
        """Say the words in the language of now."""
        self.pad.say_again()
        super().say_again()

    def draw(self, brush: Brush) -> None:
        """The hint; the keys paint themselves."""
        side = edge(self.look)
        hint = QRectF(side, 0, self.width() - 2 * side, self.look.px(HINT_MM))
        brush.text(self.look.say("room.typing_hint"), hint, STEP_NOW, "ink-2", on="ground", at=(LEFT, MIDDLE))

    def _back(self, tile: Tile) -> None:
        if tile == BACK:
            self.left.emit()
