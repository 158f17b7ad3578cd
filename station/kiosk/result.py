"""The result: full bleed in its colour, its shape, one word, what it was, and in a band what to do next."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from common.qt.painted import CENTRE, MIDDLE, Brush
from common.qt.theme import Look, Style
from station.kiosk.screen import TONES, Screen, Shows, instruction, sentence
from station.messages import Prompt, Shown

# Results whose word says more than their tone does.
WORDS = {"done.passed": "pass", "done.failed": "fail", "done.scrapped": "scrap", "done.left": "left"}
WRONG_CODES = ("barcode.", "component.", "command.", "choice.", "sign_in.", "quantity.", "pin.")
WORD = Style(30.0, 10.0, bold=True)
SENTENCE = Style(5.0, 2.2, bold=True)
NEXT = Style(7.0, 3.0, bold=True)
BAND = 0.2
BAND_OPACITY = 0.28


class ResultScreen(Screen):
    """Shows the results of one turn, the weightiest as the word, all as sentences."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.tone = "ok"

    def show_all(self, shows: Shows) -> None:
        """Show this; if only what is to do next is new, only the band is painted again."""
        same = shows.results == self.shows.results
        before, self.shows = self.shows, shows
        if same and shows.prompt == before.prompt:
            return
        if not same:
            self.tone = weightiest(shows.results).tone if shows.results else "ok"
            self.update()
        else:
            self.update(self._band(QRectF(self.rect())).toAlignedRect())

    def on_it(self) -> tuple[Prompt | Shown, ...]:
        """The results, and the prompt in the band."""
        prompt = self.shows.prompt
        return (*self.shows.results, *((prompt,) if prompt else ()))

    def draw(self, brush: Brush) -> None:
        """Shape, word, sentences, band."""
        if not self.shows.results:
            return
        room, look = brush.room, self.look
        brush.fill(room, self.tone)
        band = self._band(room)
        free = QRectF(room.x(), room.y(), room.width(), band.y())
        side = look.px(8)
        first = weightiest(self.shows.results)
        lines = "\n".join(sentence(look, one) for one in self.shows.results)
        shape = min(free.height() * 0.36, free.width() * 0.4)
        top = free.height() * 0.07
        brush.shape(self.tone, QRectF((room.width() - shape) / 2, top, shape, shape), "on-fill", self.tone)
        room = QRectF(side, top + shape, room.width() - 2 * side, free.height() * 0.27)
        brush.text(look.say(f"word.{word(first)}"), room, WORD, "on-fill", on=self.tone, at=(CENTRE, MIDDLE))
        said = QRectF(side, room.bottom(), room.width(), free.height() - room.bottom() - look.px(2))
        brush.text(lines, said, SENTENCE, "on-fill", on=self.tone, at=(CENTRE, MIDDLE))
        self._next(brush, band)

    def _next(self, brush: Brush, band: QRectF) -> None:
        brush.painter.save()
        brush.painter.setOpacity(BAND_OPACITY)
        brush.fill(band, "ink")
        brush.painter.restore()
        side = self.look.px(8)
        words = instruction(self.look, self.shows.prompt)
        brush.text(words, band.adjusted(side, 0, -side, 0), NEXT, "on-fill", on=self.tone, at=(CENTRE, MIDDLE))

    @staticmethod
    def _band(room: QRectF) -> QRectF:
        high = round(room.height() * BAND)
        return QRectF(0, room.height() - high, room.width(), high)


def weightiest(results: tuple[Shown, ...]) -> Shown:
    """The one whose tone and word stand for all: bad news before good, the last before the first."""
    order = {"ng": 3, "unknown": 2, "hold": 2, "ok": 1}
    return max(reversed(results), key=lambda one: order.get(one.tone, 0))


def word(shown: Shown) -> str:
    """Which word stands for a result: its own, that of a wrong code, or its tone's."""
    return WORDS.get(shown.code) or ("wrong" if is_wrong_code(shown) else shown.tone)


def is_wrong_code(shown: Shown) -> bool:
    """Whether what was scanned is none of what is wanted; nothing is bad but the scan."""
    return shown.tone == "ng" and shown.code.startswith(WRONG_CODES)


def is_result(shown: Shown) -> bool:
    """Whether it fills the screen: what is on disk, and what was refused."""
    return shown.tone in TONES and bool(shown.event or shown.tone == "ng")
