"""The permit handshake: what a machine measured is bound to the unit it was permitted for, or not at all."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from common import event_types as b
from common.definitions import CodeRule
from common.definitions.naming import Name
from common.text import say
from station.devices.plc_block import AnswerArea, Command, Outcome, State
from station.devices.simulated.program import MachineSpec, SimulatedMachine
from tests.support.factory import unit
from tests.support.shift import PRESS_OK, TEST_NOISY, TEST_OK, Shift

M1, M2 = "M-250-000001", "M-250-000002"
PARTS = ("HL-2644", "R-88213-0456", "MG-2610-B")
OTHER_PARTS = ("HL-2644", "R-88213-0457", "MG-2610-B")
LEAVE = "HW:LEAVE:machine-down"


@pytest.fixture
def shift() -> Shift:
    """ST-10, M1 in hand, before its machine step."""
    shift = Shift("st-10")
    shift.scan(M1, *PARTS)
    return shift


def measured(shift: Shift) -> list[b.Measured]:
    return [body for body in shift.bodies if isinstance(body, b.Measured)]


def refused(shift: Shift) -> list[str]:
    return [body.code for body in shift.bodies if isinstance(body, b.Refused)]


def press_next(shift: Shift) -> None:
    """The next unit comes through the press without a hitch."""
    shift.scan(M2, *OTHER_PARTS)
    assert (shift.request().command, shift.request().serial) == (Command.PERMIT, M2)
    assert shift.measure(PRESS_OK).code == "done.passed"


# The normal course ----------------------------------------------------------------------------------------------------
def test_a_permit_is_asked_for_when_its_step_comes_and_not_before() -> None:
    shift = Shift("st-10")
    shift.scan(M1, *PARTS[:2])
    assert shift.work.machines == {}
    shift.scan(PARTS[2])
    asked = shift.request()
    assert (asked.command, asked.program, asked.serial) == (Command.PERMIT, 1, M1)
    assert asked.sequence != 0
    assert asked.token == shift.token


def test_a_unit_that_is_blocked_gets_no_permit() -> None:
    shift = Shift("st-30")
    shift.fresh("st-20")
    assert shift.scan(M1).code == "interlock.blocked"
    assert shift.work.machines == {}


def test_a_good_result_is_bound_with_its_limits_and_acknowledged(shift: Shift) -> None:
    assert shift.measure(PRESS_OK).code == "done.passed"
    force = b.Value("force", "13.00", "kN", "pass", "12.00", "14.00")
    distance = b.Value("distance", "18.00", "mm", "pass", "17.90", "18.10")
    assert measured(shift) == [b.Measured("press", "press", "press", (force, distance), shift.request().sequence)]
    assert shift.bodies[-1] == b.OperationCompleted("press", "pass")
    assert shift.prompt.code == "prompt.unit"


def test_a_value_outside_its_limits_fails_the_operation_whatever_the_machine_says(shift: Shift) -> None:
    assert shift.measure((1199, 1800)).code == "done.failed"
    assert [value.verdict for value in measured(shift)[0].values] == ["fail", "pass"]
    assert shift.bodies[-1] == b.OperationCompleted("press", "fail", reasons=("out_of_limits",))


def test_of_a_bad_result_only_the_value_that_is_out_is_said_with_its_limits(shift: Shift) -> None:
    shift.measure((1500, 1800))
    said = next(one for one in shift.said if one.code == "done.measured")
    assert "Press force 15.00 kN, limit 12.00 to 14.00 kN" in say("en", said.code, said.params)
    assert "18.00" not in say("en", said.code, said.params)


def test_a_machine_that_says_nok_fails_it_though_every_value_is_within_its_limits(shift: Shift) -> None:
    assert shift.measure(PRESS_OK, outcome=Outcome.NOK).code == "done.failed"
    assert shift.bodies[-1] == b.OperationCompleted("press", "fail", reasons=("machine_nok",))


def test_a_limit_may_be_open_on_one_side() -> None:
    shift = Shift("st-30")
    shift.scan(M1)  # nothing is known of it: provisionally
    shift.measure(TEST_NOISY, "tester")
    verdicts = {value.ch: (value.verdict, value.low) for value in measured(shift)[0].values}
    assert verdicts["noise"] == ("fail", None)
    assert verdicts["speed"] == ("pass", "2850")


def test_a_new_permit_waits_until_the_machine_is_idle(shift: Shift) -> None:
    first = shift.result(PRESS_OK)
    shift.machine(first)
    shift.scan(M2, *OTHER_PARTS)
    assert (shift.request().command, shift.request().sequence) == (Command.ACKNOWLEDGE, first.sequence)
    shift.machine(AnswerArea(first.sequence))
    assert (shift.request().command, shift.request().serial) == (Command.PERMIT, M2)
    assert shift.request().sequence == first.sequence + 1


def test_the_last_result_that_lingers_is_not_taken_for_a_stale_one(shift: Shift) -> None:
    first = shift.result(PRESS_OK)
    shift.machine(first)
    for _ in range(2):
        shift.machine(replace(first, heartbeat=9))  # read once more, after a reconnect
        shift.scan(M2, *OTHER_PARTS[:1])
    assert len(measured(shift)) == 1
    assert "plc.stale" not in refused(shift)


# What is quarantined --------------------------------------------------------------------------------------------------
def wrong(shift: Shift, how: str) -> bytes:
    """A result that must never be bound."""
    good = shift.result(PRESS_OK)
    forged = {
        "plc.stale": replace(good, sequence=good.sequence - 1),
        "plc.token": replace(good, token=good.token ^ 1),
        "plc.serial": replace(good, serial=M2),
        "plc.values": replace(good, values=(1300,)),
    }
    raw = forged.get(how, good).encode()
    damaged = {"plc.checksum": raw[:70] + b"\xff" + raw[71:], "plc.magic": b"\0\0" + raw[:-2], "plc.length": raw[:-1]}
    return damaged.get(how, raw)


WRONG = ["plc.stale", "plc.token", "plc.serial", "plc.values", "plc.checksum", "plc.magic", "plc.length"]


@pytest.mark.parametrize("how", WRONG)
def test_what_is_not_surely_the_units_own_result_is_quarantined_and_never_bound(shift: Shift, how: str) -> None:
    block = wrong(shift, how)
    shown = shift.machine(block)
    assert shown is not None
    assert (shown.tone, shown.code, shown.params["device"]) == ("ng", how, "press")
    assert shift.facts[-1].on == (unit(M1),)
    assert not measured(shift)
    assert shift.request().command is Command.PERMIT
    assert shift.prompt.code == "prompt.machine"


@pytest.mark.parametrize("how", WRONG)
def test_it_is_said_once_however_often_it_is_read(shift: Shift, how: str) -> None:
    block = wrong(shift, how)
    for _ in range(3):
        shift.machine(block)
    assert refused(shift) == [how]


@pytest.mark.parametrize("how", WRONG)
def test_the_right_result_afterwards_is_bound(shift: Shift, how: str) -> None:
    shift.machine(wrong(shift, how))
    assert shift.measure(PRESS_OK).code == "done.passed"
    assert len(measured(shift)) == 1


def test_a_result_that_nobody_asked_for_is_quarantined() -> None:
    shift = Shift("st-10")
    stale = AnswerArea(57, State.RESULT, Outcome.OK, 4711, M1, PRESS_OK)
    shown = shift.machine(stale)
    assert shown is not None
    assert shown.code == "plc.stale"
    assert shift.facts[-1].on == ()
    assert not measured(shift)


# Leaving, faults, restarts --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["plc.values", "plc.token", "plc.serial"])
def test_a_result_of_this_permit_that_was_refused_is_let_go_when_the_unit_is_left(shift: Shift, how: str) -> None:
    shift.machine(wrong(shift, how))
    shift.scan(LEAVE)
    assert shift.request().command is Command.ACKNOWLEDGE
    shift.machine(AnswerArea(shift.request().sequence))
    press_next(shift)


def test_the_result_of_a_permit_that_was_taken_back_is_let_go_and_nothing_of_it_is_bound(shift: Shift) -> None:
    """docs/plc.md, abort: the machine was faster."""
    result = shift.result(PRESS_OK)
    shift.scan(LEAVE)
    assert shift.request().command is Command.ABORT
    shift.machine(result)
    assert shift.request().command is Command.ACKNOWLEDGE
    assert measured(shift) == []


def test_a_fault_is_said_once_and_leaving_resets_the_machine(shift: Shift) -> None:
    fault = AnswerArea(shift.request().sequence, State.FAULT)
    shown = shift.machine(fault)
    assert shown is not None
    assert shown.code == "machine.stopped"
    assert shift.machine(replace(fault, heartbeat=7)) is None
    shift.scan(LEAVE)
    assert shift.request().command is Command.ABORT
    shift.machine(AnswerArea(shift.request().sequence))
    press_next(shift)


def test_a_machine_that_failed_while_idle_is_said_again_when_it_is_needed() -> None:
    shift = Shift("st-10")
    shift.machine(AnswerArea(0, State.FAULT))
    assert shift.codes == ["machine.stopped"]
    shift.scan(M1, *PARTS)
    assert shift.codes == ["done.bound", "machine.stopped"]
    shift.scan(LEAVE)
    shift.machine(AnswerArea(shift.request().sequence))
    press_next(shift)


def test_a_sequence_that_the_machine_shows_is_never_asked_for_again() -> None:
    """Its draft was restored from a backup one permit older, so its next sequence is the machine's last."""
    shift = Shift("st-10")
    shift.scan(M1, *PARTS)
    shift.measure(PRESS_OK)
    used = shift.request().sequence + 1
    shift.machine(AnswerArea(used))
    shift.scan(M2, *OTHER_PARTS)
    assert shift.request().sequence == used + 1


