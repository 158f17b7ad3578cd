"""The HID adapter on real pipes: the same open, select and read as on an event device."""

from __future__ import annotations

import errno
import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from common.errors import DeviceUnavailable
from hub.demo.processes import wait_for
from station.devices.hid_keys import HidKeys
from station.devices.scanner_hid import HidScanner, Pipe, take
from station.devices.simulated.keyboard import PipeScanner, Typist
from station.messages import Scanned

CODES = [b"M-250-%06d" % n for n in range(40)]
META = 125


@pytest.fixture
def plugged(tmp_path: Path) -> Iterator[PipeScanner]:
    device = PipeScanner(tmp_path / "scanner")
    yield device
    device.unplug()


def driver(device: PipeScanner) -> HidScanner:
    return HidScanner("scanner", str(device.path), HidKeys(half_scan_ms=200))


@pytest.fixture
def scanner(plugged: PipeScanner) -> Iterator[HidScanner]:
    opened = driver(plugged)
    opened.open()
    yield opened
    opened.close()


def next_code(driver: HidScanner) -> Scanned:
    return wait_for("a code", lambda: driver.read(0.05))


def refused(port: Path, **options: object) -> str:
    with pytest.raises(DeviceUnavailable) as caught:
        HidScanner("scanner", str(port), HidKeys(), **options).open()  # type: ignore[arg-type]
    return caught.value.code


def test_what_is_typed_is_handed_over_whole(scanner: HidScanner, plugged: PipeScanner) -> None:
    code = b"]d20104601234\x1d10LOT-Ab_9"
    plugged.scan(code)
    assert next_code(scanner).raw == code


def test_several_codes_at_once_come_one_by_one_in_order(scanner: HidScanner, plugged: PipeScanner) -> None:
    for code in CODES[:5]:
        plugged.scan(code)
    assert [next_code(scanner).raw for _ in CODES[:5]] == CODES[:5]


def test_the_time_is_when_the_last_key_came(plugged: PipeScanner) -> None:
    opened = HidScanner("scanner", str(plugged.path), HidKeys(), clock=lambda: 4711)
    opened.open()
    plugged.scan(b"now")
    assert next_code(opened) == Scanned("scanner", b"now", 4711)
    opened.close()


def test_a_torn_scan_is_told_with_its_code_and_without_its_text(scanner: HidScanner, plugged: PipeScanner) -> None:
    typist = Typist()
    with capture_logs() as lines:
        plugged.send(typist.text("secret") + typist.stroke(META) + typist.scan(""))
        plugged.send(typist.dropped() + typist.change(META, 0) + typist.scan("secret"))
        keys, overrun = next_code(scanner), next_code(scanner)
    assert [(keys.raw, keys.fault), (overrun.raw, overrun.fault)] == [(b"", "barcode.keys"), (b"", "barcode.overrun")]
    assert [(line["event"], line["length"], line["keys"]) for line in lines] == [
        ("scan torn", 7, (META,)),
        ("scan torn", 6, ()),
    ]
    assert "secret" not in str(lines)


def test_a_half_scan_is_answered_and_only_its_length_is_kept(scanner: HidScanner, plugged: PipeScanner) -> None:
    with capture_logs() as lines:
        plugged.send(Typist().text("secret"))
        half = next_code(scanner)
    assert (half.raw, half.fault) == (b"", "barcode.half")
    plugged.scan(b"whole")
    assert next_code(scanner).raw == b"whole"
    assert [(line["event"], line["reason"], line["length"]) for line in lines] == [("scan dropped", "half", 6)]


# Opening, and the cable ----------------------------------------------------------------------------------------------
def test_a_scanner_that_is_not_there_is_absent(tmp_path: Path) -> None:
    assert refused(tmp_path / "nothing") == "scanner.absent"


def test_what_is_no_event_device_cannot_be_grabbed_and_is_absent(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert refused(tmp_path / "file") == "scanner.absent"
    assert refused(Path("/dev/null")) == "scanner.absent"


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.EBUSY, "scanner.busy"), (errno.EPERM, "scanner.denied"), (errno.ENODEV, "scanner.absent")],
)
def test_a_grab_that_the_kernel_refuses_has_its_code(number: int, code: str, plugged: PipeScanner) -> None:
    def kernel(path: str) -> Pipe:
        raise OSError(number, os.strerror(number), path)

    assert refused(plugged.path, take=kernel) == code


def test_an_event_device_is_grabbed_or_not_taken() -> None:
    """What the kernel does not let us grab is let go of again. There is no event device here, so it refuses."""
    gc.collect()  # what other tests left lying must not be let go of in between
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(OSError, match="ioctl"):
        take("/dev/null")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_scanner_may_be_let_go_of_twice(plugged: PipeScanner) -> None:
    opened = HidScanner("scanner", str(plugged.path), HidKeys())
    opened.open()
    opened.close()
    opened.close()


def test_unplugging_is_noticed(scanner: HidScanner, plugged: PipeScanner) -> None:
    plugged.unplug()
    with pytest.raises(DeviceUnavailable) as gone:
        next_code(scanner)
    assert gone.value.code == "scanner.unplugged"


def test_an_error_of_the_kernel_while_reading_is_an_unplugged_scanner(tmp_path: Path) -> None:
    """A terminal that hangs up gives EIO, as an event device that is pulled out gives ENODEV."""
    own_end, far_end = os.openpty()
    opened = HidScanner("scanner", os.ttyname(far_end), HidKeys(), take=Pipe)
    opened.open()
    os.close(far_end)
    os.close(own_end)
    with pytest.raises(DeviceUnavailable) as gone:
        next_code(opened)
    assert gone.value.code == "scanner.unplugged"
    opened.close()


def test_unplugged_and_plugged_in_again_no_code_is_lost_or_doubled(plugged: PipeScanner, inbox, crew) -> None:
    crew.start(driver(plugged), inbox)
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


def test_two_scanners_at_one_station_say_each_their_name(tmp_path: Path, inbox, crew) -> None:
    devices = {name: PipeScanner(tmp_path / name) for name in ("left", "right")}
    for name, device in devices.items():
        crew.start(HidScanner(name, str(device.path), HidKeys()), inbox, name)
        inbox.up()
    for name, device in devices.items():
        device.scan(name.upper().encode())
        said = inbox.wait_for(lambda m: isinstance(m, Scanned))
        assert (said.device, said.raw) == (name, name.upper().encode())
    crew.stop()
    for device in devices.values():
        device.unplug()
