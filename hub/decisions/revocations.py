"""Stations whose keys people revoke."""

from __future__ import annotations

import structlog

from common.errors import BadInput
from common.event_types import StationRevoked
from common.events import Fact
from common.ledger import logs
from common.ledger.store import Connection
from hub.access.accounts import Caller
from hub.writer.ingest import Ingest

log = structlog.get_logger(__name__)


def revoke(
    conn: Connection, ingest: Ingest, caller: Caller, station: str, at: int | None, reason: str
) -> list[tuple[str, int]]:
    """Trust a station's keys no longer: what the hub has of each log counts, or of the newest what is below `at`.

    (log, index) of each. BadInput station.unknown.
    """
    known = [one for one in logs.all_logs(conn) if one.role == "station" and one.author == station]
    trusted = [one for one in known if one.trusted_to is None]
    if not trusted or station == "hub":
        raise BadInput("station.unknown", station=station)
    followed = {one.follows for one in known}
    facts, found = [], []
    for one in trusted:
        size = logs.trunk(conn, one.lid).size
        index = size if at is None or one.log in followed else min(at, size)
        facts.append(Fact(StationRevoked(one.log, index, reason)))
        found.append((one.log, index))
    ingest.publish(conn, facts, None, caller.person)
    log.info("station_revoked", station=station, logs=len(found))
    return found
