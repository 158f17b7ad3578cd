"""The fields of the open page: what is entered, scanned, read or signed goes to its field. Pure."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from common.barcode_router import Code
from common.definitions import NUMBERS, Field
from common.errors import RuleViolation
from common.form_engine import FieldState, Given, put
from common.ids import b64
from common.text import say
from station.devices import plc_block
from station.messages import Filled, GaugeAsk, GaugeRead, PhotoAsk
from station.work.begin import calibration
from station.work.state import Signature
from station.work.steps import pages
from station.work.steps.pages import asked, current, entries, keep_entries
from station.work.turn import Turn

BY_HAND = ("text", "note", "number", "yes_no", "choice", "choices", "date")
READ = ("gauge", "plc", "photo")  # types of fields that a device fills when it is asked
KEPT_SCAN = 256


class Photographed(Struct, frozen=True):
    """A camera's picture, by the hash of its bytes, for whoever asked with this token; or why it is none."""

    device: str
    hash: str
    token: int = 0
    fault: str = ""


class Answered(Struct, frozen=True):
    """Yes or no, in words."""

    id: str

    def say(self, language: str) -> str:
        """The word in `language`."""
        return say(language, f"truth.{self.id}", {})


# What comes in -------------------------------------------------------------------------------------------------------
def filled(turn: Turn, said: Filled) -> None:
    """Take a field's value from the screen; an empty one clears it. RuleViolation field.*."""
    state = _state(turn, said.field, said.i)
    if state.field.type not in BY_HAND and said.value:
        raise RuleViolation("field.not_here", name=state.field.name)
    _take(turn, state, Given(said.field, said.value, said.i))


def enter(turn: Turn, text: str) -> None:
    """Take the value of the field to fill now from a card: a number, a day, an option. RuleViolation field.*."""
    state = _asked(turn, BY_HAND)
    value: tuple[str, ...] = (text,)
    if state.field.type == "choices":  # a second card of the same takes it back
        value = tuple(sorted({*state.value} ^ {text}))
    _take(turn, state, Given(state.field.id, value, state.i), stay=state.field.type == "choices")


def enter_word(word: str, turn: Turn, _: str) -> None:
    """Enter a word that the card itself says."""
    enter(turn, word)


def empty(turn: Turn, _: str) -> None:
    """Clear the field to fill now. RuleViolation field.not_now: it is needed."""
    state = _asked(turn, (*BY_HAND, *READ, "scan"))
    if state.field.required:
        raise RuleViolation("field.not_now")
    _take(turn, state, Given(state.field.id, (), state.i))


def pick(turn: Turn, number: int) -> None:
    """Pick an option of the field to fill now."""
    options = _asked(turn, ("choice", "choices")).field.options
    if number > len(options):
        raise RuleViolation("field.option", name=_asked(turn, BY_HAND).field.name, value=number)
    enter(turn, options[number - 1].id)


def go(turn: Turn, rest: str) -> None:
    """Go to a field: FIELD:<id>, and of a panel the column behind it."""
    id, _, i = rest.partition(":")
    state = _state(turn, id, int(i or 0))
    keep_entries(turn, replace(entries(turn), at=(state.field.id, state.i), asked=0, declined=""))


def scanned(turn: Turn, code: Code) -> None:
    """Put a scanned label into the field that takes one. RuleViolation field.no_scan if none does."""
    state, thing = takes_scan(turn), turn.work.thing
    if state is not None and state.field.type != "scan":
        return _take(turn, state, Given(state.field.id, (code.value,), state.i))
    if code.claim == thing:
        return turn.tell("ignored.in_hand", unit=code.claim)
    if state is None:
        raise RuleViolation("field.no_scan", got=code.value)
    scan = b64(code.raw) if len(code.raw) <= KEPT_SCAN else ""
    return _take(turn, state, Given(state.field.id, (code.value,), state.i, scan=scan, thing=code.claim))


def takes_scan(turn: Turn) -> FieldState | None:
    """The field that a label goes to: the one to fill now if that takes one, else the next that does."""
    now, wanted = current(turn), asked(turn)
    if now is None or (wanted is not None and wanted.field.type in ("text", "note", "scan")):
        return wanted
    return next((s for s in now.fields if s.visible and s.field.type == "scan" and not s.valid), None)


def measure(turn: Turn) -> None:
    """Ask the device of the field to fill now for its value. RuleViolation field.not_now."""
    state = _asked(turn, READ)
    field = state.field
    if field.device is None:
        raise RuleViolation("field.not_now")
    if field.type == "plc":
        return _take(turn, state, Given(field.id, (_tag(turn, field),), state.i, field.device))
    if field.type == "gauge":
        calibration.fit(turn, field.device)
    keep_entries(turn, replace(entries(turn), at=(field.id, state.i), asked=turn.view.token))
    turn.ask = (GaugeAsk if field.type == "gauge" else PhotoAsk)(field.device, turn.view.token)
    return turn.tell("reading.asked", device=field.device)


