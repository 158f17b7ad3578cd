"""What a workplace is doing right now, and what one turn of it says, writes and asks of a machine. Pure values.

`Work` is the draft: it is saved in the same transaction as the events of the turn, so a station that died goes on at
the same step.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from common.bodies import Body, Value
from common.calls import Call
from common.codes import Ambiguous, Code
from common.definitions import BomLine, Definitions, Form, Label, Material, Operation, Route, Step, definition_hash
from common.definitions.picture import Guide
from common.errors import RuleViolation
from common.events import Fact
from common.filling import Given
from common.ids import Claim
from common.judge import History, Source, Standing
from common.serials import Block
from station.config import Printer
from station.devices.plc_block import Answer, Request
from station.messages import GaugeAsk, PhotoAsk, Shown


class Taken(Struct, frozen=True):
    """A thing that was scanned for a slot and is in nothing yet. `scan`: its raw code, base64url."""

    slot: str
    thing: Claim
    material: str
    scan: str


class Because(Struct, frozen=True):
    """A reason that asks for more: the card's verb, the reason, and what stands in its fields so far."""

    verb: str
    reason: str
    given: tuple[Given, ...] = ()


NOT_BEGUN = "-"  # stands for the operation where there is none


class InHand(Struct, frozen=True):
    """The thing in hand, a unit, a lot or a container: in which operation, before which step, and what the interlock
    could not see when it began.

    `removed`: the old component of a replace step that was scanned out already. `form`: the hash of the form it was
    begun under; steps of another form are not taken for its steps. `label`: the raw code by which it came, base64url.
    `taken`: the lots that an output will take from. Of the step: `pending`: what was scanned and waits for its
    quantity; `values`: what was entered or read so far; `asked`: the token of the reading that is awaited; `partner`:
    whose card was scanned. Of a page: `given`: what stands in its fields; `at`: the field and column that somebody went
    to; `columns`: the units of a panel; `declined`: the signature that whoever was asked did not give. `because`: what
    is reported of it, and waits for its own page.
    """

    unit: Claim
    material: str
    operation: str
    step: int = 0
    unknown: tuple[str, ...] = ()
    removed: Claim | None = None
    form: str = ""
    label: str = ""
    taken: tuple[Taken, ...] = ()
    pending: Taken | None = None
    values: tuple[Value, ...] = ()
    asked: int = 0
    partner: str = ""
    given: tuple[Given, ...] = ()
    at: tuple[str, int] | None = None
    columns: tuple[Claim, ...] = ()
    declined: str = ""
    because: Because | None = None

    @property
    def begun(self) -> str | None:
        """The operation that was begun on it; None of a stopped thing, which is here for its report alone."""
        return None if self.operation == NOT_BEGUN else self.operation


class Machine(Struct, frozen=True):
    """What stands in a machine's request area. `open`: its result is awaited.

    `cleared`: the machine has let go of the last request, so a new one may be written; `wanted` waits for that.
    `odd`: (sequence, state) that the machine showed last, if that is no part of the normal course of this request.
    """

    request: Request
    open: bool = False
    cleared: bool = True
    wanted: Request | None = None
    odd: tuple[int, int] | None = None


class Deed(Struct, frozen=True):
    """One event that was confirmed here: its id, and all things it names."""

    event: str
    on: tuple[Claim, ...]


class Act(Struct, frozen=True):
    """What one turn confirmed about `thing`, and how the work stood before: what UNDO takes back.

    `deeds`: in order; `told` is the one that names the act. `at_ms`: by the monotonic clock of that `boot`. `never`:
    the code of why it cannot be taken back here, or "". `who`: the person who was signed in.
    """

    thing: Claim
    deeds: tuple[Deed, ...]
    told: str
    at_ms: int
    boot: str
    never: str = ""
    hand: InHand | None = None
    packing: Claim | None = None
    container: Claim | None = None
    who: str = ""


class Signature(Struct, frozen=True):
    """A signature that is wanted. `purpose`: who asked for it (`operation.SIGNED`), and `about` what of theirs.

    `meaning`: what signing says, a word of the catalogue (meaning.*). `roles`: the signer has one of these, or is one
    of `people`; without any role, everybody may. `signer`: whose badge was scanned; their PIN is awaited.
    """

    purpose: str
    meaning: str
    roles: tuple[str, ...] = ()
    about: str = ""
    signer: str = ""
    people: tuple[str, ...] = ()


