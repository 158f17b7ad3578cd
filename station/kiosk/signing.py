"""A signature is wanted: what it means, who may give it, and, once a badge was scanned, the pad for their PIN."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM
from common.qt.pads import PinPad
from common.qt.painted import CENTRE, LEFT, MIDDLE, TOP, Brush
from common.qt.theme import INSTRUCTION, STEP, TITLE, Look
from station.kiosk.screen import Screen, instruction, label, notice
from station.kiosk.tile_bar import TileBar, edge, foot

NOTICE_MM = 18.0


class SigningScreen(Screen):
    """The meaning in large letters; the PIN pad beside it or, upright, below it."""

    signed = Signal(str, str)  # person, PIN

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.tiles = TileBar(look, self)
        self.pad = PinPad(look, self)
        self.pad.entered.connect(self._enter)
        self.pad.hide()
        self._for = ""

    def arrange(self) -> None:
        """Tiles, and the pad once it is known whose PIN is wanted."""
        asked = self.shows.scene.signing
        if self.width() < 2 or asked is None:
            return
        x, y, wide, high = foot(self.look, self.width(), self.height())
        _, pad = self._halves()
        if asked.signer and self._lying():
            wide = round(pad.x()) - x - self.look.px(GAP_MM)
        self.tiles.setGeometry(x, y, wide, high)
        self.tiles.show_tiles(self.shows.scene.tiles)
        if asked.signer != self._for:
            self._for = asked.signer
            self.pad.ask(asked.name)
        self.pad.setVisible(bool(asked.signer))
        self.pad.setGeometry(pad.toAlignedRect())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self.arrange()

    def draw(self, brush: Brush) -> None:
        """What is signed, with which meaning, and what to do now."""
        scene, look, asked = self.shows.scene, self.look, self.shows.scene.signing
        if asked is None:
            return
        inside = brush.card(self._halves()[0])
        said = self.shows.notice
        high = look.px(NOTICE_MM) if said else 0
        room = QRectF(inside.x(), inside.y(), inside.width(), inside.height() - high)
        top = QRectF(room.x(), room.y(), room.width(), room.height() * 0.2)
        brush.text(label(scene.thing), top, TITLE, "ink-2", at=(LEFT, TOP))
        main = QRectF(room.x(), top.bottom(), room.width(), room.height() * 0.5)
        brush.text(instruction(look, self.shows.prompt), main, INSTRUCTION, "water", at=(CENTRE, MIDDLE))
        below = QRectF(room.x(), main.bottom(), room.width(), room.bottom() - main.bottom())
        meaning = look.say("form.meaning", {"meaning": asked.meaning})
        brush.text(meaning, below, STEP, "ink", at=(CENTRE, MIDDLE))
        if said:
            notice(brush, said, QRectF(inside.x(), inside.bottom() - high, inside.width(), high))

    def _lying(self) -> bool:
        return self.width() > self.height()

    def _halves(self) -> tuple[QRectF, QRectF]:
        """Where the words stand, and where the pad does."""
        side, gap = edge(self.look), self.look.px(GAP_MM)
        wide, bottom = self.width() - 2 * side, self.height() - side - foot(self.look, 0, 0)[3] - gap
        asked = self.shows.scene.signing
        if asked is None or not asked.signer:
            return QRectF(side, gap, wide, bottom - gap), QRectF(side, gap, 1, 1)
        pad_wide, pad_high = (self.look.px(mm) for mm in PinPad.least_mm())
        if self._lying():
            left = wide - pad_wide - gap
            return QRectF(side, gap, left, bottom - gap), QRectF(
                side + left + gap, gap, pad_wide, self.height() - side - gap
            )
        low = min(round(pad_high * 1.05), round((bottom - gap) * 0.7))
        return QRectF(side, gap, wide, bottom - 2 * gap - low), QRectF(side, bottom - low, wide, low)

    def _enter(self, pin: str) -> None:
        asked = self.shows.scene.signing
        if asked is not None:
            self.signed.emit(asked.signer, pin)
