"""What a machine shows of itself: live values under the permit and never as a result, and the part that lies in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from common import event_types as b
from common.definitions import Form, canonical
from station import messages as m
from station.devices.plc_block import AnswerArea, Command, Outcome, Request, State
from station.shown.work_screen import Reading
from tests.support.bench import Bench, Plant, StationClock
from tests.support.shift import PRESS_OK, Shift, motor_pack

M1, M2 = "M-250-000001", "M-250-000002"
PARTS, OTHER = ("HL-2644", "R-88213-0456", "MG-2610-B"), ("HL-2644", "R-88213-0457", "MG-2610-B")
IDLE, PRESENT = AnswerArea(), AnswerArea(part_present=True)


def waiting_form() -> Form:
    """The press form of the pack, whose permit waits for the part."""
    form = next(d for d in motor_pack().definitions if isinstance(d, Form) and d.id == "press-form")
    steps = [replace(s, part_present=True) if s.kind == "machine" else s for s in form.steps]
    return replace(form, steps=steps)


@pytest.fixture
def shift() -> Shift:
    """ST-10, before its machine step, where a part is waited for."""
    return Shift("st-10", [waiting_form()])


def asked(shift: Shift) -> Request | None:
    machine = shift.work.machines.get("press")
    return machine.request if machine and machine.open else None


def show(shift: Shift, answer: AnswerArea) -> None:
    """The machine shows this, with the sequence it used last."""
    machine = shift.work.machines.get("press")
    shift.machine(replace(answer, sequence=machine.request.sequence if machine else 0))


def cycle(shift: Shift, *, present: bool = True) -> None:
    result = replace(shift.result(PRESS_OK), part_present=present)
    shift.machine(result)
    show(shift, PRESENT if present else IDLE)


# The part starts the step ---------------------------------------------------------------------------------------------
def test_no_permit_before_a_part_lies_in_the_machine(shift: Shift) -> None:
    shift.machine(IDLE)
    shift.scan(M1, *PARTS)
    assert asked(shift) is None and shift.prompt.code == "prompt.part"
    shift.machine(PRESENT)
    found = asked(shift)
    assert found and (found.command, found.serial) == (Command.PERMIT, M1)
    assert shift.prompt.code == "prompt.machine"


def test_a_part_that_lay_there_before_the_scan_counts(shift: Shift) -> None:
    shift.machine(PRESENT)
    shift.scan(M1, *PARTS)
    assert asked(shift) is not None


def test_a_machine_that_was_never_heard_has_no_part(shift: Shift) -> None:
    shift.scan(M1, *PARTS)
    assert asked(shift) is None and shift.prompt.code == "prompt.part"


def test_the_part_of_the_last_cycle_never_gets_the_permit_of_the_next_unit(shift: Shift) -> None:
    shift.machine(PRESENT)
    shift.scan(M1, *PARTS)
    cycle(shift)
    shift.scan(M2, *OTHER)
    assert asked(shift) is None and shift.prompt.code == "prompt.part_out"
    show(shift, PRESENT)
    assert asked(shift) is None
    show(shift, IDLE)
    assert shift.prompt.code == "prompt.part"
    show(shift, PRESENT)
    found = asked(shift)
    assert found and found.serial == M2


def test_a_part_taken_out_while_nothing_was_in_hand_has_left(shift: Shift) -> None:
    shift.machine(PRESENT)
    shift.scan(M1, *PARTS)
    cycle(shift)
    show(shift, IDLE)
    show(shift, PRESENT)
    shift.scan(M2, *OTHER)
    assert asked(shift) is not None


@pytest.mark.parametrize("broken", [PRESENT.encode()[:-1] + b"\0", b"", PRESENT.encode()[:100] + IDLE.encode()[100:]])
def test_a_torn_block_says_of_no_part_that_it_is_there(shift: Shift, broken: bytes) -> None:
    shift.scan(M1, *PARTS)
    shift.machine(broken)
    assert asked(shift) is None


def test_a_step_that_does_not_ask_for_it_is_permitted_as_ever() -> None:
    shift = Shift("st-10")
    shift.scan(M1, *PARTS)
    assert asked(shift) is not None and shift.work.lying == ()


def test_a_form_without_it_keeps_its_bytes() -> None:
    forms = [d for d in motor_pack().definitions if isinstance(d, Form)]
    assert not [form for form in forms if b"part_present" in canonical(form)]
    assert b'"part_present":true' in canonical(waiting_form())


@settings(max_examples=80, deadline=None)
@given(bits=st.lists(st.sampled_from(["in", "out", "unit", "cycle"]), max_size=30))
def test_every_permit_has_a_part_of_its_own(bits: list[str]) -> None:
    """However part and unit come: between two permits the bit was 0."""
    shift, left, unit = Shift("st-10", [waiting_form()]), True, 0
    for bit in bits:
        before = asked(shift)
        if bit == "unit" and shift.work.hand is None and unit < 9:
            unit += 1
            shift.scan(f"M-250-{unit:06d}", "HL-2644", f"R-88213-{unit:04d}", "MG-2610-B")
        elif bit == "cycle" and before:
            shown = shift.machines.shows.get("press", IDLE)
            cycle(shift, present=shown.part_present)
        elif bit in ("in", "out") and before is None:
            show(shift, PRESENT if bit == "in" else IDLE)
            left = left or bit == "out"
        if asked(shift) and before is None:
            assert left and shift.machines.shows["press"].part_present
            left = False


# Live values ----------------------------------------------------------------------------------------------------------
def running(shift: Shift, values: tuple[int, ...]) -> AnswerArea:
    return replace(shift.result(values), state=State.RUNNING, outcome=Outcome.NONE)


def readings(shift: Shift) -> list[tuple[str | None, bool, str]]:
    found: tuple[Reading, ...] = shift.scene.readings
    return [(one.value, one.live, one.verdict) for one in found]


@pytest.fixture
def press() -> Shift:
    """ST-10, its permit asked."""
    shift = Shift("st-10")
    shift.scan(M1, *PARTS)
    return shift


NOTHING = [(None, False, "")] * 2


def test_live_values_show_and_nothing_is_written(press: Shift) -> None:
    before, work = len(press.facts), press.work
    press.machine(running(press, (650, 900)))
    assert readings(press) == [("6.50", True, ""), ("9.00", True, "")]
    assert (len(press.facts), press.work) == (before, work)


def test_a_live_value_within_the_limits_is_no_result(press: Shift) -> None:
    press.machine(running(press, PRESS_OK))
    assert press.work.hand is not None and press.work.hand.step == 3
    assert not [body for body in press.bodies if isinstance(body, b.Measured)]


def test_live_values_of_another_permit_unit_or_form_are_not_shown(press: Shift) -> None:
    good = running(press, (650, 900))
    for other in (
        replace(good, sequence=good.sequence + 1),
        replace(good, token=good.token ^ 1),
        replace(good, serial=M2),
        replace(good, values=(650,)),
        replace(good, state=State.FAULT),
    ):
        press.machine(other)
        assert readings(press) == NOTHING


def test_a_torn_block_takes_the_live_values_off_the_screen(press: Shift) -> None:
    press.machine(running(press, (650, 900)))
    press.machine(running(press, (651, 900)).encode()[:-4] + b"\0\0\0\0")
    assert readings(press) == NOTHING


def test_what_comes_after_live_values_is_the_result_alone(press: Shift) -> None:
    press.machine(running(press, (1, 2)))
    press.machine(press.result(PRESS_OK))
    (measured,) = [body for body in press.bodies if isinstance(body, b.Measured)]
    assert [value.value for value in measured.values] == ["13.00", "18.00"]


# At the work cell -----------------------------------------------------------------------------------------------------
@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """ST-10, somebody signed in."""
    plant = Plant(tmp_path / "plant")
    made = Bench(plant, tmp_path / "st-10", StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000), "st-10")
    made.scan("B10021")
    yield made
    made.close()


def by_reader(serial: str) -> AnswerArea:
    return AnswerArea(part_present=True, serial=serial, reader=True)


def test_a_part_that_the_machine_reads_begins_its_unit(bench: Bench) -> None:
    bench.machine(IDLE)
    bench.machine(by_reader(M1))
    assert bench.codes[-2:] == ["done.commissioned", "done.started"]
    assert bench.scene and bench.scene.thing and bench.scene.thing.value == M1


def test_a_part_that_lay_there_at_the_start_is_no_scan_and_one_read_twice_is_one(bench: Bench) -> None:
    before = len(bench.shown)
    bench.machine(by_reader(M1))
    bench.machine(by_reader(M1))
    assert len(bench.shown) == before


def test_the_unit_in_hand_that_is_laid_in_is_no_scan_of_it(bench: Bench) -> None:
    bench.machine(IDLE)
    bench.scan(M1)
    before = len(bench.shown)
    bench.machine(by_reader(M1))
    assert len(bench.shown) == before


def test_another_unit_than_the_one_in_hand_is_refused(bench: Bench) -> None:
    bench.machine(IDLE)
    bench.scan(M1)
    bench.machine(by_reader(M2))
    assert bench.shown[-1].tone == "ng"


def test_a_unit_whose_cycle_is_over_is_not_begun_again(bench: Bench) -> None:
    bench.machine(IDLE)
    bench.machine(by_reader(M1))
    bench.scan(*PARTS)
    result = replace(bench.result(PRESS_OK), part_present=True)
    bench.machine(result)
    before = len(bench.shown)
    bench.machine(replace(by_reader(M1), sequence=result.sequence))
    assert len(bench.shown) == before


def test_live_values_reach_the_screen_and_go_with_the_machine(bench: Bench) -> None:
    bench.scan(M1, *PARTS)
    bench.machine(replace(bench.result((650, 900)), state=State.RUNNING, outcome=Outcome.NONE))
    assert bench.scene and [one.value for one in bench.scene.readings] == ["6.50", "9.00"]
    bench.cell.handle(m.DeviceReport("press", False, "plc.timeout", "plc"))
    assert [one.value for one in bench.scene.readings] == [None, None]
