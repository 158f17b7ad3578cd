from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from snap7.server import Server
from snap7.type import SrvArea

from common.errors import BadAnswer, DeviceUnavailable
from hub.demo.processes import wait_for
from station.devices.plc_block import (
    AnswerArea,
    Command,
    Outcome,
    Request,
    State,
    check_answer,
    decode_answer,
    essence,
)
from station.devices.plc_s7 import PlcAddress, PlcS7, PlcTiming
from station.devices.simulated.process import PlcProcess
from station.devices.simulated.proxy import Proxy
from station.devices.worker import Worker
from station.messages import Message, PlcRead, PlcWrite

EASY = PlcTiming(poll_s=0.02, timeout_s=2.0, stale_s=4.0)  # nothing times out on a busy machine
BRISK = PlcTiming(poll_s=0.02, timeout_s=1.0, stale_s=1.5)  # for tests of just that
DIAL_S = 60.0  # Linux itself goes on dialling for two minutes
HOST = "127.0.0.1"
sequences = iter(range(1, 1000))


@pytest.fixture(scope="module")
def plc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlcProcess]:
    spec = {"cycle_s": 0.2, "values": [[1180, 1220], [350, 360]]}
    machines = {"press": {"db": 10, **spec}, "oven": {"db": 11, **spec, "cycle_s": 30}}
    with PlcProcess(machines, tmp_path_factory.mktemp("plc")) as process:
        yield process


@pytest.fixture
def proxy(plc: PlcProcess) -> Iterator[Proxy]:
    with Proxy((HOST, plc.port)) as proxy:
        yield proxy


@pytest.fixture
def press(plc: PlcProcess) -> Iterator[PlcS7]:
    driver = PlcS7("press", PlcAddress(HOST, 10, plc.port), EASY)
    yield driver
    driver.close()


def through(proxy: Proxy, timing: PlcTiming = EASY) -> PlcS7:
    return PlcS7("press", PlcAddress(HOST, 10, proxy.port), timing)


def permit(serial: str = "M-250-004217") -> Request:
    sequence = next(sequences)
    return Request(sequence, Command.PERMIT, 3, 1000 + sequence, serial)


def ask(worker: Worker, request: Request) -> None:
    worker.send(PlcWrite("press", request.encode()))


def answered(inbox, request: Request, state: State) -> tuple[AnswerArea, list[str]]:
    """The sound answer to this request in this state, and the codes of what was refused before it."""
    refused: list[str] = []

    def wanted(message: Message) -> bool:
        if not isinstance(message, PlcRead):
            return False
        try:
            answer = decode_answer(message.block)
            check_answer(answer, request)
        except BadAnswer as error:
            refused.append(error.code)
            return False
        return (answer.sequence, answer.state) == (request.sequence, state)

    return decode_answer(inbox.wait_for(wanted).block), refused


def wait_until_shown(plc: PlcProcess, sequence: int, state: State) -> None:
    """Look on with another connection."""
    onlooker = PlcS7("onlooker", PlcAddress(HOST, 10, plc.port), EASY)
    onlooker.open()

    def shown() -> bool:
        answer = decode_answer(message.block) if (message := onlooker.read(0.1)) else None
        return answer is not None and (answer.sequence, answer.state) == (sequence, state)

    wait_for(f"{state} of {sequence}", shown)
    onlooker.close()


def finish(worker: Worker, inbox, request: Request) -> None:
    done = Request(request.sequence, Command.ACKNOWLEDGE, 0, request.token, request.serial)
    ask(worker, done)
    answered(inbox, done, State.IDLE)


# The handshake -------------------------------------------------------------------------------------------------------
def test_the_handshake_runs_from_permit_to_idle(plc: PlcProcess, press: PlcS7, inbox, crew) -> None:
    worker = crew.start(press, inbox)
    plc.tell("press", next={"values": [12047, 352, -18], "outcome": 2})
    request = permit()
    ask(worker, request)
    result, refused = answered(inbox, request, State.RESULT)
    assert (result.values, result.outcome, result.part_present) == ((12047, 352, -18), Outcome.NOK, True)
    assert (result.token, result.serial, refused) == (request.token, request.serial, [])
    finish(worker, inbox, request)
    assert inbox.changes() == [True]


def test_a_station_that_restarts_in_a_cycle_goes_on_with_the_same_permit(plc: PlcProcess, inbox, crew) -> None:
    request = permit()
    where = PlcAddress(HOST, 11, plc.port)
    ask(crew.start(PlcS7("oven", where, EASY), inbox), request)
    answered(inbox, request, State.RUNNING)
    crew.stop()
    worker = crew.start(PlcS7("oven", where, EASY), inbox)
    ask(worker, request)
    answered(inbox, request, State.RUNNING)
    abort = Request(request.sequence, Command.ABORT, 0, request.token, request.serial)
    ask(worker, abort)
    answered(inbox, abort, State.ABORTED)
    finish(worker, inbox, request)


