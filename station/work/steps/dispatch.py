"""Ship and return steps: the customer's card, then the document under which a thing leaves or comes back."""

from __future__ import annotations

from abc import abstractmethod

from common.barcode_router import Code
from common.definitions import Partner, Step
from common.errors import RuleViolation
from common.event_types import Body
from common.event_types import Return as ReturnBody
from common.event_types import Ship as ShipBody
from common.ids import Claim
from common.judge import shippable
from station.messages import Prompt
from station.shown.work_screen import Phrase
from station.work.begin import rejection
from station.work.expected import Expected
from station.work.state import Counterparty
from station.work.steps import progress
from station.work.steps.kind import StepKind, kind_of_step
from station.work.turn import Turn


class _Dispatch(StepKind):
    """A partner, then a document. `done`: the code to tell."""

    partner = "customer"
    done = ""

    def prompt(self, turn: Turn, step: Step, params: dict[str, object]) -> Prompt:
        """Ask for the partner, then for the document."""
        return Prompt("prompt.document" if _partner(turn) else "prompt.partner", params)

    def expects(self, turn: Turn, step: Step) -> Expected:
        """A partner's card, then a document."""
        if _partner(turn):
            return Expected(Phrase("expect.document"), "document", ("order", "document"))
        return Expected(Phrase("expect.partner"), "partner", ("PARTNER",))

    def takes_orders(self, turn: Turn) -> bool:
        """A delivery note may read as an order."""
        return True

    def scan(self, turn: Turn, step: Step, code: Code) -> None:
        """Take a document. RuleViolation partner.first, ship.blocked, component.not_now."""
        hand, id = turn.work.hand, _partner(turn)
        if code.kind != "order" or hand is None:
            return super().scan(turn, step, code)
        if not id:
            raise RuleViolation("partner.first")
        self.check(turn, hand.unit)
        known = turn.view.definitions.get(Partner, id)
        said = {"unit": hand.unit, "partner": known.name if known else id, "document": code.value}
        turn.confirm("ok", self.done, self.body(id, code.value), (hand.unit,), **said)
        return progress.following(turn)

    def check(self, turn: Turn, thing: Claim) -> None:
        """Refuse a thing that may not leave."""

    @abstractmethod
    def body(self, partner: str, document: str) -> Body:
        """The event."""


class ShipStep(_Dispatch):
    """A thing leaves to a customer."""

    done = "done.shipped"

    def check(self, turn: Turn, thing: Claim) -> None:
        """Refuse what may not leave, alone or for a thing that is packed in it. RuleViolation ship.blocked."""
        standing, operation = turn.view.standing(thing), turn.operation
        parts = [turn.view.standing(c.child) for c in standing.components if c.removed_by is None]
        why = shippable(standing, None, parts)
        if why and operation is not None:
            said = [rejection.readable(turn, reason) for reason in why]
            raise rejection.no("ship.blocked", operation, thing, operation.release, said)

    def body(self, partner: str, document: str) -> Body:
        """Shipped to `partner` under `document`."""
        return ShipBody(partner, document)


class ReturnStep(_Dispatch):
    """A thing comes back from a customer."""

    done = "done.returned"

    def body(self, partner: str, document: str) -> Body:
        """Returned by `partner` under `document`."""
        return ReturnBody(partner, document)


# Partners' cards -----------------------------------------------------------------------------------------------------
def partner(turn: Turn, id: str) -> None:
    """The card of a supplier or customer. RuleViolation partner.unknown if this step takes another,
    command.not_here."""
    step, hand = turn.step, turn.work.hand
    if hand is None or step is None or not kind_of_step(step).partner:
        raise RuleViolation("command.not_here", command="PARTNER")
    known = turn.view.definitions.get(Partner, id)
    if known is None or known not in partners(turn):
        raise RuleViolation("partner.unknown", partner=known.name if known else id)
    turn.put(hand.with_progress(Counterparty(id)))
    turn.tell("noted.partner", partner=known.name)


def partners(turn: Turn) -> list[Partner]:
    """The partners whose card the step takes: customers, or suppliers of the material in hand."""
    role = kind_of_step(turn.step).partner if turn.step else ""
    allowed = turn.material.suppliers if turn.material and role == "supplier" else []
    known = turn.view.definitions.all(Partner)
    return [one for one in known if one.role == role and (not allowed or one.id in allowed)]


def _partner(turn: Turn) -> str:
    return turn.work.hand.so_far(Counterparty).partner if turn.work.hand else ""
