"""A station's threads: all started here; the end of one ends all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue

import structlog

from common.errors import StoreUnavailable

STOP_S = 3.0  # a thread that waits longer for the network ends with the process; it writes nothing
log = structlog.get_logger(__name__)


class Threads:
    """The threads of one station: the first failure ends all of them, and the service manager restarts the station."""

    def __init__(self) -> None:
        self.failure: BaseException | None = None
        self._end: SimpleQueue[None] = SimpleQueue()  # unlike an Event, a signal may set it while main waits for it

    def spawn(self, name: str, target: Callable[[], None]) -> threading.Thread:
        """Start a thread."""

        def guarded() -> None:
            try:
                target()
            except StoreUnavailable as e:
                self._fail(name, e)
            except BaseException as e:
                self._fail(name, e)
                raise

        thread = threading.Thread(target=guarded, name=name, daemon=True)
        thread.start()
        return thread

    def end(self) -> None:
        """End all threads; may be called in a signal handler."""
        self._end.put(None)

    def ended(self, patience_s: float) -> bool:
        """Wait `patience_s` seconds for the end; return True if it has come."""
        try:
            self._end.get(timeout=patience_s) if patience_s else self._end.get_nowait()
        except Empty:
            return False
        return True

    def _fail(self, name: str, error: BaseException) -> None:
        log.error("thread_failed", thread=name, error=str(error))
        self.failure = self.failure or error
        self.end()


def join(threads: Iterable[threading.Thread]) -> None:
    """Wait for threads that were told to stop, in total no longer than STOP_S."""
    until_s = time.monotonic() + STOP_S
    for thread in threads:
        thread.join(max(until_s - time.monotonic(), 0))
