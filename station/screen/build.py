"""Work and what is known of it → the scene on the screen. Pure; it decides nothing."""

from __future__ import annotations

from common.definitions import Form, Guide, Material
from common.definitions.naming import Sentence
from common.errors import RuleViolation
from common.form_engine import FieldState
from common.form_page import Choice, FormField, FormPage
from common.ids import Claim
from common.text import Named
from station.screen import tiles
from station.shown.work_screen import (
    CallLine,
    Instruction,
    NumberWanted,
    Reading,
    Scene,
    Serials,
    SlotLine,
    StepLine,
    Stop,
)
from station.work import signatures, take_in_hand
from station.work.ask import calls, serials
from station.work.begin import interlock_check, orders, rejection
from station.work.state import InHand, Work
from station.work.steps import machine_permit, pages, progress, quantities
from station.work.turn import Turn
from station.work.view import View

NOTHING = Sentence("", "")


def stage(work: Work, view: View) -> Scene:
    """The scene of this moment."""
    turn = Turn(work, view)
    hand, operation = work.hand, turn.operation
    workplace, plan = view.definitions.workplace(view.place), orders.staged(turn)
    return Scene(
        place=view.place,
        place_name=workplace.name if workplace else None,
        person=turn.name_of(work.person),
        order=plan.order if plan else "",
        plan=plan,
        thing=hand.unit if hand else work.packing,
        material=turn.material.name if turn.material else None,
        attempt=_attempt(turn, hand) if hand else 1,
        operation=operation.name if operation else None,
        step=hand.step + 1 if hand else 0,
        steps=_steps(turn.form, hand) if hand else (),
        parts=_parts(turn, hand) if hand else (),
        readings=_readings(turn, hand) if hand else (),
        wanted=_wanted(turn),
        signing=signatures.staged(turn),
        page=_page(turn),
        choices=tiles.choices(turn),
        tiles=tiles.tiles(turn),
        stop=_stop(work, view),
        people=() if work.person else _people(view),
        instruction=_instruction(turn),
        calls=_calls(turn),
        serials=tuple(Serials(m.name, serials.numbers_left(turn, m)) for m in serials.issued_here(turn)),
    )


def _people(view: View) -> tuple[tuple[str, str], ...]:
    """Who may sign in without a badge: those whose PIN is known here, by name."""
    known = {(id, name) for id, name in view.people.values() if id in view.with_pin}
    return tuple(sorted(known, key=lambda one: one[1]))


def _attempt(turn: Turn, hand: InHand) -> int:
    return turn.view.standing(hand.unit).operation(hand.operation).tries + 1


def _state(at: int, now: int) -> str:
    return "done" if at < now else "now" if at == now else "todo"


def _steps(form: Form | None, hand: InHand) -> tuple[StepLine, ...]:
    steps = form.steps if form else []
    return tuple(StepLine(s.name, s.kind, _state(at, hand.step)) for at, s in enumerate(steps))


def _parts(turn: Turn, hand: InHand) -> tuple[SlotLine, ...]:
    """The slots of the bill of material: filled, to be filled by the step now, or empty."""
    bom, step = turn.material.bom if turn.material else [], turn.step
    found = []
    for line in bom:
        inside = tuple(c.child for c in progress.in_slot(turn, hand.unit, line.slot))
        inside += tuple(one.thing for one in hand.taken if one.slot == line.slot)
        state = "now" if step and step.slot == line.slot else "done" if inside else "todo"
        known = [turn.view.definitions.get(Material, id) for id in (line.material, *line.alternatives)]
        found.append(SlotLine(line.name, state, inside, tuple(material.name for material in known if material)))
    return tuple(found)


def _readings(turn: Turn, hand: InHand) -> tuple[Reading, ...]:
    """The characteristics of the step now, with what was read or entered so far, or what the machine shows just now."""
    step, live = turn.step, machine_permit.live(turn)
    got = {value.ch: value for value in hand.values}
    return tuple(
        Reading(c.name, c.uom, got[c.id].value, c.low, c.high, got[c.id].verdict)
        if c.id in got
        else Reading(c.name, c.uom, live.get(c.id), c.low, c.high, live=c.id in live)
        for c in (step.characteristics if step else [])
    )