def read(turn: Turn, said: GaugeRead | Photographed) -> None:
    """Take a reading or a photo, asked for or sent by the device's own button. RuleViolation field.*, camera.*."""
    state = _reads(turn, "gauge" if isinstance(said, GaugeRead) else "photo", said.device)
    if state is None:
        return turn.tell("reading.not_wanted", device=said.device)
    if said.token and said.token != entries(turn).asked:
        return None
    if isinstance(said, Photographed):
        if said.fault:
            raise RuleViolation(said.fault, device=said.device)
        return _take(turn, state, Given(state.field.id, (said.hash,), state.i, said.device))
    if not said.stable:
        return None
    calibration.fit(turn, said.device)
    if said.uom != state.field.uom:
        raise RuleViolation("gauge.unit", device=said.device, have=said.uom or "-", want=state.field.uom or "-")
    gauge = calibration.gauge_at(turn, said.device)
    return _take(turn, state, Given(state.field.id, (said.value,), state.i, gauge.id if gauge else said.device))


def signed(turn: Turn, signature: Signature) -> bool:
    """Put a signature into its field. Return whether the page is complete now, which confirms it."""
    now = current(turn)
    state = now.state(signature.about) if now else None
    if state is None:
        raise RuleViolation("field.not_now")
    _take(turn, state, Given(signature.about, (signature.signer,)))
    now = current(turn)
    return now is not None and now.complete


def unsigned(turn: Turn, declined: Signature) -> None:
    """Nobody signs: the signature is not asked for again until somebody goes to the field or confirms."""
    if declined.purpose == pages.PURPOSE and current(turn) is not None:
        keep_entries(turn, replace(entries(turn), declined=declined.about, at=None))


# One field -----------------------------------------------------------------------------------------------------------
def _state(turn: Turn, id: str, i: int) -> FieldState:
    now = current(turn)
    if now is None:
        raise RuleViolation("field.not_now")
    state = now.state(id, i)
    if state is None or not state.visible or state.field.type == "computed":
        raise RuleViolation("field.not_here", name=state.field.name if state else id)
    return state


def _asked(turn: Turn, types: tuple[str, ...]) -> FieldState:
    state = asked(turn)
    if state is None or state.field.type not in types:
        raise RuleViolation("field.not_now")
    return state


def _reads(turn: Turn, kind: str, device: str) -> FieldState | None:
    """The field that a reading of this device goes to: the one to fill now, else the first that is empty."""
    now, wanted = current(turn), asked(turn)
    fits = [s for s in (wanted, *(now.fields if now else ())) if s and s.visible]
    fits = [s for s in fits if s.field.type == kind and s.field.device == device and (s is wanted or not s.valid)]
    return next(iter(fits), None)


def _tag(turn: Turn, field: Field) -> str:
    """The value that the machine shows now."""
    shown = turn.view.shows().get(field.device or "")
    values = shown.values if shown else ()
    if len(values) < field.tag:
        raise RuleViolation("field.no_value", device=field.device)
    return plc_block.scaled(values[field.tag - 1], field.decimals)


def _take(turn: Turn, state: FieldState, given: Given, *, stay: bool = False) -> None:
    """Put a value into its field, if it is one; the field's limits only mark it until the page is confirmed."""
    now, before = pages.open_page(turn), entries(turn)
    if now is None:
        return
    now = replace(now, given=put(now.fields, now.given, given))
    found = pages.worked_out(turn, now).state(given.field, given.i)
    if found and found.verdict == "invalid":
        raise RuleViolation(found.code, **dict(found.params))
    place = (given.field, given.i)
    filled = tuple(one for one in before.filled if one != place) + ((place,) if any(given.value) else ())
    at = place if stay else None
    keep_entries(turn, replace(before, given=now.given, filled=filled, at=at, asked=0, declined=""))
    if not any(given.value):
        turn.tell("noted.cleared", name=state.field.name)
    elif found and found.code:
        turn.tell(found.code, **dict(found.params))
    elif found and found.field.type != "signature":
        turn.tell("noted.field", name=state.field.name, value=shown(turn, found))


def shown(turn: Turn, state: FieldState) -> object:
    """A field's value as people read it."""
    field = state.field
    if field.type == "signature":
        return turn.name_of(state.value[0]) or state.value[0]
    if field.type in NUMBERS:
        return f"{state.value[0]} {field.uom}".strip()
    if field.type == "yes_no":
        return Answered(state.value[0])
    if field.type in ("choice", "choices"):
        return [option.name for option in field.options if option.id in state.value]
    return state.value[0]
