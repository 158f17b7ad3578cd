"""The people who are signed in at a workplace: one of them acts, and events are theirs; the others work beside. Pure.

A badge says that its owner is here and acts from now on. The badge of one more person asks first: do they work together
with those who are here, or take over?
"""

from __future__ import annotations

from typing import Literal

from common.barcode_router import Code
from common.errors import RuleViolation
from common.event_types import SignIn
from common.events import Fact
from station.messages import PIN, Shown
from station.work.state import SecondBadge
from station.work.turn import Statement, Turn

MOST = 4
CHOSEN = "chosen"  # in the event: the name was chosen at the workplace, the person showed no badge for it


def badge(turn: Turn, code: Code) -> None:
    """Let the owner of a badge act, or ask if they are one more person. RuleViolation sign_in.unknown, sign_in.full."""
    known, here = turn.view.people.get(code.value), turn.work.people
    if known is None:
        raise RuleViolation("sign_in.unknown")
    person = known[0]
    if person in here:
        return _acts(turn, person, None)
    asked = SecondBadge(person, "" if code.raw else PIN)  # a PIN comes as a badge that no scanner read
    if not any(turn.name_of(one) for one in here):
        return take_over(turn, asked)  # nobody is here, or nobody whom the site still knows
    if len(here) >= MOST:
        raise RuleViolation("sign_in.full", most=MOST, names=[name(turn, id) for id in here])
    return turn.question(asked)


def join(turn: Turn, asked: SecondBadge) -> None:
    """Sign one more person in, who acts from now on."""
    _acts(turn, asked.person, asked.via or None)


def take_over(turn: Turn, asked: SecondBadge) -> None:
    """Sign everybody else out, and this person in."""
    for other in turn.work.people:
        _say(turn, "out", other, CHOSEN, Shown("ok", "done.signed_out_one", {"name": name(turn, other)}))
    turn.answered(SecondBadge)
    turn.move(person=None, also=())
    _acts(turn, asked.person, asked.via or None)


def act(turn: Turn, person: str) -> None:
    """Let a person act who is signed in already. RuleViolation command.not_here."""
    if person not in turn.work.people:
        raise RuleViolation("command.not_here", command="PERSON")
    _acts(turn, person, CHOSEN)


def sign_out(turn: Turn, person: str) -> None:
    """Sign out this person, or the one who acts; of those who are left, the one who acted last acts.

    RuleViolation command.finish_first if nobody would be left with a thing in hand; command.not_here.
    """
    work = turn.work
    leaving = person or work.person
    if leaving is None or leaving not in work.people:
        raise RuleViolation("command.not_here", command="SIGNOUT")
    left = tuple(one for one in work.people if one != leaving)
    if not left and (work.hand or work.packing):
        raise RuleViolation("command.finish_first")
    said: dict[str, object] = {"name": name(turn, leaving), "acting": name(turn, left[0])} if left else {}
    shown = Shown("ok", "done.signed_out_left" if left else "done.signed_out", said)
    _say(turn, "out", leaving, None if leaving == work.person else CHOSEN, shown)
    turn.move(person=left[0] if left else None, also=left[1:], questions=work.questions if left else ())
    turn.again = work.hand is not None


def name(turn: Turn, person: str | None) -> str:
    """A person's name, or their id where the name is not known here."""
    return turn.name_of(person) or person or ""


def _acts(turn: Turn, person: str, via: str | None) -> None:
    here = turn.work.people
    others = tuple(one for one in here if one != person)
    code = "done.signed_in" if not others else "done.acts" if person in here else "done.joined"
    said: dict[str, object] = {"name": name(turn, person)}
    if others:
        said["others"] = [name(turn, one) for one in others]
    turn.answered(SecondBadge)
    turn.move(person=person, also=others)
    _say(turn, "in", person, via, Shown("ok", code, said))
    turn.again = turn.work.hand is not None  # the work in hand is judged for the person who acts


def _say(turn: Turn, state: Literal["in", "out"], person: str, via: str | None, shown: Shown) -> None:
    turn.said.append(Statement(shown, Fact(SignIn(turn.view.place, state), ()), person, via))
