"""The station's knowledge in one transaction: the view for a turn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from msgspec import Struct

from common.barcode_router import Ambiguous, Code, route
from common.calls import OpenCall
from common.definitions import CodeRule, Definitions, GuidePicture, Material, Picture
from common.errors import BadBarcode
from common.ids import Claim
from common.judge import History, Source, Standing
from common.ledger import calls, leases, logs, reads, shift_notes, upstream
from common.ledger.store import Connection
from common.serials import Block
from common.shift_notes import WrittenNote, list_of
from station.cell import pictures
from station.clock import Clock
from station.devices.plc_block import AnswerArea
from station.messages import Scanned
from station.store import access
from station.work.ask import cards
from station.work.view import Labels

SENDING_MS = 3_000  # since its last word a station counts as sending


class Known(Struct, frozen=True):
    """The work cell's knowledge in memory: definitions, people by badge, PINs, ages of other logs, machine states.

    `people`: badge → (person, name). `with_pin`: persons with a PIN here. `ages`: log → (size, monotonic ms) when its
    author had no more entries than that. `labels`: their present state. `data`: the folder of the photos.
    """

    definitions: Definitions
    people: Mapping[str, tuple[str, str]]
    with_pin: frozenset[str] = frozenset()
    ages: Mapping[str, tuple[int, int]] = {}
    shows: Mapping[str, AnswerArea] = {}
    labels: Labels = Labels()
    data: Path = Path()

    def may_hear_more(self, since_ms: int) -> bool:
        """Return whether a station that was sending until then has not said since then that this is all."""
        return any(since_ms - SENDING_MS <= said_ms < since_ms for _, said_ms in self.ages.values())


def read_code(said: Scanned, known: Definitions, site: str) -> Code | Ambiguous | BadBarcode:
    """The readings of a scan by the site's rules and materials and the command cards, or why it is no code."""
    if said.fault:
        return BadBarcode(said.fault)
    try:
        code = route(said.raw, known.all(CodeRule), site, known.all(Material))
        cards.check(code)
    except BadBarcode as e:
        return e
    return code


class Moment(Struct, frozen=True):
    """The present: monotonic ms of this boot, wall ms, and the day. `sure`: by the hub's signed time, not this clock
    alone."""

    boot: str
    mono_ms: int
    wall_ms: int
    today: date
    sure: bool

    @classmethod
    def of(cls, clock: Clock, anchor: tuple[str, int] | None) -> Moment:
        """Read the clock, corrected by the last signed time, if any: (boot, the hub's ms minus monotonic ms)."""
        mono_ms = clock.mono_ms()
        sure = anchor is not None and anchor[0] == clock.boot
        wall_ms = anchor[1] + mono_ms if anchor and sure else clock.wall_ms()
        return cls(clock.boot, mono_ms, wall_ms, datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone().date(), sure)


class Judged:
    """A cache of histories, standings, heads of logs and notes, valid until there is a new entry or new definitions."""

    def __init__(self) -> None:
        self.heads: list[tuple[logs.Log, int]] | None = None
        self.standings: dict[Claim, Standing] = {}
        self.histories: dict[Claim, History] = {}
        self.notes: tuple[WrittenNote, ...] | None = None
        self._of: tuple[int, Definitions] | None = None

    def renew(self, conn: Connection, definitions: Definitions) -> None:
        """Forget everything that may have changed."""
        newest = reads.newest(conn)
        if self._of is None or self._of[0] != newest or self._of[1] is not definitions:
            self.standings, self.histories, self.heads, self.notes = {}, {}, None, None
            self._of = (newest, definitions)


class Knowledge:
    """A `View` on the store. `here`: the workplace as a thing; `token`: random, for a permit."""

    def __init__(  # noqa: PLR0913 - everything that a view needs
        self,
        conn: Connection,
        here: Claim,
        known: Known,
        moment: Moment,
        token: int,
        judged: Judged,
        *,
        may_ask: bool = False,
    ) -> None:
        self.here = here
        self.place = here.value
        self.definitions = known.definitions
        self.people, self.with_pin = known.people, known.with_pin
        self.now_ms, self._wall_ms, self.boot = moment.mono_ms, moment.wall_ms, moment.boot
        self.today, self.sure = moment.today, moment.sure
        self.token = token
        self.labels = known.labels
        self.may_ask = may_ask
        self._conn = conn
        self._judged = judged
        judged.renew(conn, known.definitions)
        self._evidence: dict[str, tuple[Source, ...]] | None = None
        self._ages = known.ages
        self._shows = known.shows
        self._data = known.data

    def standing(self, claim: Claim) -> Standing:
        """Return the standing of a thing, as far as it is known here."""
        found = self._judged.standings.get(claim)
        if found is None:
            history = self.history(claim)
            found = self._judged.standings[claim] = upstream.standing(self._conn, history, self.definitions)
        return found

    def history(self, claim: Claim) -> History:
        """Return the history of a thing, as far as it is known here."""
        found = self._judged.histories.get(claim)
        if found is None:
            found = self._judged.histories[claim] = reads.history(self._conn, claim)
        return found

    def calls(self) -> tuple[OpenCall, ...]:
        """Return the open calls of this workplace."""
        return calls.open_at(self._conn, self.place)

    def shift_notes(self) -> tuple[WrittenNote, ...]:
        """Return the last notes of this workplace, the newest first."""
        if self._judged.notes is None:
            self._judged.notes = shift_notes.recent(self._conn, list_of(self.here), self._wall_ms)
        return self._judged.notes

    def notes_read(self, person: str) -> int:
        """Return the order of arrival up to which a person has looked at the notes of this workplace."""
        return access.notes_read(self._conn, person)

    def blocks(self) -> tuple[Block, ...]:
        """Return the blocks of serial numbers that the own log may issue from."""
        return leases.of_own(self._conn)

    def picture(self, shown: GuidePicture) -> tuple[str, bytes] | None:
        """(media type, bytes) of what an instruction shows, as a screen can draw it."""
        known = self.definitions.get(Picture, shown.picture)
        return pictures.drawn(known, shown.page) if known else None

    def photo(self, name: str) -> bytes:
        """Return a photo by its name in events, small enough for a page; b"" if it cannot be shown."""
        return pictures.small(self._data, name)

    def shows(self) -> Mapping[str, AnswerArea]:
        """Return the present state of each reachable machine; none of it is a result."""
        return self._shows

    def evidence(self) -> Mapping[str, tuple[Source, ...]]:
        """Return per workplace the logs of its stations and the time since their authors confirmed our heads of
        them."""
        if self._evidence is None:
            if self._judged.heads is None:
                sizes = logs.sizes(self._conn)
                self._judged.heads = [(log, sizes[log.lid]) for log in logs.all_logs(self._conn)]
            found: dict[str, list[Source]] = {}
            for log, size in self._judged.heads:
                if log.role == "station" and log.trusted_to is None:
                    found.setdefault(log.author, []).append(Source(log.log, self._age_ms(log, size)))
            self._evidence = {place: tuple(sources) for place, sources in found.items()}
        return self._evidence

    def _age_ms(self, log: logs.Log, size: int) -> int | None:
        """Return the age of a log's head; 0 for an own log, and for one that another log continues and we have
        whole."""
        known = self._judged.heads or []
        if log.own or any(other.follows == log.log and (other.follows_size or 0) <= size for other, _ in known):
            return 0
        confirmed, mono_ms = self._ages.get(log.log, (0, 0))
        return self.now_ms - mono_ms if log.log in self._ages and size >= confirmed else None
