"""Pads for fingers in gloves: numbers with their unit and limits, a PIN. No keyboard is needed.

What is typed leaves by `entered`; a PIN is never written on anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM, HEIGHT_MM, BigButton
from common.qt.painted import LEFT, MIDDLE, RIGHT, Brush, Painted
from common.qt.theme import CAPTION, IDENTITY, TITLE, Look, Style

DIGITS = ("789", "456", "123")
MOST_DIGITS = 12
MOST_SIGNS = 40
KEY = Style(5.0, 3.0, bold=True)
VALUE = Style(8.0, 3.0, bold=True, mono=True)


class NumberAsked(Struct, frozen=True):
    """The number that is asked for: its unit, decimals, limits, and what was entered last time.

    `of`: what it is of, in no language: what was typed of one stays for no other. `amount`: it is how much of
    something, and never below 0.
    """

    of: object
    uom: str = ""
    decimals: int = 0
    low: str | None = None
    high: str | None = None
    last: str | None = None
    amount: bool = False


class PadKey(Struct, frozen=True):
    """A key and its place in the grid: row, column, rows, columns."""

    sign: str
    at: tuple[int, int, int, int]
    kind: str = "plain"


class Pad(Painted):
    """Keys in a grid under a display. Who makes one says what it shows (`draw_display`) and what a key may do."""

    entered = Signal(str)
    keys: Sequence[PadKey] = ()
    columns = 4
    display_mm = 19.0
    style_ = KEY

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.typed = ""
        self.buttons: dict[str, BigButton] = {}
        for key in self.keys:
            button = BigButton(look, self._label(key.sign), self, kind=key.kind, style=self.style_)
            button.tapped.connect(partial(self.press, key.sign))
            self.buttons[key.sign] = button

    @classmethod
    def least_mm(cls) -> tuple[float, float]:
        """The least width and height on which every key can be hit in gloves."""
        rows = max(key.at[0] + key.at[2] for key in cls.keys)
        step = HEIGHT_MM + GAP_MM
        return cls.columns * step - GAP_MM, cls.display_mm + rows * step

    def wide(self, high: int, most: int) -> int:
        """How wide it wants to be where it is so high: keys as broad as they are high, within `most` and the least."""
        rows = max(key.at[0] + key.at[2] for key in self.keys)
        key = (high - self.look.px(self.display_mm)) / rows
        return max(min(round(key * self.columns), most), self.look.px(self.least_mm()[0]))

    def press(self, sign: str) -> None:
        """A key: a sign is typed, or "back", "clear", "ok"."""
        if not self.buttons[sign].isEnabled():
            return
        if sign == "ok":
            typed, self.typed = self.typed, ""
            self._renew()
            self.entered.emit(self._whole(typed))
            return
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
        """Whether a key can do anything now."""
        return bool(self.typed) if sign in ("back", "clear", "ok") else len(self.typed) < MOST_SIGNS

    def draw_display(self, brush: Brush, box: QRectF) -> None:
        """What stands above the keys."""
        raise NotImplementedError

    def draw(self, brush: Brush) -> None:
        """The display; the keys paint themselves."""
        high = self.look.px(self.display_mm)
        self.draw_display(brush, QRectF(0, 0, brush.room.width(), high))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give every key its place."""
        gap, top = self.look.px(GAP_MM), self.look.px(self.display_mm + GAP_MM)
        rows = max(key.at[0] + key.at[2] for key in self.keys)
        wide = (self.width() + gap) / self.columns
        high = (self.height() - top + gap) / rows
        for key in self.keys:
            row, column, tall, broad = key.at
            x, y = round(column * wide), top + round(row * high)
            right, bottom = round((column + broad) * wide) - gap, top + round((row + tall) * high) - gap
            self.buttons[key.sign].setGeometry(QRect(x, y, right - x, bottom - y))

    def _whole(self, typed: str) -> str:
        """What is handed over of what was typed."""
        return typed

    def _renew(self) -> None:
        for sign, button in self.buttons.items():
            if button.isEnabled() != self.allowed(sign):
                button.setEnabled(self.allowed(sign))
                button.update()
        self.update()

    def _label(self, sign: str) -> str:
        return self.look.say(f"pad.{sign}") if sign in ("back", "clear", "ok") else sign


