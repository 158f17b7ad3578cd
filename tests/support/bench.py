"""A station's work cell on a real store, driven message by message in the test's own thread.

The site and the other stations are authors in memory; their batches arrive as those that a pull brings.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from copy import copy
from pathlib import Path

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, select

from common import event_types as b
from common import events
from common.definitions import Definition, canonical
from common.event_types import Body
from common.ids import Claim, b64, event_id
from common.judge import Standing
from common.ledger import append, logs, reads
from common.ledger import tables as t
from common.ledger.evidence import judged
from common.ledger.store import Store
from station import messages as m
from station.cell.own_log import Files
from station.config import Printer
from station.devices.plc_block import AnswerArea, Command, Outcome, Request, State, decode_request
from station.shown.work_screen import Scene
from station.store import access
from station.store import tables as own_tables
from station.terminal import Terminal
from station.workcell import WorkCell
from tests.conftest import Clock
from tests.support.factory import SITE, Author, site_author
from tests.support.shift import load_pack

LINE = "line-1"


class StationClock(Clock):
    """The clock of the tests, with a boot id as a station's has."""

    boot = "5eed5eed5eed"


class Plant:
    """The site log: the definitions of a pack, and whose logs are trusted. `blank`: an empty station's folder."""

    def __init__(self, folder: Path, name: str = "motor-assembly") -> None:
        self.site = site_author()
        self.pack = load_pack(name)
        for definition in self.pack.definitions:
            self.publish(definition)
        self.blank = folder / "blank"
        store = access.open_store(self.blank / "station.db", create=True)
        with store.writing() as conn:
            append.add_log(conn, self.site.pub, "site", "", "site")
        store.close()

    def publish(self, definition: Definition) -> None:
        self.site.say(b.DefinitionPublished(msgspec.json.decode(canonical(definition))))

    def station(self, place: str) -> Author:
        """A station that is enrolled at a workplace, as the others hear of it."""
        station = Author(10, place, LINE)
        self.site.say(station.enrolment())
        return station

    def anew(self) -> Plant:
        """The same plant, before anything happened in it."""
        plant = copy(self)
        plant.site = self.site.clone(self.site.size)
        return plant


