"""Addresses of the hub, in the order to try: the one that answered last, then configured ones, then hints.

Pure except for the file that remembers. A hint comes from the local network and proves nothing: a hub there must show
the pinned key like any other, and only an address that did is remembered. No hint can keep the configured addresses
from being tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import structlog

MOST_HINTS = 8
REMEMBERED = "hub-address.txt"
log = structlog.get_logger(__name__)


class Addresses:
    """The addresses of one hub. `known`: at least one, in order of preference; `last`: the last that answered, or
    ""."""

    def __init__(self, known: Sequence[str], last: str = "") -> None:
        self._known = tuple(known)
        self._last = last
        self._hints: tuple[str, ...] = ()
        self._round = self._order()
        self.current = self._round.pop(0)

    @property
    def is_hint(self) -> bool:
        """Whether the current address is only a hint."""
        return self.current != self._last and self.current not in self._known

    def hear(self, hints: Sequence[str]) -> None:
        """Take the addresses announced on the local network, from any thread. They count from the next round on."""
        self._hints = tuple(hints)[:MOST_HINTS]

    def failed(self) -> str:
        """Move on from an address that did not answer, or with another key, and return the next one."""
        # Each round is fixed at its start, or changing hints could put off the known addresses forever.
        self._round = self._round or self._order()
        self.current = self._round.pop(0)
        return self.current

    def answered(self) -> bool:
        """Note that the pinned hub answered here; return True if the address is new and worth saving."""
        news, self._last = self.current != self._last, self.current
        return news

    def _order(self) -> list[str]:
        found = (self._last, *self._known, *self._hints)
        return [one for one in dict.fromkeys(found) if one]


def last_address(data: Path) -> str:
    """Read the address at which the hub answered last, or ""."""
    try:
        return (data / REMEMBERED).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def remember(data: Path, address: str) -> None:
    """Save an address for the next start; without it (full disk) that start tries the configured addresses first."""
    try:
        (data / REMEMBERED).write_text(address + "\n", encoding="ascii")
    except OSError as error:
        log.warning("address_not_remembered", reason=str(error))
