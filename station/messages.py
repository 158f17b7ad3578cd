"""What the threads of a station say to each other: messages into the work cell's inbox, announcements out of it.

Frozen values only. Devices, sync and terminal know the work cell by nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from common.ids import Claim
from station.shown.side_screens import SideScreen
from station.shown.work_screen import Scene

TYPED = "typed"  # the device of a code that somebody typed at the screen
PIN = "pin"  # the device of a badge that nobody showed: its owner typed their PIN
SCREEN = ("screen", PIN)  # devices of codes that no scanner read
BY_HAND = (TYPED, PIN)


# Into the inbox ------------------------------------------------------------------------------------------------------
class Scanned(Struct, frozen=True):
    """One whole code from a scanner, exactly as read; `mono_ms` is when its last byte came.

    `fault`: the error's code if what came is not what was on the label. `raw` is empty then: it may be half a badge.
    """

    device: str
    raw: bytes
    mono_ms: int
    fault: str = ""


class PlcRead(Struct, frozen=True):
    """The PLC's answer block as it was read, whenever it changed."""

    device: str
    block: bytes
    mono_ms: int


class GaugeRead(Struct, frozen=True):
    """One reading of a gauge: the value's digits as sent, its unit, and the line's bytes.

    `stable`: it stood still. `token`: of the question that it answers; 0 if the gauge's own button sent it.
    """

    device: str
    value: str
    uom: str
    stable: bool
    raw: bytes
    mono_ms: int
    token: int = 0


class PhotoTaken(Struct, frozen=True):
    """A camera's picture, its bytes as they came; `token`: of the question that it answers, 0 if it came by itself, -1
    of a test.

    `fault`: the error's code if there is no picture; `raw` is empty then.
    """

    device: str
    raw: bytes
    mono_ms: int
    token: int = 0
    fault: str = ""


class Filled(Struct, frozen=True):
    """A field of the page on the screen is filled: the field's id, its column, and the value as text, of several
    choices one for each; nothing clears it."""

    field: str
    value: tuple[str, ...] = ()
    i: int = 0


# What a device can be, in the order in which the status bar names them.
KINDS = ("scanner", "plc", "gauge", "camera", "printer")


class DeviceReport(Struct, frozen=True):
    """A device came or went; said once a change. `code` is the error's code, or "" when it is up.

    `kind`: what it is, one of KINDS.
    """

    device: str
    up: bool
    code: str = ""
    kind: str = ""


class LabelDone(Struct, frozen=True):
    """What became of a label that was handed to a printer. outcome: printed; not_taken: nothing of it will be printed;
    doubtful: nobody can tell; refused: it cannot be drawn. `code`, `details`: why.
    """

    device: str
    job: int
    outcome: str
    code: str = ""
    details: Mapping[str, object] = {}


class BatchArrived(Struct, frozen=True):
    """A batch of another log, pulled from the hub and not yet accepted."""

    raw: bytes


class Pulled(Struct, frozen=True):
    """What a pull said beside its batches: since when each log's head was known to be its author's last, and people.

    `ages` maps a log to (size, the monotonic ms at which so many entries or fewer were all that its author had).
    `asked_ms`: when the question was sent. `pins`: (person, verifier).
    """

    ages: dict[str, tuple[int, int]]
    people: tuple[tuple[str, str, str], ...]
    asked_ms: int = 0
    pins: tuple[tuple[str, str], ...] = ()


class Peppered(Struct, frozen=True):
    """The site's pepper, without which a PIN verifier is worth nothing; it goes into a key file."""

    pepper: bytes


class PinEntered(Struct, frozen=True):
    """Somebody says who they are (a person id) and types their PIN, to sign in, or to sign if that is wanted."""

    person: str
    pin: str


class Sent(Struct, frozen=True):
    """The own log was sent up to `size`; the receipt follows."""

    log: str
    size: int


class Anchored(Struct, frozen=True):
    """The hub's signed time came, `rtt_ms` after it was asked for."""

    note: str
    rtt_ms: int


class Receipted(Struct, frozen=True):
    """The hub's receipt for the own log: a checkpoint of `size` entries with the hub's cosignature."""

    log: str
    size: int
    note: str


class LinkChanged(Struct, frozen=True):
    """The hub became reachable or not; said once a change. `code`, `details`: why not."""

    up: bool
    code: str = ""
    details: dict[str, object] = {}


class Outdated(Struct, frozen=True):
    """The hub's history of the own log is ahead of ours or differs; `reason`: restore or fork. A new log is due."""

    reason: str
    log: str = ""


class Tick(Struct, frozen=True):
    """Time passed; sent by the main thread about once a second."""

    mono_ms: int


