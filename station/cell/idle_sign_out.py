"""Sign-out of a workplace that nobody touched, scanned at or measured at for as long as its definition allows.

Measured on the monotonic clock. A machine cycle that runs is work, however long it takes. The unit in hand, its step
and the numbers entered stay for whoever signs in next. Dropped are a question and a wanted signature: they were for
the person who left.
"""

from __future__ import annotations

from msgspec import UNSET

from common.event_types import SignIn
from common.events import Fact
from station import messages as m
from station.messages import Shown
from station.work.ask import people
from station.work.state import Report, Signature, Work
from station.work.steps import fields
from station.work.turn import Statement, Turn
from station.work.view import View

VIA = "idle"  # in the event: nobody signed out, time did
MINUTE_MS = 60_000
BY_PEOPLE = (
    m.Scanned,
    m.PinEntered,
    m.Unlock,
    m.GaugeRead,
    m.PhotoTaken,
    m.Filled,
    m.LookAt,
    m.TryDevice,
    m.Choose,
    m.WriteNote,
    m.UndoNote,
    m.Push,
    m.Export,
    m.EnrolAnew,
    m.Touched,
)


class IdleSignOut:
    """The time since anybody did anything at one workplace; the monotonic clock is passed in."""

    def __init__(self, now_ms: int) -> None:
        self._last_ms = now_ms

    def heard(self, message: m.Message, now_ms: int) -> None:
        """Note a message: what a person did begins the time anew."""
        if isinstance(message, BY_PEOPLE):
            self._last_ms = now_ms

    def turn(self, work: Work, view: View) -> Turn | None:
        """The turn that signs out everybody who is signed in, each with an event; None while it is not due."""
        if any(machine.open for machine in work.machines.values()):
            self._last_ms = view.now_ms
        after_min = _after_min(view)
        if not after_min or work.person is None or view.now_ms - self._last_ms < after_min * MINUTE_MS:
            return None
        turn = Turn(work, view)
        for person in work.people:
            params = {"name": people.name(turn, person), "idle_s": after_min * 60}
            said = Shown("info", "done.signed_out_idle", params), Fact(SignIn(view.place, "out"), ())
            turn.said.append(Statement(*said, person, VIA))
        if (wanted := work.asked(Signature)) is not None:
            fields.unsigned(turn, wanted)
        # The page of a report stays for the next person; questions to this one do not.
        turn.move(person=None, also=(), questions=tuple(one for one in turn.work.questions if isinstance(one, Report)))
        return turn


def _after_min(view: View) -> int:
    workplace = view.definitions.workplace(view.place)
    said = workplace.sign_out_after_min if workplace else UNSET
    return 0 if said is UNSET else said
