"""The bar on top of every screen: the workplace, the order, the worst state, the people, and the time."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from msgspec import Struct
from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from common.definitions.naming import Name
from common.qt.lettering import letter
from common.qt.painted import LEFT, MIDDLE, RIGHT, Brush, Painted
from common.qt.theme import Look, Style
from common.text import Named, listed
from station.kiosk.places import edge
from station.kiosk.tile_bar import LANGUAGE, ROOM
from station.messages import KINDS, Status
from station.shown.work_screen import CallLine, Scene, Tile

HEIGHT_MM = 11.0
PLACE = Style(3.2, 1.5, bold=True)
CHIP = Style(2.8, 1.8, bold=True)
ORDER = Style(3.0, 1.8)
CHIP_MM, MOST_OF_BAR, MOST_OF_ROW = 7.4, 0.24, 0.5  # of a bar's width for one chip, and where it has two rows
WIDE_MM, TALL_MM = 180.0, 18.0  # a screen narrower than this has a bar of two rows
FREE = 100_000
FEW_SERIALS = 20
MOST_NAMED = 2  # people
OTHER = Name("EN", "中")  # the language that a touch brings, in its own letters
OUTBOX, DEVICES, NOTES = f"{ROOM}outbox", f"{ROOM}devices", f"{ROOM}notes"
NEXT, PEOPLE = "next", "tap.people"


COLOURS = {"": ("sunken", "ink"), "acts": ("water-soft", "ink"), "beside": ("surface", "ink-2")}

# The order of the states: what no retry mends, what stops the work, what somebody waits for, what can wait.
REFUSED, UNSENT, NEEDED, OUT, LABELS, CALLED, DOUBT, FEW, LINK, UNREAD = range(10)


class Chip(Struct, frozen=True):
    """A word in a pill. `up`: good news (a dot), bad news (a ring), or neither. `opens`: the code of its tile.

    `of_several`: of people, "acts" or "beside".
    """

    text: str
    up: bool | None = None
    opens: str = ""
    rank: int = 0
    of_several: str = ""


class StatusBar(Painted):
    """On every screen but the result. `tell` gives it the workplace and the link, `tick` the time."""

    ground = "surface"
    painted = Signal(object)
    touched = Signal(object)  # the tile of a chip

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._scene = Scene("")
        self._status: Status | None = None
        self._time = ""
        self._places: list[tuple[QRectF, str]] = []
        self._at = 0  # the state that is shown, counted from the worst

    def tell(self, scene: Scene, status: Status | None) -> None:
        """Show this from now on."""
        if (scene, status) != (self._scene, self._status):
            before = self.states()
            self._scene, self._status = scene, status
            if [chip.rank for chip in self.states()] != [chip.rank for chip in before]:
                self._at = 0
            self.update()

    def tick(self, wall_ms: int) -> None:
        """Show the hour on the wall here."""
        time = datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone().strftime("%H:%M")
        if time != self._time:
            self._time = time
            self.update()

    def draw(self, brush: Brush) -> None:
        """Place and order from the left, time, person and state from the right; in two rows if it is narrow."""
        room, side, gap = brush.room, edge(self.look), self.look.px(2)
        brush.rule(0, room.height() - 1, room.width())
        high = room.height() / (2 if height_mm(self.look, self.width()) > HEIGHT_MM else 1)
        self._places = []
        first, last = QRectF(0, 0, room.width(), high), QRectF(0, room.height() - high, room.width(), high)
        right = brush.text(self._time, first.adjusted(0, 0, -side, 0), PLACE, at=(RIGHT, MIDDLE)).x() - gap
        right = self._chip(brush, Chip(self.look.name(OTHER), opens=LANGUAGE), first, right) - gap
        for chip in reversed(self._people()):
            right = self._chip(brush, chip, first, right) - gap
        if high < room.height():
            self._place(brush, QRectF(side, 0, max(right - side, 1), high), with_order=False)
            right = room.width() - side
        for chip in reversed(self._shown()):
            right = self._chip(brush, chip, last, right) - gap
        left = QRectF(side, last.y(), max(right - side, 1), high)
        if high < room.height():
            brush.text(self._about(), left, CHIP, "ink-2", at=(LEFT, MIDDLE))
        else:
            self._place(brush, left)

    def drawn(self) -> None:
        """It was painted."""
        if self._status:
            self.painted.emit((self._status,))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A finger on a chip opens its screen, or shows the next state; the whole height of its row counts."""
        for box, code in self._places:
            if box.contains(event.position()):
                if code != NEXT:
                    self.touched.emit(self._tile(code) or Tile("", code))
                    return
                self._at += 1
                self.update()
                return

    def _tile(self, code: str) -> Tile | None:
        return next((tile for tile in self._scene.tiles if tile.code == code), None)

    def _people(self) -> list[Chip]:
        """The one who acts, and beside them the other one; the number of the others where a name has no room."""
        scene = self._scene
        if not scene.person:
            return []
        opens = PEOPLE if self._tile(PEOPLE) else ""
        acts = Chip(scene.person, opens=opens, of_several="acts" if scene.also else "")
        named = [acts, *(Chip(name, opens=opens, of_several="beside") for name in scene.also)]
        if len(named) <= MOST_NAMED and sum(self._width(chip) for chip in named) <= self.width() * MOST_OF_ROW:
            return named
        count = self.look.say("kiosk.more_people", {"count": len(scene.also)})
        return [acts, Chip(count, opens=opens, of_several="beside")] if scene.also else [acts]

    def _order(self) -> str:
        return self.look.say("kiosk.order", {"order": self._scene.order}) if self._scene.order else ""

    def _about(self) -> str:
        """The order and the operation."""
        scene, order = self._scene, self._order()
        operation = self.look.name(scene.operation)
        same = operation == self.look.name(scene.place_name)  # many a workplace is named for what is done there
        return " · ".join(part for part in (order, "" if same else operation) if part)

    def _place(self, brush: Brush, box: QRectF, *, with_order: bool = True) -> None:
        """The workplace, and the order and operation beside it, or below it where there is no room beside."""
        scene, look = self._scene, self.look
        place = " ".join(part for part in (scene.place.upper(), look.name(scene.place_name)) if part)
        gap = look.px(4)
        wide = letter(look, place, PLACE, FREE, box.height()).width

        def fits(text: str) -> bool:
            return wide + gap + letter(look, text, ORDER, FREE, box.height()).width <= box.width()

        order, both = self._order(), self._about()
        about = "" if not with_order else both if fits(both) else order
        if not about:
            brush.text(place, box, PLACE, at=(LEFT, MIDDLE))
        elif fits(about):
            brush.text(place, box, PLACE, at=(LEFT, MIDDLE))
            brush.text(about, box.adjusted(wide + gap, 0, 0, 0), ORDER, "ink-2", at=(LEFT, MIDDLE))
        else:
            upper = QRectF(box.x(), box.y(), box.width(), box.height() * 0.5)
            brush.text(place, upper, PLACE, at=(LEFT, MIDDLE))
            lower = QRectF(box.x(), upper.bottom(), box.width(), box.height() - upper.height())
            brush.text(about, lower, ORDER, "ink-2", at=(LEFT, MIDDLE))

    def states(self) -> list[Chip]:
        """Each state that a person should know of, the worst first; none while all is well."""
        status, scene = self._status, self._scene
        unsent = status.calls_unsent if status else ()
        found = [self._call(call, sent=call.id not in unsent) for call in scene.calls]
        if scene.notes_unread:
            said = self.look.say("kiosk.notes_unread", {"count": scene.notes_unread})
            found.append(Chip(said, opens=NOTES, rank=UNREAD))
        if status is not None:
            found += [*self._devices(status), *self._labels(status), *self._serials(status), *self._link(status)]
        return sorted(found, key=lambda chip: chip.rank)

    def _shown(self) -> list[Chip]:
        """The worst state; behind it the number of the others, and a tap on that shows the next one."""
        states = self.states()
        if not states:
            return []
        more = self.look.say("kiosk.more_states", {"count": len(states) - 1})
        at = states[self._at % len(states)]
        return [at, Chip(more, opens=NEXT)] if len(states) > 1 else [at]

    def _call(self, call: CallLine, *, sent: bool) -> Chip:
        """An open call: not sent yet, sent, or answered."""
        said = {"what": self.look.name(call.name), "name": call.answered_by}
        if call.answered_by:
            code = "kiosk.here" if call.is_here else "kiosk.coming"
            return Chip(self.look.say(code, said), up=True, rank=CALLED)
        if not sent:
            return Chip(self.look.say("kiosk.call_unsent", said), up=False, opens=OUTBOX, rank=UNSENT)
        return Chip(self.look.say("kiosk.called", said), up=True, rank=CALLED)

    def _devices(self, status: Status) -> list[Chip]:
        """The devices of each kind that are out. Labels that wait for their printer name it already."""
        found = []
        for kind in KINDS:
            out = [self._name(name) for name, of, up in status.devices if of == kind and not up]
            if out and not (kind == "printer" and status.labels_why):
                names = listed(self.look.language, out)
                said = self.look.say("kiosk.device_out", {"device": names})
                rank = NEEDED if kind == self._scene.needs else OUT
                found.append(Chip(said, up=False, opens=DEVICES, rank=rank))
        return found

    def _name(self, device: Named | str) -> str:
        return device if isinstance(device, str) else self.look.name(device)

    def _serials(self, status: Status) -> list[Chip]:
        """Serials to give, once there are few."""
        few = status.serials is not None and status.serials < FEW_SERIALS
        return [Chip(self.look.say("kiosk.serials", {"count": status.serials}), up=False, rank=FEW)] if few else []

    def _labels(self, status: Status) -> list[Chip]:
        """Labels that wait for their printer; labels in doubt, about each of which a tile asks."""
        say = self.look.say
        found = []
        if status.labels_why:
            chip = say("kiosk.labels", {"count": status.labels})
            found.append(Chip(chip, up=False, opens=DEVICES, rank=LABELS))
        if status.labels_unsure:
            doubt = {"things": status.labels_unsure, "count": len(status.labels_unsure)}
            code = "kiosk.labels_unsure" if len(status.labels_unsure) == 1 else "kiosk.labels_unsure_count"
            found.append(Chip(say(code, doubt), up=False, rank=DOUBT))
        return found

    def _link(self, status: Status) -> list[Chip]:
        if status.refused:
            return [Chip(self.look.say("kiosk.refused"), up=False, opens=OUTBOX, rank=REFUSED)]
        if status.online:
            return []
        code = "status.offline" if status.pending else "status.offline_empty"
        return [Chip(self.look.say(code, msgspec.structs.asdict(status)), up=False, opens=OUTBOX, rank=LINK)]

    def _width(self, chip: Chip) -> float:
        tall = height_mm(self.look, self.width()) > HEIGHT_MM
        look, most = self.look, self.width() * (MOST_OF_ROW if tall else MOST_OF_BAR)
        sign = 0 if chip.up is None else look.px(2.8)
        return letter(look, chip.text, CHIP, most, look.px(CHIP_MM)).width + 2 * look.px(2) + sign + 2

    def _chip(self, brush: Brush, chip: Chip, row: QRectF, right: float) -> float:
        """A chip that ends at `right`; where it begins."""
        look, tall, wide = self.look, self.look.px(CHIP_MM), self._width(chip)
        fill, ink = ("hold-soft", "hold") if chip.up is False else COLOURS[chip.of_several]
        box = QRectF(right - wide, row.center().y() - tall / 2, wide, tall)
        brush.fill(box, fill, radius=tall / 2, border="line" if fill == "surface" else "")
        if chip.opens:
            self._places.append((QRectF(box.x() - look.px(1), row.y(), wide + look.px(2), row.height()), chip.opens))
        pad, mark = look.px(2), look.px(1.8)
        if chip.up is not None:
            spot = QRectF(box.x() + pad, box.center().y() - mark / 2, mark, mark)
            border = "" if chip.up else "hold"
            brush.fill(spot, "ok" if chip.up else fill, radius=mark / 2, border=border, width=look.px(0.5))
        words = box.adjusted(pad + (0 if chip.up is None else look.px(2.8)), 0, -pad + 2, 0)
        brush.text(chip.text, words, CHIP, ink, on=fill, at=(LEFT, MIDDLE))
        return box.x()


def height_mm(look: Look, width_px: float) -> float:
    """The height of the bar on a screen of this width."""
    return HEIGHT_MM if width_px / look.px_per_mm >= WIDE_MM else TALL_MM
