"""The signal light of a workplace: announcements → what is lit, and when the horn sounds. Pure.

Red: work is stopped, or the last result was a no. Yellow: somebody is called, or a device is down. Green: a unit is
worked on and nothing is wrong. With nobody at work everything is dark.
"""

from __future__ import annotations

from msgspec.structs import replace

from station import messages as m
from station.shown.work_screen import Scene

DEAF = "info"  # a tone of sentences beside the work, which end no result


class SignalLight:
    """The light of one device, which hears all that the work cell announces."""

    def __init__(self, device: str) -> None:
        self._told = m.SignalSet(device)
        self._scene = Scene("")
        self._refused = self._device_down = False

    def heard(self, said: m.Announcement) -> m.SignalSet | None:
        """The new state of the light; None while it stays as it is."""
        horns = self._told.horns
        match said:
            case Scene():
                self._scene = said
            case m.Status():
                self._device_down = bool(said.down)
            case m.Shown() if said.tone != DEAF:
                self._refused = said.tone == "ng"
                horns += self._refused
            case _:
                return None
        lit = replace(self._lit(), device=self._told.device, horns=horns)
        if lit == self._told:
            return None
        self._told = lit
        return lit

    def _lit(self) -> m.SignalSet:
        scene = self._scene
        red = scene.stop is not None or self._refused
        yellow = not red and (bool(scene.calls) or self._device_down)
        green = not red and not yellow and bool(scene.person) and scene.thing is not None
        return m.SignalSet("", green=green, yellow=yellow, red=red)
