"""A signature: a badge says who, a PIN proves it, and the meaning says what was meant. Pure; `pins` checks the PIN.

A room asks for one by `want`, and is called by `transition.SIGNED` under its purpose once it is given. The credential
is entered anew each time; the signer need not be the person who acts.
"""

from __future__ import annotations

from msgspec.structs import replace

from common.barcode_router import Code
from common.definitions import Person
from common.errors import RuleViolation
from common.text import Params
from station.messages import Prompt
from station.shown.work_screen import Phrase, Signing
from station.work.state import Signature
from station.work.turn import Turn


def want(turn: Turn, signature: Signature) -> None:
    """Ask for a signature, until it is given or dropped."""
    turn.question(signature)


def may_sign(turn: Turn, asked: Signature) -> tuple[str, ...]:
    """Name the people and roles that may give it; nobody where everybody may."""
    return tuple(turn.name_of(id) or id for id in asked.people) + asked.roles if asked.roles else ()


def drop(turn: Turn) -> None:
    """Want no signature any more."""
    turn.answered(Signature)


def badge(turn: Turn, code: Code) -> None:
    """Take the badge of the signer. RuleViolation sign_in.unknown, or sign.role if they may not sign."""
    asked, known = turn.work.asked(Signature), turn.view.people.get(code.value)
    if asked is None:
        return
    if known is None:
        raise RuleViolation("sign_in.unknown")
    id, name = known
    person = turn.view.definitions.get(Person, id)
    able = id in asked.people or set(asked.roles) & set(person.roles if person else ())
    if asked.roles and not able:
        raise RuleViolation("sign.role", release=may_sign(turn, asked))
    turn.question(replace(asked, signer=id))
    turn.tell("noted.signer", name=name)


def given(turn: Turn, person: str) -> Signature:
    """The right PIN of `person` came: the signature, complete. RuleViolation sign.badge if not theirs is awaited."""
    asked = turn.work.asked(Signature)
    if asked is None or asked.signer != person:
        raise RuleViolation("sign.badge")
    drop(turn)
    return asked


def prompt(turn: Turn, asked: Signature, about: Params) -> Prompt:
    """Ask for the badge of the signer, or for their PIN. `about`: the matter and the unit, if the screen does not show
    them."""
    release, name = may_sign(turn, asked), turn.name_of(asked.signer)
    meaning = Phrase("meaning.about", {"meaning": asked.meaning, **about}) if about else asked.meaning
    said: dict[str, object] = {"meaning": meaning, "release": release, "name": name}
    if asked.signer:
        return Prompt("prompt.sign_pin", said)
    return Prompt("prompt.sign_role" if asked.roles else "prompt.sign", said)


def staged(turn: Turn) -> Signing | None:
    """The signature that is wanted, for the screen."""
    asked = turn.work.asked(Signature)
    return Signing(asked.meaning, asked.roles, asked.signer, turn.name_of(asked.signer)) if asked else None
