"""The work cell on a real store: what a screen confirmed is on disk, and a station that died goes on where it stood."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from common import event_types as b
from common import events, pins
from common.definitions import Form, definition_hash
from common.ids import unb64
from station import messages as m
from station.devices.plc_block import AnswerArea, Command
from station.terminal import parse_confirmations, reference
from tests.support.bench import Bench, Plant, StationClock
from tests.support.factory import Author, unit
from tests.support.shift import CARTON, PRESS_OK, TEST_NOISY, TEST_OK, WIRE_OK, motor_pack

M1, M2 = "M-250-000001", "M-250-000002"
PARTS = ("HL-2644", "R-88213-0456", "MG-2610-B")
OTHER_PARTS = ("HL-2644", "R-88213-0457", "MG-2610-B")
Expect = Callable[[str], None]


@pytest.fixture(scope="session")
def fresh_plant(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    return Plant(tmp_path_factory.mktemp("plant"))


@pytest.fixture
def plant(fresh_plant: Plant) -> Plant:
    return fresh_plant.anew()


@pytest.fixture
def make(plant: Plant, tmp_path: Path) -> Iterator[Callable[[str], Bench]]:
    """make(place) → a station that has pulled the site's log."""
    made: list[Bench] = []
    clock = StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000)

    def bench(place: str) -> Bench:
        made.append(Bench(plant, tmp_path / place, clock, place))
        return made[-1]

    yield bench
    for one in made:
        one.close()


@pytest.fixture
def press(make: Callable[[str], Bench]) -> Bench:
    """ST-10, somebody signed in."""
    bench = make("st-10")
    bench.scan("B10021")
    return bench


@pytest.fixture
def stand(make: Callable[[str], Bench]) -> Bench:
    """ST-30, somebody signed in."""
    bench = make("st-30")
    bench.scan("B10047")
    return bench


@pytest.fixture
def wiring(plant: Plant) -> Author:
    """ST-20, of which ST-30 hears only by its log."""
    return plant.station("st-20")


# What was confirmed ---------------------------------------------------------------------------------------------------
def test_every_line_with_a_reference_names_an_event_in_the_log_and_every_event_has_its_line(press: Bench) -> None:
    press.scan(M1, "R-88213-0456", *PARTS, "???")
    press.measure(PRESS_OK)
    press.scan("B99999", M2, "HW:SCRAP:shaft-bent")
    ids = list(press.written())
    assert [shown.event for shown in press.shown if shown.event] == ids[1:]
    assert parse_confirmations(press.recording) == [reference(id) for id in ids[1:]]


def test_an_event_says_who_and_under_which_form(press: Bench) -> None:
    press.scan(M1, *PARTS)
    form = next(d for d in motor_pack().definitions if isinstance(d, Form) and d.id == "press-form")
    with press.store.reading() as conn:
        raw = conn.exec_driver_sql("SELECT raw FROM entry WHERE bid = 2 ORDER BY idx DESC LIMIT 1").scalar_one()
    event = msgspec.json.decode(raw)
    assert (event["who"], event["cfg"], event["bo"]) == ("p-wang", definition_hash(form), "5eed5eed5eed")


def test_an_event_says_if_its_code_was_typed_or_its_person_known_by_a_pin(press: Bench) -> None:
    pepper, people = b"p" * 32, (("p-li", "李娜", "B10034"), ("p-wang", "王强", "B10021"))
    press.cell.handle(m.Peppered(pepper))
    press.cell.handle(m.Pulled({}, people, 0, (("p-li", pins.verifier(pepper, "240817", b"s" * 16)),)))
    press.scan(M1)
    press.clock.advance(2)
    press.cell.handle(m.Scanned(m.TYPED, PARTS[0].encode(), press.clock.mono_ms()))
    press.scan(PARTS[1])
    press.cell.handle(m.PinEntered("p-li", "240817"))
    press.scan("HW:CONFIRM")
    with press.store.reading() as conn:
        raws = conn.exec_driver_sql("SELECT raw FROM entry WHERE bid = 2 ORDER BY idx DESC LIMIT 4").scalars().all()
    told = [(event.t, event.via) for event in map(events.decode, reversed([bytes(raw) for raw in raws]))]
    assert told == [("operation_started", None), ("bind", "typed"), ("bind", None), ("sign_in", "pin")]