class Bench:
    """One station. `shown` is every result in order; `asked` the prompts; `scene` the last one; `sent` what
    was written to its machines."""

    def __init__(
        self, plant: Plant, folder: Path, clock: Clock, place: str = "st-10", printers: Sequence[Printer] = ()
    ) -> None:
        self.plant = plant
        self.printers = printers
        self.folder = folder
        self.place = place
        self.clock = clock
        self.shown: list[m.Shown] = []
        self.asked: list[m.Prompt] = []
        self.states: list[m.Status] = []
        self.scene: Scene | None = None
        self.sent: list[m.CellCommand] = []
        self.hurries = 0
        self.recording = ""
        self._terminal = Terminal("zh", self._record, clock)
        self._got: dict[str, int] = {}
        shutil.copytree(plant.blank, folder)
        self.start()
        self.hear()
        self.pull()

    @property
    def path(self) -> Path:
        return self.folder / "station.db"

    # Life ------------------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Begin, or begin again after a crash: nothing is left but the folder."""
        self.store = access.open_store(self.path, create=True)
        files = Files(self.folder)
        where = (SITE, LINE, self.place)
        self.cell = WorkCell(
            self.store, files, where, self.clock, self._announce, self.sent.append, self._hurry, printers=self.printers
        )
        self.cell.start()

    def close(self) -> None:
        self.store.close()

    def restart(self) -> None:
        self.close()
        self.sent.clear()
        self.start()

    def read_only(self, on: bool) -> None:
        """The disk takes nothing any more, or does again."""
        read_only(self.store, on)

    # What comes in ---------------------------------------------------------------------------------------------------
    def scan(self, *codes: str, after_s: float = 2.0) -> m.Shown:
        """Scan codes one after the other; the last that was answered."""
        for code in codes:
            self.clock.advance(after_s)
            self.cell.handle(m.Scanned("scanner-1", code.encode(), self.clock.mono_ms()))
        return self.shown[-1]

    def machine(self, answer: AnswerArea | bytes, device: str = "press") -> None:
        block = answer if isinstance(answer, bytes) else answer.encode()
        self.cell.handle(m.PlcRead(device, block, self.clock.mono_ms()))

    def result(self, values: tuple[int, ...], device: str = "press", outcome: Outcome = Outcome.OK) -> AnswerArea:
        """The right answer to the request that stands."""
        asked = self.request(device)
        return AnswerArea(asked.sequence, State.RESULT, outcome, asked.token, asked.serial, values)

    def measure(self, values: tuple[int, ...], device: str = "press", outcome: Outcome = Outcome.OK) -> m.Shown:
        """The machine runs, tells its result, is acknowledged and becomes idle."""
        self.machine(replace(self.result((), device, outcome), state=State.RUNNING), device)
        result = self.result(values, device, outcome)
        self.machine(result, device)
        assert self.request(device).command is Command.ACKNOWLEDGE
        self.machine(AnswerArea(result.sequence), device)
        return self.shown[-1]

    def hear(self, *authors: Author | Bench) -> None:
        """What these wrote since arrives, and first what the site did."""
        for author in (self.plant.site, *authors):
            start = self._got.get(author.log, 0)
            if author.size > start:
                self.cell.handle(m.BatchArrived(author.batch(start)))
                self._got[author.log] = author.size

    def pull(self, *fresh: Author | Bench, asked_ms: int = 0) -> None:
        """The end of a pull: people, and whose heads were confirmed just now."""
        people = tuple((p.id, p.name, p.badge) for p in self.plant.pack.people)
        ages = {author.log: (author.size, self.clock.mono_ms()) for author in fresh}
        self.cell.handle(m.Pulled(ages, people, asked_ms))

    # As an author ----------------------------------------------------------------------------------------------------
    @property
    def log(self) -> str:
        """The log it writes now."""
        return next(log.log for log in self.own_logs() if log.own == 1)

    @property
    def size(self) -> int:
        with self.store.reading() as conn:
            return logs.head(conn, self._own(conn).lid).size

    def batch(self, start: int = 0) -> bytes:
        with self.store.reading() as conn:
            body = logs.outgoing(conn, self._own(conn), start)
        assert body is not None
        return body

    def enrol(self) -> None:
        """The site trusts the log that it writes now."""
        with self.store.reading() as conn:
            own = self._own(conn)
        self.plant.site.say(b.StationEnrolled(self.place, own.log, b64(own.pub), LINE))

    def _own(self, conn: Connection) -> logs.Log:
        return next(log for log in logs.all_logs(conn) if log.own == 1)

    # What is so ------------------------------------------------------------------------------------------------------
    @property
    def prompt(self) -> m.Prompt:
        return self.asked[-1]

    @property
    def codes(self) -> list[str]:
        return [shown.code for shown in self.shown]

    def request(self, device: str = "press") -> Request:
        """What was last written to a machine."""
        writes = (sent for sent in reversed(self.sent) if isinstance(sent, m.PlcWrite))
        return decode_request(next(write.block for write in writes if write.device == device))

    def standing(self, thing: Claim) -> Standing:
        with self.store.reading() as conn:
            return judged(conn, reads.history(conn, thing), reads.definitions(conn))

    def written(self) -> dict[str, Body]:
        """Event id → body of everything in the logs that this station writes or wrote, in order."""
        columns = (t.log.c.log, t.entry.c.leaf, t.entry.c.raw)
        joined = t.entry.join(t.branch).join(t.log)
        with self.store.reading() as conn:
            own = select(*columns).select_from(joined).where(t.log.c.own > 0).order_by(t.log.c.lid, t.entry.c.idx)
            return {event_id(log, leaf): events.body(events.decode(raw)) for log, leaf, raw in conn.execute(own)}

    def own_logs(self) -> list[logs.Log]:
        with self.store.reading() as conn:
            return [log for log in logs.all_logs(conn) if log.own]

    def quarantined(self) -> list[tuple[str, str, bytes]]:
        q = own_tables.quarantine.c
        with self.store.reading() as conn:
            return [tuple(row) for row in conn.execute(select(q.device, q.code, q.raw).order_by(q.id))]

    def _announce(self, said: m.Announcement) -> None:
        match said:
            case m.Shown():
                self.shown.append(said)
            case m.Prompt():
                self.asked.append(said)
            case m.Status():
                self.states.append(said)
            case Scene():
                self.scene = said
        self._terminal.show(said)

    def _hurry(self) -> None:
        self.hurries += 1

    def _record(self, line: str) -> None:
        self.recording += line + "\n"


def read_only(store: Store, on: bool) -> None:
    """This database takes nothing any more, or does again."""
    writer = store._writer.raw_connection()
    writer.cursor().execute(f"PRAGMA query_only = {int(on)}")
    writer.close()
