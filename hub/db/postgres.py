"""Opens a PostgreSQL database for one hub: its writer holds an advisory lock, so no second process accepts or projects.

Trouble of the server or the way to it passes: the hub stays up, confirms nothing meanwhile, and then continues.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.string import StrDumper, TextLoader
from sqlalchemy import create_engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from common.errors import BadConfig, HeadwaterError, StoreUnavailable
from common.ledger.store import Store

OLDEST = 15_00_00
# PostgreSQL's text cannot hold a NUL, and a station may have scanned one. This noncharacter replaces it.
MARK = "\uffff"
LOCK = int.from_bytes(b"HWhb", "big")
READERS = 16
OURS = {"alembic_version", "branch"}
# A server that went away without a word is noticed within seconds; the URL may say otherwise.
CONNECTION = {
    "application_name": "headwater-hub",
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
GONE_MS = 2_000  # the server takes a moment to see that a hub is gone, and lets go of its lock only then
# A commit that returned is on the disk, whatever the server's default. Every statement of the writer goes by an index;
# a plan that was made while a table was small must not stay when it has grown. Where there is no index, for the table
# is small, the plan only looks dear, and compiling it took 30 ms each time.
WRITER = """
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
    SET lock_timeout = 0; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off
"""
# postgresql.org/docs/current/errcodes-appendix.html, by the longest beginning that fits.
STATES = {
    "08": "store.away",
    "25006": "store.readonly",
    "28": "store.denied",
    "3D": "store.missing",
    "42501": "store.denied",
    "53": "store.away",
    "53100": "store.full",
    "57": "store.away",
    "58": "store.io",
    "XX": "store.io",
}
# Until there is a session libpq passes on no such state, only the server's words, in English unless it was set up
# otherwise; what is not recognised is `store.away`, with the words.
WORDS = {
    r'database ".*" does not exist': "store.missing",
    r'authentication failed|role ".*" does not exist|pg_hba\.conf|no password|permission denied': "store.denied",
}


class TextToDatabase(StrDumper):
    """Text on its way into the database."""

    def dump(self, obj: str) -> Any:
        """With no NUL in it."""
        if "\0" in obj or MARK in obj:
            obj = obj.replace(MARK, MARK + "1").replace("\0", MARK + "0")
        return super().dump(obj)


class TextFromDatabase(TextLoader):
    """Text as it was before `Written`."""

    def load(self, data: Any) -> Any:
        """Text out of the database."""
        text: Any = super().load(data)
        return text.replace(MARK + "0", "\0").replace(MARK + "1", MARK) if MARK in text else text


ADAPTERS = AdaptersMap(psycopg.adapters)
ADAPTERS.register_dumper(str, TextToDatabase)
ADAPTERS.register_loader("text", TextFromDatabase)


def open_postgres(url: str, migrations: Path, *, create: bool) -> Store:
    """Open and migrate the database at `url`, which exists; with `create` it may be empty.

    StoreUnavailable: store.away, .denied, .missing, .foreign, .taken, .postgres_old, .encoding, .readonly, .full.
    BadConfig: config.value.
    """
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError as e:
        raise BadConfig("config.value", file="hub.toml", reason=str(e).strip()) from e
    conninfo = make_conninfo(url, **{name: value for name, value in CONNECTION.items() if name not in given})
    name = f"{given.get('host', 'localhost')}/{given.get('dbname', '')}"
    dialect = "postgresql+psycopg://"
    writer = create_engine(
        dialect, creator=partial(_writer, conninfo, name), poolclass=QueuePool, pool_size=1, max_overflow=0
    )
    reader = create_engine(dialect, creator=partial(_reader, conninfo), pool_size=READERS, pool_pre_ping=True)
    store = Store(name, writer, reader, partial(_explain, name))
    try:
        _check_ours(store, create=create)
        store.migrate(migrations)
    except HeadwaterError:
        store.close()
        raise
    return store


def _check_ours(store: Store, *, create: bool) -> None:
    with store.writing() as conn:
        found = conn.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").scalars()
        tables = set(found)
    if not tables and not create:
        raise StoreUnavailable("store.missing", path=store.name)
    if tables and not tables >= OURS:
        raise StoreUnavailable("store.foreign", path=store.name)


def _writer(conninfo: str, name: str) -> psycopg.Connection:
    """The one connection that writes. It has the lock for as long as it lives."""
    conn = psycopg.connect(conninfo, autocommit=True, context=ADAPTERS)
    try:
        if conn.info.server_version < OLDEST:
            raise StoreUnavailable("store.postgres_old", have=conn.info.server_version // 10_000, need=OLDEST // 10_000)
        if conn.info.parameter_status("server_encoding") != "UTF8":
            raise StoreUnavailable("store.encoding", path=name, have=conn.info.parameter_status("server_encoding"))
        try:
            conn.execute(f"SET lock_timeout = {GONE_MS}")
            conn.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        except psycopg.errors.LockNotAvailable as e:
            raise StoreUnavailable("store.taken", path=name) from e
        conn.execute(WRITER)
    except BaseException:
        conn.close()
        raise
    conn.autocommit = False
    return conn


def _reader(conninfo: str) -> psycopg.Connection:
    """A connection whose every transaction reads one snapshot."""
    conn = psycopg.connect(conninfo, context=ADAPTERS)
    conn.read_only, conn.isolation_level = True, psycopg.IsolationLevel.REPEATABLE_READ
    return conn


def _explain(name: str, error: DatabaseError) -> HeadwaterError | None:
    reason = str(error.orig).strip()
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        code = next((code for words, code in WORDS.items() if re.search(words, reason)), "store.away")
    else:
        fitting = [beginning for beginning in STATES if state.startswith(beginning)]
        code = STATES[max(fitting, key=len)] if fitting else ""
    return StoreUnavailable(code, path=name, reason=reason) if code else None
