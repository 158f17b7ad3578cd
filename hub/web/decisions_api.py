"""Addresses of the API for decisions: people and rights, tokens, links, holds, findings, calls, orders, leases."""

from __future__ import annotations

import time

from common.event_types import OrderReceived, Settle
from common.ids import Claim
from common.ledger import leases, logs, reads
from common.ledger.store import Connection
from common.serials import Block
from hub.access.accounts import Accounts, Caller
from hub.api.calls import CallEntry, CallId, Calls
from hub.api.decisions import Held, Holding, LeaseRow, NewLease, NewOrder, Releasing, Settling, Things, Which
from hub.api.people import NewPerson, Password, PersonChange, PersonId, PersonRow, Pin
from hub.api.tokens import LinkPath, NewLink, NewToken, TokenRow, TokenShown
from hub.db import accounts as kept
from hub.db import lookup
from hub.decisions import calls, holds, orders, people, settlements
from hub.trace.calls import call_lines
from hub.web.api import Api, Endpoint
from hub.writer import serial_leases
from hub.writer.ingest import Ingest


def add(api: Api, ingest: Ingest, accounts: Accounts) -> None:
    """Add the addresses."""
    _add_people(api, ingest, accounts)
    _add_tokens(api, ingest, accounts)
    _add_quality(api, ingest)
    _add_calls(api, ingest)
    _add_leases(api, ingest)


def _add_people(api: Api, ingest: Ingest, accounts: Accounts) -> None:
    def list_people(caller: Caller) -> list[PersonRow]:
        """Everybody, with their rights."""
        return api.read(people.listed)

    def add_person(caller: Caller, asked: NewPerson) -> PersonId:
        """Add somebody."""
        said = people.Changes(asked.name, asked.badge, asked.roles, asked.qualified, asked.lines, asked.stations)
        return PersonId(ingest.do(lambda conn: people.add(conn, ingest, caller, asked.id, said)))

    def change_person(caller: Caller, asked: PersonChange, person: str) -> PersonId:
        """Change somebody's record or rights."""
        said = people.Changes(asked.name, asked.badge, asked.roles, asked.qualified, asked.lines, asked.stations)
        ingest.do(lambda conn: people.change(conn, ingest, caller, person, said))
        return PersonId(person)

    def erase_person(caller: Caller, person: str) -> PersonId:
        """Erase somebody's record; their id stays in the logs."""
        ingest.do(lambda conn: people.erase(conn, ingest, caller, person))
        return PersonId(person)

    def set_password(caller: Caller, asked: Password, person: str) -> PersonId:
        """Give somebody a password for the pages."""
        spelled = accounts.spell(asked.password)
        ingest.do(lambda conn: people.set_password(conn, caller, person, spelled))
        return PersonId(person)

    def set_pin(caller: Caller, asked: Pin, person: str) -> PersonId:
        """Give somebody a PIN for the stations where they work."""
        kept = accounts.spell_pin(asked.pin)
        ingest.do(lambda conn: people.set_pin(conn, caller, person, kept))
        return PersonId(person)

    api.add(
        Endpoint("PUT", "/v1/people/{person}/pin", "people", set_pin, Pin, PersonId),
        Endpoint("GET", "/v1/people", "people", list_people, None, list[PersonRow]),
        Endpoint("POST", "/v1/people", "people", add_person, NewPerson, PersonId),
        Endpoint("PATCH", "/v1/people/{person}", "people", change_person, PersonChange, PersonId),
        Endpoint("DELETE", "/v1/people/{person}", "people", erase_person, None, PersonId),
        Endpoint("PUT", "/v1/people/{person}/password", "people", set_password, Password, PersonId),
    )


def _add_tokens(api: Api, ingest: Ingest, accounts: Accounts) -> None:
    def list_tokens(caller: Caller) -> list[TokenRow]:
        """Every token, without its secret."""
        return [_row(one) for one in api.read(kept.tokens)]

    def new_token(caller: Caller, asked: NewToken) -> TokenShown:
        """Make a token; its text is shown this once."""
        text, one = ingest.do(lambda conn: accounts.new_token(conn, caller, asked.name, asked.scopes, asked.days))
        row = _row(one)
        return TokenShown(row.prefix, row.name, row.scopes, row.person, row.at, row.expires_s, text)

    def revoke_token(caller: Caller, prefix: str) -> TokenRow:
        """Revoke the token that begins so."""
        return _row(ingest.do(lambda conn: accounts.revoke_token(conn, prefix)))

    def new_link(caller: Caller, asked: NewLink) -> LinkPath:
        """Make an address that signs a browser in."""
        caller.need_all(asked.scopes)
        return LinkPath(f"/enter?key={accounts.new_link(asked.scopes, asked.uses, asked.valid_s)}")

    api.add(
        Endpoint("GET", "/v1/tokens", "admin", list_tokens, None, list[TokenRow]),
        Endpoint("POST", "/v1/tokens", "admin", new_token, NewToken, TokenShown),
        Endpoint("DELETE", "/v1/tokens/{prefix}", "admin", revoke_token, None, TokenRow),
        Endpoint("POST", "/v1/links", "admin", new_link, NewLink, LinkPath),
    )


