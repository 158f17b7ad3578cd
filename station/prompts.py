"""The one thing to do now, as a person reads it. Pure; it decides nothing."""

from __future__ import annotations

from common.definitions import Route
from common.definitions.form import Step
from station import arrival, asking, due, pages, permit, progress, quantities, signing
from station.messages import Prompt
from station.work import InHand, Turn, View, Work

MACHINE = {"": "prompt.machine", "part": "prompt.part", "out": "prompt.part_out"}


def resume(work: Work, view: View) -> Prompt:
    """The one thing to do now."""
    turn = Turn(work, view)
    if not view.definitions.all(Route) or not view.people:
        return Prompt("prompt.waiting")
    if work.badge_for:
        return Prompt("prompt.call_badge")
    if work.asked is not None:
        return asking.prompt(turn, work.asked)
    if work.person is None:
        return Prompt("prompt.sign_in")
    if work.signature is not None:
        return signing.prompt(turn, work.signature)
    if work.choosing is not None:
        return due.prompt(turn)
    if work.packing is not None:
        where = work.container.value if work.container else None
        code = "prompt.pack_into" if where else "prompt.pack"
        return Prompt(code, {"unit": work.packing.value, "container": where})
    if work.hand is None:
        return Prompt("prompt.label" if arrival.worked_on(turn) - {"unit"} else "prompt.unit")
    return _step(turn, work.hand)


def _step(turn: Turn, hand: InHand) -> Prompt:
    step, form = turn.step, turn.form
    if step is None or form is None:
        return Prompt("prompt.leave", {"unit": hand.unit})
    params: dict[str, object] = {"step": step.name, "unit": hand.unit}
    params |= {"number": hand.step + 1, "count": len(form.steps)}
    if step.kind == "fill":
        return _page(turn, hand, params)
    if step.kind == "machine":
        return Prompt(MACHINE[permit.waits_for(turn, step)], params)
    if step.kind == "gauge":
        return Prompt("prompt.gauge", params | {"device": step.device})
    if quantities.asked(turn) is not None:
        return _number(turn, step, params)
    if step.kind in ("ship", "return"):
        return Prompt("prompt.document" if hand.partner else "prompt.partner", params)
    line = turn.slot
    params["material"] = turn.material_name(line.material if line else None)
    if step.kind == "replace":
        return Prompt("prompt.replace_new" if hand.removed else "prompt.replace_old", params)
    if step.kind == "add" and line:
        inside = progress.amount(progress.in_slot(turn, hand.unit, line.slot))
        return Prompt("prompt.add", params | {"have": quantities.plain(inside), "want": line.quantity, "uom": line.uom})
    return Prompt("prompt.scan", params)


def _page(turn: Turn, hand: InHand, params: dict[str, object]) -> Prompt:
    """What the field to fill now wants; past the last one, that somebody confirms."""
    state = pages.asked(turn)
    if state is None:
        return Prompt("prompt.confirm", params)
    field = state.field
    name = [field.name, hand.columns[state.i - 1]] if state.i else field.name
    choices = tuple(asking.Choice(n, "option", option.name) for n, option in enumerate(field.options, 1))
    params |= {"name": name, "uom": field.uom, "low": field.low, "high": field.high}
    kind: str = "text" if field.type == "note" else "choice" if field.type == "choices" else field.type
    if kind == "number" and (field.low or field.high):
        kind = "limited"
    return Prompt(f"fill.{kind}", params | {"choices": choices, "device": field.device})


def _number(turn: Turn, step: Step, params: dict[str, object]) -> Prompt:
    wanted = quantities.asked(turn)
    if wanted is None:
        return Prompt("prompt.scan", params)
    limits = {"name": wanted.name, "uom": wanted.uom, "low": wanted.low, "high": wanted.high}
    return Prompt("prompt.number" if wanted.low or wanted.high else "prompt.number_free", params | limits)
