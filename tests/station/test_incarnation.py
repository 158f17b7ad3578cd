"""Which log a station writes: one that was cloned or restored opens a new one before its first write."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import msgspec
import pytest

from common import bodies as b
from common.errors import StoreUnavailable
from station import messages as m
from station.incarnation import Files
from tests.support.bench import Bench
from tests.support.factory import unit

M1 = "M-250-000001"
PARTS = ("HL-2644", "R-88213-0456", "MG-2610-B")
Expect = Callable[[str], None]


def opened(bench: Bench) -> list[b.LogOpened]:
    return [body for body in bench.written().values() if isinstance(body, b.LogOpened)]


def test_an_ordinary_crash_opens_no_new_log(press: Bench) -> None:
    press.cell.handle(m.Tick(press.clock.mono_ms()))
    press.scan(M1, *PARTS)
    press.restart()
    assert [body.reason for body in opened(press)] == ["enrol"]


def test_a_clone_opens_a_new_log_before_its_first_write(press: Bench, expect_warning: Expect) -> None:
    expect_warning("new_incarnation .*reason=clone")
    old, size = press.log, press.size
    press.close()
    sentinel = press.folder / "sentinel.json"
    sentinel.write_bytes(msgspec.json.encode(msgspec.json.decode(sentinel.read_bytes()) | {"host": "another"}))
    press.start()
    assert press.log != old
    last = opened(press)[-1]
    assert last.parent is not None
    assert (last.reason, last.parent.log, last.parent.size) == ("clone", old, size)
    press.scan(M1)
    assert press.shown[-1].event.startswith(press.log)
    assert [log.own for log in press.own_logs()] == [2, 1]


def test_a_restored_backup_opens_a_new_log_before_its_first_write(press: Bench, expect_warning: Expect) -> None:
    expect_warning("new_incarnation .*reason=restore")
    press.close()
    shutil.copytree(press.folder, press.folder.with_name("backup"))
    press.start()
    old, size = press.log, press.size
    press.scan(M1, *PARTS)
    press.cell.handle(m.Tick(press.clock.mono_ms()))
    press.close()
    for path in press.folder.glob("station.db*"):
        path.unlink()
    for path in press.folder.with_name("backup").glob("station.db*"):
        shutil.copy(path, press.folder)
    press.start()
    last = opened(press)[-1]
    assert last.parent is not None
    assert (last.reason, last.parent.log, last.parent.size) == ("restore", old, size)
    assert press.scan(M1).event.startswith(press.log)


def test_a_lost_database_opens_a_new_log_that_follows_what_is_remembered(press: Bench, expect_warning: Expect) -> None:
    expect_warning("new_incarnation .*reason=restore")
    press.cell.handle(m.Tick(press.clock.mono_ms()))
    old, size = press.log, press.size
    press.close()
    for path in press.folder.glob("station.db*"):
        path.unlink()
    press.start()
    last = opened(press)[-1]
    assert last.parent is not None
    assert (last.reason, last.parent.log, last.parent.size) == ("restore", old, size)


def test_a_log_that_is_not_what_was_signed_is_not_written_on(press: Bench) -> None:
    press.scan(M1)
    with press.store.writing() as conn:
        conn.exec_driver_sql("UPDATE entry SET raw = CAST(replace(raw, '000001', '000009') AS BLOB) WHERE bid = 2")
    press.close()
    with pytest.raises(StoreUnavailable, match=r"store\.corrupt"):
        press.start()


def test_the_hub_that_knows_more_of_this_log_makes_it_open_a_new_one(press: Bench, expect_warning: Expect) -> None:
    expect_warning("new_incarnation .*reason=fork")
    old = press.log
    press.scan(M1)
    press.cell.handle(m.Outdated("fork"))
    assert press.log != old
    press.scan(*PARTS)
    assert press.shown[-1].event.startswith(press.log)
    assert len(press.standing(unit(M1)).components) == 3
    press.restart()
    assert [body.reason for body in opened(press)] == ["enrol", "fork"]


def test_keys_are_for_their_owner_only(press: Bench) -> None:
    files = Files(press.folder)
    assert files.current() is not None
    assert {path.stat().st_mode & 0o077 for path in files.keys.iterdir()} == {0}
