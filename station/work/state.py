"""The state of a workplace: the thing on the bench, how far its step is, and the questions that wait for an answer.

Pure values. `Work` is the draft: it is saved in the same transaction as the events of the turn, so a station that died
continues at the same step.
"""

from __future__ import annotations

from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from common.barcode_router import Ambiguous, Code
from common.event_types import Value
from common.form_engine import Given
from common.ids import Claim
from station.devices.plc_block import Request


# How far a step is ---------------------------------------------------------------------------------------------------
class PendingComponent(Struct, frozen=True):
    """A thing that was scanned for a slot and is in nothing yet. `scan`: its raw code, base64url."""

    slot: str
    thing: Claim
    material: str
    scan: str


class Untouched(Struct, frozen=True, tag=True):
    """Nothing of the step was done yet."""


class OldPart(Struct, frozen=True, tag=True):
    """The old component of a replace step was scanned out."""

    removed: Claim


class Portion(Struct, frozen=True, tag=True):
    """A component waits for its quantity."""

    pending: PendingComponent


class Readings(Struct, frozen=True, tag=True):
    """Values entered or read so far. `asked`: the token of the reading that is awaited."""

    values: tuple[Value, ...] = ()
    asked: int = 0


class Counterparty(Struct, frozen=True, tag=True):
    """The supplier or customer whose card was scanned."""

    partner: str = ""


class Entries(Struct, frozen=True, tag=True):
    """A page that is being filled: the values in its fields.

    `at`: the field and column that somebody went to; `columns`: the units of a panel; `asked`: the token of the reading
    that is awaited; `declined`: the signature that the signer did not give; `filled`: the fields in the order in
    which they were filled.
    """

    given: tuple[Given, ...] = ()
    at: tuple[str, int] | None = None
    columns: tuple[Claim, ...] = ()
    asked: int = 0
    declined: str = ""
    filled: tuple[tuple[str, int], ...] = ()


Progress = Untouched | OldPart | Portion | Readings | Counterparty | Entries
P = TypeVar("P", Readings, Counterparty, Entries)


# The bench -----------------------------------------------------------------------------------------------------------
class Idle(Struct, frozen=True, tag=True):
    """Nothing is in hand."""


class InHand(Struct, frozen=True, tag=True):
    """A unit, a lot or a container in an operation, before a step.

    `unknown`: operations that the interlock could not see when it began. `form`: the hash of the form it was begun
    under; steps of another form are not taken for its steps. `label`: the raw code by which it came, base64url.
    `taken`: the lots that an output will take from.
    """

    unit: Claim
    material: str
    operation: str
    step: int = 0
    unknown: tuple[str, ...] = ()
    form: str = ""
    label: str = ""
    taken: tuple[PendingComponent, ...] = ()
    progress: Progress = Untouched()

    def so_far(self, kind: type[P]) -> P:
        """The progress of a step of this kind; empty if there is none yet."""
        return self.progress if isinstance(self.progress, kind) else kind()

    def with_progress(self, progress: Progress) -> InHand:
        """The same thing in hand, its step so far."""
        return replace(self, progress=progress)


class Stopped(Struct, frozen=True, tag=True):
    """A scanned thing that may not be worked on; it stays until the next scan. `refusal`: the event that refused it."""

    code: Code
    refusal: str = ""


class Packing(Struct, frozen=True, tag=True):
    """A finished unit that waits for its container."""

    unit: Claim


OnBench = Idle | InHand | Stopped | Packing


# Questions -----------------------------------------------------------------------------------------------------------
class WhichOperation(Struct, frozen=True, tag=True):
    """Several operations may begin on the scanned thing: the worker picks one."""

    code: Code


class Report(Struct, frozen=True, tag=True):
    """A reason that asks for a page: the card's verb, the reason, and the page so far."""

    verb: str
    reason: str
    page: Entries = Entries()


class Signature(Struct, frozen=True, tag=True):
    """A signature is wanted. `purpose`: the room that asks for it (`transition.SIGNED`), and `about` what of theirs.

    `meaning`: what signing says, a word of the catalogue (meaning.*). `roles`: the signer has one of these, or is one
    of `people`; without any role, everybody may. `signer`: the person whose badge was scanned; their PIN is awaited.
    """

    purpose: str
    meaning: str
    roles: tuple[str, ...] = ()
    about: str = ""
    signer: str = ""
    people: tuple[str, ...] = ()


class WhichCode(Struct, frozen=True, tag=True):
    """A scan that may be read in several ways: the worker says which one is meant."""

    code: Ambiguous


class HelperBadge(Struct, frozen=True, tag=True):
    """The card, answer or clear, that waits for the badge of the helper who came."""

    card: str


class SecondBadge(Struct, frozen=True, tag=True):
    """The badge of one more person was scanned: they work together with those who are signed in, or take over.

    `via`: pin if their PIN was entered instead, or "".
    """

    person: str
    via: str = ""


