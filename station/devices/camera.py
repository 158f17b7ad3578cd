"""Cameras: a folder in which one puts its pictures, or a command that writes one to its output.

Hands over the bytes of one picture, or the code of the reason why there is none. Must not retry, store, look at a
picture, or know a form.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import structlog

from common.errors import DeviceUnavailable
from station.devices.clock import boot_ms
from station.messages import PhotoAsk, PhotoTaken

MAX_PICTURE = 8 * 1024 * 1024
SLOWEST_MS = 20_000
LOOK_S = 0.05
SUFFIXES = (".jpg", ".jpeg", ".png")
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")

log = structlog.get_logger(__name__)


def fault_of(raw: bytes) -> str:
    """Return the reason why these bytes are not a picture: camera.size, camera.format; "" if they are one."""
    if len(raw) > MAX_PICTURE:
        return "camera.size"
    return "" if raw.startswith(MAGIC) else "camera.format"


def _taken(name: str, raw: bytes, at_ms: int, token: int) -> PhotoTaken:
    fault = fault_of(raw)
    return PhotoTaken(name, b"" if fault else raw, at_ms, token, fault)


class FolderCamera:
    """Takes each new picture in a folder once its size is the same at two looks. Deletes none."""

    kind = "camera"

    def __init__(
        self,
        name: str,
        folder: Path,
        clock: Callable[[], int] = boot_ms,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._name = name
        self._folder = folder
        self._clock = clock
        self._sleep = sleep
        self._known: set[tuple[str, int, int]] = set()
        self._before: set[tuple[str, int, int]] = set()
        self._token = 0

    def open(self) -> None:
        """Ignore pictures that exist already. DeviceUnavailable camera.absent."""
        self._known = self._before = self._there()

    def read(self, timeout_s: float) -> PhotoTaken | None:
        """Return the next picture, or None; DeviceUnavailable camera.absent."""
        self._sleep(min(timeout_s, LOOK_S))
        now = self._there()
        whole = sorted((now & self._before) - self._known, key=lambda one: one[2])
        self._before = now
        if not whole:
            return None
        self._known = (self._known & now) | {whole[0]}
        with (self._folder / whole[0][0]).open("rb") as file:
            raw = file.read(MAX_PICTURE + 1)
        token, self._token = self._token, 0
        return _taken(self._name, raw, self._clock(), token)

    def write(self, command: PhotoAsk) -> None:
        """Make the next picture the answer to this request."""
        self._token = command.token

    def close(self) -> None:
        """Forget an unanswered request."""
        self._token = 0

    def _there(self) -> set[tuple[str, int, int]]:
        """List (name, size, changed at) of the pictures in the folder."""
        try:
            entries = [entry for entry in os.scandir(self._folder) if entry.name.lower().endswith(SUFFIXES)]
            return {(e.name, (s := e.stat()).st_size, s.st_mtime_ns) for e in entries if e.is_file()}
        except OSError as error:
            raise DeviceUnavailable("camera.absent", path=str(self._folder)) from error


class CommandCamera:
    """Runs a command for each picture, which it writes to its standard output. A hanging command is killed."""

    kind = "camera"

    def __init__(self, name: str, command: Sequence[str], clock: Callable[[], int] = boot_ms) -> None:
        self._name = name
        self._command = tuple(command)
        self._clock = clock
        self._running: tuple[subprocess.Popen[bytes], IO[bytes], int, int] | None = None

    def open(self) -> None:
        """Check that the command exists. DeviceUnavailable camera.absent."""
        if shutil.which(self._command[0]) is None:
            raise DeviceUnavailable("camera.absent", path=self._command[0])

    def read(self, timeout_s: float) -> PhotoTaken | None:
        """Return the picture, or the reason why there is none, once the command has ended."""
        if self._running is None:
            time.sleep(timeout_s)
            return None
        process, output, token, begun_ms = self._running
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            too_large = os.fstat(output.fileno()).st_size > MAX_PICTURE
            if not too_large and self._clock() - begun_ms < SLOWEST_MS:
                return None
            self.close()
            return PhotoTaken(self._name, b"", self._clock(), token, "camera.size" if too_large else "camera.slow")
        output.seek(0)
        raw, status = output.read(MAX_PICTURE + 1), process.returncode
        self.close()
        if status:
            log.warning("camera command failed", device=self._name, status=status)
            return PhotoTaken(self._name, b"", self._clock(), token, "camera.failed")
        return _taken(self._name, raw, self._clock(), token)

    def write(self, command: PhotoAsk) -> None:
        """Take a picture, cancelling one in progress. DeviceUnavailable camera.absent."""
        self.close()
        output = TemporaryFile()  # noqa: SIM115 - it is closed with the process
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            output.close()
            raise DeviceUnavailable("camera.absent", path=self._command[0]) from error
        self._running = process, output, command.token, self._clock()

    def close(self) -> None:
        """Stop the command if it runs."""
        if self._running is None:
            return
        process, output, _, _ = self._running
        self._running = None
        if process.poll() is None:
            os.killpg(process.pid, 9)
            process.wait()
        output.close()
