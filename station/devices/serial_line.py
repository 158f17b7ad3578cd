"""Serial ports, opened exclusively; every error has a code. Must not retry, frame, or parse."""

from __future__ import annotations

import errno
import sys
from collections.abc import Mapping

import serial

from common.errors import DeviceUnavailable

BUSY = (errno.EAGAIN, errno.EBUSY)
DENIED = (errno.EACCES, errno.EPERM)

# If a port disappears while it is set up, pyserial raises termios.error, which is not an OSError.
PORT_ERRORS: tuple[type[Exception], ...] = (OSError,)
if sys.platform != "win32":
    import termios

    PORT_ERRORS += (termios.error,)


class SerialLine:
    """The port at `path`. `codes`: the error codes for absent, busy, denied and unplugged."""

    def __init__(self, path: str, baud: int, codes: Mapping[str, str]) -> None:
        self._path = path
        self._baud = baud
        self._codes = codes
        self._port: serial.Serial | None = None

    def open(self) -> None:
        """Open the port; DeviceUnavailable absent, busy or denied."""
        try:
            self._port = serial.Serial(self._path, self._baud, timeout=0, write_timeout=1, exclusive=True)
        except PORT_ERRORS as error:
            raise DeviceUnavailable(self._codes[why_not(error)], path=self._path, reason=str(error)) from error

    def receive(self, timeout_s: float) -> bytes:
        """Return the bytes received, or b"" after `timeout_s`; DeviceUnavailable unplugged if the port is gone."""
        port = self._owned()
        try:
            if port.timeout != timeout_s:  # setting it configures the port anew
                port.timeout = timeout_s
            # One read only: if a second one failed, the bytes of the first would be lost.
            return port.read(max(1, port.in_waiting))
        except PORT_ERRORS as error:
            raise self._gone(str(error)) from error

    def send(self, raw: bytes) -> None:
        """Write all bytes; DeviceUnavailable unplugged."""
        port = self._owned()
        try:
            port.write(raw)
        except PORT_ERRORS as error:
            raise self._gone(str(error)) from error

    def forget(self) -> None:
        """Discard received bytes that were not read; DeviceUnavailable unplugged."""
        port = self._owned()
        try:
            port.reset_input_buffer()
        except PORT_ERRORS as error:
            raise self._gone(str(error)) from error

    def close(self) -> None:
        """Close the port."""
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def _owned(self) -> serial.Serial:
        if self._port is None:
            raise self._gone("")
        return self._port

    def _gone(self, reason: str) -> DeviceUnavailable:
        return DeviceUnavailable(self._codes["unplugged"], path=self._path, reason=reason)


def why_not(error: Exception) -> str:
    """Classify an error of opening a port: busy, denied, else absent."""
    number = getattr(error, "errno", None)
    if number in BUSY:
        return "busy"
    return "denied" if number in DENIED else "absent"
