"""Finds the things that a typed or scanned code may mean. Must not choose between two: the page asks."""

from __future__ import annotations

import re

from msgspec import Struct

from common import barcode_router
from common.barcode_router import Ambiguous, Code
from common.definitions import CodeRule, Definitions, Material
from common.definitions.naming import Name
from common.errors import BadBarcode
from common.gs1 import GS
from common.ids import Claim, kind_of
from common.ledger import reads
from common.ledger.project import thing_ids
from common.ledger.store import Connection
from hub.db import reads as hub_reads
from hub.db.reads import Age
from hub.trace.names import Names
from hub.trace.seen import Seen, seen

MOST = 50
# As people read GS1 codes under the bars: (01)06901234567892(21)A17.
_PRINTED = re.compile(r"\((\d{2,4})\)([^()]+)")


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


def search_page(conn: Connection, text: str, age: Age, now_ms: int) -> SearchPage:
    """Meanings of a typed or scanned code, by the known things, then by the definitions in force."""
    definitions = reads.definitions(conn)
    rules = definitions.all(CodeRule)
    materials = [material.id for material in definitions.all(Material)]
    typed = text.strip(" \t\r\n")
    found = hub_reads.search(conn, typed, materials, MOST)
    readings = () if found else _readings(_as_scanned(typed), definitions)
    found += [claim for code in readings for claim in _of(conn, code, materials)]
    code = readings[0] if len(readings) == 1 else None
    names = Names(conn, definitions)
    tids = thing_ids(conn, found)
    standings = hub_reads.standings(conn, tids.values())
    states = {claim: standings.get(tids[claim], ("unknown", None)) for claim in found}
    values = [code.value for code in readings] if readings and found else [typed]
    return SearchPage(
        text=text,
        matches=tuple(Match(c, kind_of(c), names.thing(c, material), state) for c, (state, material) in states.items()),
        exact=all(any(_is(claim, value) for value in values) for claim in found),
        read_as=code.kind if code else "",
        rule=next((rule.name for rule in rules if code and rule.id == code.rule), None),
        examples=tuple(Example(r.name, r.type, r.example) for r in rules if r.type != "badge"),
        seen=seen(conn, age, now_ms),
    )


def exact(conn: Connection, text: str) -> list[Claim]:
    """The things that a typed code stands for, and not those that it only begins; or the one that a claim spells."""
    if (claim := _spelled(text)) is not None and thing_ids(conn, [claim]):
        return [claim]
    definitions = reads.definitions(conn)
    materials = [material.id for material in definitions.all(Material)]
    typed = text.strip(" \t\r\n")
    found = [claim for claim in hub_reads.search(conn, typed, materials, MOST) if _is(claim, typed)]
    return found or [c for code in _readings(_as_scanned(typed), definitions) for c in _of(conn, code, materials)]


def _spelled(text: str) -> Claim | None:
    """A claim written scheme:value; a scheme of GS1's has a colon of its own."""
    head = "gs1:" if text.startswith("gs1:") else ""
    scheme, found, value = text.removeprefix(head).partition(":")
    return Claim(head + scheme, value) if found and value else None


def _is(claim: Claim, value: str) -> bool:
    """Tell if a claim's value is this one, also behind a material or a GTIN."""
    have, wanted = claim.value.upper(), value.upper()
    return have == wanted or have.endswith((f"/{wanted}", f".{wanted}"))


def _readings(raw: str, definitions: Definitions) -> tuple[Code, ...]:
    """Readings of a code by the site's rules and GS1; the site's id does not matter, for the value is looked up."""
    try:
        code = barcode_router.route(raw.encode(), definitions.all(CodeRule), "-", definitions.all(Material))
    except (BadBarcode, UnicodeEncodeError):
        return ()
    return code.readings if isinstance(code, Ambiguous) else (code,)


def _as_scanned(typed: str) -> str:
    """GS1 text with its identifiers in brackets, as a scanner would send it; any other text as it is."""
    elements = _PRINTED.findall(typed)
    if not elements or "".join(f"({ai}){value}" for ai, value in elements) != typed:
        return typed
    return "]C1" + GS.join(f"{ai}{value.replace(' ', '')}" for ai, value in elements)


def _of(conn: Connection, code: Code, materials: list[str]) -> list[Claim]:
    """Match of a code that was understood."""
    if code.claim is None:
        return []
    found = hub_reads.search(conn, code.value, materials, MOST)
    return [claim for claim in found if kind_of(claim) == code.kind and _is(claim, code.value)]
