"""The demo's people: each scans at one workplace and reads the terminal before going on, as a worker does."""

from __future__ import annotations

import re
import threading

from common.text import say
from hub.demo.plant import Plant
from hub.demo.processes import DemoError, wait_for

# A result on a terminal: time, shape, sentence. Prompts and the status line have no shape.
RESULT = re.compile(r"^\d\d:\d\d:\d\d ([✓✗‖?·]) (.*)$")


class DemoWorker:
    """Somebody at a workplace. `failed`: somebody's work failed, so nobody need wait any longer."""

    def __init__(self, plant: Plant, place: str, failed: threading.Event) -> None:
        self.place = place
        self.done = 0
        self._plant = plant
        self._seen = 0
        self._failed = failed
        self._waiting = f"→ {say(plant.language, 'prompt.waiting', {})}"

    def scan(self, code: str, shapes: str) -> list[str]:
        """Scan, and read the results that come; DemoError unless their shapes are `shapes`."""
        self._plant.bench.scan(self.place, code)
        return self.expect(shapes, code)

    def scan_twice(self, code: str, shapes: str) -> list[str]:
        """Scan the same code again at once; the results of both."""
        self._plant.bench.scan(self.place, code)
        return self.scan(code, shapes)

    def expect(self, shapes: str, what: str) -> list[str]:
        """Read so many results; their sentences."""

        def come() -> tuple[list[tuple[str, str]]] | None:
            if self._failed.is_set():
                raise DemoError("somebody else's work failed")
            found = self._results()[self._seen :]
            return (found,) if len(found) >= len(shapes) else None

        found = wait_for(f"{self.place}: {shapes} after {what}", come)[0][: len(shapes)]
        self._seen += len(shapes)
        got = "".join(shape for shape, _ in found)
        if got != shapes:
            raise DemoError(f"{self.place} after {what}: expected {shapes}, got {got}: {found}")
        return [text for _, text in found]

    def ready(self) -> None:
        """Until the new station has fetched its definitions and its people, and asks somebody to sign in."""
        wait_for(f"{self.place} to have its definitions", lambda: self.prompt() not in ("", self._waiting))

    def prompts(self) -> list[str]:
        """Every prompt that the terminal has shown."""
        return [line for line in self._lines() if line.startswith("→")]

    def prompt(self) -> str:
        """The last request of the terminal."""
        return next(reversed(self.prompts()), "")

    def asked_for(self, step: str) -> str:
        """The prompt of this step ("3/4"), once the terminal shows it: it comes a moment after the result."""
        wait_for(f"{self.place} to ask for {step}", lambda: step in self.prompt())
        return self.prompt()

    def next_prompt(self, before: int) -> str:
        """The first prompt after so many; after a start the terminal shows one once it is ready."""
        return str(wait_for(f"{self.place} to ask for something", lambda: self.prompts()[before:])[0])

    def _results(self) -> list[tuple[str, str]]:
        return [(m[1], m[2]) for line in self._lines() if (m := RESULT.match(line))]

    def _lines(self) -> list[str]:
        text = self._plant.stations[self.place].output.read_text(encoding="utf-8", errors="replace")
        return text.split("\n")[:-1]  # behind the last line end is at most a part of a line
