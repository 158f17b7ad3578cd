"""A page of a form: what is entered, scanned, read or signed goes to its field; confirmed, the page is one event.

Pure. What a value means and when a page is complete is the engine's (`common.form_engine`); this moves the work.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from common import entries as e
from common import event_types as b
from common.barcode_router import Code
from common.definitions import NUMBERS, Field, Reason
from common.errors import RuleViolation
from common.form_engine import FieldState, Given, Page, page, put
from common.ids import Claim, b64
from common.text import Named, say
from station.devices import plc_block
from station.messages import Filled, GaugeAsk, GaugeRead, PhotoAsk
from station.work import signatures
from station.work.begin import calibration, interlock_check
from station.work.state import NOT_BEGUN, InHand, ReasonPage, Signature, Work
from station.work.steps import machine_permit, progress
from station.work.turn import Turn

PURPOSE = "page"  # of the signatures that are wanted here
BY_HAND = ("text", "note", "number", "yes_no", "choice", "choices", "date")
READ = ("gauge", "plc", "photo")  # what a device gives when it is asked
MOST_COLUMNS = 16
KEPT_SCAN = 256
DONE = {"pass": ("ok", "done.page"), "warn": ("hold", "done.page_marked"), "fail": ("ng", "done.page_failed")}


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


class OpenPage(Struct, frozen=True):
    """What is filled now: the page of a step, or of a reason. `id` and `name` are the step's or the reason's."""

    id: str
    name: Named
    fields: list[Field]
    given: tuple[Given, ...]
    columns: tuple[Claim, ...] = ()

    def page(self) -> Page:
        """As it stands."""
        return page(self.fields, self.given, len(self.columns))


def sheet(turn: Turn) -> OpenPage | None:
    """What is filled now; None if nothing is, or a panel cannot be."""
    hand = turn.work.hand
    return (_of_reason(turn, hand) if hand.because else _of_step(turn, hand)) if hand else None


def _of_step(turn: Turn, hand: InHand) -> OpenPage | None:
    step = turn.step
    if step is None or step.kind != "fill" or (step.each is True and not hand.columns):
        return None
    return OpenPage(step.id, step.name, step.asks, hand.given, hand.columns)


def _of_reason(turn: Turn, hand: InHand) -> OpenPage | None:
    because = hand.because
    reason = turn.view.definitions.get(Reason, because.reason) if because else None
    return OpenPage(reason.id, reason.name, reason.asks, because.given) if because and reason else None


def current(turn: Turn) -> Page | None:
    """The page that is filled now; None if none is."""
    now = sheet(turn)
    return now.page() if now else None


def asked(turn: Turn) -> FieldState | None:
    """The field to fill now: the one that somebody went to, else the next that the page waits for."""
    now, hand = current(turn), turn.work.hand
    if now is None or hand is None:
        return None
    chosen = now.state(*hand.at) if hand.at else None
    return chosen if chosen and chosen.visible and chosen.field.type != "computed" else now.asked


def settle(turn: Turn, before: Work) -> None:
    """After a turn: a panel's columns are those units that stood in it when its page began, and a signature is wanted
    while its field is the one to fill, nobody declined and the thing may go on. What is wanted for something else comes
    first."""
    _open_panel(turn, before)
    wanted, signature, hand = asked(turn), turn.work.signature, turn.work.hand
    if signature is not None and signature.purpose != PURPOSE:
        return
    field = wanted.field if wanted and wanted.field.type == "signature" else None
    if field is None or (hand and hand.declined == field.id) or interlock_check.halted(turn) is not None:
        signatures.drop(turn)
    elif signature is None or signature.about != field.id:
        signatures.want(turn, Signature(PURPOSE, field.meaning, tuple(field.roles), field.id))


def units_of_panel(turn: Turn) -> int | None:
    """How many units stand in the panel whose page cannot begin for that; None if nothing is wrong."""
    step, hand = turn.step, turn.work.hand
    if step is None or hand is None or step.kind != "fill" or step.each is not True or hand.columns:
        return None
    return len(progress.in_slot(turn, hand.unit, step.slot or ""))


def _open_panel(turn: Turn, before: Work) -> None:
    """A panel's page begins, or it is said once why it does not."""
    step, hand, have = turn.step, turn.work.hand, units_of_panel(turn)
    if step is None or hand is None or have is None:
        return
    if 1 <= have <= MOST_COLUMNS:
        inside = progress.in_slot(turn, hand.unit, step.slot or "")
        turn.move(hand=replace(hand, columns=tuple(one.child for one in inside)))
        return
    stood = before.hand and (before.hand.unit, before.hand.operation, before.hand.step)
    if stood != (hand.unit, hand.operation, hand.step):
        body = b.Refused(hand.operation, "panel.units")
        turn.confirm("ng", "panel.units", body, (hand.unit,), unit=hand.unit, have=have, most=MOST_COLUMNS)


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