def test_a_machine_that_takes_a_permit_for_a_used_one_is_said_and_the_next_try_works(shift: Shift) -> None:
    shown = shift.machine(AnswerArea(shift.request().sequence))
    assert shown is not None
    assert shown.code == "machine.stopped"
    shift.scan(LEAVE)
    press_next(shift)


def test_a_machine_without_memory_that_is_acknowledged_is_free(shift: Shift) -> None:
    shift.machine(shift.result(PRESS_OK))
    shift.machine(AnswerArea(0))
    press_next(shift)


def test_a_serial_that_no_plc_string_can_hold_is_refused_before_anything_is_done() -> None:
    rule = CodeRule("odd", Name("怪", "Odd"), "unit", "电机[0-9]{3}", "电机001", "motor")
    shift = Shift("st-30", [rule])
    assert shift.scan("电机001").code == "machine.serial"
    assert shift.work.hand is None
    assert shift.work.machines == {}


def test_a_serial_that_fits_the_scanner_and_not_the_machine_is_refused_before_the_unit_is_taken_in_hand() -> None:
    """The press comes after three scans: it is no use to learn there that it cannot be asked."""
    longest, longer = "L" + "0" * 39, "L" + "0" * 40
    shift = Shift("st-10", [CodeRule("long", Name("长", "Long"), "unit", "L[0-9]{39,40}", longest, "motor")])
    refused = shift.scan(longer)
    assert (refused.code, refused.params["limit"], shift.work.hand) == ("machine.serial", 40, None)
    assert [type(body) for body in shift.bodies[1:]] == [b.Refused]
    assert shift.scan(longest).code == "done.started"
    shift.scan(*PARTS)
    assert shift.request().serial == longest


