"""Jobs of labels that are not printed yet, or whose result is unknown. The caller owns the transaction.

`state`: queued; handed to its printer; doubtful. A printed or void label is in the ledger, and its job is deleted.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, update

from common.ids import Claim
from station.store import tables as t


class PrintJob(Struct, frozen=True):
    """One print of a label of `thing`. `printer`: "" if none takes it any more. `definition`: the label's canonical
    bytes; `code`: why it was not taken."""

    id: int
    printer: str
    label: str
    thing: Claim
    definition: bytes
    values: dict[str, str]
    state: str
    code: str

    @property
    def name(self) -> str:
        """A name unique to this print, usable as a file name."""
        plain = "".join(c if c.isalnum() or c in "-." else "_" for c in self.thing.value)
        return f"{self.label}_{plain}_{self.values.get('copy', '1')}_{self.id}"


def add(conn: Connection, printer: str, label: str, thing: Claim, definition: bytes, values: dict[str, str]) -> None:
    """Queue a print."""
    row = {"printer": printer, "label": label, "scheme": thing.scheme, "value": thing.value}
    row |= {"state": "queued", "code": ""}
    conn.execute(insert(t.label_job).values(definition=definition, filled=msgspec.json.encode(values), **row))


def all_jobs(conn: Connection) -> tuple[PrintJob, ...]:
    """Return every open job, oldest first."""
    return tuple(
        PrintJob(
            id=row.id,
            printer=row.printer,
            label=row.label,
            thing=Claim(row.scheme, row.value),
            definition=row.definition,
            values=msgspec.json.decode(row.filled, type=dict[str, str]),
            state=row.state,
            code=row.code,
        )
        for row in conn.execute(select(t.label_job).order_by(t.label_job.c.id))
    )


def say(conn: Connection, id: int, state: str, code: str) -> None:
    """Save a job's new state."""
    conn.execute(update(t.label_job).where(t.label_job.c.id == id).values(state=state, code=code))


def route(conn: Connection, id: int, printer: str) -> None:
    """Move a job to another printer."""
    conn.execute(update(t.label_job).where(t.label_job.c.id == id).values(printer=printer))


def end(conn: Connection, id: int) -> None:
    """Delete a job whose label is printed, or never will be."""
    conn.execute(delete(t.label_job).where(t.label_job.c.id == id))


def drop(conn: Connection, thing: Claim, label: str) -> None:
    """Delete the jobs of a thing's label that is no longer wanted."""
    c = t.label_job.c
    conn.execute(delete(t.label_job).where(c.scheme == thing.scheme, c.value == thing.value, c.label == label))


def doubt_handed(conn: Connection) -> None:
    """Mark jobs handed over by a process that died as doubtful."""
    conn.execute(update(t.label_job).where(t.label_job.c.state == "handed").values(state="doubtful"))
