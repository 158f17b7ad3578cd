"""A scanned code in words, beside the codes that were expected, for a refusal. Pure."""

from __future__ import annotations

from common.barcode_router import Ambiguous, Code
from common.definitions import Material, Partner, Reason, Route
from common.errors import BadBarcode
from common.text import Named, Params
from station.shown.work_screen import Phrase
from station.work.ask import people
from station.work.ask.cards import CARDS
from station.work.expected import Expected
from station.work.turn import Turn

CodeRead = Code | Ambiguous | BadBarcode
READABLE = 40  # characters of an unknown code that a person compares with a label


def unwanted(turn: Turn, scan: CodeRead, wanted: Expected) -> tuple[str, Params] | None:
    """The sentence for a scan that was not expected; None if it was, and the refusal is about the thing."""
    if isinstance(scan, Code) and _fits(turn, scan, wanted):
        return None
    return "scan.refused", {"got": in_words(turn, scan), "expected": wanted.words}


# In words ------------------------------------------------------------------------------------------------------------
def in_words(turn: Turn, scan: CodeRead) -> Phrase:
    """A scan in words. Of a badge only its owner is named."""
    if isinstance(scan, BadBarcode):
        return _unread(turn, scan)
    if isinstance(scan, Ambiguous):
        return Phrase("scan.ambiguous", {"kind": list(dict.fromkeys(code.kind for code in scan.readings))})
    if scan.kind == "badge":
        known = turn.view.people.get(scan.value)
        return Phrase("scan.badge", {"name": known[1]}) if known else Phrase("scan.badge_unknown")
    if scan.kind == "command":
        verb, _, rest = scan.value.partition(":")
        number = Phrase("scan.number", {"number": rest})
        return number if verb == "N" else Phrase("scan.command", {"name": _command(turn, scan.value)})
    material, value = _material(turn, scan), scan.claim or scan.value
    if material is None:
        return Phrase("scan.thing", {"kind": scan.kind, "value": value})
    return Phrase("scan.thing_of", {"kind": scan.kind, "value": value, "material": turn.material_name(material)})


def _unread(turn: Turn, scan: BadBarcode) -> Phrase:
    """A code that names no thing of this site, as far as it can be read."""
    text, elements = scan.details.get("scan"), scan.details.get("elements")
    if isinstance(elements, dict) and (gtin := elements.get("01")):
        owners = [m.name for m in turn.view.definitions.all(Material) if gtin in m.gtin]
        code = "scan.gtin_of" if owners else "scan.gtin"
        return Phrase(code, {"gtin": gtin, "material": owners})
    if scan.code == "barcode.gs1":
        return Phrase("scan.gs1")
    if scan.code == "barcode.command":
        return Phrase("scan.command", {"name": text})
    known = turn.view.definitions.get(Material, text) if isinstance(text, str) else None
    if known is not None:
        return Phrase("scan.material", {"id": known.id, "name": known.name})
    if not isinstance(text, str):
        return Phrase("scan.garbled")
    return Phrase("scan.text", {"text": text if len(text) <= READABLE else f"{text[:READABLE]}…"})


def _command(turn: Turn, value: str) -> Named | str:
    """The words on a command's card or tile."""
    verb, _, rest = value.partition(":")
    known = turn.view.definitions
    operations = {o.id: o for route in known.all(Route) for o in route.operations}
    person = people.name(turn, rest)
    named: dict[str, Named | str | None] = {
        "OP": operations[rest].name if rest in operations else None,
        "PARTNER": partner.name if (partner := known.get(Partner, rest)) else None,
        "NEW": material.name if (material := known.get(Material, rest)) else None,
        "PERSON": person,
        "SIGNOUT": person,
    }
    about = named[verb] if verb in named else reason.name if (reason := known.get(Reason, rest)) else None
    card = CARDS.get(verb)
    if card is None or not card.word:
        return about or value
    words = Phrase(card.word)
    return Phrase("scan.command_of", {"name": words, "about": about}) if about else words


def _material(turn: Turn, code: Code) -> str | None:
    return code.material or (turn.view.standing(code.claim).material if code.claim else None)


def _fits(turn: Turn, code: Code, wanted: Expected) -> bool:
    kind = code.value.partition(":")[0] if code.kind == "command" else code.kind
    if kind not in wanted.kinds:
        return False
    return not wanted.materials or _material(turn, code) in (*wanted.materials, None)
