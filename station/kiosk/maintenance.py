"""Maintenance, behind a role and a PIN: this computer and its hub, what is set here, versions, diagnostics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM
from common.qt.pads import PinPad
from common.qt.theme import Look
from station.kiosk.places import PadPlace, edge, upright_pad
from station.kiosk.room import HEAD_MM, Action, Room, RoomLine, moment, said
from station.messages import Choose, EnrolAnew, Export, Unlock
from station.shown.side_screens import Locked, Maintenance, Settings, SideScreen

VOLUME_STEP, SCALE_STEP = 10, 10
LONG = 16  # signs that fit beside their name
VOLUMES, SCALES = (0, 100), (70, 160)


class MaintenanceRoom(Room):
    """Locked: why, and the PIN pad. Open: facts, and what may be set."""

    kind, title, takes = "maintenance", "room.maintenance", (Locked, Maintenance)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.pad: PinPad | None = None
        self.settings = Settings()
        self._setting = False

    def open(self, wall_ms: int) -> None:
        """The facts first."""
        self._setting = False
        super().open(wall_ms)

    def tell(self, answer: SideScreen) -> None:
        """Tell the settings beside the facts of this computer."""
        if not isinstance(answer, Settings):
            super().tell(answer)
        elif answer != self.settings:
            self.settings = answer
            self.arrange()
            self.update()

    def arrange(self) -> None:
        """The pad too, while the PIN is asked for."""
        super().arrange()
        if self._wants_pin() and self.width() > 1:
            self._place_pad()
        elif self.pad is not None:
            self.pad.hide()
            self.pad.clear()

    def lines(self) -> Sequence[RoomLine]:
        """The facts."""
        return list(self._lines(self.answer)) if isinstance(self.answer, Maintenance) else ()

    def choices(self) -> Sequence[Action]:
        """The settings, and the diagnostics into each place that takes them."""
        found = self.answer
        if not isinstance(found, Maintenance):
            return ()
        say, now = self.look.say, self.settings
        other = "en" if now.language == "zh" else "zh"
        louder, larger = (now.volume, VOLUME_STEP, VOLUMES), (now.scale, SCALE_STEP, SCALES)
        if not self._setting:
            return [
                Action(say("room.set"), partial(self._turn_to, True), "primary"),
                *(
                    Action(
                        say("room.export_here")
                        if folder == found.own
                        else say("room.export", {"folder": _short(folder)}),
                        partial(self.asked.emit, Export(folder)),
                    )
                    for folder in found.folders
                ),
            ]
        return [
            Action(say("room.facts"), partial(self._turn_to, False)),
            Action(say("room.enrol"), partial(self.asked.emit, EnrolAnew())),
            Action(say("room.picture"), self.pictured.emit),
            Action(say("room.default_language"), partial(self.asked.emit, Choose("language", other))),
            Action(say("room.louder"), partial(self._choose, "volume", louder, 1)),
            Action(say("room.quieter"), partial(self._choose, "volume", louder, -1)),
            Action(say("room.larger"), partial(self._choose, "scale", larger, 1)),
            Action(say("room.smaller"), partial(self._choose, "scale", larger, -1)),
        ]

    def note(self) -> tuple[str, str]:
        """Why it is locked, or what became of the diagnostics."""
        locked = self._locked()
        if locked is not None:
            return "info" if locked.pin else "hold", self.look.say(locked.code, locked.params)
        if isinstance(self.answer, Maintenance) and self.answer.exported:
            code = self.answer.exported[0]
            tone = {"export.done": "ok", "export.running": "info"}.get(code, "ng")
            return tone, said(self.look, self.answer.exported)
        return "", ""

    def nothing(self) -> str:
        """Locked: what would open it."""
        if self._wants_pin():
            return self.shows.scene.person
        return self.look.say("room.who_may") if self._locked() else super().nothing()

    def _locked(self) -> Locked | None:
        return self.answer if isinstance(self.answer, Locked) else None

    def _turn_to(self, setting: bool) -> None:
        self._setting, self.page = setting, 0
        self.arrange()
        self.update()

    def foot_right(self) -> int:
        """The keys of the pad need the row of the foot too."""
        match self.pad_place():
            case "beside":
                return self._pad_left() - self.look.px(GAP_MM)
            case "above":
                return edge(self.look) + upright_pad(self.look, self.width(), self.height(), PinPad)[1]
        return super().foot_right()

    def pad_place(self) -> PadPlace:
        """The place of the PIN pad."""
        return "" if not self._wants_pin() else "beside" if self.width() > self.height() else "above"

    def body(self) -> QRectF:
        """The card gives way to the pad as well."""
        box, gap = super().body(), self.look.px(GAP_MM)
        match self.pad_place():
            case "beside":
                box.setRight(self._pad_left() - gap)
            case "above":
                box.setBottom(upright_pad(self.look, self.width(), self.height(), PinPad)[0].y() - gap)
        return box

    def _wants_pin(self) -> bool:
        locked = self._locked()
        return locked is not None and locked.pin

    def _pad_left(self) -> int:
        return self.width() - edge(self.look) - self.look.px(PinPad.least_mm()[0])

    def _choose(self, name: str, at: tuple[int, int, tuple[int, int]], way: int) -> None:
        now, step, (least, most) = at
        self.asked.emit(Choose(name, str(min(max(now + way * step, least), most))))

    def _place_pad(self) -> None:
        if self.pad is None:
            self.pad = PinPad(self.look, self)
            self.pad.entered.connect(lambda pin: self.asked.emit(Unlock(pin)))
        side, gap = edge(self.look), self.look.px(GAP_MM)
        wide, high = (self.look.px(mm) for mm in PinPad.least_mm())
        if self.width() > self.height():
            top = gap if self.height() - side - gap < high + self.look.px(HEAD_MM) else self.look.px(HEAD_MM)
            self.pad.setGeometry(self._pad_left(), top, wide, self.height() - side - top)
        else:
            self.pad.setGeometry(upright_pad(self.look, self.width(), self.height(), PinPad)[0])
        if self.pad.isHidden():
            self.pad.ask(self.shows.scene.person)
            self.pad.show()

    def _lines(self, found: Maintenance) -> Iterator[RoomLine]:
        if self._setting:
            yield self._fact("volume", f"{self.settings.volume} %")
            yield self._fact("scale", f"{self.settings.scale} %")
            yield self._fact("language", {"zh": "中文", "en": "English"}[self.settings.language])
            return
        yield RoomLine(self.look.say("fact.network"), section=True)
        for n, address in enumerate(found.addresses):
            yield self._fact("address" if n else "computer", address)
        yield self._fact("hub", found.hub)
        heard = self.look.say("room.ago", {"age_s": found.heard_s}) if found.heard_s is not None else ""
        yield self._fact("heard", heard)
        # Only who shows the enrolled key was ever spoken to, so a hub that answered is the right one.
        yield self._fact("pin", self.look.say("room.verified") if found.heard_s is not None else "")
        yield RoomLine(self.look.say("fact.versions"), section=True)
        yield self._fact("software", found.software)
        yield self._fact("place", f"{found.place.upper()} · {found.line} · {found.site}")
        age = moment(found.definitions_at, self.now_ms) if found.definitions_at else "—"
        yield self._fact("definitions", f"{found.definitions} · {age}")
        yield self._fact("log", found.log)
        yield self._fact("incarnation", f"{found.incarnation} · {found.entries}")

    def _fact(self, name: str, value: str) -> RoomLine:
        """A name and its value, which has a line of its own if it is long."""
        said = self.look.say(f"fact.{name}")
        return RoomLine(value, said, mono=True) if len(value) > LONG else RoomLine(said, right=value or "—")


def _short(folder: str) -> str:
    return folder.rstrip("/").rpartition("/")[2] or folder