class Work(Struct, frozen=True):
    """The state of a workplace. `packing`: a finished unit that waits for its container.

    `asked`: a scan that may be read in several ways, of which the operator was asked which is meant. `stopped`: the
    scan of a thing that may not be worked on; it stands until the next scan. `devices`: what
    was last written of each device: why it is down, or "" when it is up. `anchor`: (boot, the hub's ms minus ours) of
    the last signed time that came. `labelled`: the thing that got a label here last, which is not verified yet.
    `signature`: the one that is wanted. `badge_for`: the card, answer or clear, that waits for the badge of who came.
    `refusal`: the event that refused what is `stopped`. `acts`: the last ones confirmed here, the newest last.
    `entered`: the numbers entered last, by step and field. `issued`: block of serial numbers → the last one that was
    given to a thing. `lying`: machines whose last part was not yet seen to leave. `choosing`: the scan of a thing on
    which one of several operations may begin. `made`: how many of an order were passed here.
    """

    person: str | None = None
    order: Claim | None = None
    hand: InHand | None = None
    packing: Claim | None = None
    container: Claim | None = None
    asked: Ambiguous | None = None
    stopped: Code | None = None
    machines: dict[str, Machine] = {}
    refused_block: bytes = b""
    last_code: bytes = b""
    last_device: str = ""
    last_ms: int = 0
    devices: dict[str, str] = {}
    anchor: tuple[str, int] | None = None
    labelled: Claim | None = None
    signature: Signature | None = None
    entered: dict[str, str] = {}
    badge_for: str = ""
    issued: dict[str, int] = {}
    lying: tuple[str, ...] = ()
    refusal: str = ""
    acts: tuple[Act, ...] = ()
    choosing: Code | None = None
    made: dict[str, int] = {}


LAST_KEPT = 64
_WORK = msgspec.msgpack.Decoder(Work)


def freeze(work: Work) -> bytes:
    """The draft's bytes; they stay in this station."""
    return msgspec.msgpack.encode(work)


def thaw(raw: bytes | None) -> Work:
    """The work in a draft; nothing begun if there is none."""
    return _WORK.decode(raw) if raw else Work()


class Labels(Struct, frozen=True):
    """The printers of this workplace. `waiting`: things whose label will still be printed. `unsure`: those of which
    nobody knows whether it was, in the order in which they were queued, and the id of that label.
    """

    printers: tuple[Printer, ...] = ()
    waiting: frozenset[Claim] = frozenset()
    unsure: Mapping[Claim, str] = {}

    def printer(self, label: str) -> Printer | None:
        """The printer that names this label, else the first that names none."""
        named = [printer for printer in self.printers if label in printer.labels]
        return next(iter(named + [printer for printer in self.printers if not printer.labels]), None)


class View(Protocol):
    """What a turn may look at: this station's own knowledge as of one transaction.

    `may_ask`: the hub is in reach and was not asked for this input yet; a turn may want the newest evidence first.
    `here`: the workplace as a thing. `people`: badge → (person, name); `with_pin`: the persons whose PIN is known here.
    `today`: the day by the hub's last signed time, and if there was none since this computer started, `sure` is False
    and it is what its own clock claims. `now_ms`: monotonic, of this `boot`.
    """

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

    def standing(self, claim: Claim) -> Standing:
        """The standing of a thing, as far as it is known here."""

    def history(self, claim: Claim) -> History:
        """What is known here of a thing."""

    def calls(self) -> tuple[Call, ...]:
        """The open calls of this workplace."""

    def blocks(self) -> tuple[Block, ...]:
        """The blocks of serial numbers that the log written here may issue from."""

    def picture(self, guide: Guide) -> tuple[str, bytes] | None:
        """(media type, bytes) of what an instruction shows, as a screen can draw it."""

    def photo(self, name: str) -> bytes:
        """A photo that events call so, small enough for a page; b"" if it cannot be shown."""

    def shows(self) -> Mapping[str, Answer]:
        """What each machine that can be reached shows at this moment; no result of anything."""

    def evidence(self) -> Mapping[str, tuple[Source, ...]]:
        """Per workplace, the logs that may hold evidence and how old they are here."""


class Print(Struct, frozen=True):
    """A label to be queued with the events of the turn."""

    printer: str
    label: Label
    thing: Claim
    values: dict[str, str]


class Unprint(Struct, frozen=True):
    """Prints of this label of a thing that nobody waits for any more."""

    thing: Claim
    label: str


