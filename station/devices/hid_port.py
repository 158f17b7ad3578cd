"""Which of the kernel's event devices is the scanner that somebody wrote into the configuration.

A port is one of these, and must mean one device whatever else is plugged in, at every start:

    /dev/input/by-id/usb-…-event-kbd     a path, `*` allowed in its last part
    phys:usb-0000:00:14.0-3/input0       the socket it is plugged into, `*` allowed: tells two equal scanners apart
    usb:05e0:1200                        its maker and product, in hex
    usb:05e0:1200:S1234                  and its serial number, if it has one

eventN numbers change with every plugging, so they are no port.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct

from common.errors import DeviceUnavailable

INPUTS = Path("/sys/class/input")
EVENTS = Path("/dev/input")


class InputIdentity(Struct, frozen=True):
    """What the kernel says of an input device: "" for what it does not know."""

    path: str
    phys: str
    usb: str
    serial: str


def find(port: str, inputs: Path = INPUTS) -> str:
    """The path to open; DeviceUnavailable scanner.absent, or scanner.ambiguous when several are meant."""
    kind, _, wanted = port.partition(":")
    if kind in ("phys", "usb"):
        found = {one.path for one in known(inputs) if meant(one, kind, wanted)}
    else:
        found = {str(path.resolve()) for path in Path(port).parent.glob(Path(port).name)}
    if len(found) > 1:
        raise DeviceUnavailable("scanner.ambiguous", port=port, found=", ".join(sorted(found)))
    if not found:
        raise DeviceUnavailable("scanner.absent", path=port, reason="")
    return found.pop()


def meant(one: InputIdentity, kind: str, wanted: str) -> bool:
    """Whether `wanted` of a phys: or usb: port means this device."""
    if kind == "phys":
        return bool(one.phys) and fnmatchcase(one.phys, wanted)
    maker_product, serial = wanted.split(":", 2)[:2], wanted.split(":", 2)[2:]
    return ":".join(maker_product).lower() == one.usb and serial in ([], [one.serial])


def known(inputs: Path = INPUTS) -> Iterator[InputIdentity]:
    """Every event device that the kernel has now, without opening one."""
    for folder in inputs.glob("event*"):
        device = folder / "device"
        usb = ":".join(_said(device / "id" / name) for name in ("vendor", "product"))
        path = str(EVENTS / folder.name)
        yield InputIdentity(path, _said(device / "phys"), usb, _said(device / "uniq"))


def _said(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""  # it was pulled out while we looked
