"""Shipments: where containers went, and returns."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from common.definitions.naming import Name
from common.ids import Claim, kind_of
from common.ledger import reads
from common.ledger.store import Connection
from common.rows import Movement
from hub.trace.names import Names


class Shipment(Struct, frozen=True):
    """A thing left for a customer, or came back. kind: ship or return. `at`: the station's wall clock, ms."""

    claim: Claim
    kind: str
    partner: Name | str
    document: str
    at: int
    event: str


def shipments(conn: Connection, things: Mapping[int, Claim], names: Names) -> tuple[Shipment, ...]:
    """Shipments and returns of the containers among these things (dense id → claim), oldest first."""
    found = [
        Shipment(claim, row.kind, names.partner(row.partner), row.document, past.at, past.id)
        for tid, claim in things.items()
        if kind_of(claim) == "container"
        for past in reads.history_of(conn, tid, claim).events
        for row in past.rows
        if isinstance(row, Movement) and row.thing == claim
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.claim, one.event)))
