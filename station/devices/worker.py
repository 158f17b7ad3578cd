"""The only retry loop: opens one device, reads it, reopens it after an error, and reports each change once.

Must not know any device, start threads (station/devices/ports.py does), decide anything, or swallow a bug in a driver.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import structlog

from common.errors import DeviceUnavailable
from station.messages import DeviceReport, GaugeAsk, LabelPrint, Message, PhotoAsk, ToDevice

FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 5.0
READ_TIMEOUT_S = 0.1

log = structlog.get_logger(__name__)


class Driver(Protocol):
    """One device. A driver never retries and never starts a thread; only its worker's thread calls it.

    `kind` is what it is in events: scanner, plc, gauge, camera, printer, signal.
    """

    kind: str

    def open(self) -> None:
        """Open the device; DeviceUnavailable or OSError if it is not connected."""

    def read(self, timeout_s: float) -> Message | None:
        """Return the next message, or None after `timeout_s`; DeviceUnavailable or OSError if the device is lost."""

    def close(self) -> None:
        """Close the device; may be called at any time, any number of times, and never raises."""


@runtime_checkable
class CommandedDriver(Driver, Protocol):
    """A device that also takes commands."""

    def write(self, command: Any) -> None:
        """Send one whole command of the device's kind; sending the same one again must do no harm."""


class Worker:
    """Runs one driver on the caller's thread: `run()` there, `send()` and `stop()` from any other.

    `inbox_put` takes the messages; `wait(seconds)` waits between two tries and may return early when stopping.
    """

    def __init__(
        self,
        driver: Driver,
        name: str,
        inbox_put: Callable[[Message], None],
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self.name = name
        self.kind = driver.kind
        self._driver = driver
        self._put = inbox_put
        self._stopping = threading.Event()
        self._wait = wait or self._stopping.wait
        self._wait_s = FIRST_WAIT_S
        self._up: bool | None = None
        self._said = ""
        self._lock = threading.Lock()
        self._command: ToDevice | None = None
        self._due = False

    def run(self) -> None:
        """Serve the device until `stop()`. A bug in the driver ends it with that exception."""
        try:
            while not self._stopping.is_set():
                self._attempt()
        finally:
            self._driver.close()

    def stop(self) -> None:
        """Make `run()` return after the call it is in."""
        self._stopping.set()

    def send(self, command: ToDevice) -> None:
        """Write this command, now or once the device is back. The latest wins.

        It is repeated after each reconnect, except requests to a gauge or a camera, which are asked again if still
        needed, and a printer's command once it was written: a label is printed once.
        """
        if not isinstance(self._driver, CommandedDriver):
            raise TypeError(f"{self.name} takes no commands")
        with self._lock:
            self._command, self._due = command, True

    def _attempt(self) -> None:
        try:
            self._driver.open()
            self._came()
            while not self._stopping.is_set():
                self._step()
        except DeviceUnavailable as error:
            self._went(error)
        except OSError as error:
            self._went(DeviceUnavailable("device.io", reason=str(error)))

    def _step(self) -> None:
        self._write_due()
        message = self._driver.read(READ_TIMEOUT_S)
        # Only a successful read proves the device; resetting at open would hammer one that opens and then fails.
        self._wait_s = FIRST_WAIT_S
        if message is not None:
            self._put(message)

    def _write_due(self) -> None:
        with self._lock:
            command, due, self._due = self._command, self._due, False
        if due and command is not None and isinstance(self._driver, CommandedDriver):
            self._driver.write(command)

    def _came(self) -> None:
        with self._lock:
            once = isinstance(self._command, GaugeAsk | PhotoAsk | LabelPrint)
            unwritten = self._due and isinstance(self._command, LabelPrint)
            self._due = unwritten or (self._command is not None and not once)
        self._said = ""
        log.info("device up", device=self.name)
        self._change(True, "")

    def _went(self, error: DeviceUnavailable) -> None:
        self._driver.close()
        if error.code != self._said:
            self._said = error.code
            log.warning("device down", device=self.name, code=error.code, **error.details)
        self._change(False, error.code)
        self._wait(self._wait_s)
        self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)

    def _change(self, up: bool, code: str) -> None:
        if up != self._up:
            self._up = up
            self._put(DeviceReport(self.name, up, code, self.kind))
