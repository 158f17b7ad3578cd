"""A receive step: how much of a lot or of a bought thing came, from which supplier."""

from __future__ import annotations

from common import gs1
from common.definitions import Characteristic, Step
from common.errors import RuleViolation
from common.event_types import Receive
from common.ids import Claim, unb64
from common.rows import Movement
from common.text import Params
from station.messages import Prompt
from station.shown.work_screen import Phrase
from station.work.expected import Expected, text
from station.work.state import Counterparty
from station.work.steps import progress, quantities
from station.work.steps.kind import StepKind
from station.work.turn import Turn


class ReceiveStep(StepKind):
    """Goods in: the supplier's card where there are several, then the quantity."""

    partner = "supplier"
    no_number = "partner.first"
    needs = ""

    def prompt(self, turn: Turn, step: Step, params: dict[str, object]) -> Prompt:
        """Ask for the supplier, then for the quantity."""
        wanted = self.number(turn, step)
        return quantities.prompt(wanted, params) if wanted else Prompt("prompt.partner", params)

    def expects(self, turn: Turn, step: Step) -> Expected:
        """A supplier's card, or a number."""
        wanted = self.number(turn, step)
        return (
            quantities.expects(wanted) if wanted else Expected(Phrase("expect.partner"), text("partner"), ("PARTNER",))
        )

    def number(self, turn: Turn, step: Step) -> Characteristic | None:
        """The quantity, once the supplier is known."""
        return step.characteristics[0] if _supplier(turn) else None

    def entered(self, turn: Turn, step: Step, wanted: Characteristic, value: str) -> None:
        """Record the receipt. RuleViolation component.expired."""
        hand, today = turn.work.hand, turn.view.today.isoformat()
        if hand is None:
            return
        quantities.within(wanted, value)
        said = gs1.read(unb64(hand.label).decode())
        number = (said and said.get("10")) or hand.unit.value.rpartition("/")[2]
        expiry = said and said.get("17")
        ends = gs1.day(expiry, turn.view.today.year).isoformat() if expiry else None
        if ends and ends < today:
            raise RuleViolation("component.expired", component=hand.unit, expiry=ends, today=today)
        order = turn.work.order.value if turn.work.order else ""
        body = Receive(hand.material, _supplier(turn), value, wanted.uom, number, order, ends)
        shown = {"unit": hand.unit, "quantity": value, "uom": wanted.uom, "expiry": ends}
        turn.confirm("ok", "done.received", body, (hand.unit,), **shown)
        progress.following(turn)

    def skipped(self, turn: Turn, step: Step, thing: Claim) -> tuple[str, Params] | None:
        """Skip goods that were received before."""
        rows = (row for past in turn.view.history(thing).events for row in past.rows)
        received = any(isinstance(row, Movement) and row.kind == "receive" for row in rows)
        return ("ignored.made", {"step": step.name}) if received else None


def _supplier(turn: Turn) -> str:
    """The supplier whose card was scanned, else the only one it can be; "" while that is open."""
    scanned = turn.work.hand.so_far(Counterparty).partner if turn.work.hand else ""
    only = turn.material.suppliers if turn.material else []
    return scanned or (only[0] if len(only) == 1 else "")
