"""Check that the interlock and the person at work let work begin, and let the work in hand continue. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from common.definitions import Operation, Person, Route
from common.errors import RuleViolation
from common.ids import Claim
from common.judge import InterlockAnswer, Standing, interlock
from station.shown.work_screen import Phrase
from station.work.begin import next_operation, rejection
from station.work.state import InHand, Report
from station.work.turn import Turn

BLOCKED = "interlock.blocked"
NOT_QUALIFIED = "person.not_qualified"
SOME = 4  # names that a person can read at a glance
UNSEEN = ("interlock.missing", "interlock.unknown", "interlock.unheard")


def admit(
    turn: Turn, operation: Operation, standing: Standing, route: Route, answer: InterlockAnswer
) -> tuple[str, ...]:
    """Return the operations that stay unknown where policy lets work begin anyway. RuleViolation interlock.*"""
    if answer.verdict == "pass":
        return ()
    if answer.verdict == "unknown" and operation.on_unknown == "provisional":
        return answer.unknown
    raise _no(turn, operation, standing, answer, next_operation.todo(turn, standing, route, operation, answer))


def halted(turn: Turn) -> RuleViolation | None:
    """Why the work in hand may not continue, by what is known now and the person who acts; None if it may. What could
    not be seen when it began stays allowed. A report about it is no step of its work, and continues."""
    hand, route, operation = turn.work.hand, turn.route, turn.operation
    if hand is None or turn.work.asked(Report) or route is None or operation is None:
        return None
    key = ("halted", hand.unit, hand.operation, hand.unknown, turn.work.person)
    return turn.once(key, lambda: _held(turn, hand, route, operation) or not_qualified(turn, operation, hand.unit))


def _held(turn: Turn, hand: InHand, route: Route, operation: Operation) -> RuleViolation | None:
    standing = turn.view.standing(hand.unit)
    answer = interlock(standing, route, operation, turn.view.evidence())
    new = [r for r in answer.reasons if r.code not in UNSEEN or r.params["operation"] not in hand.unknown]
    if not new:
        return None
    answer = replace(answer, reasons=tuple(new))
    waits: next_operation.Todo = ("todo.held", {"release": operation.release})
    todo = (
        waits
        if answer.verdict in ("hold", "unknown")
        else next_operation.todo(turn, standing, route, operation, answer)
    )
    return _no(turn, operation, standing, answer, todo)


def not_qualified(turn: Turn, operation: Operation, thing: Claim) -> RuleViolation | None:
    """Why the person who acts may not do this operation; None if they may."""
    person = turn.view.definitions.get(Person, turn.work.person)
    if person is None or not person.qualified or operation.id in person.qualified:
        return None
    said = {"operation": operation.name, "people": _who_is(turn, operation), "unit": thing, "about": thing}
    return RuleViolation(NOT_QUALIFIED, operation_id=operation.id, **said)


def _who_is(turn: Turn, operation: Operation) -> list[str]:
    """The names of some who are qualified for it, those first of whom it is said by name."""
    names = {id: name for id, name in turn.view.people.values()}
    known = [person for person in turn.view.definitions.all(Person) if person.id in names]
    able = [person for person in known if not person.qualified or operation.id in person.qualified]
    return [names[person.id] for person in sorted(able, key=lambda person: not person.qualified)][:SOME]


def go_on(turn: Turn) -> None:
    """Before a step of the work in hand is done. RuleViolation interlock.* or person.not_qualified if it may not."""
    if (why := halted(turn)) is not None:
        raise why


def reasons(why: RuleViolation) -> list[Phrase]:
    """Each reason of a no, as a sentence."""
    found = why.details.get("reasons")
    return [Phrase(one.code, one.params) for one in found] if isinstance(found, tuple) else []


def _no(
    turn: Turn, operation: Operation, standing: Standing, answer: InterlockAnswer, todo: next_operation.Todo | None
) -> RuleViolation:
    code = {"hold": "interlock.on_hold", "unknown": "interlock.not_seen"}.get(answer.verdict, BLOCKED)
    why = [rejection.readable(turn, reason) for reason in answer.reasons]
    return rejection.no(code, operation, standing.thing, operation.release, why, todo)
