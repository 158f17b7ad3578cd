"""A database with one writer: one connection writes, owned by one thread; all others are read-only.

The opener supplies the engine and the meaning of its errors: common/ledger/sqlite.py, hub/db/postgres.py.
"""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection as Connection  # other rooms name the type and write no SQL
from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DatabaseError

from common.errors import HeadwaterError, StoreUnavailable

FULL = (errno.ENOSPC, errno.EDQUOT)
READONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
Explain = Callable[[DatabaseError], HeadwaterError | None]


class Store:
    """An open database. `name`: for people. `explain`: maps an error caused by the environment to one of ours."""

    def __init__(self, name: str, writer: Engine, reader: Engine, explain: Explain) -> None:
        self.name = name
        self._owner: int | None = None
        self._idle: Connection | None = None  # the writer's connection between two transactions
        self._writer = writer
        self._reader = reader
        self._explain = explain

    def own(self) -> None:
        """Make the calling thread the only one that may write."""
        self._owner = threading.get_ident()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open one transaction, durable when the block ends. StoreUnavailable: refused; nothing was written."""
        if self._owner not in (None, threading.get_ident()):
            raise AssertionError(f"{threading.current_thread().name} may not write {self.name}")
        with self.translated():
            conn, self._idle = self._idle or self._writer.connect(), None
            try:
                with conn.begin():
                    yield conn
            except BaseException:
                conn.close()  # the pool replaces it if it is broken
                raise
            if self._owner is None:
                conn.close()
            else:
                self._idle = conn  # of one thread; taking it from the pool each time would cost five statements

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open one read-only snapshot."""
        with self.translated(), self._reader.begin() as conn:
            yield conn

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Translate database errors caused by the environment into our errors with a code."""
        with translated(self._explain):
            yield

    def migrate(self, migrations: Path) -> None:
        """Migrate to the newest schema. StoreUnavailable if writing is refused, even with nothing to migrate."""
        with self.writing() as conn:
            _upgrade(conn, migrations)

    def close(self) -> None:
        """Close every connection."""
        if self._idle is not None:
            self._idle.close()
        self._reader.dispose()
        self._writer.dispose()  # SQLite: the last connection to close folds the WAL into the database


@contextmanager
def translated(explain: Explain) -> Iterator[None]:
    """Translate database errors by `explain`; raise the others unchanged."""
    try:
        yield
    except DatabaseError as e:
        error = explain(e)
        if error is None:
            raise
        raise error from e


@contextmanager
def translated_files(path: Path) -> Iterator[None]:
    """Translate errors of files beside a database, as for the database."""
    try:
        yield
    except OSError as e:
        code = "store.full" if e.errno in FULL else "store.readonly" if e.errno in READONLY else "store.io"
        raise StoreUnavailable(code, path=str(e.filename or path), reason=e.strerror or str(e)) from e


def _upgrade(conn: Connection, migrations: Path) -> None:
    if not _is_newest(conn, migrations):
        # Loading Alembic takes a third of a second, which a start with nothing to migrate must not pay.
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(migrations).replace("%", "%%"))
        config.attributes["connection"] = conn
        command.upgrade(config, "head")
    # BEGIN succeeds on a read-only file and an upgrade may have nothing to do, so only a write shows it.
    conn.exec_driver_sql("DELETE FROM alembic_version WHERE false")


def _is_newest(conn: Connection, migrations: Path) -> bool:
    """Return True if the last step was taken: the name of a step's file begins with its revision."""
    if not inspect(conn).has_table("alembic_version"):
        return False
    last = max(path.stem for path in (migrations / "versions").glob("[0-9]*.py"))
    return f"{last}_".startswith(f"{conn.exec_driver_sql('SELECT version_num FROM alembic_version').scalar()}_")


def run_migrations(context: Any) -> None:
    """Run migrations on the connection of `Store`, in its transaction; called by every Alembic env.py of ours."""
    context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
    context.run_migrations()
