"""The pictures of an instruction on the work screen, one at a time; a tap on one opens it over the whole screen.

The buttons that turn to the next are together at the lower right, beside the picture and never over it.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM, HEIGHT_MM, Buttons, ButtonSpec
from common.qt.image import Image
from common.qt.painted import CENTRE, LEFT, MIDDLE, Brush, Painted
from common.qt.theme import CAPTION, STEP, Look
from common.theme import CORNER_PX
from station.shown.work_screen import GuideView

PREVIOUS, NEXT = "kiosk.previous", "kiosk.next"
DOT_MM = 2.2
LINE_MM = {False: 5.5, True: 7.0}  # for the caption, which may take two lines beside the buttons


class PictureCard(Painted):
    """The pictures of a step. `opened`: somebody wants this one large, by its number from 0."""

    opened = Signal(int)
    ground = "surface"

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.at = 0
        self._pictures: tuple[GuideView, ...] = ()
        self._image = Image()
        self._down = False
        self._turn = Buttons(look, self, on="surface", guarded=False)

    def show_pictures(self, pictures: tuple[GuideView, ...]) -> None:
        """Show these; where they are the same ones, the one that somebody turned to stays."""
        if pictures != self._pictures:
            self._pictures, self.at = pictures, 0
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place the buttons again."""
        self._place()

    def draw(self, brush: Brush) -> None:
        """The picture, what it shows, and a dot for each of them."""
        if not self._pictures:
            return
        turns_mm = self._turns_mm()
        wide, high = self.width() - self.look.px(turns_mm), self.look.px(LINE_MM[turns_mm > 0])
        one, box = self._pictures[self.at], QRectF(0, 0, wide, self.height() - high)
        image = self._image.of(one.picture)
        if image is not None:
            brush.picture(image, box, LEFT)
        else:
            brush.fill(box, "ground", radius=CORNER_PX["card"], border="line")
            inside = box.adjusted(box.height() * 0.1, 0, -box.height() * 0.1, 0)
            brush.text(self.look.say("kiosk.no_picture"), inside, STEP, "ink-2", on="ground", at=(CENTRE, MIDDLE))
        line = QRectF(0, box.bottom(), wide, self.height() - box.bottom())
        left = line.x()
        if len(self._pictures) > 1:
            left = draw_dots(brush, self.at, len(self._pictures), line) + self.look.px(2)
        said = self.look.name(one.caption) or (self.look.say("kiosk.enlarge") if image is not None else "")
        brush.text(
            said, QRectF(left, line.y(), line.right() - left, line.height()), CAPTION, "ink-2", at=(LEFT, MIDDLE)
        )

    def _turns_mm(self) -> float:
        """The width of the two buttons with their gaps; 0 where there is no room for them, or nothing to turn to."""
        wide_mm = 2 * (HEIGHT_MM + GAP_MM)
        room = self.height() >= self.look.px(HEIGHT_MM) and self.width() >= 2 * self.look.px(wide_mm)
        return wide_mm if room and len(self._pictures) > 1 else 0

    def _place(self) -> None:
        wanted: list[ButtonSpec] = []
        if self._turns_mm():
            size, apart = self.look.px(HEIGHT_MM), self.look.px(GAP_MM)
            for code, n, by in ((PREVIOUS, 2, -1), (NEXT, 1, 1)):
                box = QRect(self.width() - n * size - (n - 1) * apart, self.height() - size, size, size)
                live = 0 <= self.at + by < len(self._pictures)
                wanted.append(ButtonSpec(self.look.say(code), box, partial(self._turn_by, by), live=live))
        self._turn.lay(wanted)
        self.update()

    def _turn_by(self, by: int) -> None:
        self.at += by
        self._place()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A finger comes down."""
        self._down = True

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A finger goes up inside: this one large."""
        was, self._down = self._down, False
        if was and self.rect().contains(event.position().toPoint()):
            self.opened.emit(self.at)


def draw_dots(brush: Brush, at: int, count: int, box: QRectF) -> float:
    """A dot for each picture, the one that is shown in water; the right end of the last."""
    size, x = brush.look.px(DOT_MM), box.x()
    for n in range(count):
        dot = QRectF(x, box.center().y() - size / 2, size, size)
        brush.fill(dot, "water" if n == at else "line", radius=size / 2)
        x += 1.8 * size
    return x - 0.8 * size
