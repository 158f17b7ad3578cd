"""Labels of things: when one is issued, its values, and its life: issued, printed, verified, void. Pure.

A label is issued only where a printer takes it: a workplace without one works with labels that came printed.
"""

from __future__ import annotations

from datetime import UTC, datetime

from common.barcode_router import Code
from common.definitions import LabelDefinition, Material
from common.definitions import LabelDefinition as Definition
from common.errors import RuleViolation
from common.event_types import Label as Said
from common.events import Fact
from common.ids import Claim, kind_of
from common.rows import Labelled, Movement
from station.config import Printer
from station.work.turn import Print, Turn, Unprint


def issue(turn: Turn, id: str | None, thing: Claim, material: str, order: str | None = None) -> None:
    """Issue a label with the events of this turn; nothing if none is due, or no printer here takes it."""
    label = turn.view.definitions.get(Definition, id)
    printer = turn.view.labels.printer(label.id) if label else None
    if label is None or printer is None:
        return
    turn.notes.append(Fact(Said(label.id, "issued"), (thing,)))
    _print(turn, label, printer, thing, _values(turn, label, thing, material, order))


def reprint(turn: Turn, reason: str) -> None:
    """The card: the label that is meant is printed once more. RuleViolation label.*, command.reason."""
    thing, last = _labelled(turn)
    why = _reason(turn, reason)
    label = turn.view.definitions.get(Definition, last.label)
    printer = turn.view.labels.printer(last.label)
    if label is None or printer is None:
        raise RuleViolation("label.no_printer", unit=thing)
    if thing in turn.view.labels.waiting:
        raise RuleViolation("label.waiting", unit=thing)
    standing = turn.view.standing(thing)
    values = _values(turn, label, thing, standing.material or "", standing.order)
    turn.prints.append(Unprint(thing, label.id))
    _print(turn, label, printer, thing, values)
    said = {"unit": thing, "label": label.name, "number": values["copy"]}
    turn.confirm("ok", "done.reprint", Said(label.id, "issued", why), (thing,), **said)


def void(turn: Turn, reason: str) -> None:
    """The card: the label that is meant is worth nothing any more. RuleViolation label.*, command.reason."""
    thing, last = _labelled(turn)
    why = _reason(turn, reason)
    if last.state == "void":
        raise RuleViolation("label.is_void", unit=thing)
    turn.prints.append(Unprint(thing, last.label))
    turn.confirm("hold", "done.label_void", Said(last.label, "void", why), (thing,), unit=thing)


def there(turn: Turn, _: str) -> None:
    """Somebody looked: the label in doubt came out. RuleViolation label.none, label.no_doubt."""
    thing, last = _labelled(turn)
    if thing not in turn.view.labels.unsure:
        raise RuleViolation("label.no_doubt", unit=thing)
    turn.prints.append(Unprint(thing, last.label))
    turn.confirm("ok", "done.label_there", Said(last.label, "printed"), (thing,), unit=thing)


def verify(turn: Turn, code: Code) -> bool:
    """Verify a label: the thing that got one here last, or one in doubt, is scanned. Return whether that was all.

    A scan that has other work to do, of the carton that is packed or the unit that goes on, does it too.
    """
    thing = code.claim if code.claim in turn.view.labels.unsure else turn.work.labelled
    last = newest(turn, thing) if thing and code.claim == thing else None
    if thing is None or last is None:
        return False
    if last.state != "printed" and not (last.state == "issued" and thing in turn.view.labels.unsure):
        return False
    turn.prints.append(Unprint(thing, last.label))
    turn.move(labelled=None if thing == turn.work.labelled else turn.work.labelled)
    if _means_more(turn, thing):
        turn.notes.append(Fact(Said(last.label, "verified"), (thing,)))
        return False
    turn.confirm("ok", "done.verified", Said(last.label, "verified"), (thing,), unit=thing)
    return True


