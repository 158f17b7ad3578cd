"""The pace beside the counts: the target with where it should be by now, and the unit in hand against its takt.

Both are calm bars. The takt turns amber once it is over; a shift that is behind says so in words. Without shifts the
day has a target, and no pace: nobody knows when its work starts and ends.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from common.qt.painted import LEFT, MIDDLE, RIGHT, TOP, Brush, Painted
from common.qt.theme import CAPTION, NUMBER, Look
from station.shown.work_screen import Pace, Scene

WORDS_MM, BAR_MM, BELOW_MM, GAP_MM = 8.4, 2.4, 5.0, 2.5
TARGET_MM, TAKT_MM = WORDS_MM + BAR_MM + BELOW_MM + GAP_MM, WORDS_MM + BAR_MM + GAP_MM


class TaktView(Painted):
    """The target of the shift and the time of one unit. `tell` gives it the workplace, `tick` the time."""

    ground = "surface"

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._scene = Scene("")
        self._wall_ms = 0

    def tell(self, scene: Scene) -> None:
        """Show this from now on."""
        if (scene.pace, scene.counts) != (self._scene.pace, self._scene.counts):
            self._scene = scene
            self.update()

    def tick(self, wall_ms: int) -> None:
        """Show the time of this second; nothing is painted twice within one."""
        if wall_ms // 1000 != self._wall_ms // 1000:
            self._wall_ms = wall_ms
            if self._scene.pace is not None:
                self.update()

    def high(self, scene: Scene) -> int:
        """The height that it takes for this workplace, in pixels; 0 where nothing is defined."""
        pace = scene.pace
        if pace is None:
            return 0
        return self.look.px((_target_mm(pace) if pace.target else 0) + (TAKT_MM if _running(pace) else 0))

    def draw(self, brush: Brush) -> None:
        """The unit above, the shift below it, nearest to its counts."""
        pace, room = self._scene.pace, brush.room
        if pace is None:
            return
        if _running(pace):
            self._takt(brush, pace, QRectF(room.x(), room.y(), room.width(), self.look.px(TAKT_MM)))
        if pace.target:
            high = self.look.px(_target_mm(pace))
            self._target(brush, pace, QRectF(room.x(), room.bottom() - high, room.width(), high))

    def _takt(self, brush: Brush, pace: Pace, box: QRectF) -> None:
        takt_s, elapsed_s = pace.takt_s or 1, max(self._wall_ms - (pace.started or 0), 0) // 1000
        over = elapsed_s > takt_s
        said = self.look.say("kiosk.takt", {"elapsed": elapsed_s, "takt": takt_s})
        self._words(brush, box, "kiosk.this_unit", said, "hold" if over else "ink")
        self._bar(brush, box, elapsed_s / takt_s, "hold" if over else "water")

    def _target(self, brush: Brush, pace: Pace, box: QRectF) -> None:
        target, done, due = pace.target or 1, self._scene.counts.passed, pace.due(self._wall_ms)
        code = "kiosk.target" if due is not None else "kiosk.target_today"
        self._words(brush, box, code, f"{done} / {target}", "ink")
        bar = self._bar(brush, box, done / target, "water")
        if due is None:
            return
        mark, out = self.look.px(0.8), self.look.px(1.0)
        at = bar.x() + min(due / target, 1) * bar.width() - mark / 2
        brush.fill(QRectF(at, bar.y() - out, mark, bar.height() + 2 * out), "ink", radius=mark / 2)
        code = "kiosk.behind" if done < due else "kiosk.ahead" if done > due else "kiosk.on_target"
        below = QRectF(box.x(), bar.bottom() + out, box.width(), self.look.px(BELOW_MM))
        brush.text(self.look.say(code, {"count": abs(done - due)}), below, CAPTION, "ink-2", at=(LEFT, TOP))

    def _words(self, brush: Brush, box: QRectF, code: str, value: str, ink: str) -> None:
        row = QRectF(box.x(), box.y(), box.width(), self.look.px(WORDS_MM))
        number = brush.text(value, row, NUMBER, ink, at=(RIGHT, MIDDLE))
        left = QRectF(row.x(), row.y(), row.width() - number.width() - self.look.px(2), row.height())
        brush.text(self.look.say(code), left, CAPTION, "ink-2", at=(LEFT, MIDDLE))

    def _bar(self, brush: Brush, box: QRectF, part: float, ink: str) -> QRectF:
        bar = QRectF(box.x(), box.y() + self.look.px(WORDS_MM), box.width(), self.look.px(BAR_MM))
        radius = bar.height() / 2
        brush.fill(bar, "sunken", radius=radius)
        if part > 0:
            wide = max(min(part, 1) * bar.width(), bar.height())
            brush.fill(QRectF(bar.x(), bar.y(), wide, bar.height()), ink, radius=radius)
        return bar


def _running(pace: Pace) -> bool:
    return pace.takt_s is not None and pace.started is not None


def _target_mm(pace: Pace) -> float:
    return TARGET_MM if pace.until is not None else TARGET_MM - BELOW_MM
