"""A page of a form: what is entered, scanned, read or signed goes to its field; confirmed, the page is one event.

Pure. What a value means and when a page is complete is the engine's (`common.filling`); this moves the work.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from common import bodies as b
from common import entries as e
from common.codes import Code
from common.definitions import NUMBERS, Field, Step
from common.errors import RuleViolation
from common.filling import FieldState, Given, Page, page, put
from common.ids import Claim, b64
from common.text import say
from station import calibration, progress, signing
from station.devices import plc_block
from station.messages import Filled, GaugeAsk, GaugeRead, PhotoAsk
from station.work import InHand, Signature, Turn

PURPOSE = "page"  # of the signatures that are wanted here
BY_HAND = ("text", "note", "number", "yes_no", "choice", "choices", "date")
READ = ("gauge", "plc", "photo")  # what a device gives when it is asked
MOST_COLUMNS = 16
KEPT_SCAN = 256


class Photographed(Struct, frozen=True):
    """A camera's picture, by the hash of its bytes, for whoever asked with this token; or why it is none."""

    device: str
    hash: str
    token: int = 0
    fault: str = ""


class Answered(Struct, frozen=True):
    """Yes or no, as it is said."""

    id: str

    def say(self, language: str) -> str:
        """The word in `language`."""
        return say(language, f"truth.{self.id}", {})


def current(turn: Turn) -> Page | None:
    """The page of the step now; None if the step is no page."""
    step, hand = turn.step, turn.work.hand
    if step is None or hand is None or step.kind != "fill":
        return None
    return page(step.asks, hand.given, len(hand.columns))


def asked(turn: Turn) -> FieldState | None:
    """The field to fill now: the one that somebody went to, else the next that the page waits for."""
    now, hand = current(turn), turn.work.hand
    if now is None or hand is None:
        return None
    chosen = now.state(*hand.at) if hand.at else None
    return chosen if chosen and chosen.visible and chosen.field.type != "computed" else now.asked


def settle(turn: Turn) -> None:
    """After a turn: a panel's columns are those units that stood in it when its page began, and a signature is wanted
    while its field is the one to fill."""
    step, hand = turn.step, turn.work.hand
    if step and hand and step.kind == "fill" and step.each is True and not hand.columns:
        inside = progress.in_slot(turn, hand.unit, step.slot or "")
        turn.move(hand=replace(hand, columns=tuple(one.child for one in inside)[: MOST_COLUMNS + 1]))
    wanted, signature = asked(turn), turn.work.signature
    if wanted is not None and wanted.field.type == "signature":
        field = wanted.field
        if signature is None or signature.about != field.id:
            signing.want(turn, Signature(PURPOSE, field.meaning, tuple(field.roles), field.id))
    elif signature is not None and signature.purpose == PURPOSE:
        signing.drop(turn)


# What comes in -------------------------------------------------------------------------------------------------------
def filled(turn: Turn, said: Filled) -> None:
    """A field's value comes from the screen; an empty one clears it. RuleViolation field.*."""
    state = _state(turn, said.field, said.i)
    if state.field.type not in BY_HAND and said.value:
        raise RuleViolation("field.not_here", name=state.field.name)
    _take(turn, state, Given(said.field, said.value, said.i))


def enter(turn: Turn, text: str) -> None:
    """A card says the value of the field to fill now: a number, a day, an option, yes or no. RuleViolation field.*."""
    state = _asked(turn, BY_HAND)
    value: tuple[str, ...] = (text,)
    if state.field.type == "choices":  # a second card of the same takes it back
        value = tuple(sorted({*state.value} ^ {text}))
    _take(turn, state, Given(state.field.id, value, state.i), stay=state.field.type == "choices")


def pick(turn: Turn, number: int) -> None:
    """A number card picks an option of the field to fill now."""
    options = _asked(turn, ("choice", "choices")).field.options
    if number > len(options):
        raise RuleViolation("field.option", name=_asked(turn, BY_HAND).field.name, value=number)
    enter(turn, options[number - 1].id)


