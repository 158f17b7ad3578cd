"""Devices: which are there and since when, what each sent last, and a test of each.

The list has the room; the tests and the tones are each a tap away, and a test leads back to the list, where the device
that was tested is the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Literal

from PySide6.QtWidgets import QWidget

from common.qt.theme import Look
from common.text import brief, known
from station.kiosk.room import Action, Room, RoomLine, said
from station.kiosk.sounds import OF_VALUES, TONES
from station.messages import TryDevice
from station.shown.side_screens import DeviceLine, Devices, LastScan

RIGHT = ("check.right", "look.tested_gauge", "look.tested_camera", "look.tested_printer", "look.tested_plc")


class DevicesRoom(Room):
    """Each device with what it sent last."""

    kind, title, takes = "devices", "room.devices", (Devices,)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._offers: Literal["list", "tests", "tones"] = "list"
        self._tried = ""  # the device that was tested last

    def open(self, wall_ms: int) -> None:
        """Start with the list."""
        self._offers, self._tried = "list", ""
        super().open(wall_ms)

    def lines(self) -> Sequence[RoomLine]:
        """Every device, the one that was tested first."""
        devices = sorted(self._devices(), key=lambda device: device.name != self._tried)
        return [line for device in devices for line in self._lines(device)]

    def choices(self) -> Sequence[Action]:
        """A tile that opens the tests; a test for whatever can be tested; or the tones, in the order of their list."""
        devices = self._devices()
        tones = Action(self.look.say("room.tones"), partial(self._offer, "tones"))
        if self._offers == "list":
            return [Action(self.look.say("room.tests"), partial(self._offer, "tests")) if devices else tones]
        if self._offers == "tones":
            of_work = (tone for tone in TONES if tone not in OF_VALUES)
            heard = [Action(self.look.say(f"tone.{tone}"), partial(self.sounded.emit, tone)) for tone in of_work]
            code = "room.tests" if devices else "room.devices"
            back = Action(self.look.say(code), partial(self._offer, "tests" if devices else "list"))
            return [*heard, back]
        tests = [
            Action(self.look.say("room.test", {"device": device.title or device.name}), partial(self._try, device.name))
            for device in devices
            if device.up and device.kind != "signal"  # it only shows, and the work decides what
        ]
        return [*tests, tones, Action(self.look.say("room.devices"), partial(self._offer, "list"))]

    def note(self) -> tuple[str, str]:
        """That the next scan is a test, which must be plain to see."""
        testing = next((device for device in self._devices() if device.testing), None)
        if testing is None or not isinstance(self.answer, Devices):
            return "", ""
        said = {"device": testing.title or testing.name, "code": self.answer.code}
        return "hold", self.look.say(f"room.testing.{testing.kind}", said)

    def nothing(self) -> str:
        """No device was ever heard."""
        return super().nothing() if self.answer is None else self.look.say("room.no_devices")

    def _try(self, device: str) -> None:
        """Test it, and show what comes of it."""
        self._tried, self.page = device, 0
        self._offer("list")
        self.asked.emit(TryDevice(device))

    def _offer(self, offers: Literal["list", "tests", "tones"]) -> None:
        self._offers = offers
        self.arrange()
        self.update()

    def _devices(self) -> tuple[DeviceLine, ...]:
        return self.answer.lines if isinstance(self.answer, Devices) else ()

    def _lines(self, device: DeviceLine) -> Iterator[RoomLine]:
        kind = f"device.kind.{device.kind}"
        why = brief(self.look.language, device.why[0]) if device.why else ""
        title = self.look.name(device.title) or device.name
        of_kind = self.look.say(kind) if known(kind) else device.kind
        id_ = "" if title == device.name else device.name  # maintenance finds it in station.toml by this
        below = " · ".join(part for part in ("" if title.startswith(of_kind) else of_kind, id_, why) if part)
        word = self.look.say("room.up" if device.up else "room.down")
        since = self.look.say("room.since", {"since_s": device.since_s})
        yield RoomLine(title, below, word, since, "ok" if device.up else "hold")
        for words in device.tested:
            tone = "ok" if words[0] in RIGHT else "ng"
            yield RoomLine(said(self.look, words), tone=tone, long=True)
        if device.scan:
            yield self._scan(device.scan)
        if device.reading:
            yield RoomLine(self.look.say("room.last_reading"), right=device.reading)

    def _scan(self, scan: LastScan) -> RoomLine:
        """The bytes; of a badge only that it was one."""
        kind = f"kind.{scan.kind}"
        what = self.look.say(kind) if known(kind) else brief(self.look.language, scan.kind)
        ago = self.look.say("room.ago", {"age_s": scan.age_s})
        text = scan.text or self.look.say("room.hidden_badge")
        return RoomLine(
            text, self.look.say("room.last_scan", {"what": what, "size": scan.size}), right_below=ago, mono=True
        )
