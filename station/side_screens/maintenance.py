"""Maintenance: access to it, facts about this computer and its hub, and the export of the diagnostics.

Reads files and addresses of this computer, never the network.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from common.definitions import Definitions, Person
from station.shown.side_screens import Locked

ROLES = ("maintenance", "supervisor")
OPEN_MS = 300_000
STICK_MOUNTS = ("/media/", "/run/media/", "/mnt/")
TEST_ADDRESS = "192.0.2.1"  # of RFC 5737, for documentation: nothing is sent, the kernel only tells the route


class StationFacts(Struct, frozen=True):
    """Facts of the composition root that a work cell does not have, shown in maintenance.

    `config`: station.toml as read; `hub`: its address in use; `lines`: the latest log lines; `folder`: for files if no
    USB stick is mounted.
    """

    language: str = "zh"
    volume: int = 70
    config: object = None
    pin: str = ""
    hub: Callable[[], str] = str
    lines: Callable[[], Sequence[str]] = tuple
    folder: str = ""


class MaintenanceLock:
    """Access to maintenance: open to one person for a while. The definitions say which roles may open it."""

    def __init__(self) -> None:
        self._open: tuple[str, int] = ("", 0)

    def open(self, person: str, now_ms: int) -> None:
        """Open maintenance after the right PIN."""
        self._open = (person, now_ms + OPEN_MS)

    def shut(self) -> None:
        """Close maintenance."""
        self._open = ("", 0)

    def why_not(self, person: str | None, known: Definitions, now_ms: int, *, has_pin: bool) -> Locked | None:
        """Return the reason why it is closed to the signed-in person, or None."""
        roles = known.get(Person, person)
        if person is None:
            return Locked("maintenance.sign_in", {"release": ROLES})
        if roles is None or not set(roles.roles) & set(ROLES):
            return Locked("maintenance.role", {"release": ROLES})
        if has_pin and (self._open[0] != person or self._open[1] < now_ms):
            return Locked("maintenance.pin", pin=True)
        return None


def software() -> str:
    """Return the installed version."""
    return version("headwater")


def addresses(hub: str) -> tuple[str, ...]:
    """Return this computer's name, and its addresses as seen from the hub and from elsewhere."""
    host = urlsplit(hub).hostname or ""
    return tuple(dict.fromkeys([socket.gethostname(), *_towards(host), *_towards(TEST_ADDRESS)]))


def _towards(host: str) -> Iterator[str]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.inet_pton(family, host)  # a name would cause a DNS request
        with socket.socket(family, socket.SOCK_DGRAM) as asked:
            asked.connect((host, 9))
            yield str(asked.getsockname()[0])
    except OSError:
        return


def folders(own: str, mounts: Path = Path("/proc/mounts")) -> tuple[str, ...]:
    """List the folders for diagnostics: mounted, writable USB sticks, and the station's own folder."""
    try:
        rows = [line.split(" ") for line in mounts.read_text(encoding="utf-8").splitlines()]
    except OSError:
        rows = []
    points = [point.replace("\\040", " ") for device, point, *_ in rows if device.startswith("/dev/")]
    sticks = [point for point in points if point.startswith(STICK_MOUNTS) and os.access(point, os.W_OK)]
    return (*sticks, *((own,) if own else ()))


def write_out(path: Path, raw: bytes) -> str:
    """Write a new file durably and return the error's code, or ""; a failed file is removed. Slow on a slow disk."""
    begun = False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            begun = True
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        if begun:
            with suppress(OSError):  # the stick may be gone
                path.unlink()
        return "export.failed"
    return ""
