"""What a figure is: a value beside what it is measured against in the same run, and whether the goal is met."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

TICKS = os.sysconf("SC_CLK_TCK")


class Figure(Struct, frozen=True):
    """`ratio` is value / reference. `goal`: what it should be, at most or at least; None: only reported.

    `beside`: what else was seen, each with its unit in its name.
    """

    name: str
    value: float
    reference: float
    unit: str
    ratio: float
    goal: str | None
    met: bool | None
    beside: dict[str, float | str] = {}

    def cells(self) -> tuple[str, ...]:
        """As a row of the table."""
        met = {True: "yes", False: "no", None: ""}[self.met]
        numbers = (f"{self.value:.4g} {self.unit}", f"{self.reference:.4g} {self.unit}", f"{self.ratio:.2f}")
        return (self.name, *numbers, self.goal or "", met)

    def line(self) -> str:
        """As a line, with what was seen beside it."""
        beside = (f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in self.beside.items())
        return "  ".join([" ".join(self.cells()), *beside])


def at_most(name: str, pair: tuple[float, float], unit: str, goal: float, **beside: float | str) -> Figure:
    """A figure whose ratio should be at most `goal`. `pair`: value, reference."""
    ratio = pair[0] / pair[1]
    return Figure(name, *pair, unit, ratio, f"≤ {goal:g} ×", ratio <= goal, beside)


def at_least(name: str, pair: tuple[float, float], unit: str, goal: float, **beside: float | str) -> Figure:
    """A figure whose ratio should be at least `goal`."""
    ratio = pair[0] / pair[1]
    return Figure(name, *pair, unit, ratio, f"≥ {goal:.0%}", ratio >= goal, beside)


def reported(name: str, pair: tuple[float, float], unit: str, **beside: float | str) -> Figure:
    """A figure without a goal."""
    return Figure(name, *pair, unit, pair[0] / pair[1], None, None, beside)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent do not exceed."""
    return sorted(values)[min(int(len(values) * percent / 100), len(values) - 1)]


def cpu_s(others: Iterable[int] = ()) -> float:
    """CPU seconds that this process and these others have used so far."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime + sum(_cpu_s(pid) for pid in others)


def _cpu_s(pid: int) -> float:
    """Of a process and of its children that have ended, proc(5)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


def refuse_memory(folder: Path) -> None:
    """A file system in memory has no disk to wait for, so its figures would be about nothing."""
    said = subprocess.run(["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True, check=True)
    if said.stdout.strip() in ("tmpfs", "ramfs"):
        raise SystemExit(f"{folder} is in memory: say --folder with one on a disk")
