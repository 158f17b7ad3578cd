"""A slice of projected entries, and the protocol of the followers that work on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Protocol

from msgspec import Struct

from common.definitions import Definitions
from common.events import Fact
from common.ledger.store import Connection, Store
from hub.db import access

Publish = Callable[[Connection, Sequence[Fact], str], Sequence[str]]


class ProjectedSlice(Struct, dict=True):
    """Entries that were just projected, in the transaction that projected them.

    `touched`: dense ids of the things that they speak of. `publish`: writes facts into a line's log. `in_force`: the
    definitions, also after a publication.
    """

    conn: Connection
    store: Store
    site: str
    touched: set[int]
    now_ms: int
    in_force: Callable[[], Definitions]
    publish: Publish

    @cached_property
    def is_settled(self) -> bool:
        """Whether nothing waits to be judged; read once a slice, after judging."""
        return not access.is_any_stale(self.conn)


class Follower(Protocol):
    """Does its part of a slice; True while it has more to do, so that the writer comes back without waiting."""

    def __call__(self, done: ProjectedSlice) -> bool: ...
