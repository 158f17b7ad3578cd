"""Which devices are there, and which of their comings and goings are worth an event: those that lasted.

Pure: the clock is passed in. A cable that flickers is one event when it is steady again, with how often it flickered.
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


class Heard(Struct, frozen=True):
    """What a device's worker said last, when, and how many states before it did not last, since the last event."""

    said: m.DeviceReport
    since_ms: int
    flaps: int


class Health:
    """The devices of one workplace, of one site."""

    def __init__(self, site: str, place: str) -> None:
        self._site = site
        self._place = place
        self._heard: dict[str, Heard] = {}

    def heard(self, said: m.DeviceReport, now_ms: int) -> None:
        """A device came or went."""
        before = self._heard.get(said.device)
        flaps = before.flaps + (now_ms - before.since_ms < STEADY_MS) if before else 0
        self._heard[said.device] = Heard(said, now_ms, flaps)

    def down(self) -> tuple[str, ...]:
        """The devices that are away just now."""
        return tuple(sorted(name for name, heard in self._heard.items() if not heard.said.up))

    def all(self) -> tuple[tuple[m.DeviceReport, int], ...]:
        """Every device by name: what was said of it last, and when in ms."""
        return tuple((heard.said, heard.since_ms) for _, heard in sorted(self._heard.items()))

    def devices(self) -> tuple[tuple[str, str, bool], ...]:
        """(name, kind, whether it is there) of every device that was heard of."""
        return tuple(sorted((name, heard.said.kind, heard.said.up) for name, heard in self._heard.items()))

    def due(self, written: Mapping[str, str], now_ms: int) -> Iterator[tuple[str, Fact]]:
        """The devices whose state lasted and is another than the `written` one: a device's code, or "" if it was up."""
        for name, heard in self._heard.items():
            if now_ms - heard.since_ms >= STEADY_MS and written.get(name) != heard.said.code:
                yield name, self._fact(heard)

    def wrote(self, device: str) -> None:
        """Its event is on disk."""
        self._heard[device] = replace(self._heard[device], flaps=0)

    def _fact(self, heard: Heard) -> Fact:
        said = heard.said
        code, flaps = said.code or None, heard.flaps
        body = DeviceChanged(self._place, said.device, said.kind, "up" if said.up else "down", code, flaps)
        return Fact(body, (Claim(f"device@{self._site}", f"{self._place}/{said.device}"),))
