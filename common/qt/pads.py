"""Pads for fingers in gloves: numbers with their unit and limits, a PIN. No keyboard is needed.

All editors of one value have the same four rows under a display, with confirm at the lower right of the last one.
What is typed leaves by `entered`; a PIN is never written on anything.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QRect, QRectF, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM, HEIGHT_MM, BigButton
from common.qt.painted import LEFT, MIDDLE, RIGHT, Brush, Painted
from common.qt.theme import BUTTON, CAPTION, CAPTION_BOLD, IDENTITY, TITLE, Look, Style
from common.theme import CORNER_PX

DIGITS = ("789", "456", "123")
MOST_DIGITS = 12
MOST_SIGNS = 40
ROWS, COLUMNS, BROAD = 4, 4, 5  # of every pad; columns of one that is higher than broad, and of one that is broader
DISPLAY_MM = 19.0
PAD_PART, WIDEST = 0.36, 1.35  # of a screen's width, and of the least width: larger keys are only further apart
KEY = Style(5.0, 3.0, bold=True)
NAME = Style(TITLE.cap_mm, 1.8, bold=True)  # of a field
VALUE = Style(8.0, 3.0, bold=True, mono=True)
QUESTION = Style(5.5, 2.5, bold=True)

At = tuple[int, int, int, int]  # row, column, rows, columns


class NumberAsked(Struct, frozen=True):
    """The number that is asked for: its unit, decimals, limits, and what was entered last time.

    `of`: the thing and field, in no language: digits typed for one never stay for another. `amount`: an amount of
    something, never below 0.
    """

    of: object
    uom: str = ""
    decimals: int = 0
    low: str | None = None
    high: str | None = None
    last: str | None = None
    amount: bool = False


class PadKey(Struct, frozen=True):
    """A key and its place. `broad`: its place on a pad that is broader than high, if that is another."""

    sign: str
    at: At
    kind: str = "plain"
    broad: At | None = None


class Grid(Struct, frozen=True):
    """The rows of an editor of this size under its display: columns and places, in pixels."""

    look: Look
    size: QSize
    columns: int
    display_mm: float = DISPLAY_MM
    rows: int = ROWS

    def box(self, at: At) -> QRect:
        """The place of a key."""
        gap, top = self.look.px(GAP_MM), self.look.px(self.display_mm + GAP_MM)
        wide, high = (self.size.width() + gap) / self.columns, (self.size.height() - top + gap) / self.rows
        row, column, tall, broad = at
        x, y = round(column * wide), top + round(row * high)
        right, bottom = round((column + broad) * wide) - gap, top + round((row + tall) * high) - gap
        return QRect(x, y, right - x, bottom - y)


def is_broad(look: Look, size: QSize) -> bool:
    """True for an editor that is broader than high, as on an upright screen, and has room for five columns."""
    return size.width() > size.height() and size.width() >= look.px(BROAD * (HEIGHT_MM + GAP_MM) - GAP_MM)


def pad_wide(look: Look, wide: int) -> int:
    """The width of an editor beside a page, on a lying screen of this width."""
    least = look.px(Pad.least_mm()[0])
    return min(max(least, round(wide * PAD_PART)), round(least * WIDEST))


def confirm_box(look: Look, wide: int, high: int) -> QRect:
    """The place of confirm at the lower right of an area: half of an editor, upright the last of five columns."""
    gap, tall = look.px(GAP_MM), look.px(HEIGHT_MM)
    part = (pad_wide(look, wide) + gap) / 2 if wide > high else (wide + gap) / BROAD
    across = round(part) - gap
    return QRect(wide - across, high - tall, across, tall)


class Editor(Painted):
    """One value's editor, with the name of the field and one line about it in its display.

    `passed`: confirm was tapped with nothing entered, which `offer` allows.
    """

    passed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.title = self.said = self.offered = ""
        self.ink = "ink-2"

    def entitle(self, title: str, said: str = "", ink: str = "ink-2") -> None:
        """Say this in the display; what was typed stays."""
        if (title, said, ink) != (self.title, self.said, self.ink):
            self.title, self.said, self.ink = title, said, ink
            self.update()

    def offer(self, offered: str) -> None:
        """Let confirm mean this while nothing is entered; "" for nothing."""
        if offered != self.offered:
            self.offered = offered
            self.say_again()

    def begun(self) -> object:
        """The input begun for the field and not handed over yet; None for nothing."""
        return None

    def resume(self, begun: object) -> None:
        """Go on with what `begun` said for this field before."""

    def say_again(self) -> None:
        """Say the words in the language of now; what was entered stays."""
        self.update()

    def draw(self, brush: Brush) -> None:
        """The display with the title; keys and tiles paint themselves."""
        box = QRectF(0, 0, brush.room.width(), self.look.px(DISPLAY_MM))
        draw_title(brush, display(brush, box), self.title, self.said, self.ink)


def display(brush: Brush, box: QRectF) -> QRectF:
    """Draw the ground of a display; the room inside it."""
    brush.fill(box, "surface", radius=CORNER_PX["chip"], border="line")
    pad = brush.look.px(2.5)
    return box.adjusted(pad, pad * 0.3, -pad, -pad * 0.3)


def draw_title(brush: Brush, box: QRectF, title: str, said: str, ink: str = "ink-2") -> None:
    """Draw a field's name, always in one size, and a line about it."""
    upper = QRectF(box.x(), box.y(), box.width(), box.height() * (0.58 if said else 1))
    brush.text(title, upper, NAME, "water", at=(LEFT, MIDDLE))
    lower = QRectF(box.x(), upper.bottom(), box.width(), box.height() - upper.height())
    brush.text(said, lower, CAPTION if ink == "ink-2" else CAPTION_BOLD, ink, at=(LEFT, MIDDLE))


