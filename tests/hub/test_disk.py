"""A disk that is full or cannot be written: the hub says so, confirms nothing that it cannot keep, and goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pysqlite3
import pytest
import requests

from common import event_types as b
from common.errors import HeadwaterError, StoreUnavailable
from hub.db import access
from tests.support.factory import Author, unit
from tests.support.hub import PATIENCE_S, Office, accept_only, size_of, together
from tests.support.hub_process import HubProcess, namespaces, speak

Offices = Callable[..., Office]
Expect = Callable[[str], None]
MOTOR = b.Commission(material="motor")
U = unit("M-1")
ROOM = 1_000_000
SIZE = "3m"


def disk(hub: HubProcess, size: str, then: str = "true") -> str:
    """The mounts for a data folder that is a small disk of its own that only the hub sees; `then`: before it starts."""
    before = hub.folder / "before"
    shutil.copytree(hub.data, before)
    return f"mount -t tmpfs -o size={size} tmpfs {hub.data} && cp -a {before}/. {hub.data} && {then}"


def inside(hub: HubProcess) -> Path:
    """The data folder as the running hub sees it."""
    return Path(f"/proc/{hub.running.pid}/root{hub.data}")


def fill(folder: Path) -> None:
    """Until not a byte of that disk is left."""
    with (folder / "filler").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\xff" * 4096)


def entries_of(hub: HubProcess, author: Author) -> int:
    """How many entries of an author are on that disk now. SQLite goes by real paths, so it looks at a copy."""
    copy = hub.folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for path in inside(hub).glob("hub.db*"):
        shutil.copy(path, copy)
    store = access.open_store(copy / "hub.db", create=False)
    with store.reading() as conn:
        found = size_of(conn, author.log)
    store.close()
    return found


if namespaces():

    def test_a_full_disk_is_refused_with_its_code_and_all_goes_on_when_there_is_room(hub: HubProcess) -> None:
        author = Author(1, "st-10")
        hub.run(mounts=disk(hub, SIZE))
        caller = hub.join(author)
        fill(inside(hub))
        receipted = 0
        for n in range(2_000):
            author.say(MOTOR, unit(f"M-{n}"))
            body = author.batch(receipted)
            status, said = speak(hub, "POST", f"/v1/logs/{author.log}", body)
            if status != 200:
                break
            receipted = said["size"]
        assert (status, said["code"]) == (507, "store.full")
        assert hub.running.alive
        assert caller.tried() == "hub.failed", "what the station's wire makes of it: it keeps everything and retries"
        page = requests.get(f"http://{hub.host}:8080/", headers=hub.shown, timeout=PATIENCE_S)
        assert page.ok, "who reads is served"
        assert speak(hub, "POST", "/v1/hello", b"{}")[0] == 400
        assert entries_of(hub, author) == receipted, "all that has a receipt, and nothing that has none"
        (inside(hub) / "filler").unlink()
        assert caller.tried() == "accepted"
        assert entries_of(hub, author) == author.size
        hub.wait_projected(author, author.size)
        assert hub.stop() == 0
        assert "Traceback" not in hub.error
        assert hub.error.count("store_refuses") <= 2, "said once, not at every request"

    def test_a_disk_without_room_for_a_new_site_is_said(tmp_path: Path) -> None:
        hub = HubProcess(tmp_path / "hub")
        hub.data.mkdir()
        code, _, error = hub.command("init", mounts=f"mount -t tmpfs -o size=4k tmpfs {hub.data}")
        assert (code, error.strip().rpartition("  ")[2]) == (1, "[store.full]")
        hub.close()

    @pytest.mark.parametrize("arguments", [["run"], ["init"]])
    def test_a_disk_that_cannot_be_written_is_refused_at_the_start(hub: HubProcess, arguments: list[str]) -> None:
        if arguments == ["init"]:
            shutil.rmtree(hub.data)
            hub.data.mkdir()
        readonly = disk(hub, SIZE, f"mount -o remount,ro {hub.data}")
        code, said, error = hub.command(*arguments, mounts=readonly)
        assert (code, said, error.strip().rpartition("  ")[2]) == (1, "", "[store.readonly]")
        assert "Traceback" not in error


def test_a_writer_that_may_not_write_says_so_and_loses_nothing(
    offices: Callable[..., Office], author: Author, expect_warning: Callable[[str], None]
) -> None:
    """Where no mounts can be had either: SQLite itself refuses to write."""
    expect_warning("store_refuses code=store.readonly")
    office = offices("hub")
    office.trust(author)
    author.say(MOTOR, unit("M-1"))
    office.ingest.do(lambda conn: conn.exec_driver_sql("PRAGMA query_only = 1"))
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match=r"store\.readonly"):
            office.ingest.submit(author.batch())
    assert office.size(author) == 0


def refused(work: Callable[..., object], *arguments: object) -> HeadwaterError:
    """The error of ours that this raises."""
    with pytest.raises(HeadwaterError) as caught:
        work(*arguments)
    return caught.value


def limit_pages(office: Office, pages: int) -> None:
    """So much is the disk, from now on."""
    office.ingest.do(lambda conn: conn.exec_driver_sql(f"PRAGMA max_page_count={pages}").scalar())


# SQLite says so itself ------------------------------------------------------------------------------------------------
def test_a_full_disk_refuses_what_it_cannot_keep_and_goes_on_when_there_is_room(
    office: Office, author: Author, expect_warning: Expect
) -> None:
    expect_warning("store_refuses code=store.full")
    expect_warning("store_recovered")
    office.trust(author)
    for n in range(300):
        author.say(MOTOR, unit(f"M-{n}"))
    assert office.take(author, 0, 10).kind == "accepted"
    limit_pages(office, 1)
    errors = together(*(lambda: refused(office.ingest.submit, author.batch(10)) for _ in range(3)))
    assert [(type(e), e.code) for e in errors] == [(StoreUnavailable, "store.full")] * 3
    assert office.size(author) == 10
    assert office.ingest.submit(author.batch(0, 10)).kind == "duplicate", "what is there is still confirmed"
    limit_pages(office, ROOM)
    assert office.take(author, 10).kind == "accepted"
    assert (office.size(author), office.state(unit("M-299"))) == (300, "in_process")


def test_a_full_disk_does_not_stop_the_projector_for_good(
    offices: Offices, author: Author, expect_warning: Expect
) -> None:
    """There was room for what the station said and then none for what follows from it."""
    expect_warning("store_refuses code=store.full")
    expect_warning("store_recovered")
    office = offices("hub")
    office.trust(author)
    office.stop()
    for n in range(300):
        author.say(MOTOR, unit(f"M-{n}"))
    accept_only(office.database, author.batch())
    office = offices("hub", start=False)
    with office.store.writing() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count=1")
    office.start()
    assert office.ingest.do(lambda conn: len(access.pending(conn, 1))) == 1
    assert office.ingest.do(lambda conn: len(access.pending(conn, 1))) == 1, "it serves on"
    limit_pages(office, ROOM)
    office.settle()
    assert office.state(unit("M-299")) == "in_process"


def test_any_other_trouble_with_the_disk_ends_the_writer_and_everybody_is_told(
    offices: Offices, author: Author
) -> None:
    """Nobody knows then what is on the disk: the next start reads what is really there."""
    office = offices(start=False)
    with office.store.writing() as conn:
        conn.exec_driver_sql("PRAGMA busy_timeout=1")
    office.start()
    office.trust(author)
    author.say(MOTOR, U)
    with locked(office):
        errors = together(*(lambda: refused(office.ingest.submit, author.batch()) for _ in range(3)))
        office.join()
    assert {error.code for error in errors} <= {"store.io", "hub.stopping"}
    assert office.failure is not None and office.failure.code == "store.io"
    assert office.size(author) == 0


def test_who_waited_already_when_the_writer_ended_is_told_too(offices: Offices, author: Author) -> None:
    """It could not even begin."""
    office = offices(start=False)
    with office.store.writing() as conn:
        conn.exec_driver_sql("PRAGMA busy_timeout=1")
    author.say(MOTOR, U)

    def begin() -> None:
        while office.ingest._jobs.qsize() < 3:
            pass
        office.start()

    with locked(office):
        asked = [lambda: refused(office.ingest.submit, author.batch()).code for _ in range(3)]
        assert together(*asked, begin)[:3] == ["hub.stopping"] * 3


@contextmanager
def locked(office: Office) -> Iterator[None]:
    """Another program holds the database's write lock."""
    other = pysqlite3.connect(str(office.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()