class Said(Struct, frozen=True):
    """One thing a turn says; with a fact it becomes an event first and is shown when that is on disk.

    `who`: the person who says it, if that is not who is signed in.
    """

    shown: Shown
    fact: Fact | None = None
    who: str | None = None


class _At(Struct, frozen=True):
    """Where a thing in hand stands in what is defined."""

    route: Route | None = None
    operation: Operation | None = None
    form: Form | None = None
    step: Step | None = None


def _at(known: Definitions, hand: InHand) -> _At:
    route = known.route_of(hand.material)
    operation = route.operation(hand.operation) if route else None
    form = known.get(Form, operation.form) if operation else None
    if form is None or hand.form not in ("", definition_hash(form)):
        return _At(route, operation)
    return _At(route, operation, form, form.steps[hand.step] if hand.step < len(form.steps) else None)


class Turn:
    """One turn being built: reads the view, moves the work on, and collects what to say."""

    def __init__(self, work: Work, view: View) -> None:
        self.work = work
        self.view = view
        self.said: list[Said] = []
        self.wants_newest = False
        self.ask: GaugeAsk | PhotoAsk | None = None
        self.notes: list[Fact] = []  # written behind what is said, and not shown
        self.prints: list[Print | Unprint] = []
        self.again = False  # what it writes changes what may be: a turn of its own follows, operation.News
        self._at: tuple[InHand | None, _At] = (None, _At())

    def move(self, **changes: Any) -> None:
        """Change the work."""
        self.work = replace(self.work, **changes)

    def remember(self, numbers: Mapping[str, str]) -> None:
        """Keep the numbers entered last, by step and field, for the number pad to show; the eldest are forgotten."""
        kept = {name: value for name, value in self.work.entered.items() if name not in numbers} | dict(numbers)
        self.move(entered=dict(list(kept.items())[-LAST_KEPT:]))

    def confirm(self, tone: str, code: str, body: Body, on: tuple[Claim, ...], **params: object) -> None:
        """Write an event and show it."""
        self.said.append(Said(Shown(tone, code, params), Fact(body, on)))

    def sign(self, person: str, code: str, body: Body, on: tuple[Claim, ...], **params: object) -> None:
        """Write an event that `person` signed, and show it."""
        self.said.append(Said(Shown("ok", code, params), Fact(body, on), person))

    def tell(self, code: str, **params: object) -> None:
        """Show something that is no fact."""
        self.said.append(Said(Shown("info", code, params)))

    def adopt(self, trial: Turn) -> None:
        """Go on as a trial of the same work and view did."""
        self.work, self.said, self.ask, self.wants_newest = trial.work, trial.said, trial.ask, trial.wants_newest
        self.notes, self.prints = trial.notes, trial.prints

    @property
    def route(self) -> Route | None:
        """The route of the unit in hand."""
        return self._where.route

    @property
    def operation(self) -> Operation | None:
        """The operation that is running."""
        return self._where.operation

    @property
    def form(self) -> Form | None:
        """Its form, as long as that is the one under which the operation began."""
        return self._where.form

    @property
    def step(self) -> Step | None:
        """The step to do now, or None when all are done."""
        return self._where.step

    @property
    def _where(self) -> _At:
        """Where what is in hand stands: asked for dozens of times in a turn, and found once for each hand."""
        hand = self.work.hand
        if hand is not self._at[0]:
            self._at = hand, _at(self.view.definitions, hand) if hand else _At()
        return self._at[1]

    @property
    def slot(self) -> BomLine | None:
        """What the step's slot takes."""
        step, hand = self.step, self.work.hand
        return self.view.definitions.bom_line(hand.material, step.slot) if step and hand else None

    @property
    def material(self) -> Material | None:
        """What the thing in hand is one of."""
        return self.view.definitions.get(Material, self.work.hand.material) if self.work.hand else None

    def name_of(self, person: str | None) -> str:
        """A person's name; "" if it is not known here."""
        return next((name for id, name in self.view.people.values() if id == person), "")

    def reason(self, id: str, use: str) -> str:
        """The coded reason `id`. RuleViolation command.reason if it is none for this use."""
        if id not in [known.id for known in self.view.definitions.reasons(use)]:
            raise RuleViolation("command.reason", reason=id or "-")
        return id

    def material_name(self, id: str | None) -> object:
        """A material's name in both languages, or its id."""
        known = self.view.definitions.get(Material, id)
        return known.name if known else id or "?"
