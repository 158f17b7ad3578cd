"""Work: the thing in hand and its parts, the one thing to do now, the steps and the shift so far."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import QRectF
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM
from common.qt.lettering import alike
from common.qt.pads import NumberAsked, NumberPad
from common.qt.painted import LEFT, MIDDLE, RIGHT, TOP, Brush, card_room
from common.qt.theme import CAPTION, IDENTITY, INSTRUCTION, NUMBER, STEP, STEP_NOW, Look, Style
from station.kiosk.columns import draw_shift, draw_steps, draw_thing, identity, shift_top
from station.kiosk.picture_card import PictureCard
from station.kiosk.screen import Screen, beside, instruction, notice, notice_high
from station.kiosk.takt import TaktView
from station.kiosk.tile_bar import TileBar, edge, foot
from station.shown.work_screen import GuideView, NumberWanted, Reading, Tile

LEFT_PART, RIGHT_PART = 0.27, 0.245
READING_MM, NOTICE_MM, LEAST_GUIDE_MM = 11.0, 20.0, 12.0
READING_PARTS = 0.33, 0.27, 0.4  # of a row: the name, the bar, the value or its limits
MOST_OF_SCREEN = 0.46  # for the pad beside the instruction
PICTURE_MM = 32.0  # of height that a picture needs together with the words above it
PARTS_OF_CARD = {True: 0.5, False: 0.62}  # of the middle's height for the instruction, with and without more below it


class WorkScreen(Screen):
    """Three cards and the tiles; while a number is asked for its pad takes the place of the right card."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.tiles = TileBar(look, self)
        self.takt = TaktView(look, self)
        self.pad: NumberPad | None = None
        self.guide = PictureCard(look, self)
        self.guide.hide()
        self.guide.opened.connect(lambda at: self.tiles.chosen.emit(Tile("", "room.document", {"at": at})))

    def arrange(self) -> None:
        """The tiles, and the pad if a number is wanted."""
        if self.width() < 2:
            return
        self.tiles.setGeometry(*foot(self.look, self.width(), self.height()))
        wanted = self.shows.scene.wanted
        if wanted:
            self._place_pad(wanted)
        elif self.pad is not None:
            self.pad.hide()
            self.pad.clear()
        self.tiles.show_tiles(self.shows.scene.tiles)
        self._place_takt()

    def tick(self, wall_ms: int) -> None:
        """The pace is shown as of this second."""
        self.takt.tick(wall_ms)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self.arrange()

    def draw(self, brush: Brush) -> None:
        """The cards that there is room for."""
        left, middle, right = self._cards()
        self._middle(brush, brush.card(middle))
        if left is not None:
            draw_thing(brush, self.shows.scene, brush.card(left))
        if right is not None:
            inside = brush.card(right)
            draw_shift(brush, self.shows.scene, inside)
            top = shift_top(self.look, self.shows.scene, inside) - self.takt.high(self.shows.scene)
            draw_steps(brush, self.shows.scene, QRectF(inside.x(), inside.y(), inside.width(), top - inside.y()))

    def _place_takt(self) -> None:
        """Above the counts; hidden where there is no room for them or nothing is defined."""
        right, high = self._cards()[2], self.takt.high(self.shows.scene)
        self.takt.tell(self.shows.scene)
        self.takt.setVisible(right is not None and high > 0)
        if right is not None:
            inside = card_room(self.look, right)
            top = shift_top(self.look, self.shows.scene, inside) - high
            self.takt.setGeometry(QRectF(inside.x(), top, inside.width(), high).toAlignedRect())

    def _lying(self) -> bool:
        return self.width() > self.height()

    def _cards(self) -> tuple[QRectF | None, QRectF, QRectF | None]:
        """Left, middle, right; upright the middle stands over the others. A pad leaves only the middle."""
        side, gap = edge(self.look), self.look.px(GAP_MM)
        wide, bottom = self.width() - 2 * side, self.tiles.y() - gap
        if self.shows.scene.wanted and self.pad is not None:
            if self._lying():
                return None, QRectF(side, gap, self.pad.x() - gap - side, bottom - gap), None
            return None, QRectF(side, gap, wide, self.pad.y() - 2 * gap), None
        if not self._lying():
            low = round((bottom - gap) * 0.46)
            half = (wide - gap) / 2
            y = bottom - low
            middle = QRectF(side, gap, wide, bottom - low - 2 * gap)
            return QRectF(side, y, half, low), middle, QRectF(side + half + gap, y, half, low)
        left, right = round(wide * LEFT_PART), round(wide * RIGHT_PART)
        x = side + left + gap
        return (
            QRectF(side, gap, left, bottom - gap),
            QRectF(x, gap, wide - left - right - 2 * gap, bottom - gap),
            QRectF(side + wide - right, gap, right, bottom - gap),
        )

    def _place_pad(self, wanted: NumberWanted) -> None:
        look, side, gap = self.look, edge(self.look), self.look.px(GAP_MM)
        if self.pad is None:
            self.pad = NumberPad(look, self)
            self.pad.entered.connect(lambda number: self.tapped.emit(f"N:{number}"))
            self.pad.doubted.connect(lambda: self.sounded.emit("out"))
        limits, of = (wanted.low, wanted.high, wanted.last), (self.shows.scene.thing, wanted.name)
        self.pad.ask(NumberAsked(of, wanted.uom, wanted.decimals, *limits, wanted.amount))
        least_high = look.px(NumberPad.least_mm()[1])
        if self._lying():
            high = self.height() - side - gap
            wide = self.pad.wide(high, round(self.width() * MOST_OF_SCREEN))
            self.pad.setGeometry(self.width() - side - wide, gap, wide, high)
            self.tiles.resize(self.pad.x() - gap - side, self.tiles.height())
        else:
            high = min(max(least_high, round(self.height() * 0.45)), self.tiles.y() - gap)
            self.pad.setGeometry(side, self.tiles.y() - gap - high, self.width() - 2 * side, high)
        self.pad.say_again()
        self.pad.show()

    # The middle ------------------------------------------------------------------------------------------------------
    def _middle(self, brush: Brush, box: QRectF) -> None:
        """From the bottom: readings, notice. What is left: step, instruction, what helps, the picture."""
        scene = self.shows.scene
        if scene.wanted and scene.thing:
            used = brush.text(
                identity(self.look, scene), QRectF(box.x(), box.y(), box.width(), self.look.px(7)), IDENTITY
            )
            box = box.adjusted(0, used.height() + self.look.px(1), 0, 0)
        if scene.readings and not scene.wanted:
            box = self._readings(brush, scene.readings, box)
        if self.shows.notices:
            high = notice_high(self.look, self.shows.notices, box.width(), (NOTICE_MM, box.height()))
            notice(brush, self.shows.notices, QRectF(box.x(), box.bottom() - high, box.width(), high))
            box = box.adjusted(0, 0, 0, -high - self.look.px(2))
        self._words(brush, box)

    def _words(self, brush: Brush, box: QRectF) -> None:
        scene, look = self.shows.scene, self.look
        if scene.steps and scene.step <= len(scene.steps):
            at = QRectF(box.x(), box.y(), box.width(), look.px(6.5))
            step = look.say("kiosk.step", {"number": scene.step, "count": len(scene.steps)})
            brush.text(step, at, STEP_NOW, "water", at=(LEFT, MIDDLE))
            box = box.adjusted(0, at.height(), 0, 0)
        help_ = self._help()
        # In little room words say more than a picture that nobody makes out.
        how = scene.instruction if box.height() > look.px(PICTURE_MM) else None
        shown = how.pictures if how else ()
        filled = bool(shown or scene.steps)
        part = PARTS_OF_CARD[bool(shown)] if help_ or shown else 1.0
        room = QRectF(box.x(), box.y(), box.width(), box.height() * part)
        down = TOP if filled else MIDDLE
        said = brush.text(instruction(look, self.shows.prompt), room, INSTRUCTION, at=(LEFT, down))
        top = said.bottom() + look.px(1)
        left = QRectF(box.x(), top, box.width(), box.bottom() - top)
        if help_:
            share = 0.35 if shown else 1.0
            at = brush.text(help_, QRectF(left.x(), left.y(), left.width(), left.height() * share), STEP, "ink-2")
            left.setTop(at.bottom() + look.px(2))
        self._place_guide(shown, left)

    def _place_guide(self, shown: tuple[GuideView, ...], box: QRectF) -> None:
        """The pictures, in the room that the words leave."""
        there = bool(shown) and box.height() > self.look.px(LEAST_GUIDE_MM)
        if there:
            self.guide.setGeometry(box.toRect())
            self.guide.show_pictures(shown)
        self.guide.setVisible(there)

    def _help(self) -> str:
        scene = self.shows.scene
        if self.shows.notices and scene.readings:
            return ""  # what happened makes way for no manual; it comes back with the next scan
        text = self.look.name(scene.instruction.text) if scene.instruction else ""
        limits = "" if scene.wanted else beside(self.look, self.shows.prompt)  # the pad says what a number may be
        return "\n".join(part for part in (limits, text) if part)

    def _readings(self, brush: Brush, readings: tuple[Reading, ...], box: QRectF) -> QRectF:
        """A row each, at the bottom; what is left above them."""
        share = 0.48 if self.shows.notices else 0.55
        high = min(self.look.px(READING_MM), box.height() * share / len(readings))
        top = box.bottom() - high * len(readings)
        names = ((self.look.name(one.name), STEP, box.width() * READING_PARTS[0], high) for one in readings)
        style = replace(STEP, cap_mm=alike(self.look, names))
        for n, reading in enumerate(readings):
            brush.rule(box.x(), top + n * high, box.width())
            self._reading(brush, reading, style, QRectF(box.x(), top + n * high, box.width(), high))
        return box.adjusted(0, 0, 0, -high * len(readings) - self.look.px(2))

    def _reading(self, brush: Brush, reading: Reading, style: Style, box: QRectF) -> None:
        """Name, bar, and the value with its unit over its limits."""
        look, (name, mark, value) = self.look, (box.width() * part for part in READING_PARTS)
        brush.text(look.name(reading.name), QRectF(box.x(), box.y(), name, box.height()), style, at=(LEFT, MIDDLE))
        tall = look.px(2.6)
        bar = QRectF(box.x() + name + look.px(2), box.center().y() - tall / 2, mark - look.px(4), tall)
        brush.bar(bar, reading.value, (reading.low, reading.high), reading.verdict)
        right = QRectF(box.right() - value, box.y(), value, box.height())
        limits = limits_of(reading)
        ink = "ng" if reading.verdict == "fail" else "water" if reading.live else "ink"
        if reading.value is None:
            brush.text(f"{limits} {reading.uom}".strip() or "—", right, CAPTION, "ink-2", at=(RIGHT, MIDDLE))
            return
        upper = QRectF(right.x(), right.y(), right.width(), right.height() * (0.62 if limits else 1))
        unit = brush.text(reading.uom, upper, CAPTION, "ink-2", at=(RIGHT, MIDDLE))
        left = upper.adjusted(0, 0, -unit.width() - look.px(1), 0)
        sign = "✗ " if reading.verdict == "fail" else ""
        brush.text(f"{sign}{reading.value}", left, NUMBER, ink, at=(RIGHT, MIDDLE))
        below = QRectF(right.x(), upper.bottom(), right.width(), right.height() - upper.height())
        live = look.say("kiosk.live") + " · " if reading.live else ""
        brush.text(live + limits, below, CAPTION, "ink-2", at=(RIGHT, TOP))


def limits_of(reading: Reading) -> str:
    """The limits as they stand beside a value; "" without any."""
    low, high = reading.low, reading.high
    if low is not None and high is not None:
        return f"{low}–{high}"
    return f"≥ {low}" if low is not None else f"≤ {high}" if high is not None else ""
