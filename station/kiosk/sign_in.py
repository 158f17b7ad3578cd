"""Sign-in: scan a badge, or pick your name and type your PIN."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM, HEIGHT_MM, BigButton
from common.qt.pads import PinPad
from common.qt.painted import CENTRE, LEFT, MIDDLE, Brush
from common.qt.theme import INSTRUCTION, STEP, Look
from station.kiosk.screen import Screen, instruction, notice
from station.kiosk.tile_bar import TileBar, edge, foot

NAME_MM = 42.0
NOTICE_MM = 18.0


class SignInScreen(Screen):
    """The instruction on the left, names or the PIN pad on the right; on an upright screen one over the other."""

    signed = Signal(str, str)  # person, PIN

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.tiles = TileBar(look, self)
        self.pad: PinPad | None = None
        self._person = ""
        self._page = 0
        self._names: list[BigButton] = []

    def arrange(self) -> None:
        """Tiles, and the names of those who may sign in, or the pad for the one who was picked."""
        if self.width() < 2:
            return
        self.tiles.setGeometry(*foot(self.look, self.width(), self.height()))
        self.tiles.show_tiles(self.shows.scene.tiles)
        if self._person not in dict(self.shows.scene.people):
            self._person = ""
        if self._person:
            self._place_pad()
        else:
            self._place_names()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self.arrange()

    def draw(self, brush: Brush) -> None:
        """The instruction, and what was wrong with the last try."""
        text, _ = self._halves()
        inside = brush.card(text)
        said = self.shows.notice
        high = self.look.px(NOTICE_MM) if said else 0
        top = QRectF(inside.x(), inside.y(), inside.width(), inside.height() - high)
        words = instruction(self.look, self.shows.prompt)
        main = QRectF(top.x(), top.y(), top.width(), top.height() * 0.66)
        brush.text(words, main, INSTRUCTION, at=(CENTRE, MIDDLE))
        if self.shows.scene.people:
            hint = self.look.say("kiosk.pin_for" if self._person else "kiosk.or_pick")
            below = QRectF(top.x(), main.bottom(), top.width(), top.height() - main.height())
            brush.text(hint, below, STEP, "ink-2", at=(CENTRE, LEFT))
        if said:
            notice(brush, said, QRectF(inside.x(), inside.bottom() - high, inside.width(), high))

    def _halves(self) -> tuple[QRectF, QRectF]:
        """Where the words stand, and where names and pad do."""
        side, gap = edge(self.look), self.look.px(GAP_MM)
        wide, bottom = self.width() - 2 * side, self.tiles.y() - gap
        top = gap
        if self.width() > self.height():
            pad = self.look.px(PinPad.least_mm()[0])
            left = wide - pad - gap
            return QRectF(side, top, left, bottom - top), QRectF(side + left + gap, top, pad, bottom - top)
        low = min(self.look.px(PinPad.least_mm()[1] * 1.05), round((bottom - top) * 0.72))
        return QRectF(side, top, wide, bottom - top - low - gap), QRectF(side, bottom - low, wide, low)

    def _place_pad(self) -> None:
        self._drop_names()
        if self.pad is None:
            self.pad = PinPad(self.look, self)
            self.pad.entered.connect(self._enter)
        box = self._halves()[1]
        if self.width() > self.height():
            # On a small screen the keys need the height of the tiles too; the tiles give way to them.
            box.setBottom(self.height() - edge(self.look))
            self.tiles.resize(int(box.x()) - edge(self.look) - self.look.px(GAP_MM), self.tiles.height())
        self.pad.setGeometry(box.toAlignedRect())
        self.pad.show()

    def _place_names(self) -> None:
        if self.pad is not None:
            self.pad.hide()
        self._drop_names()
        people, box = self.shows.scene.people, self._halves()[1]
        gap = self.look.px(GAP_MM)
        columns = max(int((box.width() + gap) // (self.look.px(NAME_MM) + gap)), 1)
        rows = max(int((box.height() + gap) // (self.look.px(HEIGHT_MM) + gap)), 1)
        room = columns * rows
        each = room if len(people) <= room else room - 1
        wide = (box.width() + gap) / columns
        shown = people[self._page * each : (self._page + 1) * each]
        for n, (person, name) in enumerate(shown):
            self._add(n, name, columns, (box.x(), box.y(), wide)).tapped.connect(partial(self._pick, person))
        if len(people) > room:
            turn = self._add(room - 1, self.look.say("tap.turn"), columns, (box.x(), box.y(), wide))
            turn.tapped.connect(partial(self._turn, -(-len(people) // each)))

    def _add(self, n: int, text: str, columns: int, at: tuple[float, float, float]) -> BigButton:
        gap, high = self.look.px(GAP_MM), self.look.px(HEIGHT_MM)
        left, top, wide = at
        row, column = divmod(n, columns)
        button = BigButton(self.look, text, self)
        button.setGeometry(round(left + column * wide), round(top) + row * (high + gap), round(wide) - gap, high)
        button.show()
        self._names.append(button)
        return button

    def _drop_names(self) -> None:
        for button in self._names:
            button.hide()
            button.deleteLater()
        self._names = []

    def _turn(self, pages: int) -> None:
        self._page = (self._page + 1) % pages
        self.arrange()

    def _pick(self, person: str) -> None:
        self._person = person
        self.arrange()
        if self.pad is not None:
            self.pad.ask(dict(self.shows.scene.people)[person])
        self.update()

    def back(self) -> None:
        """Whoever was picked was not the one."""
        self._person = ""
        self.arrange()
        self.update()

    def _enter(self, pin: str) -> None:
        person, self._person = self._person, ""
        self.arrange()
        self.update()
        self.signed.emit(person, pin)