def empty(turn: Turn) -> None:
    """The EMPTY card: nothing stands in the field to fill now any more. RuleViolation field.not_now: it is needed."""
    state = _asked(turn, (*BY_HAND, *READ, "scan"))
    if state.field.required:
        raise RuleViolation("field.not_now")
    _take(turn, state, Given(state.field.id, (), state.i))


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
        turn.move(hand=replace(hand, at=(state.field.id, state.i), asked=0, declined=""))


def scanned(turn: Turn, code: Code) -> None:
    """A label is scanned: it goes to the field that takes one. RuleViolation field.no_scan if none does."""
    state, hand = takes_scan(turn), turn.work.hand
    if hand is None:
        return None
    if state is not None and state.field.type != "scan":
        return _take(turn, state, Given(state.field.id, (code.value,), state.i))
    if code.claim == hand.unit:
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
    gauge = calibration.gauge_at(turn, said.device)
    return _take(turn, state, Given(state.field.id, (said.value,), state.i, gauge.id if gauge else said.device))


def signed(turn: Turn, signature: Signature) -> bool:
    """The page is signed; whether nothing else is missing, which confirms it."""
    now = current(turn)
    state = now.state(signature.about) if now else None
    if state is None:
        raise RuleViolation("field.not_now")
    _take(turn, state, Given(signature.about, (signature.signer,)))
    now = current(turn)
    return now is not None and now.complete


def unsigned(turn: Turn, declined: Signature) -> None:
    """Whoever was to sign does not: nobody is asked again until somebody goes to the field or confirms."""
    hand = turn.work.hand
    if hand is not None and declined.purpose == PURPOSE:
        turn.move(hand=replace(hand, declined=declined.about, at=None))


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
    now, hand = sheet(turn), turn.work.hand
    if now is None or hand is None:
        return
    now = replace(now, given=put(now.fields, now.given, given))
    found = now.page().state(given.field, given.i)
    if found and found.verdict == "invalid":
        raise RuleViolation(found.code, **dict(found.params))
    hand = replace(hand, at=(given.field, given.i) if stay else None, asked=0, declined="")
    if hand.because:
        turn.move(hand=replace(hand, because=replace(hand.because, given=now.given)))
    else:
        turn.move(hand=replace(hand, given=now.given))
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


# The whole page ------------------------------------------------------------------------------------------------------
def confirm(turn: Turn) -> None:
    """CONFIRM of a step's page: everything visible becomes one event. RuleViolation field.missing, mark.*."""
    now = sheet(turn)
    if now is None:
        raise RuleViolation("command.not_here", command="CONFIRM")
    if not filled_up(turn):
        return None
    page = now.page()
    if page.recorded:
        _write(turn, now, *DONE[page.verdict])
        _fail_units(turn, now)
        turn.remember({f"{now.id}/{s.field.id}": s.value[0] for s in page.recorded if s.field.type == "number"})
    if page.verdict == "fail":
        return progress.complete(turn, "fail", ("form_rejected",))
    return progress.following(turn)


