"""Carries what other threads say into Qt's main thread, in order, by a queued signal."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

LONGEST_S = 0.01


class Bridge(QObject):
    """Lives in the main thread; `carry` may be called in any other thread.

    It returns at once. What is of the types `first` goes before the work of the thread that said it: then it returns
    when that was heard, at the latest after `LONGEST_S`, because both threads would take Python's one lock from each
    other until then.
    """

    _arrived = Signal(object)

    def __init__(self, hear: Callable[[object], None], first: tuple[type, ...] = ()) -> None:
        super().__init__()
        self._hear = hear
        self._first = first
        self._heard = threading.Event()
        self._arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def carry(self, said: object) -> None:
        """Hand something over."""
        self._heard.clear()
        self._arrived.emit(said)
        if isinstance(said, self._first):
            self._heard.wait(LONGEST_S)

    def _take(self, said: object) -> None:
        try:
            self._hear(said)
        finally:
            self._heard.set()
