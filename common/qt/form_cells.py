"""The fields of a page: one cell each, to be tapped, or one row each, for somebody who signs them all."""

from __future__ import annotations

from msgspec import Struct
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from common.form_page import FormField
from common.qt.button import GAP_MM, HEIGHT_MM, BigButton
from common.qt.image import Image
from common.qt.lettering import letter, shortened
from common.qt.painted import LEFT, MIDDLE, RIGHT, TOP, Brush, Painted
from common.qt.theme import CAPTION, NUMBER, STEP, Look, Style
from common.text import Named
from common.theme import CORNER_PX

MARK_MM, ROW_MM, HIGHEST_ROW_MM, COLUMN_MM, TURN_MM = 6.0, 6.0, 10.0, 46.0, 24.0
NAME, VALUE = Style(2.5, 1.8), Style(2.5, 1.8, bold=True)
NAME_PART = 0.4  # of a row
ROOMY_MM = 18.0  # a cell so high has a larger name
NAME_MM, ROOMY_NAME_MM, LEAST_BAR_MM, BAR_MM = 4.6, 6.4, 10.0, 20.0
LONG_PART = 1.45  # of a line, for a name in two small ones
LIMITS_PART = 0.6  # of a cell's width, at most
TONES = {"pass": "ok", "warn": "hold", "fail": "ng", "invalid": "unknown"}


class Cell(Painted):
    """One field: its name, limits and value, and the verdict by colour, shape and word. A tap goes to it."""

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
        """Name and limits above, value and tolerance below, the shape at the right."""
        field, look = self.field, self.look
        tone = TONES.get(field.verdict, "")
        ground = "water-soft" if field.now else f"{tone}-soft" if tone in ("hold", "ng", "unknown") else "surface"
        border = "water" if field.now or self._down else tone if ground.endswith("-soft") else "line"
        wide = look.px(0.7 if field.now else 0.35)
        brush.fill(brush.room, ground, radius=CORNER_PX["card"], border=border, width=wide)
        roomy = brush.room.height() >= look.px(ROOMY_MM)
        across, down = look.px(2.2), look.px(2.2 if roomy else 0.8)
        inside = brush.room.adjusted(across, down, -across, -down)
        mark = min(look.px(MARK_MM), inside.height() - look.px(NAME_MM))
        line = look.px(ROOMY_NAME_MM if roomy else NAME_MM)
        box = QRectF(inside.x(), inside.y(), inside.width(), line)
        top = self._name(brush, box, ground, STEP.cap_mm if roomy else CAPTION.cap_mm)
        middle = min((top.bottom() + inside.bottom()) / 2, inside.bottom() - mark / 2)
        at = QRectF(inside.right() - mark, middle - mark / 2, mark, mark)
        if field.now:
            brush.state("now", at)
        elif tone:
            brush.shape(tone, at)
        elif field.required:
            brush.state("todo", at)
        below = QRectF(inside.x(), top.bottom(), at.x() - inside.x() - look.px(1.5), inside.bottom() - top.bottom())
        self._value(brush, below, ground)

    def _name(self, brush: Brush, box: QRectF, ground: str, cap_mm: float) -> QRectF:
        """The name; at the right the limits, unless the pad has them (of the field in hand, of a panel) or the name
        needs the room. The box they took."""
        field, look = self.field, self.look
        name = " · ".join(part for part in (look.name(field.name), self._of) if part)
        style = Style(cap_mm, CAPTION.least_mm, bold=field.now or bool(field.value))
        ink = "water" if field.now else "ink"
        said = "" if field.now or self._of else limits(field)
        wide = letter(look, said, CAPTION, box.width() * LIMITS_PART, box.height()).width if said else 0
        left = box.adjusted(0, 0, -wide - look.px(1.5) if said else 0, 0)
        if not letter(look, name, style, left.width(), left.height()).fits:
            said, left = "", box
        if not letter(look, name, style, left.width(), left.height()).fits:
            left = box = QRectF(box.x(), box.y(), box.width(), box.height() * LONG_PART)
        brush.text(name, left, style, ink, on=ground)
        of_value = "hold" if field.verdict == "warn" else "ink-2"  # the limit that it passed belongs to the value
        brush.text(said, box, CAPTION, of_value, on=ground, at=(RIGHT, TOP))
        return box

    def _value(self, brush: Brush, box: QRectF, ground: str) -> None:
        """The value (the beginning of a long text, which a tap shows whole), or a word for what is missing; beside it
        the tolerance bar, if there is room."""
        field, look = self.field, self.look
        if photo := self._photo.of(field.picture):
            broad = min(box.height() * photo.width() / photo.height(), box.width())
            brush.picture(photo, QRectF(box.x(), box.y(), broad, box.height()))
            return
        value, tone = value_of(look, field), TONES.get(field.verdict, "ok")
        ink = tone if tone != "ok" else "ink"
        said, style = (value, NUMBER) if value else (empty(look, field), CAPTION)
        said = shortened(look, said, style, (box.width(), box.height()))
        at = brush.text(said, box, style, ink if value else "ink-2", on=ground, at=(LEFT, MIDDLE))
        wide = min(box.right() - at.right() - look.px(3), look.px(BAR_MM))
        if value and field.value and (field.low, field.high) != (None, None) and wide >= look.px(LEAST_BAR_MM):
            bar = QRectF(box.right() - wide, box.center().y() - look.px(1), wide, look.px(2))
            brush.bar(bar, field.value[0], (field.low, field.high), field.verdict)

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


