"""A store keeps what it said it kept, and says in one code why it cannot."""

import sqlite3
import threading
from pathlib import Path

import pysqlite3
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import func, select

from common.errors import StoreUnavailable
from common.ledger import tables as t
from common.ledger.sqlite import OLDEST_SQLITE, open_sqlite
from common.ledger.store import Store
from tests.support.factory import APPLICATION, MIGRATIONS, Author, Node, bind, lot, unit

ROOT = Path(__file__).parents[3]
STEPS = ("station/store/migrations", "hub/db/migrations")


def open_store(path: Path, *, create: bool = False) -> Store:
    return open_sqlite(path, APPLICATION, MIGRATIONS, create=create)


def refused(path: Path, *, create: bool = False) -> str:
    """The code with which a store does not open."""
    with pytest.raises(StoreUnavailable) as caught:
        open_store(path, create=create)
    assert str(path) in str(caught.value) or caught.value.code == "store.sqlite_old"
    return caught.value.code


def pragma(node: Node, text: str) -> object:
    """Run a pragma on the one writing connection."""
    raw = node.store._writer.raw_connection()
    found = raw.cursor().execute(f"PRAGMA {text}").fetchone()
    raw.close()  # back into the pool
    return found[0] if found else None


# Steps ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("folder", [MIGRATIONS, *(ROOT / room for room in STEPS)], ids=str)
def test_the_newest_step_is_the_last_by_name(folder: Path) -> None:
    """By that a store knows, without loading what migrates, that there is nothing to do."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    head = ScriptDirectory.from_config(config).get_current_head()
    last = max(path.stem for path in (folder / "versions").glob("[0-9]*.py"))
    assert f"{last}_".startswith(f"{head}_")


# Opening --------------------------------------------------------------------------------------------------------------
def test_a_new_store_is_a_wal_with_full_synchronisation_and_our_application_id(make):
    node = make()
    assert pragma(node, "journal_mode") == "wal"
    assert pragma(node, "synchronous") == 2
    assert pragma(node, "application_id") == APPLICATION
    assert pragma(node, "foreign_keys") == 1
    assert pragma(node, "trusted_schema") == 0


def test_a_missing_store_is_not_made_unless_asked_for(tmp_path):
    assert refused(tmp_path / "none.db") == "store.missing"
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("create", [True, False])
def test_a_file_that_is_no_database_is_foreign_and_stays_as_it_was(tmp_path, create):
    path = tmp_path / "letter.db"
    path.write_bytes(b"Dear Sir or Madam, " * 400)
    assert refused(path, create=create) == "store.foreign"
    assert path.read_bytes() == b"Dear Sir or Madam, " * 400


@pytest.mark.parametrize("create", [True, False])
def test_somebody_elses_database_is_foreign_and_stays_as_it_was(tmp_path, create):
    path = tmp_path / "theirs.db"
    theirs = sqlite3.connect(path)
    theirs.execute("CREATE TABLE note (text)")
    theirs.commit()
    theirs.close()
    before = path.read_bytes()
    assert refused(path, create=create) == "store.foreign"
    assert path.read_bytes() == before


def test_a_file_left_empty_by_a_power_cut_is_made_anew(tmp_path):
    path = tmp_path / "empty.db"
    path.touch()
    assert refused(path) == "store.foreign"
    open_store(path, create=True).close()
    open_store(path).close()


def test_a_folder_in_the_place_of_the_file_cannot_be_opened(tmp_path):
    (tmp_path / "folder.db").mkdir()
    assert refused(tmp_path / "folder.db") == "store.io"


def test_a_database_that_may_not_be_written_does_not_open(tmp_path, author):
    """SQLite opens a file read-only whose write version (byte 18) it does not know; root cannot overrule that."""
    path = tmp_path / "old.db"
    node = Node(path, [author])
    author.say(bind(), unit(), lot())
    node.take(author.batch())
    pragma(node, "wal_checkpoint(TRUNCATE)")
    node.close()
    raw = path.read_bytes()
    path.write_bytes(raw[:18] + b"\x03" + raw[19:])
    assert refused(path) == "store.readonly"
    path.write_bytes(raw)
    again = Node(path)
    assert len(again.entries()) == 1
    again.close()


@pytest.mark.parametrize("name", ["100% sure?.db", "a#b.db", "电机 ü.db"])
def test_a_file_may_have_any_name(tmp_path, name):
    open_store(tmp_path / name, create=True).close()
    assert (tmp_path / name).stat().st_size > 0
    open_store(tmp_path / name).close()


@pytest.mark.parametrize("version", [(3, 7, 0), (3, 40, 1), (3, 51, 2)])
def test_a_library_with_the_wal_reset_bug_is_refused(tmp_path, monkeypatch, version):
    """sqlite.org/changes.html: 3.7.0 to 3.51.2 can corrupt a database when a checkpoint races a commit."""
    monkeypatch.setattr(pysqlite3, "sqlite_version_info", version)
    assert refused(tmp_path / "new.db", create=True) == "store.sqlite_old"
    assert not (tmp_path / "new.db").exists()


def test_the_library_that_is_installed_is_new_enough():
    assert OLDEST_SQLITE == (3, 51, 3)
    assert pysqlite3.sqlite_version_info >= OLDEST_SQLITE


def test_a_damaged_page_is_reported_and_not_a_crash(tmp_path, author):
    node = Node(tmp_path / "torn.db", [author])
    for i in range(50):
        author.say(bind(), unit(f"M-{i}"), lot())
    node.take(author.batch())
    pragma(node, "wal_checkpoint(TRUNCATE)")
    node.close()
    raw = bytearray(node.path.read_bytes())
    raw[8192:] = b"\x5a" * (len(raw) - 8192)
    node.path.write_bytes(raw)
    with pytest.raises(StoreUnavailable) as caught:
        Node(node.path).entries()
    assert caught.value.code == "store.io"


# Writing --------------------------------------------------------------------------------------------------------------
def test_a_full_disk_refuses_the_write_whole_and_loses_nothing(make, author):
    node = make(author)
    author.say(bind(), unit(), lot())
    node.take(author.batch())
    before, rows, head = node.entries(), node.rows(), node.head(author)
    pragma(node, f"max_page_count={pragma(node, 'page_count')}")
    for i in range(300):
        author.say(bind(), unit(f"M-{i}"), lot())
    with pytest.raises(StoreUnavailable) as caught:
        node.take(author.batch())
    assert caught.value.code == "store.full"
    assert (node.entries(), node.rows(), node.head(author)) == (before, rows, head)
    pragma(node, "max_page_count=1000000")
    assert node.take(author.batch())[0].kind == "accepted"
    assert len(node.entries()) == 301


def test_a_full_disk_refuses_a_scan_and_the_log_goes_on_when_there_is_room(make):
    node = make()
    own = node.open_log(1)
    own, _ = node.say(own, bind(), unit(), lot())
    pragma(node, f"max_page_count={pragma(node, 'page_count')}")
    stopped = own
    with pytest.raises(StoreUnavailable, match=r"store\.full"):
        for i in range(500):
            stopped, _ = node.say(stopped, bind(), unit(f"M-{i}"), lot())
    assert len(node.entries()) == stopped.size
    pragma(node, "max_page_count=1000000")
    own, _ = node.say(stopped, bind(), unit("after"), lot())
    assert len(node.entries()) == own.size == stopped.size + 1


def test_a_database_that_became_read_only_refuses_and_loses_nothing(make, author):
    """As on a file system that was mounted again read-only after an error."""
    node = make(author)
    author.say(bind(), unit(), lot())
    node.take(author.batch())
    author.say(bind(), unit("M-2"), lot())
    pragma(node, "query_only=ON")
    with pytest.raises(StoreUnavailable) as caught:
        node.take(author.batch())
    assert caught.value.code == "store.readonly"
    pragma(node, "query_only=OFF")
    assert len(node.entries()) == 1
    assert node.take(author.batch())[0].kind == "accepted"


def test_a_reader_cannot_write(make):
    node = make()
    with pytest.raises(StoreUnavailable) as caught, node.store.reading() as conn:
        conn.execute(t.thing.insert().values(tid=1, scheme="x", value="y"))
    assert caught.value.code == "store.readonly"


def test_a_database_that_somebody_else_keeps_locked_is_a_trouble_of_the_disk(make, author):
    node = make(author)
    pragma(node, "busy_timeout=0")
    other = pysqlite3.connect(str(node.path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    author.say(bind(), unit(), lot())
    with pytest.raises(StoreUnavailable) as caught:
        node.take(author.batch())
    assert caught.value.code == "store.io"
    other.execute("ROLLBACK")
    other.close()
    assert node.take(author.batch())[0].kind == "accepted"


def test_what_breaks_off_leaves_nothing_behind(make, author):
    """A bug in the middle of a transaction rolls back entries, rows and head alike."""
    node = make(author)
    author.say(bind(), unit(), lot())
    with pytest.raises(ZeroDivisionError), node.store.writing() as conn:
        conn.execute(t.thing.insert().values(tid=1, scheme="x", value="y"))
        raise ZeroDivisionError
    with node.store.reading() as conn:
        assert conn.execute(select(func.count()).select_from(t.thing)).scalar() == 0


def test_only_the_thread_that_owns_the_store_writes(make):
    node = make()
    node.store.own()
    said: list[str] = []

    def intrude() -> None:
        try:
            with node.store.writing():
                said.append("wrote")
        except AssertionError as e:
            said.append(str(e))

    thread = threading.Thread(target=intrude, name="intruder")
    thread.start()
    thread.join(timeout=30)
    assert said == [f"intruder may not write {node.path.name}"]
    with node.store.writing() as conn:
        conn.execute(t.thing.insert().values(tid=1, scheme="x", value="y"))


def test_a_reader_sees_one_moment_while_the_writer_goes_on(make, author):
    node = make(author)
    author.say(bind(), unit(), lot())
    with node.store.reading() as conn:
        count = select(func.count()).select_from(t.entry)
        assert conn.execute(count).scalar() == 0
        node.take(author.batch())
        assert conn.execute(count).scalar() == 0
    assert len(node.entries()) == 1


# Opening again --------------------------------------------------------------------------------------------------------
def test_everything_is_there_after_a_restart(tmp_path, author: Author):
    first = Node(tmp_path / "a.db", [author])
    author.say(bind(), unit(), lot())
    first.take(author.batch())
    before = (first.entries(), first.rows(), first.standings(), first.head(author))
    first.close()
    second = Node(tmp_path / "a.db")
    assert (second.entries(), second.rows(), second.standings(), second.head(author)) == before
    second.close()


def test_what_was_committed_is_there_though_nobody_closed_the_store(tmp_path, author: Author):
    """The files as they are after a kill: the WAL was never checkpointed."""
    node = Node(tmp_path / "a.db", [author])
    author.say(bind(), unit(), lot())
    node.take(author.batch())
    for name in ("a.db", "a.db-wal"):
        (tmp_path / f"after-{name}").write_bytes((tmp_path / name).read_bytes())
    left = Node(tmp_path / "after-a.db")
    assert left.entries() == node.entries() != set()
    assert left.head(author) == node.head(author)
    left.close()
    node.close()
