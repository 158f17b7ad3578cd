"""Time at a station: an untrusted wall clock, and a monotonic one that counts suspend."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol

from station.devices.clock import boot_ms


class Clock(Protocol):
    """The clock passed to everything that needs the time."""

    boot: str

    def wall_ms(self) -> int:
        """Return wall time in ms since 1970, by this computer's clock."""

    def mono_ms(self) -> int:
        """Return milliseconds since boot, suspend included."""


class SystemClock:
    """The computer's own clocks."""

    def __init__(self) -> None:
        self.boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip().replace("-", "")[:12]

    def wall_ms(self) -> int:
        """Return wall time in ms since 1970."""
        return time.time_ns() // 1_000_000

    def mono_ms(self) -> int:
        """Return CLOCK_BOOTTIME in ms."""
        return boot_ms()