Question = WhichOperation | Report | SecondBadge | Signature | WhichCode | HelperBadge
Q = TypeVar("Q", WhichOperation, Report, SecondBadge, Signature, WhichCode, HelperBadge)
# A question may interrupt those left of it, and replaces all others.
ORDER: tuple[type[Question], ...] = (WhichOperation, Report, SecondBadge, Signature, WhichCode, HelperBadge)


# What the workplace remembers ----------------------------------------------------------------------------------------
class PreviousScan(Struct, frozen=True):
    """The scan before this one, to tell a double scan. `mono_ms`: by the monotonic clock. `unfit`: the component
    that it was, if what is known of that said no to it."""

    raw: bytes = b""
    device: str = ""
    mono_ms: int = 0
    unfit: Claim | None = None


class MachineRequest(Struct, frozen=True):
    """The request area of a machine. `open`: its result is awaited.

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
    """The events of one turn about `thing`, and the work before it: what UNDO restores.

    `deeds`: in order; `told` is the one that names the act. `at_ms`: by the monotonic clock of that `boot`. `never`:
    the code of why it cannot be undone here, or "". `who`: the person who acted.
    """

    thing: Claim
    deeds: tuple[Deed, ...]
    told: str
    at_ms: int
    boot: str
    never: str = ""
    bench: OnBench = Idle()
    report: Report | None = None
    container: Claim | None = None
    who: str = ""


class Work(Struct, frozen=True):
    """The state of a workplace.

    `person`: the one who acts, by whom its events are; `also`: the others who are signed in, the one who acted last
    first. `bench`: what it works on. `questions`: those that wait for an answer, the last one first; each may interrupt
    only those before it in ORDER. `container`: the one that is open for packing. `devices`: what was last written of
    each device: why it is down, or "" when it is up. `anchor`: (boot, the hub's ms minus ours) of the last signed time
    that came. `labelled`: the thing that got a label here last, which is not verified yet. `acts`: the last ones
    confirmed here, the newest last. `entered`: the numbers entered last, by step and field. `issued`: block of serial
    numbers → the last one that was given to a thing. `lying`: machines whose last part was not yet seen to leave.
    `made`: how many of an order were passed here.
    """

    person: str | None = None
    also: tuple[str, ...] = ()
    order: Claim | None = None
    bench: OnBench = Idle()
    questions: tuple[Question, ...] = ()
    container: Claim | None = None
    last_scan: PreviousScan = PreviousScan()
    machines: dict[str, MachineRequest] = {}
    refused_block: bytes = b""
    lying: tuple[str, ...] = ()
    devices: dict[str, str] = {}
    anchor: tuple[str, int] | None = None
    labelled: Claim | None = None
    entered: dict[str, str] = {}
    issued: dict[str, int] = {}
    made: dict[str, int] = {}
    acts: tuple[Act, ...] = ()

    def __post_init__(self) -> None:
        kinds = [type(question) for question in self.questions]
        if kinds != [kind for kind in ORDER if kind in kinds]:
            raise ValueError(f"questions in a wrong order: {kinds}")
        if WhichOperation in kinds and not isinstance(self.bench, Idle):
            raise ValueError("an operation is picked while something is on the bench")
        if Report in kinds and not isinstance(self.bench, InHand | Stopped):
            raise ValueError("nothing is there to be reported")
        if len(set(self.people)) != len(self.people) or (self.person is None and (self.also or SecondBadge in kinds)):
            raise ValueError(f"nobody acts, or somebody is signed in twice: {self.people}")

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who is signed in here, the one who acts first."""
        return (self.person, *self.also) if self.person is not None else self.also

    @property
    def question(self) -> Question | None:
        """The one question that is asked now."""
        return self.questions[-1] if self.questions else None

    def asked(self, kind: type[Q]) -> Q | None:
        """The question of this kind, asked now or interrupted by another."""
        return next((one for one in self.questions if isinstance(one, kind)), None)

    @property
    def hand(self) -> InHand | None:
        """The thing in hand."""
        return self.bench if isinstance(self.bench, InHand) else None

    @property
    def stopped(self) -> Code | None:
        """The scan of the thing that may not be worked on."""
        return self.bench.code if isinstance(self.bench, Stopped) else None

    @property
    def packing(self) -> Claim | None:
        """The unit that waits for its container."""
        return self.bench.unit if isinstance(self.bench, Packing) else None

    @property
    def thing(self) -> Claim | None:
        """The thing on the bench, whatever is done with it."""
        hand, stopped = self.hand, self.stopped
        return hand.unit if hand else stopped.claim if stopped else self.packing

    def asking(self, question: Question) -> Work:
        """The work with one question more; it replaces those of its own kind and those that it may not interrupt."""
        below = ORDER[: ORDER.index(type(question))]
        kept = tuple(one for one in self.questions if isinstance(one, below))
        return replace(self, questions=(*kept, question))

    def answered(self, kind: type[Any]) -> Work:
        """The work without the question of this kind and without those that interrupted it."""
        if self.asked(kind) is None:
            return self
        below = ORDER[: ORDER.index(kind)]
        return replace(self, questions=tuple(one for one in self.questions if isinstance(one, below)))
