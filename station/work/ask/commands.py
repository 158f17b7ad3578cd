"""Command cards: what a worker says with a card instead of a keyboard. Pure."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from common.definitions import Person
from common.errors import RuleViolation
from common.event_types import Inspected, NonconformanceOpened, OperationLeft, Scrap, SignIn
from common.ids import Claim, kind_of
from common.judge import CLEANING
from station.work import signatures, take_in_hand
from station.work.ask import calls, override, serials, undo
from station.work.begin import interlock_check, next_operation
from station.work.state import InHand, Signature
from station.work.steps import components, gauges, labels, machine_permit, pages, progress, quantities, shipping
from station.work.turn import Turn


def command(turn: Turn, text: str) -> None:
    """Act on a card: its verb, and what stands behind the colon. RuleViolation command.* if it cannot be now."""
    verb, _, rest = text.partition(":")
    act = COMMANDS.get(verb)
    if act is None:
        raise RuleViolation("command.not_here", command=verb)
    if verb in GOES_ON:
        interlock_check.go_on(turn)
    act(turn, rest)


def _sign_out(turn: Turn, _: str) -> None:
    if turn.work.hand or turn.work.packing:
        raise RuleViolation("command.finish_first")
    turn.confirm("ok", "done.signed_out", SignIn(turn.view.place, "out"), ())
    turn.move(person=None, signature=None)


def _cancel(turn: Turn, rest: str) -> None:
    hand, declined = turn.work.hand, turn.work.signature
    if declined is not None:
        signatures.drop(turn)
        pages.unsigned(turn, declined)
    elif turn.work.choosing is not None:
        turn.move(choosing=None)
    elif hand is not None and hand.because:
        pages.give_up(turn)
    else:
        _leave(turn, rest)


def _leave(turn: Turn, reason: str) -> None:
    if turn.work.hand is not None and not turn.work.hand.begun:
        pages.give_up(turn)
        return
    if turn.work.hand is None and turn.work.packing is not None:
        turn.tell("done.set_aside", unit=turn.work.packing)
        turn.move(packing=None)
        return
    if turn.work.stopped is not None:
        turn.move(stopped=None)
        return
    step, why = turn.step, turn.reason(reason, "leave") if reason else None
    hand = _ended(turn)
    body = OperationLeft(hand.operation, step.id if step else "-", why)
    turn.confirm("hold", "done.left", body, (hand.unit,), unit=hand.unit)
    machine_permit.withdraw(turn)
    turn.move(hand=None)


def _pick_operation(turn: Turn, operation: str) -> None:
    """One of several operations is meant. RuleViolation command.not_here if none was asked for."""
    code = turn.work.choosing
    if code is None:
        raise RuleViolation("command.not_here", command="OP")
    turn.move(choosing=None)
    take_in_hand.take_in_hand(turn, code, picked=operation)


def _fail(turn: Turn, reason: str) -> None:
    _needs_unit(turn)
    why = turn.reason(reason, "fail")
    if not pages.reports(turn, "NG", why):
        _ended(turn)
        progress.complete(turn, "fail", (why,))


def _scrap(turn: Turn, reason: str) -> None:
    thing, operation = _reported(turn)
    why = turn.reason(reason, "scrap")
    if pages.reports(turn, "SCRAP", why):
        return None
    _keep(turn)
    turn.confirm("ng", "done.scrapped", Scrap(why, operation), (thing,), unit=thing)
    machine_permit.withdraw(turn)
    return turn.move(hand=None, stopped=None)


def _nonconforming(turn: Turn, reason: str) -> None:
    """It does not conform: nobody works on it until somebody has decided what becomes of it."""
    (thing, operation), hand = _reported(turn), turn.work.hand
    why = turn.reason(reason, "nonconformance")
    if pages.reports(turn, "NCR", why):
        return None
    _keep(turn)
    turn.confirm("hold", "done.nonconforming", NonconformanceOpened(why, operation), (thing,), unit=thing)
    machine_permit.withdraw(turn)
    return progress.stop(turn, hand) if hand else None


def _reported(turn: Turn) -> tuple[Claim, str | None]:
    """The thing in hand, or the one that may not be worked on, and in which operation it is. RuleViolation
    command.no_unit."""
    hand, stopped = turn.work.hand, turn.work.stopped
    if hand is not None:
        return hand.unit, hand.begun
    if stopped is None or stopped.claim is None:
        raise RuleViolation("command.no_unit")
    return stopped.claim, None


def _ended(turn: Turn) -> InHand:
    """The unit in hand, whose step ends before its end."""
    hand = _needs_unit(turn)
    _keep(turn)
    return hand


def _keep(turn: Turn) -> None:
    """What was entered so far is recorded, for nothing is lost."""
    pages.keep(turn)
    quantities.keep(turn)


def _needs_unit(turn: Turn) -> InHand:
    if turn.work.hand is None or not turn.work.hand.begun:
        raise RuleViolation("command.no_unit")
    return turn.work.hand


def _close(turn: Turn, _: str) -> None:
    """Close a container that is not full, for its label is ruined or the order ends; or go on from an optional step."""
    container, hand, step = turn.work.container, turn.work.hand, turn.step
    if hand and step and may_close(turn):
        if kind_of(hand.unit) == "container":
            turn.tell("done.closed", container=hand.unit)
        else:
            turn.tell("done.done_here", step=step.name)
        return progress.following(turn)
    if container is None:
        raise RuleViolation("command.not_here", command="CLOSE")
    turn.move(container=None)
    turn.tell("done.closed", container=container)
    return None


def may_close(turn: Turn) -> bool:
    """Whether CLOSE ends the step now: one that is optional, or a container in hand in which something is."""
    step, hand = turn.step, turn.work.hand
    if step is None or hand is None or step.kind != "add" or hand.pending:
        return False
    begun = progress.in_slot(turn, hand.unit, step.slot or "")
    return step.optional or (kind_of(hand.unit) == "container" and bool(begun))


def may_clean(turn: Turn) -> bool:
    """Whether who is signed in may say now that the workplace is clean."""
    workplace = turn.view.definitions.workplace(turn.view.place)
    person = turn.view.definitions.get(Person, turn.work.person)
    roles = set(workplace.cleaned_by) if workplace else set()
    return turn.work.hand is None and person is not None and bool(roles & set(person.roles))


def _cleaned(turn: Turn, _: str) -> None:
    """Somebody who may says that the workplace is clean. RuleViolation person.may_not."""
    workplace = turn.view.definitions.workplace(turn.view.place)
    if workplace is None or not workplace.cleaned_by:
        raise RuleViolation("command.not_here", command="CLEANED")
    if turn.work.hand:
        raise RuleViolation("command.finish_first")
    if not may_clean(turn):
        raise RuleViolation("person.may_not", release=workplace.cleaned_by)
    turn.confirm("ok", "done.cleaned", Inspected(CLEANING, "pass"), (turn.view.here,), place=workplace.name)


def _measure(turn: Turn, _: str) -> None:
    if pages.current(turn):
        return pages.measure(turn)
    _needs_unit(turn)
    return gauges.ask(turn)


def _number(turn: Turn, text: str) -> None:
    if pages.current(turn):
        pages.enter(turn, text)
    else:
        quantities.number(turn, text)


def _confirm(turn: Turn, _: str) -> None:
    because = turn.work.hand.because if turn.work.hand else None
    if because:
        command(turn, f"{because.verb}:{because.reason}")
    else:
        pages.confirm(turn)


def page_signed(turn: Turn, signature: Signature) -> None:
    """A page is signed; that confirms it as soon as nothing else is missing."""
    if pages.signed(turn, signature):
        _confirm(turn, "")


def _pick(number: int, turn: Turn, _: str) -> None:
    if pages.current(turn) is None:
        raise RuleViolation("command.not_here", command=str(number))
    pages.pick(turn, number)


# Cards that do a step of the work: none of them while something says no to the thing in hand.
PAGE = {"MEASURE", "CONFIRM", "YES", "NO", "DATE", "OPTION", "EMPTY"}
GOES_ON = {"CLOSE", "N", "PARTNER", "OUT", *PAGE, *map(str, range(1, 10))}
# Those that answer one question of several, and those of them that are keyed in on the screen.
ANSWERS = {"N", "FIELD", *PAGE - {"CONFIRM"}, *map(str, range(1, 10))}
KEYED = {"N", "DATE"}
COMMANDS: dict[str, Callable[[Turn, str], None]] = {
    "SIGNOUT": _sign_out,
    "CLOSE": _close,
    "LEAVE": _leave,
    "CANCEL": _cancel,
    "NG": _fail,
    "SCRAP": _scrap,
    "CLEANED": _cleaned,
    "UNDO": undo.take_back,
    "OVERRIDE": override.ask,
    "NCR": _nonconforming,
    "OP": _pick_operation,
    "REWORK": next_operation.rework,
    "MEASURE": _measure,
    "N": _number,
    "CONFIRM": _confirm,
    "YES": lambda turn, _: pages.enter(turn, "yes"),
    "NO": lambda turn, _: pages.enter(turn, "no"),
    "DATE": pages.enter,
    "OPTION": pages.enter,
    "FIELD": pages.go,
    "EMPTY": lambda turn, _: pages.empty(turn),
    **{str(n): partial(_pick, n) for n in range(1, 10)},
    "PARTNER": shipping.partner,
    "OUT": components.out_unread,
    "NEW": serials.new,
    "REPRINT": labels.reprint,
    "VOIDLABEL": labels.void,
    "LABELTHERE": labels.there,
    "CALL": calls.raise_one,
    "ANSWER": calls.answer,
    "CLEAR": calls.clear,
}