def _digits() -> tuple[PadKey, ...]:
    return tuple(PadKey(d, (row, column, 1, 1)) for row, three in enumerate(DIGITS) for column, d in enumerate(three))


class NumberPad(Pad):
    """A decimal number with no more decimals than are asked for; unit, limits and the last value stay in view."""

    keys = (
        *_digits(),
        PadKey("-", (3, 0, 1, 1)),
        PadKey("0", (3, 1, 1, 1)),
        PadKey(".", (3, 2, 1, 1)),
        PadKey("back", (0, 3, 1, 1)),
        PadKey("clear", (1, 3, 1, 1)),
        PadKey("ok", (2, 3, 2, 1), "primary"),
    )

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.asked = NumberAsked(None)

    def ask(self, asked: NumberAsked) -> None:
        """Ask for this number; what was typed for another is forgotten."""
        if asked != self.asked:
            self.asked = asked
            self.clear()

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

    def draw_display(self, brush: Brush, box: QRectF) -> None:
        """The name and the limits above, the value and its unit below."""
        brush.fill(box, "surface", radius=8, border="line")
        pad = self.look.px(2.5)
        inside = box.adjusted(pad, pad * 0.6, -pad, -pad * 0.6)
        top = QRectF(inside.x(), inside.y(), inside.width(), inside.height() * 0.32)
        half = inside.width() * 0.5
        brush.text(self.limits(), QRectF(top.x(), top.y(), half, top.height()), CAPTION, "ink-2", at=(LEFT, MIDDLE))
        last = self.look.say("pad.last", {"value": self.asked.last}) if self.asked.last else ""
        right = QRectF(top.x() + half, top.y(), half, top.height())
        brush.text(last, right, CAPTION, "ink-2", at=(RIGHT, MIDDLE))
        low = QRectF(inside.x(), top.bottom(), inside.width(), inside.height() - top.height())
        unit = brush.text(self.asked.uom, low, TITLE, "ink-2", at=(RIGHT, MIDDLE))
        value = QRectF(low.x(), low.y(), low.width() - unit.width() - pad, low.height())
        brush.text(self.typed or "—", value, VALUE, "ink" if self.typed else "ink-3", at=(RIGHT, MIDDLE))

    def limits(self) -> str:
        """The limits in words; "" without any."""
        low, high, uom = self.asked.low, self.asked.high, self.asked.uom
        if low is not None and high is not None:
            return f"{low} – {high} {uom}"
        return f"≥ {low} {uom}" if low is not None else f"≤ {high} {uom}" if high is not None else ""

    def _whole(self, typed: str) -> str:
        digits = typed.removeprefix("-")
        sign = "-" if typed != digits and digits.strip("0.") else ""  # nothing is below 0 by nothing
        whole, _, part = digits.partition(".")
        return sign + (whole.lstrip("0") or "0") + (f".{part}" if part else "")


class PinPad(Pad):
    """A PIN: only how many digits were typed can be seen."""

    keys = (
        *_digits(),
        PadKey("clear", (3, 0, 1, 1)),
        PadKey("0", (3, 1, 1, 1)),
        PadKey("back", (3, 2, 1, 1)),
        PadKey("ok", (0, 3, 4, 1), "primary"),
    )
    display_mm = 15.0

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._for = ""

    def ask(self, name: str) -> None:
        """Ask for this person's PIN."""
        self._for = name
        self.clear()

    def allowed(self, sign: str) -> bool:
        """A PIN has at most 12 digits."""
        return bool(self.typed) if sign in ("back", "clear", "ok") else len(self.typed) < MOST_DIGITS

    def draw_display(self, brush: Brush, box: QRectF) -> None:
        """Whose PIN, and a dot for each digit."""
        brush.fill(box, "surface", radius=8, border="line")
        pad = self.look.px(2.5)
        inside = box.adjusted(pad, 0, -pad, 0)
        name = brush.text(
            self._for,
            QRectF(inside.x(), inside.y(), inside.width() * 0.5, inside.height()),
            TITLE,
            "ink-2",
            at=(LEFT, MIDDLE),
        )
        dots = QRectF(name.right() + pad, inside.y(), inside.width() - name.width() - pad, inside.height())
        shown = "●" * len(self.typed) or self.look.say("pad.pin")
        brush.text(
            shown, dots, IDENTITY if self.typed else CAPTION, "ink" if self.typed else "ink-2", at=(RIGHT, MIDDLE)
        )
