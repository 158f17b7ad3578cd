"""Device health: the connected devices, and the connects and disconnects that lasted long enough for an event.

Pure: the clock is passed in. A flickering cable makes one event once it is steady, with the number of flickers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from common.event_types import DeviceChanged
from common.events import Fact
from common.ids import Claim
from station import messages as m

STEADY_MS = 5_000


class LastReport(Struct, frozen=True):
    """A device's last report, its time, and the number of states since the last event that did not last."""

    said: m.DeviceReport
    since_ms: int
    flaps: int


class Health:
    """The devices of one workplace, of one site."""

    def __init__(self, site: str, place: str) -> None:
        self._site = site
        self._place = place
        self._heard: dict[str, LastReport] = {}

    def heard(self, said: m.DeviceReport, now_ms: int) -> None:
        """Take a device's report that it connected or disconnected."""
        before = self._heard.get(said.device)
        flaps = before.flaps + (now_ms - before.since_ms < STEADY_MS) if before else 0
        self._heard[said.device] = LastReport(said, now_ms, flaps)

    def down(self) -> tuple[str, ...]:
        """Return the disconnected devices."""
        return tuple(sorted(name for name, heard in self._heard.items() if not heard.said.up))

    def all(self) -> tuple[tuple[m.DeviceReport, int], ...]:
        """Return every device by name: its last report, and its time in ms."""
        return tuple((heard.said, heard.since_ms) for _, heard in sorted(self._heard.items()))

    def devices(self) -> tuple[tuple[str, str, bool], ...]:
        """Return (name, kind, up) of every known device."""
        return tuple(sorted((name, heard.said.kind, heard.said.up) for name, heard in self._heard.items()))

    def due(self, written: Mapping[str, str], now_ms: int) -> Iterator[tuple[str, Fact]]:
        """Yield the devices whose state lasted and differs from the `written` one: an error code, or "" if it was
        up."""
        for name, heard in self._heard.items():
            if now_ms - heard.since_ms >= STEADY_MS and written.get(name) != heard.said.code:
                yield name, self._fact(heard)

    def wrote(self, device: str) -> None:
        """Reset the flickers of a device whose event is on disk."""
        self._heard[device] = replace(self._heard[device], flaps=0)

    def _fact(self, heard: LastReport) -> Fact:
        said = heard.said
        code, flaps = said.code or None, heard.flaps
        body = DeviceChanged(self._place, said.device, said.kind, "up" if said.up else "down", code, flaps)
        return Fact(body, (Claim(f"device@{self._site}", f"{self._place}/{said.device}"),))
