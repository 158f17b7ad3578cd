"""`scan_commit`: bytes on a scanner's line → the durable commit announced; against a raw read and commit."""

from __future__ import annotations

import os
import queue
import select
import sys
import threading
import time
import tty
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pysqlite3

from station import messages as m
from station.cell.own_log import Files
from station.clock import SystemClock
from station.devices.scanner_serial import SerialScanner
from station.devices.simulated.scanner import PtyScanner
from station.devices.worker import Worker
from station.store import access
from station.workcell import WorkCell
from tests.bench.figure import Figure, at_most, percentile
from tests.bench.line import LINE, magnet_lot, serial
from tests.support.bench import Bench, Plant, StationClock
from tests.support.factory import SITE

SCANS = 3_000
WARM_UP = 50
PATIENCE_S = 30
ROW = os.urandom(4096)


class Inbox(queue.Queue[m.Message]):
    """The inbox of a work cell; `idle` is set while the work cell waits for a message, and does nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.idle = threading.Event()

    def get(self, block: bool = True, timeout: float | None = None) -> m.Message:
        if self.empty():
            self.idle.set()
        message = super().get(block, timeout)
        self.idle.clear()
        return message


class Station:
    """ST-10's work cell and scanner in their threads, as station.app runs them."""

    def __init__(self, folder: Path) -> None:
        plant = Plant(folder)
        Bench(plant, folder / "st-10", StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000)).close()
        self.at_ns = 0
        self._done, self._asked = threading.Event(), threading.Event()
        self._store = access.open_store(folder / "st-10/station.db", create=False)
        files, where = Files(folder / "st-10"), (SITE, LINE, "st-10")
        self._inbox = Inbox()
        self._cell = WorkCell(
            self._store, files, where, SystemClock(), self._announced, lambda _: None, inbox=self._inbox
        )
        self._scanner = PtyScanner(folder / "scanner")
        self._device = Worker(SerialScanner("scanner-1", self._scanner.path), "scanner-1", self._cell.inbox.put)
        self._threads = [threading.Thread(target=run) for run in (self._cell.run, self._device.run)]
        for thread in self._threads:
            thread.start()
        self._cell.ready.wait()

    def _announced(self, said: m.Announcement) -> None:
        if isinstance(said, m.Shown) and said.event and not self._done.is_set():
            self.at_ns = time.perf_counter_ns()
            self._done.set()
        if isinstance(said, m.Prompt) and self._done.is_set():
            self._asked.set()

    def scan(self, code: str) -> int:
        """Nanoseconds until it was announced; returns when the next scan is asked for and nothing is left to do."""
        self._done.clear()
        self._asked.clear()
        start_ns = time.perf_counter_ns()
        self._scanner.scan(code.encode())
        if not (self._asked.wait(PATIENCE_S) and self._inbox.idle.wait(PATIENCE_S)):
            raise SystemExit(f"the scan of {code} was not announced")
        self._settle()
        return self.at_ns - start_ns

    def _settle(self) -> None:
        """Wait for whoever else works on what was announced."""

    def close(self) -> None:
        self._device.stop()
        self._cell.inbox.put(m.Shutdown())
        for thread in self._threads:
            thread.join()
        self._store.close()
        self._scanner.unplug()


class Reference:
    """A thread that reads a line from a pty and commits one row of 4 KiB to a database as durable as a station's."""

    def __init__(self, folder: Path) -> None:
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        self._path = folder / "reference.db"
        self._done, self._ready = threading.Event(), threading.Event()
        self._at_ns = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._ready.wait()

    def _run(self) -> None:
        conn = pysqlite3.connect(str(self._path), isolation_level=None)
        for pragma in ("page_size=4096", "journal_mode=WAL", "synchronous=FULL"):
            conn.execute(f"PRAGMA {pragma}")
        conn.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, raw BLOB NOT NULL) STRICT")
        self._ready.set()
        line = b""
        while line != b"\x04\r":
            line = b""
            while not line.endswith(b"\r"):
                select.select([self._far], [], [])
                line += os.read(self._far, 4096)
            conn.execute("BEGIN IMMEDIATE")
            conn.execute("INSERT INTO entry (raw) VALUES (?)", (ROW,))
            conn.execute("COMMIT")
            self._committed()
        conn.close()

    def _committed(self) -> None:
        self._at_ns = time.perf_counter_ns()
        self._done.set()

    def scan(self, code: str) -> int:
        """Nanoseconds until its row was committed."""
        self._done.clear()
        start_ns = time.perf_counter_ns()
        os.write(self._near, code.encode() + b"\r")
        if not self._done.wait(PATIENCE_S):
            raise SystemExit("the reference does not answer")
        return self._at_ns - start_ns

    def close(self) -> None:
        self.scan("\x04")
        self._thread.join()
        os.close(self._near)
        os.close(self._far)


def measure(folder: Path, percent: int) -> Iterator[Figure]:
    """Scan and reference in turns, and the disk's own fdatasync between them."""
    folder = folder / "scan_commit"
    folder.mkdir()
    station, reference = Station(folder), Reference(folder)
    yield from side_by_side("scan_commit", (station, reference), folder, max(SCANS * percent // 100, 10), (2.5, 3.0))


def side_by_side(
    name: str, pair: tuple[Station, Reference], folder: Path, count: int, goals: tuple[float, float]
) -> Iterator[Figure]:
    """So many scans at each, in turns; then both are closed. `goals`: for p50 and p99.

    Each second time the reference goes first, so that neither always follows the other's commit.
    """
    station, reference = pair
    scans, rows, syncs = [], [], []
    with (folder / "sync").open("wb", buffering=0) as file:
        for i, code in enumerate(codes(count + WARM_UP)):
            if i % 2:
                written, scanned = reference.scan(code), station.scan(code)
            else:
                scanned, written = station.scan(code), reference.scan(code)
            if i >= WARM_UP:
                scans.append(scanned / 1e6)
                rows.append(written / 1e6)
                syncs.append(_sync(file.fileno()))
            if i % 500 == 499:
                print(f"\r  {i + 1} scans ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    station.close()
    reference.close()
    beside = {"scans": len(scans), "fdatasync_ms_p50": percentile(syncs, 50), "fdatasync_ms_p99": percentile(syncs, 99)}
    for percent, goal in zip((50, 99), goals, strict=True):
        found = percentile(scans, percent), percentile(rows, percent)
        yield at_most(f"{name} p{percent}", found, "ms", goal, **beside)


def _sync(descriptor: int) -> float:
    """One page more and fdatasync, ms."""
    start_ns = time.perf_counter_ns()
    os.write(descriptor, ROW)
    os.fdatasync(descriptor)
    return (time.perf_counter_ns() - start_ns) / 1e6


def codes(count: int) -> Iterator[str]:
    """What a worker at ST-10 scans, each of them a commit; the machine's part is left out by setting the unit aside."""
    yield "B10021"
    for i in range(1, count // 5 + 1):
        yield from (serial(i), f"HL-{i // 100:04d}", f"R-88213-{i:04d}", magnet_lot(i), "HW:LEAVE")
