"""This shift: how many passed, failed, were scrapped or left here, and each of them, the last first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF

from common.qt.button import GAP_MM
from common.qt.painted import CENTRE, MIDDLE, Brush
from common.qt.theme import CAPTION, NUMBER
from station.kiosk.places import edge
from station.kiosk.room import HEAD_MM, Room, RoomLine, moment
from station.kiosk.screen import label
from station.shown.side_screens import ShiftSoFar, WorkEnd

FIGURES_MM = 18.0
TONES = {"passed": "ok", "failed": "ng", "scrapped": "ng", "left": "hold"}


class HistoryRoom(Room):
    """Figures in a row, then the ends of work."""

    kind, title, takes = "shift", "room.shift", (ShiftSoFar,)

    def lines(self) -> Sequence[RoomLine]:
        """Each end."""
        found = self._shift()
        if found is None:
            return ()
        more = (
            [RoomLine(self.look.say("room.left_out", {"count": found.left_out}), tone="info")] if found.left_out else []
        )
        return [*(self._end(end) for end in found.ends), *more]

    def aside(self) -> str:
        """The shift, and its start."""
        found = self._shift()
        if found is None:
            return ""
        since = {"from": moment(found.since, self.now_ms), "to": moment(found.until, self.now_ms)}
        name = self.look.name(found.name) if found.name else self.look.say("room.day")
        return " · ".join((name, self.look.say("room.span", since)))

    def nothing(self) -> str:
        """Nothing was ended yet."""
        return super().nothing() if self.answer is None else self.look.say("room.no_ends")

    def body(self) -> QRectF:
        """The card under the figures."""
        box = super().body()
        box.setTop(self.look.px(HEAD_MM + FIGURES_MM + GAP_MM))
        return box

    def draw_head(self, brush: Brush) -> None:
        """The title, and the figures under it."""
        super().draw_head(brush)
        found = self._shift()
        if found is None:
            return
        counts = found.counts
        cycle = self.look.say("span.s", {"n": counts.cycle_s}) if counts.cycle_s is not None else "—"
        first = f"{found.first_pass} %" if found.first_pass is not None else "—"
        figures = [("passed", str(counts.passed)), ("failed", str(counts.failed)), ("scrapped", str(counts.scrapped))]
        figures += [("left", str(counts.left)), ("first_pass", first), ("cycle", cycle)]
        side, gap = edge(self.look), self.look.px(GAP_MM)
        wide = (self.width() - 2 * side + gap) / len(figures)
        for n, (name, value) in enumerate(figures):
            top = self.look.px(HEAD_MM)
            box = QRectF(side + n * wide, top, wide - gap, self.look.px(FIGURES_MM))
            ink = "ng" if name in ("failed", "scrapped") and value != "0" else "ink"
            self._figure(brush, box, (self.look.say(f"figure.{name}"), value), ink)

    def _figure(self, brush: Brush, box: QRectF, figure: tuple[str, str], ink: str) -> None:
        brush.fill(box, "surface", radius=8, border="line")
        pad = self.look.px(1.5)
        inside = box.adjusted(pad, pad, -pad, -pad)
        upper = QRectF(inside.x(), inside.y(), inside.width(), inside.height() * 0.55)
        brush.text(figure[1], upper, NUMBER, ink, at=(CENTRE, MIDDLE))
        lower = QRectF(inside.x(), upper.bottom(), inside.width(), inside.height() - upper.height())
        brush.text(figure[0], lower, CAPTION, "ink-2", at=(CENTRE, MIDDLE))

    def _end(self, end: WorkEnd) -> RoomLine:
        operation = end.operation if isinstance(end.operation, str) else self.look.name(end.operation)
        below = " · ".join(part for part in (operation, end.who) if part)
        word = self.look.say(f"figure.{end.outcome}")
        return RoomLine(label(end.thing), below, moment(end.at, self.now_ms), word, TONES[end.outcome], mono=True)

    def _shift(self) -> ShiftSoFar | None:
        return self.answer if isinstance(self.answer, ShiftSoFar) else None
