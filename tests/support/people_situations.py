"""Situations in which several people are signed in at one workplace, or one more shows their badge."""

from __future__ import annotations

from msgspec.structs import replace

from common.definitions import Definitions, Person
from station.messages import Status
from tests.support.shift import Shift
from tests.support.situation import OFFLINE, STEPS, pressed, situation

WANG, LI, LIU, CHEN, ZHOU = "B10021", "B10034", "B10047", "B20005", "B30002"
TOGETHER = "HW:CONFIRM"
NAMES = {LI: "Konstantin Wassiljewitsch Gortschakow", LIU: "欧阳亚历山大·康斯坦丁诺维奇"}
CROWDED: Status = replace(OFFLINE, calls_unsent=("e",))


def together(long: bool, *badges: str) -> Shift:
    """ST-10 with a motor in hand; so many join."""
    shift = pressed(long, STEPS[0])
    if long:
        shift.people |= {badge: (shift.people[badge][0], name) for badge, name in NAMES.items()}
    for badge in badges:
        shift.scan(badge, TOGETHER)
    return shift


@situation("people-one-more")
def _one_more(long: bool) -> Shift:
    shift = together(long)
    shift.scan(LI)
    return shift


@situation("people-fourth")
def _fourth(long: bool) -> Shift:
    shift = together(long, LI, LIU)
    shift.scan(CHEN)
    return shift


@situation("people-two")
def _two(long: bool) -> Shift:
    return together(long, LI)


@situation("people-two-switch", "tap.people")
def _switch(long: bool) -> Shift:
    return together(long, LI)


@situation("people-two-offline", status=CROWDED)
def _offline(long: bool) -> Shift:
    shift = together(long, LI)
    shift.scan("HW:CALL:quality", "HW:CALL:material")
    return shift


@situation("people-two-idle")
def _idle(long: bool) -> Shift:
    shift = together(long, LI)
    shift.scan("HW:LEAVE:material-short")
    return shift


@situation("people-two-sign-out", "tap.sign_out")
def _sign_out(long: bool) -> Shift:
    return _idle(long)


@situation("people-four")
def _four(long: bool) -> Shift:
    return together(long, LI, LIU, CHEN)


@situation("people-four-switch", "tap.people")
def _switch_of_four(long: bool) -> Shift:
    return _four(long)


@situation("people-full")
def _full(long: bool) -> Shift:
    shift = _four(long)
    shift.scan(ZHOU)
    return shift


@situation("result-people-full")
def _full_now(long: bool) -> Shift:
    return _full(long)


@situation("result-people-joined")
def _joined(long: bool) -> Shift:
    return together(long, LI)


@situation("result-people-take-over")
def _take_over(long: bool) -> Shift:
    shift = together(long, LI)
    shift.scan(LIU, "HW:SIGNOUT")
    return shift


@situation("people-not-qualified")
def _not_qualified(long: bool) -> Shift:
    """The one who acts may not do this; the other one may."""
    shift = together(long)
    known = [one for kind in shift.definitions.by_kind.values() for one in kind.values()]
    shift.definitions = Definitions.of([*known, Person("p-li", ["operator"], ["wire"])])
    shift.scan(LI, TOGETHER)
    return shift
