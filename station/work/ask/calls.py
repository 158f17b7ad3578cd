"""Calls: a worker calls somebody, who comes and says so with their badge, and it ends. Possible at any moment. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from common.calls import OpenCall
from common.definitions import Reason
from common.definitions.naming import Name
from common.errors import RuleViolation
from common.event_types import Call as Body
from common.events import Fact
from common.text import say
from station.messages import Shown
from station.work.ask import people
from station.work.state import HelperBadge
from station.work.turn import Statement, Turn

Ending = Literal["answered", "cleared"]
DONE = {"answered": "done.call_answered", "cleared": "done.call_cleared"}


class Subject(Struct, frozen=True):
    """The subject of a call, in words; without a reason it is help."""

    name: Name | None

    def say(self, language: str) -> str:
        """The reason's name in `language`."""
        return self.name.say(language) if self.name else say(language, "call.help", {})


def subject(turn: Turn, reason: str) -> Subject:
    """The subject of calls with this reason."""
    known = turn.view.definitions.get(Reason, reason)
    return Subject(known.name if known else None)


def raise_one(turn: Turn, reason: str) -> None:
    """Call somebody. RuleViolation call.open if that call is open already, command.reason."""
    if reason:
        turn.reason(reason, "call")
    if any(call.reason == reason for call in turn.view.calls()):
        raise RuleViolation("call.open", call=subject(turn, reason))
    # Offline nobody has heard it yet.
    code = "done.called" if turn.view.may_ask else "done.called_kept"
    turn.confirm("info", code, Body("raised", turn.view.place, reason), (), call=subject(turn, reason))


def answer(turn: Turn, reason: str) -> None:
    """Answer a call: as the person who acts, unless they called; then the helper's badge is asked for."""
    calls = _of(turn, "ANSWER", reason)
    person = turn.work.person
    if person is None or person in [call.raised.who for call in calls]:
        turn.question(HelperBadge(_card("ANSWER", reason)))
        return turn.tell("noted.badge")
    return _say(turn, "answered", calls, person)


def clear(turn: Turn, reason: str) -> None:
    """End a call: the trouble is over. RuleViolation call.none."""
    calls = _of(turn, "CLEAR", reason)
    if turn.work.person is None:
        turn.question(HelperBadge(_card("CLEAR", reason)))
        return turn.tell("noted.badge")
    return _say(turn, "cleared", calls, turn.work.person)


def by_badge(turn: Turn, badge: str) -> None:
    """Take the helper's badge: its person answers or ends the call, and nobody else is signed in by it.

    RuleViolation sign_in.unknown; call.own: they called themselves, and nobody has come by that; call.none.
    """
    known = turn.view.people.get(badge)
    if known is None:
        raise RuleViolation("sign_in.unknown")
    asked = turn.work.asked(HelperBadge)
    verb, _, reason = asked.card.partition(":") if asked else ("", "", "")
    calls = _of(turn, verb, reason)
    if verb == "ANSWER":
        calls = [call for call in calls if call.raised.who != known[0]]
        if not calls:
            raise RuleViolation("call.own", name=known[1])
    turn.answered(HelperBadge)
    _say(turn, "answered" if verb == "ANSWER" else "cleared", calls, known[0])


def answered_here(call: OpenCall) -> bool:
    """Return whether the helper answered at the workplace: the hub answers in a log of its own."""
    return call.answered is not None and call.answered.log == call.raised.log


def _card(verb: str, reason: str) -> str:
    return f"{verb}:{reason}" if reason else verb


def _of(turn: Turn, verb: str, reason: str) -> list[OpenCall]:
    """The calls that a card means: those for its reason. ANSWER: of those that nobody answered. CLEAR without a reason:
    those that were answered, or if none is, all. RuleViolation call.none."""
    standing = [call for call in turn.view.calls() if not reason or call.reason == reason]
    unanswered = [call for call in standing if call.answered is None]
    answered = [call for call in standing if call.answered is not None]
    found = unanswered if verb == "ANSWER" else standing if reason else answered or standing
    if not found:
        raise RuleViolation("call.none")
    return found


def _say(turn: Turn, state: Ending, calls: Sequence[OpenCall], person: str) -> None:
    name = people.name(turn, person)
    for call in calls:
        body = Body(state, turn.view.place, call.reason, call.id)
        shown = Shown("info", DONE[state], {"call": subject(turn, call.reason), "name": name})
        turn.said.append(Statement(shown, Fact(body, ()), person))
