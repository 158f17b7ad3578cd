"""Build the work screen from a finished turn. Pure; it decides nothing."""

from __future__ import annotations

from common.definitions import Material
from common.errors import RuleViolation
from common.form_engine import FieldState
from common.form_page import FormField, FormPage
from common.ids import Claim
from common.text import Named
from station.screen import context, instruction
from station.screen.answers_of import answers_of
from station.shown.work_screen import (
    CallLine,
    NumberWanted,
    Reading,
    Scene,
    Serials,
    SlotLine,
    Stop,
)
from station.side_screens import shift
from station.work import signatures, take_in_hand
from station.work.ask import calls, cards, people, serials, shift_notes
from station.work.begin import orders, rejection
from station.work.case import Case
from station.work.state import InHand, Readings, Report, Signature
from station.work.steps import components, fields, machine_permit, pages, progress, quantities
from station.work.steps.kind import kind_of_step
from station.work.turn import Turn
from station.work.view import View


def stage(turn: Turn, case: Case, tally: shift.Tally, language: str) -> Scene:
    """Build the scene of this moment. `case`: the awaited one; `tally`: of this shift; `language`: of who acts."""
    work, view = turn.work, turn.view
    hand, operation = work.hand, turn.operation
    workplace, plan = view.definitions.workplace(view.place), orders.staged(turn)
    choices, signing, wanted = case.choices(turn), signatures.staged(turn), _wanted(turn)
    page, stop, thing = _page(turn), _stop(turn), _thing(turn)
    answering = choices or signing or wanted or stop  # by taps, with no device
    return Scene(
        place=view.place,
        place_name=workplace.name if workplace else None,
        awaiting=case.name,
        person=turn.name_of(work.person),
        also=tuple(people.name(turn, id) for id in work.also),
        order=plan.order if plan else "",
        plan=plan,
        thing=thing,
        material=_material(turn),
        attempt=_attempt(turn, hand) if hand else 1,
        operation=operation.name if operation else None,
        step=hand.step + 1 if hand else 0,
        steps=context.steps(turn, hand) if hand else (),
        parts=_parts(turn, hand) if hand else (),
        readings=_readings(turn, hand) if hand else (),
        wanted=wanted,
        signing=signing,
        page=page,
        choices=choices,
        tiles=tuple(cards.tiles(turn, case.name)),
        stop=stop,
        people=() if work.person else _people(view),
        instruction=instruction.shown(turn),
        calls=_calls(turn),
        notes_unread=shift_notes.unread(turn),
        serials=tuple(Serials(m.name, serials.numbers_left(turn, m)) for m in serials.issued_here(turn)),
        counts=tally.counts,
        pace=shift.pace(tally, workplace, thing),
        language=language,
        last=tally.last(),
        needs="" if answering else context.needs(turn, page),
        unfit=components.still_unfit(turn),
        unlabelled=(work.thing or work.labelled) in view.labels.waiting,
    )


def _thing(turn: Turn) -> Claim | None:
    """The thing that is worked on, packed or reported; a stopped one is on its own screen."""
    work = turn.work
    return work.thing if work.stopped is None or work.asked(Report) else None


def _material(turn: Turn) -> Named | None:
    thing = _thing(turn)
    known = turn.view.definitions.get(Material, turn.view.standing(thing).material) if thing else None
    made = turn.material or known
    return made.name if made else None


def _people(view: View) -> tuple[tuple[str, str], ...]:
    """The people who may sign in without a badge: those whose PIN is known here, by name."""
    known = {(id, name) for id, name in view.people.values() if id in view.with_pin}
    return tuple(sorted(known, key=lambda one: one[1]))


def _attempt(turn: Turn, hand: InHand) -> int:
    return turn.view.standing(hand.unit).operation(hand.operation).tries + 1


def _parts(turn: Turn, hand: InHand) -> tuple[SlotLine, ...]:
    """The slots of the bill: filled, to be filled by the step now, or empty."""
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
    """The characteristics of the step, with the values read or entered so far, or shown by the machine just now."""
    step, live = turn.step, machine_permit.live(turn)
    got = {value.ch: value for value in hand.so_far(Readings).values}
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
    amount = kind_of_step(step).is_amount
    return NumberWanted(asked.name, asked.uom, asked.decimals, asked.low, asked.high, last, amount)


def _page(turn: Turn) -> FormPage | None:
    """The visible fields of the page that is filled now."""
    sheet, page, asked, last = pages.open_page(turn), pages.current(turn), pages.asked(turn), turn.work.entered
    if sheet is None or page is None:
        return None
    lines = tuple(
        _field(turn, state, asked, last.get(f"{sheet.id}/{state.field.id}")) for state in page.fields if state.visible
    )
    return FormPage(lines, sheet.columns, page.complete, page.verdict, turn.view.today.isoformat())


def _field(turn: Turn, state: FieldState, asked: FieldState | None, last: str | None) -> FormField:
    field, asks = state.field, turn.work.asked(Signature)
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
        shown=fields.shown(turn, state) if state.value else None,
        code=state.code,
        params=dict(state.params),
        uom=field.uom,
        decimals=field.decimals,
        low=field.low,
        high=field.high,
        warn_low=field.warn_low,
        warn_high=field.warn_high,
        choices=answers_of(field),
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
            people.name(turn, call.raised.who),
            people.name(turn, call.answered.who) if call.answered else "",
            call.id,
            calls.answered_here(call),
        )
        for call in turn.view.calls()
    )


def _stop(turn: Turn) -> Stop | None:
    """Why the work in hand may not continue, or the stopped thing not be begun; None once nothing says no any more."""
    why, thing = take_in_hand.stop(turn), turn.work.thing
    return _said(turn.view, thing, why) if why and thing else None


def _said(view: View, thing: Claim, why: RuleViolation) -> Stop:
    reasons, operation, todo = (why.details.get(key) for key in ("reasons", "operation", "todo"))
    params = {k: v for k, v in why.details.items() if k not in ("about", "reasons", "operation_id", "todo")}
    # Of a scrapped thing nobody decides any more.
    release = () if view.standing(thing).state == "scrapped" else rejection.release_of(why)
    return Stop(
        thing,
        operation if isinstance(operation, Named) else None,
        why.code,
        params,
        tuple((one.code, one.params) for one in reasons) if isinstance(reasons, tuple) else (),
        release,
        todo if isinstance(todo, tuple) else None,
        context.deciders(view, release),
    )
