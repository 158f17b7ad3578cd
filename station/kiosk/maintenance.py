"""Maintenance, behind a role and a PIN: this computer and its hub, what is set here, versions, diagnostics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM
from common.qt.pads import PinPad
from common.qt.theme import Look
from station.kiosk.room import Action, Line, Room, moment, said
from station.looks import Locked, Maintenance, Settings
from station.messages import Choose, Export, Unlock

VOLUME_STEP, SCALE_STEP = 10, 10
VOLUMES, SCALES = (0, 100), (70, 160)


class MaintenanceRoom(Room):
    """Locked: why, and the PIN pad. Open: facts, and what may be set. `picture`: somebody wants the test picture."""

    kind, title = "maintenance", "room.maintenance"
    picture = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.pad: PinPad | None = None
        self.settings = Settings()

    def set(self, settings: Settings) -> None:
        """What is set at the station now."""
        if settings != self.settings:
            self.settings = settings
            self.arrange()
            self.update()

    def arrange(self) -> None:
        """The pad too, while the PIN is asked for."""
        super().arrange()
        if self._locked() is not None and self._locked().pin:  # type: ignore[union-attr]
            self._place_pad()
        elif self.pad is not None:
            self.pad.hide()
            self.pad.clear()

    def lines(self) -> Sequence[Line]:
        """The facts."""
        return list(self._lines(self.answer)) if isinstance(self.answer, Maintenance) else ()

    def actions(self) -> Sequence[Action]:
        """What may be set, and the diagnostics into each place that takes them."""
        found = self.answer
        if not isinstance(found, Maintenance):
            return ()
        say, now = self.look.say, self.settings
        louder, larger = (now.volume, VOLUME_STEP, VOLUMES), (now.scale, SCALE_STEP, SCALES)
        return [
            *(
                Action(say("room.export", {"folder": _short(folder)}), partial(self.asked.emit, Export(folder)))
                for folder in found.folders
            ),
            Action(say("room.picture"), self.picture.emit),
            Action(say("room.louder"), partial(self._choose, "volume", louder, 1)),
            Action(say("room.quieter"), partial(self._choose, "volume", louder, -1)),
            Action(say("room.larger"), partial(self._choose, "scale", larger, 1)),
            Action(say("room.smaller"), partial(self._choose, "scale", larger, -1)),
        ]

    def note(self) -> tuple[str, str]:
        """Why it is locked, or what became of the diagnostics."""
        locked = self._locked()
        if locked is not None:
            return "hold", self.look.say(locked.code, locked.params)
        if isinstance(self.answer, Maintenance) and self.answer.exported:
            code = self.answer.exported[0]
            tone = {"export.done": "ok", "export.running": "info"}.get(code, "ng")
            return tone, said(self.look, self.answer.exported)
        return "", ""

    def nothing(self) -> str:
        """Locked, with nothing to see."""
        return "" if self._locked() else super().nothing()

    def _locked(self) -> Locked | None:
        return self.answer if isinstance(self.answer, Locked) else None

    def _choose(self, name: str, at: tuple[int, int, tuple[int, int]], way: int) -> None:
        now, step, (least, most) = at
        self.asked.emit(Choose(name, str(min(max(now + way * step, least), most))))

    def _place_pad(self) -> None:
        if self.pad is None:
            self.pad = PinPad(self.look, self)
            self.pad.entered.connect(lambda pin: self.asked.emit(Unlock(pin)))
        box, gap = self.body(), self.look.px(GAP_MM)
        wide, high = (self.look.px(mm) for mm in PinPad.least_mm())
        wide, high = min(round(wide * 1.3), int(box.width()) - 2 * gap), min(high, int(box.height()))
        self.pad.setGeometry(int(box.center().x()) - wide // 2, int(box.bottom()) - high, wide, high)
        if self.pad.isHidden():
            self.pad.ask(self.shows.scene.person)
            self.pad.show()

    def _lines(self, found: Maintenance) -> Iterator[Line]:
        yield Line(self.look.say("fact.network"), section=True)
        yield self._fact("addresses", "\n".join(found.addresses) if len(found.addresses) < 2 else found.addresses[0])
        for address in found.addresses[1:]:
            yield self._fact("address", address)
        yield self._fact("hub", found.hub)
        heard = self.look.say("room.ago", {"age_s": found.heard_s}) if found.heard_s is not None else "—"
        yield self._fact("heard", heard)
        yield self._fact("pin", found.pin[:16] + "…" if found.pin else "—")
        yield Line(self.look.say("fact.settings"), section=True)
        yield self._fact("volume", f"{self.settings.volume} %")
        yield self._fact("scale", f"{self.settings.scale} %")
        yield Line(self.look.say("fact.versions"), section=True)
        yield self._fact("software", found.software)
        yield self._fact("place", f"{found.place.upper()} · {found.line} · {found.site}")
        age = moment(found.definitions_at, self.now_ms) if found.definitions_at else "—"
        yield self._fact("definitions", f"{found.definitions} · {age}")
        yield self._fact("log", found.log[:13] + "…")
        yield self._fact("incarnation", f"{found.incarnation} · {found.entries}")

    def _fact(self, name: str, value: str) -> Line:
        return Line(self.look.say(f"fact.{name}"), right=value or "—")


def _short(folder: str) -> str:
    return folder.rstrip("/").rpartition("/")[2] or folder
