"""The result: full bleed in its colour, its shape, one word, its sentences, and in a band the next thing to do.

Full green is the pass of a unit alone; a step that was taken is a flash (`station/kiosk/flash.py`). Bad news of a unit
stays until it is touched or the next scan, and its band says where the unit goes.
"""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from common.qt.painted import CENTRE, MIDDLE, TOP, Brush, Placed
from common.qt.theme import STEP, Look, Style
from common.text import known
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
# The word says that it failed, and the band what to do.
SHORT = {code: "kiosk.ended" for code in ("done.failed", "done.failed_rework", "done.failed_retest")}
STAYS = ("fail", "scrap", "left", "held")  # words of bad news about a unit
WRONG_CODES = ("barcode.", "component.", "command.", "choice.", "sign_in.first", "sign_in.unknown", "quantity.", "pin.")
WORD = Style(30.0, 10.0, bold=True)
SENTENCE = Style(5.0, 2.2, bold=True)
NEXT = Style(7.0, 3.0, bold=True)
BAND = 0.2
TOUCH_MM = 7.0
MOST_LAID = 2  # pictures of the whole screen: that of each step, and that of the last one
BAND_OPACITY = 0.28


class ResultScreen(Screen):
    """Shows the results of one turn, the weightiest as the word, all as sentences. `touched`: somebody read it."""

    touched = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.tone = "ok"
        self._laid: dict[object, tuple[QPixmap, list[Placed]]] = {}

    def show_all(self, shows: Shows) -> None:
        """Show this; if only the next thing to do is new, only the band is painted again."""
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

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A finger was on it."""
        self.touched.emit()

    def lay(self, brush: Brush) -> None:
        """Colour, shape, word and band are the same each time: painted once and then copied, for somebody waits for
        them with the next scan in hand."""
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
        """The sentences, and in the band the next thing to do."""
        if not self.shows.results:
            return
        look, band, side = self.look, self._band(brush.room), self.look.px(8)
        short = (replace(one, code=SHORT.get(one.code, one.code)) for one in self.shows.results)
        lines = "\n".join(sentence(look, one) for one in short)
        brush.text(lines, self._places()[2], SENTENCE, "on-fill", on=self.tone, at=(CENTRE, MIDDLE))
        worst = weightiest(self.shows.results)
        room = band.adjusted(side, 0, -side, 0)
        if stays(worst):
            low = QRectF(room.x(), room.bottom() - look.px(TOUCH_MM), room.width(), look.px(TOUCH_MM))
            brush.text(look.say("kiosk.touch"), low, STEP, "on-fill", on=self.tone, at=(CENTRE, TOP))
            room.setBottom(low.y())
        brush.text(self._next(worst), room, NEXT, "on-fill", on=self.tone, at=(CENTRE, MIDDLE))

    def _next(self, worst: Shown) -> str:
        """The destination of a unit with bad news, or the prompt."""
        code = f"next.{worst.code.removeprefix('done.')}"
        if known(code):
            return self.look.say(code, worst.params)
        return instruction(self.look, self.shows.prompt)

    def _places(self) -> tuple[QRectF, QRectF, QRectF]:
        """The boxes of the shape, the word and the sentences, above the band."""
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
    """The one that gives all of them its tone and word: bad news before good, the last before the first."""
    order = {"ng": 3, "unknown": 2, "hold": 2, "ok": 1}
    return max(reversed(results), key=lambda one: order.get(one.tone, 0))


def word(shown: Shown) -> str:
    """The word of a result: its own, that of a wrong code, or its tone's."""
    return WORDS.get(shown.code) or ("wrong" if is_wrong_code(shown) else shown.tone)


def is_wrong_code(shown: Shown) -> bool:
    """A code that is not wanted here was scanned; nothing is bad but the scan."""
    return shown.tone == "ng" and shown.code.startswith(WRONG_CODES)


def is_result(shown: Shown) -> bool:
    """An entry on disk, or a refusal: a person has to see it."""
    return shown.tone in TONES and bool(shown.event or shown.tone == "ng")


def is_flash(shown: Shown) -> bool:
    """A step was taken and the work goes on: a flash is enough."""
    return is_result(shown) and shown.tone == "ok" and word(shown) != "pass"


def stays(shown: Shown) -> bool:
    """Bad news about a unit, which somebody has to read: no time ends it."""
    return word(shown) in STAYS


def tone_of(shown: Shown) -> str:
    """The sound of a result."""
    if shown.tone == "ng":
        return "wrong" if is_wrong_code(shown) else "ng"
    return "bound" if is_flash(shown) else shown.tone
