"""Which log a station writes after a crash, a clone, a restore, a loss; and that its keys are its own.

The work cell's own tests show the ordinary clone and restore; these are the moments in between, and the files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common import event_types as b
from common.errors import StoreUnavailable
from common.events import Fact, encode
from common.ids import b64, log_id
from common.ledger import append, logs
from common.ledger.accept import accept
from common.signedlog import batch, merkle, note
from station import messages as m
from station.cell import own_log
from station.cell.own_log import Files, Sentinel
from tests.support.bench import Bench, Plant, StationClock
from tests.support.factory import stamp

Expect = Callable[[str], None]


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    return Plant(tmp_path_factory.mktemp("plant"))


@pytest.fixture
def bench(plant: Plant, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(plant, tmp_path / "st-10", StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000))
    made.scan("B10021")
    made.cell.handle(m.Tick(made.clock.mono_ms()))
    yield made
    made.close()


def files(bench: Bench) -> Files:
    return Files(bench.folder)


def opened(bench: Bench) -> list[b.LogOpened]:
    """The first events of the logs that it wrote."""
    return [body for body in bench.written().values() if isinstance(body, b.LogOpened)]


def tell(bench: Bench, **changes: object) -> None:
    """Let the sentinel say something else."""
    kept = files(bench)
    before = kept.read_sentinel()
    kept.sentinel.write_bytes(msgspec.json.encode(msgspec.structs.replace(before, **changes)))


def lose(bench: Bench, *patterns: str) -> None:
    for pattern in patterns:
        for path in bench.folder.glob(pattern):
            path.unlink()


# The first event says why, and follows --------------------------------------------------------------------------------
def test_the_first_log_is_opened_by_enrolment(bench: Bench) -> None:
    assert [(first.reason, first.parent, first.author) for first in opened(bench)] == [("enrol", None, "st-10")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"host": "another computer"}, "clone"),
        ({"size": 1000}, "restore"),
        ({"root": b64(bytes(32))}, "restore"),
        ({"log": "a" * 26}, "restore"),
        ({"host": "another computer", "size": 1000}, "clone"),
    ],
)
def test_a_sentinel_that_disagrees_makes_it_open_a_new_log_that_follows_the_old_one(
    bench: Bench, expect_warning: Expect, changes: dict[str, object], reason: str
) -> None:
    expect_warning(rf"new_incarnation reason={reason}")
    old, size = bench.log, bench.size
    with bench.store.reading() as conn:
        head = logs.head(conn, logs.by_id(conn, old).lid)
    bench.close()
    tell(bench, **changes)
    bench.start()
    last = opened(bench)[-1]
    assert last.parent == b.Head(old, size, b64(head.root))
    assert (last.reason, bench.log != old, bench.size) == (reason, True, 1)
    with bench.store.reading() as conn:
        known = logs.by_id(conn, bench.log)
        assert (known.own, known.follows, known.follows_size) == (1, old, size)
        assert logs.by_id(conn, old).own == 2
        assert note.open_note(logs.trunk(conn, known.lid).note, known.pub).size == 1, "signed with the new key"
    assert files(bench).read_sentinel().log == bench.log
    bench.restart()
    assert [first.reason for first in opened(bench)] == ["enrol", reason], "once is enough"


@pytest.mark.parametrize("raw", [None, b"", b'{"log":"', b"[]"])
def test_without_a_sentinel_that_can_be_read_it_goes_on(bench: Bench, raw: bytes | None) -> None:
    old = bench.log
    bench.close()
    path = files(bench).sentinel
    path.unlink() if raw is None else path.write_bytes(raw)
    bench.start()
    assert bench.log == old
    assert files(bench).read_sentinel().size == bench.size, "and remembers again"


def test_a_log_that_grew_since_the_sentinel_was_written_goes_on(bench: Bench) -> None:
    old = bench.log
    bench.scan("M-250-000001", "HL-2644")
    assert files(bench).read_sentinel().size < bench.size
    bench.restart()
    assert bench.log == old


# A crash in between ---------------------------------------------------------------------------------------------------
def test_a_crash_right_after_a_new_log_was_opened_opens_no_third(bench: Bench, expect_warning: Expect) -> None:
    """The sentinel was not written yet: it still names the log that the new one follows."""
    expect_warning("new_incarnation reason=fork")
    before = files(bench).sentinel.read_bytes()
    bench.cell.handle(m.Outdated("fork", bench.log))
    new = bench.log
    files(bench).sentinel.write_bytes(before)
    bench.restart()
    assert bench.log == new
    assert [first.reason for first in opened(bench)] == ["enrol", "fork"]


def test_a_crash_right_after_a_new_key_was_made_uses_that_key(bench: Bench, expect_warning: Expect) -> None:
    """The database knows nothing of the new log yet."""
    expect_warning("new_incarnation reason=restore")
    old, size = bench.log, bench.size
    bench.close()
    key = files(bench).new_key()
    bench.start()
    assert bench.log == log_id(append.public(key))
    assert (opened(bench)[-1].parent.log, opened(bench)[-1].parent.size) == (old, size)
    assert len(list(files(bench).keys.glob("*.key"))) == 2


def test_being_told_twice_of_the_same_log_opens_one(bench: Bench, expect_warning: Expect) -> None:
    expect_warning("new_incarnation reason=restore")
    old = bench.log
    for _ in range(2):
        bench.cell.handle(m.Outdated("restore", old))
    assert [first.reason for first in opened(bench)] == ["enrol", "restore"]


def test_a_new_log_that_cannot_be_stored_now_is_opened_when_it_can_be(bench: Bench, expect_warning: Expect) -> None:
    expect_warning("store_unavailable .*store.readonly")
    expect_warning("new_incarnation reason=fork")
    old = bench.log
    bench.read_only(True)
    bench.cell.handle(m.Outdated("fork", old))
    assert bench.log == old
    bench.read_only(False)
    bench.cell.handle(m.Tick(bench.clock.mono_ms()))
    assert bench.scan("M-250-000002").event.startswith(bench.log)
    assert (bench.log != old, opened(bench)[-1].parent.log) == (True, old)


# Lost -----------------------------------------------------------------------------------------------------------------
def test_a_lost_database_is_followed_as_far_as_the_sentinel_remembers(bench: Bench, expect_warning: Expect) -> None:
    expect_warning("new_incarnation reason=restore")
    was = files(bench).read_sentinel()
    bench.close()
    lose(bench, "station.db*")
    bench.start()
    last = opened(bench)[-1]
    assert (last.reason, last.parent) == ("restore", b.Head(was.log, was.size, was.root))
    assert bench.log != was.log, "the old key signed another history already"


def test_after_a_loss_the_key_that_was_enrolled_anew_is_the_one_that_is_used(
    bench: Bench, expect_warning: Expect
) -> None:
    """The data folder is gone, the sentinel lay elsewhere; `headwater station enrol` made a key that people trust."""
    expect_warning("new_incarnation reason=restore")
    was = files(bench).read_sentinel()
    bench.close()
    lose(bench, "station.db*", "keys/*")
    key = files(bench).new_key()
    bench.start()
    assert bench.log == log_id(append.public(key))
    assert opened(bench)[-1].parent == b.Head(was.log, was.size, was.root)


def test_with_everything_lost_it_begins_as_a_new_station(bench: Bench) -> None:
    bench.close()
    lose(bench, "station.db*", "keys/*", "sentinel.json")
    bench.start()
    assert [(first.reason, first.parent) for first in opened(bench)] == [("enrol", None)]


# Corrupt --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE entry SET raw = CAST(replace(raw, 'p-wang', 'p-gnaw') AS BLOB) WHERE bid = 2 AND idx = 1",
        "UPDATE entry SET leaf = zeroblob(32) WHERE bid = 2 AND idx = 1",
        "DELETE FROM entry WHERE bid = 2 AND idx = 0",
        "DELETE FROM entry WHERE bid = 2",
        "UPDATE branch SET frontier = zeroblob(32), size = 1 WHERE bid = 2",
        "UPDATE branch SET note = (SELECT note FROM branch WHERE bid = 1) WHERE bid = 2",
        "UPDATE branch SET note = 'scribble' WHERE bid = 2",
    ],
)
def test_a_log_that_is_not_what_was_signed_is_not_written_on(bench: Bench, damage: str) -> None:
    with bench.store.writing() as conn:
        conn.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in ("touch", "tip"):
            conn.exec_driver_sql(f"DELETE FROM {table}")
        assert conn.exec_driver_sql(damage).rowcount
    bench.close()
    before = bench.path.read_bytes()
    with pytest.raises(StoreUnavailable, match=r"store\.corrupt"):
        bench.start()
    bench.close()
    assert bench.path.read_bytes() == before


# Files ----------------------------------------------------------------------------------------------------------------
def test_keys_and_sentinel_are_for_their_owner_only(bench: Bench) -> None:
    kept = files(bench)
    assert kept.keys.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (*kept.keys.iterdir(), kept.sentinel)} == {0o600}
    assert not list(bench.folder.rglob("*.new"))


def test_the_sentinel_may_lie_elsewhere(tmp_path: Path) -> None:
    kept = Files(tmp_path / "data", tmp_path / "elsewhere.json")
    key = Ed25519PrivateKey.generate()
    own = append.Own(1, 1, log_id(append.public(key)), key, append.merkle.EMPTY)
    kept.write_sentinel(own, "here")
    assert kept.read_sentinel() == Sentinel(own.log, 0, b64(own.frontier.root()), "here")
    assert not (tmp_path / "data").exists()


def test_a_key_that_is_not_there_is_none(tmp_path: Path) -> None:
    kept = Files(tmp_path)
    assert kept.current() is None
    assert kept.find("a" * 26) is None
    key = kept.new_key()
    found = kept.find(log_id(append.public(key)))
    assert found and append.public(found) == append.public(key) == append.public(kept.current())


@pytest.mark.parametrize(
    ("device", "code"), [("/dev/full", "store.full"), ("/proc/sys/kernel/osrelease", "store.readonly")]
)
def test_a_disk_that_says_no_has_its_code(tmp_path: Path, device: str, code: str) -> None:
    kept = Files(tmp_path)
    (tmp_path / "keys").mkdir()
    key = Ed25519PrivateKey.generate()
    name = log_id(append.public(key))
    (tmp_path / "sentinel.new").symlink_to(device)
    with pytest.raises(StoreUnavailable) as caught:
        kept.write_sentinel(append.Own(1, 1, name, key, append.merkle.EMPTY), "here")
    assert caught.value.code == code
    assert not kept.sentinel.exists()


def test_a_computer_is_told_from_another_and_stays_itself() -> None:
    assert own_log.fingerprint() == own_log.fingerprint()
    assert len(own_log.fingerprint()) == 16


# A log that somebody else wrote too -----------------------------------------------------------------------------------
def elsewhere(bench: Bench, size: int, *texts: str) -> bytes:
    """What another computer with the same key wrote after the first `size` entries of the log that is written here."""
    key = Files(bench.folder).current()
    assert key is not None
    with bench.store.reading() as conn:
        known = logs.by_id(conn, bench.log)
        assert known is not None
        rows = conn.exec_driver_sql(f"SELECT raw FROM entry WHERE bid = {logs.trunk(conn, known.lid).bid} ORDER BY idx")
        raws = list(rows.scalars())[:size]
    raws += [encode(Fact(b.SignIn(text, "in")), stamp(90 + i)) for i, text in enumerate(texts)]
    head = note.Checkpoint(bench.log, len(raws), merkle.root([merkle.leaf_hash(raw) for raw in raws]))
    return batch.encode(batch.Batch(size, tuple(raws[size:]), note.sign(head, key)))


def test_a_station_that_hears_of_another_branch_writes_a_new_log(bench: Bench, expect_warning: Expect) -> None:
    """What it would go on to write there would be disputed, and no pass in it would count."""
    expect_warning("new_incarnation .*reason=fork")
    bench.scan("B10021")
    old, had = bench.log, len(bench.written())
    bench.cell.handle(m.BatchArrived(elsewhere(bench, 1, "another")))
    assert bench.log != old
    assert len(bench.written()) == had + 2, "the other branch's entry, and the opening of the new log"
    new = bench.log
    bench.restart()
    assert bench.log == new
    assert bench.scan("M-250-000001").event.startswith(new)


def test_a_kill_before_the_new_log_is_opened_only_puts_it_off(bench: Bench, expect_warning: Expect) -> None:
    expect_warning("new_incarnation .*reason=fork")
    bench.scan("B10021")
    old, body = bench.log, elsewhere(bench, 1, "another")
    with bench.store.writing() as conn:
        accept(conn, body, 0)
    bench.restart()
    assert bench.log != old


def test_what_was_set_aside_of_the_own_log_is_taken_once_another_is_written(
    bench: Bench, expect_warning: Expect
) -> None:
    expect_warning("new_incarnation .*reason=restore")
    bench.scan("B10021")
    old, more = bench.log, elsewhere(bench, bench.size, "lost", "and found")
    bench.cell.handle(m.BatchArrived(more))
    had = len(bench.written())
    bench.cell.handle(m.Outdated("restore", old))
    assert len(bench.written()) == had + 3
    with bench.store.reading() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM aside").scalar_one() == 0
