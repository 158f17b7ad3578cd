"""An inbox to wait on, and workers on threads of their own that end with the test."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from hub.demo.processes import PATIENCE_S
from station.devices.worker import Driver, Worker
from station.messages import DeviceReport, Message


class Inbox:
    """What the work cell would get, in order."""

    def __init__(self, expect_warning: Callable[[str], None]) -> None:
        self._expect_warning = expect_warning
        self._queue: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self.put = self._queue.put
        self.seen: list[Message] = []

    def wait_for(self, wanted: Callable[[Message], bool], timeout_s: float = PATIENCE_S) -> Message:
        """The next message that is wanted; what comes before it is only kept in `seen`."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                message = self._queue.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"not among {self.seen}") from None
            self.seen.append(message)
            if wanted(message):
                return message

    def up(self) -> None:
        """The next change is that the device came."""
        message = self.wait_for(lambda m: isinstance(m, DeviceReport))
        assert isinstance(message, DeviceReport)
        assert message.up

    def down(self, code: str) -> None:
        """The next change is that the device went, for this reason, and the log says so."""
        self._expect_warning(r"device down .*code=")
        message = self.wait_for(lambda m: isinstance(m, DeviceReport))
        assert isinstance(message, DeviceReport)
        assert (message.up, message.code) == (False, code)

    def quiet_for(self, seconds: float) -> bool:
        """Whether nothing comes for so long."""
        try:
            self.seen.append(self._queue.get(timeout=seconds))
        except queue.Empty:
            return True
        return False

    def changes(self) -> list[bool]:
        """Every change so far, up or down."""
        return [m.up for m in self.seen if isinstance(m, DeviceReport)]


class Crew:
    """Workers on threads, as station/devices/ports.py runs them."""

    def __init__(self) -> None:
        self._running: list[tuple[Worker, threading.Thread]] = []

    def start(self, driver: Driver, inbox: Inbox, name: str = "device") -> Worker:
        worker = Worker(driver, name, inbox.put)
        thread = threading.Thread(target=worker.run)
        thread.start()
        self._running.append((worker, thread))
        return worker

    def stop(self) -> None:
        for worker, _ in self._running:
            worker.stop()
        for _, thread in self._running:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()
        self._running.clear()


@pytest.fixture
def inbox(expect_warning: Callable[[str], None]) -> Inbox:
    return Inbox(expect_warning)


@pytest.fixture
def crew() -> Iterator[Crew]:
    crew = Crew()
    yield crew
    crew.stop()
