"""Take a scanned thing in hand: find the operation that is due, check that it may begin, begin it. Pure."""

from __future__ import annotations

from msgspec import Struct

from common.barcode_router import Code
from common.definitions import Form, Material, Operation, Route, definition_hash
from common.errors import RuleViolation
from common.event_types import Commission, OperationStarted
from common.ids import Claim, b64
from common.judge import Standing, interlock
from station.work.begin import changeover, due, interlock_check, orders
from station.work.state import InHand, Packing, Report
from station.work.steps import labels, machine_permit, progress
from station.work.turn import Turn

APPROVED = ""  # in place of the id of an approval that is written with this turn


class _Candidate(Struct, frozen=True):
    """A scanned thing, and the operation that may begin on it."""

    code: Code
    standing: Standing
    material: str
    route: Route
    operation: Operation
    form: Form


def take_in_hand(turn: Turn, code: Code, *, approved: bool = False, picked: str | None = None) -> None:
    """Begin the operation that is due on the scanned thing, the `picked` one of several. RuleViolation if it may not
    begin. `approved`: somebody signed for what is not known."""
    several = _due(turn, code)
    if len(several) > 1 and not picked:
        return due.ask(turn, code, several)
    found = _candidate(turn, code, several, picked)
    if _only_to_pack(found):
        turn.put(Packing(found.standing.thing))
        return turn.tell("done.to_pack", unit=code.claim)
    unknown = _admitted(turn, found, approved=approved)
    if unknown is None:
        # The thing may have come faster than its evidence: look once more before saying no.
        turn.wants_newest = True
        return None
    return _begin(turn, found, unknown, approved=approved)


def refusal(turn: Turn, code: Code) -> RuleViolation | None:
    """Why the scanned thing may not be begun now; None if it may, if one of several is to be picked, or if newer
    evidence is asked for first."""
    try:
        several = _due(turn, code)
        if len(several) <= 1 and not _only_to_pack(found := _candidate(turn, code, several, None)):
            _admitted(turn, found, approved=False)
    except RuleViolation as why:
        return why
    return None


def stop(turn: Turn) -> RuleViolation | None:
    """Why the work in hand may not continue, or the stopped thing not be begun, by what is known now; None once nothing
    says no any more."""
    stopped = turn.work.stopped
    if stopped is None or stopped.claim is None:
        return interlock_check.halted(turn)
    if turn.work.asked(Report):
        return None
    return turn.stop or turn.once(("stop", stopped.raw), lambda: refusal(turn, stopped))


def _due(turn: Turn, code: Code) -> due.Due:
    if code.claim is None or code.kind not in worked_on(turn):
        raise RuleViolation("unit.not_a_unit", got=code.value)
    return due.choices(turn, code)


def _candidate(turn: Turn, code: Code, several: due.Due, picked: str | None) -> _Candidate:
    """RuleViolation unit.* if nothing is due here, or it has no form."""
    standing = turn.view.standing(code.claim) if code.claim else None
    material = due.material_of(turn, code, standing) if standing else None
    route = turn.view.definitions.route_of(material)
    operation = next((o for o in several if picked in (None, o.id)), None)
    if standing is None or route is None or operation is None or material is None:
        raise RuleViolation("unit.no_operation", got=code.value, about=code.claim)
    form = turn.view.definitions.get(Form, operation.form)
    if form is None:
        raise RuleViolation("unit.no_form", operation=operation.name, about=code.claim, operation_id=operation.id)
    return _Candidate(code, standing, material, route, operation, form)


def _admitted(turn: Turn, found: _Candidate, *, approved: bool) -> tuple[str, ...] | None:
    """The operations that stay unknown when it begins; None: newer evidence is asked for first. RuleViolation if it may
    not begin."""
    thing, operation = found.standing.thing, found.operation
    machine_permit.can_take(found.form, thing)
    if (why := interlock_check.not_qualified(turn, operation, thing)) is not None:
        raise why
    answer = interlock(found.standing, found.route, operation, turn.view.evidence())
    if turn.view.may_ask and answer.verdict != "pass" and not approved:
        return None
    if approved and answer.verdict == "unknown" and operation.on_unknown == "override":
        unknown = answer.unknown
    else:
        unknown = interlock_check.admit(turn, operation, found.standing, found.route, answer)
    changeover.check(turn, operation, thing, found.material)
    return unknown


def worked_on(turn: Turn) -> frozenset[str]:
    """The kinds of things that are worked on at this workplace: unit, lot, container."""
    return frozenset(material.tracked for material in turn.view.definitions.materials_at(turn.view.place))


def _begin(turn: Turn, found: _Candidate, unknown: tuple[str, ...], *, approved: bool) -> None:
    thing, operation = found.standing.thing, found.operation
    made = turn.view.definitions.get(Material, found.material)
    is_new = found.standing.state == "unknown"
    if is_new and made and made.origin == "made" and not operation.after and not operation.reworks:
        _commission(turn, thing, made)
    tone, code = ("unknown", "done.started_provisional") if unknown else ("ok", "done.started")
    # A material that leaves something behind here is part of the workplace's own history too.
    on = (thing, turn.view.here) if changeover.cleaned_by(turn) else (thing,)
    overridden = approved and bool(unknown) and operation.on_unknown == "override"
    body = OperationStarted(operation.id, unknown, APPROVED if overridden else None)
    turn.confirm(tone, code, body, on, unit=thing, operation=operation.name)
    form, label = definition_hash(found.form), b64(found.code.raw)
    turn.put(InHand(thing, found.material, operation.id, unknown=unknown, form=form, label=label))
    progress.arrive(turn)


def _commission(turn: Turn, thing: Claim, made: Material) -> None:
    """Register a thing that comes into being with this operation. RuleViolation changeover.*"""
    orders.fits(turn, thing, made.id)
    order = turn.work.order.value if turn.work.order else None
    code = "done.container" if made.tracked == "container" else "done.commissioned"
    turn.confirm("ok", code, Commission(made.id, order), (thing,), unit=thing, container=thing)
    labels.issue(turn, made.label or None, thing, made.id, order)


def _only_to_pack(found: _Candidate) -> bool:
    """Return whether a unit passed here, was set aside, and now comes to be packed."""
    standing, operation = found.standing, found.operation
    inside = any(c.kind == "aggregate" and c.removed_by is None for c in standing.within)
    passed = standing.outcome(operation.id) == "pass" and standing.state in ("passed", "provisional", "in_process")
    return bool(operation.packs) and passed and not inside
