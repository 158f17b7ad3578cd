"""Carries what other threads say into Qt's main thread, in order, by a queued signal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal


class Bridge(QObject):
    """Lives in the main thread; `carry` may be called in any thread and returns at once."""

    _arrived = Signal(object)

    def __init__(self, hear: Callable[[object], None]) -> None:
        super().__init__()
        self._hear = hear
        self._arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def carry(self, said: object) -> None:
        """Hand something over."""
        self._arrived.emit(said)

    def _take(self, said: object) -> None:
        self._hear(said)
