"""A file that only takes up room: given back when the disk is full, so that what was begun can be finished."""

from __future__ import annotations

import os
from pathlib import Path

SIZE = 4 << 20  # some thousand events


class Ballast:
    """The ballast at `path`. `whole`: it is there; without it no new work should begin."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.whole = self.fill()

    def fill(self) -> bool:
        """Take the room (again); False if the disk has none to spare."""
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
        """Give the room back; False if there was none left to give."""
        had, self.whole = self.whole, False
        self._path.unlink(missing_ok=True)
        return had