def test_a_motor_goes_down_the_line(make: Callable[[str], Bench], plant: Plant) -> None:
    first, second, third = make("st-10"), make("st-20"), make("st-30")
    for bench in (first, second, third):
        bench.enrol()
        bench.scan("B10021")
    first.scan("WO-2611-0087", M1, *PARTS)
    first.measure(PRESS_OK)
    second.hear(first)
    second.pull(first)
    second.scan(M1, "C25-01187", "SC-2638")
    second.measure(WIRE_OK, "driver")
    third.hear(first, second)
    third.pull(first, second)
    third.scan(M1)
    third.measure(TEST_NOISY, "tester")
    second.hear(third)
    second.pull(first, third)
    second.scan(M1, "C25-01187", "C25-01188")
    second.measure(WIRE_OK, "driver")
    third.hear(second)
    third.pull(first, second)
    third.scan(M1)
    third.measure(TEST_OK, "tester")
    third.scan(CARTON)
    standing = third.standing(unit(M1))
    assert (standing.state, standing.order) == ("passed", "WO-2611-0087")
    inside = {c.child.value for c in standing.components if c.removed_by is None}
    assert inside == {"housing/HL-2644", "R-88213-0456", "magnet/MG-2610-B", "screw/SC-2638", "C25-01188"}
    assert third.codes[-1] == "done.packed"
    for bench in (first, second, third):
        assert "…?" not in bench.recording
    assert {shown.code for shown in (*first.shown, *second.shown, *third.shown) if shown.tone == "ng"} == {
        "done.measured",
        "done.failed_rework",
    }


def test_a_torn_scan_is_refused_each_time_it_comes_and_nothing_of_its_text_is_written(press: Bench) -> None:
    for _ in range(2):
        press.clock.advance(0.1)
        press.cell.handle(m.Scanned("scanner-2", b"", press.clock.mono_ms(), "barcode.overrun"))
    refused = [body for body in press.written().values() if isinstance(body, b.Refused)]
    assert refused == [b.Refused("-", "barcode.overrun", "unit motor")] * 2
    assert (press.shown[-1].tone, press.shown[-1].code) == ("ng", "barcode.overrun")


# A station that died --------------------------------------------------------------------------------------------------
def test_after_a_crash_the_same_step_is_asked_for_and_the_same_permit_is_written_again(press: Bench) -> None:
    press.scan(M1, *PARTS)
    before, prompt = press.sent[-1], press.prompt
    press.restart()
    assert press.prompt == prompt
    assert press.sent == [before]
    press.machine(press.result(PRESS_OK))
    assert press.codes[-1] == "done.passed"
    assert press.standing(unit(M1)).outcome("press") == "pass"


@pytest.mark.parametrize("scans", range(1, 5))
def test_a_crash_at_any_step_loses_no_scan_and_repeats_none(press: Bench, scans: int) -> None:
    codes = (M1, *PARTS)
    press.scan(*codes[:scans])
    press.restart()
    press.scan(*codes[scans:])
    press.measure(PRESS_OK)
    kinds = [type(body) for body in press.written().values()]
    assert kinds.count(b.Bind) == 3
    assert kinds.count(b.OperationCompleted) == 1
    assert b.Refused not in kinds


def test_an_acknowledgement_is_written_again_after_a_crash(press: Bench) -> None:
    press.scan(M1, *PARTS)
    press.machine(press.result(PRESS_OK))
    press.restart()
    assert press.request().command is Command.ACKNOWLEDGE
    press.machine(AnswerArea(press.request().sequence))
    press.scan(M2, *OTHER_PARTS)
    assert (press.request().command, press.request().serial) == (Command.PERMIT, M2)


def test_the_component_that_came_out_is_remembered(make: Callable[[str], Bench], plant: Plant) -> None:
    bench = make("st-20")
    bench.scan("B10034")
    stand = plant.station("st-30")
    for body in (b.Commission("motor"), b.OperationCompleted("wire", "pass"), b.OperationCompleted("test", "fail")):
        stand.say(body, unit(M1))
    stand.say(b.Bind("controller", "controller", "1", "pcs", "wire"), unit(M1), unit("C25-01187"))
    bench.hear(stand)
    bench.scan(M1, "C25-01187")
    bench.restart()
    assert bench.prompt.code == "prompt.replace_new"
    assert bench.scan("C25-01188").code == "done.replaced"


def test_a_block_that_was_refused_is_kept_with_its_bytes(press: Bench) -> None:
    press.scan(M1, *PARTS)
    stale = replace(press.result(PRESS_OK), sequence=7).encode()
    press.machine(stale)
    press.restart()
    press.machine(stale)
    refused = [body for body in press.written().values() if isinstance(body, b.Refused)]
    assert [(body.code, unb64(body.scan)) for body in refused] == [("plc.stale", stale)]
    assert [code for _, code, _ in press.quarantined()] == ["plc.stale"]


