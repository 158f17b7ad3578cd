"""What must be so, worked out from the bare events of one database by brute force, without any code of the judge."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import Connection, select

from common import event_types as b
from common import events
from common.ids import Claim, event_id, tag, unb64
from common.ledger import tables as t


class Known(Struct, frozen=True):
    """An event that a node knows: its place, and the ids of what it relied on."""

    id: str
    log: str
    bid: int
    index: int
    relied: frozenset[str]
    body: b.Body


def known_of(conn: Connection, thing: Claim, below_eid: int) -> list[Known]:
    """All events on a thing that came here before entry `below_eid`."""
    columns = (t.entry.c.raw, t.entry.c.leaf, t.entry.c.idx, t.entry.c.bid, t.log.c.log)
    joined = t.entry.join(t.branch).join(t.log)
    rows = conn.execute(select(*columns).select_from(joined).where(t.entry.c.eid < below_eid)).all()
    found = []
    for raw, leaf, index, bid, log in rows:
        event = events.decode(raw)
        if thing in event.on and events.known(event):
            relied = frozenset(f"{ref[0]}.{ref[2]}" for ref in event.rf if not isinstance(ref, int))
            found.append(Known(event_id(log, leaf), log, bid, index, relied, events.body(event)))
    return found


def forked(conn: Connection) -> dict[str, int]:
    """Log → from where on its branches differ, of every log that has more than one."""
    joined = t.branch.join(t.log)
    rows = conn.execute(
        select(t.log.c.log, t.branch.c.fork_at).select_from(joined).where(t.branch.c.parent.is_not(None))
    )
    found: dict[str, int] = {}
    for log, at in rows:
        found[log] = min(at, found.get(log, at))
    return found


def why_not(known: list[Known], before: Iterable[str], disputed: dict[str, int]) -> list[str]:
    """Why work may not begin on a thing of which this is known; `before`: the operations that come first."""
    lifted = {one for event in known if isinstance(event.body, b.Release | b.Unscrap) for one in event.body.tags}
    bad = [
        f"{type(event.body).__name__} {event.id}"
        for event in known
        if isinstance(event.body, b.Hold | b.Scrap) and tag(event.id, 0) not in lifted
    ]
    for operation in before:
        done = [e for e in known if isinstance(e.body, b.OperationCompleted) and e.body.operation == operation]
        passes = [e for e in done if e.body.outcome == "pass" and e.index < disputed.get(e.log, e.index + 1)]
        fails = [e for e in done if e.body.outcome == "fail"]
        bad += [f"{operation} failed: {f.id}" for f in fails if not any(_after(p, f, known) for p in passes)]
    return bad


def _after(later: Known, earlier: Known, known: list[Known]) -> bool:
    """Whether `later` relied on `earlier`, over any number of steps. An incarnation relies on what it follows."""
    by_id = {event.id: event for event in known}
    todo, seen = [later], {later.id}
    while todo:
        event = todo.pop()
        if event.id == earlier.id:
            return True
        causes = [by_id[id] for id in event.relied if id in by_id]
        causes += [e for e in known if e.bid == event.bid and e.index < event.index]
        for cause in causes:
            if cause.id not in seen:
                seen.add(cause.id)
                todo.append(cause)
    return False


def entries(conn: Connection) -> set[str]:
    """The ids of all entries of all logs and branches."""
    joined = t.entry.join(t.branch).join(t.log)
    rows = conn.execute(select(t.log.c.log, t.entry.c.leaf).select_from(joined))
    return {event_id(log, leaf) for log, leaf in rows}


def leaf_of(id: str) -> bytes:
    return unb64(id.partition(".")[2])
