"""Work: the one thing to do now in the large card, the thing in hand beside it, the last result in a strip below."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM
from common.qt.lettering import alike
from common.qt.pads import NumberAsked, NumberPad
from common.qt.painted import LEFT, MIDDLE, RIGHT, TOP, Brush, card_room
from common.qt.theme import CAPTION, IDENTITY, INSTRUCTION, NUMBER, STEP, STEP_NOW, Look, Style
from common.text import advice, brief, listed
from station.kiosk.columns import draw_results, draw_thing, high_mm, identity
from station.kiosk.picture_card import PictureCard
from station.kiosk.places import PadPlace, edge, foot, rows_of, upright_pad
from station.kiosk.screen import Screen, beside, instruction, notice, notice_high, to_do
from station.kiosk.strip import HIGH_MM, Strip
from station.kiosk.takt import TaktView
from station.kiosk.tile_bar import TYPING, TileBar
from station.messages import Shown
from station.shown.work_screen import GuideView, NumberWanted, Reading, Tile

ASIDE_PART = 0.31  # of the room for the card beside the instruction
BELOW_PART = {False: 0.48, True: 0.4}  # at most, for the one below it, without and with readings above
READING_MM, NOTICE_MM, LEAST_GUIDE_MM = 11.0, 19.5, 12.0
READING_PARTS = 0.33, 0.27, 0.4  # of a row: the name, the bar, the value or its limits
MOST_OF_SCREEN = 0.46  # for the pad beside the instruction
OUT_MM = 12.0
BROAD, BESIDE_PART = 1.5, 0.42  # a room so much wider than high has pictures beside its words, in this part
PICTURE_MM = 32.0  # of height that a picture needs together with the words above it
PARTS_OF_CARD = {True: 0.5, False: 0.62}  # of the card's height for the instruction, with and without more below it


class WorkScreen(Screen):
    """Two cards, the strip and the tiles; a number pad takes the place of the second card and the strip."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.tiles = TileBar(look, self)
        self.strip = Strip(look, self)
        self.strip.chosen.connect(self.tiles.chosen.emit)
        self.takt = TaktView(look, self)
        self.pad: NumberPad | None = None
        self.guide = PictureCard(look, self)
        self.guide.hide()
        self.guide.opened.connect(lambda at: self.tiles.chosen.emit(Tile("", "room.document", {"at": at})))

    def arrange(self) -> None:
        """The tiles, the strip, and the pad if a number is wanted."""
        if self.width() < 2:
            return
        scene, pad = self.shows.scene, self.shows.scene.wanted
        self.tiles.of = (scene.thing, scene.step, self.shows.prompt)
        self.tiles.setGeometry(
            *foot(self.look, self.width(), self.height(), 1 if pad else rows_of(self.look, self.width(), self.height()))
        )
        if pad:
            self._place_pad(pad)
        elif self.pad is not None:
            self.pad.hide()
            self.pad.clear()
        typed = (Tile("", TYPING),) if self.shows.out == "scanner" else ()
        scans = scene.needs == "scanner" and scene.thing is not None
        hint = self.look.say("kiosk.scan_confirms") if scans and not typed else ""
        where: PadPlace = "" if pad is None else "beside" if self._lying() else "above"
        self.tiles.show_tiles((*typed, *scene.tiles), pad=where, hint=hint)
        self.strip.setVisible(pad is None)
        side, high = edge(self.look), self.look.px(HIGH_MM)
        self.strip.setGeometry(side, self._bottom() + self.look.px(GAP_MM), self.width() - 2 * side, high)
        self.strip.tell(scene)
        self._place_takt()
        self._place_guide()

    def tick(self, wall_ms: int) -> None:
        """Show the pace as of this second."""
        self.takt.tick(wall_ms)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self.arrange()

    def draw(self, brush: Brush) -> None:
        """The cards that there is room for."""
        main, aside = self._cards()
        self._main(brush, brush.card(main))
        if aside is None:
            return
        inside = brush.card(aside).adjusted(0, 0, 0, -self.takt.high(self.shows.scene))
        if self.shows.scene.thing is None:
            draw_results(brush, self.shows.scene, inside)
        else:
            draw_thing(brush, self.shows.scene, inside)

    def _place_takt(self) -> None:
        """At the foot of the card beside the instruction; hidden without that card, and where nothing is defined."""
        aside, high = self._cards()[1], self.takt.high(self.shows.scene)
        self.takt.tell(self.shows.scene)
        self.takt.setVisible(aside is not None and high > 0)
        if aside is not None:
            inside = card_room(self.look, aside)
            foot_of_it = QRectF(inside.x(), inside.bottom() - high, inside.width(), high)
            self.takt.setGeometry(foot_of_it.toAlignedRect())

    def _lying(self) -> bool:
        return self.width() > self.height()

    def _bottom(self) -> int:
        """The lower end of the cards."""
        if self.shows.scene.wanted:
            return self.tiles.y() - self.look.px(GAP_MM)
        return self.tiles.y() - self.look.px(HIGH_MM) - 2 * self.look.px(GAP_MM)

    def _cards(self) -> tuple[QRectF, QRectF | None]:
        """The large card and the one beside it, if that has anything to say; upright it is below, no higher than it
        needs. A pad leaves only the first."""
        side, gap, top = edge(self.look), self.look.px(GAP_MM), self.look.px(GAP_MM)
        wide, bottom = self.width() - 2 * side, self._bottom()
        if self.shows.scene.wanted and self.pad is not None:
            if self._lying():
                return QRectF(side, top, self.pad.x() - gap - side, bottom - top), None
            return QRectF(side, top, wide, self.pad.y() - gap - top), None
        pace = self.takt.high(self.shows.scene)
        needed_mm = high_mm(self.shows.scene)
        if not needed_mm and not pace:
            return QRectF(side, top, wide, bottom - top), None
        if not self._lying():
            most = (bottom - top) * BELOW_PART[bool(self.shows.scene.readings)] + pace / 2
            low = min(self.look.px(needed_mm) + pace, round(most))
            return QRectF(side, top, wide, bottom - low - gap - top), QRectF(side, bottom - low, wide, low)
        aside = round(wide * ASIDE_PART)
        main = QRectF(side, top, wide - aside - gap, bottom - top)
        return main, QRectF(side + wide - aside, top, aside, bottom - top)

    def _place_pad(self, wanted: NumberWanted) -> None:
        look, side, gap = self.look, edge(self.look), self.look.px(GAP_MM)
        if self.pad is None:
            self.pad = NumberPad(look, self)
            self.pad.entered.connect(lambda number: self.tapped.emit(f"N:{number}"))
            self.pad.doubted.connect(lambda: self.sounded.emit("out"))
        limits = (wanted.low, wanted.high, wanted.last)
        of = (self.shows.scene.person, self.shows.scene.thing, wanted.name)
        self.pad.ask(NumberAsked(of, look.unit(wanted.uom), wanted.decimals, *limits, wanted.amount))
        if self._lying():
            top = look.px(GAP_MM)
            high = self.height() - side - top
            wide = self.pad.wide(high, round(self.width() * MOST_OF_SCREEN))
            self.pad.setGeometry(self.width() - side - wide, top, wide, high)
            self.tiles.resize(self.pad.x() - gap - side, self.tiles.height())
        else:
            box, left = upright_pad(look, self.width(), self.height(), NumberPad)
            self.pad.setGeometry(box)
            self.tiles.resize(left, self.tiles.height())
            self.tiles.raise_()
        self.pad.say_again()
        self.pad.show()

    # The large card --------------------------------------------------------------------------------------------------
    def _main(self, brush: Brush, box: QRectF) -> QRectF:
        """From the bottom: readings, notice. Above them: step, instruction, hint; the room left for the pictures."""
        scene = self.shows.scene
        if scene.wanted and scene.thing:
            used = brush.text(
                identity(self.look, scene), QRectF(box.x(), box.y(), box.width(), self.look.px(7)), IDENTITY
            )
            box = box.adjusted(0, used.height() + self.look.px(1), 0, 0)
        if scene.readings and not scene.wanted:
            box = self._readings(brush, scene.readings, box)
        if said := self._said():
            high = notice_high(self.look, said, box.width(), (NOTICE_MM, box.height()))
            notice(brush, said, QRectF(box.x(), box.bottom() - high, box.width(), high))
            box = box.adjusted(0, 0, 0, -high - self.look.px(2))
        return self._words(brush, box)

    def _words(self, brush: Brush, box: QRectF) -> QRectF:
        scene, look = self.shows.scene, self.look
        if scene.steps and scene.step <= len(scene.steps):
            at = QRectF(box.x(), box.y(), box.width(), look.px(6.5))
            step = look.say("kiosk.step", {"number": scene.step, "count": len(scene.steps)})
            brush.text(step, at, STEP_NOW, "water", at=(LEFT, MIDDLE))
            box = box.adjusted(0, at.height(), 0, 0)
        help_ = self._help()
        aside = self._picture_beside(box)
        if not aside.isEmpty():
            box = box.adjusted(0, 0, -aside.width() - look.px(GAP_MM), 0)
        # In little room words say more than a picture that nobody makes out.
        shown = self._pictures() if aside.isEmpty() and box.height() > look.px(PICTURE_MM) else ()
        filled = bool(shown or scene.steps or self.shows.out)
        part = PARTS_OF_CARD[bool(shown)] if help_ or shown else 1.0
        room = QRectF(box.x(), box.y(), box.width(), box.height() * part)
        down = TOP if filled else MIDDLE
        if self.shows.out:
            size = look.px(OUT_MM)
            brush.shape("hold", QRectF(room.x(), room.y(), size, size))
            room.setLeft(room.x() + size + look.px(3))
        ink = "hold" if self.shows.out else "ink"
        said = brush.text(to_do(look, self.shows), room, INSTRUCTION, ink, at=(LEFT, down))
        top = said.bottom() + look.px(1)
        left = QRectF(box.x(), top, box.width(), box.bottom() - top)
        if help_:
            share = 0.35 if shown else 1.0
            at = brush.text(help_, QRectF(left.x(), left.y(), left.width(), left.height() * share), STEP, "ink-2")
            left.setTop(at.bottom() + look.px(2))
        return left if shown else aside

    def _picture_beside(self, box: QRectF) -> QRectF:
        """The box of the pictures beside the words, where a notice takes the room below them: a refused part is when
        the picture is needed most. Empty where they are below the words, or there are none."""
        if not (self._pictures() and self._said()) or box.width() < BROAD * box.height():
            return QRectF()
        wide = box.width() * BESIDE_PART
        return QRectF(box.right() - wide, box.y(), wide, box.height())

    def _pictures(self) -> tuple[GuideView, ...]:
        return self.shows.scene.instruction.pictures if self.shows.scene.instruction else ()

    def _place_guide(self) -> None:
        """Give the pictures the room that the words leave. The words are set for it without being seen, for a widget
        that moves while its parent is painted leaves its old place unpainted."""
        box, nowhere = QRectF(), QImage(1, 1, QImage.Format.Format_RGB32)
        if self._pictures():
            painter = QPainter(nowhere)
            box = self._main(Brush(painter, self.look, QRectF(self.rect())), card_room(self.look, self._cards()[0]))
            painter.end()
        if there := box.height() > self.look.px(LEAST_GUIDE_MM):
            self.guide.setGeometry(box.toRect())
            self.guide.show_pictures(self._pictures())
        self.guide.setVisible(there)

    def _help(self) -> str:
        scene = self.shows.scene
        if self._said() and scene.readings:
            return ""  # it comes back with the next scan
        text = self.look.name(scene.instruction.text) if scene.instruction else ""
        limits = "" if scene.wanted else beside(self.look, self.shows.prompt)  # the pad says what a number may be
        slot = next((one for one in scene.parts if one.state == "now"), None)
        allowed = listed(self.look.language, map(self.look.name, slot.allowed)) if slot else ""
        wanted = self.look.say("kiosk.expected", {"materials": allowed}) if allowed and not text else ""
        awaited = instruction(self.look, self.shows.prompt) if self.shows.out else ""  # the device took its place
        return "\n".join(part for part in (awaited, limits, wanted, text) if part)

    def _said(self) -> tuple[Shown, ...]:
        """The sentences about the last scan; without any, that a label is not printed and what helps."""
        why = self.shows.unprinted
        if self.shows.notices or not why:
            return self.shows.notices
        language = self.look.language
        return (Shown("hold", "kiosk.unprinted", {"why": brief(language, why), "now": advice(language, why)}),)

    def _readings(self, brush: Brush, readings: tuple[Reading, ...], box: QRectF) -> QRectF:
        """A row each, at the bottom; the room above them."""
        share = 0.48 if self._said() else 0.55
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
    """The limits beside a value; "" without any."""
    low, high = reading.low, reading.high
    if low is not None and high is not None:
        return f"{low}–{high}"
    return f"≥ {low}" if low is not None else f"≤ {high}" if high is not None else ""
