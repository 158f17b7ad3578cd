"""The code on a label that no scanner reads any more: typed as it stands there, and taken as if it were scanned."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtWidgets import QWidget

from common.qt.form_editors import TextPad
from common.qt.pads import MOST_SIGNS
from common.qt.painted import LEFT, MIDDLE, Brush
from common.qt.theme import STEP_NOW, Look
from station.kiosk.room import Room
from station.kiosk.tile_bar import edge

HINT_MM = 7.0


class TypingRoom(Room):
    """What to type, and the pad with all its keys in reach. `typed`: a code."""

    kind, title = "typing", "room.typing"
    typed = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.pad = TextPad(look, self)
        self.pad.entered.connect(self.typed.emit)
        self.pad.left.connect(self.left.emit)

    def open(self, wall_ms: int) -> None:
        """Nothing is typed yet."""
        self.pad.ask("", MOST_SIGNS)
        super().open(wall_ms)

    def arrange(self) -> None:
        """The keys need all the room there is: one of them leads back."""
        side, top = edge(self.look), self.look.px(HINT_MM)
        self.pad.setGeometry(side, top, self.width() - 2 * side, self.height() - side - top)

    def say_again(self) -> None:
        """The language changed."""
        self.pad.say_again()
        super().say_again()

    def draw(self, brush: Brush) -> None:
        """What is to be typed; the keys paint themselves."""
        side = edge(self.look)
        hint = QRectF(side, 0, self.width() - 2 * side, self.look.px(HINT_MM))
        brush.text(self.look.say("room.typing_hint"), hint, STEP_NOW, "ink-2", on="ground", at=(LEFT, MIDDLE))
