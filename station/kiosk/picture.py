"""The test picture: colours, a grid to the very edge, and a ruler that can be laid against a real one."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QMouseEvent

from common.qt.painted import CENTRE, MIDDLE, Brush
from common.qt.theme import CAPTION, TITLE
from station.kiosk.screen import Screen

ROLES = ("surface", "line", "ink-2", "ink", "water", "ok", "hold", "ng", "unknown")
GRID_MM, RULER_MM = 10, 100


class PictureScreen(Screen):
    """A touch anywhere ends it."""

    left = Signal()

    def draw(self, brush: Brush) -> None:
        """The grid, the colours above, the ruler and what to do in the middle."""
        room, look = brush.room, self.look
        step = look.px(GRID_MM)
        for x in range(0, self.width(), step):
            brush.fill(QRectF(x, 0, 1, room.height()), "line")
        for y in range(0, self.height(), step):
            brush.fill(QRectF(0, y, room.width(), 1), "line")
        wide = room.width() / len(ROLES)
        for n, role in enumerate(ROLES):
            brush.fill(QRectF(n * wide, 0, wide, room.height() * 0.3), role)
        long = look.px(RULER_MM)
        ruler = QRectF((room.width() - long) / 2, room.height() * 0.42, long, look.px(3))
        brush.fill(ruler, "ink")
        below = QRectF(0, ruler.bottom(), room.width(), look.px(8))
        brush.text(look.say("room.ruler", {"mm": RULER_MM}), below, CAPTION, on="ground", at=(CENTRE, MIDDLE))
        rest = QRectF(0, below.bottom(), room.width(), room.height() - below.bottom())
        brush.text(look.say("room.picture_end"), rest, TITLE, on="ground", at=(CENTRE, MIDDLE))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Enough seen."""
        self.left.emit()
