"""Opens a database so that a commit that returned is on the disk, and refuses one that cannot promise it.

One connection writes, owned by one thread; every other connection is read-only.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pysqlite3  # type: ignore[import-untyped]
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection as Connection  # other rooms name the type and write no SQL
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool, QueuePool, StaticPool

from common.errors import StoreUnavailable

# 3.7.0 to 3.51.2 can corrupt a database when a checkpoint races a commit (the WAL-reset bug, sqlite.org/changes.html).
OLDEST_SQLITE = (3, 51, 3)
BUSY_MS = 5_000
CODES = {"SQLITE_FULL": "store.full", "SQLITE_READONLY": "store.readonly", "SQLITE_NOTADB": "store.foreign"}
FULL = (errno.ENOSPC, errno.EDQUOT)
READONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


class Store:
    """A database file with one writer. `application`: the SQLite application id that tells ours from a foreign one."""

    def __init__(self, path: Path, application: int, migrations: Path, *, create: bool) -> None:
        """Open and migrate. StoreUnavailable: store.sqlite_old, .missing, .foreign, .readonly, .full, .io."""
        self.path = path
        _check_library()
        if not create and not path.exists():
            raise StoreUnavailable("store.missing", path=str(path))
        if create and (not path.exists() or not path.stat().st_size):  # empty: the power went when it was made
            _create(path, application)
        self._owner: int | None = None
        self._writer = _engine(path, "rw", StaticPool)
        self._reader = _engine(path, "ro", QueuePool)
        event.listen(self._writer, "begin", self._begin_writing)
        event.listen(self._reader, "begin", lambda conn: conn.exec_driver_sql("BEGIN"))
        with translated(path):
            self._check_ours(application)
            _migrate(self._writer, migrations)

    def own(self) -> None:
        """From now on only the calling thread may write."""
        self._owner = threading.get_ident()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction; durable when the block ends. StoreUnavailable: the disk said no, and nothing was written."""
        with translated(self.path), self._writer.begin() as conn:
            yield conn

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One read-only snapshot."""
        with translated(self.path), self._reader.begin() as conn:
            yield conn

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._writer.dispose()  # the last one to close folds the WAL into the database

    def _begin_writing(self, conn: Connection) -> None:
        if self._owner not in (None, threading.get_ident()):
            raise AssertionError(f"{threading.current_thread().name} may not write {self.path.name}")
        conn.exec_driver_sql("BEGIN IMMEDIATE")

    def _check_ours(self, application: int) -> None:
        with self._reader.begin() as conn:
            found = conn.exec_driver_sql("PRAGMA application_id").scalar()
        if found != application:
            raise StoreUnavailable("store.foreign", path=str(self.path))


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Database errors that the environment causes, as StoreUnavailable with a code."""
    try:
        yield
    except DatabaseError as e:
        name = str(getattr(e.orig, "sqlite_errorname", "") or "")
        code = next((code for prefix, code in CODES.items() if name.startswith(prefix)), "")
        if name.startswith("SQLITE_CANTOPEN") and path.exists() and not os.access(path.parent, os.W_OK):
            code = "store.readonly"  # on a read-only file system a WAL database cannot make its -shm
        if not code and not name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_BUSY", "SQLITE_CORRUPT")):
            raise
        raise StoreUnavailable(code or "store.io", path=str(path), reason=str(e.orig)) from e


@contextmanager
def translated_files(path: Path) -> Iterator[None]:
    """The same for files that stand beside a database."""
    try:
        yield
    except OSError as e:
        code = "store.full" if e.errno in FULL else "store.readonly" if e.errno in READONLY else "store.io"
        raise StoreUnavailable(code, path=str(e.filename or path), reason=e.strerror or str(e)) from e


def _check_library() -> None:
    if pysqlite3.sqlite_version_info < OLDEST_SQLITE:
        need = ".".join(map(str, OLDEST_SQLITE))
        raise StoreUnavailable("store.sqlite_old", have=pysqlite3.sqlite_version, need=need)


def _create(path: Path, application: int) -> None:
    """Make the empty file durable before anything relies on it: EXTRA until the journal is a WAL, FULL from then on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = _engine(path, "rwc", NullPool, pragmas=())
    with translated(path), engine.connect() as conn:
        for pragma in ("page_size=4096", "synchronous=EXTRA", f"application_id={application}", "journal_mode=WAL"):
            conn.exec_driver_sql(f"PRAGMA {pragma}")
    engine.dispose()


PRAGMAS = (
    f"busy_timeout={BUSY_MS}",
    "synchronous=FULL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "cache_size=-65536",
)


def _engine(path: Path, mode: str, pool: type, pragmas: tuple[str, ...] = PRAGMAS) -> Engine:
    def connect() -> Any:
        uri = f"file:{_quoted(path)}?mode={mode}"
        conn = pysqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        for pragma in pragmas:
            conn.execute(f"PRAGMA {pragma}")
        return conn

    return create_engine("sqlite+pysqlite://", creator=connect, module=pysqlite3, poolclass=pool)


def _quoted(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _migrate(engine: Engine, migrations: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "head")
        # BEGIN IMMEDIATE succeeds on a read-only file and an upgrade may have nothing to do; only a write tells.
        conn.exec_driver_sql("DELETE FROM alembic_version WHERE 0")


def run_migrations(context: Any) -> None:
    """What every Alembic env.py of ours does: run on the connection that `Store` gives, in its transaction."""
    context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
    context.run_migrations()


Writing = Callable[[Connection], Any]
