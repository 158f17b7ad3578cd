"""One case of what a workplace may wait for: its prompt, its expected codes, and how it takes a scan. Pure."""

from __future__ import annotations

import re
from abc import abstractmethod

from msgspec import Struct

from common.barcode_router import Ambiguous, Code
from common.errors import RuleViolation
from common.event_types import SignIn
from station.messages import Prompt
from station.shown.work_screen import Tile
from station.work import take_in_hand
from station.work.ask import ambiguity, cards
from station.work.begin import orders
from station.work.expected import Expected
from station.work.steps import labels
from station.work.turn import Turn


class Case(Struct, frozen=True):
    """One thing that a workplace may wait for. The kiosk and the tests know it by `name`."""

    @property
    def name(self) -> str:
        """Its name, e.g. sign_in."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(self).__name__).lower()

    @abstractmethod
    def prompt(self, turn: Turn) -> Prompt:
        """The one thing to do now."""

    @abstractmethod
    def expects(self, turn: Turn) -> Expected:
        """The codes that would be taken."""

    def choices(self, turn: Turn) -> tuple[Tile, ...]:
        """The answers, where one is chosen from a page of tiles."""
        return ()

    def take(self, turn: Turn, code: Code) -> None:
        """Take a scanned code. RuleViolation if it is not wanted now."""
        if code.kind == "badge":
            return sign_in(turn, code)
        if turn.work.person is None:
            raise RuleViolation("sign_in.first")
        if code.kind == "command":
            return cards.command(turn, code.value)
        if code.kind == "order":
            return self.take_order(turn, code)
        return None if labels.verify(turn, code) else self.take_thing(turn, code)

    def take_unclear(self, turn: Turn, code: Ambiguous) -> None:
        """Ask which reading of a code is meant."""
        ambiguity.ask(turn, code)

    def take_order(self, turn: Turn, code: Code) -> None:
        """Take the code of an order: from now on it is worked on."""
        orders.scanned(turn, code)

    def take_thing(self, turn: Turn, code: Code) -> None:
        """Take a scanned unit, lot or container."""
        take_in_hand.take_in_hand(turn, code)


def sign_in(turn: Turn, code: Code) -> None:
    """Sign in the owner of a badge. RuleViolation sign_in.unknown."""
    known = turn.view.people.get(code.value)
    if known is None:
        raise RuleViolation("sign_in.unknown")
    person, name = known
    turn.move(person=person)
    turn.confirm("ok", "done.signed_in", SignIn(turn.view.place, "in"), (), name=name)
    turn.again = turn.work.hand is not None  # the work in hand is judged for the new person
