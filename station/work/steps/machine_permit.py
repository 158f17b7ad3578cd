"""The permit handshake with a machine: asks only for a unit whose interlock passed, takes only the answer to that.

Pure. Stale, shifted, torn or mismatching answers are refused with their bytes and never bound. docs/plc.md is the
specification.
"""

from __future__ import annotations

from msgspec.structs import replace

from common.definitions import Form, Step
from common.errors import BadAnswer, RuleViolation
from common.event_types import Measured, Refused
from common.ids import Claim, b64
from station.devices import plc_block
from station.devices.plc_block import AnswerArea, Command, Outcome, Request, State
from station.messages import PlcRead
from station.work.begin import interlock_check
from station.work.state import MachineRequest, Report
from station.work.steps import quantities
from station.work.turn import Turn


def ask(turn: Turn, step: Step) -> None:
    """Request a permit for the unit in hand: next sequence, fresh token. It waits until the last one was let go, and,
    where the step says so, until a part lies in the machine. A thing that may not go on gets none."""
    hand = turn.work.hand
    if hand is None or step.device is None:
        return
    _fits(hand.unit)
    if waits_for(turn, step):
        return
    if step.part_present:
        turn.move(lying=tuple(sorted({*turn.work.lying, step.device})))
    # A first sequence that the machine may remember from before would be ignored for ever, so it starts anywhere.
    last = turn.work.machines.get(step.device, MachineRequest(Request(turn.view.token)))
    request = Request(_unused(last), Command.PERMIT, step.program, turn.view.token, hand.unit.value)
    if last.cleared:
        _keep(turn, step.device, MachineRequest(request, open=True, odd=last.odd))
    else:
        _keep(turn, step.device, replace(last, wanted=request))
    if last.odd and last.odd[1] == State.FAULT:
        turn.tell("machine.stopped", device=step.device)


def can_take(form: Form, unit: Claim) -> None:
    """Before a unit is taken in hand: RuleViolation machine.serial if a machine on its way could never be asked."""
    if any(step.kind == "machine" for step in form.steps):
        _fits(unit)


def _fits(unit: Claim) -> None:
    if not plc_block.serial_fits(unit.value):
        raise RuleViolation("machine.serial", unit=unit.value, limit=plc_block.SERIAL_LENGTH, about=unit)


def waits_for(turn: Turn, step: Step) -> str:
    """The condition that the permit waits for: "held" (nothing says no to the thing any more), at the machine
    "part" or "out" (the last part), or ""."""
    if interlock_check.halted(turn):
        return "held"
    if not step.part_present or step.device is None or _is_asked(turn, step.device):
        return ""
    if step.device in turn.work.lying and not _lies_for(turn, step.device):
        return "out"
    shown = turn.view.shows().get(step.device)
    return "" if shown and shown.part_present else "part"


def _lies_for(turn: Turn, device: str) -> bool:
    """Return whether the part in the machine came for the thing in hand, whose permit was taken back."""
    hand, machine = turn.work.hand, turn.work.machines.get(device)
    last = machine.request if machine else Request()
    return hand is not None and (last.command, last.serial) == (Command.ABORT, hand.unit.value)


def placed(turn: Turn, device: str) -> None:
    """The machine was heard: a part that has left it has left, and one that has come lets the step begin."""
    shown = turn.view.shows().get(device)
    if shown and not shown.part_present and device in turn.work.lying:
        turn.move(lying=tuple(one for one in turn.work.lying if one != device))
    renew(turn)


def renew(turn: Turn) -> None:
    """Act on news and on a machine's answer: work that may not continue loses its permit, and
    one that may again gets it.

    A cycle that is seen to run is not aborted: a press that stops half way spoils what a release would have saved, and
    what it measures is evidence. It does not let the work pass: no step goes on before the release.
    """
    hand, step = turn.work.hand, turn.step
    if hand is None or turn.work.asked(Report):
        return
    if interlock_check.halted(turn):
        for device, machine in turn.work.machines.items():
            if not _runs(turn, device, machine):
                _take_back(turn, device, machine)
    elif step and step.kind == "machine" and step.device and not _is_asked(turn, step.device):
        ask(turn, step)


def _runs(turn: Turn, device: str, machine: MachineRequest) -> bool:
    """Return whether a machine is seen in the cycle that it was permitted, or at its end."""
    shown = turn.view.shows().get(device)
    ours = shown is not None and shown.sequence == machine.request.sequence
    return ours and shown is not None and shown.state in (State.RUNNING, State.RESULT)


def _is_asked(turn: Turn, device: str) -> bool:
    machine = turn.work.machines.get(device)
    return machine is not None and (machine.open or machine.wanted is not None)


def live(turn: Turn) -> dict[str, str]:
    """The present values of this step's machine, by characteristic; only under the permit of this unit."""
    step, machine = turn.step, turn.work.machines.get(turn.step.device or "") if turn.step else None
    shown = turn.view.shows().get(step.device or "") if step else None
    if step is None or machine is None or shown is None or not machine.open or shown.state is not State.RUNNING:
        return {}
    asked = machine.request
    if (shown.sequence, shown.token, shown.serial) != (asked.sequence, asked.token, asked.serial):
        return {}
    if len(shown.values) != len(step.characteristics):
        return {}
    return {c.id: plc_block.scaled(v, c.decimals) for c, v in zip(step.characteristics, shown.values, strict=True)}


