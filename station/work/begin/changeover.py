"""Change-over: an allergen that may be left at the workplace, and a product that does not declare it. Pure."""

from __future__ import annotations

from common.definitions import Material, Operation
from common.ids import Claim
from common.judge import BlockReason, left_behind
from station.work.begin import interlock_check, rejection
from station.work.turn import Turn


def cleaned_by(turn: Turn) -> list[str]:
    """The roles that may say that this workplace is clean; empty if nothing is left behind here."""
    workplace = turn.view.definitions.workplace(turn.view.place)
    return workplace.cleaned_by if workplace else []


def check(turn: Turn, operation: Operation, thing: Claim, material: str) -> None:
    """RuleViolation if an allergen may be left here that this product does not declare."""
    release = cleaned_by(turn)
    if not release:
        return
    before = [turn.view.standing(lot).material for lot in left_behind(turn.view.history(turn.view.here))]
    left = {allergen for id in before for allergen in _allergens(turn, id)} - _allergens(turn, material)
    if left:
        why = BlockReason(
            "interlock.not_cleaned", {"allergens": sorted(left), "material": turn.material_name(material)}
        )
        raise rejection.no(interlock_check.BLOCKED, operation, thing, release, [why])


def _allergens(turn: Turn, id: str | None) -> frozenset[str]:
    known = turn.view.definitions.get(Material, id)
    return frozenset(known.allergens) if known else frozenset()
