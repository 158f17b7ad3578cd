"""Connections to printers: a socket that takes ZPL, a CUPS queue, a folder of PDF files.

A printer prints a ZPL label only after its last bytes, so a label that broke off before them is not printed at all.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from common.errors import DeviceUnavailable
from common.labels import pdf, zpl
from station.devices.printer import Doubtful, LabelImage, NotTaken
from station.devices.printer_status import ASK, parse

CONNECT_S, ANSWER_S, LP_S = 2.0, 3.0, 20.0
BUSY_LOOK_S, BUSY_LOOKS = 0.25, 20


class TcpConnection:
    """ZPL to `host`:`port`. `asks`: the printer answers ~HS, which tells when it is out and whether it took a label.

    `wait` waits so many seconds between two questions to a busy printer. The connection is open for one label or one
    question only: others may print here too.
    """

    def __init__(self, host: str, port: int, asks: bool, wait: Callable[[float], None] = time.sleep) -> None:
        self._address, self._asks, self._wait = (host, port), asks, wait

    def ready(self) -> None:
        """Check its status. DeviceUnavailable printer.unreachable, printer.silent, or the state that it reports."""
        with self._connected() as line:
            self._status(line)

    def put(self, sheet: LabelImage) -> None:
        """Ask, send, ask again: an answer after the label shows that it was read to its end."""
        try:
            with self._connected() as line:
                self._status(line)
                self._send(line, zpl(sheet.image, sheet.copies))
                self._taken(line)
        except DeviceUnavailable as e:
            raise NotTaken(e) from e

    def _connected(self) -> socket.socket:
        try:
            return socket.create_connection(self._address, CONNECT_S)
        except OSError as e:
            raise self._away(e) from e

    def _away(self, e: OSError) -> DeviceUnavailable:
        return DeviceUnavailable("printer.unreachable", host=self._address[0], reason=e.strerror or str(e))

    def _send(self, line: socket.socket, raw: bytes) -> None:
        """Send all bytes. DeviceUnavailable printer.unreachable: the end of the label was not sent."""
        line.settimeout(ANSWER_S)
        at = 0
        try:
            while at < len(raw):
                at += line.send(raw[at : at + 4_096])
        except OSError as e:
            raise self._away(e) from e

    def _taken(self, line: socket.socket) -> None:
        """Confirm the print. Doubtful: everything was sent, but the printer is silent, out, or still busy."""
        try:
            if self._asks:
                self._printed(line)
            else:
                line.shutdown(socket.SHUT_WR)
        except DeviceUnavailable as e:
            raise Doubtful(e) from e
        except OSError as e:
            raise Doubtful(self._away(e)) from e

    def _printed(self, line: socket.socket) -> None:
        """Ask until it has no label left to print. DeviceUnavailable printer.*: a fault before that."""
        for _ in range(BUSY_LOOKS):
            if parse(self._answer(line)) != "printer.busy":
                break
            self._wait(BUSY_LOOK_S)
        self._status(line)

    def _status(self, line: socket.socket) -> None:
        if self._asks and (code := parse(self._answer(line))):
            raise DeviceUnavailable(code, host=self._address[0])

    def _answer(self, line: socket.socket) -> bytes:
        """Ask ~HS and read the answer of three lines. DeviceUnavailable printer.unreachable, printer.silent."""
        line.settimeout(ANSWER_S)
        answer = b""
        try:
            line.sendall(ASK)
            while answer.count(b"\x03") < 3:
                more = line.recv(1_024)
                if not more:
                    raise DeviceUnavailable("printer.silent", host=self._address[0])
                answer += more
        except TimeoutError as e:
            raise DeviceUnavailable("printer.silent", host=self._address[0]) from e
        except OSError as e:
            raise self._away(e) from e
        return answer


class CupsQueue:
    """A CUPS queue, used through the program `lp`: the label as a PDF of its size, not scaled."""

    def __init__(self, queue: str) -> None:
        self._queue = queue

    def ready(self) -> None:
        """Check the queue. DeviceUnavailable printer.no_lp: the programs are not installed; printer.refused: CUPS has
        no such queue or does not answer; printer.stopped: the queue accepts jobs but prints none."""
        if shutil.which("lp") is None:
            raise DeviceUnavailable("printer.no_lp")
        try:
            said = subprocess.run(
                ["lpstat", "-p", self._queue],
                env=os.environ | {"LC_ALL": "C"},
                capture_output=True,
                timeout=LP_S,
                check=False,
            )
        except subprocess.TimeoutExpired as e:
            raise self._refused("timeout") from e
        except OSError as e:
            raise DeviceUnavailable("printer.no_lp") from e
        if said.returncode:
            raise self._refused(_words(said.stderr))
        first, _, reason = _words(said.stdout).partition("\n")
        if f"printer {self._queue} disabled" in first:
            raise DeviceUnavailable("printer.stopped", queue=self._queue, reason=reason.strip() or "-")

    def put(self, sheet: LabelImage) -> None:
        """Hand a label to `lp`; once it accepts, CUPS keeps it. A stopped queue gets none. NotTaken, Doubtful."""
        try:
            self.ready()
        except DeviceUnavailable as e:
            raise NotTaken(e) from e
        command = ["lp", "-d", self._queue, "-n", str(sheet.copies), "-t", sheet.name, "-o", "print-scaling=none", "-"]
        try:
            done = subprocess.run(
                command, input=pdf(sheet.image, sheet.dpi, sheet.name), capture_output=True, timeout=LP_S, check=False
            )
        except subprocess.TimeoutExpired as e:
            raise Doubtful(self._refused("timeout")) from e
        except OSError as e:
            raise NotTaken(DeviceUnavailable("printer.no_lp")) from e
        if done.returncode:
            raise NotTaken(self._refused(_words(done.stderr)))

    def _refused(self, reason: str) -> DeviceUnavailable:
        return DeviceUnavailable("printer.refused", queue=self._queue, reason=reason)


class PdfFolder:
    """A folder with one PDF per label. Writing the same label again writes the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def ready(self) -> None:
        """Check the folder. DeviceUnavailable printer.folder: it does not exist or is not writable."""
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise DeviceUnavailable("printer.folder", folder=str(self._folder), reason="-")

    def put(self, sheet: LabelImage) -> None:
        """Write the file completely or not at all. NotTaken."""
        path = self._folder / f"{sheet.name}.pdf"
        beside = path.with_suffix(".part")
        try:
            with beside.open("wb") as file:
                file.write(pdf(sheet.image, sheet.dpi, sheet.name, sheet.copies))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError as e:
            reason = e.strerror or str(e)
            raise NotTaken(DeviceUnavailable("printer.folder", folder=str(self._folder), reason=reason)) from e


def _words(raw: bytes) -> str:
    """Decode the output of a CUPS program."""
    return raw.decode("utf-8", "replace").strip()[:200] or "-"
