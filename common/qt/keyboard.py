"""A keyboard for fingers in gloves: the letters as fingers know them, digits and signs always in view."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import HEIGHT_MM, BigButton
from common.qt.lettering import shortened
from common.qt.pads import KEY, MOST_SIGNS, NAME, Editor, confirm_box, display
from common.qt.painted import LEFT, MIDDLE, RIGHT, Brush
from common.qt.theme import BUTTON, CAPTION, IDENTITY, Look

LYING = ("1234567890-", "QWERTYUIOP/", "ASDFGHJKL:.", "ZXCVBNM,_+#")
UPRIGHT = ("12345", "67890", "QWERT", "YUIOP", "ASDFG", "HJKL-", "ZXCVB", "NM./_", ":+#, ")  # each row in two halves
SPACE, BACK, OK, LAYER = " ", "back", "ok", "layer"
CAPITALS = "QWERTYUIOPASDFGHJKLZXCVBNM"
# What the keys of the letters type, one layer after the other; with the signs of GS1 serials and of Code 39.
LAYERS = {"capitals": CAPITALS, "small": CAPITALS.lower(), "signs": "!\"%&'()*;<=>?$@[]^{}|~\\´`§"}
BETWEEN_MM, DISPLAY_MM, FOOT_GAP_MM = 2.0, 16.0, 4.0
TITLE_PART = 0.34  # of the display


class LetterKey(BigButton):
    """A key of the keyboard: smaller than other buttons, for 44 of them share one screen."""

    least_mm, apart_mm = 14.0, BETWEEN_MM


class TextPad(Editor):
    """A text of letters, digits and signs. One key turns the keys of the letters to small ones and to more signs. Its
    last row is the screen's: confirm at the right, and room for tiles. `layers`: what the keys of the letters type;
    `head_mm`: the keys beside the display, from the right, and their widths."""

    entered = Signal(str)
    layers: Mapping[str, str] = LAYERS
    head_mm: Mapping[str, float] = {BACK: 34.0, LAYER: 22.0}

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.typed = ""
        self._most = MOST_SIGNS
        self._layer = next(iter(self.layers))
        self.buttons: dict[str, BigButton] = {}
        for sign in (*"".join(LYING), SPACE, *self.head_mm):
            style = KEY if sign in "".join(LYING) else BUTTON
            self.buttons[sign] = LetterKey(look, self._label(sign), self, style=style)
        self.buttons[OK] = BigButton(look, self._label(OK), self, kind="primary", once=True)
        for sign, button in self.buttons.items():
            button.tapped.connect(partial(self.press, sign))

    def ask(self, typed: str, most: int) -> None:
        """Start with this text; at most so many characters are taken."""
        self.typed, self._most, self._layer = typed, most, next(iter(self.layers))
        self.say_again()

    def say_again(self) -> None:
        """Say the words in the language of now; what was typed stays."""
        for sign, button in self.buttons.items():
            button.say(self._label(sign))
            button.setEnabled(self.allowed(sign))
        self.update()

    def press(self, sign: str) -> None:
        """Take a key: a sign is typed, or "back", "layer", "ok"."""
        if not self.buttons[sign].isEnabled():
            return
        if sign == OK:
            typed, self.typed = self.typed.strip(), ""
            self.say_again()
            self.entered.emit(typed)
            return
        if sign == LAYER:
            self._layer = self._next()
        else:
            self.typed = self.typed[:-1] if sign == BACK else self.typed + self._sign(sign)
        self.say_again()

    def allowed(self, sign: str) -> bool:
        """True for a key that can do anything now: a text is as long as its field takes, and no longer."""
        if sign in (OK, LAYER):
            return sign == LAYER or bool(self.typed.strip())
        return bool(self.typed) if sign == BACK else len(self.typed) < self._most

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give every key its place."""
        gap, foot = self.look.px(BETWEEN_MM), self.look.px(HEIGHT_MM + FOOT_GAP_MM)
        rows = LYING if self.width() > self.height() else UPRIGHT
        top = self.look.px(DISPLAY_MM) + gap
        wide, high = (self.width() + gap) / len(rows[0]), (self.height() - top - foot + gap) / len(rows)
        for row, signs in enumerate(rows):
            for column, sign in enumerate(signs):
                x, y = round(column * wide), top + round(row * high)
                right, bottom = round((column + 1) * wide) - gap, top + round((row + 1) * high) - gap
                self.buttons[sign].setGeometry(x, y, right - x, bottom - y)
        ok = confirm_box(self.look, self.width(), self.height())
        self.buttons[OK].setGeometry(ok)
        if rows is LYING:
            apart = self.look.px(FOOT_GAP_MM)
            self.buttons[SPACE].setGeometry(ok.translated(-ok.width() - apart, 0))
        x = self.width() + gap
        for sign, wide_mm in self.head_mm.items():
            x -= self.look.px(wide_mm) + gap
            self.buttons[sign].setGeometry(QRect(x, 0, self.look.px(wide_mm), self.look.px(DISPLAY_MM)))

    def draw(self, brush: Brush) -> None:
        """The name of the field, the text typed so far (of a long one its end), and the number of characters of how
        many."""
        beside = self.buttons[[*self.head_mm][-1]].geometry()
        box = QRectF(0, 0, beside.x() - self.look.px(BETWEEN_MM), beside.height())
        inside = display(brush, box)
        count = brush.text(f"{len(self.typed)}/{self._most}", inside, CAPTION, "ink-2", at=(RIGHT, MIDDLE)).width()
        self.draw_typed(brush, inside.adjusted(0, 0, -count - self.look.px(4), 0))

    def draw_typed(self, brush: Brush, room: QRectF) -> None:
        """The name of the field, and the text typed so far."""
        title = QRectF(room.x(), room.y(), room.width() * TITLE_PART, room.height())
        used = brush.text(self.title, title, NAME, "water", at=(LEFT, MIDDLE)).width()
        left = room.adjusted(used + self.look.px(4) if used else 0, 0, 0, 0)
        said = shortened(self.look, self.typed or "—", IDENTITY, (left.width(), left.height()), end=True)
        brush.text(said, left, IDENTITY, at=(LEFT, MIDDLE))

    def _next(self) -> str:
        """The layer after the one that is shown."""
        names = [*self.layers]
        return names[(names.index(self._layer) + 1) % len(names)]

    def _sign(self, key: str) -> str:
        """The sign that a key types now."""
        return self.layers[self._layer][CAPITALS.index(key)] if key in CAPITALS else key

    def _label(self, sign: str) -> str:
        if sign == LAYER:
            return self.look.say(f"pad.{self._next()}")
        return (
            self.look.say(f"pad.{'space' if sign == SPACE else sign}")
            if sign in (SPACE, BACK, OK)
            else self._sign(sign)
        )
