"""Resolves a typed code to the things that it names. Must not choose between two: whoever asks does."""

from __future__ import annotations

import re

from common import barcode_router
from common.barcode_router import Ambiguous, Code
from common.definitions import CodeRule, Definitions, Line, Material
from common.errors import BadBarcode, BadInput
from common.gs1 import GS
from common.ids import Claim, kind_of
from common.ledger import logs, reads
from common.ledger.project import thing_ids
from common.ledger.store import Connection
from hub.db import reads as hub_reads

MOST = 50
# As people read GS1 codes under the bars: (01)06901234567892(21)A17.
_PRINTED = re.compile(r"\((\d{2,4})\)([^()]+)")


def thing(conn: Connection, meant: Claim | str) -> Claim:
    """Resolve a claim, or a code as people type it, to one thing. BadInput code.unknown, code.ambiguous."""
    found = exact(conn, str(meant))
    if not found:
        raise BadInput("code.unknown", thing=str(meant))
    if len(found) > 1:
        raise BadInput("code.ambiguous", thing=str(meant), choices=[str(one) for one in found])
    return found[0]


def exact(conn: Connection, text: str) -> list[Claim]:
    """Find the things that a typed code names in full, or the one that a claim spells as scheme:value."""
    if (claim := _spelled(text)) is not None and thing_ids(conn, [claim]):
        return [claim]
    definitions = reads.definitions(conn)
    materials = [material.id for material in definitions.all(Material)]
    typed = text.strip(" \t\r\n")
    found = [claim for claim in hub_reads.search(conn, typed, materials, MOST) if is_value(claim, typed)]
    return found or [c for code in readings(typed, definitions) for c in matches(conn, code, materials)]


def _spelled(text: str) -> Claim | None:
    """A claim written scheme:value; a scheme of GS1's has a colon of its own."""
    head = "gs1:" if text.startswith("gs1:") else ""
    scheme, found, value = text.removeprefix(head).partition(":")
    return Claim(head + scheme, value) if found and value else None


def is_value(claim: Claim, value: str) -> bool:
    """Tell if a claim's value is this one, also behind a material or a GTIN."""
    have, wanted = claim.value.upper(), value.upper()
    return have == wanted or have.endswith((f"/{wanted}", f".{wanted}"))


def readings(typed: str, definitions: Definitions) -> tuple[Code, ...]:
    """Read a typed code by the site's rules and GS1; the site's id does not matter, for the value is looked up."""
    try:
        code = barcode_router.route(
            _as_scanned(typed).encode(), definitions.all(CodeRule), "-", definitions.all(Material)
        )
    except (BadBarcode, UnicodeEncodeError):
        return ()
    return code.readings if isinstance(code, Ambiguous) else (code,)


def _as_scanned(typed: str) -> str:
    """GS1 text with its identifiers in brackets, as a scanner would send it; any other text as it is."""
    elements = _PRINTED.findall(typed)
    if not elements or "".join(f"({ai}){value}" for ai, value in elements) != typed:
        return typed
    return "]C1" + GS.join(f"{ai}{value.replace(' ', '')}" for ai, value in elements)


def matches(conn: Connection, code: Code, materials: list[str]) -> list[Claim]:
    """Find the things of a reading of a code."""
    if code.claim is None:
        return []
    found = hub_reads.search(conn, code.value, materials, MOST)
    return [claim for claim in found if kind_of(claim) == code.kind and is_value(claim, code.value)]


def need_line(conn: Connection, line: str) -> None:
    """BadInput line.unknown: neither defined nor the line of any station; a log for it would reach nobody."""
    lines = {one.id for one in reads.definitions(conn).all(Line)} | {one.line for one in logs.all_logs(conn)}
    if line not in lines - {""}:
        raise BadInput("line.unknown", line=line, known=sorted(lines - {""}))
