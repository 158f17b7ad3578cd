"""The pictures of an instruction on the work screen, one at a time; a tap on one opens it over the whole screen."""

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
DOT_MM, LINE_MM = 2.2, 5.5


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
        self._turn = Buttons(look, self, on="surface")

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
        one, box = self._pictures[self.at], QRectF(self._picture_box())
        image = self._image.of(one.picture)
        if image is not None:
            brush.picture(image, box)
        else:
            brush.fill(box, "ground", radius=CORNER_PX["card"], border="line")
            inside = box.adjusted(box.height() * 0.1, 0, -box.height() * 0.1, 0)
            brush.text(self.look.say("kiosk.no_picture"), inside, STEP, "ink-2", on="ground", at=(CENTRE, MIDDLE))
        line = QRectF(0, box.bottom(), self.width(), self.height() - box.bottom())
        left = line.x()
        if len(self._pictures) > 1:
            left = draw_dots(brush, self.at, len(self._pictures), line) + self.look.px(2)
        said = self.look.name(one.caption) or (self.look.say("kiosk.enlarge") if image is not None else "")
        brush.text(
            said, QRectF(left, line.y(), line.right() - left, line.height()), CAPTION, "ink-2", at=(LEFT, MIDDLE)
        )

    def _picture_box(self) -> QRect:
        away = self.look.px(HEIGHT_MM + GAP_MM) if self._turns() else 0
        return QRect(away, 0, self.width() - 2 * away, self.height() - self.look.px(LINE_MM))

    def _turns(self) -> bool:
        """True where there is room for the two buttons; without it they are beside the large picture."""
        high = self.look.px(HEIGHT_MM)
        return len(self._pictures) > 1 and self.height() >= high and self.width() >= 4 * high

    def _place(self) -> None:
        wanted: list[ButtonSpec] = []
        if self._turns():
            size = self.look.px(HEIGHT_MM)
            y = max((self._picture_box().height() - size) // 2, 0)
            for code, x, by in ((PREVIOUS, 0, -1), (NEXT, self.width() - size, 1)):
                live = 0 <= self.at + by < len(self._pictures)
                wanted.append(
                    ButtonSpec(self.look.say(code), QRect(x, y, size, size), partial(self._turn_by, by), live=live)
                )
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
