"""Labels that are not on paper yet, or of which nobody knows. The caller owns the transaction.

state: queued; handed to its printer; doubtful. What was printed or is void is in the ledger, and its job is gone.
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
        """Of this print alone, and fit for a file's name."""
        plain = "".join(c if c.isalnum() or c in "-." else "_" for c in self.thing.value)
        return f"{self.label}_{plain}_{self.values.get('copy', '1')}_{self.id}"


def add(conn: Connection, printer: str, label: str, thing: Claim, definition: bytes, values: dict[str, str]) -> None:
    """Queue a print."""
    row = {"printer": printer, "label": label, "scheme": thing.scheme, "value": thing.value}
    row |= {"state": "queued", "code": ""}
    conn.execute(insert(t.label_job).values(definition=definition, filled=msgspec.json.encode(values), **row))


def all_jobs(conn: Connection) -> tuple[PrintJob, ...]:
    """Every open job, the oldest first."""
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
    """A job's new state."""
    conn.execute(update(t.label_job).where(t.label_job.c.id == id).values(state=state, code=code))


def route(conn: Connection, id: int, printer: str) -> None:
    """Another printer is to print it."""
    conn.execute(update(t.label_job).where(t.label_job.c.id == id).values(printer=printer))


def end(conn: Connection, id: int) -> None:
    """Its label is on paper, or never will be."""
    conn.execute(delete(t.label_job).where(t.label_job.c.id == id))


def drop(conn: Connection, thing: Claim, label: str) -> None:
    """Nobody waits for these any more."""
    c = t.label_job.c
    conn.execute(delete(t.label_job).where(c.scheme == thing.scheme, c.value == thing.value, c.label == label))


def doubt_handed(conn: Connection) -> None:
    """What was handed over by a process that died."""
    conn.execute(update(t.label_job).where(t.label_job.c.state == "handed").values(state="doubtful"))
