"""Virtual time, and chance that comes from the seed alone: what makes one seed one run.

Whatever happens is an event in one queue. What has to wait in the middle of a call (a station's question to the hub) is
a `Fibre`: a thread that runs only while everything else stands still, so there is one order of things.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from random import Random

START_MS = 1_793_606_400_000  # 2 November 2026, 08:00 UTC


class Timeline:
    """Milliseconds since the beginning of the run, and what is going to happen."""

    def __init__(self) -> None:
        self.now_ms = 0
        self._queue: list[tuple[int, int, Callable[[], None]]] = []
        self._order = count()

    def after(self, ms: int, what: Callable[[], None]) -> None:
        """Do this so much later; what is due at once happens in the order in which it was asked for."""
        heappush(self._queue, (self.now_ms + ms, next(self._order), what))

    def run_until(self, end_ms: int) -> None:
        """Let everything happen that is due by then."""
        while self._queue and self._queue[0][0] <= end_ms:
            self.now_ms, _, what = heappop(self._queue)
            with contextlib.suppress(Killed):
                what()
        self.now_ms = end_ms


class NodeClock:
    """What one computer believes: wall time can be set to anything, monotonic time begins anew at each boot."""

    def __init__(self, timeline: Timeline, wrong_ms: int, boot: str) -> None:
        self.boot = boot
        self.wrong_ms = wrong_ms
        self._timeline = timeline
        self._booted_ms = timeline.now_ms

    def wall_ms(self) -> int:
        """Wall time; no operating system lets it be before 1970."""
        return max(START_MS + self._timeline.now_ms + self.wrong_ms, 0)

    def mono_ms(self) -> int:
        return 30_000 + self._timeline.now_ms - self._booted_ms

    def wall_s(self) -> float:
        return self.wall_ms() / 1000

    def mono_s(self) -> float:
        return self.mono_ms() / 1000


class Killed(BaseException):
    """The process ends here, whatever it was doing."""


class Fibre:
    """Code that can `sleep` in the timeline. It never runs at the same time as anything else."""

    _running: Fibre | None = None

    def __init__(self, timeline: Timeline, target: Callable[[], None]) -> None:
        self._timeline = timeline
        self._target = target
        self._mine, self._others = threading.Semaphore(0), threading.Semaphore(0)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name="fibre", daemon=True)
        self._thread.start()

    def resume(self) -> None:
        """Run it until it sleeps or ends. What it fails with is raised here."""
        Fibre._running = self
        self._mine.release()
        self._others.acquire()
        Fibre._running = None
        if self._error is not None:
            raise self._error

    def _main(self) -> None:
        self._mine.acquire()
        try:
            self._target()
        except Killed:
            pass
        except BaseException as e:  # noqa: BLE001 - raised again where it is waited for
            self._error = e
        self._others.release()

    @classmethod
    def sleep(cls, ms: int) -> None:
        """Let others go on for so long; only inside a fibre."""
        me = cls._running
        assert me is not None, "only a fibre can wait in the middle of a call"
        me._timeline.after(ms, me.resume)
        me._others.release()
        me._mine.acquire()


def dice(seed: int, *about: str) -> Random:
    """The chance of one part of a run, which draws the same whatever the other parts draw."""
    return Random("/".join((str(seed), *about)))
