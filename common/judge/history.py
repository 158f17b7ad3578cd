"""All that is known of one thing: the events that touch it, with their rows and where they stand in their logs."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from common.ids import Claim
from common.rows import Row


class Past(Struct, frozen=True):
    """One event on a thing. `refs`: ids of the other logs' events it relied on. `disputed`: in a fork not yet settled.

    `blind`: it cannot be read here, its type being unknown and its author having asked to hold the thing then, or its
    body making no sense.
    """

    id: str
    t: str
    log: str
    branch: int
    index: int
    at: int
    who: str | None
    cfg: str | None
    refs: tuple[str, ...]
    rows: tuple[Row, ...]
    disputed: bool = False
    blind: bool = False


class History(Struct, frozen=True):
    """The events on a thing. `branches`: branch → (its parent branch, the index where it left it).

    `follows`: log → (the log it continues, how much of that it had).
    """

    thing: Claim
    events: tuple[Past, ...]
    branches: Mapping[int, tuple[int | None, int]] = {}
    follows: Mapping[str, tuple[str, int]] = {}

    def in_order(self) -> History:
        """The same, each event once and in an order that does not depend on how they came."""
        once = {past.id: past for past in self.events}
        return replace(self, events=tuple(sorted(once.values(), key=lambda past: (past.log, past.index, past.id))))
