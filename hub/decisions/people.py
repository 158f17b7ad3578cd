"""The people of a site: erasable records of name and badge, and what each may do, which is a signed definition.

A person's id says nothing about them. Once the record is erased, the logs name nobody.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from common import barcode_router
from common.definitions import CodeRule, Definitions, Form, Line, Person, Reason, Route, canonical
from common.errors import BadDefinition, BadInput
from common.event_types import DefinitionPublished
from common.events import Fact
from common.ledger import logs, reads
from common.ledger.store import Connection
from common.signedlog.pull import PersonRecord
from hub.access.accounts import ROLES, Caller, scopes_of_roles
from hub.api.people import PersonRow
from hub.db import access, accounts, lookup
from hub.definitions.checks import OFFICE, faults
from hub.writer.ingest import Ingest

ID_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another


class Changes(Struct, frozen=True):
    """Changes to a person; None leaves a field as it is."""

    name: str | None = None
    badge: str | None = None
    roles: Sequence[str] | None = None
    qualified: Sequence[str] | None = None
    lines: Sequence[str] | None = None
    stations: Sequence[str] | None = None


def listed(conn: Connection) -> list[PersonRow]:
    """Everybody with a record or a role, by id."""
    known = reads.definitions(conn)
    records = {id: (name, badge) for id, name, badge in access.people(conn)}
    defined = {one.id: one for one in known.all(Person)}
    able = {id for id, one in defined.items() if one.roles}
    holders = accounts.holders(conn)
    return [
        _row(defined.get(id, Person(id, [])), records.get(id, ("", "")), id in holders)
        for id in sorted(able | set(records))
    ]


def _row(person: Person, record: tuple[str, str], account: bool) -> PersonRow:
    rights = (tuple(person.roles), tuple(person.qualified), tuple(person.lines), tuple(person.stations))
    return PersonRow(person.id, *record, *rights, account)


def add(conn: Connection, ingest: Ingest, caller: Caller, id: str | None, asked: Changes) -> str:
    """Add somebody; their id. BadInput person.exists, person.badge, person.badge_rule; Denied account.scope."""
    chosen = id or "p-" + "".join(secrets.choice(ID_LETTERS) for _ in range(8))
    if any(known == chosen for known, _, _ in access.people(conn)):
        raise BadInput("person.exists", person=chosen)
    _save(conn, ingest, caller, chosen, replace(asked, name=asked.name or chosen))
    return chosen


def change(conn: Connection, ingest: Ingest, caller: Caller, id: str, asked: Changes) -> None:
    """Change a record or rights. BadInput person.unknown, person.badge, person.badge_rule; Denied account.scope."""
    need_known(conn, id)
    _save(conn, ingest, caller, id, asked)


def erase(conn: Connection, ingest: Ingest, caller: Caller, id: str) -> None:
    """Erase name, badge, password, PIN and tokens; the id stays in the logs and may do nothing any more.

    BadInput person.unknown; Denied account.scope.
    """
    need_known(conn, id)
    may_touch(conn, caller, id)
    access.drop_person(conn, id)
    accounts.drop_account(conn, id)
    accounts.set_pin(conn, id, None)
    accounts.drop_tokens_of(conn, id)
    known = reads.definitions(conn).get(Person, id)
    if known is not None and known.roles:
        _publish(conn, ingest, caller, replace(known, roles=[]))


def set_password(conn: Connection, caller: Caller, id: str, spelled: str) -> None:
    """Give somebody a password, as it is kept. BadInput person.unknown; Denied account.scope."""
    need_known(conn, id)
    may_touch(conn, caller, id)
    accounts.set_password(conn, id, spelled, time.time_ns() // 1_000_000)


def set_pin(conn: Connection, caller: Caller, id: str, verifier: str) -> None:
    """Give somebody a PIN, as it is kept. BadInput person.unknown; Denied account.scope."""
    need_known(conn, id)
    may_touch(conn, caller, id)
    accounts.set_pin(conn, id, verifier)


def working_at(conn: Connection, line: str, station: str) -> list[PersonRecord]:
    """Records of the people that may work at a station, which learns no name, badge or PIN verifier of others."""
    known, pins = reads.definitions(conn), accounts.pins(conn)
    here = {operation.id for _, operation in known.operations_at(station)}
    found = []
    for id, name, badge in access.people(conn):
        person = known.get(Person, id)
        if person and _works(person, line, station, here) and (badge or id in pins):
            found.append(PersonRecord(id, name, badge, pins.get(id, "")))
    return found


def _works(person: Person, line: str, station: str, here: set[str]) -> bool:
    on_the_floor = bool(set(person.roles) - OFFICE)
    return (
        on_the_floor
        and person.works_at(line, station)
        and (not person.qualified or not here.isdisjoint(person.qualified))
    )


def need_known(conn: Connection, id: str) -> None:
    """BadInput person.unknown."""
    if not any(known == id for known, _, _ in access.people(conn)):
        raise BadInput("person.unknown", person=id)


def may_touch(conn: Connection, caller: Caller, id: str) -> None:
    """Require all rights of a person whose account is touched. Denied account.scope."""
    known = reads.definitions(conn).get(Person, id)
    caller.need_all(scopes_of_roles(known.roles if known else ()))


def _save(conn: Connection, ingest: Ingest, caller: Caller, id: str, asked: Changes) -> None:
    may_touch(conn, caller, id)
    known = reads.definitions(conn)
    caller.need_all(scopes_of_roles(asked.roles or ()))
    _need_values(conn, known, asked)
    old = {person: (name, badge) for person, name, badge in access.people(conn)}
    name, badge = old.get(id, ("", ""))
    if asked.badge:
        _check_badge(known, {b: person for person, (_, b) in old.items()}, id, asked.badge)
    record = (id, name if asked.name is None else asked.name, badge if asked.badge is None else asked.badge)
    access.save_people(conn, [record])
    before = known.get(Person, id)
    after = _changed(before or Person(id, []), asked)
    if after != before:
        _publish(conn, ingest, caller, after)


def _need_values(conn: Connection, known: Definitions, asked: Changes) -> None:
    """Refuse what means nothing here. BadInput person.role, person.operation, line.unknown, person.station."""
    stations = {place.id for line in known.all(Line) for place in line.workplaces}
    stations |= {log.author for log in logs.all_logs(conn) if log.line}
    operations = {operation.id for route in known.all(Route) for operation in route.operations}
    _need_each("person.role", asked.roles, set(ROLES) | _roles_named(known))
    _need_each("person.operation", asked.qualified, operations)
    _need_each("person.station", asked.stations, stations)
    for line in asked.lines or ():
        lookup.need_line(conn, line)


def _need_each(code: str, values: Sequence[str] | None, known: set[str]) -> None:
    for value in values or ():
        if value not in known:
            raise BadInput(code, value=value, known=sorted(known))


def _roles_named(known: Definitions) -> set[str]:
    """The roles that the site's definitions give a meaning: who may release, clean, sign."""
    released = [role for route in known.all(Route) for operation in route.operations for role in operation.release]
    cleaned = [role for line in known.all(Line) for place in line.workplaces for role in place.cleaned_by]
    pages = [step.asks for form in known.all(Form) for step in form.steps]
    pages += [reason.asks for reason in known.all(Reason)]
    signed = [role for page in pages for field in page for role in field.roles]
    return {*released, *cleaned, *signed, *(role for person in known.all(Person) for role in person.roles)}


