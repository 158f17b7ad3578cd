"""What a workplace is doing right now. Pure values.

`Work` is the draft: it is saved in the same transaction as the events of the turn, so a station that died goes on at
the same step.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from common.barcode_router import Ambiguous, Code
from common.event_types import Value
from common.form_engine import Given
from common.ids import Claim
from station.devices.plc_block import Request


class PendingComponent(Struct, frozen=True):
    """A thing that was scanned for a slot and is in nothing yet. `scan`: its raw code, base64url."""

    slot: str
    thing: Claim
    material: str
    scan: str


class ReasonPage(Struct, frozen=True):
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
    taken: tuple[PendingComponent, ...] = ()
    pending: PendingComponent | None = None
    values: tuple[Value, ...] = ()
    asked: int = 0
    partner: str = ""
    given: tuple[Given, ...] = ()
    at: tuple[str, int] | None = None
    columns: tuple[Claim, ...] = ()
    declined: str = ""
    because: ReasonPage | None = None

    @property
    def begun(self) -> str | None:
        """The operation that was begun on it; None of a stopped thing, which is here for its report alone."""
        return None if self.operation == NOT_BEGUN else self.operation


class MachineRequest(Struct, frozen=True):
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
    machines: dict[str, MachineRequest] = {}
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