def filled_up(turn: Turn) -> bool:
    """Whether the page is complete; if it is not, who chose several is done with that, or a signature is asked for once
    more. RuleViolation field.missing, mark.*: what it waits for."""
    hand, now = turn.work.hand, current(turn)
    lacking = now.lacking if now else None
    if now is None or hand is None or lacking is None:
        return True
    if hand.at and (state := now.state(*hand.at)) and state.valid:
        turn.move(hand=replace(hand, at=None))
    elif lacking.field.id == hand.declined:
        turn.move(hand=replace(hand, declined=""))
    elif lacking.verdict == "invalid":
        raise RuleViolation(lacking.code, **dict(lacking.params))
    else:
        raise RuleViolation("field.missing", name=lacking.field.name)
    return False


def keep(turn: Turn) -> None:
    """What was entered so far is recorded before the work leaves the page. It completes nothing: what an operation is
    worth is said by its own event, and the next try begins with an empty page."""
    hand = turn.work.hand
    for one in (_of_step(turn, hand), _of_reason(turn, hand)) if hand else ():
        if one and one.page().recorded:
            _write(turn, one, "ok", "done.page_kept")


def reports(turn: Turn, verb: str, id: str) -> bool:
    """Whether a reason asks for more, which is filled first: its page stands now, and CONFIRM goes on with it."""
    reason, hand = turn.view.definitions.get(Reason, id), turn.work.hand or _stopped(turn)
    because = hand.because if hand else None
    if hand is None or reason is None or not reason.asks:
        return False
    if because and (because.verb, because.reason) == (verb, id):
        return not filled_up(turn)
    machine_permit.withdraw(turn)
    turn.move(hand=replace(hand, because=ReasonPage(verb, id), at=None, asked=0, declined=""), stopped=None)
    return True


def _stopped(turn: Turn) -> InHand | None:
    """The thing that may not be worked on, to be reported and nothing else."""
    code = turn.work.stopped
    if code is None or code.claim is None:
        return None
    material = turn.view.standing(code.claim).material or code.material
    return InHand(code.claim, material or "", NOT_BEGUN, label=b64(code.raw))


def give_up(turn: Turn) -> None:
    """Nothing is reported after all: back to the step, whose machine is asked again."""
    hand = turn.work.hand
    if hand is not None:
        turn.move(hand=unreported(hand))
        progress.renew(turn)


def unreported(hand: InHand) -> InHand | None:
    """What is in hand once nothing is reported of it: of a thing that was stopped, nothing."""
    return replace(hand, because=None, at=None, asked=0, declined="") if hand.begun else None


def _write(turn: Turn, now: OpenPage, tone: str, code: str) -> None:
    """The event of what is filled, so far as it is."""
    hand, page = turn.work.hand, now.page()
    if hand is None:
        return
    things = [s.given.thing for s in page.recorded if s.given and s.given.thing]
    on = tuple(dict.fromkeys((hand.unit, *now.columns, *things)))
    body = b.MeasuredPage(hand.operation, now.id, tuple(one for s in page.recorded for one in _entries(s, on)))
    names = [s.field.name for s in page.recorded if s.verdict == page.verdict]
    turn.confirm(tone, code, body, on, step=now.name, names=list(dict.fromkeys(names)))


def _fail_units(turn: Turn, now: OpenPage) -> None:
    """Of a panel each unit with a bad value fails for itself."""
    hand, recorded = turn.work.hand, now.page().recorded
    for i, unit in enumerate(now.columns, 1):
        if hand and any(s.i == i and s.verdict == "fail" for s in recorded):
            failed = b.Inspected(hand.operation, "fail", ("form_rejected",))
            turn.confirm("ng", "done.unit_failed", failed, (unit,), unit=unit)


def _entries(state: FieldState, on: tuple[Claim, ...]) -> list[e.PageEntry]:
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
