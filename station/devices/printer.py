"""Label printers as a device: draws a label at the printer's dpi and hands it over, once.

`open` asks whether it is ready, `read` asks again from time to time, `write` prints. Must not retry, decide, or print a
job twice: the result of each job is a message (`LabelDone`), and the sender of the job decides.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec
from msgspec import Struct
from PIL import Image

from common.definitions import LabelDefinition
from common.errors import BadLabel, DeviceUnavailable
from common.labels import render
from station.devices.clock import boot_ms
from station.messages import LabelDone, LabelPrint

LOOK_EVERY_MS = 2_000
_LABEL = msgspec.json.Decoder(LabelDefinition)


class NotTaken(Exception):
    """The printer did not get the whole label, so it prints none of it; `error` gives the reason."""

    def __init__(self, error: DeviceUnavailable) -> None:
        super().__init__(str(error))
        self.error = error


class Doubtful(NotTaken):
    """The printer may have printed the label or not; only a person who looks can tell."""


class LabelImage(Struct, frozen=True):
    """One label to print: its dots, its dpi, a name unique to this print, and the number of copies."""

    image: Image.Image
    dpi: int
    name: str
    copies: int = 1


class PrinterConnection(Protocol):
    """The connection to one kind of printer."""

    def ready(self) -> None:
        """Check that it would print now. DeviceUnavailable printer.*."""

    def put(self, sheet: LabelImage) -> None:
        """Hand a label over. NotTaken, Doubtful."""


class LabelPrinter:
    """The driver of one printer. `clock` gives monotonic ms; `wait` waits so many seconds."""

    kind = "printer"

    def __init__(
        self,
        name: str,
        connection: PrinterConnection,
        dpi: int,
        clock: Callable[[], int] = boot_ms,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name, self._connection, self._dpi = name, connection, dpi
        self._clock, self._wait = clock, wait
        self._looked_ms = 0
        self._done: deque[LabelDone] = deque()
        self._trouble: DeviceUnavailable | None = None

    def open(self) -> None:
        """Check that it would print now. DeviceUnavailable printer.*."""
        self._connection.ready()
        self._looked_ms = self._clock()

    def read(self, timeout_s: float) -> LabelDone | None:
        """Return a job's result, or None after `timeout_s`; DeviceUnavailable printer.* if it would not print now."""
        if self._done:
            return self._done.popleft()
        trouble, self._trouble = self._trouble, None
        if trouble:
            raise trouble
        self._wait(timeout_s)
        if self._clock() - self._looked_ms >= LOOK_EVERY_MS:
            self.open()
        return None

    def write(self, command: LabelPrint) -> None:
        """Print one label; the next `read` returns the result."""
        self._done.append(LabelDone(self._name, command.job, *self._print(command)))

    def close(self) -> None:
        """Do nothing: the connection is not kept between labels, since others may print here too."""

    def _print(self, command: LabelPrint) -> tuple[str, str, Mapping[str, object]]:
        """Print and return (outcome, error code, its details)."""
        try:
            label = _LABEL.decode(command.label)
            image = render(label, command.values, self._dpi)
            self._connection.put(LabelImage(image, self._dpi, command.name, label.copies or 1))
        except BadLabel as e:
            return "refused", e.code, e.details
        except NotTaken as e:
            self._trouble = e.error
            return "doubtful" if isinstance(e, Doubtful) else "not_taken", e.error.code, e.error.details
        return "printed", "", {}
