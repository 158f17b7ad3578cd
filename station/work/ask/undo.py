"""UNDO: a correcting event reverses the act that was confirmed here last, and its step is done again. Pure.

Nothing is deleted: the event stays in its log, and everybody sees that it was undone, by whom and when.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET
from msgspec.structs import replace

from common import event_types as b
from common.errors import RuleViolation
from common.events import Fact
from common.ids import tag
from common.judge import Past
from common.judge.order import HappensBefore
from common.rows import Edge, Measure, Result
from common.text import Params
from station.shown.work_screen import Phrase
from station.work import signatures
from station.work.begin import orders
from station.work.state import Act, Deed, InHand, Report, Signature, Stopped, Work
from station.work.steps import machine_permit, page_events, pages
from station.work.steps.kind import kind_of_step
from station.work.steps.quantities import MANUAL
from station.work.turn import Turn

KEPT = 6
UNDO_S = 60
PURPOSE = REASON = "undo"
# What is written about a thing and is no step of its work.
BESIDE = (
    b.Refused,
    b.Void,
    b.Unscrap,
    b.Approval,
    b.Inspected,
    b.Label,
    b.Call,
    b.SignIn,
    b.ShiftNote,
    b.DeviceChanged,
    b.Anchor,
)
# What ends the work on a thing: it names the act, and not what was recorded with it.
ENDS = (b.OperationCompleted, b.Scrap, b.NonconformanceOpened, b.OperationLeft)
# What another station may say of a thing without going on from what was done here.
NO_WORK = frozenset({"refused", "hold", "release", "approval", "label", "call", "void", "amend", "settle"})


# Acts ----------------------------------------------------------------------------------------------------------------
def remembered(turn: Turn, before: Work, ids: Sequence[str]) -> Work:
    """The work with the act of this turn, now that its events have their ids, and with the event that refused a thing.

    `ids`: of the statements, then of the turn's notes, which no undo reverses.
    """
    facts = [said.fact for said in turn.said if said.fact]
    work, written = turn.work, list(zip(ids, facts, strict=False))
    if isinstance(work.bench, Stopped) and work.bench is not before.bench:
        refused = (id for id, fact in written if isinstance(fact.body, b.Refused))
        work = replace(work, bench=replace(work.bench, refusal=next(refused, work.bench.refusal)))
    act = _act(turn, before, [(id, fact) for id, fact in written if fact.on and not isinstance(fact.body, BESIDE)])
    return replace(work, acts=(*work.acts, act)[-KEPT:]) if act else work


def _act(turn: Turn, before: Work, written: list[tuple[str, Fact]]) -> Act | None:
    hand = before.hand or turn.work.hand
    thing = hand.unit if hand else before.thing
    if thing is None or not written:
        return None
    ends = (id for id, fact in written if isinstance(fact.body, ENDS))
    told = next(ends, next((id for id, fact in written if not isinstance(fact.body, b.Commission)), written[0][0]))
    return Act(
        thing=thing,
        deeds=tuple(Deed(id, fact.on) for id, fact in written),
        told=told,
        at_ms=turn.view.now_ms,
        boot=turn.view.boot,
        never=next(filter(None, (_never(fact.body) for _, fact in written)), ""),
        bench=before.bench,
        report=before.asked(Report),
        container=before.container,
        who=turn.work.person or "",
    )


def _never(body: b.Body) -> str:
    """The code of why an event cannot be undone: a measurement is evidence, a thing that was shipped is gone."""
    if isinstance(body, b.Measured) and body.device != MANUAL:
        return "undo.machine"
    return "undo.gone" if isinstance(body, b.Ship | b.Return) else ""


# The card -------------------------------------------------------------------------------------------------------------
def take_back(turn: Turn, _: str) -> None:
    """Undo the last answer or act. RuleViolation undo.* if it cannot be undone."""
    if _forget(turn):
        return None
    act = last(turn.work)
    if act is None:
        raise RuleViolation("undo.nothing")
    said = {"what": told(turn, act), "unit": act.thing, "about": act.thing}
    if act.never:
        raise RuleViolation(act.never, **said)
    if _followed(turn, act):
        raise RuleViolation("undo.followed", **said)
    if _is_free(turn, act):
        return _correct(turn, act)
    wanted = _signature(turn, act)
    signatures.want(turn, wanted)
    return turn.tell("noted.signature", release=signatures.may_sign(turn, wanted))


def _is_free(turn: Turn, act: Act) -> bool:
    """Return whether it needs no signature: a recent act of the person who is signed in."""
    return _in_time(turn, act) and act.who in ("", turn.work.person)


def _signature(turn: Turn, act: Act) -> Signature:
    """The signature for an act of somebody else, or an old one: theirs counts while it is recent."""
    people = (act.who,) if act.who and _in_time(turn, act) else ()
    return Signature(PURPOSE, PURPOSE, _release(turn, act), act.told, people=people)


def signed(turn: Turn, given: Signature) -> None:
    """Undo an act of somebody else, or an old one: the signature is there. RuleViolation undo.*"""
    act = last(turn.work)
    if act is None or act.told != given.about:
        raise RuleViolation("undo.nothing")
    deed = next(deed for deed in act.deeds if deed.event == act.told)
    if _followed(turn, act):
        raise RuleViolation("undo.followed", what=told(turn, act), unit=act.thing, about=act.thing)
    name = turn.name_of(given.signer)
    approval = b.Approval(act.told, PURPOSE, "approve")
    turn.sign(given.signer, "done.approved", approval, deed.on, name=name, unit=act.thing)
    _correct(turn, act)


def _release(turn: Turn, act: Act) -> tuple[str, ...]:
    """The roles that may sign for it: those that may release the operation."""
    here = [operation for _, operation in turn.view.definitions.operations_at(turn.view.place)]
    own = [operation for operation in here if isinstance(act.bench, InHand) and operation.id == act.bench.operation]
    return tuple(dict.fromkeys(role for operation in own or here for role in operation.release))


def last(work: Work) -> Act | None:
    """The act that UNDO would take back."""
    return work.acts[-1] if work.acts else None


def offered(turn: Turn) -> Params | None:
    """The answer or act that UNDO would reverse now, for its tile; None if there is none, or it cannot be.

    `what`, `unit`; and of an act what is undone with it (`also`) and who signs (`release`): now, or
    after `within_s` seconds if that is not 0.
    """
    if (note := _note(turn)) is not None:
        return {"what": note, "unit": turn.work.thing}
    act = last(turn.work)
    if act is None or act.never:
        return None
    also = [_told(turn, act, deed) for deed in act.deeds if deed.event != act.told]
    is_free = _is_free(turn, act)
    release = _release(turn, act) if is_free else signatures.may_sign(turn, _signature(turn, act))
    within_s = _within_s(turn) if is_free else 0
    return {"what": told(turn, act), "unit": act.thing, "also": also, "release": release, "within_s": within_s}


def told(turn: Turn, act: Act) -> Phrase:
    """An act, in words."""
    return _told(turn, act, next(deed for deed in act.deeds if deed.event == act.told))


def _in_time(turn: Turn, act: Act) -> bool:
    return act.boot == turn.view.boot and turn.view.now_ms - act.at_ms <= _within_s(turn) * 1000


def _within_s(turn: Turn) -> int:
    """The seconds in which the workplace lets a worker undo their own act without a signature."""
    workplace = turn.view.definitions.workplace(turn.view.place)
    said = workplace.undo_s if workplace else UNSET
    return UNDO_S if said is UNSET else said


def _followed(turn: Turn, act: Act) -> bool:
    """Return whether another station has continued from this."""
    history = turn.view.history(act.thing).in_order()
    log, known = act.told.partition(".")[0], {past.id for past in history.events}
    ours = [deed.event for deed in act.deeds if deed.event in known]
    order = HappensBefore(history)
    others = [past.id for past in history.events if past.log != log and past.t not in NO_WORK]
    return any(order.before(own, other) for own in ours for other in others)


def _correct(turn: Turn, act: Act) -> None:
    machine_permit.withdraw(turn)
    for deed in sorted(act.deeds, key=lambda deed: deed.event == act.told):
        body = b.Unscrap((tag(deed.event, 0),), REASON) if _is_scrap(turn, act, deed) else b.Void(deed.event, REASON)
        if _is_pass(turn, act, deed):
            orders.count(turn, act.thing, -1)
        turn.confirm("hold", "done.undone", body, deed.on, what=_told(turn, act, deed), unit=act.thing)
    turn.put(act.bench)
    if act.report:
        turn.question(act.report)
    turn.move(container=act.container, acts=turn.work.acts[:-1])
    turn.again = True


def _is_pass(turn: Turn, act: Act, deed: Deed) -> bool:
    past = _past(turn, act, deed)
    return past is not None and any(isinstance(row, Result) and row.outcome == "pass" for row in past.rows)


def _is_scrap(turn: Turn, act: Act, deed: Deed) -> bool:
    past = _past(turn, act, deed)
    return past is not None and past.t == "scrap"


# Answers that no event holds yet -------------------------------------------------------------------------------------
def _forget(turn: Turn) -> bool:
    """Undo the answer that came last on the way to the next event; return whether there was one."""
    thing, report = turn.work.thing, turn.work.asked(Report)
    name = _note(turn)
    if name is None or thing is None:
        return False
    entry, step = pages.note(turn), turn.step
    if entry is not None:
        pages.keep_entries(turn, entry[0])
    elif report is not None:
        page_events.give_up(turn)
    elif step is not None and (found := kind_of_step(step).note(turn, step)):
        turn.put(found[0])
    turn.tell("noted.undone", what=name, unit=thing)
    return True


def _note(turn: Turn) -> Phrase | None:
    """The answer that came last and that no event holds yet; an empty page of a report counts as one."""
    entry, now = pages.note(turn), pages.open_page(turn)
    if entry is not None:
        return entry[1]
    if turn.work.asked(Report):
        return Phrase("deed.entries", {"step": now.name}) if now else None
    found = kind_of_step(turn.step).note(turn, turn.step) if turn.step else None
    return found[1] if found else None


# In words -------------------------------------------------------------------------------------------------------------
def _past(turn: Turn, act: Act, deed: Deed) -> Past | None:
    about = act.thing if act.thing in deed.on else deed.on[0]
    return next((past for past in turn.view.history(about).events if past.id == deed.event), None)


def _told(turn: Turn, act: Act, deed: Deed) -> Phrase:
    past = _past(turn, act, deed)
    params: dict[str, object] = {"unit": act.thing, "thing": deed.on[0]}
    for row in past.rows[:1] if past else ():
        if isinstance(row, Result):
            return Phrase(f"deed.{row.outcome}", params | {"operation": _operation(turn, row.operation)})
        if isinstance(row, Edge):
            return Phrase(f"deed.{row.kind}", params | {"component": row.child, "slot": _slot(turn, row)})
        if isinstance(row, Measure):
            values = [f"{one.value} {one.uom}" for one in past.rows if isinstance(one, Measure)] if past else []
            return Phrase("deed.measured", params | {"values": values})
    return Phrase(f"deed.{past.t}" if past and past.t in NAMED else "deed.other", params)


NAMED = frozenset({"commission", "scrap", "nonconformance_opened", "receive"})


def _operation(turn: Turn, id: str) -> object:
    known = (route.operation(id) for route, _ in turn.view.definitions.operations_at(turn.view.place))
    return next((operation.name for operation in known if operation), id)


def _slot(turn: Turn, row: Edge) -> object:
    line = turn.view.definitions.bom_line(turn.view.standing(row.parent).material, row.slot)
    return line.name if line else row.slot
