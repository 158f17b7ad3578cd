"""Content of the first page: units that moved last, open findings and calls, stations that are not up to date."""

from __future__ import annotations

from msgspec import Struct

from common.definitions import Definitions, Material
from common.definitions.naming import Name
from common.ids import Claim
from common.ledger import reads, shift_notes
from common.ledger.store import Connection
from common.shift_notes import list_of
from hub.api.stations import StationRow
from hub.db import access
from hub.db import reads as hub_reads
from hub.db.devices import DeviceRow, devices
from hub.db.reads import Age, AsideRow, RecentRow
from hub.trace.names import Names
from hub.trace.seen import Seen, seen

UNITS = 12
LOOKED_AT = 120


class RecentLine(Struct, frozen=True):
    """A unit of ours that something was said about lately."""

    claim: Claim
    material: Name | None
    state: str
    station: str
    at: int


class Overview(Struct, frozen=True):
    """The first page. `open`: findings that wait for somebody. `fresh`: of how many stations all was seen just now."""

    units: tuple[RecentLine, ...]
    open: int
    fresh: int
    seen: Seen


class NoteRow(Struct, frozen=True):
    """A note for the next shift at a workplace. `at`: the station's clock, ms; `who`: its writer's name."""

    station: str
    text: str
    at: int
    who: str


class StationsPage(Struct, frozen=True):
    """Every station and key that waits, the batches that are kept aside, the stations' devices and the last notes."""

    stations: tuple[StationRow, ...]
    aside: tuple[AsideRow, ...]
    seen: Seen
    devices: tuple[DeviceRow, ...] = ()
    notes: tuple[NoteRow, ...] = ()


def overview(conn: Connection, age: Age, now_ms: int) -> Overview:
    """The first page, as of now."""
    definitions = reads.definitions(conn)
    names = Names(conn, definitions)
    rows = [row for row in hub_reads.recent(conn, LOOKED_AT) if _is_ours(row, definitions)][:UNITS]
    units = tuple(_line(row, names) for row in rows)
    known = seen(conn, age, now_ms)
    fresh = known.stations - len({one.station for one in known.missing})
    return Overview(units, access.count_open(conn), fresh, known)


def stations_page(conn: Connection, site: str, age: Age, now_ms: int) -> StationsPage:
    """Every station, as of now."""
    rows, aside = hub_reads.stations(conn, age), hub_reads.aside(conn)
    notes = _notes(conn, site, {row.station for row in rows}, now_ms)
    return StationsPage(tuple(rows), tuple(aside), seen(conn, age, now_ms), tuple(devices(conn)), notes)


def _notes(conn: Connection, site: str, places: set[str], now_ms: int) -> tuple[NoteRow, ...]:
    """The last notes of these workplaces, by workplace, the newest first."""
    names = Names(conn, reads.definitions(conn))
    return tuple(
        NoteRow(place, note.text, note.at, names.person(note.who))
        for place in sorted(places)
        for note in shift_notes.recent(conn, list_of(Claim(f"place@{site}", place)), now_ms)
    )


def _is_ours(row: RecentRow, definitions: Definitions) -> bool:
    """Made here: bought components come by with every unit and would hide it."""
    known = definitions.get(Material, row.material)
    return known is None or known.origin == "made"


def _line(row: RecentRow, names: Names) -> RecentLine:
    return RecentLine(row.claim, names.thing(row.claim, row.material), row.state, row.said.author, row.said.at)