def _changed(person: Person, asked: Changes) -> Person:
    given = {"roles": asked.roles, "qualified": asked.qualified, "lines": asked.lines, "stations": asked.stations}
    return replace(person, **{field: list(value) for field, value in given.items() if value is not None})


def _check_badge(known: Definitions, holders: dict[str, str], id: str, badge: str) -> None:
    if holders.get(badge, id) != id:
        raise BadInput("person.badge", badge=badge)
    rules = [rule for rule in known.all(CodeRule) if rule.type == "badge"]
    if rules and not any(barcode_router.gives(rule, badge) for rule in rules):
        raise BadInput("person.badge_rule", badge=badge, example=rules[0].example)


def _publish(conn: Connection, ingest: Ingest, caller: Caller, person: Person) -> None:
    """Publish a person that fits the definitions in force. BadDefinition."""
    known = reads.definitions(conn)
    every = (one for by_id in known.by_kind.values() for one in by_id.values())
    others = [one for one in every if (type(one), one.id) != (Person, person.id)]
    for fault in faults([person, *others]):
        if fault.at == 0:
            raise BadDefinition(fault.code, file="-", line=0, field=fault.field, hint=fault.hint)
    tree = json.loads(canonical(person))
    ingest.publish(conn, [Fact(DefinitionPublished(tree))], who=caller.person)