def _wanted(turn: Turn) -> NumberWanted | None:
    asked, step = quantities.asked(turn), turn.step
    if asked is None or step is None:
        return None
    last = turn.work.entered.get(f"{step.id}/{asked.id}")
    return NumberWanted(asked.name, asked.uom, asked.decimals, asked.low, asked.high, last, step.kind != "enter")


def _instruction(turn: Turn) -> Instruction | None:
    guide = turn.step.instruction if turn.step else None
    if not isinstance(guide, Guide):
        return None
    found = turn.view.picture(guide) if guide.picture else None
    media, picture = found or ("", b"")
    return Instruction(guide.text or NOTHING, media, picture, guide.picture is not None and found is None)


def _page(turn: Turn) -> FormPage | None:
    """The page that is filled now: what of it may be seen."""
    sheet, asked = pages.sheet(turn), pages.asked(turn)
    if sheet is None:
        return None
    page, last = sheet.page(), turn.work.entered
    fields = tuple(
        _field(turn, state, asked, last.get(f"{sheet.id}/{state.field.id}")) for state in page.fields if state.visible
    )
    return FormPage(fields, sheet.columns, page.complete, page.verdict, turn.view.today.isoformat())


def _field(turn: Turn, state: FieldState, asked: FieldState | None, last: str | None) -> FormField:
    field, asks = state.field, turn.work.signature
    signing_now = asks is not None and asks.purpose == pages.PURPOSE and asks.about == field.id
    return FormField(
        id=field.id,
        i=state.i,
        name=field.name,
        type=field.type,
        required=field.required,
        now=asked is not None and (asked.field.id, asked.i) == (field.id, state.i),
        verdict=state.verdict,
        value=state.value,
        shown=pages.shown(turn, state) if state.value else None,
        code=state.code,
        params=dict(state.params),
        uom=field.uom,
        decimals=field.decimals,
        low=field.low,
        high=field.high,
        warn_low=field.warn_low,
        warn_high=field.warn_high,
        choices=tuple(Choice(option.id, option.name, option.verdict) for option in field.options),
        length=field.length,
        meaning=field.meaning if field.type == "signature" else "",
        device=field.device or "",
        last=last,
        picture=turn.view.photo(state.value[0]) if field.type == "photo" and state.valid else b"",
        signing=signing_now,
        signer=turn.name_of(asks.signer) if asks and signing_now else "",
        roles=tuple(field.roles),
    )


def _calls(turn: Turn) -> tuple[CallLine, ...]:
    return tuple(
        CallLine(
            calls.subject(turn, call.reason),
            calls.named(turn, call.raised.who),
            calls.named(turn, call.answered.who) if call.answered else "",
            call.id,
        )
        for call in turn.view.calls()
    )


def _stop(work: Work, view: View) -> Stop | None:
    """Why the thing in hand may not go on, or the stopped one be worked on, by what is known now; None once nothing
    says no any more."""
    if work.hand is not None:
        turn = Turn(work, view)
        why = interlock_check.halted(turn)
        return _said(turn, work.hand.unit, why) if why else None
    if work.stopped is None or work.stopped.claim is None:
        return None
    trial = Turn(work, view)
    try:
        take_in_hand.take_in_hand(trial, work.stopped)
    except RuleViolation as e:
        return _said(trial, work.stopped.claim, e)
    return None


def _said(turn: Turn, thing: Claim, e: RuleViolation) -> Stop:
    reasons, operation = e.details.get("reasons"), e.details.get("operation")
    params = {k: v for k, v in e.details.items() if k not in ("about", "reasons", "operation_id", "todo")}
    todo = e.details.get("todo")
    return Stop(
        thing,
        operation if isinstance(operation, Named) else None,
        e.code,
        params,
        tuple((why.code, why.params) for why in reasons) if isinstance(reasons, tuple) else (),
        rejection.release_of(e),
        todo if isinstance(todo, tuple) else None,
        tiles.stopped(turn, e),
    )
