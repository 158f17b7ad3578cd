"""Signing in: scan a badge, or pick a name and enter its PIN; and the PIN of a signer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM, HEIGHT_MM, Buttons, ButtonSpec
from common.qt.pads import PinPad
from common.qt.painted import Brush
from common.qt.theme import INSTRUCTION, STEP, Look
from station.kiosk.places import PadPlace, edge, foot, upright_pad
from station.kiosk.screen import Screen, Shows, beside, notice, notice_high, to_do
from station.kiosk.tile_bar import BACK, CANCEL, TileBar
from station.shown.work_screen import Tile

NAME_MM = 42.0
NOTICE_MM = 18.0
PAD_PART = 0.38  # of the width


class SignInScreen(Screen):
    """The instruction on the left, names or the PIN pad on the right; on an upright screen one over the other."""

    signed = Signal(str, str)  # person, PIN

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.tiles = TileBar(look, self)
        self.tiles.chosen.connect(self._chosen)
        self.pad: PinPad | None = None
        self._picked = ""
        self._asked = ""
        self._awaiting = ""
        self._page = 0
        self._names = Buttons(look, self)
        self._waits_s: dict[str, int] = {}

    def wait(self, waits_s: dict[str, int]) -> None:
        """The people who may not try a PIN yet, and how many seconds each has to wait."""
        if waits_s != self._waits_s:
            self._waits_s = waits_s
            self.arrange()
            self.update()

    def arrange(self) -> None:
        """The tiles, and the names to pick from, or the pad of the person who was picked or signs."""
        if self.width() < 2:
            return
        scene = self.shows.scene
        if self._picked not in dict(scene.people) or scene.awaiting != self._awaiting:
            self._picked = ""  # whoever was picked to answer a call does not sign in by it
        self._awaiting = scene.awaiting
        person, name = self._person()
        self.tiles.setGeometry(*foot(self.look, self.width(), self.height()))
        self._place_pad(name) if person else self._place_names()
        if person != self._asked and self.pad is not None:
            self.pad.ask(name)
        self._asked = person
        cancels = any(tile.code == CANCEL for tile in scene.tiles)  # it closes the pad with its question
        tiles = (*scene.tiles, Tile("", BACK)) if self._picked and not cancels else scene.tiles
        where: PadPlace = "beside" if self.width() > self.height() else "above"
        self.tiles.show_tiles(tiles, pad=where if person else "")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self.arrange()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Forget the person who was picked, and the digits typed."""
        self._picked = self._asked = ""
        self._page = 0
        self.shows = Shows()
        if self.pad is not None:
            self.pad.clear()

    def draw(self, brush: Brush) -> None:
        """The instruction, and the error of the last try."""
        text, _ = self._halves()
        inside = brush.card(text)
        said = self.shows.notices
        high = notice_high(self.look, said, inside.width(), (NOTICE_MM, inside.height()))
        top = QRectF(inside.x(), inside.y(), inside.width(), inside.height() - high)
        main = QRectF(top.x(), top.y(), top.width(), top.height() * 0.66)
        ink = "hold" if self.shows.out else "ink"
        used = brush.text(to_do(self.look, self.shows), main, INSTRUCTION, ink)
        down = used.bottom() + self.look.px(GAP_MM) / 2
        brush.text(self._hint(), QRectF(top.x(), down, top.width(), top.bottom() - down), STEP, "ink-2")
        if said:
            notice(brush, said, QRectF(inside.x(), inside.bottom() - high, inside.width(), high))

    def _person(self) -> tuple[str, str]:
        """(person id, name) of the person whose PIN is asked for; ("", "") for none."""
        signing = self.shows.scene.signing
        if signing:
            return signing.signer, signing.name
        return self._picked, dict(self.shows.scene.people).get(self._picked, "")

    def _hint(self) -> str:
        if self.shows.scene.signing or not self.shows.scene.people:
            return beside(self.look, self.shows.prompt)
        return self.look.say("kiosk.pin_for" if self._picked else "kiosk.or_pick")

    def _halves(self) -> tuple[QRectF, QRectF]:
        """The boxes of the words, and of the names or the pad."""
        side, gap = edge(self.look), self.look.px(GAP_MM)
        wide, bottom = self.width() - 2 * side, self.tiles.y() - gap
        if not self.shows.scene.people and not self._person()[0]:
            return QRectF(side, gap, wide, bottom - gap), QRectF()
        if self.width() > self.height():
            pad = max(self.look.px(PinPad.least_mm()[0]), round(wide * PAD_PART))
            left = wide - pad - gap
            return QRectF(side, gap, left, bottom - gap), QRectF(side + left + gap, gap, pad, bottom - gap)
        box = QRectF(upright_pad(self.look, self.width(), self.height(), PinPad)[0])
        words = QRectF(side, gap, wide, box.y() - 2 * gap)
        return words, box if self._person()[0] else QRectF(side, box.y(), wide, bottom - box.y())

    def _place_pad(self, name: str) -> None:
        self._names.clear()
        if self.pad is None:
            self.pad = PinPad(self.look, self)
            self.pad.entered.connect(self._enter)
            self.pad.ask(name)
        box = self._halves()[1]
        if self.width() > self.height():
            # On a small screen the keys need the height of the tiles too; the tiles give way to them.
            box.setBottom(self.height() - edge(self.look))
            self.tiles.resize(int(box.x()) - edge(self.look) - self.look.px(GAP_MM), self.tiles.height())
        else:
            left = upright_pad(self.look, self.width(), self.height(), PinPad)[1]
            self.tiles.resize(left, self.tiles.height())
            self.tiles.raise_()
        self.pad.setGeometry(box.toAlignedRect())
        self.pad.say_again()
        self.pad.show()

    def _place_names(self) -> None:
        if self.pad is not None:
            self.pad.hide()
        self._names.lay(list(self._name_buttons()))

    def _name_buttons(self) -> Iterator[ButtonSpec]:
        people, box = self.shows.scene.people, self._halves()[1]
        gap = self.look.px(GAP_MM)
        columns = max(int((box.width() + gap) // (self.look.px(NAME_MM) + gap)), 1)
        rows = max(int((box.height() + gap) // (self.look.px(HEIGHT_MM) + gap)), 1)
        room = columns * rows
        each = room if len(people) <= room else room - 1
        at = (box.x(), box.y(), (box.width() + gap) / columns)
        for n, (person, name) in enumerate(people[self._page * each : (self._page + 1) * each]):
            wait_s = self._waits_s.get(person, 0)
            below = self.look.say("kiosk.wait", {"wait_s": wait_s}) if wait_s else ""
            pick = partial(self._pick, person)
            yield ButtonSpec(name, self._box(n, columns, at), pick, live=not wait_s, below=below)
        if len(people) > room:
            turn = partial(self._turn, -(-len(people) // each))
            yield ButtonSpec(self.look.say("tap.turn"), self._box(room - 1, columns, at), turn)

    def _box(self, n: int, columns: int, at: tuple[float, float, float]) -> QRect:
        gap, high = self.look.px(GAP_MM), self.look.px(HEIGHT_MM)
        left, top, wide = at
        row, column = divmod(n, columns)
        return QRect(round(left + column * wide), round(top) + row * (high + gap), round(wide) - gap, high)

    def _turn(self, pages: int) -> None:
        self._page = (self._page + 1) % pages
        self.arrange()

    def _pick(self, person: str) -> None:
        self._picked = person
        self.arrange()
        self.update()

    def _chosen(self, tile: Tile) -> None:
        """Forget the person who was picked by mistake."""
        if tile.code == BACK:
            self._picked = ""
            self.arrange()
            self.update()

    def _enter(self, pin: str) -> None:
        person, _ = self._person()
        self._picked = ""
        self.arrange()
        self.update()
        self.signed.emit(person, pin)
