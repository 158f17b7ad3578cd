"""The acts of the command cards. Pure. RuleViolation command.* if a card cannot be used now."""

from __future__ import annotations

from common.definitions import Person
from common.errors import RuleViolation
from common.event_types import Inspected, NonconformanceOpened, OperationLeft, Scrap, SignIn
from common.ids import Claim
from common.judge import CLEANING
from station.work import signatures, take_in_hand
from station.work.ask import ambiguity
from station.work.state import (
    HelperBadge,
    Idle,
    InHand,
    Packing,
    Report,
    Signature,
    Stopped,
    WhichCode,
    WhichOperation,
)
from station.work.steps import fields, gauge, machine_permit, page_events, pages, progress, quantities
from station.work.steps.kind import kind_of_step
from station.work.turn import Turn


# Back and away -------------------------------------------------------------------------------------------------------
def sign_out(turn: Turn, _: str) -> None:
    """Sign out. RuleViolation command.finish_first while something is in hand."""
    if turn.work.hand or turn.work.packing:
        raise RuleViolation("command.finish_first")
    turn.confirm("ok", "done.signed_out", SignIn(turn.view.place, "out"), ())
    turn.move(person=None, questions=())


def cancel(turn: Turn, _: str) -> None:
    """Go back one step: drop the question that is asked now, else set the thing aside."""
    question = turn.work.question
    match question:
        case WhichCode():
            ambiguity.drop(turn, question.code)
        case Signature():
            signatures.drop(turn)
            fields.unsigned(turn, question)
        case Report():
            page_events.give_up(turn)
        case HelperBadge() | WhichOperation():
            turn.answered(type(question))
        case None:
            leave(turn, "")


def leave(turn: Turn, reason: str) -> None:
    """Set the thing on the bench aside, unfinished; of a report, give it up."""
    match turn.work.bench:
        case Stopped() if turn.work.asked(Report):
            page_events.give_up(turn)
        case Stopped():
            turn.put(Idle())
        case Packing(unit):
            turn.tell("done.set_aside", unit=unit)
            turn.put(Idle())
        case _:
            _leave(turn, turn.reason(reason, "leave") if reason else None)


def _leave(turn: Turn, why: str | None) -> None:
    step, hand = turn.step, _needs_unit(turn)
    _keep(turn)
    body = OperationLeft(hand.operation, step.id if step else "-", why)
    turn.confirm("hold", "done.left", body, (hand.unit,), unit=hand.unit)
    machine_permit.withdraw(turn)
    turn.put(Idle())


def pick_operation(turn: Turn, operation: str) -> None:
    """Begin this one of several operations. RuleViolation command.not_here if none was asked for."""
    asked = turn.work.asked(WhichOperation)
    if asked is None:
        raise RuleViolation("command.not_here", command="OP")
    turn.answered(WhichOperation)
    take_in_hand.take_in_hand(turn, asked.code, picked=operation)


# Bad news ------------------------------------------------------------------------------------------------------------
def fail(turn: Turn, reason: str) -> None:
    """Fail the operation in hand. RuleViolation command.no_unit, command.reason."""
    _needs_unit(turn)
    why = turn.reason(reason, "fail")
    if not page_events.reports(turn, "NG", why):
        _keep(turn)
        progress.complete(turn, "fail", (why,))


def scrap(turn: Turn, reason: str) -> None:
    """Scrap the thing in hand, or the one that was stopped. RuleViolation command.no_unit, command.reason."""
    thing, operation = _reported(turn)
    why = turn.reason(reason, "scrap")
    if page_events.reports(turn, "SCRAP", why):
        return
    _keep(turn)
    turn.confirm("ng", "done.scrapped", Scrap(why, operation), (thing,), unit=thing)
    machine_permit.withdraw(turn)
    turn.put(Idle())


def nonconforming(turn: Turn, reason: str) -> None:
    """Report that the thing does not conform: nobody works on it until somebody has decided what becomes of it.
    RuleViolation command.no_unit, command.reason."""
    (thing, operation), hand = _reported(turn), turn.work.hand
    why = turn.reason(reason, "nonconformance")
    if page_events.reports(turn, "NCR", why):
        return
    _keep(turn)
    turn.confirm("hold", "done.nonconforming", NonconformanceOpened(why, operation), (thing,), unit=thing)
    machine_permit.withdraw(turn)
    turn.answered(Report)
    if hand:
        progress.stop(turn, hand)


def _reported(turn: Turn) -> tuple[Claim, str | None]:
    """The thing in hand or the one that was stopped, and its operation. RuleViolation command.no_unit."""
    hand, stopped = turn.work.hand, turn.work.stopped
    if hand is not None:
        return hand.unit, hand.operation
    if stopped is None or stopped.claim is None:
        raise RuleViolation("command.no_unit")
    return stopped.claim, None


def _needs_unit(turn: Turn) -> InHand:
    if turn.work.hand is None:
        raise RuleViolation("command.no_unit")
    return turn.work.hand


def _keep(turn: Turn) -> None:
    """Record the answers so far, for nothing is lost."""
    if turn.step is not None:
        kind_of_step(turn.step).keep(turn, turn.step)
    page_events.keep_report(turn)


# Answers -------------------------------------------------------------------------------------------------------------
def measure(turn: Turn, _: str) -> None:
    """Ask the device of the field or of the step for its value."""
    if pages.current(turn):
        return fields.measure(turn)
    _needs_unit(turn)
    return gauge.ask(turn)


def number(turn: Turn, value: str) -> None:
    """Enter a number into the field or the step."""
    if pages.current(turn):
        fields.enter(turn, value)
    else:
        quantities.number(turn, value)


def pick(option: int, turn: Turn, _: str) -> None:
    """Pick an option of the field by its number. RuleViolation command.not_here without a page."""
    if pages.current(turn) is None:
        raise RuleViolation("command.not_here", command=str(option))
    fields.pick(turn, option)


# The workplace -------------------------------------------------------------------------------------------------------
def may_clean(turn: Turn) -> bool:
    """Return whether the person who is signed in may say now that the workplace is clean."""
    workplace = turn.view.definitions.workplace(turn.view.place)
    person = turn.view.definitions.get(Person, turn.work.person)
    roles = set(workplace.cleaned_by) if workplace else set()
    return turn.work.hand is None and person is not None and bool(roles & set(person.roles))


def cleaned(turn: Turn, _: str) -> None:
    """Record that the workplace is clean. RuleViolation person.may_not."""
    workplace = turn.view.definitions.workplace(turn.view.place)
    if workplace is None or not workplace.cleaned_by:
        raise RuleViolation("command.not_here", command="CLEANED")
    if turn.work.hand:
        raise RuleViolation("command.finish_first")
    if not may_clean(turn):
        raise RuleViolation("person.may_not", release=workplace.cleaned_by)
    turn.confirm("ok", "done.cleaned", Inspected(CLEANING, "pass"), (turn.view.here,), place=workplace.name)
