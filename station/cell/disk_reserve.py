"""A file that only reserves space: deleted when the disk is full, so that started work can be finished."""

from __future__ import annotations

import os
from pathlib import Path

SIZE = 4 << 20  # some thousand events


class DiskReserve:
    """The reserve at `path`. `whole`: the space is reserved; without it no new work should start."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.whole = self.fill()

    def fill(self) -> bool:
        """Reserve the space (again); False if the disk has none to spare."""
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        except OSError:
            self.whole = False
            return False
        try:
            os.posix_fallocate(descriptor, 0, SIZE)
            self.whole = True
        except OSError:
            self._path.unlink(missing_ok=True)
            self.whole = False
        finally:
            os.close(descriptor)
        return self.whole

    def drop(self) -> bool:
        """Free the space; False if none was reserved."""
        had, self.whole = self.whole, False
        self._path.unlink(missing_ok=True)
        return had
