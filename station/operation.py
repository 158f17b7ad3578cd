"""The way of work at a workplace: (work, input, view) → (work, what is said, the one thing to do now).

Pure: no clock, no disk, no device. What the operator may not do is a RuleViolation: shown in red and written down.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from common.bodies import (
    Bind,
    Commission,
    OperationCompleted,
    OperationLeft,
    OperationStarted,
    Refused,
    Replace,
    Scrap,
    SignIn,
)
from common.codes import Code
from common.definitions import Form, Operation, Person, Reason, Route, Step, definition_hash
from common.errors import BadBarcode, RuleViolation
from common.ids import Claim, b64
from common.judge import Answer, Component, Standing, interlock
from common.judge import Reason as Why
from station import packing, permit
from station.messages import PlcRead, Prompt
from station.work import InHand, Turn, View, Work

DOUBLE_SCAN_MS = 1_000
KEPT_BYTES = 1_536  # in base64url the 2048 characters that a scan in an event may have


class CodeScanned(Struct, frozen=True):
    """A scan and what its code is, or why it is none. `mono_ms`: when it was scanned, if that is known."""

    device: str
    raw: bytes
    code: Code | BadBarcode
    mono_ms: int | None = None


def step(work: Work, said: CodeScanned | PlcRead, view: View) -> Turn:
    """One turn. The same work, input and view give the same turn."""
    turn = Turn(work, view)
    if isinstance(said, PlcRead):
        faults = permit.answer(turn, said)
        if faults is not None:
            _measured(turn, faults)
        return turn
    scanned_ms = view.now_ms if said.mono_ms is None else said.mono_ms
    if _double(turn, said, scanned_ms):
        turn.tell("ignored.double")
        return turn
    turn.move(last_code=said.raw, last_device=said.device, last_ms=scanned_ms)
    before = turn.work
    try:
        if isinstance(said.code, BadBarcode):
            raise RuleViolation(said.code.code, **said.code.details)
        _scanned(turn, said.code)
    except RuleViolation as e:
        turn.work, turn.said = before, []
        _refuse(turn, e, _kept(said))
    return turn


def resume(work: Work, view: View) -> Prompt:
    """The one thing to do now."""
    turn = Turn(work, view)
    if not view.definitions.all(Route) or not view.people:
        return Prompt("prompt.waiting")
    if work.person is None:
        return Prompt("prompt.sign_in")
    if work.packing is not None:
        where = work.container.value if work.container else None
        code = "prompt.pack_into" if where else "prompt.pack"
        return Prompt(code, {"unit": work.packing.value, "container": where})
    if work.hand is None:
        return Prompt("prompt.unit")
    return _prompt_step(turn, work.hand)


def _prompt_step(turn: Turn, hand: InHand) -> Prompt:
    step_now, form = turn.step, turn.form
    if step_now is None or form is None:
        return Prompt("prompt.leave", {"unit": hand.unit.value})
    params: dict[str, object] = {"step": step_now.name, "unit": hand.unit.value}
    params |= {"number": hand.step + 1, "count": len(form.steps)}
    if step_now.kind == "machine":
        return Prompt("prompt.machine", params)
    line = turn.slot
    params["material"] = turn.material_name(line.material if line else None)
    if step_now.kind == "replace":
        return Prompt("prompt.replace_new" if hand.removed else "prompt.replace_old", params)
    return Prompt("prompt.scan", params)


def _double(turn: Turn, said: CodeScanned, scanned_ms: int) -> bool:
    # Monotonic time begins anew at each boot, so after one the last scan may lie in the future.
    same = said.raw and said.raw == turn.work.last_code and said.device == turn.work.last_device
    return bool(same) and 0 <= scanned_ms - turn.work.last_ms < DOUBLE_SCAN_MS


def _kept(said: CodeScanned) -> bytes:
    """What a refusal keeps of a scan: all that fits its event; nothing of a badge, for badges are never in events."""
    is_badge = isinstance(said.code, Code) and said.code.kind == "badge"
    return b"" if is_badge else said.raw[:KEPT_BYTES]


def _refuse(turn: Turn, error: RuleViolation, raw: bytes) -> None:
    """Say no in red and write it down, about the unit in hand or the one that was shown."""
    hand, about = turn.work.hand, error.details.pop("about", None)
    unit = hand.unit if hand else turn.work.packing
    on = (about,) if isinstance(about, Claim) else (unit,) if unit else ()
    reasons = error.details.pop("reasons", ())
    operation = str(error.details.pop("operation_id", hand.operation if hand else "-"))
    said = tuple(r.code for r in reasons) if isinstance(reasons, tuple) else ()
    body = Refused(operation, error.code, scan=b64(raw), reasons=said)
    turn.confirm("ng", error.code, body, on, **error.details)
    if isinstance(reasons, tuple) and reasons:
        last = turn.said[-1]
        shown = replace(last.shown, reasons=tuple((r.code, r.params) for r in reasons))
        turn.said[-1] = replace(last, shown=shown)


def _scanned(turn: Turn, code: Code) -> None:
    if code.kind == "badge":
        return _badge(turn, code)
    if turn.work.person is None:
        raise RuleViolation("sign_in.first")
    if code.kind == "command":
        return _command(turn, code.value)
    if code.kind == "order":
        turn.move(order=code.claim)
        return turn.tell("order.set", order=code.value)
    if turn.work.packing is not None:
        route = turn.view.definitions.route_of(turn.view.standing(turn.work.packing).material)
        packs = [o for o in route.operations if o.packs and turn.view.place in o.at] if route else []
        return packing.pack(turn, code, packs[0] if packs else None)
    if turn.work.hand is None:
        return _take_in_hand(turn, code)
    return _component(turn, code)


def _badge(turn: Turn, code: Code) -> None:
    known = turn.view.people.get(code.value)
    if known is None:
        raise RuleViolation("sign_in.unknown", badge=code.value)
    person, name = known
    turn.move(person=person)
    turn.confirm("ok", "done.signed_in", SignIn(turn.view.place, "in"), (), name=name)


# A unit comes to the workplace ---------------------------------------------------------------------------------------
def _take_in_hand(turn: Turn, code: Code) -> None:
    if code.claim is None or code.kind != "unit":
        raise RuleViolation("unit.not_a_unit", got=code.value)
    standing = turn.view.standing(code.claim)
    material = standing.material or code.material
    route = turn.view.definitions.route_of(material)
    operation = _choose(turn, route, standing) if route else None
    if route is None or operation is None or material is None:
        raise RuleViolation("unit.no_operation", got=code.value, about=code.claim)
    form = turn.view.definitions.get(Form, operation.form)
    if form is None:
        raise RuleViolation("unit.no_form", operation=operation.name, about=code.claim, operation_id=operation.id)
    if _only_to_pack(standing, operation):
        turn.move(packing=code.claim)
        return turn.tell("done.to_pack", unit=code.value)
    _qualified(turn, operation, code.claim)
    answer = interlock(standing, route, operation, turn.view.evidence())
    if turn.view.may_ask and answer.verdict != "pass":
        # The unit may have come faster than its evidence: look once more before saying no.
        turn.wants_newest = True
        return None
    unknown = _admit(turn, operation, code.claim, answer)
    if standing.state == "unknown" and not operation.after and not operation.reworks:
        order = turn.work.order.value if turn.work.order else None
        turn.confirm("ok", "done.commissioned", Commission(material, order), (code.claim,), unit=code.value)
    tone, said = ("unknown", "done.started_provisional") if unknown else ("ok", "done.started")
    body = OperationStarted(operation.id, unknown)
    turn.confirm(tone, said, body, (code.claim,), unit=code.value, operation=operation.name)
    turn.move(hand=InHand(code.claim, material, operation.id, unknown=unknown, form=definition_hash(form)))
    return _arrive(turn)


def _only_to_pack(standing: Standing, operation: Operation) -> bool:
    """Whether a unit passed here, was set aside, and now comes to be packed."""
    inside = any(c.kind == "aggregate" and c.removed_by is None for c in standing.within)
    passed = standing.outcome(operation.id) == "pass" and standing.state in ("passed", "provisional", "in_process")
    return bool(operation.packs) and passed and not inside


def _choose(turn: Turn, route: Route, standing: Standing) -> Operation | None:
    """The operation of this workplace that is due: a rework that is waited for, else the first that has not passed."""
    here = [o for o in route.operations if turn.view.place in o.at]
    rework = [o for o in here if o.reworks and _failed(standing, route, o.reworks)]
    plain = [o for o in here if not o.reworks]
    open_ones = [o for o in plain if standing.outcome(o.id) != "pass"]
    return next(iter(rework + open_ones + plain + here), None)


def _failed(standing: Standing, route: Route, id: str) -> bool:
    tested, state = route.operation(id), standing.operation(id)
    return tested is not None and state.outcome == "fail" and state.tries >= tested.tests


def _qualified(turn: Turn, operation: Operation, unit: Claim) -> None:
    person = turn.view.definitions.get(Person, turn.work.person)
    if person is not None and person.qualified and operation.id not in person.qualified:
        raise RuleViolation("person.not_qualified", operation=operation.name, about=unit, operation_id=operation.id)


def _admit(turn: Turn, operation: Operation, unit: Claim, answer: Answer) -> tuple[str, ...]:
    """What stays unknown when policy lets work begin all the same. RuleViolation if the interlock says no."""
    if answer.verdict == "pass":
        return ()
    if answer.verdict == "unknown" and operation.on_unknown == "provisional":
        return answer.unknown
    code = {"hold": "interlock.on_hold", "unknown": "interlock.not_seen"}.get(answer.verdict, "interlock.blocked")
    raise RuleViolation(
        code,
        unit=unit.value,
        operation=operation.name,
        release=operation.release,
        reasons=tuple(_readable(turn, r) for r in answer.reasons),
        about=unit,
        operation_id=operation.id,
    )


def _readable(turn: Turn, reason: Why) -> Why:
    """A reason whose operation ids are names that people know."""
    names = {o.id: o.name for r in turn.view.definitions.all(Route) for o in r.operations}
    return Why(reason.code, {k: names.get(str(v), v) for k, v in reason.params.items()})


# Steps ---------------------------------------------------------------------------------------------------------------
def _arrive(turn: Turn) -> None:
    """Come to the next step that has something to do; past the last one, the operation has passed."""
    step_now, hand = turn.step, turn.work.hand
    if hand is None or turn.form is None:
        return None
    if step_now is None:
        return _complete(turn, "pass", ())
    if step_now.kind == "machine":
        return permit.ask(turn, step_now)
    slot = turn.slot.name if turn.slot else step_now.slot
    inside = _in_slot(turn, hand.unit, step_now.slot or "")
    if step_now.kind == "scan" and inside:
        turn.tell("ignored.bound", slot=slot, component=inside[0].child)
        return _next(turn)
    if step_now.kind == "replace" and not inside:
        turn.tell("ignored.empty", slot=slot)
        return _next(turn)
    return None


def _next(turn: Turn) -> None:
    hand = turn.work.hand
    if hand is not None:
        turn.move(hand=replace(hand, step=hand.step + 1, removed=None))
        _arrive(turn)


def _component(turn: Turn, code: Code) -> None:
    step_now, hand, line = turn.step, turn.work.hand, turn.slot
    if hand is None:
        return None
    if step_now is None:
        raise RuleViolation("unit.changed", unit=hand.unit.value)
    if code.claim == hand.unit:
        return turn.tell("ignored.in_hand", unit=code.value)
    if step_now.kind == "machine" or line is None or step_now.slot is None:
        raise RuleViolation("component.not_now", got=code.value, step=step_now.name)
    standing = _fitting(turn, code, line.material)
    if step_now.kind == "replace":
        return _replace(turn, step_now, code, standing)
    _free(standing, code)
    on = (hand.unit, standing.thing)
    body = Bind(step_now.slot, line.material, line.quantity, line.uom, hand.operation, b64(code.raw))
    turn.confirm("ok", "done.bound", body, on, component=code.value, slot=line.name, unit=hand.unit.value)
    return _next(turn)


def _fitting(turn: Turn, code: Code, wanted: str) -> Standing:
    """The standing of a scanned component of the right material."""
    if code.claim is None or code.material != wanted:
        got = turn.material_name(code.material) if code.material else code.value
        raise RuleViolation("component.wrong", got=got, scanned=code.value, expected=turn.material_name(wanted))
    return turn.view.standing(code.claim)


def _free(standing: Standing, code: Code) -> None:
    """It may go in: nothing holds it, and it is in nothing else."""
    if standing.held_because or standing.state == "scrapped":
        raise RuleViolation("component.held", component=code.value, reason=standing.held_because or ("scrap",))
    taken = [c for c in standing.within if c.removed_by is None]
    if code.kind != "lot" and taken:
        raise RuleViolation("component.used", component=code.value, parent=taken[0].parent.value)


def _replace(turn: Turn, step_now: Step, code: Code, standing: Standing) -> None:
    """Two scans: the component that comes out, then the one that goes in. Only the second is a fact."""
    hand, line = turn.work.hand, turn.slot
    if hand is None or line is None or step_now.slot is None:
        return None
    inside = _in_slot(turn, hand.unit, step_now.slot)
    if hand.removed is None:
        if standing.thing not in [c.child for c in inside]:
            raise RuleViolation("component.not_inside", component=code.value, unit=hand.unit.value)
        turn.move(hand=replace(hand, removed=standing.thing))
        return turn.tell("replace.out", component=code.value)
    _free(standing, code)
    out = hand.removed
    tags = tuple(c.tag for c in inside if c.child == out)
    body = Replace(step_now.slot, line.material, line.quantity, line.uom, hand.operation, tags, b64(code.raw))
    said = {"component": code.value, "old": out.value, "unit": hand.unit.value}
    turn.confirm("ok", "done.replaced", body, (hand.unit, standing.thing, out), **said)
    return _next(turn)


def _in_slot(turn: Turn, unit: Claim, slot: str) -> list[Component]:
    return [c for c in turn.view.standing(unit).components if c.slot == slot and c.removed_by is None]


def _measured(turn: Turn, faults: tuple[str, ...]) -> None:
    if faults:
        _complete(turn, "fail", faults)
    else:
        _next(turn)


def _complete(turn: Turn, outcome: str, reasons: tuple[str, ...]) -> None:
    hand, operation = turn.work.hand, turn.operation
    if hand is None or operation is None:
        return
    permit.withdraw(turn)
    passed = outcome == "pass"
    provisional = bool(hand.unknown) and passed
    body = OperationCompleted(operation.id, "pass" if passed else "fail", provisional, hand.unknown, reasons)
    if passed:
        code = "done.provisional" if hand.unknown else "done.passed"
        tone = "unknown" if hand.unknown else "ok"
    else:
        code, tone = "done.failed", "ng"
    turn.confirm(tone, code, body, (hand.unit,), unit=hand.unit.value, operation=operation.name)
    turn.move(hand=None, packing=hand.unit if passed and operation.packs else None)


# Commands ------------------------------------------------------------------------------------------------------------
def _command(turn: Turn, text: str) -> None:
    verb, _, reason = text.partition(":")
    act = COMMANDS.get(verb)
    if act is None:
        raise RuleViolation("command.not_here", command=verb)
    act(turn, reason)


def _sign_out(turn: Turn, _: str) -> None:
    if turn.work.hand or turn.work.packing:
        raise RuleViolation("command.finish_first")
    turn.confirm("ok", "done.signed_out", SignIn(turn.view.place, "out"), ())
    turn.move(person=None)


def _leave(turn: Turn, reason: str) -> None:
    if turn.work.hand is None and turn.work.packing is not None:
        turn.tell("done.set_aside", unit=turn.work.packing.value)
        turn.move(packing=None)
        return
    hand, step_now = _needs_unit(turn), turn.step
    why = _reason(turn, reason, "leave") if reason else None
    body = OperationLeft(hand.operation, step_now.id if step_now else "-", why)
    turn.confirm("hold", "done.left", body, (hand.unit,), unit=hand.unit.value)
    permit.withdraw(turn)
    turn.move(hand=None)


def _fail(turn: Turn, reason: str) -> None:
    _needs_unit(turn)
    _complete(turn, "fail", (_reason(turn, reason, "fail"),))


def _scrap(turn: Turn, reason: str) -> None:
    hand = _needs_unit(turn)
    body = Scrap(_reason(turn, reason, "scrap"), hand.operation)
    turn.confirm("ng", "done.scrapped", body, (hand.unit,), unit=hand.unit.value)
    permit.withdraw(turn)
    turn.move(hand=None)


def _needs_unit(turn: Turn) -> InHand:
    if turn.work.hand is None:
        raise RuleViolation("command.no_unit")
    return turn.work.hand


def _reason(turn: Turn, id: str, use: str) -> str:
    known = turn.view.definitions.get(Reason, id)
    if known is None or known.use != use:
        raise RuleViolation("command.reason", reason=id or "-")
    return id


def _close(turn: Turn, _: str) -> None:
    """Close a container that is not full: its label is ruined, or the order ends."""
    container = turn.work.container
    if container is None:
        raise RuleViolation("command.not_here", command="CLOSE")
    turn.move(container=None)
    turn.tell("done.closed", container=container.value)


COMMANDS: dict[str, Callable[[Turn, str], None]] = {
    "SIGNOUT": _sign_out,
    "CLOSE": _close,
    "LEAVE": _leave,
    "CANCEL": _leave,
    "NG": _fail,
    "SCRAP": _scrap,
}
