"""A station as a process: its threads, how it stops, what makes it refuse to start, and a disk that says no."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pysqlite3
import pytest

from common import bodies as b
from common.errors import StoreUnavailable
from hub.demo.processes import wait_for
from station import config as configuration
from station import messages as m
from station.app import Station
from tests.support.hub_process import HubProcess
from tests.support.plant import Desk, Kiosk

STOPS_WITHIN_S = 5.0
Expect = Callable[[str], None]


def refused(kiosk: Kiosk, code: str) -> str:
    """It ends by itself with exit code 1, and says why in a sentence; what it said."""
    assert kiosk.start().ended() == 1
    last = kiosk.error.strip().splitlines()[-1]
    assert last.startswith("headwater: ")
    assert last.endswith(f"[{code}]")
    assert "…?" not in last
    assert "Traceback" not in kiosk.error
    return last


# Threads --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def signals() -> Iterator[None]:
    """What SIGTERM and SIGINT do to the tests is as before, afterwards."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
def test_the_threads_are_those_on_the_map_and_all_of_them_end(kiosk: Kiosk, expect_warning: Expect) -> None:
    """docs/architecture.md names them. The first tick comes a second after all were started."""
    expect_warning("device down device=press")
    before = set(threading.enumerate())
    running: set[str] = set()

    def look(said: m.Announcement) -> None:
        if isinstance(said, m.Status) and not running:
            running.update(thread.name for thread in set(threading.enumerate()) - before)
            os.kill(os.getpid(), signal.SIGTERM)

    kiosk.wires["press"] = kiosk.cable  # nothing speaks S7 there, and so be it
    kiosk.configure()
    config = configuration.load(kiosk.toml)
    assert Station(config, configuration.enrolment(config), look).run() == 0
    names = {name for name in running if not name.startswith("simulated:")}
    assert names == {"workcell", "sync", "device:scanner", "device:press"}
    wait_for("the threads to end", lambda: not {t.name for t in set(threading.enumerate()) - before} & names)
    drawn = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = drawn[drawn.index("Station (`station/app.py`") : drawn.index("Hub (`hub/app.py`)")]
    assert set(re.findall(r"^\| `?([a-z:<>]+)`? \|", table, re.MULTILINE)) - {"thread"} == {
        "main",
        "workcell",
        "sync",
        "device:<name>",
    }


def test_only_the_work_cell_writes_the_store(desk: Desk) -> None:
    caught: list[BaseException] = []

    def write() -> None:
        try:
            with desk.store.writing():
                pass
        except AssertionError as e:
            caught.append(e)

    other = threading.Thread(target=write, name="sync")
    other.start()
    other.join()
    assert "sync may not write" in str(caught[0])
    with desk.store.writing() as conn:
        assert conn.exec_driver_sql("SELECT 1").scalar() == 1


def test_readers_cannot_write(desk: Desk) -> None:
    with pytest.raises(StoreUnavailable, match=r"store\.readonly"), desk.store.reading() as conn:
        conn.exec_driver_sql("DELETE FROM entry")