def withdraw(turn: Turn) -> None:
    """Take back every permit whose result is not in."""
    for device, machine in turn.work.machines.items():
        _take_back(turn, device, machine)


def _take_back(turn: Turn, device: str, machine: MachineRequest) -> None:
    if machine.open:
        _keep(turn, device, _withdrawn(machine))
    elif machine.wanted:
        _keep(turn, device, replace(machine, wanted=None))


def answer(turn: Turn, read: PlcRead) -> tuple[str, ...] | None:
    """Take a machine's answer. None: no result yet; else the step that waited was measured, and this is why it failed,
    () if it passed."""
    try:
        got = plc_block.decode_answer(read.block)
        machine = _noted(turn, read.device, got)
        if not machine.open:
            _let_go(turn, read.device, machine, got)
            return None
        plc_block.check_answer(got, machine.request)
        step = turn.step
        if got.state is not State.RESULT or step is None or step.device != read.device:
            return None
        if len(got.values) != len(step.characteristics):
            raise BadAnswer("plc.values", have=len(got.values), want=len(step.characteristics))
        return _take(turn, step, machine, got)
    except BadAnswer as e:
        _quarantine(turn, read, e)
        return None


def _unused(last: MachineRequest) -> int:
    """The next sequence, but not one that the machine shows: it would take that for a permit it has used."""
    sequence = plc_block.next_sequence(last.request.sequence)
    return plc_block.next_sequence(sequence) if last.odd and last.odd[0] == sequence else sequence


def _withdrawn(machine: MachineRequest) -> MachineRequest:
    """Abort what may still run; what has ended in a way we did not take is only let go. An unchanged answer is not
    told again, so this must not wait for one."""
    sequence, state = machine.odd or (0, State.IDLE)
    ours = sequence == machine.request.sequence
    if ours and state == State.IDLE:
        return MachineRequest(machine.request)
    ended = ours and state in (State.RESULT, State.ABORTED)
    command = Command.ACKNOWLEDGE if ended else Command.ABORT
    return MachineRequest(replace(machine.request, command=command), cleared=False, odd=machine.odd)


def _noted(turn: Turn, device: str, got: AnswerArea) -> MachineRequest:
    """The machine, with what is out of the ordinary in this answer; the operator is told when it stopped."""
    machine = turn.work.machines.get(device, MachineRequest(Request()))
    odd = None if _is_usual(machine, got) else (got.sequence, int(got.state))
    if odd == machine.odd:
        return machine
    machine = replace(machine, odd=odd)
    _keep(turn, device, machine)
    if got.state is State.FAULT or (odd and machine.open and got.state in (State.ABORTED, State.IDLE)):
        turn.tell("machine.stopped", device=device)
    return machine


def _is_usual(machine: MachineRequest, got: AnswerArea) -> bool:
    """Return whether this answer belongs to the course of the present request."""
    ours = got.sequence == machine.request.sequence
    if got.state is State.FAULT:
        return False
    if machine.open:
        return got.state is (State.RUNNING if ours else State.IDLE)
    return ours or (got.state is State.IDLE and got.sequence == 0)


def _keep(turn: Turn, device: str, machine: MachineRequest) -> None:
    turn.move(machines={**turn.work.machines, device: machine})


def _let_go(turn: Turn, device: str, machine: MachineRequest, got: AnswerArea) -> None:
    """Acknowledge what ended without us; once the machine is idle again, ask what waits."""
    ours = got.sequence == machine.request.sequence
    nothing_left = ours or got.sequence == 0 or machine.request.command is Command.ACKNOWLEDGE
    if got.state is State.IDLE and nothing_left and not machine.cleared:
        waiting = machine.wanted
        _keep(turn, device, MachineRequest(waiting or machine.request, open=waiting is not None))
    elif got.state in (State.RESULT, State.ABORTED) and ours and got.sequence:
        _keep(turn, device, replace(machine, request=replace(machine.request, command=Command.ACKNOWLEDGE)))
    elif got.state is State.RESULT:
        raise BadAnswer("plc.stale", sequence=got.sequence, wanted=machine.request.sequence)


def _take(turn: Turn, step: Step, machine: MachineRequest, got: AnswerArea) -> tuple[str, ...]:
    hand = turn.work.hand
    if hand is None:
        raise AssertionError("a permit was open without a unit")
    pairs = zip(step.characteristics, got.values, strict=True)
    values = tuple(quantities.judged(c, plc_block.scaled(v, c.decimals)) for c, v in pairs)
    within = all(v.verdict == "pass" for v in values)
    passed = within and got.outcome is Outcome.OK
    body = Measured(hand.operation, step.id, step.device or "", values, got.sequence)
    shown = quantities.said(step, values)
    turn.confirm("ok" if passed else "ng", "done.measured", body, (hand.unit,), step=step.name, values=shown)
    request = replace(machine.request, command=Command.ACKNOWLEDGE)
    _keep(turn, step.device or "", MachineRequest(request, cleared=False))
    if passed:
        return ()
    return ("machine_nok",) if within else ("out_of_limits",)


def _quarantine(turn: Turn, read: PlcRead, error: BadAnswer) -> None:
    """Refuse a block once, however often it is read."""
    if turn.work.refused_block == read.block[:-8]:
        return
    turn.move(refused_block=read.block[:-8])
    hand = turn.work.hand
    body = Refused(hand.operation if hand else "-", error.code, scan=b64(read.block))
    turn.confirm("ng", error.code, body, (hand.unit,) if hand else (), device=read.device, **error.details)
