from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from station.devices.plc_block import AnswerArea, Command, Outcome, Request, State
from station.devices.simulated.program import MachineSpec, NextResult, SimulatedMachine

SPEC = MachineSpec(db=10, cycle_s=0.2, values=[(1180, 1220), (-5, 5)])
PERMIT = Request(7, Command.PERMIT, 3, 99, "M-1")
requests = st.none() | st.builds(Request, st.integers(0, 4), st.sampled_from(Command))


def with_result() -> SimulatedMachine:
    machine = SimulatedMachine(SPEC)
    machine.step(PERMIT, 0)
    assert machine.step(PERMIT, 200).state is State.RESULT
    return machine


def test_the_normal_course_is_permit_running_result_acknowledge_idle() -> None:
    machine = SimulatedMachine(SPEC)
    assert machine.step(None, 0).state is State.IDLE
    running = machine.step(PERMIT, 1000)
    assert (running.state, running.sequence, running.token, running.serial) == (State.RUNNING, 7, 99, "M-1")
    assert machine.step(PERMIT, 1199).state is State.RUNNING
    result = machine.step(PERMIT, 1200)
    assert (result.state, result.outcome, result.serial) == (State.RESULT, Outcome.OK, "M-1")
    assert all(low <= v <= high for v, (low, high) in zip(result.values, SPEC.values, strict=True))
    idle = machine.step(replace(PERMIT, command=Command.ACKNOWLEDGE), 1300)
    assert idle == AnswerArea(7, part_present=True, heartbeat=5)


def test_the_same_seed_and_sequence_make_the_same_values() -> None:
    assert with_result().answer.values == with_result().answer.values


def test_a_result_stays_until_its_own_acknowledgement() -> None:
    machine = with_result()
    machine.fault()
    machine.restart()
    for sequence in (6, 7, 8):
        for command in set(Command) - {Command.ACKNOWLEDGE}:
            assert machine.step(Request(sequence, command), 9000).state is State.RESULT
    assert machine.step(Request(8, Command.ACKNOWLEDGE), 9000).state is State.RESULT
    assert machine.step(Request(7, Command.ACKNOWLEDGE), 9000).state is State.IDLE


def test_an_abort_ends_in_aborted_and_never_runs_that_permit() -> None:
    for before in (PERMIT, None):
        machine = SimulatedMachine(SPEC)
        machine.step(before, 0)
        assert machine.step(replace(PERMIT, command=Command.ABORT), 10).state is State.ABORTED
        assert machine.step(PERMIT, 20).state is State.ABORTED
        assert machine.step(replace(PERMIT, command=Command.ACKNOWLEDGE), 30).state is State.IDLE
        assert machine.step(PERMIT, 40).state is State.IDLE


def test_a_power_cut_in_a_cycle_is_a_fault_until_somebody_resets_it() -> None:
    running = SimulatedMachine(SPEC).step(PERMIT, 0)
    machine = SimulatedMachine(SPEC, memory=running)
    assert machine.step(PERMIT, 9000).state is State.FAULT
    assert machine.step(Request(7, Command.ACKNOWLEDGE), 9000).state is State.FAULT
    assert machine.step(Request(7, Command.ABORT), 9000).state is State.IDLE
    assert machine.step(PERMIT, 9000).state is State.IDLE


def test_a_power_cut_keeps_a_result() -> None:
    kept = with_result().answer
    assert replace(SimulatedMachine(SPEC, memory=kept).step(PERMIT, 0), heartbeat=0) == replace(kept, heartbeat=0)


def test_results_can_be_told_in_advance() -> None:
    machine = SimulatedMachine(SPEC)
    machine.make_next(NextResult((1, 2, 3), Outcome.NOK))
    machine.step(PERMIT, 0)
    result = machine.step(PERMIT, 200)
    assert (result.values, result.outcome) == ((1, 2, 3), Outcome.NOK)


@given(st.lists(st.tuples(requests, st.booleans()), max_size=60))
def test_a_machine_starts_only_from_idle_on_a_sequence_it_has_not_just_used_however_often_power_fails(
    course: list[tuple[Request | None, bool]],
) -> None:
    machine = SimulatedMachine(SPEC)
    for n, (request, power_cut) in enumerate(course):
        before = machine.answer
        after = machine.step(request, n * 150)
        if before.state is not State.RUNNING and after.state is State.RUNNING:
            assert before.state is State.IDLE
            assert after.sequence not in (0, before.sequence)
        if power_cut:
            machine = SimulatedMachine(SPEC, memory=machine.answer)


@given(st.lists(requests, max_size=60))
def test_the_heartbeat_counts_every_scan(course: list[Request | None]) -> None:
    machine = SimulatedMachine(SPEC, memory=AnswerArea(heartbeat=2**32 - 3))
    beats = [machine.step(request, n).heartbeat for n, request in enumerate(course)]
    assert beats == [(2**32 - 2 + n) % 2**32 for n in range(len(course))]
