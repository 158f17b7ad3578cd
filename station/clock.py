"""Time as a station knows it: a wall clock that nobody trusts, and a monotonic one that counts suspend."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol

from station.devices.clock import boot_ms


class Clock(Protocol):
    """What everything that needs time is given."""

    boot: str

    def wall_ms(self) -> int:
        """Wall time in ms since 1970, as this computer believes."""

    def mono_ms(self) -> int:
        """Milliseconds since boot, suspend included."""


class SystemClock:
    """The computer's own clocks."""

    def __init__(self) -> None:
        self.boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip().replace("-", "")[:12]

    def wall_ms(self) -> int:
        """Wall time in ms since 1970."""
        return time.time_ns() // 1_000_000

    def mono_ms(self) -> int:
        """CLOCK_BOOTTIME in ms."""
        return boot_ms()