class SignedRow(Struct, frozen=True):
    """A field, its unit of a panel, and its height: a long text takes the height of several fields."""

    field: FormField
    of: str
    units: int = 1


Column = tuple[SignedRow, ...]


class FieldRows(Painted):
    """Every field with its value in a row, as many as fit at once; a button turns to the next."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._fields: tuple[tuple[FormField, str], ...] = ()
        self._at = 0
        self._turn = BigButton(look, "", self)
        self._turn.tapped.connect(self._turn_on)

    def show_fields(self, fields: tuple[tuple[FormField, str], ...]) -> None:
        """Show these, each with its unit of a panel, "" for none."""
        self._fields = fields
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self._place()

    def draw(self, brush: Brush) -> None:
        """Fill the first column downwards, then the next."""
        brush.fill(self._card(), "surface", radius=CORNER_PX["card"], border="line")
        inside, (columns, found) = self._inside(), self._columns()
        shown = found[self._at * columns :][:columns]
        down = max((sum(row.units for row in one) for one in shown), default=1)
        high, wide = min(inside.height() / down, self.look.px(HIGHEST_ROW_MM)), inside.width() / columns
        for n, column in enumerate(shown):
            between = self.look.px(GAP_MM) if n < columns - 1 else 0
            y = inside.y()
            for row in column:
                box = QRectF(inside.x() + n * wide, y, wide - between, row.units * high)
                if y > inside.y():
                    brush.rule(box.x(), box.y(), box.width())
                self._row(brush, row, box)
                y = box.bottom()

    def _row(self, brush: Brush, row: SignedRow, box: QRectF) -> None:
        look, field, mark = self.look, row.field, min(self.look.px(MARK_MM * 0.7), box.height() * 0.8)
        name = " · ".join(part for part in (look.name(field.name), row.of) if part)
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
        """The place of the rows: all that the button leaves, which is below them or, on a low page, beside them."""
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

    def _columns(self) -> tuple[int, list[Column]]:
        """The number of columns that fit, no more than are needed, and the columns of all views, evenly filled."""
        inside = self._inside()
        most_high = max(int(inside.height() // self.look.px(ROW_MM)), 1)
        most = max(int(inside.width() // self.look.px(COLUMN_MM)), 1)
        rows: Column = ()
        for columns in range(1, most + 1):
            wide = inside.width() / columns
            rows = tuple(SignedRow(field, of, self._units(field, wide, most_high)) for field, of in self._fields)
            least = -(-sum(row.units for row in rows) // columns)
            for high in range(max(least, 1), most_high + 1):
                if len(found := _stacked(rows, high)) <= columns:
                    return columns, found
        return most, _stacked(rows, most_high)

    def _units(self, field: FormField, wide: float, most: int) -> int:
        """The height, in rows, in which the whole value can be read."""
        px = self.look.px
        room = wide * (1 - NAME_PART) - px(MARK_MM * 0.7) - px(1.5) - px(GAP_MM)
        said = value_of(self.look, field)
        fitting = (n for n in range(1, most) if letter(self.look, said, VALUE, room, n * px(ROW_MM)).fits)
        return next(fitting, most)

    def _pages(self) -> int:
        columns, found = self._columns()
        return -(-len(found) // columns)

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


def _stacked(rows: Column, high: int) -> list[Column]:
    """The rows one under the other, in columns no higher than this."""
    found: list[Column] = []
    used = high
    for row in rows:
        if used + row.units > high:
            found.append(())
            used = 0
        found[-1] += (row,)
        used += row.units
    return found


def value_of(look: Look, field: FormField) -> str:
    """The value of a field as people read it; "" if there is none."""
    if not field.value:
        return ""
    if field.type == "photo":
        return look.say("form.photo")
    shown = field.shown
    several = shown if isinstance(shown, list | tuple) else [shown]
    said = [one.say(look.language) if isinstance(one, Named) else str(one) for one in several]
    return ("、" if look.language == "zh" else ", ").join(said)


def empty(look: Look, field: FormField) -> str:
    """A word for a missing value."""
    if field.type == "computed":
        return look.say("form.not_computed" if field.verdict == "invalid" else "form.computed")
    if field.now:
        return look.say("form.now")
    return f"— {field.uom}" if field.required else look.say("form.optional")


def limits(field: FormField) -> str:
    """The limits of a number, or the one that made its value amber; "" without any."""
    passed = {"mark.above_warn": f"> {field.warn_high}", "mark.below_warn": f"< {field.warn_low}"}
    if field.code in passed:
        return passed[field.code]
    low, high = field.low, field.high
    if low is not None and high is not None:
        return f"{low} – {high}"
    return f"≥ {low}" if low is not None else f"≤ {high}" if high is not None else ""
