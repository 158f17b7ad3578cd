"""Orders as people read them: material, quantity, and how many units were started and passed."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from common.definitions.naming import Name
from common.ids import Claim
from common.ledger import reads
from common.ledger.store import Connection
from hub.db import orders as kept
from hub.db.reads import Age
from hub.trace.names import Names
from hub.trace.seen import Seen, seen

MOST = 500


class OrderLine(Struct, frozen=True):
    """An order. `begun`: units commissioned for it, also scrapped ones; `passed`: of those."""

    claim: Claim
    line: str
    material_id: str
    material: Name | None
    quantity: str
    uom: str
    due: str | None
    at: int
    begun: int
    passed: int


class OrdersPage(Struct, frozen=True):
    """The MOST newest orders."""

    orders: tuple[OrderLine, ...]
    seen: Seen


class UnitLine(Struct, frozen=True):
    """A unit commissioned for an order."""

    claim: Claim
    material: Name | None
    state: str


def orders_page(conn: Connection, site: str, age: Age, now_ms: int) -> OrdersPage:
    """The orders, as of now."""
    names = Names(conn, reads.definitions(conn))
    rows = kept.orders(conn, f"order@{site}", MOST)
    counts = kept.counts(conn, [row.claim.value for row in rows])
    return OrdersPage(
        tuple(_line(row, names, counts.get(row.claim.value, {})) for row in rows), seen(conn, age, now_ms)
    )


def order_line(conn: Connection, tid: int, names: Names) -> OrderLine | None:
    """The order that this thing is."""
    row = kept.order(conn, tid)
    return _line(row, names, kept.counts(conn, [row.claim.value]).get(row.claim.value, {})) if row else None


def _line(row: kept.OrderRow, names: Names, states: Mapping[str, int]) -> OrderLine:
    return OrderLine(
        claim=row.claim,
        line=row.line,
        material_id=row.said.material,
        material=names.material(row.said.material),
        quantity=row.said.quantity,
        uom=row.said.uom,
        due=row.said.due,
        at=row.at,
        begun=sum(states.values()),
        passed=states.get("passed", 0),
    )


def stations_of(conn: Connection, order: Claim) -> tuple[str, ...]:
    """Stations that started a unit for an order."""
    return tuple(kept.namers(conn, order.value))


def units_of(conn: Connection, order: Claim, names: Names) -> tuple[UnitLine, ...]:
    """Units commissioned for an order."""
    found = kept.units(conn, order.value, MOST)
    return tuple(UnitLine(claim, names.thing(claim, material), state) for claim, state, material in found)
