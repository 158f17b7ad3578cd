"""Opens an SQLite database so that a returned commit is on disk, and refuses one that cannot promise this."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

import pysqlite3  # type: ignore[import-untyped]
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool, QueuePool, StaticPool

from common.errors import StoreUnavailable
from common.ledger import sql
from common.ledger.store import Store, translated

# 3.7.0 to 3.51.2 can corrupt a database when a checkpoint races a commit (the WAL-reset bug, sqlite.org/changes.html).
OLDEST_SQLITE = (3, 51, 3)
BUSY_MS = 5_000
CODES = {"SQLITE_FULL": "store.full", "SQLITE_READONLY": "store.readonly", "SQLITE_NOTADB": "store.foreign"}


def open_sqlite(path: Path, application: int, migrations: Path, *, create: bool) -> Store:
    """Open and migrate a database file. `application`: the SQLite application id that marks our databases.

    StoreUnavailable: store.sqlite_old, .missing, .foreign, .readonly, .full, .io.
    """
    _check_library()
    if not create and not path.exists():
        raise StoreUnavailable("store.missing", path=str(path))
    if create and (not path.exists() or not path.stat().st_size):  # empty: power was lost while it was created
        _create(path, application)
    writer, reader = _engine(path, "rw", StaticPool), _engine(path, "ro", QueuePool)
    event.listen(writer, "begin", partial(sql.run, text="BEGIN IMMEDIATE"))
    event.listen(reader, "begin", partial(sql.run, text="BEGIN"))
    store = Store(path.name, writer, reader, partial(_explain, path))
    with store.reading() as conn:
        found = conn.exec_driver_sql("PRAGMA application_id").scalar()
    if found != application:
        raise StoreUnavailable("store.foreign", path=str(path))
    store.migrate(migrations)
    return store


def _explain(path: Path, error: DatabaseError) -> StoreUnavailable | None:
    name = str(getattr(error.orig, "sqlite_errorname", "") or "")
    code = next((code for prefix, code in CODES.items() if name.startswith(prefix)), "")
    if name.startswith("SQLITE_CANTOPEN") and path.exists() and not os.access(path.parent, os.W_OK):
        code = "store.readonly"  # on a read-only file system a WAL database cannot create its -shm
    if not code and not name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_BUSY", "SQLITE_CORRUPT")):
        return None
    return StoreUnavailable(code or "store.io", path=str(path), reason=str(error.orig))


def _check_library() -> None:
    if pysqlite3.sqlite_version_info < OLDEST_SQLITE:
        need = ".".join(map(str, OLDEST_SQLITE))
        raise StoreUnavailable("store.sqlite_old", have=pysqlite3.sqlite_version, need=need)


def _create(path: Path, application: int) -> None:
    """Create the file durably before anything relies on it: EXTRA until the journal is a WAL, FULL from then on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = _engine(path, "rwc", NullPool, pragmas=())
    with translated(partial(_explain, path)), engine.connect() as conn:
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
