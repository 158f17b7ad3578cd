"""Opens the station's store, and reads and writes its own tables. The caller owns the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from common.ledger import sql
from common.ledger.sqlite import open_sqlite
from common.ledger.store import Store
from station.store import tables as t

APPLICATION = int.from_bytes(b"HWst", "big")
MIGRATIONS = Path(__file__).parent / "migrations"


def open_store(path: Path, *, create: bool) -> Store:
    """The station's database at `path`."""
    return open_sqlite(path, APPLICATION, MIGRATIONS, create=create)


def load_draft(conn: Connection) -> bytes | None:
    """The work cell's state as it was last saved."""
    return conn.execute(select(t.draft.c.state).where(t.draft.c.id == 1)).scalar()


def save_draft(conn: Connection, state: bytes) -> None:
    """Save the work cell's state."""
    sql.put(conn, t.draft, [(1, state)])


def people(conn: Connection) -> dict[str, tuple[str, str]]:
    """badge → (person id, name)."""
    return {badge: (id, name) for id, name, badge in conn.execute(select(t.person))}


def save_people(conn: Connection, records: Sequence[tuple[str, str, str]]) -> None:
    """Replace the people by these (id, name, badge): who is no longer sent is erased here too."""
    conn.execute(delete(t.person))
    if records:
        conn.execute(insert(t.person), [{"id": id, "name": name, "badge": badge} for id, name, badge in records])


def quarantine(conn: Connection, at: int, device: str, code: str, raw: bytes) -> None:
    """Keep a device's answer that was not bound."""
    conn.execute(insert(t.quarantine).values(at=at, device=device, code=code, raw=raw))
