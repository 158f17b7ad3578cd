"""At which address to try the hub next: the one that answered last, then those that people wrote down, then hints.

Pure but for the file that remembers. A hint comes from the local network and proves nothing: who answers there must
show the pinned key like anybody, and only an address that did is remembered. Nothing heard can keep the written ones
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
    """Of one hub. `known`: at least one, in order of preference; `last`: the one that answered last, or ""."""

    def __init__(self, known: Sequence[str], last: str = "") -> None:
        self._known = tuple(known)
        self._last = last
        self._hints: tuple[str, ...] = ()
        self._round = self._order()
        self.current = self._round.pop(0)

    @property
    def is_hint(self) -> bool:
        """Whether the current one was only heard of."""
        return self.current != self._last and self.current not in self._known

    def hear(self, hints: Sequence[str]) -> None:
        """What the local network says now; from any thread. It counts from the next round on."""
        self._hints = tuple(hints)[:MOST_HINTS]

    def failed(self) -> str:
        """The current one did not answer, or with another key: the next one to try."""
        # Each round is fixed when it begins, or hints that keep changing could put off the known ones for ever.
        self._round = self._round or self._order()
        self.current = self._round.pop(0)
        return self.current

    def answered(self) -> bool:
        """The pinned hub answered at the current one; whether that is news, and worth remembering."""
        news, self._last = self.current != self._last, self.current
        return news

    def _order(self) -> list[str]:
        found = (self._last, *self._known, *self._hints)
        return [one for one in dict.fromkeys(found) if one]


def last_address(data: Path) -> str:
    """The address at which the hub answered last, or ""."""
    try:
        return (data / REMEMBERED).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def remember(data: Path, address: str) -> None:
    """Keep it for the next start; on a full disk that start begins with the addresses that people wrote."""
    try:
        (data / REMEMBERED).write_text(address + "\n", encoding="ascii")
    except OSError as error:
        log.warning("address_not_remembered", reason=str(error))
