"""A configured port means one scanner, whatever number the kernel gave it and whatever else is plugged in."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.errors import DeviceUnavailable
from station.devices.hid_port import find


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """What the kernel says of a keyboard and of two scanners, which are equal but for their sockets."""
    for event, phys, vendor, product, serial in (
        ("event0", "isa0060/serio0/input0", "0001", "0001", ""),
        ("event4", "usb-0000:00:14.0-3/input0", "05e0", "1200", "S1234"),
        ("event7", "usb-0000:00:14.0-4/input0", "05e0", "1200", ""),
    ):
        device = tmp_path / event / "device"
        (device / "id").mkdir(parents=True)
        (device / "phys").write_text(phys + "\n")
        (device / "uniq").write_text(serial + "\n")
        (device / "id" / "vendor").write_text(vendor + "\n")
        (device / "id" / "product").write_text(product + "\n")
    (tmp_path / "event9").mkdir()  # it is being pulled out
    return tmp_path


def refused(port: str, inputs: Path) -> str:
    with pytest.raises(DeviceUnavailable) as caught:
        find(port, inputs)
    return caught.value.code


@pytest.mark.parametrize(
    ("port", "path"),
    [
        ("phys:usb-0000:00:14.0-3/input0", "/dev/input/event4"),
        ("phys:usb-*-4/input*", "/dev/input/event7"),
        ("usb:0001:0001", "/dev/input/event0"),
        ("usb:05E0:1200:S1234", "/dev/input/event4"),
    ],
)
def test_a_scanner_is_found_by_its_socket_and_by_its_maker(port: str, path: str, inputs: Path) -> None:
    assert find(port, inputs) == path


def test_two_equal_scanners_are_not_guessed_at(inputs: Path) -> None:
    assert refused("usb:05e0:1200", inputs) == "scanner.ambiguous"


@pytest.mark.parametrize("port", ["phys:usb-0000:00:14.0-9/input0", "usb:05e0:1200:S9999", "usb:", "phys:"])
def test_what_is_not_plugged_in_is_absent(port: str, inputs: Path) -> None:
    assert refused(port, inputs) == "scanner.absent"


def test_a_path_may_be_a_pattern_and_follows_the_link_that_stays_the_same(tmp_path: Path) -> None:
    event, by_id = tmp_path / "event4", tmp_path / "usb-Zebra_S1234-event-kbd"
    event.touch()
    by_id.symlink_to(event)
    assert find(str(by_id), tmp_path) == str(event)
    assert find(str(tmp_path / "usb-Zebra_*-event-kbd"), tmp_path) == str(event)


def test_two_links_to_one_device_are_one(tmp_path: Path) -> None:
    event = tmp_path / "event4"
    event.touch()
    for name in ("by-id", "by-path"):
        (tmp_path / name).symlink_to(event)
    assert find(str(tmp_path / "by-*"), tmp_path) == str(event)
