from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from common.errors import DeviceUnavailable
from hub.demo.processes import wait_for
from station.devices.scanner_serial import SerialScanner
from station.devices.simulated.scanner import PtyScanner
from station.messages import Scanned

CODES = [b"M-250-%06d" % n for n in range(40)]


@pytest.fixture
def plugged(tmp_path: Path) -> Iterator[PtyScanner]:
    device = PtyScanner(tmp_path / "scanner")
    yield device
    device.unplug()


@pytest.fixture
def scanner(plugged: PtyScanner) -> Iterator[SerialScanner]:
    driver = SerialScanner("scanner", plugged.path, half_scan_ms=200)
    driver.open()
    yield driver
    driver.close()


def next_code(driver: SerialScanner) -> Scanned:
    return wait_for("a code", lambda: driver.read(0.05))


def test_a_second_opening_is_refused(scanner: SerialScanner, plugged: PtyScanner) -> None:
    second = SerialScanner("second", plugged.path)
    with pytest.raises(DeviceUnavailable) as refused:
        second.open()
    assert refused.value.code == "scanner.busy"
    plugged.scan(b"still mine")
    assert next_code(scanner).raw == b"still mine"


def test_a_closed_scanner_can_be_opened_by_the_next(scanner: SerialScanner, plugged: PtyScanner) -> None:
    scanner.close()
    scanner.close()
    second = SerialScanner("second", plugged.path)
    second.open()
    plugged.scan(b"mine now")
    assert next_code(second).raw == b"mine now"
    second.close()


def test_a_scanner_that_is_not_there_is_absent(tmp_path: Path) -> None:
    with pytest.raises(DeviceUnavailable) as refused:
        SerialScanner("scanner", tmp_path / "nothing").open()
    assert refused.value.code == "scanner.absent"


def test_what_is_no_serial_port_is_absent(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DeviceUnavailable) as refused:
        SerialScanner("scanner", tmp_path / "file").open()
    assert refused.value.code == "scanner.absent"


def test_gs_is_kept(scanner: SerialScanner, plugged: PtyScanner) -> None:
    code = "]d20104601234\x1d10LOT-é溯".encode()
    plugged.scan(code)
    plugged.send(b"\x02" + code + b"\x03")
    assert [next_code(scanner).raw, next_code(scanner).raw] == [code, code]


def test_fragments_are_assembled(scanner: SerialScanner, plugged: PtyScanner) -> None:
    for byte in b"M-250-004217":
        plugged.send(bytes([byte]))
        assert scanner.read(0.01) is None
    plugged.send(b"\r\nNE")
    assert next_code(scanner).raw == b"M-250-004217"
    plugged.send(b"XT\r\n")
    assert next_code(scanner).raw == b"NEXT"


def test_several_codes_at_once_come_one_by_one_in_order(scanner: SerialScanner, plugged: PtyScanner) -> None:
    plugged.send(b"".join(code + b"\r" for code in CODES))
    assert [next_code(scanner).raw for _ in CODES] == CODES


def test_a_half_scan_is_answered_and_only_its_length_is_kept(scanner: SerialScanner, plugged: PtyScanner) -> None:
    with capture_logs() as lines:
        plugged.send(b"secret")
        half = next_code(scanner)
    assert (half.raw, half.fault) == (b"", "barcode.half")
    plugged.scan(b"whole")
    assert next_code(scanner).raw == b"whole"
    assert [(line["event"], line["reason"], line["length"]) for line in lines] == [("scan dropped", "half", 6)]
    assert "secret" not in str(lines)


def test_an_oversized_code_is_handed_over_to_be_refused(scanner: SerialScanner, plugged: PtyScanner) -> None:
    plugged.scan(b"x" * 2000)
    assert next_code(scanner).raw == b"x" * 2000


def test_the_time_is_when_the_last_byte_came(plugged: PtyScanner) -> None:
    driver = SerialScanner("scanner", plugged.path, clock=lambda: 4711)
    driver.open()
    plugged.scan(b"now")
    assert next_code(driver) == Scanned("scanner", b"now", 4711)
    driver.close()


def test_unplugging_is_noticed(scanner: SerialScanner, plugged: PtyScanner) -> None:
    plugged.unplug()
    with pytest.raises(DeviceUnavailable) as gone:
        next_code(scanner)
    assert gone.value.code == "scanner.unplugged"


def test_a_code_that_had_begun_when_the_cable_was_pulled_does_not_taint_the_next(
    scanner: SerialScanner, plugged: PtyScanner
) -> None:
    plugged.send(b"HALF")
    for _ in range(2):
        assert scanner.read(0.05) is None
    plugged.unplug()
    plugged.replug()
    with capture_logs() as lines:
        scanner.close()
    assert [(line["event"], line["reason"]) for line in lines] == [("scan dropped", "half")]
    scanner.open()
    plugged.scan(b"whole")
    assert next_code(scanner).raw == b"whole"


def test_unplugged_and_plugged_in_again_no_code_is_lost_or_doubled(plugged: PtyScanner, inbox, crew) -> None:
    crew.start(SerialScanner("scanner", plugged.path), inbox)
    inbox.up()
    for start in (0, 20):
        for code in CODES[start : start + 20]:
            plugged.scan(code)
        inbox.wait_for(lambda m, last=CODES[start + 19]: isinstance(m, Scanned) and m.raw == last)
        plugged.unplug()
        inbox.down("scanner.unplugged")
        plugged.replug()
        inbox.up()
    crew.stop()
    assert [m.raw for m in inbox.seen if isinstance(m, Scanned)] == CODES
    assert inbox.changes() == [True, False, True, False, True]
