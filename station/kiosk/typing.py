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
        if self.width() >= 2:
            lay_keyboard(self, self.pad, self.tiles)

    def say_again(self) -> None:
        """Say the words in the language of now."""
        self.pad.say_again()
        super().say_again()

    def draw(self, brush: Brush) -> None:
        """The hint; the keys paint themselves."""
        draw_hint(brush, self.look.say("room.typing_hint"))

    def _back(self, tile: Tile) -> None:
        if tile == BACK:
            self.left.emit()


def lay_keyboard(room: Room, pad: TextPad, tiles: TileBar) -> None:
    """Lay a keyboard over a room under its hint; call and the way back have their places in its last row."""
    look, side, top = room.look, edge(room.look), room.look.px(HINT_MM)
    pad.setGeometry(side, top, room.width() - 2 * side, room.height() - side - top)
    x, y, _, high = foot(look, room.width(), room.height())
    confirm = confirm_box(look, pad.width(), pad.height())
    keys = 2 if room.width() > room.height() else 1  # space is beside confirm on a lying screen
    tiles.setGeometry(x, y, pad.width() - keys * (confirm.width() + look.px(GAP_MM)), high)
    call = tuple(tile for tile in room.shows.scene.tiles if tile.code == CALL)
    tiles.show_tiles((*call, BACK), (), pad="beside" if keys == 2 else "above")
    tiles.raise_()


def draw_hint(brush: Brush, said: str) -> None:
    """Draw the hint over a keyboard."""
    side = edge(brush.look)
    box = QRectF(side, 0, brush.room.width() - 2 * side, brush.look.px(HINT_MM))
    brush.text(said, box, STEP_NOW, "ink-2", on="ground", at=(LEFT, MIDDLE))