# Evidence -------------------------------------------------------------------------------------------------------------
def test_without_the_predecessors_log_a_unit_is_tested_provisionally_and_late_evidence_clears_it(
    stand: Bench, wiring: Author
) -> None:
    assert stand.scan(M1).code == "done.started_provisional"
    assert stand.measure(TEST_OK, "tester").code == "done.provisional"
    stand.scan(CARTON)
    assert stand.standing(unit(M1)).operation("test").provisional
    wiring.say(b.OperationCompleted("wire", "pass"), unit(M1))
    stand.hear(wiring)
    assert not stand.standing(unit(M1)).operation("test").provisional


def test_late_bad_news_holds_what_was_provisional(stand: Bench, wiring: Author) -> None:
    stand.scan(M1)
    stand.measure(TEST_OK, "tester")
    wiring.say(b.OperationCompleted("wire", "fail"), unit(M1))
    stand.hear(wiring)
    assert stand.standing(unit(M1)).state == "hold"
    assert stand.scan(CARTON).code == "pack.held"
    stand.scan("HW:LEAVE")
    assert stand.scan(M1).code == "interlock.on_hold"


def test_with_the_predecessors_log_up_to_date_a_unit_that_skipped_it_is_blocked(stand: Bench, wiring: Author) -> None:
    wiring.say(b.OperationCompleted("wire", "pass"), unit(M2))
    stand.hear(wiring)
    stand.pull(wiring)
    assert stand.scan(M1).code == "interlock.blocked"
    assert "“接线与拧紧”没有做：ST-20 接线与拧紧" in stand.recording
    assert "可以决定的人：班长或质检员" in stand.recording
    assert stand.scan(M2).code == "done.started"


def test_evidence_grows_old(stand: Bench, wiring: Author) -> None:
    wiring.say(b.OperationCompleted("wire", "pass"), unit(M2))
    stand.hear(wiring)
    stand.pull(wiring)
    assert stand.scan(M1, after_s=2.9).code == "interlock.blocked"
    assert stand.scan(M1, after_s=3.1).code == "done.started_provisional"


def test_a_pull_that_says_nothing_new_of_a_log_takes_nothing_from_what_the_one_before_said(
    stand: Bench, wiring: Author
) -> None:
    """The hub was started anew, say, and has not heard of that log's end yet."""
    wiring.say(b.OperationCompleted("wire", "pass"), unit(M2))
    stand.hear(wiring)
    stand.pull(wiring)
    stand.pull()
    assert stand.scan(M1, after_s=2.9).code == "interlock.blocked"


# One more look before saying no ---------------------------------------------------------------------------------------
@pytest.fixture
def looking(stand: Bench, wiring: Author) -> Bench:
    """ST-30 online; M1 is there faster than its evidence, and nothing is decided yet."""
    wiring.say(b.OperationCompleted("wire", "pass"), unit(M2))
    stand.hear(wiring)
    stand.pull(wiring)
    stand.cell.handle(m.LinkChanged(True))
    stand.scan(M1)
    assert stand.asked[-1].code == "prompt.looking"
    assert stand.hurries == 1
    assert stand.codes == ["done.signed_in"]
    return stand


def test_evidence_that_comes_in_time_lets_it_begin(looking: Bench, wiring: Author) -> None:
    wiring.say(b.OperationCompleted("wire", "pass"), unit(M1))
    looking.hear(wiring)
    looking.pull(wiring, asked_ms=looking.clock.mono_ms())
    assert looking.codes[-1] == "done.started"


def test_a_pull_that_was_asked_for_earlier_does_not_decide(looking: Bench, wiring: Author) -> None:
    looking.pull(wiring, asked_ms=looking.clock.mono_ms() - 1)
    assert looking.codes == ["done.signed_in"]
    looking.pull(wiring, asked_ms=looking.clock.mono_ms())
    assert looking.codes[-1] == "interlock.blocked"


def test_the_line_does_not_wait_for_the_hub(looking: Bench) -> None:
    looking.clock.advance(1.0)
    looking.cell.handle(m.Tick(looking.clock.mono_ms()))
    assert looking.codes[-1] == "interlock.blocked"


def test_a_hub_that_goes_away_decides(looking: Bench) -> None:
    looking.cell.handle(m.LinkChanged(False, "hub.unreachable"))
    assert looking.codes[-1] == "interlock.blocked"


def test_the_next_scan_comes_after_it(looking: Bench) -> None:
    assert looking.scan(M1, after_s=0.3).code == "ignored.double"
    assert looking.codes[-2:] == ["interlock.blocked", "ignored.double"]


