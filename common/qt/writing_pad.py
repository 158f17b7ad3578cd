"""A keyboard for free text: the letters of a code, or Chinese by pinyin.

While letters are open, candidates are in place of the digits. The first of those shown, which is marked, is what space,
a sign and confirm take; confirm takes it and no more, so nobody hands over a text that they have not seen. The key of
the other script takes the letters as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from PySide6.QtCore import QRect, QRectF, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from common.pinyin.engine import MOST_LETTERS, SEPARATOR, Suggestion, plain, table
from common.qt.button import PAD_MM, Buttons, ButtonSpec
from common.qt.keyboard import BACK, CAPITALS, LAYER, LAYERS, LYING, OK, SPACE, UPRIGHT, LetterKey, TextPad
from common.qt.lettering import letter, shortened
from common.qt.painted import LEFT, MIDDLE, Brush
from common.qt.theme import Look, Style

SCRIPT = "script"
PINYIN_NAME, LATIN_NAME = "中文", "English"  # of the scripts, as those call them who want them
PINYIN = {"pinyin": CAPITALS.lower(), "signs": "；（）“”《》【】=…—·%℃°±×÷≤≥*~ΦΩμ"}
MARKS = dict(zip("/:.,_+#", "、：。，！？'", strict=True))  # of the keys beside the letters of pinyin
# The keys in place of which candidates are, by the first and last of each row; and those where the page is turned.
STRIPS = {LYING: (("1", "9"),), UPRIGHT: (("1", "4"), ("6", "9"))}
TURNS = {LYING: "0-", UPRIGHT: "50"}
MOST_SHOWN, MOST_IN_ROW = 14, 12
CANDIDATE = Style(3.2, 2.0, bold=True)
LINE = Style(3.8, 2.8, bold=True)  # of half a display, in which it never breaks into two
FREE = 100_000


class WritingPad(TextPad):
    """The keyboard with both scripts. `composed`: the open letters of pinyin, for which nothing was taken yet."""

    head_mm = {BACK: 22.0, LAYER: 17.0, SCRIPT: 20.0}

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.composed = self._spelled = ""
        self._candidates: Sequence[Suggestion] = ()
        self._shown: Sequence[Suggestion] = ()
        self._pages = [0]  # the first candidate of each page up to the one shown
        self._keys = Buttons(look, self, made_of=LetterKey)

    @property
    def chinese(self) -> bool:
        """True while letters are pinyin."""
        return self.layers is PINYIN

    def ask(self, typed: str, most: int) -> None:
        """Start with this text, in the script of the reader's language."""
        self._set_script(chinese=self.look.language == "zh")
        self._compose("")
        super().ask(typed, most)

    def say_again(self) -> None:
        """Say the words in the language of now; what was typed or is open stays."""
        self._place_candidates()
        super().say_again()

    def press(self, sign: str) -> None:
        """Take a key: a letter of pinyin is open at first, and every other sign takes what is open before it."""
        if not self.buttons[sign].isEnabled():
            return
        if sign == SCRIPT:
            self.typed += self.composed
            self._compose("")
            self._set_script(chinese=not self.chinese)
        elif self._opens(sign):
            self._compose(self.composed + self._sign(sign))
        elif self.composed and sign == BACK:
            self._compose(self.composed[:-1])
        elif self.composed and sign == SPACE:
            self._take(0)
        elif self.composed and sign == OK:
            self._take_all()
        else:
            if sign != LAYER:
                self._take_all()
            super().press(sign)
        self.say_again()

    def allowed(self, sign: str) -> bool:
        """True for a key that can do anything now."""
        if sign == SCRIPT:
            return len(self.typed) + len(self.composed) <= self._most
        if not self.composed:
            return self._sign(sign) != SEPARATOR and super().allowed(sign)
        if sign in (BACK, LAYER):
            return True
        if sign in (SPACE, OK):
            return bool(self._candidates)
        if self._opens(sign):
            return len(self.composed) < MOST_LETTERS and len(self.typed) < self._most
        return len(self.typed) + len(self.composed) < self._most

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give every key its place."""
        super().resizeEvent(event)
        self._place_candidates()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Read the table behind the first picture of the keys."""
        if self.chinese:
            QTimer.singleShot(0, table)

    def draw_typed(self, brush: Brush, room: QRectF) -> None:
        """Under the end of the text the open letters, as they are understood; the name of the field makes room."""
        if not self.composed:
            super().draw_typed(brush, room)
            return
        high = room.height() / 2
        for n, (text, ink) in enumerate(((self.typed or "—", "ink"), (self._spelled, "water"))):
            line = QRectF(room.x(), room.y() + n * high, room.width(), high)
            said = shortened(self.look, text, LINE, (line.width(), high), end=True)
            brush.text(said, line, LINE, ink, at=(LEFT, MIDDLE))

    # What is open -----------------------------------------------------------------------------------------------------
    def _opens(self, sign: str) -> bool:
        """Return whether this key is a letter of pinyin now, or parts two syllables."""
        parts = bool(self.composed) and self._sign(sign) == SEPARATOR
        return self._layer == "pinyin" and (sign in CAPITALS or parts)

    def _compose(self, letters: str) -> None:
        """Have these letters open. Candidates for which the text has no room are not offered; letters that spell
        nothing are their own."""
        self.composed = letters.lstrip(SEPARATOR)
        self._pages = [0]
        self._spelled, self._candidates = "", ()
        if self.composed:
            reading = table().read(plain(self.composed))
            offered = reading.candidates or (Suggestion(self.composed, len(self.composed)),)
            room = self._most - len(self.typed)
            self._spelled = reading.spelled
            self._candidates = [one for one in offered if len(one.text) <= room]
        self._place_candidates()

    def _take(self, n: int) -> None:
        """Take the candidate at this place of the page; the letters that it does not spell stay open."""
        taken = self._shown[n]
        self.typed += taken.text
        self._compose(self.composed[taken.taken :])
        self.say_again()

    def _take_all(self) -> None:
        while self.composed and self._shown:
            self._take(0)

    def _turn_up(self) -> None:
        self._pages.pop()
        self.say_again()

    def _turn_down(self) -> None:
        self._pages.append(self._pages[-1] + len(self._shown))
        self.say_again()

    def _set_script(self, *, chinese: bool) -> None:
        self.layers = PINYIN if chinese else LAYERS
        self._layer = next(iter(self.layers))
        if chinese and self.isVisible():
            QTimer.singleShot(0, table)

    def _sign(self, key: str) -> str:
        """The sign that a key types now."""
        return MARKS[key] if key in MARKS and self._layer == "pinyin" else super()._sign(key)

    def _label(self, sign: str) -> str:
        if sign == SCRIPT:
            return LATIN_NAME if self.chinese else PINYIN_NAME
        return super()._label(sign)

    # Candidates -------------------------------------------------------------------------------------------------------
    def _place_candidates(self) -> None:
        """Show the page of candidates, or the keys in whose place it is."""
        rows = LYING if self.width() > self.height() else UPRIGHT
        strips = [self._strip(*ends) for ends in STRIPS[rows]]
        covered = "".join(rows[: len(strips)]) if self.composed else ""
        for sign in "".join(LYING):
            self.buttons[sign].setVisible(sign not in covered)
        placed = list(self._placed(self._candidates[self._pages[-1] :], strips))
        self._shown = [candidate for candidate, _ in placed]
        wanted = [
            ButtonSpec(one.text, box, partial(self._take, n), "plain" if n else "primary", style=CANDIDATE)
            for n, (one, box) in enumerate(placed)
        ]
        if self.composed:
            up, down = (self.buttons[sign].geometry() for sign in TURNS[rows])
            more = self._pages[-1] + len(placed) < len(self._candidates)
            wanted.append(ButtonSpec("▲", up, self._turn_up, live=len(self._pages) > 1))
            wanted.append(ButtonSpec("▼", down, self._turn_down, live=more))
        self._keys.lay(wanted)

    def _strip(self, first: str, last: str) -> QRect:
        return self.buttons[first].geometry().united(self.buttons[last].geometry())

    def _placed(self, candidates: Sequence[Suggestion], strips: Sequence[QRect]) -> Iterator[tuple[Suggestion, QRect]]:
        """Each candidate that fits, as wide as it is long, at its place in the rows."""
        gap = self.look.px(LetterKey.apart_mm)
        rest = iter(candidates[:MOST_SHOWN])
        one = next(rest, None)
        for strip in strips:
            x = strip.x()
            while one is not None:
                text = letter(self.look, one.text, CANDIDATE, FREE, strip.height()).width
                least = max(self.look.px(LetterKey.least_mm), strip.width() // MOST_IN_ROW - gap)
                wide = min(max(round(text) + 2 * self.look.px(PAD_MM), least), strip.width())
                if x + wide > strip.right() + 1:
                    break
                yield one, QRect(x, strip.y(), wide, strip.height())
                x += wide + gap
                one = next(rest, None)
