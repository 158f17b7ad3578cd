"""The clock of the devices: milliseconds since boot, suspend included; never the wall clock."""

from __future__ import annotations

import sys
import time


def boot_ms() -> int:
    """Return milliseconds since boot. Linux counts suspend (CLOCK_BOOTTIME); elsewhere the system's monotonic clock."""
    if sys.platform == "linux":
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    return time.monotonic_ns() // 1_000_000
