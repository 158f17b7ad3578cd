"""A touch button: at least 20 mm high, tapped when pressed and let go inside it, and never focused."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from common.qt.lettering import letter
from common.qt.painted import CENTRE, LEFT, MIDDLE, TOP, Brush, Painted
from common.qt.theme import BUTTON, Look, Style
from common.theme import CORNER_PX

HEIGHT_MM = 20.0
GAP_MM = 4.0
TWICE_MS, TWICE_MM = 400, 25.0  # a finger that comes down again so soon and so near meant what was there before
BELOW = Style(2.5, 1.3)
PAD_MM = 2.0  # from its side to its text
FIRST_LINE = 0.42  # of a button's height, at most, where there is a second
MARK_MM = 7.0
NEUTRAL = {"yes": "ok", "no": "ng"}  # check and cross of answers that are neither good nor bad
EDGE_MM = 5.0  # nothing that can be touched is nearer to the edge of the screen


class ButtonSpec(Struct, frozen=True):
    """A button that is wanted: its text, its place, its act, its kind, if it can be chosen now, its small line."""

    text: str
    box: QRect
    act: Callable[[], None]
    kind: str = "plain"
    live: bool = True
    mark: str = ""
    below: str = ""
    style: Style = BUTTON


class BigButton(Painted):
    """One thing that a finger may choose. kind: plain, primary (filled with water), ng (destructive), quiet.

    `once`: it answers the question of the widget around it (`of`). The second of two quick taps in one place is none,
    and a tap that began before the question changed is none either: what was there before was meant. `mark`: the tone
    whose shape is drawn before the text, "" for none. `below`: a second line in small letters. `guarded`: False where a
    tap changes nothing of the work, so that it is taken however soon it comes.
    """

    tapped = Signal()
    least_mm, apart_mm = HEIGHT_MM, GAP_MM  # each way, and from the next one
    below = ""
    guarded = True

    def __init__(
        self,
        look: Look,
        text: str,
        parent: QWidget | None = None,
        *,
        kind: str = "plain",
        style: Style = BUTTON,
        once: bool = False,
    ) -> None:
        super().__init__(look, parent)
        self._once = once
        self.text = text
        self.kind = kind
        self.mark = ""
        self.style_ = style
        self._down = False
        self._meant: object = None  # the question that the finger on it answers

    @property
    def answers(self) -> object:
        """The question that a tap answers now; None where it is no answer."""
        parent = self.parentWidget()
        return parent.of if self._once and isinstance(parent, Painted) else None

    def say(self, text: str) -> None:
        """Change its text."""
        if text != self.text:
            self.text = text
            self.update()

    def become(self, wanted: ButtonSpec) -> None:
        """Be another button; a finger that is on it meant the one before."""
        self._down = False
        self.text, self.kind, self.mark, self.below = wanted.text, wanted.kind, wanted.mark, wanted.below
        self.style_ = wanted.style
        self.update()

    def draw(self, brush: Brush) -> None:
        """The button, darker while a finger is on it, pale if it cannot be chosen now."""
        fill, border, ink = self._roles()
        wide = self.look.px(0.35)
        brush.fill(brush.room, fill, radius=CORNER_PX["card"], border=border, width=wide)
        pad = self.look.px(PAD_MM)
        inside = brush.room.adjusted(pad, wide, -pad, -wide)
        if self.below:
            inside, lower = self._both_lines(inside.adjusted(0, 0, 0, -wide))
            brush.text(self.below, lower, self._below_style(), ink, on=fill, at=(CENTRE, TOP))
        if not self.mark:
            brush.text(self.text, inside, self.style_, ink, on=fill, at=(CENTRE, MIDDLE))
            return
        size, apart = self.look.px(MARK_MM), self.look.px(MARK_MM / 3)
        text = letter(self.look, self.text, self.style_, inside.width() - size - apart, inside.height())
        left = inside.center().x() - (size + apart + text.width) / 2
        colour = "ink-2" if self.mark in NEUTRAL else ""
        brush.shape(NEUTRAL.get(self.mark, self.mark), QRectF(left, inside.center().y() - size / 2, size, size), colour)
        room = QRectF(left + size + apart, inside.y(), inside.right() - left - size - apart, inside.height())
        brush.text(self.text, room, self.style_, ink, on=fill, at=(LEFT, MIDDLE))

    def _both_lines(self, room: QRectF) -> tuple[QRectF, QRectF]:
        """The places of the text and of the small line, which together are in the middle of the room."""
        high = room.height() * FIRST_LINE
        first = letter(self.look, self.text, self.style_, room.width(), high).height
        second = letter(self.look, self.below, self._below_style(), room.width(), room.height() - high).height
        top = room.y() + max(room.height() - first - second, 0) / 2
        upper = QRectF(room.x(), top, room.width(), min(first, high))
        return upper, QRectF(room.x(), upper.bottom(), room.width(), room.bottom() - upper.bottom())

    def _below_style(self) -> Style:
        """The small line grows with the large one."""
        return replace(BELOW, cap_mm=BELOW.cap_mm * max(self.style_.cap_mm / BUTTON.cap_mm, 1))

    def _roles(self) -> tuple[str, str, str]:
        """(fill, border, ink)."""
        if not self.isEnabled():
            return "ground", "sunken", "ink-2"
        if self.kind == "primary":
            return ("ink", "ink", "on-fill") if self._down else ("water", "water", "on-fill")
        fill = "water-soft" if self._down else "surface"
        return fill, "ng" if self.kind == "ng" else "line", "ng" if self.kind == "ng" else "ink"

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A finger comes down."""
        if event.button() != Qt.MouseButton.LeftButton or (self.guarded and not self.look.may_tap(self)):
            return
        if not (self._once and self._again(event)):
            self._meant = self.answers
            self._set_down(True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A finger goes up: a tap if it is still inside."""
        was, inside = self._down, self.rect().contains(event.position().toPoint())
        self._set_down(False)
        if was and inside and self.isEnabled() and self._meant == self.answers:
            self.look.tapped = event.timestamp(), event.globalPosition()
            self.tapped.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The second of two quick taps is a tap like any other, of digits for one."""
        if not self._once:
            self.mousePressEvent(event)

    def _again(self, event: QMouseEvent) -> bool:
        """True for the tap before once more: of a hand in a glove, or of a panel that bounces."""
        before_ms, there = self.look.tapped
        away = (event.globalPosition() - there).manhattanLength()
        return 0 < event.timestamp() - before_ms < TWICE_MS and away < self.look.px(TWICE_MM)

    def _set_down(self, down: bool) -> None:
        if down != self._down:
            self._down = down
            self.update()


class Buttons:
    """The buttons of a widget, as many as are wanted now. Those of before are used again: none dies under a finger."""

    def __init__(
        self,
        look: Look,
        parent: QWidget,
        *,
        once: bool = False,
        on: str = "ground",
        guarded: bool = True,
        made_of: type[BigButton] = BigButton,
    ) -> None:
        """`on`: the role of the colour around them."""
        self._look, self._made_of = look, made_of
        self._once = once
        self._on, self._guarded = on, guarded
        self._parent = parent
        self._made: list[BigButton] = []
        self._acts: list[Callable[[], None]] = []
        self._shown: list[tuple[object, ...]] = []

    def lay(self, wanted: Sequence[ButtonSpec]) -> None:
        """Show these and no others. The same ones stay as they are, for a finger may be on one."""
        shown: list[tuple[object, ...]] = [
            (one.text, one.below, one.box, one.kind, one.live, one.mark, one.style) for one in wanted
        ]
        self._acts = [one.act for one in wanted]
        if shown == self._shown:
            return
        self._shown = shown
        for button in self._made:
            button.hide()
        while len(self._made) < len(wanted):
            self._made.append(self._make(len(self._made)))
        for button, one in zip(self._made, wanted, strict=False):
            button.become(one)
            button.setGeometry(one.box)
            button.setEnabled(one.live)
            button.show()

    def clear(self) -> None:
        """Show none."""
        self.lay(())

    def _make(self, n: int) -> BigButton:
        made = self._made_of(self._look, "", self._parent, once=self._once)
        made.ground, made.guarded = self._on, self._guarded
        made.tapped.connect(lambda: self._acts[n]())
        return made
