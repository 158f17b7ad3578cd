"""A page of a form on a touch screen: its fields as cells that never scroll, and the one to fill now with its pad.

It draws a `FormPage` and says what a finger wants; it knows no rule of the form and decides nothing.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from common.form_page import FormField, FormPage
from common.qt.button import GAP_MM, HEIGHT_MM, BigButton, Buttons, ButtonSpec
from common.qt.form_cells import TONES, Cell, FieldRows, limits
from common.qt.form_editors import ChoicePad, DatePad, TextPad
from common.qt.image import Image
from common.qt.lettering import letter
from common.qt.pads import NumberAsked, NumberPad, PinPad
from common.qt.painted import CENTRE, LEFT, MIDDLE, RIGHT, TOP, Brush, Painted
from common.qt.theme import (
    BUTTON,
    CAPTION,
    CAPTION_MONO,
    IDENTITY,
    INSTRUCTION,
    STEP,
    Look,
    Style,
)
from common.text import on_the_label

CELL_MM, BADGE_MM = 48.0, 52.0
DO_PART, LEAST_DO_PART = 0.66, 0.46  # of the head for what to do, above what is to be known of it
HEAD_MM, LOW_HEAD_MM, LOW_MM, LOW_UPRIGHT_MM = (
    26.0,
    19.0,
    130.0,
    220.0,
)  # on a low screen each millimetre of the head is one of a cell
WIDEST, HIGHEST = 1.35, 1.35  # of the least size of a pad: larger keys are further apart, not easier to hit
DO = Style(INSTRUCTION.cap_mm, 2.0, bold=True)
TYPED = ("text", "note")
READ = ("gauge", "plc", "photo")
PADS = ("number", "yes_no", "choice", "choices", "date", *TYPED)


class FormView(Painted):
    """The page. `filled`: (field, column, value) as entered; `gone`: (field, column) of a cell that was tapped;
    `measured`: the device of the field to fill now is asked for its value; `signed`: the PIN of who signs was typed.

    `head_px` at its upper left and `foot_px` at its lower left belong to whoever places it; `spread`: `whole` changed.
    """

    filled = Signal(str, int, object)
    gone = Signal(str, int)
    measured = Signal()
    signed = Signal(str)
    spread = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.page: FormPage | None = None
        self.head_px = self.foot_px = 0
        self.title = ""
        self.cells: list[Cell] = []
        self._rows = FieldRows(look, self)
        self._turn = Buttons(look, self)
        self._type = BigButton(look, look.say("form.type"), self, kind="primary")
        self._measure = BigButton(look, "", self, kind="primary")
        self._number = NumberPad(look, self)
        self._text = TextPad(look, self)
        self._choice = ChoicePad(look, self)
        self._date = DatePad(look, self)
        self._pin = PinPad(look, self)
        self._photo = Image()
        self._at, self._typing = 0, False
        self._asked: tuple[str, str, int, tuple[str, ...], str] | None = None
        self._number.entered.connect(lambda value: self._fill((value,)))
        self._text.entered.connect(lambda value: self._fill((value,)))
        self._date.entered.connect(lambda value: self._fill((value,)))
        self._choice.entered.connect(self._fill)
        self._pin.entered.connect(self.signed.emit)
        self._measure.tapped.connect(self.measured.emit)
        self._type.tapped.connect(partial(self._set_typing, True))
        self._text.left.connect(partial(self._set_typing, False))
        self._pads = (self._number, self._text, self._choice, self._date, self._pin, self._type, self._measure)
        for pad in self._pads:
            pad.hide()

    @property
    def whole(self) -> bool:
        """Whether letters are typed, for which all of the screen is needed."""
        return self._typing and self.now is not None and self.now.type in TYPED

    @property
    def now(self) -> FormField | None:
        """The field to fill now."""
        return next((field for field in self.page.fields if field.now), None) if self.page else None

    @property
    def wrong(self) -> FormField | None:
        """What cannot be computed although nothing is left to fill, so that the page cannot be confirmed."""
        if self.page is None or self.page.complete or self.now is not None:
            return None
        return next((field for field in self.page.fields if field.verdict == "invalid" and field.required), None)

    def _left_out(self) -> list[FormField]:
        """What stays empty on a page that is ready, for what it is computed from is not asked here."""
        fields = self.page.fields if self.page and self.page.complete and self.now is None else ()
        return [field for field in fields if field.type == "computed" and not field.value and not field.code]

    def show_page(self, page: FormPage, title: str, head_px: int, foot_px: int) -> None:
        """Draw this from now on; `title`: which thing it is about."""
        before = self.now
        self.page, self.title, self.head_px, self.foot_px = page, title, head_px, foot_px
        now = self.now
        if before is None or now is None or (before.id, before.i) != (now.id, now.i):
            self._typing = False
            self._at = self._page_of(now)
        self._renew()

    def say_again(self) -> None:
        """The language changed; what was begun on a pad stays there."""
        self._type.say(self.look.say("form.type"))
        for pad in (self._number, self._text, self._choice, self._date, self._pin):
            pad.say_again()
        self._renew()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """What was typed of a PIN is forgotten."""
        self._pin.clear()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self._at = self._page_of(self.now)
        self._renew()

    # Places ----------------------------------------------------------------------------------------------------------
    def _lying(self) -> bool:
        return self.width() > self.height()

    def editor(self) -> QRect:
        """Where the field to fill now is filled."""
        gap, least_high = self.look.px(GAP_MM), self.look.px(NumberPad.least_mm()[1])
        most = round(least_high * HIGHEST)
        if self.whole:
            high = self.height() - self.head_px
            return QRect(0, self.head_px, self.width(), min(high, most) if self._lying() else high)
        if self._lying():
            left = self._wide() + gap
            return QRect(left, 0, self.width() - left, min(self.height(), most))
        room = self.height() - self.foot_px - self._cells_top() - self.look.px(HEIGHT_MM) - gap
        high = min(self._upright_high(max(least_high, round(self.height() * 0.42))), room)
        return QRect(0, self.height() - self.foot_px - high, self.width(), high)

    def _upright_high(self, usual: int) -> int:
        """Who signs needs the room for what is signed."""
        if self.now is None or not self.now.signing:
            return usual
        return self.look.px(PinPad.least_mm()[1] if self.now.signer else BADGE_MM)

    def _cells_top(self) -> int:
        return round(self._head().bottom()) + self.look.px(GAP_MM)

    def _head(self) -> QRectF:
        high = self.look.px(LOW_HEAD_MM if self._is_low() else HEAD_MM)
        return QRectF(0, self.head_px, self._wide(), high)

    def _is_low(self) -> bool:
        return self.height() - self.head_px < self.look.px(LOW_MM if self._lying() else LOW_UPRIGHT_MM)

    def _wide(self) -> int:
        """How wide the cells may be together."""
        if not self._lying():
            return self.width()
        least = self.look.px(NumberPad.least_mm()[0])
        pad = min(max(least, round(self.width() * 0.36)), round(least * WIDEST))
        return self.width() - pad - self.look.px(GAP_MM)

    def _grid(self) -> tuple[int, int, int, int]:
        """(columns, rows, top, height of a cell)."""
        gap, top, high = self.look.px(GAP_MM), self._cells_top(), self.look.px(HEIGHT_MM)
        bottom = self.height() - self.foot_px if self._lying() else self.editor().y() - gap
        most = max((self._wide() + gap) // (self.look.px(CELL_MM) + gap), 1)
        rows = max((bottom - top + gap) // (high + gap), 1)
        count = len(self.page.fields) if self.page else 0
        columns = next((n for n in range(min(2, most), most) if n * rows >= count), most)
        return columns, rows, top, high

    def _each(self) -> int:
        """How many fields one view of the cells holds; with more of them one place is to turn on."""
        columns, rows, _, _ = self._grid()
        room, count = columns * rows, len(self.page.fields) if self.page else 0
        return room if count <= room else max(room - 1, 1)

    def _page_of(self, now: FormField | None) -> int:
        fields = self.page.fields if self.page else ()
        return next((n for n, field in enumerate(fields) if field is now), 0) // self._each()

    # Drawing ---------------------------------------------------------------------------------------------------------
    def draw(self, brush: Brush) -> None:
        """What to do now; the cells and the pads paint themselves."""
        if self.page is None or self.whole:
            return
        field, look = self.now, self.look
        head = brush.card(self._head())
        of = [part for part in (self.title, self._of(field)) if part]
        if self._is_low():
            count = QRectF(head.right() - head.width() * 0.34, head.y(), head.width() * 0.34, look.px(3.8))
            left = head.right()
            for part in of:
                left = min(left, brush.text(part, count, CAPTION_MONO, "ink-2", at=(RIGHT, MIDDLE)).x())
                count = count.translated(0, count.height())
            room, words = head, left - head.x() - look.px(2)
        else:
            count = QRectF(head.x(), head.y(), head.width(), look.px(4.4))
            brush.text(" · ".join(of), count, IDENTITY, "ink-2", at=(LEFT, MIDDLE))
            room, words = head.adjusted(0, count.height(), 0, 0), head.width()
        brush.text(self._count(), count, CAPTION, "ink-2", at=(RIGHT, MIDDLE))
        said, ink = self._said(field)
        wide = words if len(of) > 1 else room.width()  # of a panel both identities stand at the right
        share = DO_PART if letter(look, said, STEP, wide, room.height() * (1 - DO_PART)).fits else LEAST_DO_PART
        top = QRectF(room.x(), room.y(), words, room.height() * (share if said else 1))
        brush.text(self._do(field), top, DO, "water", at=(LEFT, MIDDLE))
        across = wide if top.bottom() >= count.bottom() else words
        rest = QRectF(room.x(), top.bottom(), across, room.bottom() - top.bottom())
        brush.text(said, rest, STEP, ink, at=(LEFT, MIDDLE))
        if self._pad(field) in (None, self._type, self._measure):
            self._wait(brush, field)

    def _wait(self, brush: Brush, field: FormField | None) -> None:
        """No pad fills this: a large shape says what is awaited."""
        look, box = self.look, QRectF(self.editor())
        inside = brush.card(box)
        if field is not None and (field.type in READ or field.type in TYPED):
            inside.setBottom(self._button(self.editor()).y() - look.px(2))
        photo = self._photo.of(field.picture) if field else None
        if photo is not None:
            brush.picture(photo, inside)
            return
        size = min(look.px(26), inside.height() * 0.5)
        shape = QRectF(inside.center().x() - size / 2, inside.y() + inside.height() * 0.08, size, size)
        wrong = self.wrong if field is None else None
        tone = "unknown" if wrong else TONES[self.page.verdict] if field is None and self.page else "water"
        brush.shape(tone, shape)
        low = QRectF(inside.x(), shape.bottom() + look.px(3), inside.width(), inside.bottom() - shape.bottom())
        text = look.say(f"form.verdict.{self.page.verdict}") if field is None and self.page else ""
        text = look.say(wrong.code, wrong.params) if wrong else text
        text = text or (look.say(f"form.wait.{_awaited(field)}", {"device": field.device}) if field else "")
        brush.text(text, low, BUTTON, at=(CENTRE, TOP))

    def _do(self, field: FormField | None) -> str:
        if field is None:
            if self.wrong:
                return self.look.say("form.do.computed", self.wrong.params)
            without = [field.name for field in self._left_out()]
            return self.look.say("form.without", {"names": without}) if without else self.look.say("form.confirm")
        if field.signer:
            return self.look.say("do.sign_pin")
        said = {"name": field.name, "device": field.device, "uom": field.uom}
        return self.look.say(f"form.do.{_kind(field)}", said)

    def _said(self, field: FormField | None) -> tuple[str, str]:
        """What is wrong with the field to fill now, or its limits, or that it may stay empty; and in which ink."""
        if field is None:
            return self.look.say("form.without_why") if self._left_out() else "", "ink-2"
        if field.code:
            ink = {"warn": "hold", "fail": "ng"}.get(field.verdict, "unknown")
            return self.look.say(field.code, field.params), ink
        may = self.look.say("form.may_confirm") if self.page and self.page.complete and not field.value else ""
        return "  ".join(part for part in (limits(self.look, field), self._means(field), may) if part), "ink-2"

    def _means(self, field: FormField) -> str:
        """What who signs says by it, and who may."""
        if not field.meaning:
            return ""
        code = "sign_pin" if field.signer else "sign_role" if field.roles else "sign"
        return self.look.say(
            f"do_more.{code}", {"meaning": field.meaning, "release": field.roles, "name": field.signer}
        )

    def _count(self) -> str:
        """How many of the fields are filled."""
        fields = self.page.fields if self.page else ()
        return f"{sum(field.verdict in ('pass', 'warn', 'fail') for field in fields)}/{len(fields)}"

    def _of(self, field: FormField | None) -> str:
        """The unit of a panel's column."""
        return on_the_label(self.page.columns[field.i - 1]) if self.page and field and field.i else ""

    def _renew(self) -> None:
        self._place_cells()
        self._place_pad()
        self.update()

    def _place_cells(self) -> None:
        before = {(cell.field.id, cell.field.i): cell for cell in self.cells}
        self.cells = []
        turns = []
        in_rows = self._in_rows()
        self._rows.setVisible(in_rows)
        if in_rows:
            self._place_rows()
        elif self.page is not None and not self.whole and self.width() >= 2:
            columns, _, _, _ = self._grid()
            each = self._each()
            pages = -(-len(self.page.fields) // each)
            self._at = min(self._at, max(pages - 1, 0))
            for n, field in enumerate(self.page.fields[self._at * each : (self._at + 1) * each]):
                cell = before.pop((field.id, field.i), None) or self._made(field)
                cell.say(field, self._of(field))
                cell.setGeometry(self._cell(n, columns))
                cell.show()
                self.cells.append(cell)
            if pages > 1:
                text = f"{self.look.say('tap.turn')} {self._at + 1}/{pages}"
                turns.append(ButtonSpec(text, self._cell(each, columns), partial(self._turn_to, pages)))
        for old in before.values():
            old.hide()
            old.deleteLater()
        self._turn.lay(turns)

    def _in_rows(self) -> bool:
        """Whether who signs sees in rows all that they sign, for there is no room to tap each of it."""
        return (
            self.page is not None and self.now is not None and self.now.signing and len(self.page.fields) > self._each()
        )

    def _place_rows(self) -> None:
        top = self._cells_top()
        bottom = self.height() - self.foot_px if self._lying() else self.editor().y() - self.look.px(GAP_MM)
        self._rows.setGeometry(0, top, self._wide(), bottom - top)
        self._rows.show_fields(tuple((f, self._of(f)) for f in self.page.fields) if self.page else ())

    def _made(self, field: FormField) -> Cell:
        cell = Cell(self.look, field, self._of(field), self)
        cell.tapped.connect(partial(self.gone.emit, field.id, field.i))
        return cell

    def _cell(self, n: int, columns: int) -> QRect:
        _, _, top, high = self._grid()
        gap, (row, column) = self.look.px(GAP_MM), divmod(n, columns)
        wide = (self._wide() + gap) / columns
        left, right = round(column * wide), round((column + 1) * wide) - gap
        return QRect(left, top + row * (high + gap), right - left, high)

    def _turn_to(self, pages: int) -> None:
        self._at = (self._at + 1) % pages
        self._renew()

    # Filling ---------------------------------------------------------------------------------------------------------
    def _place_pad(self) -> None:
        field = self.now
        wanted = self._pad(field)
        for pad in self._pads:
            if pad is not wanted:
                pad.hide()
        if field is None or wanted is None or self.page is None:
            self._asked = None
            return
        box = self.editor()
        if wanted is self._measure:
            again = "photo_again" if field.value else "photo"
            self._measure.say(self.look.say(f"tap.{again if field.type == 'photo' else 'measure'}"))
        if wanted in (self._type, self._measure):
            box = self._button(box)
        wanted.setGeometry(box)
        asked = self.title, field.id, field.i, field.value, field.signer
        if asked != self._asked:
            self._asked = asked
            self._ask(field, self.page)
        wanted.show()
        wanted.raise_()

    def _button(self, box: QRect) -> QRect:
        """One button instead of a pad."""
        high, pad = self.look.px(HEIGHT_MM * 1.2), self.look.px(GAP_MM * 2)
        return QRect(box.x() + pad, box.bottom() - pad - high, box.width() - 2 * pad, high)

    def _pad(self, field: FormField | None) -> QWidget | None:
        if field is not None and field.signer:
            return self._pin
        if field is None or field.type not in (*PADS, *READ):
            return None
        if field.type in READ:
            return self._measure
        if field.type in TYPED:
            return self._text if self._typing else self._type
        return {"number": self._number, "date": self._date}.get(field.type, self._choice)

    def _ask(self, field: FormField, page: FormPage) -> None:
        value = next(iter(field.value), "")
        if field.type == "number":
            limits, of = (field.low, field.high, value or field.last), (self.title, field.id, field.i)
            self._number.ask(NumberAsked(of, field.uom, field.decimals, *limits))
        elif field.type == "date":
            self._date.ask(value, page.today)
        elif field.type in TYPED:
            self._text.ask(value, field.length, field.name)
        elif field.type == "signature":
            self._pin.ask(field.signer)
        elif field.type not in READ:
            self._choice.ask(field)

    def _set_typing(self, typing: bool) -> None:
        self._typing = typing
        self.spread.emit()
        self._renew()

    def _fill(self, value: tuple[str, ...]) -> None:
        field = self.now
        if field is not None:
            self._typing = False
            self.spread.emit()
            self.filled.emit(field.id, field.i, value)


def _kind(field: FormField) -> str:
    """Fields that are filled alike are asked for alike."""
    return {"note": "text", "choices": "choice", "yes_no": "choice"}.get(field.type, field.type)


def _awaited(field: FormField) -> str:
    """What a field without a pad waits for: a signature that nobody is to give now, for somebody who will; a photo that
    is there and cannot be shown, for nothing."""
    if field.type == "photo" and field.value:
        return "no_photo"
    return "unsigned" if field.type == "signature" and not field.signing else _kind(field)
