"""The one thing to do now, as a person reads it. Pure; it decides nothing."""

from __future__ import annotations

from common.definitions import Reason, Route
from common.definitions.field import Field
from common.definitions.form import Characteristic, Step
from common.text import Params
from station.messages import Prompt
from station.shown.work_screen import Phrase
from station.work import signatures, take_in_hand
from station.work.ask import ambiguity, override, undo
from station.work.begin import due, interlock_check
from station.work.state import InHand, Signature, Work
from station.work.steps import machine_permit, pages, progress, quantities
from station.work.turn import Turn
from station.work.view import View

MACHINE = {"": "prompt.machine", "part": "prompt.part", "out": "prompt.part_out"}


def resume(work: Work, view: View) -> Prompt:
    """The one thing to do now."""
    turn = Turn(work, view)
    if not view.definitions.all(Route) or not view.people:
        return Prompt("prompt.waiting")
    if work.badge_for:
        return Prompt("prompt.call_badge")
    if work.asked is not None:
        return ambiguity.prompt(turn, work.asked)
    if work.person is None:
        return Prompt("prompt.sign_in")
    if work.signature is not None:
        return signatures.prompt(turn, work.signature, _about(turn, work.signature))
    if work.choosing is not None:
        return due.prompt(turn)
    if work.packing is not None:
        where = work.container.value if work.container else None
        code = "prompt.pack_into" if where else "prompt.pack"
        return Prompt(code, {"unit": work.packing.value, "container": where})
    if work.hand is None:
        return Prompt("prompt.label" if take_in_hand.worked_on(turn) - {"unit"} else "prompt.unit")
    return _in_hand(turn, work.hand)


def _about(turn: Turn, signature: Signature) -> Params:
    """What a signature is for, where no page on the screen says it: what is taken back, or why it is let through."""
    act, stopped = undo.last(turn.work), turn.work.stopped
    if signature.purpose == undo.PURPOSE and act is not None:
        return {"what": undo.told(turn, act), "unit": act.thing}
    if signature.purpose == override.PURPOSE and stopped is not None:
        reason = turn.view.definitions.get(Reason, signature.about)
        return {"what": reason.name if reason else "", "unit": stopped.claim}
    return {}


def _in_hand(turn: Turn, hand: InHand) -> Prompt:
    """What is reported of it, why it may not go on, or its step."""
    sheet, why = pages.sheet(turn), interlock_check.halted(turn)
    if hand.because and sheet:
        return _page(turn, sheet, {"step": sheet.name, "unit": hand.unit, "number": 1, "count": 1})
    if why is not None and why.code == interlock_check.NOT_QUALIFIED:
        return Prompt("prompt.not_qualified", {k: why.details[k] for k in ("unit", "operation", "people")})
    if why is not None:
        said = {"unit": hand.unit, "why": interlock_check.reasons(why), "release": why.details["release"]}
        return Prompt("prompt.held", said)
    return _step(turn, hand, sheet)


def _step(turn: Turn, hand: InHand, sheet: pages.OpenPage | None) -> Prompt:
    step, form = turn.step, turn.form
    if step is None or form is None:
        return Prompt("prompt.leave", {"unit": hand.unit})
    params: dict[str, object] = {"step": step.name, "unit": hand.unit}
    params |= {"number": hand.step + 1, "count": len(form.steps)}
    if step.kind == "fill":
        return _page(turn, sheet, params) if sheet else _panel(turn, params)
    if step.kind == "machine":
        return Prompt(MACHINE[machine_permit.waits_for(turn, step)], params)
    if step.kind == "gauge":
        return Prompt("prompt.gauge", params | {"device": step.device})
    if quantities.asked(turn) is not None:
        return _number(turn, step, params)
    if quantities.wants_partner(turn):
        return Prompt("prompt.partner", params)
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


def _panel(turn: Turn, params: dict[str, object]) -> Prompt:
    """Its page cannot begin with so many units."""
    return Prompt("prompt.panel", params | {"have": pages.units_of_panel(turn) or 0, "most": pages.MOST_COLUMNS})


def _page(turn: Turn, sheet: pages.OpenPage, params: dict[str, object]) -> Prompt:
    """What the field to fill now wants; past the last one, that somebody confirms, or what cannot be computed."""
    state = pages.asked(turn)
    if state is None:
        wrong = sheet.page().lacking
        return Prompt(wrong.code, params | dict(wrong.params)) if wrong else Prompt("prompt.confirm", params)
    field = state.field
    name = [field.name, sheet.columns[state.i - 1]] if state.i else field.name
    choices = tuple(ambiguity.ReadingChoice(n, "option", option.name) for n, option in enumerate(field.options, 1))
    params |= {"name": name, "uom": field.uom, "limits": _limits(field)}
    kind: str = "text" if field.type == "note" else "choice" if field.type == "choices" else field.type
    if kind == "number" and (field.low or field.high):
        kind = "limited"
    return Prompt(f"fill.{kind}", params | {"choices": choices, "device": field.device})


def _number(turn: Turn, step: Step, params: dict[str, object]) -> Prompt:
    wanted = quantities.asked(turn)
    if wanted is None:
        return Prompt("prompt.scan", params)
    asked = Phrase("asked.value") if step.kind == "enter" else Phrase("asked.amount", {"uom": wanted.uom})
    limits = {"name": wanted.name, "asked": asked, "uom": wanted.uom, "limits": _limits(wanted)}
    return Prompt("prompt.number" if wanted.low or wanted.high else "prompt.number_free", params | limits)


def _limits(of: Field | Characteristic) -> Phrase:
    """The limits of a number; one that does not exist is left out."""
    code = "limits.both" if of.low and of.high else "limits.low" if of.low else "limits.high"
    return Phrase(code, {"low": of.low, "high": of.high, "uom": of.uom})
