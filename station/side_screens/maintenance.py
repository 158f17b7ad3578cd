"""Maintenance: who may open it, what it shows of this computer and its hub, and the diagnostics it gives away.

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
STICKS = ("/media/", "/run/media/", "/mnt/")
ANYWHERE = "192.0.2.1"  # of RFC 5737, for documentation: nothing is sent, the kernel only says which way it would go


class Around(Struct, frozen=True):
    """What the composition root knows and a work cell does not, for the eyes of maintenance.

    `config`: station.toml as it was read; `hub`: its address in use; `lines`: the last of the log; `folder`: where
    files may be left if no stick is in.
    """

    language: str = "zh"
    volume: int = 70
    config: object = None
    pin: str = ""
    hub: Callable[[], str] = str
    lines: Callable[[], Sequence[str]] = tuple
    folder: str = ""


class MaintenanceLock:
    """Maintenance is open to one person for a while. Which roles may is a matter of definitions."""

    def __init__(self) -> None:
        self._open: tuple[str, int] = ("", 0)

    def open(self, person: str, now_ms: int) -> None:
        """Their PIN was right."""
        self._open = (person, now_ms + OPEN_MS)

    def shut(self) -> None:
        """Nobody is there any more."""
        self._open = ("", 0)

    def why_not(self, person: str | None, known: Definitions, now_ms: int, *, has_pin: bool) -> Locked | None:
        """Why it is not open to who is signed in, or None."""
        roles = known.get(Person, person)
        if person is None:
            return Locked("maintenance.sign_in", {"release": ROLES})
        if roles is None or not set(roles.roles) & set(ROLES):
            return Locked("maintenance.role", {"release": ROLES})
        if has_pin and (self._open[0] != person or self._open[1] < now_ms):
            return Locked("maintenance.pin", pin=True)
        return None


def software() -> str:
    """The release that runs."""
    return version("headwater")


def addresses(hub: str) -> tuple[str, ...]:
    """This computer's name, and its addresses as seen from the hub and from elsewhere."""
    host = urlsplit(hub).hostname or ""
    return tuple(dict.fromkeys([socket.gethostname(), *_towards(host), *_towards(ANYWHERE)]))


def _towards(host: str) -> Iterator[str]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.inet_pton(family, host)  # a name would be asked of the network
        with socket.socket(family, socket.SOCK_DGRAM) as asked:
            asked.connect((host, 9))
            yield str(asked.getsockname()[0])
    except OSError:
        return


def folders(own: str, mounts: Path = Path("/proc/mounts")) -> tuple[str, ...]:
    """Where diagnostics can be put: the sticks that are mounted and can be written, and the station's own folder."""
    try:
        rows = [line.split(" ") for line in mounts.read_text(encoding="utf-8").splitlines()]
    except OSError:
        rows = []
    points = [point.replace("\\040", " ") for device, point, *_ in rows if device.startswith("/dev/")]
    sticks = [point for point in points if point.startswith(STICKS) and os.access(point, os.W_OK)]
    return (*sticks, *((own,) if own else ()))


def write_out(path: Path, raw: bytes) -> str:
    """Write a new file, durably; the error's code, or "", and of what could not be written nothing is left. Where a
    disk is slow this takes long."""
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
