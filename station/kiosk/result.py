"""The result: full bleed in its colour, its shape, one word, what it was, and in a band what to do next."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from common.qt.painted import CENTRE, MIDDLE, Brush, Placed
from common.qt.theme import Look, Style
from station.kiosk.screen import TONES, Screen, Shows, instruction, sentence
from station.messages import Prompt, Shown

# Results whose word says more than their tone does.
WORDS = {
    "done.passed": "pass",
    "done.failed": "fail",
    "done.failed_retest": "fail",
    "done.failed_rework": "fail",
    "done.page_failed": "fail",
    "done.unit_failed": "fail",
    "done.scrapped": "scrap",
    "done.left": "left",
    "done.undone": "undone",
    "done.page_marked": "marked",
    "done.label_void": "void",
    "done.nonconforming": "held",
}
WRONG_CODES = ("barcode.", "component.", "command.", "choice.", "sign_in.", "quantity.", "pin.")
WORD = Style(30.0, 10.0, bold=True)
SENTENCE = Style(5.0, 2.2, bold=True)
NEXT = Style(7.0, 3.0, bold=True)
BAND = 0.2
MOST_LAID = 2  # pictures of the whole screen: that of each step, and that of the last one
BAND_OPACITY = 0.28


class ResultScreen(Screen):
    """Shows the results of one turn, the weightiest as the word, all as sentences."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.tone = "ok"
        self._laid: dict[object, tuple[QPixmap, list[Placed]]] = {}

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

    def lay(self, brush: Brush) -> None:
        """Colour, shape, word and band: what is the same each time is painted once and then copied, for somebody waits
        for it with the next scan in hand."""
        said = self.look.say(f"word.{word(weightiest(self.shows.results))}") if self.shows.results else ""
        wanted = (self.tone, said, self.size().toTuple(), self.look.px_per_mm)
        laid = self._laid.pop(wanted, None) or self._lay(said)
        self._laid[wanted] = laid
        if len(self._laid) > MOST_LAID:
            del self._laid[next(iter(self._laid))]
        brush.painter.drawPixmap(0, 0, laid[0])
        brush.placed += laid[1]

    def _lay(self, said: str) -> tuple[QPixmap, list[Placed]]:
        laid = QPixmap(self.size())
        painter = QPainter(laid)
        brush = Brush(painter, self.look, QRectF(self.rect()))
        shape, under, _ = self._places()
        brush.fill(brush.room, self.tone)
        brush.shape(self.tone, shape, "on-fill", self.tone)
        brush.text(said, under, WORD, "on-fill", on=self.tone, at=(CENTRE, MIDDLE))
        painter.setOpacity(BAND_OPACITY)
        brush.fill(self._band(brush.room), "ink")
        painter.end()
        return laid, brush.placed

    def draw(self, brush: Brush) -> None:
        """Sentences, and in the band what to do next."""
        if not self.shows.results:
            return
        look, band, side = self.look, self._band(brush.room), self.look.px(8)
        lines = "\n".join(sentence(look, one) for one in self.shows.results)
        brush.text(lines, self._places()[2], SENTENCE, "on-fill", on=self.tone, at=(CENTRE, MIDDLE))
        words = instruction(look, self.shows.prompt)
        brush.text(words, band.adjusted(side, 0, -side, 0), NEXT, "on-fill", on=self.tone, at=(CENTRE, MIDDLE))

    def _places(self) -> tuple[QRectF, QRectF, QRectF]:
        """Where the shape, the word and the sentences stand, above the band."""
        wide, high, side = self.width(), self._band(QRectF(self.rect())).y(), self.look.px(8)
        size = min(high * 0.36, wide * 0.4)
        shape = QRectF((wide - size) / 2, high * 0.07, size, size)
        under = QRectF(side, shape.bottom(), wide - 2 * side, high * 0.27)
        said = QRectF(side, under.bottom(), under.width(), high - under.bottom() - self.look.px(2))
        return shape, under, said

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
