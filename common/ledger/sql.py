"""Statements written by hand for the hot paths, and the few words in which SQLite and PostgreSQL differ.

Rows are tuples in the order of the table's columns. The caller owns the transaction. Every other statement of ours is
SQLAlchemy's, and the same on both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, CursorResult, Table

ANY = {"sqlite": "IN (SELECT value FROM json_each(?))", "postgresql": "= ANY(?)"}
ARRAYS = {int: "int8[]", str: "text[]", bytes: "bytea[]"}
Rows = Sequence[tuple[Any, ...]]


def run(conn: Connection, text: str, *values: object) -> CursorResult[Any]:
    """Run one statement. `?` stands for a value, `{any}` for "is one of" an `array`."""
    return conn.exec_driver_sql(_spelled(text, conn.dialect.name), values)


def array(conn: Connection, values: Iterable[int | str]) -> object:
    """Values for `{any}`, any number of them."""
    return json.dumps(list(values)) if conn.dialect.name == "sqlite" else list(values)


def next_id(conn: Connection, table: Table) -> int:
    """The next dense integer of a table whose key is one; only the one writer may ask."""
    key = table.primary_key.columns[0].name
    return int(run(conn, f"SELECT coalesce(max({key}), 0) + 1 FROM {table.name}").scalar_one())


def add(conn: Connection, table: Table, rows: Rows) -> None:
    """Add rows that are not there."""
    _insert(conn, table, rows, "")


def add_missing(conn: Connection, table: Table, rows: Rows) -> int:
    """Add the rows whose keys are not there yet; how many that were."""
    return _insert(conn, table, rows, "ON CONFLICT DO NOTHING")


def put(conn: Connection, table: Table, rows: Rows) -> None:
    """Add rows, or replace those with the same primary key, of which there is one each."""
    _insert(conn, table, rows, _replacing(table))


def remove(conn: Connection, table: Table, keys: Rows) -> None:
    """Remove the rows with these primary keys."""
    if not keys:
        return
    text = _removing(table, conn.dialect.name)
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql(text, list(keys))
    else:
        conn.exec_driver_sql(text, tuple(list(column) for column in zip(*keys, strict=True)))


def _insert(conn: Connection, table: Table, rows: Rows, on_conflict: str) -> int:
    if not rows:
        return 0
    text = _inserting(table, on_conflict, conn.dialect.name)
    if conn.dialect.name == "sqlite":
        return conn.exec_driver_sql(text, list(rows)).rowcount
    return conn.exec_driver_sql(text, tuple(list(column) for column in zip(*rows, strict=True))).rowcount


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
