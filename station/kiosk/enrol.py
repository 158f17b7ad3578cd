"""Enrolment at the screen: scan the ticket's QR code or type its letters, then compare six words with the hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM, Buttons, ButtonSpec
from common.qt.pads import Pad, PadKey
from common.qt.painted import LEFT, MIDDLE, RIGHT, Brush
from common.qt.theme import CAPTION, IDENTITY, INSTRUCTION, STEP, Look, Style
from common.theme import CORNER_PX
from station.kiosk.places import edge, foot, low
from station.kiosk.room import draw_band, said
from station.kiosk.screen import Screen
from station.kiosk.tile_bar import BACK
from station.messages import EnrolLeft, TicketTyped, WordsCompared
from station.shown.side_screens import Enrolling

PREFIX = "HW1."  # every ticket begins so; what follows has these letters and digits only
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
LONGEST, SEEN = 400, 48
WORD = Style(7.0, 3.0, bold=True, mono=True)
BAND_MM, NUMBER_MM = 16.0, 6.0
ROWS, COLUMNS = 2, 3


class TicketPad(Pad):
    """The 32 letters of a ticket; the end of the text is shown above in groups of four, with their number."""

    columns = 8
    display_mm = 11.0
    keys = (
        *(PadKey(sign, (n // 8, n % 8, 1, 1)) for n, sign in enumerate(LETTERS)),
        PadKey("clear", (4, 0, 1, 2)),
        PadKey("back", (4, 2, 1, 2)),
        PadKey("ok", (4, 4, 1, 4), "primary"),
    )

    def allowed(self, sign: str) -> bool:
        """As many as a ticket may have."""
        return bool(self.typed) if sign in ("back", "clear", "ok") else len(self.typed) < LONGEST

    def draw_display(self, brush: Brush, box: QRectF) -> None:
        """The end of what was typed."""
        brush.fill(box, "surface", radius=8, border="line")
        pad = self.look.px(2.5)
        inside = box.adjusted(pad, 0, -pad, 0)
        start = max(len(self.typed) - SEEN, 0) // 4 * 4
        groups = " ".join(self.typed[n : n + 4] for n in range(start, len(self.typed), 4))
        count = brush.text(str(len(self.typed)), inside, CAPTION, "ink-2", at=(RIGHT, MIDDLE))
        room = QRectF(inside.x(), inside.y(), count.x() - pad - inside.x(), inside.height())
        brush.text(("… " if start else "") + (groups or "—"), room, IDENTITY, at=(LEFT, MIDDLE))

    def _whole(self, typed: str) -> str:
        return PREFIX + typed


class EnrolScreen(Screen):
    """The instruction, an error, the pad, the words. `asked`: a message for the thread that enrols."""

    asked = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.answer = Enrolling("wait")
        self._typing = False
        self._pad = TicketPad(look, self)
        self._pad.entered.connect(self._typed)
        self._pad.hide()
        self._buttons = Buttons(look, self)

    def tell(self, answer: Enrolling) -> None:
        """Show this state of the enrolment."""
        if answer is self.answer:
            return  # it was said before, and somebody may be typing
        self.answer = answer
        self._typing = False
        self.arrange()
        self.update()

    def arrange(self) -> None:
        """The buttons that make sense now, or the pad."""
        self._pad.setVisible(self._typing)
        if self.width() < 2:
            return
        if self._typing:
            side = edge(self.look)
            self._pad.setGeometry(side, side, self.width() - 2 * side, self._low() - side - self.look.px(GAP_MM))
        self._buttons.lay(list(self._wanted()))

    def _wanted(self) -> Iterator[ButtonSpec]:
        at = low(self.look, self.width(), self.height())
        if self._typing:
            yield self._button(BACK, at.more, self._toggle)
        elif self.answer.state == "compare":
            yield self._button("enrolling.same", at.confirm, lambda: self.asked.emit(WordsCompared(True)), "primary")
            yield self._button("enrolling.different", at.ng, lambda: self.asked.emit(WordsCompared(False)), "ng")
        elif self.answer.state != "asking":
            yield self._button("enrolling.type", at.confirm, self._toggle)
            if self.answer.before:
                yield self._button(BACK, at.more, lambda: self.asked.emit(EnrolLeft()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self.arrange()

    def draw(self, brush: Brush) -> None:
        """The instruction, the words under it, and the error."""
        if self._typing:
            return
        look, side, gap = self.look, edge(self.look), self.look.px(GAP_MM)
        inside = brush.card(QRectF(side, side, self.width() - 2 * side, self._low() - gap - side))
        if self.answer.why:
            high = look.px(BAND_MM)
            draw_band(brush, "ng", said(look, self.answer.why), QRectF(inside.x(), inside.y(), inside.width(), high))
            inside.setTop(inside.y() + high + gap)
        words = self.answer.state == "compare"
        upper = QRectF(inside.x(), inside.y(), inside.width(), inside.height() * (0.4 if words else 0.7))
        state = "wait" if self.answer.state == "failed" else self.answer.state
        used = brush.text(look.say(f"enrolling.{state}"), upper, INSTRUCTION)
        top = upper.bottom() if words else used.bottom() + gap
        below = QRectF(inside.x(), top, inside.width(), inside.bottom() - top)
        if words:
            self._draw_words(brush, below.adjusted(0, gap, 0, 0))
        elif self.answer.state != "asking":
            how = "enrolling.how_again" if self.answer.before else "enrolling.how"
            brush.text(look.say(how, {"place": self.answer.before}), below, STEP, "ink-2")

    def _draw_words(self, brush: Brush, box: QRectF) -> None:
        """Numbered, in two rows of three: one reads them to another by telephone."""
        look, gap = self.look, self.look.px(GAP_MM)
        wide, high = (box.width() + gap) / COLUMNS, (box.height() + gap) / ROWS
        for n, word in enumerate(self.answer.words.split()):
            row, column = divmod(n, COLUMNS)
            cell = QRectF(box.x() + column * wide, box.y() + row * high, wide - gap, high - gap)
            brush.fill(cell, "water-soft", radius=CORNER_PX["chip"])
            number = QRectF(cell.x() + look.px(3), cell.y(), look.px(NUMBER_MM), cell.height())
            brush.text(str(n + 1), number, STEP, "water", on="water-soft", at=(LEFT, MIDDLE))
            room = QRectF(number.right(), cell.y(), cell.right() - number.right() - look.px(2), cell.height())
            brush.text(word.upper(), room, WORD, "water", on="water-soft", at=(LEFT, MIDDLE))

    def _low(self) -> int:
        return foot(self.look, self.width(), self.height())[1]

    def _toggle(self) -> None:
        self._typing = not self._typing
        self._pad.clear()
        self.arrange()
        self.update()

    def _typed(self, text: str) -> None:
        self.asked.emit(TicketTyped(text))

    def _button(self, code: str, box: QRect | None, act: Callable[[], None], kind: str = "plain") -> ButtonSpec:
        return ButtonSpec(self.look.say(code), box or QRect(), act, kind)
