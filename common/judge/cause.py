"""Causes: bad news of one thing that holds it, and holds everything it went into until released there.

A consequential hold is derived, never written: the same events give the same holds after a rebuild or a restore.
"""

from __future__ import annotations

from msgspec import Struct

from common.ids import Claim, tag_event


class Cause(Struct, frozen=True, order=True):
    """The cause of a hold. `rule`: hold, nonconformance, scrap, fail, contested, distrusted, expired; of a hold by the
    hub, the rule of its cause.

    `tag`: the row that states it, named by a release. `event`: the event that started it. `thing`: the thing at fault;
    if the cause came from upstream, not the held thing. `text`: the person's reason, a reason's id, or the operation.
    """

    rule: str
    tag: str
    event: str
    thing: Claim
    text: str = ""

    @property
    def original(self) -> bool:
        """Whether this is the cause itself, not a hold that the hub wrote because of a cause elsewhere."""
        return tag_event(self.tag) == self.event


class Lifted(Struct, frozen=True):
    """The tags that the releases of one thing name, and the causes that a released hold of the hub repeated."""

    tags: frozenset[str]
    repeated: frozenset[tuple[str, str]] = frozenset()

    def lifts(self, cause: Cause) -> bool:
        """Return True if a cause no longer holds the thing: a derived hold and the hub's hold for it are one."""
        if cause.tag in self.tags or (cause.rule, cause.event) in self.repeated:
            return True
        return not cause.original and any(tag_event(name) == cause.event for name in self.tags)
