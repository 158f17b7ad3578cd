"""Shipping and taking back: who it goes to or comes from, and under which document. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from common.barcode_router import Code
from common.definitions import Partner
from common.errors import RuleViolation
from common.event_types import Return, Ship
from common.ids import Claim
from common.judge import shippable
from station.work.begin import rejection
from station.work.steps import progress
from station.work.turn import Turn

_ROLES = {"receive": "supplier", "ship": "customer", "return": "customer"}


def partner(turn: Turn, id: str) -> None:
    """The card of a supplier or customer is scanned. RuleViolation partner.* if it is none that this step asks for."""
    step, hand = turn.step, turn.work.hand
    role = _ROLES.get(step.kind) if step else None
    if hand is None or role is None:
        raise RuleViolation("command.not_here", command="PARTNER")
    known = turn.view.definitions.get(Partner, id)
    if known is None or known not in partners(turn):
        raise RuleViolation("partner.unknown", partner=known.name if known else id)
    turn.move(hand=replace(hand, partner=id))
    turn.tell("noted.partner", partner=known.name)


def partners(turn: Turn) -> list[Partner]:
    """Those whose card the step takes: customers, or suppliers of what is in hand; none at another step."""
    role = _ROLES.get(turn.step.kind) if turn.step else None
    allowed = turn.material.suppliers if turn.material and role == "supplier" else []
    known = turn.view.definitions.all(Partner)
    return [one for one in known if one.role == role and (not allowed or one.id in allowed)]


def document(turn: Turn, code: Code) -> None:
    """A delivery or return note is scanned at a `ship` or `return` step: it is done. RuleViolation partner.first."""
    step, hand = turn.step, turn.work.hand
    if step is None or hand is None:
        return
    if not hand.partner:
        raise RuleViolation("partner.first")
    known = turn.view.definitions.get(Partner, hand.partner)
    said = {"unit": hand.unit, "partner": known.name if known else hand.partner, "document": code.value}
    if step.kind == "ship":
        _fit(turn, hand.unit)
        turn.confirm("ok", "done.shipped", Ship(hand.partner, code.value), (hand.unit,), **said)
    else:
        turn.confirm("ok", "done.returned", Return(hand.partner, code.value), (hand.unit,), **said)
    progress.following(turn)


def _fit(turn: Turn, thing: Claim) -> None:
    """It may leave, and so may all that is packed in it. RuleViolation ship.blocked."""
    standing, operation = turn.view.standing(thing), turn.operation
    parts = [turn.view.standing(c.child) for c in standing.components if c.removed_by is None]
    why = shippable(standing, None, parts)
    if why and operation is not None:
        said = [rejection.readable(turn, reason) for reason in why]
        raise rejection.no("ship.blocked", operation, thing, operation.release, said)


def wants_document(turn: Turn) -> bool:
    """Whether an order code is this step's document and not the order that is worked on."""
    return turn.step is not None and turn.step.kind in ("ship", "return")
