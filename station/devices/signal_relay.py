"""A signal light and horn on a serial relay board: each channel is switched by the bytes of the configuration.

The board answers nothing that counts. Must not retry, or decide what is lit: station/cell/signal_light.py does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from common.errors import DeviceUnavailable
from station.devices.clock import boot_ms
from station.devices.serial_line import SerialLine
from station.messages import SignalSet

CODES = {
    "absent": "signal.absent",
    "busy": "signal.busy",
    "denied": "signal.denied",
    "unplugged": "signal.unplugged",
}
HORN = "horn"


class SignalRelay:
    """`switches`: channel → the bytes for (on, off); the channels are green, yellow, red and horn, as far as wired."""

    kind = "signal"

    def __init__(
        self,
        path: str,
        baud: int,
        switches: Mapping[str, tuple[bytes, bytes]],
        horn_ms: int,
        clock: Callable[[], int] = boot_ms,
    ) -> None:
        self._line = SerialLine(path, baud, CODES)
        self._switches = switches
        self._horn_ms = horn_ms
        self._clock = clock
        self._on: dict[str, bool] = {}
        self._horns = 0
        self._horn_until_ms: int | None = None

    def open(self) -> None:
        """Take the port and switch everything off: the board may have kept its state. DeviceUnavailable signal.*."""
        self._line.open()
        self._on = {}
        self._switch({channel: False for channel in self._switches})

    def read(self, timeout_s: float) -> None:
        """Throw away answers, and end the horn when its time is over; DeviceUnavailable signal.unplugged."""
        self._line.receive(timeout_s)
        if self._horn_until_ms is not None and self._clock() >= self._horn_until_ms:
            self._horn_until_ms = None
            self._switch({HORN: False})

    def write(self, command: SignalSet) -> None:
        """Switch what differs. The horn sounds once for each number in `horns`, also when the command is repeated."""
        self._switch({"green": command.green, "yellow": command.yellow, "red": command.red})
        if command.horns > self._horns:
            self._horns = command.horns
            self._horn_until_ms = self._clock() + self._horn_ms
            self._switch({HORN: True})

    def close(self) -> None:
        """Switch everything off if the board is still there, and let go of the port."""
        self._horn_until_ms = None
        with suppress(DeviceUnavailable):
            self._switch({channel: False for channel, on in self._on.items() if on})
        self._line.close()

    def _switch(self, wanted: Mapping[str, bool]) -> None:
        for channel, on in wanted.items():
            if channel in self._switches and self._on.get(channel) != on:
                self._line.send(self._switches[channel][0 if on else 1])
                self._on[channel] = on
