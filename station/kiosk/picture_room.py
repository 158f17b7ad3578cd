"""The pictures and documents of a step over the whole screen: enlarged by two fingers or buttons, moved by one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRect, QRectF
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM, HEIGHT_MM, Buttons, ButtonSpec
from common.qt.painted import CENTRE, LEFT, MIDDLE, RIGHT, Brush
from common.qt.theme import CAPTION_BOLD, STEP, STEP_NOW, Look
from common.qt.zoom import STEP as ZOOM_STEP
from common.qt.zoom import ZoomView
from station.kiosk.picture_card import NEXT, PREVIOUS, draw_dots
from station.kiosk.room import Room
from station.kiosk.tile_bar import CALL, TileBar, edge, foot
from station.shown.side_screens import SideScreen, StepPictures
from station.shown.work_screen import GuideView, Tile

LINE_MM = 9.0
BACK = Tile("", "tap.back")


class PictureRoom(Room):
    """One picture at a time: the caption over it, its buttons beside it, upright below it."""

    kind, title = "document", "room.document"
    takes = (StepPictures,)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.at = 0
        self.view = ZoomView(look, self)
        self._buttons_beside = Buttons(look, self, guarded=False)
        self.tiles = TileBar(look, self)
        self.tiles.chosen.connect(self._back)

    def open(self, wall_ms: int) -> None:
        """Start with the first picture, all of it."""
        self.at = 0
        self.view.whole()
        super().open(wall_ms)

    def tell(self, answer: SideScreen) -> None:
        """Show this answer, at the picture that somebody turned to."""
        if isinstance(answer, StepPictures):
            self.at = min(self.at, max(len(answer.pictures) - 1, 0))
        super().tell(answer)

    def turn_to(self, at: int) -> None:
        """Show this picture, all of it."""
        self.at = at
        self.view.whole()
        self.arrange()
        self.update()

    def arrange(self) -> None:
        """The picture as large as the screen allows, the buttons, call and the way back."""
        if self.width() < 2:
            return
        self.tiles.setGeometry(*foot(self.look, self.width(), self.height()))
        call = tuple(tile for tile in self.shows.scene.tiles if tile.code == CALL)
        self.tiles.show_tiles((*call, BACK), ())
        one = self._one()
        self.view.setGeometry(self._picture_box())
        self.view.show_picture(one.media if one else "", one.picture if one else b"")
        self.view.setVisible(self.view.readable)
        self._buttons_beside.lay(self._wanted())

    def draw(self, brush: Brush) -> None:
        """The caption, the number of the picture, and a sentence where there is none."""
        look, side, one = self.look, edge(self.look), self._one()
        line = QRectF(side, 0, self.width() - 2 * side, look.px(LINE_MM))
        count, left = len(self._pictures()), line
        if count > 1:
            dots = QRectF(line.right() - look.px(4 * count), line.y(), look.px(4 * count), line.height())
            draw_dots(brush, self.at, count, dots)
            said = look.say("room.page", {"page": self.at + 1, "pages": count})
            beside = line.adjusted(0, 0, -dots.width() - look.px(2), 0)
            at = brush.text(said, beside, CAPTION_BOLD, "ink-2", on="ground", at=(RIGHT, MIDDLE))
            left = line.adjusted(0, 0, at.x() - line.right() - look.px(2), 0)
        caption = look.name(one.caption) if one and one.caption else look.say(self.title)
        brush.text(caption, left, STEP_NOW, on="ground", at=(LEFT, MIDDLE))
        if not self.view.readable:
            inside = brush.card(QRectF(self._picture_box()))
            text = look.say("kiosk.no_picture" if self.answer else "room.wait")
            brush.text(text, inside, STEP, "ink-2", at=(CENTRE, MIDDLE))

    def _pictures(self) -> tuple[GuideView, ...]:
        """The large ones, and until they come those that are on the work screen."""
        if isinstance(self.answer, StepPictures):
            return self.answer.pictures
        instruction = self.shows.scene.instruction
        return instruction.pictures if instruction else ()

    def _one(self) -> GuideView | None:
        found = self._pictures()
        return found[min(self.at, len(found) - 1)] if found else None

    def _picture_box(self) -> QRect:
        """Between a column of buttons on each side; upright over a row of them."""
        side, gap, size = edge(self.look), self.look.px(GAP_MM), self.look.px(HEIGHT_MM)
        top, wide, bottom = self.look.px(LINE_MM), self.width() - 2 * side, self.tiles.y() - gap
        if self.width() <= self.height():
            return QRect(side, top, wide, bottom - size - gap - top)
        left = size + gap if len(self._pictures()) > 1 else 0
        return QRect(side + left, top, wide - left - size - gap, bottom - top)

    def _wanted(self) -> list[ButtonSpec]:
        """Larger and smaller, and between several pictures the way to the next and the one before."""
        live = self.view.readable
        found = [
            ButtonSpec("+", self._box(0), partial(self.view.zoom_by, ZOOM_STEP), live=live),
            ButtonSpec("−", self._box(1), partial(self.view.zoom_by, 1 / ZOOM_STEP), live=live),
        ]
        if (count := len(self._pictures())) > 1:
            for n, code, by in ((2, PREVIOUS, -1), (3, NEXT, 1)):
                turn, there = partial(self.turn_to, self.at + by), 0 <= self.at + by < count
                found.append(ButtonSpec(self.look.say(code), self._box(n), turn, live=there))
        return found

    def _box(self, n: int) -> QRect:
        """Lying, larger and smaller are at the upper right, the turns at the lower end of either side."""
        box, gap, size = self._picture_box(), self.look.px(GAP_MM), self.look.px(HEIGHT_MM)
        if self.width() <= self.height():
            wide = (box.width() + gap) // (4 if len(self._pictures()) > 1 else 2)
            return QRect(box.x() + n * wide, box.bottom() + 1 + gap, wide - gap, size)
        x = box.x() - gap - size if n == 2 else box.right() + 1 + gap
        y = box.y() + n * (size + gap) if n < 2 else box.bottom() + 1 - size
        return QRect(x, y, size, size)

    def _back(self, tile: Tile) -> None:
        if tile == BACK:
            self.left.emit()
