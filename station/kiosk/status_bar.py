"""The bar on top of every screen: where, what for, which devices, the hub, who, and the time."""

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
from common.text import Named, brief, listed
from station.kiosk.tile_bar import LANGUAGE, ROOM
from station.messages import KINDS, Status
from station.shown.work_screen import CallLine, Scene, Tile

HEIGHT_MM = 11.0
PLACE = Style(3.2, 1.5, bold=True)
CHIP = Style(2.4, 1.5)
CAPTION = Style(2.5, 1.5)
CHIP_MM, MOST_OF_BAR = 6.4, 0.19  # of a bar's width for one chip
MOST_OF_CHIPS = 0.65  # of what time and person leave; the rest is for the place and the order
WIDE_MM, TALL_MM = 180.0, 18.0  # a screen narrower than this has a bar of two rows
FREE = 100_000
MOST_CALLS = 2
FEW_SERIALS = 20
OTHER = Name("EN", "中")  # the language that a touch brings, in its own letters
OUTBOX, DEVICES = f"{ROOM}outbox", f"{ROOM}devices"


class Chip(Struct, frozen=True):
    """A word in a pill. `up`: it is there (a dot), it is not (a ring), or None. `room`: how much wider it may be.

    `opens`: the code of the tile for which it stands. `kind`: of the devices that it names.
    """

    text: str
    up: bool | None = None
    opens: str = ""
    room: float = 1.0
    kind: str = ""


