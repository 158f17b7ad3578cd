"""Hand-written statements for the hot paths, and the few differences between SQLite and PostgreSQL.

Rows are tuples in the order of the table's columns. The caller owns the transaction. These statements go straight to
the driver, because SQLAlchemy's overhead per statement is ten times what SQLite needs to answer it. All other
statements use SQLAlchemy and are the same on both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Table
from sqlalchemy.exc import DatabaseError

ANY = {"sqlite": "IN (SELECT value FROM json_each(?))", "postgresql": "= ANY(?)"}
ARRAYS = {int: "int8[]", str: "text[]", bytes: "bytea[]"}
Rows = Sequence[tuple[Any, ...]]


class StatementResult:
    """The rows of a statement, and the number of rows it changed."""

    def __init__(self, rows: list[tuple[Any, ...]], changed: int) -> None:
        self._rows = rows
        self.changed = changed

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows)

    def all(self) -> list[tuple[Any, ...]]:
        """Return every row."""
        return self._rows

    def first(self) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        return self._rows[0] if self._rows else None

    def scalars(self) -> list[Any]:
        """Return the first column."""
        return [row[0] for row in self._rows]

    def scalar(self) -> Any:
        """Return the first value of the first row, or None."""
        return self._rows[0][0] if self._rows else None


def run(conn: Connection, text: str, *values: object) -> StatementResult:
    """Run one statement. `?` is a placeholder for a value, `{any}` for "is one of" an `array`."""
    return _driven(conn, _spelled(text, conn.dialect.name), values)


def _driven(conn: Connection, text: str, values: object, *, many: bool = False) -> StatementResult:
    cursor = conn.connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(text, values)  # type: ignore[arg-type]
        return StatementResult(list(cursor.fetchall()) if cursor.description else [], cursor.rowcount)
    except conn.dialect.loaded_dbapi.DatabaseError as e:
        raise DatabaseError(text, None, e) from e
    finally:
        cursor.close()


def array(conn: Connection, values: Iterable[int | str]) -> object:
    """Encode any number of values for `{any}`."""
    found = list(values)
    return msgspec.json.encode(found).decode() if conn.dialect.name == "sqlite" else found


def next_id(conn: Connection, table: Table) -> int:
    """Return the next dense integer key of a table; only the one writer may ask."""
    key = table.primary_key.columns[0].name
    return int(run(conn, f"SELECT coalesce(max({key}), 0) + 1 FROM {table.name}").scalar())


def add(conn: Connection, table: Table, rows: Rows) -> None:
    """Add new rows."""
    _insert(conn, table, rows, "")


def add_missing(conn: Connection, table: Table, rows: Rows) -> int:
    """Add the rows whose keys are new and return their number."""
    return _insert(conn, table, rows, "ON CONFLICT DO NOTHING")


def put(conn: Connection, table: Table, rows: Rows) -> None:
    """Add rows, replacing those with the same primary key."""
    _insert(conn, table, rows, _replacing(table))


def remove(conn: Connection, table: Table, keys: Rows) -> None:
    """Remove the rows with these primary keys."""
    if not keys:
        return
    text = _removing(table, conn.dialect.name)
    _each(conn, text, keys)


def _insert(conn: Connection, table: Table, rows: Rows, on_conflict: str) -> int:
    if not rows:
        return 0
    return _each(conn, _inserting(table, on_conflict, conn.dialect.name), rows)


def _each(conn: Connection, text: str, rows: Rows) -> int:
    """Run a statement for every row, on PostgreSQL at once with arrays; return the number of rows changed."""
    if conn.dialect.name == "sqlite":
        return _driven(conn, text, rows, many=True).changed
    return _driven(conn, text, tuple(list(column) for column in zip(*rows, strict=True))).changed


@cache
def _inserting(table: Table, on_conflict: str, engine: str) -> str:
    columns = ", ".join(f'"{c.name}"' for c in table.columns)
    if engine == "sqlite":
        source = f"VALUES ({', '.join('?' * len(table.columns))})"
    else:
        source = f"SELECT * FROM unnest({', '.join(map(_array_of, table.columns))})"
    return f'INSERT INTO "{table.name}" ({columns}) {source} {on_conflict}'


@cache
def _removing(table: Table, engine: str) -> str:
    keys = table.primary_key.columns
    if engine == "sqlite":
        return f'DELETE FROM "{table.name}" WHERE ' + " AND ".join(f'"{c.name}" = ?' for c in keys)
    names, arrays = (", ".join(parts) for parts in ((f'"{c.name}"' for c in keys), map(_array_of, keys)))
    return f'DELETE FROM "{table.name}" WHERE ({names}) IN (SELECT * FROM unnest({arrays}))'


def _array_of(column: Column[Any]) -> str:
    return "%s::" + ARRAYS[column.type.python_type]


@cache
def _replacing(table: Table) -> str:
    keys = ", ".join(f'"{c.name}"' for c in table.primary_key.columns)
    others = ", ".join(f'"{c.name}" = excluded."{c.name}"' for c in table.columns if not c.primary_key)
    return f"ON CONFLICT ({keys}) DO UPDATE SET {others}"


@cache
def _spelled(text: str, engine: str) -> str:
    text = text.replace("{any}", ANY[engine])
    return text if engine == "sqlite" else text.replace("%", "%%").replace("?", "%s")
