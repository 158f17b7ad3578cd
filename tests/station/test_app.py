"""A station as a process: its threads, how it stops, what makes it refuse to start, and a disk that says no."""

from __future__ import annotations

import os
import re
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pysqlite3
import pytest

from common import event_types as b
from common.errors import StoreUnavailable
from hub.demo.processes import wait_for
from station import config as configuration
from station import messages as m
from station.app import Station
from station.devices.ports import Ports
from station.hublink.http import TIMEOUT_S
from station.terminal import reference
from station.threads import Threads
from tests.support.hub_process import HubProcess
from tests.support.plant import Desk, Kiosk, looking, namespaces, own_entries

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
        alive = {thread.name for thread in set(threading.enumerate()) - before}
        if isinstance(said, m.Status) and "sync" in alive and not running:
            running.update(alive)
            os.kill(os.getpid(), signal.SIGTERM)

    kiosk.wires["press"] = kiosk.cable  # nothing speaks S7 there, and so be it
    kiosk.configure()
    config = configuration.load(kiosk.toml)
    with Ports(config, Threads()) as ports:
        assert Station(config, configuration.enrolment(config), look, ports).run() == 0
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


@pytest.mark.usefixtures("signals")
def test_a_device_that_is_down_is_announced_by_its_title(kiosk: Kiosk, expect_warning: Expect) -> None:
    expect_warning("device down device=press")
    down: list[object] = []

    def look(said: m.Announcement) -> None:
        if isinstance(said, m.Status) and said.down and not down:
            down.extend(said.down)
            os.kill(os.getpid(), signal.SIGTERM)

    kiosk.wires["press"] = kiosk.cable  # nothing speaks S7 there
    kiosk.configure()
    config = configuration.load(kiosk.toml)
    with Ports(config, Threads()) as ports:
        Station(config, configuration.enrolment(config), look, ports).run()
    assert down == [configuration.device_titles(config)["press"]]


