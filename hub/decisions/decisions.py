"""Decisions of people at the hub: hold and release, settle a finding, revoke a station, give an order, answer a call.

Each is one signed event in the site's log, or a line's, said by the person who decided. Must not judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import structlog

from common import barcode_router
from common.calls import OpenCall
from common.definitions import CodeRule, Definitions, Line, Material
from common.errors import BadInput
from common.event_types import Call as CallBody
from common.event_types import Hold, OrderReceived, Release, Settle, StationRevoked
from common.events import Fact
from common.ids import Claim
from common.judge import Cause, Past
from common.ledger import calls, logs, reads
from common.ledger.project import thing_ids
from common.ledger.store import Connection
from common.ledger.upstream import standing
from common.serials import Block
from hub.access.accounts import Caller
from hub.api.decisions import Held
from hub.db import access
from hub.db import reads as hub_reads
from hub.trace.search import exact
from hub.writer import serial_leases
from hub.writer.ingest import Ingest

log = structlog.get_logger(__name__)


def thing(conn: Connection, meant: Claim | str) -> Claim:
    """The one thing that is meant: a claim, or a code as people type it. BadInput code.unknown, code.ambiguous."""
    found = exact(conn, str(meant))
    if not found:
        raise BadInput("code.unknown", thing=str(meant))
    if len(found) > 1:
        raise BadInput("code.ambiguous", thing=str(meant), choices=[str(one) for one in found])
    return found[0]


# Holds ---------------------------------------------------------------------------------------------------------------
def hold(
    conn: Connection, ingest: Ingest, caller: Caller, things: Iterable[Claim | str], reason: str, line: str | None
) -> list[Claim]:
    """Hold things, known to the whole site or to a line; they stay held until this is released."""
    on = list(dict.fromkeys(thing(conn, one) for one in things))
    if line is not None:
        need_line(conn, line)
    ingest.publish(conn, [Fact(Hold(reason), tuple(on))], line, caller.person)
    log.info("held", things=len(on), line=line)
    return on


def holds(conn: Connection, claim: Claim) -> list[Held]:
    """Open holds of a thing: its own that no release names, and those that came from what is in it."""
    past = {one.id: one for one in reads.history(conn, claim).events}
    found = standing(conn, claim, reads.definitions(conn)).holds
    return [_held(one, past.get(one.event)) for one in found]


def _held(cause: Cause, said: Past | None) -> Held:
    at, who = (said.at, said.who) if said else (None, None)
    return Held(cause.tag, cause.rule, cause.thing, cause.text, at, who)


def release(
    conn: Connection,
    ingest: Ingest,
    caller: Caller,
    claim: Claim,
    tags: Sequence[str] | None,
    said: tuple[str, str],
) -> int:
    """End the holds that `tags` name, or all open ones; returns their number. `said`: reason and meaning.

    BadInput hold.none, hold.unknown.
    """
    there = [one.tag for one in holds(conn, claim)]
    wanted = there if tags is None else list(dict.fromkeys(tags))
    if not wanted:
        raise BadInput("hold.none", thing=claim)
    for name in wanted:
        if name not in there:
            raise BadInput("hold.unknown", thing=claim, tag=name)
    reason, meaning = said
    ingest.publish(conn, [Fact(Release(tuple(wanted), reason, meaning), (claim,))], None, caller.person)
    log.info("released", holds=len(wanted))
    return len(wanted)


# Findings ------------------------------------------------------------------------------------------------------------
def settle(conn: Connection, ingest: Ingest, caller: Caller, claim: Claim, said: Settle) -> None:
    """Decide a finding of a thing: the tags to keep and those to drop. BadInput settle.none."""
    tid = thing_ids(conn, [claim])[claim]
    kinds = sorted({one.kind for one in hub_reads.findings(conn, tid) if one.open})
    if said.finding not in kinds:
        raise BadInput("settle.none", thing=claim, finding=said.finding, open=kinds)
    ingest.publish(conn, [Fact(said, (claim,))], None, caller.person)


# Calls ---------------------------------------------------------------------------------------------------------------
def answer(conn: Connection, ingest: Ingest, caller: Caller, id: str) -> None:
    """Say that the caller goes there. BadInput call.unknown, call.ended, call.answered."""
    found = _open_call(conn, id)
    if found.answered is not None:
        name = next((name for id, name, _ in access.people(conn) if id == found.answered.who), found.answered.who)
        raise BadInput("call.answered", name=name)
    _tell(conn, ingest, caller, found, CallBody("answered", found.place, found.reason, found.id))


def clear(conn: Connection, ingest: Ingest, caller: Caller, id: str) -> None:
    """End a call. BadInput call.unknown, call.ended."""
    found = _open_call(conn, id)
    _tell(conn, ingest, caller, found, CallBody("cleared", found.place, found.reason, found.id))


def _open_call(conn: Connection, id: str) -> OpenCall:
    found = calls.one(conn, id)
    if found is None:
        raise BadInput("call.unknown", call=id)
    if found.cleared is not None:
        raise BadInput("call.ended", place=found.place)
    return found


def _tell(conn: Connection, ingest: Ingest, caller: Caller, found: OpenCall, said: CallBody) -> None:
    """Write into the log of the line whose station called, which that station pulls."""
    raised = logs.by_id(conn, found.raised.log)
    ingest.publish(conn, [Fact(said)], (raised.line or None) if raised else None, caller.person)


# Stations ------------------------------------------------------------------------------------------------------------
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


# Orders --------------------------------------------------------------------------------------------------------------
def order(conn: Connection, ingest: Ingest, caller: Caller, number: str, line: str, said: OrderReceived) -> Claim:
    """Give a line an order. BadInput orders.exists, orders.material, orders.number, orders.quantity, line.unknown."""
    known = reads.definitions(conn)
    need_line(conn, line)
    material = known.get(Material, said.material)
    if material is None or material.origin != "made":
        raise BadInput("orders.material", material=said.material)
    if said.quantity.startswith("-") or not said.quantity.strip("0."):
        raise BadInput("orders.quantity", quantity=said.quantity)
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


# Serials -------------------------------------------------------------------------------------------------------------
def lease(conn: Connection, ingest: Ingest, caller: Caller, material: str, station: str, count: int | None) -> Block:
    """Lease serial numbers to a station. BadInput lease.material, station.unknown, lease.exhausted."""

    def publish(conn: Connection, facts: Sequence[Fact], line: str) -> Sequence[str]:
        return ingest.publish(conn, facts, line, caller.person)

    return serial_leases.lease(conn, reads.definitions(conn), material, station, count, publish)


def need_line(conn: Connection, line: str) -> None:
    """BadInput line.unknown: neither defined nor the line of any station; a log for it would reach nobody."""
    lines = {one.id for one in reads.definitions(conn).all(Line)} | {one.line for one in logs.all_logs(conn)}
    if line not in lines - {""}:
        raise BadInput("line.unknown", line=line, known=sorted(lines - {""}))
