"""What a turn says, into the own log. The caller owns the transaction."""

from __future__ import annotations

from collections.abc import Sequence

from common.bodies import Refused
from common.events import Fact, Stamp
from common.ledger.append import Own, Written, append
from common.ledger.store import Connection
from station import overriding
from station.messages import PlcRead
from station.store import access


def write(conn: Connection, own: Own, facts: list[tuple[Fact, Stamp]]) -> tuple[Own, list[Written]]:
    """Append facts in order. An approval is written first, because what it lets begin names it."""
    if not facts:
        return own, []
    rest = next((i for i, (fact, _) in enumerate(facts) if overriding.rests(fact)), len(facts))
    own, written = append(conn, own, facts[:rest])
    if rest < len(facts):
        named = [(one.id, one.fact) for one in written]
        approved = [(overriding.resting(fact, named), stamp) for fact, stamp in facts[rest:]]
        own, more = append(conn, own, approved)
        written += more
    return own, written


def shelve(conn: Connection, now_ms: int, read: PlcRead, written: Sequence[Written]) -> None:
    """What a machine said and was refused is kept with its bytes."""
    for body in (one.fact.body for one in written):
        if isinstance(body, Refused) and body.code.startswith("plc."):
            access.quarantine(conn, now_ms, read.device, body.code, read.block)
