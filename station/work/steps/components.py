"""Components: which may go into a slot, how they go in, and the words for them. Pure."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from common.barcode_router import Code
from common.definitions import BomLine, Material
from common.errors import RuleViolation
from common.event_types import Aggregate, AggregateCounted, Bind, Body, Quantity
from common.ids import Claim, b64, kind_of
from common.judge import Standing
from station.shown.work_screen import Phrase
from station.work import expected
from station.work.begin import unverified
from station.work.expected import Expected
from station.work.state import InHand, PendingComponent, Untouched
from station.work.steps import progress, quantities
from station.work.turn import Turn

UNFIT = ("component.held", "component.failed", "component.used")


def material_of_slot(turn: Turn) -> object:
    """The name of the material that the step's slot takes."""
    return turn.material_name(turn.slot.material if turn.slot else None)


def expects(turn: Turn, code: str) -> Expected:
    """The materials that the step's slot takes. `code`: of the words."""
    line = turn.slot
    ids = (line.material, *line.alternatives) if line else ()
    known = [material for id in ids if (material := turn.view.definitions.get(Material, id))]
    kinds = tuple(dict.fromkeys(material.tracked for material in known))
    return expected.one_of(code, "material", known, kinds=kinds)


def are_counted(turn: Turn, line: BomLine) -> bool:
    """Return whether a slot takes several things of which each is scanned."""
    material = turn.view.definitions.get(Material, line.material)
    return material is not None and material.tracked != "lot" and Decimal(line.quantity) > 1


def put_in(
    turn: Turn, hand: InHand, taken: PendingComponent, line: BomLine, quantity: str, words: str = "done.added"
) -> None:
    """Put so much of a component into the slot, and go on once the slot is full. `words`: the code of what is said."""
    total = progress.amount(progress.in_slot(turn, hand.unit, line.slot)) + Decimal(quantity)
    said = {"component": taken.thing, "unit": hand.unit, "slot": line.name, "quantity": quantity, "uom": line.uom}
    said |= {"count": quantities.plain(total), "room": line.quantity}
    turn.confirm("ok", words, _into(hand, taken, line, quantity), (hand.unit, taken.thing), **said)
    turn.put(hand.with_progress(Untouched()))
    if progress.is_full(line, total):
        progress.following(turn)


def _into(hand: InHand, taken: PendingComponent, line: BomLine, text: str) -> Body:
    if kind_of(hand.unit) != "container":
        return Bind(line.slot, taken.material, text, line.uom, hand.operation, taken.scan)
    if kind_of(taken.thing) != "lot":
        return Aggregate(hand.operation)
    return AggregateCounted((Quantity(1, text, line.uom),), hand.operation)


def taken_words(turn: Turn, taken: PendingComponent) -> Phrase:
    """A component and its slot, in words."""
    line = turn.view.definitions.bom_line(turn.work.hand.material, taken.slot) if turn.work.hand else None
    return Phrase("deed.bind", {"component": taken.thing, "slot": line.name if line else taken.slot})


def admitted(turn: Turn, code: Code, line: BomLine) -> PendingComponent:
    """The scanned component, if it may go into this slot. RuleViolation component.*"""
    standing = fitting(turn, code, line)
    if why := unfit(standing):
        raise why
    material = code.material or standing.material or line.material
    unverified.finished(turn, standing, material)
    _declared(turn, standing.thing, material)
    unverified.fresh_enough(turn, standing.thing, material)
    return PendingComponent(line.slot, standing.thing, material, b64(code.raw))


def fitting(turn: Turn, code: Code, line: BomLine) -> Standing:
    """The standing of a scanned component of the right material, by its code or its records. RuleViolation
    component.wrong."""
    standing = turn.view.standing(code.claim) if code.claim else None
    material = code.material or (standing.material if standing else None)
    if standing is None or material not in (line.material, *line.alternatives):
        got = turn.material_name(material) if material else code.value
        raise RuleViolation("component.wrong", got=got, scanned=code.value, expected=turn.material_name(line.material))
    return standing


def unfit(standing: Standing) -> RuleViolation | None:
    """The refusal of a component that is held, failed or in another thing."""
    if standing.held_because or standing.state == "scrapped":
        return RuleViolation("component.held", component=standing.thing, reason=standing.reasons or ("scrap",))
    if standing.state in ("failed", "contested"):
        return RuleViolation("component.failed", component=standing.thing, state=standing.state)
    taken = [c for c in standing.within if c.removed_by is None]
    if kind_of(standing.thing) != "lot" and taken:
        return RuleViolation("component.used", component=standing.thing, parent=taken[0].parent)
    return None


def refused(turn: Turn, why: RuleViolation) -> None:
    """Remember the component of the last scan if what is known of it said no: news may say otherwise."""
    if why.code in UNFIT:
        component = why.details["component"]
        turn.move(last_scan=replace(turn.work.last_scan, unfit=component if isinstance(component, Claim) else None))


def still_unfit(turn: Turn) -> str:
    """The code of what says no to the component scanned last, by what is known now; "" if nothing does."""
    component = turn.work.last_scan.unfit
    why = unfit(turn.view.standing(component)) if component else None
    return why.code if why else ""


def _declared(turn: Turn, component: Claim, material: str) -> None:
    """Refuse an alternative material with an allergen that the product does not declare."""
    product, known = turn.material, turn.view.definitions.get(Material, material)
    if product is None or known is None or product.tracked == "container":
        return
    more = sorted(set(known.allergens) - set(product.allergens))
    if more:
        raise RuleViolation("component.allergen", component=component, allergens=more, material=product.name)
