"""The protocol of a step kind. A new kind is one file with a `StepKind`, and its line in `steps/__init__.py`."""

from __future__ import annotations

from abc import abstractmethod
from typing import Literal

from common.barcode_router import Code
from common.definitions import Characteristic, Step
from common.errors import RuleViolation
from common.ids import Claim
from common.text import Params
from station.messages import Prompt
from station.shown.work_screen import Phrase
from station.work.expected import Expected
from station.work.state import InHand
from station.work.turn import Turn


class StepKind:
    """A step that takes nothing. `step` is the one to do now, of this kind, of the thing in hand.

    `needs`: the kind of device without which it cannot be done, "" for none. `no_number`: the error's code where no
    number is asked for. `takes_own_label`: the label of the thing in hand is an answer, and not a repeated scan.
    `takes_part`: it takes what its slot takes, whose picture helps. `partner`: the role of the partners whose card it
    takes. `is_amount`: the number that it asks for is an amount.
    """

    needs = "scanner"
    no_number = "quantity.not_now"
    takes_own_label = False
    takes_part = False
    partner: Literal["", "supplier", "customer"] = ""
    is_amount = True

    @abstractmethod
    def prompt(self, turn: Turn, step: Step, params: dict[str, object]) -> Prompt:
        """The one thing to do now. `params`: the step, its number, and the thing, for the sentence."""

    @abstractmethod
    def expects(self, turn: Turn, step: Step) -> Expected:
        """The codes that would be taken now."""

    def scan(self, turn: Turn, step: Step, code: Code) -> None:
        """Take a scanned thing. RuleViolation if it is not wanted or may not be used."""
        raise RuleViolation("component.not_now", got=code.value, step=step.name)

    def takes_orders(self, turn: Turn) -> bool:
        """Return whether the code of an order is an answer to this step, and not the order to work on."""
        return False

    def number(self, turn: Turn, step: Step) -> Characteristic | None:
        """The number that is asked for now, with its unit and limits."""
        return None

    def entered(self, turn: Turn, step: Step, wanted: Characteristic, value: str) -> None:
        """Take the number that was asked for."""
        raise RuleViolation(self.no_number, value=value)

    def skipped(self, turn: Turn, step: Step, thing: Claim) -> tuple[str, Params] | None:
        """The code and details to tell if there is nothing to do, because it was done before the work was left."""
        return None

    def arrive(self, turn: Turn, step: Step) -> None:
        """Begin the step."""

    def keep(self, turn: Turn, step: Step) -> None:
        """Record the answers so far before the work leaves the step."""

    def note(self, turn: Turn, step: Step) -> tuple[InHand, Phrase] | None:
        """The thing in hand without the last answer that no event holds yet, and the name of that answer; None if
        there is none."""
        return None


KINDS: dict[str, StepKind] = {}  # filled by steps/__init__.py


def kind_of_step(step: Step) -> StepKind:
    """The kind of a step."""
    return KINDS[step.kind]