def test_a_result_that_came_while_the_station_was_away_is_still_there_and_is_not_made_again(
    plc: PlcProcess, press: PlcS7, inbox, crew
) -> None:
    request = permit()
    ask(crew.start(press, inbox), request)
    answered(inbox, request, State.RUNNING)
    crew.stop()
    wait_until_shown(plc, request.sequence, State.RESULT)
    worker = crew.start(press, inbox)
    ask(worker, request)
    first, _ = answered(inbox, request, State.RESULT)
    finish(worker, inbox, request)
    ask(worker, request)
    answered(inbox, request, State.IDLE)
    assert inbox.quiet_for(0.4)
    assert first.serial == request.serial


def test_a_plc_that_loses_power_in_a_cycle_does_not_run_it_again(tmp_path: Path, inbox, crew) -> None:
    with PlcProcess({"press": {"db": 10, "cycle_s": 30, "values": []}}, tmp_path) as plc:
        worker = crew.start(PlcS7("press", PlcAddress(HOST, 10, plc.port), EASY), inbox)
        request = permit()
        ask(worker, request)
        answered(inbox, request, State.RUNNING)
        plc.kill()
        inbox.down("plc.unreachable")
        plc.start()
        inbox.up()
        answered(inbox, request, State.FAULT)
        reset = Request(request.sequence, Command.ABORT)
        ask(worker, reset)
        answered(inbox, reset, State.IDLE)
        crew.stop()


# What a bad program does ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("trouble", "code"), [("stale", "plc.stale"), ("torn", "plc.checksum"), ("shift", "plc.magic")]
)
def test_a_bad_answer_is_refused_and_the_true_one_after_it_is_taken(
    plc: PlcProcess, press: PlcS7, inbox, crew, trouble: str, code: str
) -> None:
    worker = crew.start(press, inbox)
    plc.tell("press", **{trouble: 1})
    request = permit()
    ask(worker, request)
    result, refused = answered(inbox, request, State.RESULT)
    assert refused == [code]
    assert result.serial == request.serial
    finish(worker, inbox, request)


def test_a_part_that_is_taken_away_is_seen(plc: PlcProcess, press: PlcS7, inbox, crew) -> None:
    crew.start(press, inbox)
    for present in (False, True):
        plc.tell("press", part_present=present)
        inbox.wait_for(lambda m, p=present: isinstance(m, PlcRead) and decode_answer(m.block).part_present is p)


def test_what_its_own_reader_read_comes_with_the_part(plc: PlcProcess, press: PlcS7, inbox, crew) -> None:
    crew.start(press, inbox)
    plc.tell("press", part_present=False)
    plc.tell("press", part_present=True, serial="M-250-000001")

    def is_read(message: object) -> bool:
        answer = decode_answer(message.block) if isinstance(message, PlcRead) else AnswerArea()
        return (answer.reader, answer.serial, answer.state) == (True, "M-250-000001", State.IDLE)

    inbox.wait_for(is_read)


def test_a_fault_is_seen_and_reset(plc: PlcProcess, press: PlcS7, inbox, crew) -> None:
    worker = crew.start(press, inbox)
    plc.tell("press", fault=True)
    inbox.wait_for(lambda m: isinstance(m, PlcRead) and decode_answer(m.block).state is State.FAULT)
    reset = Request(next(sequences), Command.ABORT)
    ask(worker, reset)
    answered(inbox, reset, State.IDLE)


def test_orders_that_make_no_sense_are_refused(plc: PlcProcess) -> None:
    for machine, order in (("press", {"explode": 1}), ("lathe", {"stale": 1})):
        with pytest.raises(ValueError, match="refused"):
            plc.tell(machine, **order)


# Reading -------------------------------------------------------------------------------------------------------------
def test_the_heartbeat_alone_is_no_message(press: PlcS7) -> None:
    press.open()
    first = press.read(1.0)
    assert first is not None
    assert press.read(0.3) is None


def test_the_first_read_after_each_opening_tells(press: PlcS7) -> None:
    for _ in range(2):
        press.open()
        assert press.read(1.0) is not None
        press.close()


def beat(area: bytearray, until: threading.Event) -> None:
    count = 0
    while not until.wait(0.005):
        count += 1
        area[64:] = AnswerArea(heartbeat=count).encode()


