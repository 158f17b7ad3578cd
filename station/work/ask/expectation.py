"""What the workplace expects now, and what a code that it does not take is, in words. Pure; it decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from common.barcode_router import Ambiguous, Code
from common.definitions import Material, Operation, Partner, Reason, Route
from common.errors import BadBarcode
from common.text import Named, Params
from station.shown.work_screen import Phrase
from station.work import take_in_hand
from station.work.begin import due
from station.work.state import InHand
from station.work.steps import pages, quantities
from station.work.turn import Turn

CodeRead = Code | Ambiguous | BadBarcode
MOST_NAMED = 3  # materials that a person reads at a glance; of more only their kind is said
KEPT = 256  # characters of what an event says of it
READABLE = 40  # characters of an unknown code that a person compares with a label
NUMBERS = tuple(str(n) for n in range(1, 10))
# Cards that answer a field, by its type.
FIELD_CARDS = {
    "number": ("N",),
    "yes_no": ("YES", "NO"),
    "choice": ("OPTION", *NUMBERS),
    "choices": ("OPTION", *NUMBERS),
    "date": ("DATE",),
    **dict.fromkeys(("gauge", "plc", "photo"), ("MEASURE",)),
}
# What a card says, by its verb.
WORDS = {
    "CONFIRM": "card.confirm",
    "YES": "card.yes",
    "NO": "card.no",
    "CANCEL": "card.cancel",
    "UNDO": "card.undo",
    "MEASURE": "card.measure",
    "CLOSE": "card.close",
    "REWORK": "card.rework",
    "LEAVE": "card.leave",
    "SIGNOUT": "card.sign_out",
    "CLEANED": "card.cleaned",
    "CALL": "card.call",
    "ANSWER": "card.answer",
    "CLEAR": "card.clear",
    "NEW": "card.new",
    "REPRINT": "card.reprint",
    "VOIDLABEL": "card.void_label",
    "EMPTY": "tap.empty",
    "OUT": "card.old_unread",
    "LABELTHERE": "tap.label_there",
    "NG": "tap.ng",
    "NCR": "tap.ncr",
    "SCRAP": "tap.scrap",
    "OVERRIDE": "tap.override",
}


class Expected(Struct, frozen=True):
    """What would be taken. `words`: as people read it; `text`: as an event keeps it, a word and ids.

    `kinds`: of the codes that it may be, of a command its verb; `materials`: their ids, if it is one of some.
    """

    words: Phrase
    text: str
    kinds: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()


def expected(turn: Turn) -> Expected:
    """What the workplace waits for, in the order in which it is asked for."""
    work = turn.work
    if work.badge_for or (work.person is None and work.asked is None):
        return Expected(Phrase("expect.badge"), "badge", ("badge",))
    if work.asked is not None:
        return Expected(Phrase("expect.answer", {"count": len(work.asked.readings)}), "answer", NUMBERS)
    if work.signature is not None:
        return _signature(turn)
    if work.choosing is not None:
        several = due.choices(turn)
        return _named("expect.operation", "operation", several, kinds=("OP",))
    if work.packing is not None:
        if work.container is None:
            return Expected(Phrase("expect.container"), "container", ("container",))
        open_one: Params = {"container": work.container}
        return Expected(Phrase("expect.container_open", open_one), f"container {work.container.value}", ("container",))
    return _step(turn, work.hand) if work.hand else _begin(turn)


def refused(turn: Turn, scan: CodeRead, wanted: Expected) -> tuple[str, Params] | None:
    """What is said of a scan that was not what was wanted; None if it was, and the refusal is about the thing."""
    if isinstance(scan, Code) and _fits(turn, scan, wanted):
        return None
    return "scan.refused", {"got": what(turn, scan), "expected": wanted.words}


# What it is ----------------------------------------------------------------------------------------------------------
def what(turn: Turn, scan: CodeRead) -> Phrase:
    """A scan in words. Nothing of a badge but whose it is."""
    if isinstance(scan, BadBarcode):
        return _unread(turn, scan)
    if isinstance(scan, Ambiguous):
        return Phrase("scan.ambiguous", {"kind": list(dict.fromkeys(code.kind for code in scan.readings))})
    if scan.kind == "badge":
        known = turn.view.people.get(scan.value)
        return Phrase("scan.badge", {"name": known[1]}) if known else Phrase("scan.badge_unknown")
    if scan.kind == "command":
        return Phrase("scan.command", {"name": _command(turn, scan.value)})
    material, value = _material(turn, scan), scan.claim or scan.value
    if material is None:
        return Phrase("scan.thing", {"kind": scan.kind, "value": value})
    return Phrase("scan.thing_of", {"kind": scan.kind, "value": value, "material": turn.material_name(material)})


def _unread(turn: Turn, scan: BadBarcode) -> Phrase:
    """A code that names no thing of this site: what can be told of it all the same."""
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
    """What stands on a command's card or tile."""
    verb, _, rest = value.partition(":")
    known = turn.view.definitions
    operations = {o.id: o for route in known.all(Route) for o in route.operations}
    named: dict[str, Named | None] = {
        "OP": operations[rest].name if rest in operations else None,
        "PARTNER": partner.name if (partner := known.get(Partner, rest)) else None,
        "NEW": material.name if (material := known.get(Material, rest)) else None,
    }
    about = named[verb] if verb in named else reason.name if (reason := known.get(Reason, rest)) else None
    if verb not in WORDS:
        return about or value
    return Phrase("scan.command_of", {"name": Phrase(WORDS[verb]), "about": about}) if about else Phrase(WORDS[verb])


