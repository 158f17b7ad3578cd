"""Finds the things that a typed or scanned code may mean. Must not choose between two: the page asks."""

from __future__ import annotations

from msgspec import Struct

from common.definitions import CodeRule, Material
from common.definitions.naming import Name
from common.ids import Claim, kind_of
from common.ledger import reads
from common.ledger.project import thing_ids
from common.ledger.store import Connection
from hub.db import lookup, orders
from hub.db import reads as hub_reads
from hub.db.reads import Age
from hub.trace.names import Names
from hub.trace.seen import Seen, seen


class Match(Struct, frozen=True):
    """A thing that the code may mean."""

    claim: Claim
    kind: str
    material: Name | None
    state: str


class Example(Struct, frozen=True):
    """Example of a code, by one rule of the site."""

    name: Name
    kind: str
    example: str


class SearchPage(Struct, frozen=True):
    """The answer to "what is this code?". `exact`: the matches are the code, not only begin with it.

    `read_as`: the kind of code that the site's rules or GS1 read it as, where nothing is known of the thing; `rule`:
    what that rule is called.
    """

    text: str
    matches: tuple[Match, ...]
    exact: bool
    read_as: str
    rule: Name | None
    examples: tuple[Example, ...]
    seen: Seen


def search_page(conn: Connection, text: str, site: str, age: Age, now_ms: int) -> SearchPage:
    """Meanings of a typed or scanned code, by the known things, then by the definitions in force.

    An order that only stations name is found too, by its number.
    """
    definitions = reads.definitions(conn)
    rules = definitions.all(CodeRule)
    materials = [material.id for material in definitions.all(Material)]
    typed = text.strip(" \t\r\n")
    found = _whole(hub_reads.search(conn, typed, materials, lookup.MOST) + _named(conn, typed, site), typed)
    readings = () if found else lookup.readings(typed, definitions)
    found += [claim for code in readings for claim in lookup.matches(conn, code, materials)]
    found += [claim for code in readings if code.kind == "order" for claim in _named(conn, code.value, site)]
    code = readings[0] if len(readings) == 1 else None
    names = Names(conn, definitions)
    tids = thing_ids(conn, found)
    standings = hub_reads.standings(conn, tids.values())
    known = {claim: standings.get(tid) for claim, tid in tids.items()}
    states = {claim: known.get(claim) or ("unknown", None) for claim in found}
    values = [code.value for code in readings] if readings and found else [typed]
    return SearchPage(
        text=text,
        matches=tuple(Match(c, kind_of(c), names.thing(c, material), state) for c, (state, material) in states.items()),
        exact=all(any(lookup.is_value(claim, value) for value in values) for claim in found),
        read_as=code.kind if code else "",
        rule=next((rule.name for rule in rules if code and rule.id == code.rule), None),
        examples=tuple(Example(r.name, r.type, r.example) for r in rules if r.type != "badge"),
        seen=seen(conn, age, now_ms),
    )


def _named(conn: Connection, number: str, site: str) -> list[Claim]:
    return [Claim(f"order@{site}", one) for one in orders.named(conn, number, lookup.MOST)]


def _whole(found: list[Claim], text: str) -> list[Claim]:
    """Those that are the text in full, if any are."""
    return [claim for claim in found if lookup.is_value(claim, text)] or found
