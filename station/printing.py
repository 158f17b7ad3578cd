"""The queue of labels on this station's disk, and which printer gets which label next.

A label is handed to its printer once: that it will be is on disk before the first byte is sent. So after a crash one
that was handed and of which nobody heard is in doubt, and a person looks; it is never printed again by itself. Called
in the work cell's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from common.definitions import canonical
from common.ledger.store import Connection, Store
from station import messages as m
from station.config import Printer
from station.store import label_jobs as jobs
from station.store.label_jobs import Job
from station.work import Labels, Print, Unprint


class Printing:
    """The labels of one workplace."""

    def __init__(self, store: Store, printers: Sequence[Printer], send: Callable[[m.Command], None]) -> None:
        self._printers = tuple(printers)
        self._store, self._send = store, send
        self._up: dict[str, m.DeviceChanged] = {}
        self._open: tuple[Job, ...] = ()

    def start(self, conn: Connection) -> None:
        """What was handed to a printer before this process began is in doubt."""
        jobs.doubt_handed(conn)
        self._open = jobs.all_jobs(conn)

    def keep(self, conn: Connection, prints: Sequence[Print | Unprint]) -> None:
        """With the events that say so: queue labels, and forget those that nobody waits for any more."""
        for one in prints:
            if isinstance(one, Unprint):
                jobs.drop(conn, one.thing, one.label)
            else:
                jobs.add(conn, one.printer, one.label.id, one.thing, canonical(one.label), one.values)
        self._open = jobs.all_jobs(conn)

    def heard(self, said: m.DeviceChanged) -> None:
        """A printer came or went."""
        self._up[said.device] = said

    def refused(self, done: m.LabelDone) -> None:
        """A printer that did not take its label says next that it is out; until it is back it gets none."""
        said = self._up.get(done.device)
        if done.outcome in ("not_taken", "doubtful") and said is not None and said.up:
            del self._up[done.device]

    def ended(self, conn: Connection, done: m.LabelDone) -> None:
        """With the event that says so: what became of a label. One that was not taken waits again."""
        if done.outcome in ("printed", "refused"):
            jobs.end(conn, done.job)
        else:
            jobs.say(conn, done.job, "doubtful" if done.outcome == "doubtful" else "queued", done.code)
        self._open = jobs.all_jobs(conn)

    def job(self, number: int) -> Job | None:
        """The job with this number, if it is still open."""
        return next((job for job in self._open if job.id == number), None)

    def hand_over(self) -> None:
        """To each printer that is ready and has none, the label that has waited longest."""
        for printer in self._printers:
            mine = [job for job in self._open if job.printer == printer.name]
            ready = (said := self._up.get(printer.name)) is not None and said.up
            due = next((job for job in mine if job.state == "queued"), None)
            if not ready or due is None or any(job.state == "handed" for job in mine):
                continue
            with self._store.writing() as conn:
                jobs.say(conn, due.id, "handed", "")
                self._open = jobs.all_jobs(conn)
            self._send(m.LabelPrint(printer.name, due.id, due.definition, due.values, due.name))

    @property
    def labels(self) -> Labels:
        """What a turn may know of it."""
        waiting = frozenset(job.thing for job in self._open if job.state in ("queued", "handed"))
        return Labels(self._printers, waiting, frozenset(job.thing for job in self._open if job.state == "doubtful"))

    @property
    def why(self) -> str:
        """Why labels wait, as a code; "" if none waits for its printer."""
        for job in self._open:
            said = self._up.get(job.printer)
            if job.state in ("queued", "handed") and said is not None and not said.up:
                return said.code
        return ""
