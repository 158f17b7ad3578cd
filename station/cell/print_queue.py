"""The print queue on this station's disk: decides which printer gets which label next.

A label is handed to its printer once, and that is on disk before the first byte is sent. After a crash, a label that
was handed over without a result is in doubt, and a person looks; it is never reprinted automatically. Called in the
work cell's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import structlog
from msgspec.structs import replace

from common.definitions import canonical
from common.event_types import Label
from common.events import Fact
from common.ids import Claim
from common.ledger.store import Connection, Store
from station import messages as m
from station.config import Printer
from station.store import label_jobs as jobs
from station.store.label_jobs import PrintJob
from station.work.turn import Print, Unprint
from station.work.view import Labels

_ENDS: dict[str, Literal["printed", "void"]] = {"printed": "printed", "refused": "void"}
NONE = ""  # the printer of a label that no printer takes any more
log = structlog.get_logger(__name__)


class Printing:
    """The labels of one workplace."""

    def __init__(self, store: Store, printers: Sequence[Printer], send: Callable[[m.CellCommand], None]) -> None:
        self._printers = tuple(printers)
        self._store, self._send = store, send
        self._up: dict[str, m.DeviceReport] = {}
        self._open: tuple[PrintJob, ...] = ()
        self._changed = False  # the disk may differ and has to be read again

    def start(self, conn: Connection) -> None:
        """Mark labels handed over before this start as in doubt; route waiting ones by the present configuration."""
        jobs.doubt_handed(conn)
        for job in jobs.all_jobs(conn):
            printer = self.labels.printer(job.label)
            now = printer.name if printer else NONE
            if job.state == "queued" and now != job.printer:
                jobs.route(conn, job.id, now)
                log.info("label_rerouted", job=job.id, before=job.printer, now=now)
        self._open = jobs.all_jobs(conn)

    def keep(self, conn: Connection, prints: Sequence[Print | Unprint]) -> None:
        """Queue labels, and drop those no longer wanted, in the transaction of their events."""
        self._changed = True
        for one in prints:
            if isinstance(one, Unprint):
                jobs.drop(conn, one.thing, one.label)
            else:
                jobs.add(conn, one.printer, one.label.id, one.thing, canonical(one.label), one.values)

    def heard(self, said: m.DeviceReport) -> None:
        """Take a printer's report that it connected or disconnected."""
        self._up[said.device] = said

    def refused(self, done: m.LabelDone) -> None:
        """Treat a printer that did not take its label as out, until it reports again."""
        said = self._up.get(done.device)
        if done.outcome in ("not_taken", "doubtful") and said is not None and said.up:
            del self._up[done.device]

    def ended(self, conn: Connection, done: m.LabelDone) -> None:
        """Save the result of a label, in the transaction of its event. A label that was not taken waits again."""
        self._changed = True
        if done.outcome in ("printed", "refused"):
            jobs.end(conn, done.job)
        else:
            jobs.say(conn, done.job, "doubtful" if done.outcome == "doubtful" else "queued", done.code)

    def outcome(self, done: m.LabelDone) -> tuple[list[Fact], m.Shown | None]:
        """Make the facts of a label's result (printed, or never will be), and a message to the operator on trouble."""
        job = next((job for job in self._open if job.id == done.job), None)
        if job is None:
            return [], None
        state = _ENDS.get(done.outcome)
        facts = [Fact(Label(job.label, state, done.code), (job.thing,))] if state else []
        if done.outcome not in ("refused", "doubtful"):
            return facts, None
        code = "label.in_doubt" if done.outcome == "doubtful" else done.code
        return facts, m.Shown("ng" if state else "hold", code, {**done.details, "unit": job.thing})

    def hand_over(self) -> None:
        """Hand each free, ready printer its oldest waiting label on disk. Call it after each commit of `keep` or
        `ended`. StoreUnavailable: labels not handed over wait."""
        if self._changed:
            with self._store.reading() as conn:
                self._open, self._changed = jobs.all_jobs(conn), False
        for printer in self._printers:
            mine = [job for job in self._open if job.printer == printer.name]
            ready = (said := self._up.get(printer.name)) is not None and said.up
            due = next((job for job in mine if job.state == "queued"), None)
            if not ready or due is None or any(job.state == "handed" for job in mine):
                continue
            with self._store.writing() as conn:
                jobs.say(conn, due.id, "handed", "")
            self._open = tuple(replace(job, state="handed", code="") if job is due else job for job in self._open)
            self._send(m.LabelPrint(printer.name, due.id, due.definition, due.values, due.name))

    @property
    def labels(self) -> Labels:
        """The state of the queue for a turn."""
        waiting = frozenset(job.thing for job in self._open if job.state in ("queued", "handed"))
        unsure: dict[Claim, str] = {}
        for job in self._open:
            if job.state == "doubtful":
                unsure.setdefault(job.thing, job.label)
        return Labels(self._printers, waiting, unsure)

    @property
    def why(self) -> str:
        """The reason why labels wait, as a code; "" if none waits for its printer. printer.gone: none takes it now."""
        for job in self._open:
            said = self._up.get(job.printer)
            if job.state == "queued" and job.printer == NONE:
                return "printer.gone"
            if job.state in ("queued", "handed") and said is not None and not said.up:
                return said.code
        return ""
