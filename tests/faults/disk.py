"""A node's data folder, and the ways to lose the process or the folder: kill at a COMMIT, clone, restored image."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from common.ledger.store import Connection, Store
from tests.faults.timeline import Killed

BALLAST = "ballast"  # 4 MiB of nothing, which a station makes again


class Disk:
    """A folder that outlives processes. Each of them gets a copy of what the one before left at its last moment."""

    def __init__(self, home: Path, origin: Path) -> None:
        self.home = home
        self._generation = 0
        self.folder = copied(origin, home / "0")

    def freeze(self) -> None:
        """The process dies now: what the next one finds is what is in the files at this moment, WAL and all."""
        self._generation += 1
        self.replace(self.folder)

    def replace(self, origin: Path) -> None:
        """What the next process finds is a copy of this folder."""
        self._generation += 1
        self.folder = copied(origin, self.home / str(self._generation))

    def image(self, name: str) -> Path:
        """A copy of the folder as it is now, as somebody makes it who does not stop the station."""
        return copied(self.folder, self.home / name)


def copied(origin: Path, to: Path) -> Path:
    # the -shm beside a WAL is memory that processes share, and dies with them
    shutil.copytree(origin, to, ignore=shutil.ignore_patterns(BALLAST, "*-shm", "*.lock"))
    return to


class Process:
    """One life of a node. `doom` says before or after which of its next commits it is killed."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.over = False
        self.doom: tuple[str, int] | None = None

    def check(self) -> None:
        """Whoever comes back to a process that is gone is gone with it."""
        if self.over:
            raise Killed

    def kill(self) -> None:
        """SIGKILL."""
        if not self.over:
            self.over = True
            self.disk.freeze()

    def commit_is_due(self, moment: str) -> None:
        """The process is just before, or just after, a COMMIT."""
        self.check()
        if self.doom is None or self.doom[0] != moment:
            return
        if self.doom[1] > 0:
            self.doom = (moment, self.doom[1] - 1)
            return
        self.kill()
        raise Killed


class MortalStore:
    """The real store; its process can die at a commit."""

    def __init__(self, process: Process, store: Store) -> None:
        self._process = process
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._store.writing() as conn:
            yield conn
            self._process.commit_is_due("before")
        self._process.commit_is_due("after")
