"""The strip above the foot: the last result with its unit and hour, until the next one, and the shift so far.

A tap on it opens the shift, which lists the results before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from common.qt.lettering import letter
from common.qt.painted import LEFT, MIDDLE, RIGHT, TOP, Brush, Painted
from common.qt.theme import CAPTION, NUMBER, STEP_NOW, Look, Style
from station.kiosk.screen import label
from station.kiosk.tile_bar import ROOM
from station.shown.work_screen import Counts, LastResult, Plan, Scene, Tile

HIGH_MM = 14.0
SHAPE_MM, WORD_MM, WORD_PART = 7.0, 26.0, 0.28
FREE = 100_000
BESIDE_MM = 10.0  # between the shape, the unit and the word, in all
LAST_MM, LAST_PART = 82.0, 0.46  # of the strip, at least, for the last result
TONES = {"passed": "ok", "failed": "ng", "scrapped": "ng", "left": "hold"}
UNIT = Style(3.4, 2.0, bold=True, mono=True)


class Strip(Painted):
    """`chosen`: the tile that opens the shift."""

    chosen = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._scene = Scene("")

    def tell(self, scene: Scene) -> None:
        """Show the last result and the shift of this scene."""
        if scene != self._scene:
            self._scene = scene
            self.update()

    def draw(self, brush: Brush) -> None:
        """The last result at the left, the figures at the right."""
        inside = brush.card(brush.room)
        room = QRectF(inside.x(), 0, inside.width(), brush.room.height())
        x = room.right()
        for caption, value, ink in _figures(self.look, self._scene):
            wide = self._width(caption, value)
            if x - wide < room.x() + max(room.width() * LAST_PART, self.look.px(LAST_MM)):
                break
            x -= wide
            _figure(brush, (caption, value, ink), QRectF(x, 0, wide, room.height()))
        left = QRectF(room.x(), 0, x - room.x() - self.look.px(3), room.height())
        if self._scene.last:
            left.setWidth(min(left.width(), self._wanted(self._scene.last[0])))
            draw_last(brush, self._scene.last[0], left, self.look.say("kiosk.last"))
        else:
            brush.text(self.look.say("kiosk.no_last"), left, CAPTION, "ink-2", at=(LEFT, MIDDLE))

    def _wanted(self, last: LastResult) -> float:
        """The width that a result needs, so that its word is right beside its unit."""
        unit = letter(self.look, label(last.thing), UNIT, FREE, self.height()).width
        return unit + self.look.px(SHAPE_MM + BESIDE_MM + WORD_MM)

    def _width(self, caption: str, value: str) -> float:
        """A figure is as wide as its caption or its value, each in one line."""
        both = ((caption, CAPTION), (value, NUMBER))
        widest = max(letter(self.look, text, style, FREE, self.height()).width for text, style in both)
        return widest + self.look.px(5)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A finger was on it."""
        self.chosen.emit(Tile("", f"{ROOM}shift"))


def draw_last(brush: Brush, last: LastResult, box: QRectF, caption: str = "") -> None:
    """A result in one row: its shape, the unit, the word and the hour."""
    look, size = brush.look, min(brush.look.px(SHAPE_MM), box.height() * 0.7)
    tone = "unknown" if last.provisional else TONES[last.outcome]
    brush.shape(tone, QRectF(box.x(), box.center().y() - size / 2, size, size))
    x = box.x() + size + look.px(3)
    word = look.say("kiosk.last_provisional" if last.provisional else f"figure.{last.outcome}")
    wide = min(look.px(WORD_MM), box.width() * WORD_PART)
    right = QRectF(box.right() - wide, box.y() + box.height() * 0.1, wide, box.height() * 0.42)
    brush.text(word, right, STEP_NOW, tone, at=(LEFT, MIDDLE))
    hour = datetime.fromtimestamp(last.at / 1000, UTC).astimezone().strftime("%H:%M")
    below = QRectF(right.x(), right.bottom(), wide, box.height() * 0.38)
    brush.text(hour, below, CAPTION, "ink-2", at=(LEFT, MIDDLE))
    room = QRectF(x, box.y(), right.x() - x - look.px(2), box.height())
    if not caption:
        brush.text(label(last.thing), room, UNIT, at=(LEFT, MIDDLE))
        return
    upper = QRectF(x, box.y() + box.height() * 0.12, room.width(), box.height() * 0.32)
    brush.text(caption, upper, CAPTION, "ink-2", at=(LEFT, MIDDLE))
    brush.text(label(last.thing), QRectF(x, upper.bottom(), room.width(), box.height() * 0.48), UNIT, at=(LEFT, MIDDLE))


def _figures(look: Look, scene: Scene) -> Iterator[tuple[str, str, str]]:
    """(caption, value, ink) of each figure, the most wanted first, from the right."""
    counts: Counts = scene.counts
    yield from plan_figure(look, scene.plan)
    if scene.pace is None or scene.pace.target is None:  # else the bar beside the work counts them
        yield look.say("kiosk.passed"), str(counts.passed), "ink"
    yield look.say("kiosk.failed"), str(counts.failed), "ink"
    if counts.cycle_s is not None:
        yield look.say("kiosk.cycle"), look.say("span.s", {"n": counts.cycle_s}), "ink"


def plan_figure(look: Look, plan: Plan | None) -> Iterator[tuple[str, str, str]]:
    """Made of planned, marked where it is more; nothing where no quantity is known."""
    if plan is None or not plan.quantity:
        return
    over = plan.done - int(plan.quantity) if plan.quantity.isdigit() else 0
    name = look.say("kiosk.planned_due", {"due": plan.due}) if plan.due else look.say("kiosk.planned")
    if over > 0:
        yield look.say("kiosk.over", {"count": over}), f"{plan.done} / {plan.quantity}", "hold"
    else:
        yield name, f"{plan.done} / {plan.quantity}", "ink"


def _figure(brush: Brush, figure: tuple[str, str, str], box: QRectF) -> None:
    caption, value, ink = figure
    upper = QRectF(box.x(), box.y() + box.height() * 0.1, box.width(), box.height() * 0.36)
    brush.text(caption, upper, CAPTION, "ink-2" if ink == "ink" else ink, at=(RIGHT, MIDDLE))
    below = QRectF(box.x(), upper.bottom(), box.width(), box.height() * 0.5)
    brush.text(value, below, NUMBER, ink, at=(RIGHT, TOP))
