"""The fields of a page as they stand: one cell each, to be tapped, or one row each, for who signs what they say."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from common.form_page import FormField
from common.qt.button import GAP_MM, HEIGHT_MM, BigButton
from common.qt.image import Image
from common.qt.painted import LEFT, MIDDLE, RIGHT, Brush, Painted
from common.qt.theme import CAPTION, CAPTION_BOLD, NUMBER, Look, Style
from common.text import Named
from common.theme import CORNER_PX

MARK_MM, ROW_MM, HIGHEST_ROW_MM, COLUMN_MM, TURN_MM = 6.0, 6.0, 10.0, 46.0, 24.0
NAME, VALUE = Style(2.5, 1.6), Style(2.5, 1.6, bold=True)
NAME_PART = 0.4  # of a row
TONES = {"pass": "ok", "warn": "hold", "fail": "ng", "invalid": "unknown"}


class Cell(Painted):
    """One field: its name, its value, and how that was judged, by colour, shape and word. A tap goes to it."""

    tapped = Signal()

    def __init__(self, look: Look, field: FormField, of: str, parent: QWidget) -> None:
        super().__init__(look, parent)
        self.field = field
        self._of = of
        self._down = False
        self._photo = Image()

    def say(self, field: FormField, of: str) -> None:
        """The same field as it is now; a finger on it stays on it."""
        self.field, self._of = field, of
        self.update()

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
        if photo := self._photo.of(field.picture):
            broad = min(below.height() * photo.width() / photo.height(), below.width())
            brush.picture(photo, QRectF(below.x(), below.y(), broad, below.height()))
            return
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


class FieldRows(Painted):
    """Every field with its value in a row, as many as fit at once; with more of them a button turns on."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._fields: tuple[tuple[FormField, str], ...] = ()
        self._at = 0
        self._turn = BigButton(look, "", self)
        self._turn.tapped.connect(self._turn_on)

    def show_fields(self, fields: tuple[tuple[FormField, str], ...]) -> None:
        """These from now on, each with the unit that it is of, "" for none."""
        self._fields = fields
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self._place()

    def draw(self, brush: Brush) -> None:
        """Down the first column, then the next."""
        brush.fill(self._card(), "surface", radius=CORNER_PX["card"], border="line")
        inside, (columns, rows) = self._inside(), self._grid()
        shown = self._fields[self._at * columns * rows :][: columns * rows]
        down = max(-(-len(shown) // columns), 1)
        high, wide = min(inside.height() / down, self.look.px(HIGHEST_ROW_MM)), inside.width() / columns
        for n, (field, of) in enumerate(shown):
            column, row = divmod(n, down)
            between = self.look.px(GAP_MM) if column < columns - 1 else 0
            box = QRectF(inside.x() + column * wide, inside.y() + row * high, wide - between, high)
            if row:
                brush.rule(box.x(), box.y(), box.width())
            self._row(brush, field, of, box)

    def _row(self, brush: Brush, field: FormField, of: str, box: QRectF) -> None:
        look, mark = self.look, min(self.look.px(MARK_MM * 0.7), box.height() * 0.8)
        name = " · ".join(part for part in (look.name(field.name), of) if part)
        left = QRectF(box.x(), box.y(), box.width() * NAME_PART, box.height())
        brush.text(name, left, NAME, "ink-2", at=(LEFT, MIDDLE))
        at = QRectF(box.right() - mark, box.center().y() - mark / 2, mark, mark)
        tone = TONES.get(field.verdict, "")
        if tone:
            brush.shape(tone, at)
        room = QRectF(left.right(), box.y(), at.x() - left.right() - look.px(1.5), box.height())
        value = value_of(look, field)
        ink = tone if tone in ("hold", "ng", "unknown") else "ink"
        brush.text(value or "—", room, VALUE, ink if value else "ink-2", at=(RIGHT, MIDDLE))

    def _card(self) -> QRectF:
        """Where the rows stand: what the button leaves, which is below them or, where that is low, beside them."""
        room = QRectF(self.rect())
        if self._turn.isVisibleTo(self):
            away = self.look.px(TURN_MM if self._beside() else HEIGHT_MM) + self.look.px(GAP_MM)
            room.adjust(0, 0, -away if self._beside() else 0, 0 if self._beside() else -away)
        return room

    def _beside(self) -> bool:
        return self.width() > self.height()

    def _inside(self) -> QRectF:
        across, down = self.look.px(3), self.look.px(1.5)
        return self._card().adjusted(across, down, -across, -down)

    def _grid(self) -> tuple[int, int]:
        """(columns, rows) that there is room for: no more columns than are needed."""
        inside = self._inside()
        rows = max(int(inside.height() // self.look.px(ROW_MM)), 1)
        most = max(int(inside.width() // self.look.px(COLUMN_MM)), 1)
        return max(min(-(-len(self._fields) // rows), most), 1), rows

    def _pages(self) -> int:
        columns, rows = self._grid()
        return -(-len(self._fields) // (columns * rows))

    def _place(self) -> None:
        self._turn.hide()
        if self._pages() > 1:
            self._turn.show()
            high = self.height() if self._beside() else self.look.px(HEIGHT_MM)
            wide = self.look.px(TURN_MM) if self._beside() else self.width()
            self._turn.setGeometry(self.width() - wide, self.height() - high, wide, high)
            self._at %= self._pages()
            self._turn.say(f"{self.look.say('tap.turn')} {self._at + 1}/{self._pages()}")
        self.update()

    def _turn_on(self) -> None:
        self._at += 1
        self._place()


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
        return look.say("form.not_computed" if field.verdict == "invalid" else "form.computed")
    return limits(look, field) or ("" if field.required else look.say("form.optional"))


def limits(look: Look, field: FormField) -> str:
    """Between which a number is good."""
    low, high, uom = field.low, field.high, field.uom
    if low is not None and high is not None:
        return f"{low} – {high} {uom}".strip()
    return f"≥ {low} {uom}" if low is not None else f"≤ {high} {uom}" if high is not None else uom
