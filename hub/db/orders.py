"""Reads of orders: number, line, material, quantity, and the units that were started for each.

A station may name an order that was never given here; it is known by the units started for it alone.
"""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, and_, func, or_, select

from common import events
from common.errors import BadEvent
from common.event_types import Commission, OrderReceived
from common.ids import Claim
from common.ledger import tables as t
from hub.db import tables as h
from hub.db.reads import LAST_LETTER


class OrderRow(Struct, frozen=True):
    """An order and the line whose log has it; "" for the site's. `at`: wall ms."""

    claim: Claim
    line: str
    said: OrderReceived
    at: int


def orders(conn: Connection, scheme: str, limit: int) -> list[OrderRow]:
    """The newest orders, each as it was given first."""
    things = select(t.thing.c.tid).where(t.thing.c.scheme == scheme).order_by(t.thing.c.tid.desc()).limit(limit)
    wanted = conn.execute(things).scalars().all()
    return [row for tid in wanted if (row := order(conn, tid)) is not None]


def order(conn: Connection, tid: int) -> OrderRow | None:
    """The order that this thing is, if it was given here."""
    joined = t.touch.join(t.entry, t.touch.c.eid == t.entry.c.eid).join(t.branch).join(t.log)
    joined = joined.join(t.thing, t.thing.c.tid == t.touch.c.tid)
    columns = (t.entry.c.raw, t.log.c.line, t.thing.c.scheme, t.thing.c.value)
    rows = conn.execute(select(*columns).select_from(joined).where(t.touch.c.tid == tid).order_by(t.entry.c.eid))
    for raw, line, scheme, value in rows:
        event = events.decode(raw)
        if isinstance(said := _body(event), OrderReceived):
            return OrderRow(Claim(scheme, value), line, said, event.at)
    return None


def _body(event: events.Event) -> OrderReceived | Commission | None:
    try:
        said = events.body(event) if events.known(event) else None
    except BadEvent:
        return None
    return said if isinstance(said, OrderReceived | Commission) else None


def named(conn: Connection, text: str, limit: int) -> list[str]:
    """Numbers for which units were started: `text`, as it is or in capitals; else what begins with it."""
    number, spelled = h.standing.c.for_order, {text, text.upper()}
    begins = or_(*(and_(number >= one, number < one + LAST_LETTER) for one in spelled))
    for where in (number.in_(spelled), begins) if text else ():
        found = list(conn.execute(select(number).where(where).distinct().order_by(number).limit(limit)).scalars())
        if found:
            return found
    return []


def namers(conn: Connection, number: str) -> list[str]:
    """Authors whose events started a unit for this order."""
    joined = t.touch.join(t.entry, t.touch.c.eid == t.entry.c.eid).join(t.branch).join(t.log)
    joined = joined.join(h.standing, h.standing.c.tid == t.touch.c.tid)
    query = select(t.entry.c.raw, t.log.c.author).select_from(joined)
    rows = conn.execute(query.where(h.standing.c.for_order == number, t.touch.c.part == 0))
    said = ((author, _body(events.decode(raw))) for raw, author in rows)
    return sorted({author for author, body in said if isinstance(body, Commission) and body.order == number})


def units(conn: Connection, number: str, limit: int) -> list[tuple[Claim, str, str | None]]:
    """(unit, state, material) of the units started for an order, by value."""
    s, c = h.standing.c, t.thing.c
    joined = h.standing.join(t.thing, s.tid == c.tid)
    query = select(c.scheme, c.value, s.state, s.material).select_from(joined).where(s.for_order == number)
    rows = conn.execute(query.order_by(c.value, c.scheme).limit(limit))
    return [(Claim(scheme, value), state, material) for scheme, value, state, material in rows]


def counts(conn: Connection, numbers: list[str]) -> dict[str, dict[str, int]]:
    """order number → state → how many units."""
    s = h.standing.c
    found: dict[str, dict[str, int]] = {}
    for start in range(0, len(numbers), 500):
        query = select(s.for_order, s.state, func.count()).where(s.for_order.in_(numbers[start : start + 500]))
        for number, state, count in conn.execute(query.group_by(s.for_order, s.state)):
            found.setdefault(number, {})[state] = int(count)
    return found