@pytest.mark.usefixtures("signals")
def test_what_is_scanned_before_the_station_is_made_is_kept_and_answered(kiosk: Kiosk, expect_warning: Expect) -> None:
    expect_warning("device down device=press")
    kiosk.wires["press"] = kiosk.cable
    kiosk.configure()
    config = configuration.load(kiosk.toml)
    answers: list[m.Shown] = []

    def look(said: m.Announcement) -> None:
        if isinstance(said, m.Shown) and not answers:
            answers.append(said)
            os.kill(os.getpid(), signal.SIGTERM)

    with Ports(config, Threads()) as ports:
        ports.settle()
        kiosk.scanner.scan(b"M-250-000009")
        wait_for("its bytes", lambda: any(isinstance(one, m.Scanned) for one in list(ports.inbox.queue)))
        assert Station(config, configuration.enrolment(config), look, ports).run() == 0
    assert (answers[0].tone, bool(answers[0].event)) == ("ng", True), "nobody is signed in, which is said and on disk"


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
def test_it_stops_and_continues_where_it_was(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.sign_in()
    kiosk.scan("M-250-000201", "✓✓")
    before = kiosk.wait("the prompt for the first part", lambda: "M-250-000201" in kiosk.prompt and kiosk.prompt)
    assert kiosk.stop() == 0
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
    assert time.monotonic() - began < TIMEOUT_S[1], "it waited for the hub"


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
def small_disk(kiosk: Kiosk, size: str, then: str = "true") -> str:
    """The mounts for a data folder that is a disk of its own, seen by nobody else; `then` happens before the start."""
    before, data = kiosk.folder / "before", kiosk.data
    shutil.copytree(data, before)
    return f"mount -t tmpfs -o size={size} tmpfs {data} && cp -a {before}/. {data} && {then}"


def fill(folder: Path) -> None:
    """Until not a byte of that disk is left."""
    with (folder / f"filler-{time.monotonic_ns()}").open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            with suppress(OSError):
                while file.write(b"\xff" * size):
                    pass


def make_room(folder: Path) -> None:
    for path in folder.glob("filler-*"):
        path.unlink()


def answered(kiosk: Kiosk, code: str) -> tuple[str, str]:
    """Scan, and read whatever comes first."""
    shown = len(kiosk.results)
    kiosk.scanner.scan(code.encode())
    kiosk.wait(f"an answer to {code}", lambda: len(kiosk.results) > shown)
    return kiosk.results[shown]


def log_of(folder: Path) -> list[str]:
    """What a station wrote, as its terminal shows it, but for what no screen confirms."""
    # SQLite goes by real paths, which lead out of a process's own mounts; what is on the disk is what counts anyway.
    copy = Path(tempfile.mkdtemp(prefix="copy-"))
    for path in folder.glob("station.db*"):
        shutil.copy(path, copy)
    with looking(copy / "station.db") as conn:
        silent = b.LogOpened | b.Anchor
        found = [entry.reference for entry in own_entries(conn) if not isinstance(entry.body, silent)]
    shutil.rmtree(copy)
    return found


if namespaces():

    def test_a_full_disk_is_said_loses_nothing_and_is_over_when_there_is_room(kiosk: Kiosk) -> None:
        kiosk.start(mounts=small_disk(kiosk, "14m"))
        kiosk.sign_in()
        kiosk.scan("M-250-000301", "✓✓")
        fill(kiosk.inside)
        for code in ("HL-2644", "R-88213-0301", "MG-2610-B", "HW:LEAVE"):
            assert "[" in answered(kiosk, code)[1], "what was begun is finished, with the room of the ballast"
        serials = iter(range(302, 500))
        while "[" in (said := answered(kiosk, f"M-250-{next(serials):06d}"))[1]:
            fill(kiosk.inside)
            if "[" not in (said := answered(kiosk, "HW:LEAVE"))[1]:
                break
        assert said[0] == "✗"
        assert kiosk.alive
        assert log_of(kiosk.inside) == kiosk.confirmed
        make_room(kiosk.inside)
        kiosk.wait("a taken scan", lambda: "[" in answered(kiosk, f"M-250-{next(serials):06d}")[1])
        wait_for("all of it on the terminal", lambda: log_of(kiosk.inside) == kiosk.confirmed)
        assert kiosk.stop() == 0
        assert "Traceback" not in kiosk.error

    def test_a_read_only_disk_is_refused_at_the_start(kiosk: Kiosk) -> None:
        started_once(kiosk)
        kiosk.start(mounts=small_disk(kiosk, "14m", f"mount -o remount,ro {kiosk.data}"))
        assert kiosk.ended() == 1
        assert "[config.unwritable]" in kiosk.error

    def test_a_full_disk_is_refused_at_the_first_start(kiosk: Kiosk) -> None:
        kiosk.start(mounts=small_disk(kiosk, "64k"))
        assert kiosk.ended() == 1
        assert "[store.full]" in kiosk.error

else:  # no mounts here: the database itself may not grow, or not be written

    def test_a_database_that_may_not_grow_is_said_and_loses_nothing(desk: Desk, expect_warning: Expect) -> None:
        expect_warning("store_unavailable .*store.full")
        with desk.store.writing() as conn:
            conn.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite takes the size that it has now
        serials = iter(range(302, 1000))
        while desk.shown[-1].code != "store.full":
            desk.scan(f"X-{next(serials)}")
        assert log_of(desk.folder) == [reference(shown.event) for shown in desk.shown if shown.event]
        with desk.store.writing() as conn:
            conn.exec_driver_sql("PRAGMA max_page_count = 1000000")
        assert desk.scan(f"X-{next(serials)}").event

    def test_a_database_that_cannot_be_written_is_said(desk: Desk, expect_warning: Expect) -> None:
        expect_warning("store_unavailable .*store.readonly")
        with desk.store.writing() as conn:
            conn.exec_driver_sql("PRAGMA query_only = 1")
        assert desk.scan("M-250-000301").code == "store.readonly"