class StatusBar(Painted):
    """Always there. `tell` gives it the workplace and the link, `tick` the time."""

    ground = "surface"
    painted = Signal(object)
    touched = Signal(object)  # the tile that a chip stands for

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._scene = Scene("")
        self._status: Status | None = None
        self._time = ""
        self._places: list[tuple[QRectF, str]] = []

    def tell(self, scene: Scene, status: Status | None) -> None:
        """Show this from now on."""
        if (scene, status) != (self._scene, self._status):
            self._scene, self._status = scene, status
            self.update()

    def tick(self, wall_ms: int) -> None:
        """Show the hour on the wall here."""
        time = datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone().strftime("%H:%M")
        if time != self._time:
            self._time = time
            self.update()

    def draw(self, brush: Brush) -> None:
        """Place and order from the left, time, person, link and devices from the right; in two rows if it is narrow."""
        room, edge, gap = brush.room, self.look.px(4), self.look.px(2)
        brush.rule(0, room.height() - 1, room.width())
        high = room.height() / (2 if height_mm(self.look, self.width()) > HEIGHT_MM else 1)
        self._places = []
        first, last = QRectF(0, 0, room.width(), high), QRectF(0, room.height() - high, room.width(), high)
        right = brush.text(self._time, first.adjusted(0, 0, -edge, 0), PLACE, at=(RIGHT, MIDDLE)).x() - gap
        right = self._chip(brush, Chip(self.look.name(OTHER), opens=LANGUAGE), first, right) - gap
        if self._scene.person:
            right = self._chip(brush, Chip(self._scene.person), first, right) - gap
        if high < room.height():
            self._place(brush, QRectF(edge, 0, max(right - edge, 1), high), with_order=False)
            right = room.width() - edge
        for chip in reversed(self._chips(right)):
            right = self._chip(brush, chip, last, right) - gap
        left = QRectF(edge, last.y(), max(right - edge, 1), high)
        if high < room.height():
            brush.text(self._about(), left, CHIP, "ink-2", at=(LEFT, MIDDLE))
        else:
            self._place(brush, left)

    def drawn(self) -> None:
        """It was painted."""
        if self._status:
            self.painted.emit((self._status,))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A finger on a chip opens what it stands for; the whole height of its row counts."""
        for box, code in self._places:
            if box.contains(event.position()):
                self.touched.emit(Tile("", code))
                return

    def _about(self) -> str:
        scene = self._scene
        order = self.look.say("kiosk.order", {"order": scene.order}) if scene.order else ""
        operation = self.look.name(scene.operation)
        same = operation == self.look.name(scene.place_name)  # many a workplace is named for what is done there
        return " · ".join(part for part in (order, "" if same else operation) if part)

    def _place(self, brush: Brush, box: QRectF, *, with_order: bool = True) -> None:
        """The workplace, and the order and operation beside it, or below it where there is no room beside."""
        scene, look = self._scene, self.look
        place = " ".join(part for part in (scene.place.upper(), look.name(scene.place_name)) if part)
        about, gap = self._about() if with_order else "", look.px(4)
        wide = letter(look, place, PLACE, FREE, box.height()).width
        if not about:
            brush.text(place, box, PLACE, at=(LEFT, MIDDLE))
        elif wide + gap + letter(look, about, CAPTION, FREE, box.height()).width <= box.width():
            brush.text(place, box, PLACE, at=(LEFT, MIDDLE))
            brush.text(about, box.adjusted(wide + gap, 0, 0, 0), CAPTION, "ink-2", at=(LEFT, MIDDLE))
        else:
            upper = QRectF(box.x(), box.y(), box.width(), box.height() * 0.56)
            brush.text(place, upper, PLACE, at=(LEFT, MIDDLE))
            lower = QRectF(box.x(), upper.bottom(), box.width(), box.height() - upper.height())
            brush.text(about, lower, CAPTION, "ink-2", at=(LEFT, MIDDLE))

    def _chips(self, room: float) -> list[Chip]:
        """Devices and link. If they took too much room, the devices that are there share one chip, what labels wait for
        is left to the room of the devices, and the printer to the labels that wait for it."""
        first = [self._call(call) for call in self._scene.calls[-MOST_CALLS:]]
        status = self._status
        if status is None:
            return first
        link = self._link(status)
        first += self._serials(status)
        more = [*first, *self._labels(status)]
        devices = self._devices(status)
        if self._wide(*more, *devices, link) > room * 0.5:
            down = [one for one in devices if not one.up]
            if len(devices) - len(down) > 1:
                devices = [Chip(self.look.say("kiosk.devices"), True, DEVICES), *down]
        if self._wide(*more, *devices, link) > room * MOST_OF_CHIPS:
            link = self._link(status, short=True)
        if self._wide(*more, *devices, link) > room * MOST_OF_CHIPS:
            more = [*first, *self._labels(status, short=True)]
        if status.labels_why and self._wide(*more, *devices, link) > room * MOST_OF_CHIPS:
            devices = [one for one in devices if one.up or one.kind != "printer"]
        return [*more, *devices, link]

    def _call(self, call: CallLine) -> Chip:
        """A call that stands: who comes, once somebody said so."""
        said = {"what": self.look.name(call.name), "name": call.answered_by}
        return Chip(self.look.say("kiosk.coming" if call.answered_by else "kiosk.called", said), bool(call.answered_by))

    def _devices(self, status: Status) -> list[Chip]:
        """A chip for each kind: its word, or the titles of those that are away."""
        found = []
        for kind in KINDS:
            away = [self._title(name) for name, of, up in status.devices if of == kind and not up]
            if any(of == kind for _, of, _ in status.devices):
                said = listed(self.look.language, away) if away else self.look.say(f"device.kind.{kind}")
                found.append(Chip(said, not away, DEVICES, kind=kind))
        return found

    def _title(self, device: Named | str) -> str:
        return device if isinstance(device, str) else self.look.name(device)

    def _serials(self, status: Status) -> list[Chip]:
        """Serials to give, once there are few."""
        few = status.serials is not None and status.serials < FEW_SERIALS
        return [Chip(self.look.say("kiosk.serials", {"count": status.serials}), False)] if few else []

    def _labels(self, status: Status, *, short: bool = False) -> list[Chip]:
        """Labels that wait for their printer and for what, and those of which nobody knows whether they were printed;
        `short`: only how many wait, or are in doubt if none waits. The tiles ask about each in doubt."""
        say = self.look.say
        said = {"count": status.labels, "why": brief(self.look.language, status.labels_why)}
        if short and status.labels_why:
            return [Chip(say("kiosk.labels_short", said), False, DEVICES)]
        waiting = [Chip(say("kiosk.labels", said), False, DEVICES)] if status.labels_why else []
        doubt = {"things": status.labels_unsure, "count": len(status.labels_unsure)}
        code = "kiosk.labels_unsure" if len(status.labels_unsure) == 1 else "kiosk.labels_unsure_count"
        return waiting + ([Chip(say(code, doubt), False)] if status.labels_unsure else [])

    def _link(self, status: Status, *, short: bool = False) -> Chip:
        if status.online:
            return Chip(self.look.say("kiosk.online"), True, OUTBOX)
        code = "kiosk.offline" if short else "status.offline" if status.pending else "status.offline_empty"
        return Chip(self.look.say(code, msgspec.structs.asdict(status)), False, OUTBOX, 1.3)

    def _wide(self, *chips: Chip) -> float:
        return sum(self._width(chip) + self.look.px(2) for chip in chips)

    def _width(self, chip: Chip) -> float:
        look, most = self.look, self.width() * MOST_OF_BAR * chip.room
        sign = 0 if chip.up is None else look.px(2.8)
        return letter(look, chip.text, CHIP, most, look.px(CHIP_MM)).width + 2 * look.px(2) + sign + 2

    def _chip(self, brush: Brush, chip: Chip, row: QRectF, right: float) -> float:
        """A chip that ends at `right`; where it begins."""
        look, tall, wide = self.look, self.look.px(CHIP_MM), self._width(chip)
        fill, ink = ("hold-soft", "hold") if chip.up is False else ("sunken", "ink")
        box = QRectF(right - wide, row.center().y() - tall / 2, wide, tall)
        brush.fill(box, fill, radius=tall / 2)
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
    """How high the bar is on a screen of this width."""
    return HEIGHT_MM if width_px / look.px_per_mm >= WIDE_MM else TALL_MM
