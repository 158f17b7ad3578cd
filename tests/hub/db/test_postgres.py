"""PostgreSQL: which database a hub takes, that it alone writes it, and what it does while the server is away."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from common import event_types as b
from common.errors import BadConfig, HeadwaterError, StoreUnavailable
from common.ids import Claim
from common.ledger import accept, logs
from common.ledger import tables as t
from hub.db import access, reads
from hub.db.postgres import LOCK
from hub.demo.processes import wait_for
from tests.conftest import Clock
from tests.support.factory import Author, portable_rows, unit
from tests.support.hub import Office, judged, together
from tests.support.postgres import Cluster

ENGINES = ("postgresql",)
MOTOR = b.Commission(material="motor")
Expect = Callable[[str], None]
Offices = Callable[..., Office]


def refused(url: str, *, create: bool = False) -> str:
    """The code with which a database is not opened."""
    with pytest.raises(HeadwaterError) as caught:
        access.open_store(url, create=create)
    return caught.value.code


# Which database -------------------------------------------------------------------------------------------------------
def test_an_empty_database_is_made_a_hubs_only_when_a_hub_is_made(cluster: Cluster) -> None:
    url = cluster.database("template0")
    assert refused(url) == "store.missing"
    access.make_store(url)
    access.open_store(url, create=False).close()


def test_somebody_elses_database_is_foreign_and_stays_as_it_was(cluster: Cluster) -> None:
    url = cluster.database("template0")
    with psycopg.connect(url) as conn:
        conn.execute("CREATE TABLE note (text text)")
    assert (refused(url), refused(url, create=True)) == ("store.foreign", "store.foreign")
    with psycopg.connect(url) as conn:
        tables = conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("note",)]


def test_what_the_server_says_no_to_at_the_start_has_a_code(cluster: Cluster) -> None:
    url = cluster.database()
    name = url.partition("@/")[2].partition("?")[0]
    assert refused(cluster.url("nowhere")) == "store.missing"
    assert refused(cluster.url(name, "refused")) == "store.denied"
    assert refused(cluster.url(name, "secretive:wrong")) == "store.denied"
    assert refused(cluster.url(name, "secretive:x")) == "store.denied", "it may come in and do nothing"
    assert refused(f"postgresql://headwater@/{name}?host={cluster.folder}/elsewhere") == "store.away"
    assert refused("postgresql://127.0.0.1:1/x") == "store.away"
    with pytest.raises(BadConfig, match=r"config\.value"):
        access.open_store("postgresql://x?nonsense=1", create=False)


def test_a_password_is_never_told(cluster: Cluster) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        access.open_store(cluster.url("nowhere", "secretive:hush"), create=False)
    assert "hush" not in str(caught.value)


def test_only_utf8_will_do(cluster: Cluster) -> None:
    cluster.run("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'")
    assert refused(cluster.url("latin"), create=True) == "store.encoding"


def test_a_server_before_15_is_refused(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.db.postgres.OLDEST", 99_00_00)
    assert refused(cluster.database()) == "store.postgres_old"


def test_one_process_at_most_writes_a_database(office: Office, author: Author) -> None:
    assert refused(str(office.database)) == "store.taken"
    office.trust(author)
    author.say(MOTOR, unit())
    assert office.take(author).kind == "accepted"
    office.stop()
    access.open_store(office.database, create=False).close()


def test_a_hub_that_is_started_right_behind_another_waits_until_the_server_saw_that_one_go(
    cluster: Cluster,
) -> None:
    """The server ends a connection's process, and with it the lock, some time after the hub's own end."""
    url, waits = cluster.database(), "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with ThreadPoolExecutor(1) as pool:
        with psycopg.connect(url, autocommit=True) as before, psycopg.connect(url, autocommit=True) as looking:
            before.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
            opened = pool.submit(access.open_store, url, create=False)
            wait_for("it to want the lock", lambda: looking.execute(waits).fetchone())
        opened.result().close()


def test_a_reader_cannot_write(office: Office) -> None:
    with pytest.raises(StoreUnavailable) as caught, office.reading() as conn:
        conn.execute(t.thing.insert().values(tid=1, scheme="x", value="y"))
    assert caught.value.code == "store.readonly"


def test_a_commit_is_on_the_disk_whatever_the_servers_default(cluster: Cluster) -> None:
    url = cluster.database()
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(f"ALTER DATABASE {conn.info.dbname} SET synchronous_commit = off")
    store = access.open_store(url, create=False)
    with store.writing() as conn:
        assert conn.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    store.close()


# While it is away -----------------------------------------------------------------------------------------------------
def test_while_the_server_is_away_nothing_is_confirmed_and_then_all_goes_on(
    office: Office, author: Author, cluster: Cluster, expect_warning: Expect
) -> None:
    expect_warning("store_refuses code=store.away")
    expect_warning("store_recovered")
    office.trust(author)
    for n in range(20):
        author.say(MOTOR, unit(f"M-{n}"))
    assert office.take(author, 0, 10).kind == "accepted"
    cluster.stop()
    try:
        errors = together(*(lambda: code_of(lambda: office.ingest.submit(author.batch(10))) for _ in range(3)))
        assert errors == ["store.away"] * 3
        assert code_of(lambda: office.size(author)) == "store.away", "who reads is told so too"
    finally:
        cluster.start()
    assert office.size(author) == 10, "the same hub; a reader's connection is made anew"
    assert office.take(author, 10).kind == "accepted"
    assert (office.size(author), office.state(unit("M-19"))) == (20, "in_process")


def test_a_connection_lost_in_a_transaction_loses_it_whole_and_the_lock_comes_back(
    office: Office, author: Author, cluster: Cluster, expect_warning: Expect
) -> None:
    expect_warning("store_refuses code=store.away")
    expect_warning("store_recovered")
    office.trust(author)
    author.say(MOTOR, unit())

    def lose(conn: object) -> None:
        accept.accept(conn, author.batch(), 1)  # type: ignore[arg-type]
        end = "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database d ON d.oid = database"
        cluster.run(f"{end} WHERE locktype = 'advisory' AND datname = '{name_of(office)}'")
        office.ingest.publish(conn, [])  # type: ignore[arg-type]
        logs.all_logs(conn)  # type: ignore[arg-type]

    assert code_of(lambda: office.ingest.do(lose)) == "store.away"
    assert office.size(author) == 0
    assert office.take(author).kind == "accepted"
    assert refused(str(office.database)) == "store.taken"


@pytest.mark.parametrize(
    ("state", "code"), [("53100", "store.full"), ("25006", "store.readonly"), ("57P01", "store.away")]
)
def test_what_the_server_refuses_for_a_while_is_waited_out(
    office: Office, author: Author, expect_warning: Expect, state: str, code: str
) -> None:
    """The server's own errors, raised by a trigger: a full disk, a standby, a shutdown."""
    expect_warning(f"store_refuses code={code}")
    expect_warning("store_recovered")
    office.trust(author)
    author.say(MOTOR, unit())
    refuse = f"BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END"
    office.ingest.do(
        lambda conn: conn.exec_driver_sql(
            f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {refuse} $$;"
            "CREATE TRIGGER refuse BEFORE INSERT ON entry EXECUTE FUNCTION refuse()"
        )
    )
    assert code_of(lambda: office.ingest.submit(author.batch())) == code
    office.ingest.do(lambda conn: conn.exec_driver_sql("DROP FUNCTION refuse CASCADE"))
    assert office.take(author).kind == "accepted"