def test_a_scan_that_waits_for_newer_evidence_is_kept_while_the_disk_takes_nothing(
    looking: Bench, wiring: Author, expect_warning: Expect
) -> None:
    """It is told, and decided as soon as it can be; the next one is refused and not taken for it."""
    expect_warning("store_unavailable .*store.readonly")
    looking.read_only(True)
    looking.cell.handle(m.LinkChanged(False, "hub.unreachable"))
    assert looking.codes[-1] == "store.readonly"
    assert looking.scan(M2, after_s=0.1).code == "store.readonly"
    looking.clock.advance(1.0)
    looking.cell.handle(m.Tick(looking.clock.mono_ms()))
    assert looking.asked[-1].code == "prompt.looking"
    looking.read_only(False)
    looking.cell.handle(m.Tick(looking.clock.mono_ms()))
    assert looking.codes[-1] == "done.started_provisional"  # its predecessor's evidence has grown old meanwhile
    assert (looking.shown[-1].params["unit"], looking.prompt.code) == (unit(M1), "prompt.machine")


# People, definitions, status ------------------------------------------------------------------------------------------
def test_who_is_no_longer_sent_is_erased(press: Bench) -> None:
    press.cell.handle(m.Pulled({}, (("p-li", "李娜", "B10034"),)))
    assert press.scan("B10021").code == "sign_in.unknown"
    press.restart()
    assert press.scan("B10034").code == "done.signed_in"


def test_a_pin_signs_in_as_a_badge_does_and_a_wrong_one_is_written_without_it(press: Bench) -> None:
    pepper, people = b"p" * 32, (("p-li", "李娜", "B10034"), ("p-wang", "王强", "B10021"))
    press.cell.handle(m.Peppered(pepper))
    press.cell.handle(m.Pulled({}, people, 0, (("p-li", pins.verifier(pepper, "240817", b"s" * 16)),)))
    press.cell.handle(m.PinEntered("p-li", "240817"))
    press.scan("HW:SIGNOUT")
    assert (press.codes[-1], press.shown[-1].params["name"]) == ("done.signed_in", "李娜")
    for person in ("p-li", "p-wang", "p-nobody"):
        press.cell.handle(m.PinEntered(person, "1111"))
        assert press.codes[-1] == "pin.refused" and press.shown[-1].event
    press.restart()
    for _ in range(4):
        press.cell.handle(m.PinEntered("p-li", "1111"))
    press.cell.handle(m.PinEntered("p-li", "240817"))
    assert press.codes[-1] == "pin.locked" and press.shown[-1].params["wait_s"] == 30
    assert b"240817" not in press.batch() and b"1111" not in press.batch()


def test_to_sign_in_only_those_are_offered_whose_pin_is_known_here(make: Callable[[str], Bench]) -> None:
    bench = make("st-10")
    bench.pull()
    assert bench.scene.people == (), "nobody has a PIN: a name to tap would lead nowhere"
    people = tuple((p.id, p.name, p.badge) for p in motor_pack().people)
    known = (("p-li", pins.verifier(b"p" * 32, "240817", b"s" * 16)),)
    bench.cell.handle(m.Pulled({}, people, 0, known))
    assert bench.scene.people == (("p-li", "李娜"),)
    bench.restart()
    assert bench.scene.people == (("p-li", "李娜"),)
    bench.cell.handle(m.Pulled({}, people))
    assert bench.scene.people == ()


def test_a_form_that_arrives_while_a_unit_is_in_hand_is_said_at_once(press: Bench, plant: Plant) -> None:
    press.scan(M1, PARTS[0])
    form = next(d for d in motor_pack().definitions if isinstance(d, Form) and d.id == "press-form")
    plant.publish(replace(form, steps=form.steps[1:]))
    press.hear()
    assert press.prompt.code == "prompt.leave"
    assert press.scan("HW:LEAVE", M1).code == "done.started"


def test_the_status_counts_what_waits_what_was_sent_and_what_is_confirmed(press: Bench) -> None:
    press.clock.advance(41)
    press.cell.handle(m.LinkChanged(True))
    assert press.states[-1] == m.Status(True, pending=2, sent=0, receipted=0, oldest_s=43, serials=0)
    press.cell.handle(m.Sent(press.log, 2))
    assert press.states[-1] == m.Status(True, pending=0, sent=2, receipted=0, oldest_s=43, serials=0)
    press.cell.handle(m.Receipted(press.log, 2, "a note"))
    assert press.states[-1] == m.Status(True, pending=0, sent=0, receipted=2, oldest_s=0, serials=0)
    press.cell.handle(m.DeviceReport("press", False, "plc.unreachable"))
    assert press.states[-1].down == ("press",)


