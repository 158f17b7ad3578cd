"""Port of a HID scanner: finds the kernel event device that a configured port names.

A port has one of these forms, and must name the same device at every start, whatever else is plugged in:

    /dev/input/by-id/usb-…-event-kbd     a path, `*` allowed in its last part
    phys:usb-0000:00:14.0-3/input0       the USB socket, `*` allowed: distinguishes two equal scanners
    usb:05e0:1200                        its vendor and product ids, in hex
    usb:05e0:1200:S1234                  and its serial number, if it has one

eventN numbers change every time a device is plugged in, so they cannot be ports.
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
    """An input device as the kernel describes it; "" for unknown fields."""

    path: str
    phys: str
    usb: str
    serial: str


def find(port: str, inputs: Path = INPUTS) -> str:
    """Find the path to open; DeviceUnavailable scanner.absent, or scanner.ambiguous if several match."""
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
    """Return True if `wanted` of a phys: or usb: port matches this device."""
    if kind == "phys":
        return bool(one.phys) and fnmatchcase(one.phys, wanted)
    maker_product, serial = wanted.split(":", 2)[:2], wanted.split(":", 2)[2:]
    return ":".join(maker_product).lower() == one.usb and serial in ([], [one.serial])


def known(inputs: Path = INPUTS) -> Iterator[InputIdentity]:
    """List every present event device without opening one."""
    for folder in inputs.glob("event*"):
        device = folder / "device"
        usb = ":".join(_said(device / "id" / name) for name in ("vendor", "product"))
        path = str(EVENTS / folder.name)
        yield InputIdentity(path, _said(device / "phys"), usb, _said(device / "uniq"))


def _said(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""  # it was unplugged meanwhile