def _material(turn: Turn, code: Code) -> str | None:
    return code.material or (turn.view.standing(code.claim).material if code.claim else None)


def _fits(turn: Turn, code: Code, wanted: Expected) -> bool:
    kind = code.value.partition(":")[0] if code.kind == "command" else code.kind
    if kind not in wanted.kinds:
        return False
    return not wanted.materials or _material(turn, code) in (*wanted.materials, None)


# What is wanted ------------------------------------------------------------------------------------------------------
def _begin(turn: Turn) -> Expected:
    """A thing to work on."""
    made = turn.view.definitions.materials_at(turn.view.place)
    kinds = tuple(sorted(take_in_hand.worked_on(turn)))
    ids = tuple(material.id for material in made)
    if 0 < len(made) <= MOST_NAMED:
        words = Phrase("expect.thing_of", {"kind": kinds, "material": [material.name for material in made]})
        return Expected(words, _text(*kinds, *ids), kinds, ids)
    return Expected(Phrase("expect.thing", {"kind": kinds}), _text(*kinds), kinds, ids)


def _signature(turn: Turn) -> Expected:
    asked = turn.work.signature
    if asked is not None and asked.signer:
        return Expected(Phrase("expect.pin"), "pin")
    if asked is not None and asked.roles:
        said: Params = {"release": asked.roles}
        return Expected(Phrase("expect.badge_of", said), _text("badge", *asked.roles), ("badge",))
    return Expected(Phrase("expect.badge"), "badge", ("badge",))


def _step(turn: Turn, hand: InHand) -> Expected:
    """What the step takes now; without one, that the thing is set aside."""
    step = turn.step
    if hand.because or (step and step.kind == "fill"):
        return _field(turn)
    if step is None:
        return Expected(Phrase("expect.card", {"name": Phrase(WORDS["LEAVE"])}), "LEAVE", ("LEAVE",))
    if step.kind == "machine":
        return Expected(Phrase("expect.machine", {"step": step.name}), _text("machine", step.device))
    if step.kind == "gauge":
        return Expected(Phrase("expect.reading", {"device": step.device}), _text("reading", step.device), ("MEASURE",))
    number = quantities.asked(turn)
    if number is not None:
        said: Params = {"name": number.name, "uom": number.uom}
        return Expected(Phrase("expect.number", said), _text("number", number.id), ("N",))
    if step.kind in ("ship", "return") and hand.partner:
        return Expected(Phrase("expect.document"), "document", ("order", "document"))
    if step.kind in ("ship", "return") or quantities.wants_partner(turn):
        return Expected(Phrase("expect.partner"), "partner", ("PARTNER",))
    line = turn.slot
    ids = (line.material, *line.alternatives) if line else ()
    known = [material for id in ids if (material := turn.view.definitions.get(Material, id))]
    code = "expect.old" if step.kind == "replace" and hand.removed is None else "expect.material"
    return _named(code, "material", known, kinds=tuple(dict.fromkeys(material.tracked for material in known)))


def _field(turn: Turn) -> Expected:
    """What the field to fill now takes; past the last one, that somebody confirms."""
    state = pages.asked(turn)
    if state is None:
        return Expected(Phrase("expect.card", {"name": Phrase(WORDS["CONFIRM"])}), "CONFIRM", ("CONFIRM",))
    kinds = FIELD_CARDS.get(state.field.type, ())
    return Expected(Phrase("expect.field", {"name": state.field.name}), _text("field", state.field.id), kinds)


def _named(code: str, word: str, known: Sequence[Material | Operation], *, kinds: tuple[str, ...]) -> Expected:
    ids = tuple(one.id for one in known)
    return Expected(Phrase(code, {"name": [one.name for one in known]}), _text(word, *ids), kinds, ids)


def _text(*words: str | None) -> str:
    return " ".join(word for word in words if word)[:KEPT]
