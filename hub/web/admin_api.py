"""Addresses of the API that set up a site: tickets, confirmations, revocations, definitions."""

from __future__ import annotations

import json as plain
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from common.definitions import DEFINITION, Definition, Definitions, Person, canonical
from common.errors import BadDefinition
from common.event_types import DefinitionPublished, OrderReceived
from common.events import Fact
from common.ids import Claim
from common.ledger import reads as ledger
from common.ledger.store import Connection
from hub.access.accounts import Caller, scopes_of_roles
from hub.access.station_access import StationAccess
from hub.api.definitions import Publication, PublishedCount
from hub.api.stations import Confirmed, Listed, RevokedLog, Revoking, SixWords, TicketFor, TicketText
from hub.db import access, reads
from hub.decisions import people, revocations
from hub.definitions.checks import faults
from hub.web.api import Api, Endpoint
from hub.writer.ingest import Ingest


def add(api: Api, ingest: Ingest, gate: StationAccess) -> None:
    """Add the addresses."""

    def ticket(caller: Caller, asked: TicketFor) -> TicketText:
        """Issue a one-time ticket for a station."""
        issued = gate.issue(asked.station, asked.line, asked.valid_s)
        return TicketText(issued.text(), issued.expires_s)

    def confirm(caller: Caller, said: SixWords, station: str) -> Confirmed:
        """Trust the station whose screen shows these six words."""
        gate.confirm(station, said.words, caller.person)
        return Confirmed(station)

    def revoke(caller: Caller, asked: Revoking, station: str) -> list[RevokedLog]:
        """Trust a station no longer."""
        found = ingest.do(lambda conn: revocations.revoke(conn, ingest, caller, station, asked.at, asked.reason))
        return [RevokedLog(log, at) for log, at in found]

    def stations(caller: Caller) -> list[Listed]:
        """Every station's logs, and the keys that wait to be confirmed."""
        rows = api.read(lambda conn: reads.stations(conn, gate.age_ms))
        return [Listed(**msgspec.structs.asdict(row), behind=gate.behind(row.log)) for row in rows]

    def publish(caller: Caller, said: Publication) -> PublishedCount:
        """Publish definitions; those in force already are not published again."""
        return PublishedCount(_publish(ingest, caller, said))

    api.add(
        Endpoint("POST", "/v1/tickets", "stations", ticket, TicketFor, TicketText),
        Endpoint("POST", "/v1/stations/{station}/confirm", "stations", confirm, SixWords, Confirmed),
        Endpoint("POST", "/v1/stations/{station}/revoke", "stations", revoke, Revoking, list[RevokedLog]),
        Endpoint("GET", "/v1/stations", "read", stations, None, list[Listed]),
        Endpoint("POST", "/v1/definitions", "definitions", publish, Publication, PublishedCount),
    )


def _publish(ingest: Ingest, caller: Caller, said: Publication) -> int:
    """Publish what is new or changed; a definition that is in force already is not published again."""
    asked = [_parsed(i, tree) for i, tree in enumerate(said.definitions)]
    if said.orders:
        caller.need("orders")

    def work(conn: Connection) -> int:
        _check_people(conn, caller, asked, [id for id, _, _ in said.people])
        _check(asked, ledger.definitions(conn))
        known = reads.definition_hashes(conn)
        new = [tree for tree in map(_tree, asked) if reads.hash_of(tree) not in known]
        ingest.publish(conn, [Fact(DefinitionPublished(tree)) for tree in new], None, caller.person)
        access.save_people(conn, said.people)
        for line, number, material, quantity in said.orders:
            claim = Claim(f"order@{ingest.site_id}", number)
            if not reads.is_known(conn, claim):
                order = Fact(OrderReceived(material, quantity, "pcs"), (claim,))
                ingest.publish(conn, [order], line, caller.person)
        ingest.rejudge_all(conn)
        return len(new)

    return ingest.do(work)


def _check_people(conn: Connection, caller: Caller, asked: Sequence[Definition], records: Iterable[str]) -> None:
    """People are a power of their own, and nobody gives more than they have."""
    persons = [one for one in asked if isinstance(one, Person)]
    for id in {one.id for one in persons} | set(records):
        caller.need("people")
        people.may_touch(conn, caller, id)
    caller.need_all(scopes_of_roles(role for one in persons for role in one.roles))


def _parsed(at: int, tree: dict[str, Any]) -> Definition:
    try:
        return DEFINITION.decode(msgspec.json.encode(tree))
    except (ValueError, OverflowError, RecursionError) as e:
        raise _bad("definition.schema", f"definitions[{at}]", str(e)) from e


def _tree(definition: Definition) -> dict[str, Any]:
    """As it is published: with every field in its place, so that its hash is the one that events cite."""
    tree: dict[str, Any] = plain.loads(canonical(definition))
    return tree


def _check(asked: Sequence[Definition], in_force: Definitions) -> None:
    """They must fit together, and with what is in force and not replaced by them."""
    replaced = {(type(one), one.id) for one in asked}
    known = (one for by_id in in_force.by_kind.values() for one in by_id.values())
    others = [one for one in known if (type(one), one.id) not in replaced]
    for fault in faults([*asked, *others]):
        if fault.at < len(asked) and not fault.warning:
            raise _bad(fault.code, f"definitions[{fault.at}].{fault.field}", str(fault.hint))


def _bad(code: str, field: str, hint: str) -> BadDefinition:
    return BadDefinition(code, file="-", line=0, field=field, hint=hint)
