"""What comes from the hub into this station's store: batches of other logs, people with their PINs, receipts.

The work cell calls it in its thread. Must not decide about work.
"""

from __future__ import annotations

from msgspec.structs import replace

from common.ledger import accept, logs, reads, trust
from common.ledger.accept import Verdict
from common.ledger.project import project
from common.ledger.store import Connection, Store
from station import messages as m
from station.knowledge import Known
from station.store import access


def take(conn: Connection, raw: bytes, known: Known, wall_ms: int) -> tuple[Known, list[Verdict]]:
    """Accept a pulled batch and its rows; what is known then. BadInput: it is none, and nothing was written."""
    verdicts = [accept.accept(conn, raw, wall_ms)]
    sort_in(conn, verdicts, wall_ms)
    return replace(known, definitions=reads.definitions(conn)), verdicts


def sort_in(conn: Connection, verdicts: list[Verdict], wall_ms: int) -> None:
    """The rows of what was accepted, and what waited on the shelf for the trust it brings."""
    for verdict in verdicts:
        grown = project(conn, verdict.new)
        for name in trust.apply(conn, grown.trust):
            verdicts += accept.retry_aside(conn, name, wall_ms)


def people(store: Store, known: Known, pulled: m.Pulled) -> Known:
    """Who works here now, kept if it changed; and how fresh the other logs are."""
    by_badge = {badge: (id, name) for id, name, badge in pulled.people}
    if by_badge != known.people:
        with store.writing() as conn:
            access.save_people(conn, pulled.people)
    with store.reading() as conn:
        changed = access.pins(conn) != tuple(sorted(pulled.pins))
    if changed:
        with store.writing() as conn:
            access.save_pins(conn, pulled.pins)
    return replace(known, people=by_badge, ages=dict(pulled.ages))


def receipt(store: Store, said: m.Receipted) -> None:
    """Keep the hub's receipt for one of our logs."""
    with store.writing() as conn:
        found = logs.by_id(conn, said.log)
        if found is not None:
            logs.save_receipt(conn, found.lid, said.size, said.note)
