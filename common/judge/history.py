"""History of one thing: the events that touch it, with their rows and their positions in their logs."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from common.events import Event, known
from common.ids import Claim
from common.rows import Row, carried


class Past(Struct, frozen=True):
    """One event on a thing. `refs`: ids of the other logs' events it relied on. `disputed`: in a fork not yet settled.

    `distrusted`: at or after the index from which its log was revoked. `blind`: unreadable here, because its type is
    unknown and its author asked to hold the thing then, or because its body is invalid. `v`, `on`: its version and all
    things it names. `carrier`: the event that readopted it, if it is known only so. `via`: see Event.
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
    distrusted: bool = False
    v: int = 1
    on: tuple[Claim, ...] = ()
    carrier: str | None = None
    via: str | None = None

    @property
    def doubtful(self) -> bool:
        """Whether only its bad news counts, until somebody decides."""
        return self.disputed or self.distrusted


class Consumption(Struct, frozen=True):
    """Use of a lot by events that the history leaves out: `times` times this amount."""

    quantity: str
    uom: str
    times: int


class History(Struct, frozen=True):
    """The events on a thing. `branches`: branch → (its parent branch, the index where it left it).

    `follows`: log → (the log it continues, the size of it that it had). `consumed`: uses of a lot by events left out;
    None if they were not counted.
    """

    thing: Claim
    events: tuple[Past, ...]
    branches: Mapping[int, tuple[int | None, int]] = {}
    follows: Mapping[str, tuple[str, int]] = {}
    consumed: tuple[Consumption, ...] | None = None

    def in_order(self) -> History:
        """Return the same history, each event once, in an order that does not depend on arrival.

        An event of a fork that an undisputed log readopted is no longer disputed; its original position still orders
        it.
        """
        once: dict[str, Past] = {}
        for past in sorted(self.events, key=lambda past: (past.carrier or "", past.log, past.index, past.id)):
            known = once.setdefault(past.id, past)
            if known.disputed and past.carrier and not past.doubtful:
                once[past.id] = replace(known, disputed=False)
        return replace(self, events=tuple(sorted(once.values(), key=lambda past: (past.log, past.index, past.id))))

    def as_of(self, heads: Mapping[str, int]) -> History:
        """Return the history at given log sizes: a position, not a time."""
        own = {past.id for past in self.events if not past.carrier and past.index < heads.get(past.log, 0)}
        known = tuple(past for past in self.events if (past.carrier or past.id) in own)
        return replace(self, events=known, consumed=None)


def readopted(by: Past, event: Event, cuts: Mapping[str, int]) -> tuple[Past, Past]:
    """Split an event that was read as `by` into (the readopt, the event it carries). `cuts`: where logs were revoked.

    The carried event keeps its position in its own log, on a branch of its own, and precedes its carrier; so it does
    not follow what the carrier's author had done before.
    """
    id, index, inner = carried(event)
    log = id.partition(".")[0]
    cut = cuts.get(log)
    refs = tuple(f"{ref[0]}.{ref[2]}" for ref in inner.rf if not isinstance(ref, int))
    told = Past(
        id=id,
        t=inner.t,
        log=log,
        branch=-1 - by.branch,
        index=index,
        at=inner.at,
        who=inner.who,
        cfg=inner.cfg,
        via=inner.via,
        refs=refs,
        rows=by.rows,
        disputed=by.disputed,
        blind=inner.crit and not known(inner),
        distrusted=by.distrusted or (cut is not None and index >= cut),
        v=inner.v,
        on=inner.on,
        carrier=by.id,
    )
    return replace(by, rows=(), refs=(*by.refs, id)), told