# Stopping -------------------------------------------------------------------------------------------------------------
def test_it_stops_within_5_s_and_goes_on_where_it_was(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.sign_in()
    kiosk.scan("M-250-000201", "✓✓")
    began, before = time.monotonic(), kiosk.prompt
    assert kiosk.stop() == 0
    assert time.monotonic() - began < STOPS_WITHIN_S
    assert "Traceback" not in kiosk.error
    shown = kiosk.text.count("\n→")
    kiosk.start()
    kiosk.wait("the next prompt", lambda: kiosk.text.count("\n→") > shown)
    assert kiosk.prompt == before
    assert kiosk.scan("HL-2644", "✓")


def test_a_hub_that_does_not_answer_does_not_keep_it_from_stopping(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.sign_in()
    kiosk.cable.blackhole()
    kiosk.scan("M-250-000202", "✓✓")
    wait_for("the sync to hang", lambda: kiosk.receipted() < len(kiosk.entries()))
    began = time.monotonic()
    assert kiosk.stop() == 0
    assert time.monotonic() - began < STOPS_WITHIN_S


def test_a_bug_in_a_devices_thread_stops_the_whole_station(kiosk: Kiosk) -> None:
    """A path that no operating system takes is nothing that a driver expects; whoever watches starts it again."""
    kiosk.toml.write_text(kiosk.toml.read_text() + '[[scanner]]\nname = "odd"\nport = "/dev/\\u0000"\n')
    assert kiosk.start().ended() == 1
    assert "thread=device:odd" in kiosk.error.replace("'", "")
    assert "ValueError" in kiosk.error
    assert "event='station_stopped' failed=True" in kiosk.error


# What makes it refuse to start ----------------------------------------------------------------------------------------
def started_once(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.sign_in()
    kiosk.scan("M-250-000203", "✓✓")
    assert kiosk.stop() == 0


def altered(path: Path, statement: str) -> None:
    conn = pysqlite3.connect(path)
    conn.execute(statement)
    conn.commit()
    conn.close()


def test_a_database_that_is_not_what_was_signed_is_not_written_on(kiosk: Kiosk) -> None:
    started_once(kiosk)
    altered(kiosk.database, "UPDATE entry SET raw = zeroblob(9) WHERE eid = (SELECT max(eid) FROM entry WHERE bid = 2)")
    shown = kiosk.text
    refused(kiosk, "store.corrupt")
    assert kiosk.text == shown, "its operator was asked for nothing"


@pytest.mark.parametrize("foreign", ["text", "sqlite", "hub"])
def test_a_foreign_database_is_refused_and_not_touched(kiosk: Kiosk, hub: HubProcess, foreign: str) -> None:
    if foreign == "text":
        kiosk.database.write_text("Dear diary, " * 1000)
    elif foreign == "sqlite":
        altered(kiosk.database, "CREATE TABLE customers (name)")
    else:
        shutil.copy(hub.data / "hub.db", kiosk.database)
    before = kiosk.database.read_bytes()
    assert str(kiosk.database) in refused(kiosk, "store.foreign")
    assert kiosk.database.read_bytes() == before


def test_a_database_that_is_damaged_is_refused(kiosk: Kiosk) -> None:
    started_once(kiosk)
    raw = bytearray(kiosk.database.read_bytes())
    raw[4096:] = b"\x5a" * (len(raw) - 4096)
    kiosk.database.write_bytes(raw)
    refused(kiosk, "store.io")


def test_a_lost_database_is_begun_anew_and_said_to_the_hub(kiosk: Kiosk) -> None:
    """No prompt is lost for it, but somebody must confirm the new log."""
    started_once(kiosk)
    for path in kiosk.data.glob("station.db*"):
        path.unlink()
    kiosk.start()
    kiosk.wait("what it says", lambda: any(shape == "‖" for shape, _ in kiosk.results))
    opened = [entry.body for entry in kiosk.entries() if isinstance(entry.body, b.LogOpened)]
    assert [first.reason for first in opened] == ["restore"]


# A disk that says no --------------------------------------------------------------------------------------------------
class Cellar:
    """A station whose data folder is a small disk of its own, in a mount namespace that nobody else sees."""

    def __init__(self, kiosk: Kiosk, size: str, then: str) -> None:
        """`then`: a command of the shell, before the station starts."""
        self.kiosk = kiosk
        source = kiosk.folder / "before"
        kiosk.data.rename(source)
        kiosk.data.mkdir()
        mount = f"mount -t tmpfs -o size={size} tmpfs {kiosk.data} && cp -a {source}/. {kiosk.data} && {then}"
        self._enter = ["unshare", "-m", "sh", "-c", f'{mount} && exec "$@"', "sh"]
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def is_possible(cls) -> bool:
        """Whether this process may have mounts of its own."""
        tried = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
        return tried.returncode == 0

    def start(self) -> None:
        command = [*self._enter, sys.executable, "-m", "common.command", "station", "run"]
        with self.kiosk.terminal.open("ab") as out, self.kiosk.errors.open("ab") as err:
            self._process = subprocess.Popen([*command, "--config", str(self.kiosk.toml)], stdout=out, stderr=err)

    @property
    def inside(self) -> Path:
        """The data folder as the station sees it."""
        assert self._process
        return Path(f"/proc/{self._process.pid}/root{self.kiosk.data}")

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def fill(self) -> None:
        """Until not a byte is left."""
        with (self.inside / f"filler-{time.monotonic_ns()}").open("wb", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1):
                try:
                    while file.write(b"\xff" * size):
                        pass
                except OSError:
                    continue

    def make_room(self) -> None:
        for path in self.inside.glob("filler-*"):
            path.unlink()

    def copy(self, folder: Path) -> Path:
        """The database as it is on the disk."""
        folder.mkdir()
        for path in self.inside.glob("station.db*"):
            shutil.copy(path, folder)
        return folder / "station.db"

    def stop(self) -> int:
        assert self._process
        self._process.terminate()
        return self._process.wait(10)

    def close(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def cellar(kiosk: Kiosk) -> Iterator[Callable[..., Cellar]]:
    """cellar(size, then) → the station on a small disk."""
    made: list[Cellar] = []

    def dig(size: str, then: str = "true") -> Cellar:
        made.append(Cellar(kiosk, size, then))
        return made[-1]

    yield dig
    for each in made:
        each.close()


NAMESPACES = Cellar.is_possible()


def until_refused(kiosk: Kiosk, serials: Iterator[int], *, fill: Callable[[], None]) -> str:
    """Work on, while the disk is full, until something cannot be stored; how that is said."""
    for serial in serials:
        fill()
        for code in (f"M-250-{serial:06d}", "HW:LEAVE"):
            shown = len(kiosk.results)
            kiosk.scanner.scan(code.encode())
            kiosk.wait("an answer", lambda shown=shown: len(kiosk.results) > shown)
            wait_for("its prompt", lambda: not kiosk.text.endswith("]\n"))
            if kiosk.results[-1][0] == "✗":
                return kiosk.results[-1][1]
    raise AssertionError("it stores without end")


@pytest.mark.skipif(not NAMESPACES, reason="")
def test_on_a_full_disk_it_says_so_stays_up_and_goes_on_when_there_is_room(kiosk, cellar) -> None:
    disk = cellar("14m")
    disk.start()
