"""A disk that is full or cannot be written: the hub says so, confirms nothing that it cannot keep, and goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from common import bodies as b
from common.errors import StoreUnavailable
from hub.db import access
from tests.support.factory import Author, unit
from tests.support.hub import PATIENCE_S, Office, size_of
from tests.support.hub_process import HubProcess, namespaces, speak

MOTOR = b.Commission(material="motor")
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