@pytest.mark.parametrize("cycles", range(6))
def test_left_at_any_moment_the_real_program_of_a_machine_is_free_for_the_next_unit(cycles: int) -> None:
    shift = Shift("st-10")
    program = SimulatedMachine(MachineSpec(db=1, cycle_s=0.2, values=[(1300, 1300), (1800, 1800)]))
    shift.scan(M1, *PARTS)
    _run(shift, program, cycles)
    if shift.work.hand:
        shift.scan(LEAVE)
    _run(shift, program, 20)
    assert program.answer.state is State.IDLE
    shift.scan(M2, *OTHER_PARTS)
    _run(shift, program, 20)
    assert shift.view().standing(unit(M2)).outcome("press") == "pass"
    assert len(measured(shift)) == 1 + (cycles >= 3)
    assert refused(shift) == []


def _run(shift: Shift, program: SimulatedMachine, scans: int) -> None:
    """So many PLC scans 0.1 s apart; the station looks after each and, as the driver does, hears only of changes."""
    for _ in range(scans):
        before = replace(program.answer, heartbeat=0)
        shift.now_ms += 100
        asked = shift.work.machines.get("press")
        answer = program.step(asked.request if asked else None, shift.now_ms)
        if replace(answer, heartbeat=0) != before:
            shift.machine(answer)


def test_two_machines_keep_their_own_state() -> None:
    shift = Shift("st-30")
    shift.machine(AnswerArea(5, State.FAULT), "press")
    shift.scan(M1)
    assert shift.measure(TEST_OK, "tester").code == "done.provisional"
    assert shift.work.machines["press"].odd == (5, State.FAULT)
