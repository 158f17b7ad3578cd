"""Last reported state of the stations' devices: connected or not, and why."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, func, select

from common import events
from common.event_types import DeviceChanged
from common.ledger import tables as t

PREFIX = "device@"


class DeviceRow(Struct, frozen=True):
    """A device of a workplace. `at`: since when, the station's clock, ms; `flaps`: how often it flickered before."""

    station: str
    device: str
    kind: str
    state: str
    code: str
    flaps: int
    at: int


def devices(conn: Connection) -> list[DeviceRow]:
    """The last word on every device, by workplace and name."""
    places = conn.execute(select(t.log.c.author).where(t.log.c.role == "station").distinct()).scalars().all()
    found = [row for place in places for row in _of(conn, place)]
    return sorted(found, key=lambda row: (row.station, row.device))


def _of(conn: Connection, place: str) -> list[DeviceRow]:
    # Between "place/" and what comes after every "place/…": by the index on values, for there are millions of things.
    named = (t.thing.c.value > f"{place}/", t.thing.c.value < f"{place}0", t.thing.c.scheme.startswith(PREFIX))
    last = select(func.max(t.tip.c.eid)).join(t.thing, t.thing.c.tid == t.tip.c.tid).where(*named).group_by(t.tip.c.tid)
    raws = conn.execute(select(t.entry.c.raw).where(t.entry.c.eid.in_(last))).scalars()
    return [_row(event, body) for event in map(events.decode, raws) if isinstance(body := _body(event), DeviceChanged)]


def _body(event: events.Event) -> object:
    return events.body(event) if events.known(event) else None


def _row(event: events.Event, said: DeviceChanged) -> DeviceRow:
    return DeviceRow(said.place, said.device, said.kind, said.state, said.code or "", said.flaps, event.at)
