"""The last log lines, in memory, for the diagnostics: without them a technician would need a shell."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import MutableMapping
from typing import Any

import structlog

MOST_LINES = 2_000
LONGEST = 500


class Logbook:
    """A structlog processor that keeps each event as one line. May be called in any thread."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=MOST_LINES)
        self._lock = threading.Lock()

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Keep a line and pass the event on."""
        line = " ".join(f"{key}={value}" for key, value in event.items())[:LONGEST]
        with self._lock:
            self._lines.append(line)
        return event

    def lines(self) -> list[str]:
        """Return the kept lines, oldest first."""
        with self._lock:
            return list(self._lines)

    def listen(self) -> None:
        """Start keeping all log lines, as the last processor before the one that renders text."""
        processors = list(structlog.get_config()["processors"])
        structlog.configure(processors=[*processors[:-1], self, processors[-1]])