class LookAt(Struct, frozen=True):
    """Somebody opened a screen beside the work and wants its answer, anew whenever it changes; it replaces the last.

    kind: trace, shift, outbox, devices, maintenance, typing (which has no answer); "" once nobody looks any more.
    `thing`: of a trace; without, the one in hand or stopped. `scan`: what is scanned next is looked at and not worked
    with.
    """

    kind: str
    thing: Claim | None = None
    scan: bool = False


class TryDevice(Struct, frozen=True):
    """What this scanner or gauge sends next is a test, not work: of a scanner the check code."""

    device: str


class Choose(Struct, frozen=True):
    """Somebody sets something at the station: volume, scale, language; or `mine`, the language that they read."""

    name: str
    value: str


class Unlock(Struct, frozen=True):
    """The PIN of who is signed in, to open maintenance."""

    pin: str


class Push(Struct, frozen=True):
    """Somebody wants what waits to be sent now."""


class Export(Struct, frozen=True):
    """Maintenance wants the diagnostics in this folder, one of those that it was shown."""

    folder: str


class FileWritten(Struct, frozen=True):
    """What became of a `WriteFile`; `code`: the error's, or "" when it is on the disk."""

    path: str
    code: str = ""


class TicketTyped(Struct, frozen=True):
    """The text of an enrolment ticket, typed by hand."""

    text: str


class WordsCompared(Struct, frozen=True):
    """Somebody compared the six words with those on the hub's screen."""

    same: bool


class EnrolAnew(Struct, frozen=True):
    """Maintenance wants this station to be introduced to its hub again; what it has on disk stays."""


class EnrolLeft(Struct, frozen=True):
    """Nobody enrols anything: the station goes on as the one that it is."""


class Shutdown(Struct, frozen=True):
    """Finish what is in the inbox and end."""


Message = (
    Scanned
    | PlcRead
    | GaugeRead
    | PhotoTaken
    | Filled
    | LabelDone
    | DeviceReport
    | BatchArrived
    | Pulled
    | Peppered
    | PinEntered
    | Sent
    | Anchored
    | Receipted
    | LinkChanged
    | Outdated
    | Tick
    | LookAt
    | TryDevice
    | Choose
    | Unlock
    | Push
    | Export
    | FileWritten
    | TicketTyped
    | WordsCompared
    | EnrolAnew
    | EnrolLeft
    | Shutdown
)


# To a device ---------------------------------------------------------------------------------------------------------
class PlcWrite(Struct, frozen=True):
    """The whole request block to write to a PLC."""

    device: str
    block: bytes


class GaugeAsk(Struct, frozen=True):
    """The operator wants this gauge's reading now; `token` comes back with it."""

    device: str
    token: int


class PhotoAsk(Struct, frozen=True):
    """The operator wants this camera's picture now; `token` comes back with it."""

    device: str
    token: int


class WriteFile(Struct, frozen=True):
    """A new file on a disk that may be slow, written aside; `FileWritten` answers."""

    path: str
    raw: bytes


class LabelPrint(Struct, frozen=True):
    """Print this label, once. `label`: its definition's bytes; `values`: what fills it; `name`: of this print alone."""

    device: str
    job: int
    label: bytes
    values: dict[str, str]
    name: str


ToDevice = PlcWrite | GaugeAsk | PhotoAsk | LabelPrint
CellCommand = ToDevice | WriteFile | EnrolAnew


# Out of the work cell ------------------------------------------------------------------------------------------------
class Prompt(Struct, frozen=True):
    """The one thing to do now."""

    code: str
    params: dict[str, object] = {}


class Shown(Struct, frozen=True):
    """A result a person sees. With `event` (an event id) it confirms something that is on disk. `todo`: what to do
    about a no, as a code and what fills it. `scan`: what the scanned code is, and what was expected in its place."""

    tone: str
    code: str
    params: dict[str, object] = {}
    event: str = ""
    reasons: tuple[tuple[str, dict[str, object]], ...] = ()
    todo: tuple[str, dict[str, object]] | None = None
    scan: tuple[str, dict[str, object]] | None = None


class Status(Struct, frozen=True):
    """The status bar: what waits for the hub, since when, and which devices are down.

    `serials`: how many this station has left to give; None where it gives none.
    `labels`: how many wait to be printed; `labels_why`: the code of what they wait for. `labels_unsure`: things of
    which nobody knows whether their label was printed.
    `devices`: (name, kind, whether it is there) of each. `calls_unsent`: the calls that the hub has not confirmed.
    """

    online: bool
    pending: int
    sent: int
    receipted: int
    oldest_s: int
    down: tuple[str, ...] = ()
    serials: int | None = None
    labels: int = 0
    labels_why: str = ""
    labels_unsure: tuple[str, ...] = ()
    devices: tuple[tuple[str, str, bool], ...] = ()
    calls_unsent: tuple[str, ...] = ()


Announcement = Prompt | Shown | Status | Scene | SideScreen
