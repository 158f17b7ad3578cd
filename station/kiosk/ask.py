"""The question before an undo: it names the entry that will be undone, and two buttons answer it, far apart."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM, HEIGHT_MM, Buttons, ButtonSpec
from common.qt.painted import CENTRE, MIDDLE, Brush
from common.qt.theme import INSTRUCTION, STEP, Look
from station.kiosk.places import edge, foot, low
from station.kiosk.screen import Screen
from station.kiosk.tile_bar import CALL
from station.shown.work_screen import Tile

MORE_PART = 0.4  # of the room for the question
SHAPE_MM, ANSWER_MM, APART_MM, BELOW_MM = 18.0, 62.0, 24.0, 14.0


class AskScreen(Screen):
    """Keep at the left, undo at the right, both in the middle of the screen, where no other screen has a button."""

    chosen = Signal(object)
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._tile = Tile("", "tap.undo")
        self._buttons = Buttons(look, self)

    def ask(self, tile: Tile) -> None:
        """Ask about this tile's undo."""
        self._tile = tile
        self.arrange()
        self.update()

    def arrange(self) -> None:
        """The two answers, and the call in its place."""
        if self.width() < 2:
            return
        look, (keep, undo) = self.look, self._answers()
        found = [
            ButtonSpec(look.say("tap.keep"), keep, self.left.emit, "primary"),
            ButtonSpec(look.say("tap.undo_now"), undo, self._agree, "ng"),
        ]
        call = next((tile for tile in self.shows.scene.tiles if tile.code == CALL), None)
        if call is not None:
            at = low(look, self.width(), self.height()).call
            found.append(ButtonSpec(look.say(CALL, call.params), at, lambda: self.chosen.emit(call)))
        self._buttons.lay(found)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self.arrange()

    def draw(self, brush: Brush) -> None:
        """The shape of a hold, the question, and what becomes of the record."""
        look, side = self.look, edge(self.look)
        top, end = look.px(GAP_MM), foot(look, self.width(), self.height())[1] - look.px(GAP_MM)
        inside = brush.card(QRectF(side, top, self.width() - 2 * side, end - top))
        keep, _ = self._answers()
        shape = look.px(SHAPE_MM)
        free = keep.y() - inside.y()
        at = QRectF((self.width() - shape) / 2, inside.y() + free * 0.08, shape, shape)
        brush.shape("hold", at)
        words = QRectF(inside.x(), at.bottom(), inside.width(), keep.y() - at.bottom() - look.px(GAP_MM))
        more = self._more()
        asked = words.adjusted(0, 0, 0, -words.height() * MORE_PART if more else 0)
        brush.text(look.say("kiosk.undo_ask", self._tile.params), asked, INSTRUCTION, at=(CENTRE, MIDDLE))
        brush.text(more, words.adjusted(0, asked.height(), 0, 0), STEP, "ink-2", at=(CENTRE, MIDDLE))
        below = QRectF(inside.x(), keep.bottom(), inside.width(), inside.bottom() - keep.bottom())
        brush.text(look.say("kiosk.undo_kept"), below, STEP, "ink-2", at=(CENTRE, MIDDLE))

    def _more(self) -> str:
        """Say what is undone with it, and whose signature it needs, now or later."""
        params, found = self._tile.params, []
        if params.get("also"):
            found.append("kiosk.undo_also")
        if params.get("release"):
            found.append("kiosk.undo_later" if params.get("within_s") else "kiosk.undo_sign")
        return "\n".join(self.look.say(code, params) for code in found)

    def _answers(self) -> tuple[QRect, QRect]:
        look = self.look
        apart = look.px(APART_MM)
        wide = min(look.px(ANSWER_MM), (self.width() - 4 * edge(look) - apart) // 2)
        x = (self.width() - 2 * wide - apart) // 2
        high = look.px(HEIGHT_MM * 1.2)
        y = foot(look, self.width(), self.height())[1] - look.px(GAP_MM) - high - look.px(BELOW_MM)
        return QRect(x, y, wide, high), QRect(x + wide + apart, y, wide, high)

    def _agree(self) -> None:
        self.chosen.emit(Tile(self._tile.command, "tap.undo_now"))
