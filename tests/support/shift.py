"""One workplace without a disk: the pure turns of station.work.transition, and what they say remembered as a history.

The definitions are those of the motor pack, the judge is the real one, and every fact is encoded as an event, so a turn
that says something no event can hold fails here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from common import calls as together
from common.barcode_router import Ambiguous, Code
from common.calls import CallEvent, OpenCall
from common.definitions import Definition, Definitions, GuidePicture, Picture
from common.errors import BadBarcode
from common.event_types import Body
from common.events import Fact
from common.ids import Claim
from common.judge import History, Source, Standing
from common.rows import Called
from common.serials import Block
from common.shift_notes import WrittenNote
from hub.definitions import pack
from station.cell import pictures
from station.cell.known import read_code
from station.cell.machines import Machines
from station.devices.plc_block import AnswerArea, Command, Outcome, Request, State
from station.messages import Filled, GaugeRead, PlcRead, Prompt, Scanned, Shown
from station.screen.build import stage
from station.shown.work_screen import Scene
from station.side_screens.shift import ShiftSpan, Tally
from station.work import transition
from station.work.ask import override, undo
from station.work.awaiting import awaiting
from station.work.case import Case
from station.work.state import Entries, HelperBadge, Signature, WhichCode, WhichOperation, Work
from station.work.steps import pages
from station.work.steps.fields import Photographed
from station.work.transition import CodeScanned, Input, News, Signed
from station.work.turn import Turn
from station.work.view import Labels
from tests.support.factory import SITE, Story

OWN, OTHER = "own", "other"
PRESS_OK, WIRE_OK = (1300, 1800), (240, 241, 242, 243)
TEST_OK, TEST_NOISY = (3000, 60, 500, 400), (3000, 60, 610, 400)
NOTHING = Shown("", "")
WHOLE = ShiftSpan(None, 0, 0)  # no shift is defined, and nothing was ended in it
CARTON, OTHER_CARTON = "]C100106141411234567897", "]C100106141411234567903"


@lru_cache
def load_pack(name: str) -> pack.Pack:
    return pack.load(pack.PACKS / name)


def motor_pack() -> pack.Pack:
    return load_pack("motor-assembly")


class Seen(Struct, frozen=True):
    """A literal `station.work.View`: what is known at one moment."""

    place: str
    here: Claim
    today: date
    sure: bool
    definitions: Definitions
    people: Mapping[str, tuple[str, str]]
    with_pin: frozenset[str]
    now_ms: int
    boot: str
    token: int
    may_ask: bool
    labels: Labels
    story: Story
    sources: Mapping[str, tuple[Source, ...]]
    leased: tuple[Block, ...]
    shown: Mapping[str, AnswerArea]
    photos: Mapping[str, bytes]
    notes: tuple[WrittenNote, ...]
    looked: Mapping[str, int]

    def standing(self, claim: Claim) -> Standing:
        return self.story.judge(claim, self.definitions)

    def history(self, claim: Claim) -> History:
        return self.story.history(claim)

    def calls(self) -> tuple[OpenCall, ...]:
        rows = [(past, row) for _, past in self.story.past for row in past.rows if isinstance(row, Called)]
        words = [CallEvent(r.raised or p.id, r.state, r.place, r.reason, p.at, p.who, p.log) for p, r in rows]
        return tuple(c for c in together.calls(words) if c.place == self.place and c.cleared is None)

    def shift_notes(self) -> tuple[WrittenNote, ...]:
        return self.notes

    def notes_read(self, person: str) -> int:
        return self.looked.get(person, 0)

    def picture(self, shown: GuidePicture) -> tuple[str, bytes] | None:
        known = self.definitions.get(Picture, shown.picture)
        return pictures.drawn(known, shown.page) if known else None

    def photo(self, name: str) -> bytes:
        return self.photos.get(name, b"")

    def shows(self) -> Mapping[str, AnswerArea]:
        return self.shown

    def blocks(self) -> tuple[Block, ...]:
        return self.leased

    def evidence(self) -> Mapping[str, tuple[Source, ...]]:
        return self.sources


class Shift:
    """Somebody works at `place`. Time passes only between scans; `said` is what the last turn said."""

    def __init__(
        self,
        place: str,
        definitions: Iterable[Definition] = (),
        signed_in: bool = True,
        *,
        story: Story | None = None,
        name: str = "motor-assembly",
    ) -> None:
        """`story`: what happened before, elsewhere too. `name`: of the pack that is made here."""
        self.place = place
        found = load_pack(name)
        self.people = {p.badge: (p.id, p.name) for p in found.people}
        self.definitions = Definitions.of([*found.definitions, *definitions])
        self.work = Work()
        self.now_ms = 600_000
        self.boot = "5eed5eed5eed"
        self.token = 0x5EED0000
        self.may_ask = False
        self.today, self.sure = date(2026, 11, 2), True
        self.sources: dict[str, tuple[Source, ...]] = {}
        self.blocks: tuple[Block, ...] = ()
        self.machines = Machines()
        self.photos: dict[str, bytes] = {}
        self.labels = Labels()
        self.notes: tuple[WrittenNote, ...] = ()
        self.looked: dict[str, int] = {}
        self.story = story or Story()
        self.facts: list[Fact] = []
        self.said: list[Shown] = []
        self.turn = Turn(self.work, self.view())
        if signed_in:
            self.scan(found.people[0].badge)

    # What comes in ---------------------------------------------------------------------------------------------------
    def scan(self, *texts: str, after_ms: int = 2_000, waited_ms: int = 0, device: str = "scanner-1") -> Shown:
        """Scan codes one after the other, each read only after it `waited_ms`; what the last of them was answered."""
        for text in texts:
            scanned_ms = self.now_ms + after_ms
            self.now_ms = scanned_ms + waited_ms
            self._step(CodeScanned(device, text.encode(), self._read(text.encode()), scanned_ms))
        return self.said[-1] if self.said else NOTHING

    def machine(self, answer: AnswerArea | bytes, device: str = "press") -> Shown | None:
        """The PLC shows this answer; what was said, if anything was."""
        block = answer if isinstance(answer, bytes) else answer.encode()
        read = PlcRead(device, block, self.now_ms)
        self.machines.heard(read)
        self._step(read)
        return self.said[-1] if self.said else None

    def result(self, values: tuple[int, ...], device: str = "press", outcome: Outcome = Outcome.OK) -> AnswerArea:
        """The right answer to the request that stands."""
        asked = self.request(device)
        return AnswerArea(asked.sequence, State.RESULT, outcome, asked.token, asked.serial, values)

    def measure(self, values: tuple[int, ...], device: str = "press", outcome: Outcome = Outcome.OK) -> Shown:
        """The machine runs, tells its result, is acknowledged and becomes idle; what the result was answered."""
        self.machine(replace(self.result((), device, outcome), state=State.RUNNING), device)
        result = self.result(values, device, outcome)
        self.machine(result, device)
        said = list(self.said)
        assert self.request(device).command is Command.ACKNOWLEDGE
        self.machine(AnswerArea(result.sequence), device)
        self.said = said
        return said[-1]

    def happened(self, body: Body, *on: Claim, who: str | None = None) -> None:
        """Something that another workplace wrote, and that is known here now."""
        self._remember(OTHER, body, on, who)

    def news(self, body: Body, *on: Claim, who: str | None = None) -> Shown:
        """Something that another wrote comes in while a thing is in hand; what that was answered."""
        self.happened(body, *on, who=who)
        self._step(News())
        return self.said[-1] if self.said else NOTHING

    def fresh(self, *places: str, age_ms: int = 0) -> None:
        """These workplaces' logs were last confirmed so long ago."""
        self.sources |= {place: (Source(OTHER, age_ms),) for place in places}

    def fill(self, field: str, *value: str, i: int = 0) -> Shown:
        """A field's value comes from the screen."""
        self._step(Filled(field, value, i))
        return self.said[-1] if self.said else NOTHING

    def read(self, said: GaugeRead | Photographed) -> Shown:
        """A gauge or a camera gives something."""
        self._step(said)
        return self.said[-1] if self.said else NOTHING

    def sign(self, person: str) -> Shown:
        """Their right PIN came while a signature was wanted."""
        self._step(Signed(person))
        return self.said[-1] if self.said else NOTHING

    # What is so ------------------------------------------------------------------------------------------------------
    @property
    def prompt(self) -> Prompt:
        return self.case.prompt(self.now)

    @property
    def now(self) -> Turn:
        return Turn(self.work, self.view())

    @property
    def case(self) -> Case:
        """The one thing that is awaited."""
        return awaiting(self.now)

    @property
    def scene(self) -> Scene:
        return stage(self.now, self.case, Tally(WHOLE), "")

    @property
    def signature(self) -> Signature | None:
        return self.work.asked(Signature)

    @property
    def unclear(self) -> Ambiguous | None:
        """The scan that may be read in several ways."""
        asked = self.work.asked(WhichCode)
        return asked.code if asked else None

    @property
    def choosing(self) -> Code | None:
        """The scan on which one of several operations is picked."""
        asked = self.work.asked(WhichOperation)
        return asked.code if asked else None

    @property
    def badge_for(self) -> str:
        """The card that waits for a helper's badge."""
        asked = self.work.asked(HelperBadge)
        return asked.card if asked else ""

    @property
    def entries(self) -> Entries:
        """The open page, as far as it is filled."""
        return pages.entries(self.now)

    @property
    def codes(self) -> list[str]:
        """What the last turn said, by code."""
        return [shown.code for shown in self.said]

    @property
    def bodies(self) -> list[Body]:
        """Everything written here so far."""
        return [fact.body for fact in self.facts]

    def request(self, device: str = "press") -> Request:
        """What stands in a machine's request area."""
        return self.work.machines[device].request

    def view(self) -> Seen:
        return Seen(
            place=self.place,
            here=Claim(f"place@{SITE}", self.place),
            today=self.today,
            sure=self.sure,
            definitions=self.definitions,
            people=self.people,
            with_pin=frozenset(id for id, _ in self.people.values()),
            now_ms=self.now_ms,
            boot=self.boot,
            token=self.token,
            may_ask=self.may_ask,
            labels=self.labels,
            story=self.story,
            sources=self.sources,
            leased=self.blocks,
            shown=self.machines.shows,
            photos=self.photos,
            notes=self.notes,
            looked=self.looked,
        )

    # Turns -----------------------------------------------------------------------------------------------------------
    def _read(self, raw: bytes) -> Code | Ambiguous | BadBarcode:
        return read_code(Scanned("", raw, 0), self.definitions, SITE)

    def _step(self, said: Input) -> None:
        self.token += 1
        self.turn = transition.step(self.work, said, self.view(), self.turn)
        if self.turn.wants_newest:
            self.said = []
            return
        self.said = [one.shown for one in self.turn.said]
        written: list[tuple[str, Fact]] = []
        for one in (one for one in self.turn.said if one.fact):
            known = override.resting(one.fact, written)
            written.append((self._write(known, one.who), known))
        self.work = undo.remembered(self.turn, self.work, [id for id, _ in written])
        for fact in self.turn.notes:
            self._write(fact)
        if self.turn.again:
            said = self.said
            self._step(News())
            self.said = said + self.said

    def _write(self, fact: Fact, who: str | None = None) -> str:
        self.facts.append(fact)
        return self._remember(OWN, fact.body, fact.on, who or self.turn.work.person)

    def _remember(self, log: str, body: Body, on: tuple[Claim, ...], who: str | None = None) -> str:
        """Whoever writes knows everything that was written before."""
        return self.story.say(log, body, *on, after=[past.id for _, past in self.story.past], who=who)
