"""Messages that came once and could not be stored: kept in memory, one per sender, until they can be."""

from __future__ import annotations

from station.messages import LabelDone, Outdated, PlcRead

CameOnce = PlcRead | LabelDone | Outdated


class Unsaved:
    """The last message of each sender that found no room on the disk."""

    def __init__(self) -> None:
        self._kept: dict[str, CameOnce] = {}

    def keep(self, message: CameOnce) -> None:
        """Keep it; an older one of the same sender is out of date."""
        self._kept[_sender(message)] = message

    def take(self, message: CameOnce) -> bool:
        """Forget what this sender had kept here. Return whether there was anything."""
        return self._kept.pop(_sender(message), None) is not None

    def all(self) -> tuple[CameOnce, ...]:
        """Everything that is kept."""
        return tuple(self._kept.values())


def _sender(message: CameOnce) -> str:
    return "hub" if isinstance(message, Outdated) else message.device