class Pad(Editor):
    """Keys in a grid under a display. A subclass draws the display and says which keys are live."""

    entered = Signal(str)
    keys: Sequence[PadKey] = ()
    columns = COLUMNS
    display_mm = DISPLAY_MM

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.typed = ""
        self.buttons: dict[str, BigButton] = {}
        for key in self.keys:
            style, once = (BUTTON, True) if key.sign == "ok" else (KEY, False)
            button = BigButton(look, self._label(key.sign), self, kind=key.kind, style=style, once=once)
            button.tapped.connect(partial(self.press, key.sign))
            self.buttons[key.sign] = button

    @classmethod
    def least_mm(cls) -> tuple[float, float]:
        """The least width and height on which every key can be hit in gloves."""
        step = HEIGHT_MM + GAP_MM
        return cls.columns * step - GAP_MM, cls.display_mm + cls.rows() * step

    @classmethod
    def rows(cls) -> int:
        """The number of rows of keys."""
        return max((key.at[0] + key.at[2] for key in cls.keys), default=ROWS)

    def wide(self, high: int, most: int) -> int:
        """The width for a height: keys as broad as they are high, within `most` and the least."""
        key = (high - self.look.px(self.display_mm)) / self.rows()
        return max(min(round(key * self.columns), most), self.look.px(self.least_mm()[0]))

    def press(self, sign: str) -> None:
        """Take a key: a sign is typed, or "back", "clear", "ok"."""
        if not self.buttons[sign].isEnabled():
            return
        if sign == "ok" and not self.typed:
            self.passed.emit()
        elif sign == "ok":
            self._enter()
        else:
            self.typed = {"back": self.typed[:-1], "clear": ""}.get(sign, self.typed + sign)
            self._renew()

    def clear(self) -> None:
        """Forget what was typed."""
        self.typed = ""
        self.say_again()

    def say_again(self) -> None:
        """Say the words in the language of now; what was typed stays."""
        for sign, button in self.buttons.items():
            button.say(self._label(sign))
        self._renew()

    def allowed(self, sign: str) -> bool:
        """True for a key that can do anything now."""
        return bool(self.typed) if sign in ("back", "clear", "ok") else len(self.typed) < MOST_SIGNS

    @abstractmethod
    def draw_display(self, brush: Brush, box: QRectF) -> None:
        """Draw the display above the keys."""

    def draw(self, brush: Brush) -> None:
        """The display; the keys paint themselves."""
        self.draw_display(brush, QRectF(0, 0, brush.room.width(), self.look.px(self.display_mm)))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give every key its place."""
        grid = self.grid()
        for key in self.keys:
            at = key.broad if key.broad and grid.columns == BROAD else key.at
            self.buttons[key.sign].setGeometry(grid.box(at))

    def grid(self) -> Grid:
        """The places of the keys."""
        broad = any(key.broad for key in self.keys) and is_broad(self.look, self.size())
        return Grid(self.look, self.size(), BROAD if broad else self.columns, self.display_mm, self.rows())

    def _enter(self) -> None:
        typed, self.typed = self.typed, ""
        self._renew()
        self.entered.emit(self._whole(typed))

    def _whole(self, typed: str) -> str:
        """The value to hand over for what was typed."""
        return typed

    def _renew(self) -> None:
        self.buttons["ok"].say(self._label("ok"))
        for sign, button in self.buttons.items():
            live = self.allowed(sign) or (sign == "ok" and bool(self.offered) and not self.typed)
            if button.isEnabled() != live:
                button.setEnabled(live)
                button.update()
        self.update()

    def _label(self, sign: str) -> str:
        if sign == "ok" and self.offered and not self.typed:
            return self.offered
        return self.look.say(f"pad.{sign}") if sign in ("back", "clear", "ok") else sign


def _digits() -> tuple[PadKey, ...]:
    return tuple(PadKey(d, (row, column, 1, 1)) for row, three in enumerate(DIGITS) for column, d in enumerate(three))


EDITING = (
    PadKey("0", (3, 1, 1, 1), broad=(0, 3, 1, 1)),
    PadKey("back", (0, 3, 1, 1), broad=(0, 4, 1, 1)),
    PadKey("clear", (1, 3, 1, 1), broad=(1, 4, 2, 1)),
    PadKey("ok", (3, 2, 1, 2), "primary", (3, 4, 1, 1)),
)


class NumberPad(Pad):
    """A decimal number with no more decimals than are asked for; unit, limits and the last value stay in view.

    A number out of its limits is asked about once before it is handed over. `doubted`: it is asked now.
    """

    doubted = Signal()
    keys = (*_digits(), *EDITING, PadKey("-", (2, 3, 1, 1)), PadKey(".", (3, 0, 1, 1), broad=(1, 3, 1, 1)))

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        self.asked = NumberAsked(None)
        self._in_doubt = False
        super().__init__(look, parent)
        self._again = BigButton(look, "", self, kind="primary", once=True)
        self._again.tapped.connect(self.clear)
        self._keep = BigButton(look, "", self, kind="ng", once=True)
        self._keep.tapped.connect(super()._enter)
        self._show_doubt(False)

    def ask(self, asked: NumberAsked) -> None:
        """Ask for this number; what was typed for another is forgotten."""
        if asked != self.asked:
            self.asked = asked
            self.clear()

    def begun(self) -> object:
        """The digits typed so far."""
        return self.typed or None

    def resume(self, begun: object) -> None:
        """Show these digits again."""
        self.typed = str(begun)
        self._renew()

    def clear(self) -> None:
        """Forget what was typed, and the question about it."""
        self._show_doubt(False)
        super().clear()

    def say_again(self) -> None:
        """Say the words in the language of now; what was typed stays."""
        self._again.say(self.look.say("pad.again"))
        self._keep.say(self.look.say("pad.keep"))
        super().say_again()

    def allowed(self, sign: str) -> bool:
        """A key is dead where it would make no number, or one with too many digits or decimals."""
        whole, point, part = self.typed.partition(".")
        match sign:
            case "ok":
                return any(c.isdigit() for c in self.typed)
            case "back" | "clear":
                return bool(self.typed)
            case "-":
                return not self.typed and not self.asked.amount and Decimal(self.asked.low or "-1") < 0
            case ".":
                return not point and self.asked.decimals > 0
        return len(part) < self.asked.decimals if point else len(whole) < MOST_DIGITS

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give every key and the answers their places: a finger that confirmed lies on the one that keeps nothing."""
        super().resizeEvent(event)
        grid = self.grid()
        self._again.setGeometry(self.buttons["ok"].geometry())
        self._keep.setGeometry(grid.box((2, 0, 1, grid.columns)))

    def draw(self, brush: Brush) -> None:
        """The display; in doubt the question over the keys too."""
        super().draw(brush)
        if not self._in_doubt:
            return
        grid = self.grid()
        box = QRectF(grid.box((0, 0, 2, grid.columns)))
        brush.fill(box, "ng-soft", radius=CORNER_PX["card"], border="ng")
        size, pad = self.look.px(14), self.look.px(4)
        brush.shape("ng", QRectF(box.x() + pad, box.center().y() - size / 2, size, size))
        room = box.adjusted(2 * pad + size, pad, -pad, -pad)
        brush.text(self._question(), room, QUESTION, "ng", on="ng-soft", at=(LEFT, MIDDLE))

    def draw_display(self, brush: Brush, box: QRectF) -> None:
        """The name and the limits on the left, the value and its unit on the right."""
        inside, look = display(brush, box), self.look
        part = 0.55 if self.title else 0.44
        left = QRectF(inside.x(), inside.y(), inside.width() * part, inside.height())
        more = bool(self.said or self.limits() or self.asked.last)
        upper = QRectF(left.x(), left.y(), left.width(), left.height() * ((0.5 if more else 1) if self.title else 0))
        brush.text(self.title, upper, NAME, "water", at=(LEFT, MIDDLE))
        self._limits(brush, QRectF(left.x(), upper.bottom(), left.width(), left.bottom() - upper.bottom()))
        right = QRectF(
            left.right() + look.px(2), inside.y(), inside.right() - left.right() - look.px(2), inside.height()
        )
        unit = brush.text(self.asked.uom, right, TITLE, "ink-2", at=(RIGHT, MIDDLE))
        value = right.adjusted(0, 0, -unit.width() - look.px(1.5), 0)
        brush.text(self.typed or "—", value, VALUE, "ink" if self.typed else "ink-3", at=(RIGHT, MIDDLE))

    def limits(self) -> str:
        """The limits in words; "" without any."""
        low, high, uom = self.asked.low, self.asked.high, self.asked.uom
        if low is not None and high is not None:
            return f"{low} – {high} {uom}"
        return f"≥ {low} {uom}" if low is not None else f"≤ {high} {uom}" if high is not None else ""

    def _limits(self, brush: Brush, box: QRectF) -> None:
        """The bar with the mark of what is typed, over the limits in words; or what was wrong with the value before."""
        limits, last = self.limits(), bool(self.asked.last and not self.said)
        apart = last and not self.title  # without a name there is room for what was entered last time
        high = box.height() * (0.28 if apart else 0.44)
        if limits:
            tall = self.look.px(2.2)
            bar = QRectF(box.x(), box.y() + (high - tall) / 2, box.width() * 0.8, tall)
            value = self._whole(self.typed) if self.allowed("ok") else None
            brush.bar(bar, value, (self.asked.low, self.asked.high), "fail" if self._out() else "")
        room = QRectF(box.x(), box.y() + high, box.width(), (box.height() - high) / (2 if apart else 1))
        if last:
            below = QRectF(box.x(), box.bottom() - room.height(), box.width(), room.height())
            said = self.look.say("pad.last", {"value": self.asked.last})
            at = brush.text(said, below, CAPTION, "ink-2", at=(LEFT if apart else RIGHT, MIDDLE))
            room.setRight(box.right() if apart else at.x() - self.look.px(1))
        brush.text(self.said or limits, room, CAPTION, self.ink if self.said else "ink-2", at=(LEFT, MIDDLE))

    def _out(self) -> bool:
        """True while the number typed so far is out of its limits."""
        if not any(c.isdigit() for c in self.typed):
            return False
        value, low, high = Decimal(self._whole(self.typed)), self.asked.low, self.asked.high
        return (low is not None and value < Decimal(low)) or (high is not None and value > Decimal(high))

    def _question(self) -> str:
        low, high = self.asked.low, self.asked.high
        code = "pad.out" if low is not None and high is not None else "pad.out_low" if high is None else "pad.out_high"
        said = {"value": self._whole(self.typed), "low": low, "high": high, "uom": self.asked.uom}
        return self.look.say(code, said).strip()

    def _enter(self) -> None:
        if not self._out():
            super()._enter()
            return
        self._show_doubt(True)
        self.say_again()
        self.doubted.emit()

    def _renew(self) -> None:
        self._show_doubt(self._in_doubt and bool(self.typed))
        super()._renew()

    def _show_doubt(self, doubt: bool) -> None:
        self._in_doubt = doubt
        for button in self.buttons.values():
            button.setVisible(not doubt)
        for answer in (self._again, self._keep):
            answer.setVisible(doubt)

    def _whole(self, typed: str) -> str:
        digits = typed.removeprefix("-")
        sign = "-" if typed != digits and digits.strip("0.") else ""  # nothing is below 0 by nothing
        whole, _, part = digits.partition(".")
        return sign + (whole.lstrip("0") or "0") + (f".{part}" if part else "")


class PinPad(Pad):
    """A PIN: only how many digits were typed can be seen."""

    keys = (*_digits(), *EDITING)
    display_mm = 15.0

    def ask(self, name: str) -> None:
        """Ask for this person's PIN."""
        self.entitle(name)
        self.clear()

    def allowed(self, sign: str) -> bool:
        """A PIN has at most 12 digits."""
        return bool(self.typed) if sign in ("back", "clear", "ok") else len(self.typed) < MOST_DIGITS

    def draw_display(self, brush: Brush, box: QRectF) -> None:
        """The person's name, and a dot for each digit."""
        inside = display(brush, box)
        left = QRectF(inside.x(), inside.y(), inside.width() * 0.55, inside.height())
        draw_title(brush, left, self.title, self.said)
        shown = "●" * len(self.typed) or self.look.say("pad.pin")
        dots = QRectF(left.right(), inside.y(), inside.right() - left.right(), inside.height())
        style, ink = (IDENTITY, "ink") if self.typed else (CAPTION, "ink-2")
        brush.text(shown, dots, style, ink, at=(RIGHT, MIDDLE))
