"""The last lines of the log, in memory, for the diagnostics: what a technician would otherwise need a shell for."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import MutableMapping
from typing import Any

import structlog

MOST_LINES = 2_000
LONGEST = 500


class Logbook:
    """A structlog processor that keeps what passes it, as one line each. May be called in any thread."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=MOST_LINES)
        self._lock = threading.Lock()

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Keep a line, pass the event on."""
        line = " ".join(f"{key}={value}" for key, value in event.items())[:LONGEST]
        with self._lock:
            self._lines.append(line)
        return event

    def lines(self) -> list[str]:
        """What was kept, oldest first."""
        with self._lock:
            return list(self._lines)

    def listen(self) -> None:
        """From now on keep what everybody logs: stand before the processor that makes text of it."""
        processors = list(structlog.get_config()["processors"])
        structlog.configure(processors=[*processors[:-1], self, processors[-1]])