# A full disk ----------------------------------------------------------------------------------------------------------
def full_disk(bench: Bench) -> None:
    """The database may not grow any more; what is free inside it is soon used up."""
    with bench.store.writing() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite takes the size that it has now


def room_again(bench: Bench) -> None:
    with bench.store.writing() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count = 1000000")


def test_a_full_disk_refuses_visibly_and_loses_nothing_that_was_confirmed(press: Bench, expect_warning: Expect) -> None:
    expect_warning("store_unavailable .*store.full")
    full_disk(press)
    serials = iter(range(1, 500))
    while press.codes[-1] != "store.full":
        press.scan(f"M-250-{next(serials):06d}", "HW:SCRAP:shaft-bent")
    assert "磁盘满了" in press.recording
    assert not press.shown[-1].event
    confirmed = [shown.event for shown in press.shown if shown.event]
    press.restart()
    assert list(press.written())[1:] == confirmed


def test_with_room_again_the_same_scan_is_taken(press: Bench, expect_warning: Expect) -> None:
    expect_warning("store_unavailable .*store.full")
    press.scan(M1)
    full_disk(press)
    while press.scan("HW:LEAVE").code != "store.full" and press.scan(M1).code != "store.full":
        pass
    room_again(press)
    press.cell.handle(m.Tick(press.clock.mono_ms()))
    again = "HW:LEAVE" if press.prompt.code == "prompt.scan" else M1
    assert press.scan(again, after_s=0.1).event


def test_a_result_that_could_not_be_stored_is_taken_when_it_can_be(press: Bench, expect_warning: Expect) -> None:
    """The machine shows it on and on, but its driver tells only what is new."""
    expect_warning("store_unavailable .*store.readonly")
    press.scan(M1, *PARTS)
    press.read_only(True)
    press.machine(press.result(PRESS_OK))
    assert press.codes[-1] == "store.readonly"
    press.read_only(False)
    press.cell.handle(m.Tick(press.clock.mono_ms()))
    assert press.codes[-1] == "done.passed"


def test_a_sentinel_that_cannot_be_written_does_not_end_the_station(press: Bench, expect_warning: Expect) -> None:
    expect_warning("sentinel_not_written .*store.full")
    press.scan(M1)
    (press.folder / "sentinel.new").symlink_to("/dev/full")
    press.cell.handle(m.Tick(press.clock.mono_ms()))
    assert press.scan(PARTS[0]).event


def test_with_the_last_room_what_was_begun_is_finished_and_nothing_new_begins(press: Bench) -> None:
    """The disk reserve is freed at the first full disk: the same message is taken then."""
    press.scan(M1)
    press.cell._disk_reserve.drop()
    assert press.scan(*PARTS).event
    press.measure(PRESS_OK)
    assert press.codes[-1] == "done.passed"
    press.scan("M-250-000002")
    assert (press.codes[-1], press.shown[-1].event) == ("store.low", "")
    press.cell.handle(m.Tick(press.clock.mono_ms()))
    assert press.scan("M-250-000002").event


# Queues, counts and quarantine ----------------------------------------------------------------------------------------
def test_two_scans_are_a_double_by_when_they_were_scanned(press: Bench) -> None:
    """The disk took 5 s for the first; the second, 0.3 s after it, waited in the inbox."""
    press.scan(M1, *PARTS[:1])
    scanned_ms = press.clock.mono_ms() + 300
    press.clock.advance(5)
    press.cell.handle(m.Scanned("scanner-1", PARTS[0].encode(), scanned_ms))
    assert press.codes[-1] == "ignored.double"


def test_a_new_log_has_no_less_than_nothing_to_send(press: Bench, expect_warning: Expect) -> None:
    expect_warning("new_incarnation")
    press.scan(M1, *PARTS)
    press.cell.handle(m.Sent(press.log, press.size))
    press.cell.handle(m.Outdated("fork"))
    press.cell.handle(m.Tick(press.clock.mono_ms()))
    assert (press.states[-1].pending, press.states[-1].sent) == (1, 0)


def test_the_quarantine_names_the_device_and_keeps_its_block(press: Bench) -> None:
    press.scan(M1, *PARTS)
    stale = replace(press.result(PRESS_OK), sequence=7).encode()
    press.machine(stale)
    assert press.quarantined() == [("press", "plc.stale", stale)]