def go(turn: Turn, rest: str) -> None:
    """Somebody goes to a field: FIELD:<id>, and of a panel the column behind it."""
    id, _, i = rest.partition(":")
    state, hand = _state(turn, id, int(i or 0)), turn.work.hand
    if hand is not None:
        turn.move(hand=replace(hand, at=(state.field.id, state.i), asked=0))


def scanned(turn: Turn, code: Code) -> None:
    """A label is scanned: it goes to the field to fill now if that takes one, else to the next that does."""
    now, wanted, hand = current(turn), asked(turn), turn.work.hand
    if now is None or hand is None:
        return None
    takes = [s for s in (wanted, *now.fields) if s and s.visible and s.field.type == "scan"]
    open_ones = [s for s in takes if not s.valid or s is wanted]
    if wanted is not None and wanted.field.type in ("text", "note"):
        return _take(turn, wanted, Given(wanted.field.id, (code.value,), wanted.i))
    if code.claim == hand.unit:
        return turn.tell("ignored.in_hand", unit=code.claim)
    if not open_ones:
        raise RuleViolation("field.no_scan", got=code.value)
    state, scan = open_ones[0], b64(code.raw) if len(code.raw) <= KEPT_SCAN else ""
    return _take(turn, state, Given(state.field.id, (code.value,), state.i, scan=scan, thing=code.claim))


def measure(turn: Turn) -> None:
    """The MEASURE card: the device of the field to fill now gives its value. RuleViolation field.not_now."""
    state, hand = _asked(turn, READ), turn.work.hand
    field = state.field
    if hand is None or field.device is None:
        raise RuleViolation("field.not_now")
    if field.type == "plc":
        return _take(turn, state, Given(field.id, (_tag(turn, field),), state.i, field.device))
    if field.type == "gauge":
        calibration.fit(turn, field.device)
    turn.move(hand=replace(turn.work.hand or hand, at=(field.id, state.i), asked=turn.view.token))
    turn.ask = (GaugeAsk if field.type == "gauge" else PhotoAsk)(field.device, turn.view.token)
    return turn.tell("reading.asked", device=field.device)


def read(turn: Turn, said: GaugeRead | Photographed) -> None:
    """A gauge or a camera gives what it was asked for, or what its own button sent. RuleViolation field.*, camera.*."""
    kind, hand = "gauge" if isinstance(said, GaugeRead) else "photo", turn.work.hand
    state = _reads(turn, kind, said.device)
    if state is None or hand is None:
        return turn.tell("reading.not_wanted", device=said.device)
    if said.token and said.token != hand.asked:
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
    return _take(turn, state, Given(state.field.id, (said.value,), state.i, said.device))


def awaits(turn: Turn, device: str) -> bool:
    """Whether a picture of this camera would go to a field now."""
    return _reads(turn, "photo", device) is not None


def signed(turn: Turn, signature: Signature) -> None:
    """The page is signed; that confirms it as soon as nothing else is missing."""
    hand, now = turn.work.hand, current(turn)
    state = now.state(signature.about) if now else None
    if hand is None or state is None:
        raise RuleViolation("field.not_now")
    _take(turn, state, Given(signature.about, (signature.signer,)))
    now = current(turn)
    if now and now.complete:
        confirm(turn)


def unsigned(turn: Turn) -> None:
    """Whoever was to sign does not: back to what was filled last."""
    hand = turn.work.hand
    if hand is not None and hand.given:
        turn.move(hand=replace(hand, at=(hand.given[-1].field, hand.given[-1].i)))


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
    """What the machine shows now."""
    shown = turn.view.shows().get(field.device or "")
    values = shown.values if shown else ()
    if len(values) < field.tag:
        raise RuleViolation("field.no_value", device=field.device)
    return plc_block.scaled(values[field.tag - 1], field.decimals)


def _take(turn: Turn, state: FieldState, given: Given, *, stay: bool = False) -> None:
    """The value stands on the page, if it is one; the field's limits only mark it until the page is confirmed."""
    step, hand = turn.step, turn.work.hand
    if step is None or hand is None:
        return
    now = put(step.asks, hand.given, given)
    found = page(step.asks, now, len(hand.columns)).state(given.field, given.i)
    if found and found.verdict == "invalid":
        raise RuleViolation(found.code, **dict(found.params))
    turn.move(hand=replace(hand, given=now, at=(given.field, given.i) if stay else None, asked=0))
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
        return signing.name_of(turn, state.value[0]) or state.value[0]
    if field.type in NUMBERS:
        return f"{state.value[0]} {field.uom}".strip()
    if field.type == "yes_no":
        return Answered(state.value[0])
    if field.type in ("choice", "choices"):
        return [option.name for option in field.options if option.id in state.value]
    return state.value[0]


