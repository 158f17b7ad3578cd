"""Findings that people settle; each is one signed event of the person. Must not judge."""

from __future__ import annotations

from common.errors import BadInput
from common.event_types import Settle
from common.events import Fact
from common.ids import Claim
from common.ledger.project import thing_ids
from common.ledger.store import Connection
from hub.access.accounts import Caller
from hub.db import reads as hub_reads
from hub.writer.ingest import Ingest


def settle(conn: Connection, ingest: Ingest, caller: Caller, claim: Claim, said: Settle) -> None:
    """Decide a finding of a thing: the tags to keep and those to drop. BadInput settle.none."""
    tid = thing_ids(conn, [claim])[claim]
    kinds = sorted({one.kind for one in hub_reads.findings(conn, tid) if one.open})
    if said.finding not in kinds:
        raise BadInput("settle.none", thing=claim, finding=said.finding, open=kinds)
    ingest.publish(conn, [Fact(said, (claim,))], None, caller.person)
