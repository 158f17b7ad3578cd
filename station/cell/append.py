"""Writes a turn: its facts in order with author and form, the draft, and the bytes of refused machine results.

Callers own the transaction.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from common.definitions import Definitions, Form
from common.definitions import definition_hash as hash_of
from common.event_types import Refused
from common.events import Fact, Stamp
from common.ledger import append
from common.ledger.append import Own, Written
from common.ledger.store import Connection
from station.messages import PlcRead
from station.store import access
from station.work.ask import override, undo
from station.work.drafts import freeze
from station.work.state import Work
from station.work.turn import Turn

Facts = list[tuple[Fact, Stamp]]


class Saved(Struct, frozen=True):
    """The own log and the work after a transaction, and the events that it wrote; valid once it is committed."""

    own: Own
    work: Work
    written: Sequence[Written]


def form_of(work: Work, before: Work, known: Definitions) -> str | None:
    """Return the hash of the form on the screen."""
    hand = work.hand or before.hand
    route = known.route_of(hand.material) if hand else None
    running = route.operation(hand.operation) if route and hand else None
    form = known.get(Form, running.form) if running else None
    return hash_of(form) if form else None


def facts_of(turn: Turn, stamp: Stamp) -> Facts:
    """Stamp the turn's facts, each with its signer or else with the stamp's person; each still needs its own nonce."""
    facts = [(said.fact, said.who or stamp.who) for said in turn.said if said.fact]
    facts += [(fact, stamp.who) for fact in turn.notes]
    return [(fact, replace(stamp, who=who)) for fact, who in facts]


def save(conn: Connection, own: Own, before: Work, facts: Facts, now: Work | Turn) -> Saved:
    """Write facts, and the work as it is now or as a turn left it."""
    own, written = append_facts(conn, own, facts)
    work = now if isinstance(now, Work) else undo.remembered(now, before, [one.id for one in written])
    if work != before:
        access.save_draft(conn, freeze(work))
    return Saved(own, work, written)


def append_facts(conn: Connection, own: Own, facts: Facts) -> tuple[Own, list[Written]]:
    """Write facts as events. An approval is written first, because the start that it allows names it."""
    if not facts:
        return own, []
    rest = next((i for i, (fact, _) in enumerate(facts) if override.rests(fact)), len(facts))
    own, written = append.append(conn, own, facts[:rest])
    if rest < len(facts):
        named = [(one.id, one.fact) for one in written]
        approved = [(override.resting(fact, named), stamp) for fact, stamp in facts[rest:]]
        own, more = append.append(conn, own, approved)
        written += more
    return own, written


def shelve(conn: Connection, wall_ms: int, read: PlcRead, written: Sequence[Written]) -> None:
    """Keep the bytes of a machine's result that was refused."""
    for body in (one.fact.body for one in written):
        if isinstance(body, Refused) and body.code.startswith("plc."):
            access.quarantine(conn, wall_ms, read.device, body.code, read.block)