def test_one_unsound_look_is_passed_over_and_the_second_in_a_row_is_told() -> None:
    good, torn = (
        AnswerArea(1, State.RESULT, Outcome.OK).encode(),
        AnswerArea(1).encode()[:64] + AnswerArea(2).encode()[64:],
    )
    now_ms, area, server = [0], bytearray(64) + AnswerArea().encode(), Server(log=False)
    server.register_area(SrvArea.DB, 10, area)
    server.start_to(HOST, tcp_port=0)
    timing = PlcTiming(poll_s=0.01, stale_s=1e6)
    driver = PlcS7("press", PlcAddress(HOST, 10, server.server_socket.getsockname()[1]), timing, lambda: now_ms[0])

    def look(block: bytes) -> bytes | None:
        area[64:] = block
        now_ms[0] += 1000
        message = driver.read(0)
        return message and message.block

    opened = threading.Event()
    heart = threading.Thread(target=beat, args=(area, opened))
    heart.start()
    driver.open()
    opened.set()
    heart.join()
    assert [look(good), look(torn), look(good)] == [good, None, None]
    assert [look(torn), look(torn), look(torn), look(good)] == [None, torn, None, good]
    driver.close()
    server.stop()


def test_a_request_that_changes_nothing_is_answered_with_what_is(press: PlcS7) -> None:
    press.open()
    first = press.read(1.0)
    press.write(PlcWrite("press", Request().encode()))
    again = press.read(1.0)
    assert first is not None
    assert again is not None
    assert essence(first.block) == essence(again.block)


def test_a_program_that_stands_still_is_noticed_though_the_cpu_answers(plc: PlcProcess, inbox, crew) -> None:
    crew.start(PlcS7("press", PlcAddress(HOST, 10, plc.port), BRISK), inbox)
    inbox.up()
    plc.tell("press", silent_s=4.0)
    inbox.down("plc.heartbeat")
    inbox.up()
    assert inbox.changes() == [True, False, True]


def test_a_block_that_was_never_written_is_no_live_plc(plc: PlcProcess) -> None:
    driver = PlcS7("nothing", PlcAddress(HOST, 12, plc.port), EASY)
    with pytest.raises(DeviceUnavailable) as refused:
        driver.open()
    driver.close()
    assert refused.value.code == "plc.refused"


def test_only_the_thread_that_opened_a_plc_may_use_it(press: PlcS7) -> None:
    press.open()
    errors: list[BaseException] = []

    def trespass() -> None:
        try:
            press.read(0.1)
        except RuntimeError as error:
            errors.append(error)

    thread = threading.Thread(target=trespass)
    thread.start()
    thread.join()
    assert errors


# The cable -----------------------------------------------------------------------------------------------------------
def test_a_cut_cable_is_said_once_and_only_the_worker_reconnects(proxy: Proxy, inbox, crew) -> None:
    crew.start(through(proxy), inbox)
    inbox.up()
    proxy.cut()
    inbox.down("plc.unreachable")
    assert inbox.quiet_for(0.8)
    proxy.mend()
    inbox.up()
    crew.stop()
    assert inbox.changes() == [True, False, True]


def test_a_request_made_while_the_cable_was_out_arrives_when_it_is_back(proxy: Proxy, inbox, crew) -> None:
    worker = crew.start(through(proxy), inbox)
    inbox.up()
    proxy.cut()
    inbox.down("plc.unreachable")
    request = permit()
    ask(worker, request)
    proxy.mend()
    answered(inbox, request, State.RESULT)
    finish(worker, inbox, request)


@pytest.mark.parametrize("trouble", ["blackhole", "halve"])
def test_answers_that_do_not_come_or_come_in_half_are_a_timeout(proxy: Proxy, inbox, crew, trouble: str) -> None:
    crew.start(through(proxy, BRISK), inbox)
    inbox.up()
    getattr(proxy, trouble)()
    inbox.down("plc.timeout")
    proxy.mend()
    inbox.up()


def test_connecting_into_a_black_hole_takes_no_longer_than_the_timeout(proxy: Proxy) -> None:
    proxy.blackhole()
    driver, begun = through(proxy, BRISK), time.monotonic()
    with pytest.raises(DeviceUnavailable) as refused:
        driver.open()
    driver.close()
    assert refused.value.code == "plc.timeout"
    assert time.monotonic() - begun < DIAL_S


def test_a_slow_line_is_slow_and_nothing_else(proxy: Proxy, inbox, crew) -> None:
    proxy.delay(0.05)
    worker = crew.start(through(proxy), inbox)
    request = permit()
    ask(worker, request)
    answered(inbox, request, State.RESULT)
    finish(worker, inbox, request)
    assert inbox.changes() == [True]
