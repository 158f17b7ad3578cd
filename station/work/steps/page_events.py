"""The whole page: confirmed it becomes one event; what was entered is recorded before the work leaves it. Pure."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from common import entries as e
from common import event_types as b
from common.definitions import NUMBERS, Reason
from common.errors import RuleViolation
from common.form_engine import FieldState
from common.ids import Claim
from station.work.state import Report
from station.work.steps import machine_permit, pages, progress
from station.work.steps.pages import OpenPage, current, entries, keep_entries, worked_out
from station.work.turn import Turn

DONE = {"pass": ("ok", "done.page"), "warn": ("hold", "done.page_marked"), "fail": ("ng", "done.page_failed")}


def confirm(turn: Turn) -> None:
    """Confirm a step's page: everything visible becomes one event. RuleViolation field.missing, mark.*."""
    now = pages.open_page(turn)
    if now is None:
        raise RuleViolation("command.not_here", command="CONFIRM")
    if not filled_up(turn):
        return None
    page = worked_out(turn, now)
    if page.recorded:
        _write(turn, now, *DONE[page.verdict])
        _fail_units(turn, now)
        turn.remember({f"{now.id}/{s.field.id}": s.value[0] for s in page.recorded if s.field.type == "number"})
    if page.verdict == "fail":
        return progress.complete(turn, "fail", ("form_rejected",))
    return progress.following(turn)


def filled_up(turn: Turn) -> bool:
    """Return whether the page is complete. If it is not, end a choice of several, or ask for a declined signature
    again. RuleViolation field.missing, mark.*: the field that it waits for."""
    now, so_far = current(turn), entries(turn)
    lacking = now.lacking if now else None
    if now is None or lacking is None:
        return True
    if so_far.at and (state := now.state(*so_far.at)) and state.valid:
        keep_entries(turn, replace(so_far, at=None))
    elif lacking.field.id == so_far.declined:
        keep_entries(turn, replace(so_far, declined=""))
    elif lacking.verdict == "invalid":
        raise RuleViolation(lacking.code, **dict(lacking.params))
    else:
        raise RuleViolation("field.missing", name=lacking.field.name)
    return False


def keep_step(turn: Turn) -> None:
    """Record the entries of the step's page before the work leaves it. It completes nothing: the result of an operation
    is an event of its own, and the next try begins with an empty page."""
    _keep(turn, pages.of_step(turn))


def keep_report(turn: Turn) -> None:
    """Record the entries of the page of a reason."""
    _keep(turn, pages.of_reason(turn, turn.work.asked(Report)))


def _keep(turn: Turn, one: OpenPage | None) -> None:
    if one and worked_out(turn, one).recorded:
        _write(turn, one, "ok", "done.page_kept")


def reports(turn: Turn, verb: str, id: str) -> bool:
    """Return whether a reason asks for a page that must be filled first: it is open now, and CONFIRM acts on it."""
    reason, report = turn.view.definitions.get(Reason, id), turn.work.asked(Report)
    if turn.work.thing is None or reason is None or not reason.asks:
        return False
    if report and (report.verb, report.reason) == (verb, id):
        return not filled_up(turn)
    machine_permit.withdraw(turn)
    turn.question(Report(verb, id))
    return True


def give_up(turn: Turn) -> None:
    """Report nothing after all: back to the step, whose machine is asked again."""
    turn.answered(Report)
    progress.renew(turn)


def _write(turn: Turn, now: OpenPage, tone: str, code: str) -> None:
    """Record the fields that are filled."""
    thing, page = turn.work.thing, worked_out(turn, now)
    if thing is None:
        return
    things = [s.given.thing for s in page.recorded if s.given and s.given.thing]
    on = tuple(dict.fromkeys((thing, *now.columns, *things)))
    body = b.MeasuredPage(turn.operation_id, now.id, tuple(one for s in page.recorded for one in _entries(s, on)))
    names = [s.field.name for s in page.recorded if s.verdict == page.verdict]
    turn.confirm(tone, code, body, on, step=now.name, names=list(dict.fromkeys(names)))


def _fail_units(turn: Turn, now: OpenPage) -> None:
    """Fail each unit of a panel that has a bad value."""
    hand, recorded = turn.work.hand, worked_out(turn, now).recorded
    for i, unit in enumerate(now.columns, 1):
        if hand and any(s.i == i and s.verdict == "fail" for s in recorded):
            failed = b.Inspected(hand.operation, "fail", ("form_rejected",))
            turn.confirm("ng", "done.unit_failed", failed, (unit,), unit=unit)


def _entries(state: FieldState, on: tuple[Claim, ...]) -> list[e.PageEntry]:
    """The entries of one field in the event: of several choices one each."""
    field, given = state.field, state.given
    device = given.device or None if given else None
    for_all: dict[str, Any] = {"ch": field.id, "verdict": state.verdict, "i": state.i}
    if field.type in ("choice", "choices", "yes_no"):
        verdicts = {option.id: option.verdict for option in field.options}
        return [e.ChoiceEntry(**for_all | {"verdict": verdicts.get(id, state.verdict)}, value=id) for id in state.value]
    value = state.value[0]
    if field.type in NUMBERS:
        limits = {name: getattr(field, name) for name in ("low", "high", "warn_low", "warn_high")}
        return [e.NumberEntry(**for_all, value=value, uom=field.uom or None, device=device, **limits)]
    match field.type:
        case "date":
            return [e.DateEntry(**for_all, value=value)]
        case "scan":
            thing = on.index(given.thing) if given and given.thing and given.thing != on[0] else None
            return [e.CodeEntry(**for_all, value=value, scan=given.scan if given else "", thing=thing)]
        case "photo":
            return [e.PhotoEntry(**for_all, value=value, device=device)]
        case "signature":
            return [e.SignatureEntry(**for_all, value=value, meaning=field.meaning)]
    return [e.TextEntry(**for_all, value=value)]
