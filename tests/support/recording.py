"""What a station's screen said, read from the pipe that it writes to: each line once, as it comes."""

from __future__ import annotations

import os
import select
import time
from pathlib import Path

from hub.demo.people import RESULT
from station.terminal import ARROW, parse_confirmations


class Recording:
    """The reading end of a station's standard output, over all its lives. A line that a kill cut off was not shown."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self.prompts: list[str] = []
        self.results: list[tuple[str, str]] = []
        self.confirmed: list[str] = []
        # For writing too: so it has no end when the station dies, and is there before the next one opens it.
        self._pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self._rest = b""

    @property
    def prompt(self) -> str:
        """What the screen asked for last."""
        return self.prompts[-1] if self.prompts else ""

    def read(self, patience_s: float) -> bool:
        """Take what comes within so long; False if nothing did."""
        if not select.select([self._pipe], [], [], patience_s)[0]:
            return False
        *lines, self._rest = (self._rest + os.read(self._pipe, 65_536)).split(b"\n")
        for line in lines:
            self._take(line.decode())
        return True

    def drain(self) -> None:
        """Take what is there, after the station died; half a line is none."""
        while self.read(0):
            pass
        self._rest = b""

    def settle(self, calm_s: float) -> None:
        """Until nothing came for so long."""
        until_s = time.monotonic() + calm_s
        while self.read(max(until_s - time.monotonic(), 0)):
            until_s = time.monotonic() + calm_s

    def close(self) -> None:
        """Let go."""
        os.close(self._pipe)

    def _take(self, line: str) -> None:
        if line.startswith(ARROW):
            self.prompts.append(line)
        elif found := RESULT.match(line):
            self.results.append((found[1], found[2]))
        self.confirmed += parse_confirmations(line)
