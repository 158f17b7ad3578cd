"""Editors for a field's choices, as tiles, and for its date, by steps.

Each sends by `entered` the value of the field as the engine has it. Numbers have the pad of `pads`, texts `keyboard`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.form_page import Choice, FormField
from common.qt.button import GAP_MM, BigButton, Buttons, ButtonSpec
from common.qt.pads import BROAD, COLUMNS, ROWS, Editor, Grid, is_broad
from common.qt.painted import CENTRE, MIDDLE, Brush
from common.qt.theme import BUTTON, TITLE, Look

TILE_MM = 40.0
MARKS = {"pass": "ok", "warn": "hold", "fail": "ng"}
ANSWERS = ("yes", "no")


class ChoicePad(Editor):
    """Options as tiles. Of one a tap is the answer; of several each tap takes one in or out, and OK hands them over."""

    entered = Signal(object)  # tuple of ids

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._field: FormField | None = None
        self._chosen: tuple[str, ...] = ()
        self._page, self._pages = 0, 1
        self._buttons = Buttons(look, self, once=True)

    def ask(self, field: FormField) -> None:
        """Offer this field's answers."""
        self._field, self._chosen, self._page = field, field.value, 0
        self._place()

    def begun(self) -> object:
        """The options taken in or out so far."""
        return self._chosen if self._field is not None and self._chosen != self._field.value else None

    def resume(self, begun: object) -> None:
        """Choose these options again."""
        if isinstance(begun, tuple):
            self._chosen = begun
            self._place()

    def say_again(self) -> None:
        """Say the words in the language of now; what was chosen stays."""
        self._place()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give every option its place again."""
        self._place()

    def _place(self) -> None:
        field = self._field
        if field is None:
            return
        if field.type == "yes_no":
            wanted = [self._tile(one, self._side(n)) for n, one in enumerate(field.choices)]
        else:
            wanted = self._tiles(field.choices)
        if field.type == "choices" or self.offered:
            done = field.type == "choices" and (bool(self._chosen) or not self.offered)
            text = self.look.say("pad.ok") if done else self.offered
            act = self._done if done else self.passed.emit
            wanted.append(ButtonSpec(text, self._confirm(), act, "primary", bool(self._chosen) or not done))
        self._buttons.lay(wanted)

    def _tiles(self, options: Sequence[Choice]) -> list[ButtonSpec]:
        """As many as fit over the row of confirm; with more of them the last place turns to the next."""
        gap, wide = self.look.px(GAP_MM), self.look.px(TILE_MM)
        columns = max((self.width() + gap) // (wide + gap), 1)
        grid, room = Grid(self.look, self.size(), columns), columns * (ROWS - 1)
        each = room if len(options) <= room else room - 1
        self._pages = max(-(-len(options) // each), 1)
        self._page = min(self._page, self._pages - 1)
        shown = options[self._page * each : (self._page + 1) * each]
        wanted = [self._tile(one, grid.box((*divmod(n, columns), 1, 1))) for n, one in enumerate(shown)]
        if self._pages > 1:
            box = grid.box((*divmod(room - 1, columns), 1, 1))
            wanted.append(ButtonSpec(self.look.say("tap.turn"), box, self._turn))
        return wanted

    def _tile(self, one: Choice, box: QRect) -> ButtonSpec:
        kind = "primary" if one.id in self._chosen else "ng" if one.verdict == "fail" else "plain"
        judged = self._field is not None and any(option.verdict != "pass" for option in self._field.choices)
        mark = MARKS[one.verdict] if judged else one.id if one.id in ANSWERS else ""
        return ButtonSpec(self.look.name(one.name), box, partial(self._tap, one.id), kind, mark=mark)

    def _side(self, n: int) -> QRect:
        """Yes on the left, no on the right, two rows high."""
        return Grid(self.look, self.size(), 2).box((0, n, 2, 1))

    def _confirm(self) -> QRect:
        if is_broad(self.look, self.size()):
            return Grid(self.look, self.size(), BROAD).box((3, 4, 1, 1))
        return Grid(self.look, self.size(), COLUMNS).box((3, 2, 1, 2))

    def _done(self) -> None:
        self.entered.emit(self._chosen)

    def _tap(self, id: str) -> None:
        if self._field is None or self._field.type != "choices":
            self.entered.emit((id,))
            return
        chosen = {*self._chosen} ^ {id}
        self._chosen = tuple(one.id for one in self._field.choices if one.id in chosen)
        self._place()

    def _turn(self) -> None:
        self._page = (self._page + 1) % self._pages
        self._place()


class DatePad(Editor):
    """A day by steps: year, month and day each up and down; it is always a day of the calendar."""

    entered = Signal(str)
    PARTS = ("year", "month", "day")

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.day = date(2026, 1, 1)
        self._today = self.day
        self._touched = False
        self.buttons: dict[str, BigButton] = {}
        for n, part in enumerate(self.PARTS):
            for sign, by in (("+", 1), ("−", -1)):
                button = BigButton(look, sign, self, style=TITLE)
                button.tapped.connect(partial(self._step, n, by))
                self.buttons[f"{part}{sign}"] = button
        for name, kind in (("today", "plain"), ("ok", "primary")):
            self.buttons[name] = BigButton(look, "", self, kind=kind, style=BUTTON, once=name == "ok")
        self.buttons["today"].tapped.connect(lambda: self._set(self._today))
        self.buttons["ok"].tapped.connect(self._confirm)

    def ask(self, value: str, today: str) -> None:
        """Start at a day, or at today."""
        self._today = date.fromisoformat(today)
        self.day, self._touched = date.fromisoformat(value or today), False
        self.say_again()

    def begun(self) -> object:
        """The day that somebody stepped to."""
        return self.day if self._touched else None

    def resume(self, begun: object) -> None:
        """Go on at this day."""
        if isinstance(begun, date):
            self._set(begun)

    def say_again(self) -> None:
        """Say the words in the language of now; the day stays."""
        self.buttons["today"].say(self.look.say("pad.today"))
        self.buttons["ok"].say(self.offered if self._passes() else self.look.say("pad.ok"))
        self.update()

    def draw(self, brush: Brush) -> None:
        """The display, and the day between its steps."""
        super().draw(brush)
        for n, text in enumerate((f"{self.day.year}", f"{self.day.month:02}", f"{self.day.day:02}")):
            box = QRectF(self._grid().box((1, n, 1, 1)))
            brush.fill(box, "surface", radius=8, border="line")
            brush.text(text, box, TITLE, at=(CENTRE, MIDDLE))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give every step its place; on a broad pad today is beside the steps, for the last row has tiles."""
        grid, broad = self._grid(), is_broad(self.look, self.size())
        for n, part in enumerate(self.PARTS):
            self.buttons[f"{part}+"].setGeometry(grid.box((0, n, 1, 1)))
            self.buttons[f"{part}−"].setGeometry(grid.box((2, n, 1, 1)))
        keys = Grid(self.look, self.size(), BROAD if broad else COLUMNS)
        self.buttons["today"].setGeometry(grid.box((1, 3, 1, 1)) if broad else keys.box((3, 0, 1, 2)))
        self.buttons["ok"].setGeometry(keys.box((3, 4, 1, 1) if broad else (3, 2, 1, 2)))

    def _grid(self) -> Grid:
        """The steps: a column for each part, on a broad pad one more for today."""
        return Grid(self.look, self.size(), len(self.PARTS) + is_broad(self.look, self.size()))

    def _passes(self) -> bool:
        """True while confirm leaves the field as it is, for nobody chose a day and nobody needs one."""
        return bool(self.offered) and not self._touched

    def _confirm(self) -> None:
        if self._passes():
            self.passed.emit()
        else:
            self.entered.emit(self.day.isoformat())

    def _step(self, part: int, by: int) -> None:
        year, month, day = self.day.year, self.day.month, self.day.day
        if part == 0:
            year = min(max(year + by, 2000), 2099)
        elif part == 1:
            month = (month - 1 + by) % 12 + 1
        last = monthrange(year, month)[1]
        day = (day - 1 + by) % last + 1 if part == 2 else min(day, last)
        self._set(date(year, month, day))

    def _set(self, day: date) -> None:
        self.day, self._touched = day, True
        self.say_again()