def _means_more(turn: Turn, thing: Claim) -> bool:
    """Return whether this scan has work to do."""
    if turn.work.hand is not None or turn.work.packing is not None:
        return thing != meant(turn)
    standing = turn.view.standing(thing)
    route = turn.view.definitions.route_of(standing.material)
    here = [o.id for o in route.operations if turn.view.place in o.at and not o.reworks] if route else []
    return any(standing.outcome(id) != "pass" for id in here)


def meant(turn: Turn) -> Claim | None:
    """The thing whose label the cards mean: the one on the bench, with a label or without; else the oldest in doubt,
    the thing that got a label here last, or the container that is open."""
    work = turn.work
    return work.thing or next(iter(turn.view.labels.unsure), work.labelled or work.container)


def newest(turn: Turn, thing: Claim) -> Labelled | None:
    """The last row about a label of this thing that is known here; of the one in doubt, if one is."""
    doubtful = turn.view.labels.unsure.get(thing)
    return next((row for row in reversed(_rows(turn, thing)) if doubtful in (None, row.label)), None)


# What is known -------------------------------------------------------------------------------------------------------
def _labelled(turn: Turn) -> tuple[Claim, Labelled]:
    thing = meant(turn)
    last = newest(turn, thing) if thing else None
    if thing is None or last is None:
        raise RuleViolation("label.none", unit=thing)
    return thing, last


def _rows(turn: Turn, thing: Claim) -> list[Labelled]:
    found = sorted(turn.view.history(thing).events, key=lambda past: (past.at, past.log, past.index))
    return [row for past in found for row in past.rows if isinstance(row, Labelled)]


def _reason(turn: Turn, id: str) -> str:
    """A coded reason; none is needed where a site has none."""
    return turn.reason(id, "reprint") if id or turn.view.definitions.reasons("reprint") else ""


def _print(turn: Turn, label: LabelDefinition, printer: Printer, thing: Claim, values: dict[str, str]) -> None:
    turn.prints.append(Print(printer.name, label, thing, values))
    turn.move(labelled=thing)


# Values --------------------------------------------------------------------------------------------------------------
def _values(turn: Turn, label: LabelDefinition, thing: Claim, material: str, order: str | None) -> dict[str, str]:
    """The values that a label may name. A reprint has the day of the first print."""
    known = turn.view.definitions.get(Material, material)
    issued = [row for row in _rows(turn, thing) if row.label == label.id and row.state == "issued"]
    found = {"material": material, "order": order or "", "place": turn.view.place, "copy": str(len(issued) + 1)}
    found["gtin"] = known.gtin[0] if known and known.gtin else ""
    if known:
        found |= {"name_zh": known.name.zh, "name_en": known.name.en}
    return found | _numbers(thing) | _days(turn, thing, label.id)


def _numbers(thing: Claim) -> dict[str, str]:
    """The number of a thing as a label has it, without the prefix of its claim."""
    kind, value = kind_of(thing), thing.value
    if thing.scheme in ("gs1:sgtin", "gs1:lgtin"):
        gtin, _, number = value.partition(".")
        return {"gtin": gtin, "serial" if kind == "unit" else "lot": number}
    if kind == "lot":
        return {"lot": value.partition("/")[2] or value}
    return {"sscc" if thing.scheme == "gs1:sscc" else "serial": value}


def _days(turn: Turn, thing: Claim, label: str) -> dict[str, str]:
    day, ends = turn.view.today.isoformat(), ""
    for past in reversed(turn.view.history(thing).events):
        for row in past.rows:
            if isinstance(row, Labelled) and row.label == label and row.state == "issued":
                day = datetime.fromtimestamp(past.at / 1000, UTC).astimezone().date().isoformat()
            if isinstance(row, Movement) and row.expiry:
                ends = row.expiry
    found = {"date": day, "yymmdd": day[2:].replace("-", ""), "expiry": ends}
    return found | {"expiry_yymmdd": ends[2:].replace("-", "")}