# The whole page ------------------------------------------------------------------------------------------------------
def confirm(turn: Turn) -> None:
    """CONFIRM: everything visible becomes one event. RuleViolation field.missing, panel.units."""
    step, hand, now = turn.step, turn.work.hand, current(turn)
    if step is None or hand is None or now is None:
        raise RuleViolation("command.not_here", command="CONFIRM")
    if step.each is True and not 1 <= len(hand.columns) <= MOST_COLUMNS:
        raise RuleViolation("panel.units", unit=hand.unit, have=len(hand.columns), most=MOST_COLUMNS)
    if not now.complete:
        return _not_yet(turn, hand, now)
    if now.recorded:
        _write(turn, hand, step, now)
        turn.remember({f"{step.id}/{s.field.id}": s.value[0] for s in now.recorded if s.field.type == "number"})
    if now.verdict == "fail":
        return progress.complete(turn, "fail", ("form_rejected",))
    return progress.following(turn)


def _not_yet(turn: Turn, hand: InHand, now: Page) -> None:
    """Who chose several is done with that; else the page says what it waits for."""
    if hand.at and (state := now.state(*hand.at)) and state.valid:
        turn.move(hand=replace(hand, at=None))
        return
    missing = next(state for state in now.fields if state.required and not state.valid)
    raise RuleViolation("field.missing", name=missing.field.name)


def _write(turn: Turn, hand: InHand, step: Step, now: Page) -> None:
    things = [s.given.thing for s in now.recorded if s.given and s.given.thing]
    on = tuple(dict.fromkeys((hand.unit, *hand.columns, *things)))
    body = b.MeasuredPage(hand.operation, step.id, tuple(one for s in now.recorded for one in _entries(s, on)))
    tone, code = {
        "pass": ("ok", "done.page"),
        "warn": ("hold", "done.page_marked"),
        "fail": ("ng", "done.page_failed"),
    }[now.verdict]
    names = [s.field.name for s in now.recorded if s.verdict == now.verdict]
    turn.confirm(tone, code, body, on, step=step.name, names=list(dict.fromkeys(names)))
    for i, unit in enumerate(hand.columns, 1):
        if any(s.i == i and s.verdict == "fail" for s in now.recorded):
            failed = b.Inspected(hand.operation, "fail", ("form_rejected",))
            turn.confirm("ng", "done.unit_failed", failed, (unit,), unit=unit)


def _entries(state: FieldState, on: tuple[Claim, ...]) -> list[e.Answer]:
    """What stands in the event of one field: of several choices one entry each."""
    field, given = state.field, state.given
    device = given.device or None if given else None
    for_all: dict[str, Any] = {"ch": field.id, "verdict": state.verdict, "i": state.i}
    if field.type in ("choice", "choices", "yes_no"):
        verdicts = {option.id: option.verdict for option in field.options}
        return [e.ChoiceEntry(**for_all | {"verdict": verdicts.get(id, state.verdict)}, value=id) for id in state.value]
    value = state.value[0]
    if field.type in NUMBERS:
        limits = {name: getattr(field, name) for name in ("low", "high", "warn_low", "warn_high")}
        return [e.NumberEntry(**for_all, value=value, uom=field.uom or None, device=device, **limits)]
    match field.type:
        case "date":
            return [e.DateEntry(**for_all, value=value)]
        case "scan":
            thing = on.index(given.thing) if given and given.thing and given.thing != on[0] else None
            return [e.CodeEntry(**for_all, value=value, scan=given.scan if given else "", thing=thing)]
        case "photo":
            return [e.PhotoEntry(**for_all, value=value, device=device)]
        case "signature":
            return [e.SignatureEntry(**for_all, value=value, meaning=field.meaning)]
    return [e.TextEntry(**for_all, value=value)]
