"""Leases blocks of serial numbers to stations, and the next one when half of a block is left; no number to two logs.

Only the running hub does this, behind its projector; a rebuild or a restore reads the leases in the logs.
"""

from __future__ import annotations

from collections.abc import Iterator

import structlog

from common import barcode_router
from common.barcode_router import Code
from common.definitions import CodeRule, Definitions, Issue, Material
from common.errors import BadBarcode, BadInput
from common.event_types import SerialBlockLeased
from common.events import Fact
from common.ids import Claim
from common.ledger import leases, logs
from common.ledger.logs import Log
from common.ledger.store import Connection
from common.serials import Block
from hub.writer.projected import ProjectedSlice, Publish

log = structlog.get_logger(__name__)


def renew(done: ProjectedSlice) -> bool:
    """Lease a block to every station that starts things of an issued material and has less than half a block left."""
    if done.is_settled:
        _renew(done.conn, done.in_force(), done.site, done.publish)
    return False


def _renew(conn: Connection, known: Definitions, site: str, publish: Publish) -> None:
    for material, issue in issued(known):
        stations = [one for place in _begun_at(known, material) for one in _writing(conn, place)]
        for station in stations:
            if numbers_left(conn, known, site, station.log, material) * 2 < issue.block:
                _lease(conn, material, issue, station, issue.block, publish)


def lease(
    conn: Connection, known: Definitions, material: str, station: str, count: int | None, publish: Publish
) -> Block:
    """Lease `count` numbers, else the block size of the material, to the log that is written for a workplace now.

    BadInput lease.material, station.unknown, lease.exhausted.
    """
    found = next(((m, issue) for m, issue in issued(known) if m.id == material), None)
    if found is None:
        raise BadInput("lease.material", material=material)
    writing = _writing(conn, station)
    if not writing:
        raise BadInput("station.unknown", station=station)
    made, issue = found
    block = _lease(conn, made, issue, writing[-1], count or issue.block, publish)
    if block is None:
        raise BadInput("lease.exhausted", material=made.name, prefix=issue.prefix)
    return block


def numbers_left(conn: Connection, known: Definitions, site: str, station_log: str, material: Material) -> int:
    """Count the leased numbers that a log has left, by the serials that the hub has received."""
    found = 0
    for block in reversed([b for b in leases.of_log(conn, station_log) if b.material == material.id]):
        last = used(conn, known, site, block)
        found += block.last - (block.first - 1 if last is None else last)
        if last is not None:
            break  # numbers are given in order, so the blocks before this one are used up
    return found


def used(conn: Connection, known: Definitions, site: str, block: Block) -> int | None:
    """The highest number of a block that was given to a thing; None: none, or no rule reads its serials any more."""
    ends = [_claim(known, site, block.text(number)) for number in (block.first, block.last)]
    first, last = ends
    if first is None or last is None or first.scheme != last.scheme:
        return None
    value = leases.highest(conn, first, last)
    return int(value[-block.digits :]) if value is not None else None


def issued(known: Definitions) -> Iterator[tuple[Material, Issue]]:
    """The materials whose serials are given here, and how."""
    for material in known.all(Material):
        if isinstance(material.issues, Issue):
            yield material, material.issues


def _begun_at(known: Definitions, material: Material) -> list[str]:
    """The workplaces at which a thing of this material may begin."""
    route = known.route_of(material.id)
    first = [o for o in route.operations if not o.after and not o.reworks] if route else []
    return sorted({place for operation in first for place in operation.at})


def _writing(conn: Connection, place: str) -> list[Log]:
    """The trusted logs that stations write for a workplace now: none that another follows."""
    known = logs.all_logs(conn)
    followed = {one.follows for one in known}
    ours = (one for one in known if one.role == "station" and one.author == place)
    return [one for one in ours if one.trusted_to is None and one.log not in followed]


def _lease(
    conn: Connection, material: Material, issue: Issue, station: Log, count: int, publish: Publish
) -> Block | None:
    """The next numbers of the series, as many as there are; None if there are none."""
    before = leases.last_of(conn, issue.prefix, issue.digits)
    first = max(issue.first, 0 if before is None else before + 1)
    last = min(first + count, 10**issue.digits) - 1
    if last < first:
        return None
    said = SerialBlockLeased(station.log, material.id, issue.prefix, issue.digits, first, last)
    (id,) = publish(conn, [Fact(said)], station.line)
    log.info("serials_leased", material=material.id, station=station.author, first=first, last=last)
    return Block(id, station.log, material.id, issue.prefix, issue.digits, first, last)


def _claim(known: Definitions, site: str, serial: str) -> Claim | None:
    try:
        code = barcode_router.route(serial.encode(), known.all(CodeRule), site, known.all(Material))
    except BadBarcode:
        return None
    return code.claim if isinstance(code, Code) else None
