"""Gauges on a serial line: calipers, micrometers, balances.

Hands over each requested reading with its bytes. Must not retry, judge a value, or know a form.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from pathlib import Path

import structlog
from msgspec import Struct

from common.errors import BadAnswer
from station.devices.clock import boot_ms
from station.devices.framing import Dropped, Framer
from station.devices.gauge_lines import PROTOCOLS, parse
from station.devices.serial_line import SerialLine
from station.messages import GaugeAsk, GaugeRead

CODES = {"absent": "gauge.absent", "busy": "gauge.busy", "denied": "gauge.denied", "unplugged": "gauge.unplugged"}
HALF_LINE_MS = 300

log = structlog.get_logger(__name__)


class GaugeSettings(Struct, frozen=True):
    """The protocol of a gauge. `pattern`: of a line, see `gauge_lines`; `unit`: of a gauge that does not send it.

    `mode`: `push`, a button on it sends a reading; `request`, it answers `trigger`; `continuous`, it sends all the
    time, and the next stable reading after a request counts. `channels`: of several gauges on one line; each is a
    device named after its line and its channel, `box-02`.
    """

    mode: str = "push"
    pattern: str = PROTOCOLS["digimatic"]
    unit: str = ""
    trigger: bytes = b""
    channels: tuple[str, ...] = ()


class SerialGauge:
    """The driver of the gauge at `path`. `clock` gives ms since boot."""

    kind = "gauge"

    def __init__(
        self, name: str, path: str | Path, baud: int, settings: GaugeSettings, clock: Callable[[], int] = boot_ms
    ) -> None:
        self._name = name
        self._settings = settings
        self._clock = clock
        self._pattern = re.compile(settings.pattern, re.ASCII)
        self._framer = Framer(HALF_LINE_MS)
        self._readings: deque[GaugeRead] = deque()
        self._line = SerialLine(str(path), baud, CODES)
        self._asked: dict[str, int] = {}
        self._complained = self._headless = False

    def open(self) -> None:
        """Open the port exclusively; DeviceUnavailable gauge.absent, gauge.busy or gauge.denied."""
        self._line.open()

    def read(self, timeout_s: float) -> GaugeRead | None:
        """Return the next reading that was requested or sent by hand, or None; DeviceUnavailable gauge.unplugged."""
        if not self._readings:
            raw = self._line.receive(timeout_s)
            for piece in self._framer.feed(raw, self._clock()):
                self._take(piece)
        return self._readings.popleft() if self._readings else None

    def write(self, command: GaugeAsk) -> None:
        """Ask for one reading, newer than any already on the way; DeviceUnavailable gauge.unplugged."""
        self._line.forget()
        self._framer.reset()
        # The rest of a line whose start was discarded may look complete: 50 mm of 12.50 mm.
        self._headless = self._settings.mode == "continuous"
        self._asked[command.device] = command.token
        if self._settings.mode == "request":
            self._line.send(self._settings.trigger)

    def close(self) -> None:
        """Release the port and forget unanswered requests."""
        self._framer.reset()
        self._asked.clear()
        self._line.close()

    def _take(self, piece: bytes | Dropped) -> None:
        if isinstance(piece, Dropped):
            log.warning("gauge line dropped", device=self._name, reason=piece.reason, length=piece.length)
            return
        if self._headless:
            self._headless = False
            return
        try:
            found = parse(piece, self._pattern)
        except BadAnswer as error:
            self._complain(error)
            return
        self._complained = False
        device = f"{self._name}-{found.channel}" if self._settings.channels else self._name
        pushed = self._settings.mode == "push"
        token = 0 if pushed else self._asked.get(device, 0)
        if pushed or (token and found.stable):
            self._asked.pop(device, None)
            unit = found.unit or self._settings.unit
            said = GaugeRead(device, found.value, unit, found.stable, piece, self._clock(), token)
            self._readings.append(said)

    def _complain(self, error: BadAnswer) -> None:
        """Log once until a line is good again: a gauge that sends continuously would fill the log."""
        if not self._complained:
            log.warning("gauge line unreadable", device=self._name, code=error.code, line=error.details["line"])
        self._complained = True
