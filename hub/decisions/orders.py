"""Orders and serial numbers that people give to lines and stations."""

from __future__ import annotations

from collections.abc import Sequence

from common import barcode_router
from common.definitions import CodeRule, Definitions, Material
from common.errors import BadInput
from common.event_types import OrderReceived
from common.events import Fact
from common.ids import Claim
from common.ledger import reads
from common.ledger.store import Connection
from common.serials import Block
from hub.access.accounts import Caller
from hub.db import lookup
from hub.db import reads as hub_reads
from hub.writer import serial_leases
from hub.writer.ingest import Ingest


def order(conn: Connection, ingest: Ingest, caller: Caller, number: str, line: str, said: OrderReceived) -> Claim:
    """Give a line an order. BadInput orders.exists, orders.due, orders.material, orders.number,
    orders.quantity, line.unknown."""
    known = reads.definitions(conn)
    lookup.need_line(conn, line)
    material = known.get(Material, said.material)
    if material is None or material.origin != "made":
        raise BadInput("orders.material", material=said.material)
    if said.quantity.startswith("-") or not said.quantity.strip("0."):
        raise BadInput("orders.quantity", quantity=said.quantity)
    if said.due and said.due < (today := ingest.today()):
        raise BadInput("orders.due", due=said.due, today=today)
    _need_scannable(known, number)
    claim = Claim(f"order@{ingest.site_id}", number)
    if hub_reads.is_known(conn, claim):
        raise BadInput("orders.exists", number=number)
    ingest.publish(conn, [Fact(said, (claim,))], line, caller.person)
    return claim


def _need_scannable(known: Definitions, number: str) -> None:
    """Refuse an order number that no code rule reads: it could never be scanned. BadInput orders.number."""
    rules = [rule for rule in known.all(CodeRule) if rule.type == "order"]
    if rules and not any(barcode_router.gives(rule, number) for rule in rules):
        raise BadInput("orders.number", number=number, example=rules[0].example)


def lease(conn: Connection, ingest: Ingest, caller: Caller, material: str, station: str, count: int | None) -> Block:
    """Lease serial numbers to a station. BadInput lease.material, station.unknown, lease.exhausted."""

    def publish(conn: Connection, facts: Sequence[Fact], line: str) -> Sequence[str]:
        return ingest.publish(conn, facts, line, caller.person)

    return serial_leases.lease(conn, reads.definitions(conn), material, station, count, publish)
