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
    """Open the station's database at `path`."""
    return open_sqlite(path, APPLICATION, MIGRATIONS, create=create)


def load_draft(conn: Connection) -> bytes | None:
    """Load the work cell's last saved state."""
    return conn.execute(select(t.draft.c.state).where(t.draft.c.id == 1)).scalar()


def save_draft(conn: Connection, state: bytes) -> None:
    """Save the work cell's state."""
    sql.put(conn, t.draft, [(1, state)])


def people(conn: Connection) -> dict[str, tuple[str, str]]:
    """Return badge → (person id, name)."""
    return {badge: (id, name) for id, name, badge in conn.execute(select(t.person))}


def save_people(conn: Connection, records: Sequence[tuple[str, str, str]]) -> None:
    """Replace the people by these (id, name, badge); persons no longer listed are erased, with their settings."""
    conn.execute(delete(t.person))
    for kept in (t.language, t.notes_read):
        conn.execute(delete(kept).where(kept.c.person.not_in([id for id, _, _ in records])))
    if records:
        conn.execute(insert(t.person), [{"id": id, "name": name, "badge": badge} for id, name, badge in records])


def save_pins(conn: Connection, verifiers: Sequence[tuple[str, str]]) -> None:
    """Replace the PIN verifiers by these (person, verifier)."""
    conn.execute(delete(t.pin))
    if verifiers:
        conn.execute(insert(t.pin), [{"person": person, "verifier": verifier} for person, verifier in verifiers])


def pins(conn: Connection) -> tuple[tuple[str, str], ...]:
    """Return (person, verifier) of everybody who has a PIN here."""
    return tuple((person, verifier) for person, verifier in conn.execute(select(t.pin).order_by(t.pin.c.person)))


def pin(conn: Connection, person: str) -> str | None:
    """Return a person's PIN verifier, or None."""
    return conn.execute(select(t.pin.c.verifier).where(t.pin.c.person == person)).scalar()


def wrong_pins(conn: Connection, person: str) -> int:
    """Return the number of wrong PINs in a row."""
    return int(conn.execute(select(t.wrong_pin.c.count).where(t.wrong_pin.c.person == person)).scalar() or 0)


def save_wrong_pins(conn: Connection, person: str, count: int) -> None:
    """Save the number of wrong PINs in a row."""
    conn.execute(delete(t.wrong_pin).where(t.wrong_pin.c.person == person))
    if count:
        conn.execute(insert(t.wrong_pin).values(person=person, count=count))


def quarantine(conn: Connection, at: int, device: str, code: str, raw: bytes) -> None:
    """Keep a device's answer that was refused."""
    conn.execute(insert(t.quarantine).values(at=at, device=device, code=code, raw=raw))


def settings(conn: Connection) -> dict[str, str]:
    """Return the settings: name → value."""
    return {name: value for name, value in conn.execute(select(t.setting))}


def save_setting(conn: Connection, name: str, value: str) -> None:
    """Save one setting."""
    sql.put(conn, t.setting, [(name, value)])


def languages(conn: Connection) -> dict[str, str]:
    """Return person → chosen language."""
    return {person: language for person, language in conn.execute(select(t.language))}


def save_language(conn: Connection, person: str, language: str) -> None:
    """Save a person's chosen language."""
    sql.put(conn, t.language, [(person, language)])


def notes_read(conn: Connection, person: str) -> int:
    """Return the order of arrival up to which a person has looked at the notes; 0 if never."""
    found = t.notes_read.c
    return int(conn.execute(select(found.arrived).where(found.person == person)).scalar() or 0)


def save_notes_read(conn: Connection, person: str, arrived: int) -> None:
    """Save the order of arrival up to which a person has looked at the notes."""
    sql.put(conn, t.notes_read, [(person, arrived)])
