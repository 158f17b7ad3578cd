"""The simulated PLC as a process of its own, started, stopped and given orders by tests and the demo."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from pathlib import Path
from types import TracebackType

PATIENCE_S = 15.0
ROOT = Path(__file__).parents[3]


class PlcProcess:
    """A PLC process. Its machines keep their memory in `directory`, so `kill` and `start` are a power cut.

    `machines`: the configuration for machines.py; the port stays the same over a restart.
    """

    def __init__(self, machines: dict[str, object], directory: Path, port: int = 0) -> None:
        self.port = port
        self._directory = directory.resolve()
        self._config = self._directory / "machines.json"
        self._config.write_text(json.dumps(machines))
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> PlcProcess:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()

    def start(self) -> None:
        """Power on; returns once it listens."""
        where = ["--port", str(self.port), "--config", str(self._config), "--memory", str(self._directory)]
        command = [sys.executable, "-m", "station.devices.simulated.machines", *where]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            self.port = int(self._line().removeprefix("ready port="))
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """Power off, at once."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def tell(self, machine: str, **order: object) -> None:
        """Give an order (fields of machines.MachineOrder) and wait until it is taken. ValueError if it is refused."""
        pipe = self._running().stdin
        assert pipe is not None
        print(json.dumps({"machine": machine, **order}), file=pipe, flush=True)
        answer = self._line()
        if answer != "done":
            raise ValueError(answer)

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise RuntimeError("the PLC process is off")
        return self._process

    def _line(self) -> str:
        pipe = self._running().stdout
        assert pipe is not None
        if not select.select([pipe], [], [], PATIENCE_S)[0]:
            raise TimeoutError("the PLC process says nothing")
        line = pipe.readline().strip()
        if not line:
            raise RuntimeError("the PLC process ended")
        return line
