"""A page of a form on a touch screen: its fields as cells that never scroll, and the one to fill now with its pad.

It draws a `FormPage` and says what a finger wants; it knows no rule of the form and decides nothing.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from common.form_page import FormField, FormPage
from common.qt.button import GAP_MM, HEIGHT_MM, BigButton
from common.qt.form_editors import ChoicePad, DatePad, TextPad
from common.qt.pads import Asked, NumberPad
from common.qt.painted import CENTRE, LEFT, MIDDLE, RIGHT, TOP, Brush, Painted
from common.qt.theme import (
    BUTTON,
    CAPTION,
    CAPTION_BOLD,
    CAPTION_MONO,
    IDENTITY,
    INSTRUCTION,
    NUMBER,
    STEP,
    Look,
    Style,
)
from common.text import Named, on_the_label
from common.theme import CORNER_PX

CELL_MM, MARK_MM = 48.0, 6.0
HEAD_MM, LOW_HEAD_MM, LOW_MM, LOW_UPRIGHT_MM = (
    26.0,
    19.0,
    130.0,
    220.0,
)  # on a low screen each millimetre of the head is one of a cell
WIDEST, HIGHEST = 1.35, 1.35  # of the least size of a pad: larger keys are further apart, not easier to hit
DO = Style(INSTRUCTION.cap_mm, 2.0, bold=True)
TONES = {"pass": "ok", "warn": "hold", "fail": "ng", "invalid": "unknown"}
TYPED = ("text", "note")
READ = ("gauge", "plc", "photo")
PADS = ("number", "yes_no", "choice", "choices", "date", *TYPED)


class Cell(Painted):
    """One field: its name, its value, and how that was judged, by colour, shape and word. A tap goes to it."""

    tapped = Signal()

    def __init__(self, look: Look, field: FormField, of: str, parent: QWidget) -> None:
        super().__init__(look, parent)
        self.field = field
        self._of = of
        self._down = False

    def draw(self, brush: Brush) -> None:
        """Name above, value below, the shape at the right."""
        field, look = self.field, self.look
        tone = TONES.get(field.verdict, "")
        ground = "water-soft" if field.now else f"{tone}-soft" if tone in ("hold", "ng", "unknown") else "surface"
        border = "water" if field.now or self._down else tone if ground.endswith("-soft") else "line"
        wide = look.px(0.7 if field.now else 0.35)
        brush.fill(brush.room, ground, radius=CORNER_PX["card"], border=border, width=wide)
        pad, mark = look.px(2), look.px(MARK_MM)
        inside = brush.room.adjusted(pad, pad * 0.8, -pad, -pad * 0.8)
        at = QRectF(inside.right() - mark, inside.center().y() - mark / 2, mark, mark)
        if tone:
            brush.shape(tone, at)
        elif field.required:
            brush.state("todo", at)
        room = inside.adjusted(0, 0, -mark - pad, 0)
        name = " · ".join(part for part in (look.name(field.name), self._of) if part)
        top = QRectF(room.x(), room.y(), room.width(), room.height() * 0.42)
        brush.text(name, top, CAPTION_BOLD if field.now else CAPTION, "ink" if field.now else "ink-2", on=ground)
        below = QRectF(room.x(), top.bottom(), room.width(), room.height() - top.height())
        value = value_of(look, field)
        style = NUMBER if value else CAPTION
        brush.text(value or empty(look, field), below, style, "ink" if value else "ink-2", on=ground, at=(LEFT, MIDDLE))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A finger comes down."""
        self._down = event.button() == Qt.MouseButton.LeftButton
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A finger goes up: a tap if it is still inside."""
        was, self._down = self._down, False
        self.update()
        if was and self.rect().contains(event.position().toPoint()):
            self.tapped.emit()


class FormView(Painted):
    """The page. `filled`: (field, column, value) as entered; `gone`: (field, column) of a cell that was tapped;
    `measured`: the device of the field to fill now is asked for its value.

    `foot_px` at its lower left belongs to whoever places it; `spread`: `whole` changed.
    """

    filled = Signal(str, int, object)
    gone = Signal(str, int)
    measured = Signal()
    spread = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.page: FormPage | None = None
        self.foot_px = 0
        self.title = ""
        self.cells: list[Cell] = []
        self._turn: BigButton | None = None
        self._type = BigButton(look, look.say("form.type"), self, kind="primary")
        self._measure = BigButton(look, "", self, kind="primary")
        self._number = NumberPad(look, self)
        self._text = TextPad(look, self)
        self._choice = ChoicePad(look, self)
        self._date = DatePad(look, self)
        self._at, self._typing = 0, False
        self._asked: tuple[str, int, tuple[str, ...]] | None = None
        self._number.entered.connect(lambda value: self._fill((value,)))
        self._text.entered.connect(lambda value: self._fill((value,)))
        self._date.entered.connect(lambda value: self._fill((value,)))
        self._choice.entered.connect(self._fill)
        self._measure.tapped.connect(self.measured.emit)
        self._type.tapped.connect(partial(self._set_typing, True))
        self._text.left.connect(partial(self._set_typing, False))
        self._pads = (self._number, self._text, self._choice, self._date, self._type, self._measure)
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

    def show_page(self, page: FormPage, title: str, foot_px: int) -> None:
        """Draw this from now on; `title`: which thing it is about."""
        before = self.now
        self.page, self.title, self.foot_px = page, title, foot_px
        now = self.now
        if before is None or now is None or (before.id, before.i) != (now.id, now.i):
            self._typing = False
            self._at = self._page_of(now)
        self._renew()

    def say_again(self) -> None:
        """The language changed."""
        self._type.say(self.look.say("form.type"))
        self._number.clear()
        self._asked = None
        self._renew()

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
            return QRect(0, 0, self.width(), min(self.height(), most) if self._lying() else self.height())
        if self._lying():
            left = self._wide() + gap
            return QRect(left, 0, self.width() - left, min(self.height(), most))
        room = self.height() - self.foot_px - self._cells_top() - self.look.px(HEIGHT_MM) - gap
        high = min(max(least_high, round(self.height() * 0.42)), room)
        return QRect(0, self.height() - self.foot_px - high, self.width(), high)

    def _cells_top(self) -> int:
        return round(self._head().height()) + self.look.px(GAP_MM)

    def _head(self) -> QRectF:
        return QRectF(0, 0, self._wide(), self.look.px(LOW_HEAD_MM if self._is_low() else HEAD_MM))

    def _is_low(self) -> bool:
        return self.height() < self.look.px(LOW_MM if self._lying() else LOW_UPRIGHT_MM)

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
        of = " · ".join(part for part in (self.title, self._of(field)) if part)
        if self._is_low():
            line = QRectF(head.right() - head.width() * 0.34, head.y(), head.width() * 0.34, look.px(4))
            brush.text(of, line, CAPTION_MONO, "ink-2", at=(RIGHT, MIDDLE))
            room, words = head, head.width() * 0.64
            count = line.translated(0, line.height())
        else:
            line = count = QRectF(head.x(), head.y(), head.width(), look.px(4.4))
            brush.text(of, line, IDENTITY, "ink-2", at=(LEFT, MIDDLE))
            room, words = head.adjusted(0, line.height(), 0, 0), head.width()
        brush.text(self._count(), count, CAPTION, "ink-2", at=(RIGHT, MIDDLE))
        said, ink = self._said(field)
        top = QRectF(room.x(), room.y(), words, room.height() * (0.66 if said else 1))
        brush.text(self._do(field), top, DO, "water", at=(LEFT, MIDDLE))
        brush.text(said, room.adjusted(0, top.height(), 0, 0), STEP, ink, at=(LEFT, MIDDLE))
        if field is None or field.type not in PADS or (field.type in TYPED and not self.whole):
            self._wait(brush, field)

    def _wait(self, brush: Brush, field: FormField | None) -> None:
        """No pad fills this: a large shape says what is awaited."""
        look, box = self.look, QRectF(self.editor())
        inside = brush.card(box)
        if field is not None and (field.type in READ or field.type in TYPED):
            inside.setBottom(self._button(self.editor()).y() - look.px(2))
        size = min(look.px(26), inside.height() * 0.5)
        shape = QRectF(inside.center().x() - size / 2, inside.y() + inside.height() * 0.08, size, size)
        tone = TONES[self.page.verdict] if field is None and self.page else "water"
        brush.shape(tone, shape)
        low = QRectF(inside.x(), shape.bottom() + look.px(3), inside.width(), inside.bottom() - shape.bottom())
        text = look.say(f"form.verdict.{self.page.verdict}") if field is None and self.page else ""
        text = text or (look.say(f"form.wait.{_kind(field)}", {"device": field.device}) if field else "")
        brush.text(text, low, BUTTON, at=(CENTRE, TOP))

    def _do(self, field: FormField | None) -> str:
        if field is None:
            return self.look.say("form.confirm")
        said = {"name": field.name, "device": field.device, "uom": field.uom}
        return self.look.say(f"form.do.{_kind(field)}", said)

    def _said(self, field: FormField | None) -> tuple[str, str]:
        """What is wrong with the field to fill now, or its limits, or that it may stay empty; and in which ink."""
        if field is None:
            return "", "ink-2"
        if field.code:
            ink = {"warn": "hold", "fail": "ng"}.get(field.verdict, "unknown")
            return self.look.say(field.code, field.params), ink
        may = self.look.say("form.may_confirm") if self.page and self.page.complete and not field.value else ""
        return "  ".join(part for part in (limits(self.look, field), may) if part), "ink-2"

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
        for old in (*self.cells, *([self._turn] if self._turn else [])):
            old.hide()
            old.deleteLater()
        self.cells, self._turn = [], None
        if self.page is None or self.whole or self.width() < 2:
            return
        columns, _, _, _ = self._grid()
        each = self._each()
        pages = -(-len(self.page.fields) // each)
        self._at = min(self._at, max(pages - 1, 0))
        for n, field in enumerate(self.page.fields[self._at * each : (self._at + 1) * each]):
            cell = Cell(self.look, field, self._of(field), self)
            cell.setGeometry(self._cell(n, columns))
            cell.tapped.connect(partial(self.gone.emit, field.id, field.i))
            cell.show()
            self.cells.append(cell)
        if pages > 1:
            self._turn = BigButton(self.look, f"{self.look.say('tap.turn')} {self._at + 1}/{pages}", self)
            self._turn.setGeometry(self._cell(each, columns))
            self._turn.tapped.connect(partial(self._turn_to, pages))
            self._turn.show()

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
            self._measure.say(self.look.say("tap.photo" if field.type == "photo" else "tap.measure"))
        if wanted in (self._type, self._measure):
            box = self._button(box)
        wanted.setGeometry(box)
        asked = field.id, field.i, field.value
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
            name = self.look.name(field.name)
            self._number.ask(Asked(name, field.uom, field.decimals, field.low, field.high, value or field.last))
        elif field.type == "date":
            self._date.ask(value, page.today)
        elif field.type in TYPED:
            self._text.ask(value, field.length)
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


def value_of(look: Look, field: FormField) -> str:
    """A field's value as people read it; "" if there is none."""
    if not field.value:
        return ""
    if field.type == "photo":
        return look.say("form.photo")
    shown = field.shown
    several = shown if isinstance(shown, list | tuple) else [shown]
    said = [one.say(look.language) if isinstance(one, Named) else str(one) for one in several]
    return ("、" if look.language == "zh" else ", ").join(said)


def empty(look: Look, field: FormField) -> str:
    """What stands where a value is missing."""
    if field.type == "computed":
        return look.say(field.code, field.params) if field.code else look.say("form.computed")
    return limits(look, field) or ("" if field.required else look.say("form.optional"))


def limits(look: Look, field: FormField) -> str:
    """Between which a number is good."""
    low, high, uom = field.low, field.high, field.uom
    if low is not None and high is not None:
        return f"{low} – {high} {uom}".strip()
    return f"≥ {low} {uom}" if low is not None else f"≤ {high} {uom}" if high is not None else uom
