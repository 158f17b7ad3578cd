"""Command cards: what a worker says with a card instead of a keyboard. Pure."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from common.bodies import Inspected, NonconformanceOpened, OperationLeft, Scrap, SignIn
from common.definitions import Person, Reason
from common.errors import RuleViolation
from common.ids import kind_of
from common.judge import CLEANING
from station import (
    arrival,
    calls,
    gauging,
    issuing,
    labels,
    onward,
    overriding,
    pages,
    permit,
    progress,
    quantities,
    shipping,
    signing,
    undo,
)
from station.work import InHand, Turn


def command(turn: Turn, text: str) -> None:
    """Act on a card: its verb, and what stands behind the colon. RuleViolation command.* if it cannot be now."""
    verb, _, rest = text.partition(":")
    act = COMMANDS.get(verb)
    if act is None:
        raise RuleViolation("command.not_here", command=verb)
    act(turn, rest)


def _sign_out(turn: Turn, _: str) -> None:
    if turn.work.hand or turn.work.packing:
        raise RuleViolation("command.finish_first")
    turn.confirm("ok", "done.signed_out", SignIn(turn.view.place, "out"), ())
    turn.move(person=None, signature=None)


def _cancel(turn: Turn, rest: str) -> None:
    if turn.work.signature is not None:
        signing.drop(turn)
        pages.unsigned(turn)
    elif turn.work.choosing is not None:
        turn.move(choosing=None)
    else:
        _leave(turn, rest)


def _leave(turn: Turn, reason: str) -> None:
    if turn.work.hand is None and turn.work.packing is not None:
        turn.tell("done.set_aside", unit=turn.work.packing)
        turn.move(packing=None)
        return
    if turn.work.stopped is not None:
        turn.move(stopped=None)
        return
    hand, step = _needs_unit(turn), turn.step
    why = _reason(turn, reason, "leave") if reason else None
    body = OperationLeft(hand.operation, step.id if step else "-", why)
    turn.confirm("hold", "done.left", body, (hand.unit,), unit=hand.unit)
    permit.withdraw(turn)
    turn.move(hand=None)


def _pick_operation(turn: Turn, operation: str) -> None:
    """One of several operations is meant. RuleViolation command.not_here if none was asked for."""
    code = turn.work.choosing
    if code is None:
        raise RuleViolation("command.not_here", command="OP")
    turn.move(choosing=None)
    arrival.take_in_hand(turn, code, picked=operation)


def _fail(turn: Turn, reason: str) -> None:
    _needs_unit(turn)
    progress.complete(turn, "fail", (_reason(turn, reason, "fail"),))


def _scrap(turn: Turn, reason: str) -> None:
    hand = _needs_unit(turn)
    body = Scrap(_reason(turn, reason, "scrap"), hand.operation)
    turn.confirm("ng", "done.scrapped", body, (hand.unit,), unit=hand.unit)
    permit.withdraw(turn)
    turn.move(hand=None)


def _nonconforming(turn: Turn, reason: str) -> None:
    """It does not conform: nobody works on it until somebody has decided what becomes of it."""
    hand = _needs_unit(turn)
    body = NonconformanceOpened(_reason(turn, reason, "nonconformance"), hand.operation)
    turn.confirm("hold", "done.nonconforming", body, (hand.unit,), unit=hand.unit)
    permit.withdraw(turn)
    progress.stop(turn, hand)


def _needs_unit(turn: Turn) -> InHand:
    if turn.work.hand is None:
        raise RuleViolation("command.no_unit")
    return turn.work.hand


def _reason(turn: Turn, id: str, use: str) -> str:
    known = turn.view.definitions.get(Reason, id)
    if known is None or known.use != use:
        raise RuleViolation("command.reason", reason=id or "-")
    return id


def _close(turn: Turn, _: str) -> None:
    """Close a container that is not full, for its label is ruined or the order ends; or go on from an optional step."""
    container, hand, step = turn.work.container, turn.work.hand, turn.step
    if hand and step and step.kind == "add" and not hand.pending and _may_close(turn, hand):
        turn.tell("done.closed", container=hand.unit)
        return progress.following(turn)
    if container is None:
        raise RuleViolation("command.not_here", command="CLOSE")
    turn.move(container=None)
    turn.tell("done.closed", container=container)
    return None


def _may_close(turn: Turn, hand: InHand) -> bool:
    step = turn.step
    begun = progress.in_slot(turn, hand.unit, step.slot or "") if step else []
    return bool(step and step.optional) or (kind_of(hand.unit) == "container" and bool(begun))


def _cleaned(turn: Turn, _: str) -> None:
    """Somebody who may says that the workplace is clean. RuleViolation person.may_not."""
    workplace = turn.view.definitions.workplace(turn.view.place)
    if workplace is None or not workplace.cleaned_by:
        raise RuleViolation("command.not_here", command="CLEANED")
    if turn.work.hand:
        raise RuleViolation("command.finish_first")
    person = turn.view.definitions.get(Person, turn.work.person)
    if person is None or not set(person.roles) & set(workplace.cleaned_by):
        raise RuleViolation("person.may_not", release=workplace.cleaned_by)
    turn.confirm("ok", "done.cleaned", Inspected(CLEANING, "pass"), (turn.view.here,), place=workplace.name)


def _measure(turn: Turn, _: str) -> None:
    _needs_unit(turn)
    if pages.current(turn):
        pages.measure(turn)
    else:
        gauging.ask(turn)


def _number(turn: Turn, text: str) -> None:
    if pages.current(turn):
        pages.enter(turn, text)
    else:
        quantities.number(turn, text)


def _confirm(turn: Turn, _: str) -> None:
    pages.confirm(turn)


def _pick(number: int, turn: Turn, _: str) -> None:
    if pages.current(turn) is None:
        raise RuleViolation("command.not_here", command=str(number))
    pages.pick(turn, number)


COMMANDS: dict[str, Callable[[Turn, str], None]] = {
    "SIGNOUT": _sign_out,
    "CLOSE": _close,
    "LEAVE": _leave,
    "CANCEL": _cancel,
    "NG": _fail,
    "SCRAP": _scrap,
    "CLEANED": _cleaned,
    "UNDO": undo.take_back,
    "OVERRIDE": overriding.ask,
    "NCR": _nonconforming,
    "OP": _pick_operation,
    "REWORK": onward.rework,
    "MEASURE": _measure,
    "N": _number,
    "CONFIRM": _confirm,
    "YES": lambda turn, _: pages.enter(turn, "yes"),
    "NO": lambda turn, _: pages.enter(turn, "no"),
    "DATE": pages.enter,
    "OPTION": pages.enter,
    "FIELD": pages.go,
    **{str(n): partial(_pick, n) for n in range(1, 10)},
    "PARTNER": shipping.partner,
    "NEW": issuing.new,
    "REPRINT": labels.reprint,
    "VOIDLABEL": labels.void,
    "CALL": calls.raise_one,
    "ANSWER": calls.answer,
    "CLEAR": calls.clear,
}