def test_a_commit_whose_answer_is_lost_is_not_said_to_have_failed(
    office: Office, author: Author, expect_warning: Expect
) -> None:
    """A deferred trigger ends the session during the commit: as with a cut cable, nobody knows what became of it."""
    expect_warning("store_refuses code=store.unconfirmed")
    expect_warning("store_recovered")
    office.trust(author)
    author.say(MOTOR, unit())
    cut = "BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END"
    office.ingest.do(
        lambda conn: conn.exec_driver_sql(
            f"CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ {cut} $$;"
            "CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION cut()"
        )
    )
    assert code_of(lambda: office.ingest.submit(author.batch())) == "store.unconfirmed"
    office.ingest.do(lambda conn: conn.exec_driver_sql("DROP FUNCTION cut CASCADE"))
    assert office.take(author).kind == "accepted", "sent again, and taken once"
    assert office.size(author) == 1


def code_of(work: Callable[[], object]) -> str:
    with pytest.raises(HeadwaterError) as caught:
        work()
    return caught.value.code


def name_of(office: Office) -> str:
    return str(office.database).partition("@/")[2].partition("?")[0]


# The same answers -----------------------------------------------------------------------------------------------------
def test_both_engines_sort_and_find_alike(offices: Offices, tmp_path: Path, clock: Clock) -> None:
    """By code point, whatever language the server's own order is; the cluster of the tests sorts as English does."""
    values = ["B-1", "a-1", "A-2", "b-2", "É-1", "电机-1", "Z.9", "x\0y", "\uffff0", "M-1/a-1"]
    author = Author(1, "st-10")
    for value in values:
        author.say(MOTOR, Claim("unit@k3f9x2ma", value))
    here, there = offices("there"), Office(tmp_path / "sqlite", clock)
    found = []
    for office in (here, there):
        office.trust(author)
        office.take(author)
        with office.reading() as conn:
            asked = {text: reads.search(conn, text) for text in ("a", "A", "A-1", "1", "9", "x", "电", "")}
            found.append((asked, judged(conn), portable_rows(conn)))
    there.stop()
    assert found[0] == found[1]
