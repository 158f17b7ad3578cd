"""A page of a form on a touch screen: all its fields as cells that never scroll, and the field in hand with its editor.

It draws a `FormPage` and says what a finger wants; it knows no rule of the form and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from common.form_page import FormField, FormPage
from common.qt.button import GAP_MM, HEIGHT_MM, Buttons, ButtonSpec
from common.qt.form_cells import Cell, FieldRows
from common.qt.form_editors import ChoicePad, DatePad
from common.qt.form_words import ENTERED, READ, TYPED, PageWords
from common.qt.image import Image
from common.qt.pads import (
    DISPLAY_MM,
    MOST_SIGNS,
    Editor,
    NumberAsked,
    NumberPad,
    PinPad,
    confirm_box,
    display,
    draw_title,
    pad_wide,
)
from common.qt.painted import CENTRE, LEFT, MIDDLE, RIGHT, TOP, Brush, Painted
from common.qt.theme import BUTTON, CAPTION, CAPTION_BOLD, IDENTITY, STEP, Look
from common.qt.writing_pad import WritingPad
from common.theme import CORNER_PX

HEAD_MM, BETWEEN_MM = 6.5, 1.5
CELL_MM, LEAST_MM, COMFORT_MM, MOST_MM = 48.0, 10.8, 18.0, 24.0  # of a cell: its least width, and its heights
PANEL_MM = 13.5  # the least height of a cell that names its unit too
UPRIGHT_CELLS_MM = 61.0  # that stay for the cells over an editor, on a screen that is low for it
SIGNED_MM = 64.0  # of an editor without keys, while all that is signed needs the room
DASHES = (5.0, 4.0)

Asked = tuple[object, tuple[str, ...], str]  # the question, the value so far, the signer


class Heading(Struct, frozen=True):
    """The line over the cells: the thing as its label reads, and what is done with it.

    `of`: the page of the thing and who fills it, in no language.
    """

    thing: str = ""
    about: str = ""
    of: object = None


class FormView(Painted):
    """The page. `filled`: (field, column, value) as entered; `gone`: (field, column) of a cell that was tapped;
    `measured`: the device of the field in hand is asked for its value; `signed`: a signer's PIN was typed; `confirmed`:
    confirm was tapped in its meaning for the page; `doubted`: a number out of its limits is asked about.

    `head_px` at its upper left and `foot_px` at its lower left belong to the screen around it; `spread`: `whole`
    changed.
    """

    filled = Signal(str, int, object)
    gone = Signal(str, int)
    measured = Signal()
    signed = Signal(str)
    confirmed = Signal()
    doubted = Signal()
    spread = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.page: FormPage | None = None
        self.head_px = self.foot_px = 0
        self.heading, self.offered = Heading(), ""
        self.cells: list[Cell] = []
        self._rows = FieldRows(look, self)
        self._turn = Buttons(look, self)
        self._acts = Buttons(look, self, once=True)
        self._number = NumberPad(look, self)
        self._text = WritingPad(look, self)
        self._choice = ChoicePad(look, self)
        self._date = DatePad(look, self)
        self._pin = PinPad(look, self)
        self._editors: tuple[Editor, ...] = (self._number, self._text, self._choice, self._date, self._pin)
        self._photo = Image()
        self._words = PageWords(look, None)
        self._at, self._typing = 0, False
        self._asked: Asked | None = None
        self._filling: Editor | None = None
        self._begun: dict[Asked, object] = {}  # what was typed at a field that somebody then left
        self._number.entered.connect(lambda value: self._fill((value,)))
        self._number.doubted.connect(self.doubted.emit)
        self._text.entered.connect(lambda value: self._fill((value,)))
        self._date.entered.connect(lambda value: self._fill((value,)))
        self._choice.entered.connect(self._fill)
        self._pin.entered.connect(self.signed.emit)
        for editor in self._editors:
            editor.passed.connect(self.confirmed.emit)
            editor.hide()

    @property
    def whole(self) -> bool:
        """Whether letters are typed, for which all of the screen is needed."""
        return self._typing and self.now is not None and self.now.type in TYPED

    @property
    def now(self) -> FormField | None:
        """The field in hand."""
        return next((field for field in self.page.fields if field.now), None) if self.page else None

    def show_page(self, page: FormPage, heading: Heading, room: tuple[int, int], offered: str = "") -> None:
        """Draw this from now on. `room`: `head_px` and `foot_px`. `offered`: what confirm does for the page, "" if it
        can do nothing yet."""
        before, other = self.now, (heading.thing, heading.of) != (self.heading.thing, self.heading.of)
        self.page, self.heading, self.offered = page, heading, offered
        self._words = PageWords(self.look, page)
        self.head_px, self.foot_px = room
        now = self.now
        if other or before is None or now is None or (before.id, before.i) != (now.id, now.i):
            self._typing = False
            self._at = self._page_of(now)
        self._renew()
        if other:
            self._begun.clear()

    def say_again(self) -> None:
        """Say the words in the language of now; what was typed stays."""
        for editor in self._editors:
            editor.say_again()
        self._renew()

    def stop_typing(self) -> None:
        """Show the page again; what was typed is forgotten."""
        self._asked = None
        self._set_typing(False)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Forget the digits typed of a PIN."""
        self._pin.clear()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self._at = self._page_of(self.now)
        self._renew()

    # Places ----------------------------------------------------------------------------------------------------------
    def _lying(self) -> bool:
        return self.width() > self.height()

    def confirm(self) -> QRect:
        """The place of confirm."""
        return confirm_box(self.look, self.width(), self.height())

    def head_wide(self) -> int:
        """The width of the heading, which is that of the cells."""
        return self._wide()

    def foot_wide(self) -> int:
        """The width that is left for tiles beside the place of confirm."""
        return self._wide() if self._lying() else self.confirm().x() - self.look.px(GAP_MM)

    def editor(self) -> QRect:
        """The place of the editor; upright its last row is the row of the tiles."""
        if self.whole:
            return QRect(0, self.head_px, self.width(), self.height() - self.head_px)
        if self._lying():
            left = self._wide() + self.look.px(GAP_MM)
            return QRect(left, 0, self.width() - left, self.height())
        # A refusal above the page takes its room from the cells: keys stay where they are, and as large.
        high = min(self._upright_high(), self.height() - self.look.px(HEAD_MM + GAP_MM / 2 + UPRIGHT_CELLS_MM))
        return QRect(0, self.height() - high, self.width(), high)

    def _upright_high(self) -> int:
        """A badge is scanned and not typed: that leaves room for all that is signed."""
        if self.now is not None and self.now.signing and not self.now.signer:
            return self.look.px(SIGNED_MM)
        return self.look.px(NumberPad.least_mm()[1])

    def _head(self) -> QRectF:
        return QRectF(0, 0, self._wide(), self.head_px or self.look.px(HEAD_MM))

    def _cells_top(self) -> int:
        return round(self._head().bottom()) + self.look.px(GAP_MM / 2)

    def _cells_bottom(self) -> int:
        return self.height() - self.foot_px if self._lying() else self.editor().y() - self.look.px(GAP_MM)

    def _wide(self) -> int:
        """The width of all cells together."""
        if not self._lying():
            return self.width()
        return self.width() - pad_wide(self.look, self.width()) - self.look.px(GAP_MM)

    def _room(self, turning: bool) -> int:
        """The height for cells, with or without the button that turns to the next ones."""
        away = self.look.px(HEIGHT_MM + BETWEEN_MM) if turning else 0
        return max(self._cells_bottom() - self._cells_top() - away, 1)

    def _most_columns(self) -> int:
        gap = self.look.px(BETWEEN_MM)
        return max((self._wide() + gap) // (self.look.px(CELL_MM) + gap), 1)

    def _fitting(self, least_mm: float, room: int) -> int:
        """Rows of at least this height."""
        gap = self.look.px(BETWEEN_MM)
        return max((room + gap) // (self.look.px(least_mm) + gap), 1)

    def _each(self) -> int:
        """The number of fields that one view of the cells holds."""
        count, columns = len(self.page.fields) if self.page else 0, self._most_columns()
        least = PANEL_MM if self.page and self.page.columns else LEAST_MM
        if count <= columns * self._fitting(least, self._room(turning=False)):
            return max(count, 1)
        return columns * self._fitting(least, self._room(turning=True))

    def _grid(self, count: int) -> tuple[int, int]:
        """Columns and rows for so many cells: as few columns as leave each cell a comfortable height."""
        room = self._room(turning=self._pages() > 1)
        rows = self._fitting(COMFORT_MM, room)
        columns = min(-(-count // rows), self._most_columns())
        return max(columns, 1), max(-(-count // max(columns, 1)), 1)

    def _pages(self) -> int:
        return -(-len(self.page.fields) // self._each()) if self.page else 1

    def _page_of(self, now: FormField | None) -> int:
        fields = self.page.fields if self.page else ()
        return next((n for n, field in enumerate(fields) if field is now), 0) // self._each()

    # Drawing ---------------------------------------------------------------------------------------------------------
    def draw(self, brush: Brush) -> None:
        """The heading, and the field in hand where no keys fill it; cells and editors paint themselves."""
        if self.page is None or self.whole:
            return
        if not self.head_px:
            self._draw_heading(brush, self._head())
        if self._editor_of(self.now) is None:
            self._draw_wait(brush, self.now)
            self._draw_awaited(brush)

    def _draw_heading(self, brush: Brush, box: QRectF) -> None:
        """The thing and what is done with it; at the right how many fields are filled and how many are out."""
        look = self.look
        fields = self.page.fields if self.page else ()
        bad = sum(field.verdict == "fail" for field in fields)
        right = box
        if bad:
            said = look.say("form.out", {"count": bad})
            at = brush.text(said, right, CAPTION_BOLD, "ng", on="ground", at=(RIGHT, MIDDLE))
            right = right.adjusted(0, 0, -at.width() - look.px(3), 0)
        filled = {"count": sum(field.verdict in ("pass", "warn", "fail") for field in fields), "of": len(fields)}
        at = brush.text(look.say("form.filled", filled), right, CAPTION, "ink-2", on="ground", at=(RIGHT, MIDDLE))
        room = QRectF(box.x(), box.y(), at.x() - box.x() - look.px(3), box.height())
        thing = brush.text(
            self.heading.thing, room.adjusted(0, 0, -room.width() * 0.3, 0), IDENTITY, on="ground", at=(LEFT, MIDDLE)
        )
        rest = room.adjusted(thing.width() + look.px(3) if self.heading.thing else 0, 0, 0, 0)
        brush.text(self.heading.about, rest, CAPTION, "ink-2", on="ground", at=(LEFT, MIDDLE))

    def _draw_wait(self, brush: Brush, field: FormField | None) -> None:
        """The name of the field, and a large shape and sentence for what is awaited; or the photo, or the text."""
        look, box = self.look, QRectF(self.editor())
        box.setBottom(self._act(1).y() - look.px(GAP_MM))
        title = QRectF(box.x(), box.y(), box.width(), look.px(DISPLAY_MM))
        said, ink = self._words.said(field)
        draw_title(brush, display(brush, title), self._words.do(field), said, ink)
        room = box.adjusted(0, title.height() + look.px(GAP_MM), 0, 0)
        inside = brush.card(room)
        photo = self._photo.of(field.picture) if field else None
        if photo is not None:
            brush.picture(photo, inside)
            return
        if field is not None and field.type in TYPED and field.value:
            brush.text(field.value[0], inside, BUTTON)
            return
        tone, text = self._words.awaits(field)
        size = min(look.px(26), inside.height() * 0.5)
        if inside.width() > 3 * inside.height():
            size = min(look.px(26), inside.height())
            brush.shape(tone, QRectF(inside.x(), inside.center().y() - size / 2, size, size))
            beside = inside.adjusted(size + look.px(3), 0, 0, 0)
            brush.text(text, beside, BUTTON, at=(LEFT, MIDDLE))
            return
        shape = QRectF(inside.center().x() - size / 2, inside.y() + inside.height() * 0.06, size, size)
        brush.shape(tone, shape)
        low = QRectF(inside)
        low.setTop(shape.bottom() + look.px(3))
        brush.text(text, low, BUTTON, at=(CENTRE, TOP))

    def _draw_awaited(self, brush: Brush) -> None:
        """A dashed place where confirm would be, if a scan or an answer confirms."""
        said = self._words.confirms(self.now)
        if not said or self._main() is not None:
            return
        box, painter = QRectF(self.confirm()).adjusted(1, 1, -1, -1), brush.painter
        painter.save()
        pen = QPen(self.look.colour("ink-3"), self.look.px(0.3), c=Qt.PenCapStyle.FlatCap)
        pen.setDashPattern(DASHES)
        painter.setPen(pen)
        painter.setBrush(self.look.colour("sunken"))
        painter.drawRoundedRect(box, CORNER_PX["card"], CORNER_PX["card"])
        painter.restore()
        pad = self.look.px(1.5)
        room = box.adjusted(pad, pad, -pad, -pad)
        brush.text(said, room, STEP, "ink-2", on="sunken", at=(CENTRE, MIDDLE))

    # Placing ---------------------------------------------------------------------------------------------------------
    def _renew(self) -> None:
        self._place_cells()
        self._place_editor()
        self._place_acts()
        self.update()

    def _place_cells(self) -> None:
        before = {(cell.field.id, cell.field.i): cell for cell in self.cells}
        self.cells = []
        turns: list[ButtonSpec] = []
        in_rows = self._in_rows()
        self._rows.setVisible(in_rows)
        if in_rows:
            self._place_rows()
        elif self.page is not None and not self.whole and self.width() >= 2:
            turns = self._show_cells(self.page, before)
        for old in before.values():
            old.hide()
            old.deleteLater()
        self._turn.lay(turns)

    def _show_cells(self, page: FormPage, before: dict[tuple[str, int], Cell]) -> list[ButtonSpec]:
        """Place the cells of this view, those of before where they are the same; the button that turns to the next."""
        each, pages = self._each(), self._pages()
        self._at = min(self._at, pages - 1)
        shown = page.fields[self._at * each : (self._at + 1) * each]
        grid = self._grid(each if pages > 1 else len(shown))
        for n, field in enumerate(shown):
            cell = before.pop((field.id, field.i), None) or self._made(field)
            cell.say(field, self._words.of(field))
            cell.setGeometry(self._cell(n, grid))
            cell.show()
            self.cells.append(cell)
        if pages == 1:
            return []
        high = self.look.px(HEIGHT_MM)
        box = QRect(0, self._cells_bottom() - high, self._wide(), high)
        return [ButtonSpec(f"{self.look.say('tap.turn')} {self._at + 1}/{pages}", box, partial(self._turn_to, pages))]

    def _in_rows(self) -> bool:
        """True while a signer sees all that they sign in rows, for the cells have no room for all of it."""
        now = self.now
        if self.page is None or now is None or not now.signing:
            return False
        texts = (text for field in self.page.fields if field.type in (*TYPED, "scan") for text in field.value)
        return self._pages() > 1 or any(len(text) > MOST_SIGNS for text in texts)

    def _place_rows(self) -> None:
        top = self._cells_top()
        self._rows.setGeometry(0, top, self._wide(), self._cells_bottom() - top)
        self._rows.show_fields(tuple((f, self._words.of(f)) for f in self.page.fields) if self.page else ())

    def _made(self, field: FormField) -> Cell:
        cell = Cell(self.look, field, self._words.of(field), self)
        cell.tapped.connect(partial(self.gone.emit, field.id, field.i))
        return cell

    def _cell(self, n: int, grid: tuple[int, int]) -> QRect:
        """The first column downwards, then the next."""
        columns, rows = grid
        gap, (column, row) = self.look.px(BETWEEN_MM), divmod(n, rows)
        room = self._room(turning=self._pages() > 1)
        wide, high = (self._wide() + gap) / columns, min((room + gap) / rows, self.look.px(MOST_MM) + gap)
        left, top = round(column * wide), self._cells_top() + round(row * high)
        right, bottom = round((column + 1) * wide) - gap, self._cells_top() + round((row + 1) * high) - gap
        return QRect(left, top, right - left, bottom - top)

    def _turn_to(self, pages: int) -> None:
        self._at = (self._at + 1) % pages
        self._renew()

    # Filling ---------------------------------------------------------------------------------------------------------
    def _place_editor(self) -> None:
        field, wanted = self.now, self._editor_of(self.now)
        self.of = self.heading.thing, self.heading.of, *((field.id, field.i) if field else ())
        for editor in self._editors:
            if editor is not wanted:
                editor.hide()
        if field is None or wanted is None or self.page is None:
            self._turn_from()
            return
        wanted.of = self.of
        wanted.setGeometry(self.editor())
        said, ink = self._words.said(field)
        wanted.entitle(self._words.title(field), said, ink)
        wanted.offer("" if field.signer or self.whole else self.offered)
        asked = self.of, field.value, field.signer
        if asked != self._asked:
            self._turn_from()
            self._asked, self._filling = asked, wanted
            self._ask(field, self.page)
            if (begun := self._begun.pop(asked, None)) is not None:
                wanted.resume(begun)
        wanted.show()
        wanted.raise_()

    def _turn_from(self) -> None:
        """Keep what was begun at the field in hand until somebody comes back to it."""
        if self._asked is not None and self._filling is not None and (begun := self._filling.begun()) is not None:
            self._begun[self._asked] = begun
        self._asked = self._filling = None

    def _editor_of(self, field: FormField | None) -> Editor | None:
        """The editor that fills this field; None for what a scan, a device or a badge gives, and for typing offered."""
        if field is None or field.signer:
            return self._pin if field else None
        if field.type in TYPED:
            return self._text if self._typing else None
        if field.type not in ENTERED:
            return None
        return {"number": self._number, "date": self._date}.get(field.type, self._choice)

    def _ask(self, field: FormField, page: FormPage) -> None:
        value = next(iter(field.value), "")
        if field.type == "number":
            last = value or field.last
            self._number.ask(
                NumberAsked(self.of, self.look.unit(field.uom), field.decimals, field.low, field.high, last)
            )
        elif field.type == "date":
            self._date.ask(value, page.today)
        elif field.type in TYPED:
            self._text.ask(value, field.length)
        elif field.type == "signature":
            self._pin.ask(field.signer)
        else:
            self._choice.ask(field)

    def _place_acts(self) -> None:
        """The buttons where no editor has keys: confirm at its place, and beside it what else fills the field."""
        wanted = []
        if self.page is not None and self._editor_of(self.now) is None:
            for place, act in ((0, self._main()), (1, self._second())):
                if act is not None:
                    wanted.append(ButtonSpec(act[0], self._act(place), act[1], "plain" if place else "primary"))
        self._acts.lay(wanted)

    def _act(self, place: int) -> QRect:
        """0: the place of confirm. 1: beside it; upright over it, for the row has tiles."""
        box, gap = self.confirm(), self.look.px(GAP_MM)
        if not place:
            return box
        if self._lying():
            return box.translated(-box.width() - gap, 0)
        high = box.height()
        second = self._second() is not None
        return QRect(self.width() // 2, box.y() - gap - high, self.width() - self.width() // 2, high) if second else box

    def _main(self) -> tuple[str, Callable[[], None]] | None:
        """The text and the act of the button at the place of confirm: the page's, else the device's."""
        return (self.offered, self.confirmed.emit) if self.offered else self._measure()

    def _second(self) -> tuple[str, Callable[[], None]] | None:
        """The text and the act of the button beside confirm."""
        if self.now is not None and self.now.type in TYPED:
            return self.look.say("form.type"), partial(self._set_typing, True)
        return self._measure() if self.offered else None

    def _measure(self) -> tuple[str, Callable[[], None]] | None:
        field = self.now
        if field is None or field.type not in READ:
            return None
        again = "photo_again" if field.value else "photo"
        return self.look.say(f"tap.{again if field.type == 'photo' else 'measure'}"), self.measured.emit

    def _set_typing(self, typing: bool) -> None:
        self._typing = typing
        self.spread.emit()
        self._renew()

    def _fill(self, value: tuple[str, ...]) -> None:
        field = self.now
        if field is not None:
            self._typing, self._filling = False, None
            self.spread.emit()
            self.filled.emit(field.id, field.i, value)
