"""What a finger fills one field of a page with: letters in two layers, options as tiles, a date by steps.

Each says by `entered` what the field holds now, as the engine has it. Numbers have the number pad of `pads`.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import partial

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.form_page import FormField
from common.qt.button import GAP_MM, HEIGHT_MM, BigButton, Buttons, ButtonSpec
from common.qt.pads import MOST_SIGNS, Pad, PadKey
from common.qt.painted import CENTRE, LEFT, MIDDLE, RIGHT, Brush, Painted
from common.qt.theme import BUTTON, CAPTION, IDENTITY, TITLE, Look
from common.text import Named

LETTERS, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789-./_:+#,"
COLUMNS, UPRIGHT = 8, 5
LAYER, SPACE, AWAY = "layer", "space", "away"
TILE_MM = 40.0
SIDE = 0.4  # of the display's width, at most, for what a text is


class TextPad(Pad):
    """Capitals on one layer, digits and signs on the other, so that every key is large enough for a glove."""

    left = Signal()
    columns = COLUMNS
    display_mm = 12.0
    keys = (
        *(PadKey(sign, (n // COLUMNS, n % COLUMNS, 1, 1)) for n, sign in enumerate(LETTERS)),
        *(PadKey(sign, (n // COLUMNS, n % COLUMNS, 1, 1)) for n, sign in enumerate(DIGITS)),
        *(PadKey(sign, (3, n + 2, 1, 1)) for n, sign in enumerate((AWAY, LAYER, SPACE, "back"))),
        PadKey("ok", (3, 6, 1, 2), "primary"),
    )

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        self._digits = False
        self._most = MOST_SIGNS
        self._of: Named | None = None
        super().__init__(look, parent)

    def ask(self, typed: str, most: int, of: Named | None = None) -> None:
        """Type on from what stands there, up to so many signs. `of`: what it is, where nothing else says so."""
        self.clear()
        self._most, self._of, self.typed, self._digits = most, of, typed, False
        self._renew()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """On an upright screen the keys stand in fewer columns, those that are no signs in a row of their own."""
        if self.width() >= self.height():
            super().resizeEvent(event)
            return
        gap, top = self.look.px(GAP_MM), self.look.px(self.display_mm + GAP_MM)
        rows = -(-len(LETTERS) // UPRIGHT) + 1
        wide, high = (self.width() + gap) / UPRIGHT, (self.height() - top + gap) / rows
        last = {sign: (rows - 1, n) for n, sign in enumerate((AWAY, LAYER, SPACE, "back", "ok"))}
        signs = {sign: divmod(n, UPRIGHT) for layer in (LETTERS, DIGITS) for n, sign in enumerate(layer)}
        for sign, (row, column) in (signs | last).items():
            x, y = round(column * wide), top + round(row * high)
            size = round((column + 1) * wide) - gap - x, top + round((row + 1) * high) - gap - y
            self.buttons[sign].setGeometry(x, y, *size)

    def press(self, sign: str) -> None:
        """A key: one changes the layer, one goes away, one is a space."""
        if sign == AWAY:
            self.left.emit()
        elif sign == LAYER:
            self._digits = not self._digits
            self.buttons[LAYER].say(self._label(LAYER))
            self._renew()
        elif sign == SPACE:
            self.typed += " "
            self._renew()
        else:
            super().press(sign)

    def allowed(self, sign: str) -> bool:
        """A text is as long as its field takes, and no longer."""
        if sign in (AWAY, LAYER):
            return True
        return bool(self.typed.strip()) if sign in ("back", "ok") else len(self.typed) < self._most

    def draw_display(self, brush: Brush, box: QRectF) -> None:
        """What was typed so far, of what, and how much more fits."""
        brush.fill(box, "surface", radius=8, border="line")
        pad = self.look.px(2.5)
        inside = box.adjusted(pad, 0, -pad, 0)
        side = inside.adjusted(inside.width() * (1 - SIDE), 0, 0, 0)
        count = f"{len(self.typed)}/{self._most}"
        told = f"{self.look.name(self._of)}\n{count}" if self._of else count
        beside = brush.text(told, side, CAPTION, "ink-2", at=(RIGHT, MIDDLE))
        room = inside.adjusted(0, 0, -beside.width() - pad, 0)
        brush.text(self.typed or "—", room, IDENTITY, at=(LEFT, MIDDLE))

    def _renew(self) -> None:
        for sign, button in self.buttons.items():
            button.setVisible(sign not in (DIGITS if not self._digits else LETTERS) or len(sign) > 1)
        super()._renew()

    def _label(self, sign: str) -> str:
        if sign == LAYER:
            return "ABC" if self._digits else "123"
        return self.look.say(f"pad.{sign}") if sign in (SPACE, AWAY) else super()._label(sign)

    def _whole(self, typed: str) -> str:
        return typed.strip()


class ChoicePad(Painted):
    """Options as tiles. Of one a tap is the answer; of several each tap takes one in or out, and OK hands them over."""

    entered = Signal(object)  # tuple of ids

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._field: FormField | None = None
        self._bad: frozenset[str] = frozenset()
        self._chosen: tuple[str, ...] = ()
        self._page, self._pages = 0, 1
        self._buttons = Buttons(look, self, once=True)

    def ask(self, field: FormField) -> None:
        """Offer this field's answers. A finger that is on a tile meant the field before, if that was another."""
        if self._field is None or (field.id, field.i) != (self._field.id, self._field.i):
            self._buttons.clear()
        self._field, self._chosen, self._page = field, field.value, 0
        self._bad = frozenset(choice.id for choice in field.choices if choice.verdict == "fail")
        self._place()

    def say_again(self) -> None:
        """Say the words in the language of now; what was chosen stays."""
        self._place()

    def draw(self, brush: Brush) -> None:
        """Only its ground: the tiles paint themselves."""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give every option its place again."""
        self._place()

    def _several(self) -> bool:
        return self._field is not None and self._field.type == "choices"

    def _options(self) -> tuple[tuple[str, str], ...]:
        if self._field is None:
            return ()
        if self._field.type == "yes_no":
            return tuple((id, self.look.say(f"truth.{id}")) for id in ("yes", "no"))
        return tuple((choice.id, self.look.name(choice.name)) for choice in self._field.choices)

    def _place(self) -> None:
        gap, high, options = self.look.px(GAP_MM), self.look.px(HEIGHT_MM), self._options()
        columns = 1 if len(options) <= 2 else max((self.width() + gap) // (self.look.px(TILE_MM) + gap), 1)
        rows = max((self.height() + gap) // (high + gap), 1)
        room = columns * rows - (columns if self._several() else 0)
        each = room if len(options) <= room else max(room - 1, 1)
        self._pages = max(-(-len(options) // each), 1)
        self._page = min(self._page, self._pages - 1)
        shown = options[self._page * each : (self._page + 1) * each]
        wanted = []
        for n, (id, text) in enumerate(shown):
            kind = "primary" if id in self._chosen else "ng" if id in self._bad else "plain"
            wanted.append(ButtonSpec(text, self._box(n, columns), partial(self._tap, id), kind))
        if len(options) > each:
            wanted.append(ButtonSpec(self.look.say("tap.turn"), self._box(room - 1, columns), self._turn))
        if self._several():
            box = QRect(0, self._box(room, columns).y(), self.width(), high)
            wanted.append(ButtonSpec(self.look.say("pad.ok"), box, self._done, "primary", bool(self._chosen)))
        self._buttons.lay(wanted)

    def _box(self, at: int, columns: int) -> QRect:
        gap, high = self.look.px(GAP_MM), self.look.px(HEIGHT_MM)
        row, column = divmod(at, columns)
        left, right = (
            round(column * (self.width() + gap) / columns),
            round((column + 1) * (self.width() + gap) / columns),
        )
        return QRect(left, row * (high + gap), right - left - gap, high)

    def _done(self) -> None:
        self.entered.emit(self._chosen)

    def _tap(self, id: str) -> None:
        if not self._several():
            self.entered.emit((id,))
            return
        chosen = {*self._chosen} ^ {id}
        self._chosen = tuple(one for one, _ in self._options() if one in chosen)
        self._place()

    def _turn(self) -> None:
        self._page = (self._page + 1) % self._pages
        self._place()


class DatePad(Painted):
    """A day by steps: year, month and day each up and down; it is always a day of the calendar."""

    entered = Signal(str)
    PARTS = ("year", "month", "day")

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.day = date(2026, 1, 1)
        self._today = self.day
        self.buttons: dict[str, BigButton] = {}
        for n, part in enumerate(self.PARTS):
            for sign, by in (("+", 1), ("−", -1)):
                button = BigButton(look, sign, self, style=TITLE)
                button.tapped.connect(partial(self._step, n, by))
                self.buttons[f"{part}{sign}"] = button
        for name, kind in (("today", "plain"), ("ok", "primary")):
            self.buttons[name] = BigButton(look, look.say(f"pad.{name}"), self, kind=kind, style=BUTTON)
        self.buttons["today"].tapped.connect(lambda: self._set(self._today))
        self.buttons["ok"].tapped.connect(lambda: self.entered.emit(self.day.isoformat()))

    def ask(self, value: str, today: str) -> None:
        """Begin at a day, or at today."""
        self._today = date.fromisoformat(today)
        self.say_again()
        self._set(date.fromisoformat(value or today))

    def say_again(self) -> None:
        """Say the words in the language of now; the day stays."""
        for name in ("today", "ok"):
            self.buttons[name].say(self.look.say(f"pad.{name}"))

    def draw(self, brush: Brush) -> None:
        """The day between its steps."""
        wide, high = self._cell()
        gap = self.look.px(GAP_MM)
        for n, text in enumerate((f"{self.day.year}", f"{self.day.month:02}", f"{self.day.day:02}")):
            box = QRectF(n * (wide + gap), high + gap, wide, high)
            brush.fill(box, "surface", radius=8, border="line")
            brush.text(text, box, TITLE, at=(CENTRE, MIDDLE))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give every step its place."""
        wide, high = self._cell()
        gap = self.look.px(GAP_MM)
        for n, part in enumerate(self.PARTS):
            self.buttons[f"{part}+"].setGeometry(n * (wide + gap), 0, wide, high)
            self.buttons[f"{part}−"].setGeometry(n * (wide + gap), 2 * (high + gap), wide, high)
        half = (self.width() - gap) // 2
        for n, name in enumerate(("today", "ok")):
            self.buttons[name].setGeometry(n * (half + gap), 3 * (high + gap), half, high)

    def _cell(self) -> tuple[int, int]:
        gap = self.look.px(GAP_MM)
        high = min((self.height() - 3 * gap) // 4, self.look.px(HEIGHT_MM * 1.3))
        return (self.width() - 2 * gap) // 3, high

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
        self.day = day
        self.update()
