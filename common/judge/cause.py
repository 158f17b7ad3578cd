"""Bad news of one thing that holds it, and that reaches whatever it went into until somebody there releases it.

A consequential hold is derived, never written: the same events give the same holds after a rebuild or a restore.
"""

from __future__ import annotations

from msgspec import Struct

from common.ids import Claim, tag_event


class Cause(Struct, frozen=True, order=True):
    """Why something is held. rule: hold, nonconformance, scrap, fail, contested, distrusted, expired; that of a hold by
    the hub.

    `tag`: the row that says so, which a release names. `event`: the event that began it. `thing`: the one it was said
    of; another than the held one when it came from upstream. `text`: the person's reason, a reason's id, or the
    operation.
    """

    rule: str
    tag: str
    event: str
    thing: Claim
    text: str = ""

    @property
    def original(self) -> bool:
        """Whether it says itself what is wrong; a hold that the hub wrote for a cause elsewhere repeats that cause."""
        return tag_event(self.tag) == self.event


class Lifted(Struct, frozen=True):
    """What the releases of one thing name: tags, and the causes that a released hold of the hub repeated."""

    tags: frozenset[str]
    repeated: frozenset[tuple[str, str]] = frozenset()

    def lifts(self, cause: Cause) -> bool:
        """Whether a cause no longer holds the thing: a derived hold and the hub's own word of it are one hold."""
        if cause.tag in self.tags or (cause.rule, cause.event) in self.repeated:
            return True
        return not cause.original and any(tag_event(name) == cause.event for name in self.tags)