def _row(one: kept.Token) -> TokenRow:
    return TokenRow(one.prefix, one.name, one.scopes.split(), one.person, one.at, one.expires_s)


def _add_quality(api: Api, ingest: Ingest) -> None:
    def list_holds(caller: Caller, which: Which) -> list[Held]:
        """The open holds of a thing."""
        return api.read(lambda conn: holds.holds(conn, lookup.thing(conn, which.thing)))

    def hold(caller: Caller, asked: Holding) -> Things:
        """Hold things."""
        return Things(ingest.do(lambda conn: holds.hold(conn, ingest, caller, asked.things, asked.reason, asked.line)))

    def release(caller: Caller, asked: Releasing) -> Things:
        """Release a thing."""

        def work(conn: Connection) -> Claim:
            claim = lookup.thing(conn, asked.thing)
            holds.release(conn, ingest, caller, claim, asked.tags, (asked.reason, asked.meaning))
            return claim

        return Things([ingest.do(work)])

    def settle(caller: Caller, asked: Settling) -> Things:
        """Decide a finding."""

        def work(conn: Connection) -> Claim:
            claim = lookup.thing(conn, asked.thing)
            said = Settle(asked.finding, tuple(asked.keep), tuple(asked.drop), asked.reason)
            settlements.settle(conn, ingest, caller, claim, said)
            return claim

        return Things([ingest.do(work)])

    def order(caller: Caller, asked: NewOrder) -> Things:
        """Give a line an order."""
        said = OrderReceived(asked.material, asked.quantity, asked.uom, asked.due)
        return Things([ingest.do(lambda conn: orders.order(conn, ingest, caller, asked.number, asked.line, said))])

    api.add(
        Endpoint("GET", "/v1/holds", "read", list_holds, Which, list[Held]),
        Endpoint("POST", "/v1/holds", "quality", hold, Holding, Things),
        Endpoint("POST", "/v1/releases", "quality", release, Releasing, Things),
        Endpoint("POST", "/v1/settlements", "quality", settle, Settling, Things),
        Endpoint("POST", "/v1/orders", "orders", order, NewOrder, Things),
    )


def _add_calls(api: Api, ingest: Ingest) -> None:
    def list_calls(caller: Caller, which: Calls) -> tuple[CallEntry, ...]:
        """The calls of all workplaces: the open ones, then the newest of those that ended."""
        now_ms = time.time_ns() // 1_000_000
        return api.read(lambda conn: call_lines(conn, now_ms, only_open=which.open))

    def answer_call(caller: Caller, asked: CallId) -> CallId:
        """Answer a call: the caller is on the way."""
        ingest.do(lambda conn: calls.answer(conn, ingest, caller, asked.call))
        return asked

    def clear_call(caller: Caller, asked: CallId) -> CallId:
        """End a call."""
        ingest.do(lambda conn: calls.clear(conn, ingest, caller, asked.call))
        return asked

    api.add(
        Endpoint("GET", "/v1/calls", "read", list_calls, Calls, tuple[CallEntry, ...]),
        Endpoint("POST", "/v1/calls/answer", "calls", answer_call, CallId, CallId),
        Endpoint("POST", "/v1/calls/clear", "calls", clear_call, CallId, CallId),
    )


def _add_leases(api: Api, ingest: Ingest) -> None:
    def list_leases(caller: Caller) -> list[LeaseRow]:
        """The blocks of serial numbers, and how far each is used."""
        return api.read(lambda conn: [_leased(conn, ingest.site_id, block) for block in leases.every(conn)])

    def lease(caller: Caller, asked: NewLease) -> LeaseRow:
        """Lease serial numbers to a station."""

        def work(conn: Connection) -> LeaseRow:
            block = orders.lease(conn, ingest, caller, asked.material, asked.station, asked.count)
            return _leased(conn, ingest.site_id, block)

        return ingest.do(work)

    api.add(
        Endpoint("GET", "/v1/leases", "read", list_leases, None, list[LeaseRow]),
        Endpoint("POST", "/v1/leases", "orders", lease, NewLease, LeaseRow),
    )


def _leased(conn: Connection, site: str, block: Block) -> LeaseRow:
    known, last = logs.by_id(conn, block.log), serial_leases.used(conn, reads.definitions(conn), site, block)
    return LeaseRow(
        station=known.author if known else "",
        log=block.log,
        material=block.material,
        first=block.text(block.first),
        last=block.text(block.last),
        numbers=block.last - block.first + 1,
        used=0 if last is None else last - block.first + 1,
    )
