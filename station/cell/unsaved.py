"""Messages that arrive once and could not be stored: kept in memory, one per sender, until they can be."""

from __future__ import annotations

from station.messages import LabelDone, Outdated, PlcRead

CameOnce = PlcRead | LabelDone | Outdated


class Unsaved:
    """The last message of each sender that did not fit on the disk."""

    def __init__(self) -> None:
        self._kept: dict[str, CameOnce] = {}

    def keep(self, message: CameOnce) -> None:
        """Keep a message in place of an older one of the same sender."""
        self._kept[_sender(message)] = message

    def take(self, message: CameOnce) -> bool:
        """Drop the message kept for this sender and return True if there was one."""
        return self._kept.pop(_sender(message), None) is not None

    def all(self) -> tuple[CameOnce, ...]:
        """Return all messages kept."""
        return tuple(self._kept.values())


def _sender(message: CameOnce) -> str:
    return "hub" if isinstance(message, Outdated) else message.device
