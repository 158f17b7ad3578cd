from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from common.errors import DeviceUnavailable
from station.devices.scanner_serial import SerialScanner
from station.devices.simulated.scanner import PtyScanner
from station.devices.worker import Worker
from station.messages import DeviceReport, LabelPrint, Message, PlcWrite


class Broken:
    """A driver with a bug."""

    kind = "device"
    closed = False

    def open(self) -> None:
        pass

    def read(self, timeout_s: float) -> Message | None:
        raise KeyError("a bug")

    def close(self) -> None:
        self.closed = True


class Flapping(Broken):
    """A device that opens and never reads."""

    def read(self, timeout_s: float) -> Message | None:
        raise OSError("gone")


class Recorder(Broken):
    """A device that takes commands, and loses its connection when told."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.script: list[object] = []

    def read(self, timeout_s: float) -> Message | None:
        step = self.script.pop(0)
        if isinstance(step, OSError):
            raise step
        if callable(step):
            step()
        return None

    def write(self, command: PlcWrite) -> None:
        self.written.append(command.block)


def ran(driver: object, tries: int) -> tuple[list[Message], list[float]]:
    """What a worker put, and how long it waited, when it is stopped after so many tries."""
    put: list[Message] = []
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == tries:
            worker.stop()

    worker = Worker(driver, "device", put.append, wait)  # type: ignore[arg-type]
    worker.run()
    return put, waits


def test_an_absent_device_is_said_once_and_tried_ever_slower_up_to_five_seconds(tmp_path: Path, expect_warning) -> None:
    expect_warning("device down")
    put, waits = ran(SerialScanner("scanner", tmp_path / "nothing"), 8)
    assert put == [DeviceReport("device", False, "scanner.absent", "scanner")]
    assert waits == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0])


def test_a_device_that_opens_but_cannot_be_read_is_not_hammered(expect_warning) -> None:
    expect_warning("device down")
    _, waits = ran(Flapping(), 4)
    assert waits == pytest.approx([0.2, 0.4, 0.8, 1.6])


def test_a_plain_os_error_has_a_code_too(expect_warning) -> None:
    expect_warning("device down")
    put, _ = ran(Flapping(), 1)
    assert put == [
        DeviceReport("device", True, kind="device"),
        DeviceReport("device", False, "device.io", "device"),
    ]


def test_a_bug_in_a_driver_is_not_swallowed_and_the_device_is_let_go() -> None:
    driver = Broken()
    with pytest.raises(KeyError):
        Worker(driver, "device", lambda message: None).run()
    assert driver.closed


def test_each_change_is_one_line_in_the_log(tmp_path: Path) -> None:
    with capture_logs() as lines:
        ran(SerialScanner("scanner", tmp_path / "nothing"), 5)
    assert [(line["event"], line["device"], line["code"]) for line in lines] == [
        ("device down", "device", "scanner.absent")
    ]


def test_the_latest_command_wins_and_is_written_again_after_a_reconnect(expect_warning) -> None:
    expect_warning("device down")
    driver = Recorder()
    worker = Worker(driver, "plc", lambda message: None, lambda seconds: None)
    worker.send(PlcWrite("plc", b"superseded"))
    worker.send(PlcWrite("plc", b"first"))
    driver.script = [None, None, OSError(), None, lambda: worker.send(PlcWrite("plc", b"second")), None, OSError()]
    driver.script += [None, worker.stop]
    worker.run()
    assert driver.written == [b"first", b"first", b"second", b"second"]


def test_a_device_without_commands_refuses_them(tmp_path: Path) -> None:
    plugged = PtyScanner(tmp_path / "scanner")
    worker = Worker(SerialScanner("scanner", plugged.path), "scanner", lambda message: None)
    with pytest.raises(TypeError):
        worker.send(PlcWrite("scanner", b""))
    plugged.unplug()


def test_two_workers_on_one_scanner_the_second_is_down(tmp_path: Path, inbox, crew) -> None:
    plugged = PtyScanner(tmp_path / "scanner")
    crew.start(SerialScanner("a", plugged.path), inbox, "a")
    inbox.up()
    crew.start(SerialScanner("b", plugged.path), inbox, "b")
    inbox.down("scanner.busy")
    assert inbox.seen[-1] == DeviceReport("b", False, "scanner.busy", "scanner")
    crew.stop()
    plugged.unplug()


class Once:
    """A printer that is away at its first opening; it takes one label."""

    kind = "printer"

    def __init__(self) -> None:
        self.opened = 0
        self.written: list[object] = []

    def open(self) -> None:
        self.opened += 1
        if self.opened == 1:
            raise DeviceUnavailable("printer.paper_out")

    def read(self, timeout_s: float) -> Message | None:
        raise DeviceUnavailable("printer.paper_out")

    def write(self, command: object) -> None:
        self.written.append(command)

    def close(self) -> None:
        pass


def test_a_label_that_was_never_written_is_written_when_the_printer_is_back_and_once(
    expect_warning: Callable[[str], None],
) -> None:
    expect_warning("device down")
    printer = Once()
    worker = Worker(printer, "zebra", lambda said: None, lambda seconds: None)
    label = LabelPrint("zebra", 1, b"", {}, "one")
    worker.send(label)
    for _ in range(3):
        worker._attempt()
    assert printer.written == [label]
