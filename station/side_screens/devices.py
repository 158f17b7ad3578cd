"""Devices for maintenance: their state and its age, their last message, and the result of a test.

In memory only, since it is about cables at this moment. No badge is kept.
"""

from __future__ import annotations

from msgspec import Struct

from common.barcode_router import Ambiguous, Code, readings
from common.errors import BadBarcode
from station import messages as m
from station.cell.device_health import Health
from station.devices.check_code import CHECK, flaws
from station.shown.side_screens import CodeWords, DeviceLine, Devices, LastScan, visible

TEST_MS = 60_000  # a test ends after this time even without a scan, so that no later scan is lost to it


class _KeptScan(Struct, frozen=True):
    kind: str
    text: str
    size: int
    at_ms: int


class DeviceTests:
    """The devices of one station."""

    def __init__(self) -> None:
        self._scans: dict[str, _KeptScan] = {}
        self._readings: dict[str, str] = {}
        self._testing: dict[str, int] = {}
        self._tested: dict[str, tuple[CodeWords, ...]] = {}

    def begin(self, device: str, now_ms: int) -> None:
        """Treat this device's next message as a test."""
        self._testing = {device: now_ms + TEST_MS}
        self._tested.pop(device, None)

    def end(self) -> None:
        """End every test: everything is work again."""
        self._testing = {}

    def takes(self, said: m.Scanned, code: Code | Ambiguous | BadBarcode) -> bool:
        """Note a scan and return True if it was the test of its scanner."""
        if said.device in m.SCREEN:
            return False
        self._scans[said.device] = _kept(said, code)
        if self._testing.get(said.device, -1) < said.mono_ms:
            return False
        del self._testing[said.device]
        wrong = (said.fault,) if said.fault else flaws(said.raw)
        right: tuple[CodeWords, ...] = (("check.right", {"name": said.device}),)
        self._tested[said.device] = tuple((each, {}) for each in wrong) or right
        return True

    def reads(self, said: m.GaugeRead, now_ms: int) -> bool:
        """Note a reading and return True if it was the test of its gauge."""
        text = f"{said.value} {said.uom}".strip()
        self._readings[said.device] = text
        taken = self.awaits(said.device, now_ms)
        if taken:
            self.told(said.device, ("look.tested_gauge", {"value": text}))
        return taken

    def told(self, device: str, words: CodeWords) -> None:
        """Save the result of a test."""
        self._testing.pop(device, None)
        self._tested[device] = (words,)

    def awaits(self, device: str, now_ms: int) -> bool:
        """Return True if a test of this device waits for its answer."""
        return self._testing.get(device, -1) >= now_ms

    def answer(self, health: Health, now_ms: int) -> Devices:
        """Return every known device."""
        return Devices(tuple(self._line(said, since, now_ms) for said, since in health.all()), visible(CHECK))

    def _line(self, said: m.DeviceReport, since_ms: int, now_ms: int) -> DeviceLine:
        came = self._scans.get(said.device)
        scan = LastScan(came.kind, came.text, came.size, (now_ms - came.at_ms) // 1000) if came else None
        return DeviceLine(
            name=said.device,
            kind=said.kind,
            up=said.up,
            why=(said.code, {"device": said.device}) if said.code else None,
            since_s=(now_ms - since_ms) // 1000,
            scan=scan,
            reading=self._readings.get(said.device, ""),
            tested=self._tested.get(said.device, ()),
            testing=self.awaits(said.device, now_ms),
        )


def _kept(said: m.Scanned, code: Code | Ambiguous | BadBarcode) -> _KeptScan:
    """Keep what is allowed of a scan: of a possible badge only its length."""
    if isinstance(code, BadBarcode):
        return _KeptScan(code.code, visible(said.raw), len(said.raw), said.mono_ms)
    kinds = [one.kind for one in readings(code)]
    text = "" if "badge" in kinds else visible(said.raw)
    return _KeptScan("badge" if "badge" in kinds else f"{kinds[0]}", text, len(said.raw), said.mono_ms)
