"""Components: what is scanned into a slot, whether it may go in, and what comes out of one. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from common.barcode_router import Code
from common.definitions import BomLine, Form, Material, Step
from common.errors import RuleViolation
from common.event_types import Bind, Replace
from common.ids import Claim, b64
from common.judge import Standing
from station.work.begin import unverified
from station.work.state import InHand, PendingComponent
from station.work.steps import pages, progress, quantities
from station.work.turn import Turn


def component(turn: Turn, code: Code) -> None:
    """A thing is scanned while another is in hand. RuleViolation component.* if it may not go in."""
    step, hand = turn.step, turn.work.hand
    if hand is None:
        return None
    if pages.sheet(turn):
        return pages.scanned(turn, code)
    if step is None:
        raise RuleViolation("unit.changed", unit=hand.unit)
    if code.claim == hand.unit:
        return turn.tell("ignored.in_hand", unit=code.claim)
    if step.kind == "output":
        return _take(turn, code, _slot_for(turn, code, step))
    line = turn.slot
    if step.kind not in ("scan", "replace", "add") or line is None:
        raise RuleViolation("component.not_now", got=code.value, step=step.name)
    if step.kind == "scan" and has_output(turn.form):
        return _take(turn, code, line)
    if step.kind == "replace":
        return _replace(turn, code, line, _fitting(turn, code, line))
    taken = _admitted(turn, code, line)
    if step.kind == "add":
        return quantities.add(turn, taken)
    body = Bind(line.slot, taken.material, line.quantity, line.uom, hand.operation, taken.scan)
    on = (hand.unit, taken.thing)
    turn.confirm("ok", "done.bound", body, on, component=taken.thing, slot=line.name, unit=hand.unit)
    return progress.following(turn)


def has_output(form: Form | None) -> bool:
    """Whether the lots that are scanned wait for a quantity at the end."""
    return form is not None and any(step.kind == "output" for step in form.steps)


def _slot_for(turn: Turn, code: Code, step: Step) -> BomLine:
    """At the output another lot may be scanned for any slot: the first one ran empty on the way."""
    form, hand = turn.form, turn.work.hand
    slots = {step.slot for step in form.steps if step.kind == "scan"} if form else set()
    lines = turn.material.bom if turn.material and hand else []
    for line in lines:
        if line.slot in slots and code.material in (line.material, *line.alternatives):
            return line
    raise RuleViolation("component.not_now", got=code.value, step=step.name)


def _take(turn: Turn, code: Code, line: BomLine) -> None:
    """Remember a lot until the output says how much of it went in."""
    taken = _admitted(turn, code, line)
    hand, step = turn.work.hand, turn.step
    if hand is None or step is None:
        return None
    if taken.thing in [one.thing for one in hand.taken]:
        return turn.tell("ignored.taken", component=taken.thing, slot=line.name)
    turn.move(hand=replace(hand, taken=(*hand.taken, taken)))
    turn.tell("noted.lot", component=taken.thing, slot=line.name, unit=hand.unit)
    return progress.following(turn) if step.kind == "scan" else None


def _admitted(turn: Turn, code: Code, line: BomLine) -> PendingComponent:
    """The scanned component, if it may go into this slot."""
    standing = _fitting(turn, code, line)
    _free(standing, code)
    material = code.material or standing.material or line.material
    unverified.finished(turn, standing, material)
    _declared(turn, standing.thing, material)
    unverified.fresh_enough(turn, standing.thing, material)
    return PendingComponent(line.slot, standing.thing, material, b64(code.raw))


def _fitting(turn: Turn, code: Code, line: BomLine) -> Standing:
    """The standing of a scanned component of the right material, by its code or by what is known of it."""
    standing = turn.view.standing(code.claim) if code.claim else None
    material = code.material or (standing.material if standing else None)
    if standing is None or material not in (line.material, *line.alternatives):
        got = turn.material_name(material) if material else code.value
        raise RuleViolation("component.wrong", got=got, scanned=code.value, expected=turn.material_name(line.material))
    return standing


def _free(standing: Standing, code: Code) -> None:
    """It may go in: nothing holds it, it did not fail, and it is in nothing else."""
    if standing.held_because or standing.state == "scrapped":
        raise RuleViolation("component.held", component=standing.thing, reason=standing.held_because or ("scrap",))
    if standing.state in ("failed", "contested"):
        raise RuleViolation("component.failed", component=standing.thing, state=standing.state)
    taken = [c for c in standing.within if c.removed_by is None]
    if code.kind != "lot" and taken:
        raise RuleViolation("component.used", component=standing.thing, parent=taken[0].parent)


def _declared(turn: Turn, component: Claim, material: str) -> None:
    """A product declares what goes into it; an alternative material may bring something that it does not."""
    product, known = turn.material, turn.view.definitions.get(Material, material)
    if product is None or known is None or product.tracked == "container":
        return
    more = sorted(set(known.allergens) - set(product.allergens))
    if more:
        raise RuleViolation("component.allergen", component=component, allergens=more, material=product.name)


def _replace(turn: Turn, code: Code, line: BomLine, standing: Standing) -> None:
    """Two scans: the component that comes out, then the one that goes in. Only the second is a fact."""
    hand = turn.work.hand
    if hand is None:
        return None
    inside = progress.in_slot(turn, hand.unit, line.slot)
    if hand.removed is None:
        if standing.thing not in [c.child for c in inside]:
            raise RuleViolation("component.not_inside", component=standing.thing, unit=hand.unit)
        turn.move(hand=replace(hand, removed=standing.thing))
        return turn.tell("replace.out", component=standing.thing)
    taken = _admitted(turn, code, line)
    return _put_in(turn, hand, line, taken)


def unread(turn: Turn) -> Claim | None:
    """What a replace step takes out though no code says so: the only thing that is known to be in the slot."""
    step, hand = turn.step, turn.work.hand
    if step is None or hand is None or step.kind != "replace" or hand.removed is not None:
        return None
    inside = progress.in_slot(turn, hand.unit, step.slot or "")
    return inside[0].child if len(inside) == 1 else None


def out_unread(turn: Turn, _: str) -> None:
    """The old component has no label that can be read. RuleViolation command.not_here where it is not the only one."""
    hand, old = turn.work.hand, unread(turn)
    if hand is None or old is None:
        raise RuleViolation("command.not_here", command="OUT")
    turn.move(hand=replace(hand, removed=old))
    turn.tell("replace.out", component=old)


def _put_in(turn: Turn, hand: InHand, line: BomLine, taken: PendingComponent) -> None:
    out = hand.removed
    if out is None:
        return
    inside = progress.in_slot(turn, hand.unit, line.slot)
    tags = tuple(c.tag for c in inside if c.child == out)
    body = Replace(line.slot, taken.material, line.quantity, line.uom, hand.operation, tags, taken.scan)
    said = {"component": taken.thing, "old": out, "unit": hand.unit}
    turn.confirm("ok", "done.replaced", body, (hand.unit, taken.thing, out), **said)
    progress.following(turn)
