"""Starts, kills and stops the demo's processes, and keeps what each of them prints."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE_S = 300.0  # how long a wait may take on the slowest machine: only what hangs takes longer


class DemoError(Exception):
    """The demo did not go as its script says; the text tells where."""


def wait_for(what: str, condition: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
    """Return the value of `condition` as soon as it is true; DemoError if that takes too long."""
    end = time.monotonic() + patience_s
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise DemoError(f"waited {patience_s:.0f} s in vain: {what}")
        time.sleep(0.05)


def free_port() -> int:
    """A port of this computer that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def headwater(*arguments: str, timeout_s: float = PATIENCE_S) -> str:
    """Run one `headwater` command to its end; its output. DemoError with its error if it fails."""
    command = [sys.executable, "-m", "common.command", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
    if done.returncode:
        raise DemoError(f"headwater {' '.join(arguments[:2])}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


class Service:
    """A long-running `headwater` process that ends with this one; its output goes to a file, over restarts too."""

    def __init__(self, name: str, arguments: list[str], folder: Path) -> None:
        self.name = name
        self.output = folder / f"{name}.txt"
        self._log = folder / f"{name}.log"
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, or start it again."""
        with self.output.open("ab") as out, self._log.open("ab") as err:
            command = [sys.executable, "-m", "hub.demo.child", *self._arguments]
            environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
            if not environment.keys() & {"DISPLAY", "WAYLAND_DISPLAY"}:
                environment.setdefault("QT_QPA_PLATFORM", "offscreen")
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=out, stderr=err, env=environment, start_new_session=True
            )

    def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, and SIGKILL if that is not heard."""
        self._end(signal.SIGTERM)

    def check(self) -> None:
        """DemoError with the end of its log if it ended by itself."""
        if self._process is not None and self._process.poll() is not None:
            tail = self._log.read_text(errors="replace").splitlines()[-8:]
            raise DemoError(f"{self.name} ended by itself ({self._process.returncode})\n  " + "\n  ".join(tail))

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)  # nothing if it has ended
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin:
            process.stdin.close()


class DeviceProcesses:
    """The simulated devices: scanners, PLC and cables, in their own processes."""

    def __init__(self, setup: dict[str, object], folder: Path) -> None:
        path = folder / "bench.json"
        path.write_text(json.dumps(setup))
        command = [sys.executable, "-m", "station.devices.simulated.bench", "--config", str(path)]
        self._lock = threading.Lock()
        self._log = (folder / "bench.log").open("wb")
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True, start_new_session=True
        )
        self.cables: dict[str, int] = json.loads(self._line())

    def scan(self, scanner: str, code: str) -> None:
        """Read a code with a scanner."""
        self._order({"do": "scan", "name": scanner, "code": code})

    def cut(self, cable: str) -> None:
        """Cut a cable."""
        self._order({"do": "cut", "name": cable})

    def mend(self, cable: str) -> None:
        """Mend a cable."""
        self._order({"do": "mend", "name": cable})

    def tell(self, machine: str, **order: object) -> None:
        """Tell a machine what to do next."""
        self._order({"do": "tell", "name": machine, "order": order})

    def stop(self) -> None:
        """Switch everything off."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()

    def _order(self, order: dict[str, object]) -> None:
        with self._lock:
            if self._process.stdin is None:
                raise DemoError("the bench is off")
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            answer = self._line()
        if answer != "done":
            raise DemoError(f"the bench {answer}: {order}")

    def _line(self) -> str:
        out = self._process.stdout
        if out is None or not select.select([out], [], [], PATIENCE_S)[0]:
            raise DemoError("the simulated devices say nothing")
        line = out.readline().strip()
        if not line:
            raise DemoError("the simulated devices ended")
        return line
