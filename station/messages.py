"""Messages between the threads of a station: messages into the work cell's inbox, announcements out of it.

Frozen values only, and the only thing that devices, sync and terminal know of the work cell.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from common.ids import Claim
from common.text import Named
from station.shown.side_screens import SideScreen
from station.shown.work_screen import Scene

TYPED = "typed"  # the device of a code that somebody typed at the screen
PIN = "pin"  # the device of a badge that was not scanned: its owner typed their PIN
SCREEN = ("screen", PIN)  # devices of codes that no scanner read
BY_HAND = (TYPED, PIN)
# Codes of a LinkChanged that no retry mends: nothing reaches the hub until somebody acts, so people are told.
REFUSED_BY_HUB = ("hello.unknown", "hello.revoked", "hello.proto", "hello.signature", "hub.pin")


# Into the inbox ------------------------------------------------------------------------------------------------------
class Scanned(Struct, frozen=True):
    """One whole code from a scanner, exactly as read; `mono_ms`: when its last byte came.

    `fault`: the error's code if the bytes differ from the label. `raw` is empty then: it may be half a badge.
    """

    device: str
    raw: bytes
    mono_ms: int
    fault: str = ""


class PlcRead(Struct, frozen=True):
    """The PLC's answer block as read, whenever it changed."""

    device: str
    block: bytes
    mono_ms: int


class GaugeRead(Struct, frozen=True):
    """One reading of a gauge: the value's digits as sent, its unit of measure, and the line's bytes.

    `stable`: the value was stable. `token`: of the request it answers; 0 if the gauge's own button sent it.
    """

    device: str
    value: str
    uom: str
    stable: bool
    raw: bytes
    mono_ms: int
    token: int = 0


class PhotoTaken(Struct, frozen=True):
    """A camera's picture, its bytes as received; `token`: of the request it answers, 0 without a request, -1 of a test.

    `fault`: the error's code if there is no picture; `raw` is empty then.
    """

    device: str
    raw: bytes
    mono_ms: int
    token: int = 0
    fault: str = ""


class Filled(Struct, frozen=True):
    """The new value of a field: its id, its column, and the value as text, one item per choice; empty clears it."""

    field: str
    value: tuple[str, ...] = ()
    i: int = 0


# What a device can be, in the order in which the status bar names them.
KINDS = ("scanner", "plc", "gauge", "camera", "printer", "signal")


class DeviceReport(Struct, frozen=True):
    """A device connected or disconnected; sent once per change. `code`: the error's code, or "" if it is up.

    `kind`: one of KINDS.
    """

    device: str
    up: bool
    code: str = ""
    kind: str = ""


class LabelDone(Struct, frozen=True):
    """The result of a label handed to a printer. `outcome`: printed; not_taken: none of it will be printed; doubtful:
    nobody can tell; refused: it cannot be drawn. `code`, `details`: the reason."""

    device: str
    job: int
    outcome: str
    code: str = ""
    details: Mapping[str, object] = {}


class BatchArrived(Struct, frozen=True):
    """A batch of another log, pulled from the hub and not yet accepted."""

    raw: bytes


class Pulled(Struct, frozen=True):
    """The answer to a pull, without its batches: the ages of the logs' heads, and people.

    `ages`: log → (size, monotonic ms when its author had no more entries than that). `asked_ms`: when the request was
    sent. `pins`: (person, verifier).
    """

    ages: dict[str, tuple[int, int]]
    people: tuple[tuple[str, str, str], ...]
    asked_ms: int = 0
    pins: tuple[tuple[str, str], ...] = ()


class Peppered(Struct, frozen=True):
    """The site's pepper, without which a PIN verifier is useless; it goes into a key file."""

    pepper: bytes


class PinEntered(Struct, frozen=True):
    """A PIN typed by a person (id), to sign in, or to sign if a signature is awaited."""

    person: str
    pin: str


class Sent(Struct, frozen=True):
    """The own log was sent up to `size`; the receipt follows."""

    log: str
    size: int


class Anchored(Struct, frozen=True):
    """The hub's signed time, received `rtt_ms` after the request."""

    note: str
    rtt_ms: int


class Receipted(Struct, frozen=True):
    """The hub's receipt for the own log: a checkpoint of `size` entries with the hub's cosignature."""

    log: str
    size: int
    note: str


class LinkChanged(Struct, frozen=True):
    """The hub became reachable or unreachable; sent once per change. `code`, `details`: the reason."""

    up: bool
    code: str = ""
    details: dict[str, object] = {}


class Outdated(Struct, frozen=True):
    """The hub's history of the own log is ahead of ours or differs; `reason`: restore or fork. A new log is due."""

    reason: str
    log: str = ""


class Touched(Struct, frozen=True):
    """Somebody touched the screen, whether or not the touch asked for anything; sent at most once in a few seconds."""


class Tick(Struct, frozen=True):
    """A tick of the clock, sent by the main thread about once a second."""

    mono_ms: int


class LookAt(Struct, frozen=True):
    """A side screen was opened and wants its answer, again whenever it changes; replaces the previous one.

    kind: trace, shift, notes, outbox, devices, maintenance, document, typing (which has no answer); "" once nobody
    looks any more. `thing`: of a trace; without, the one in hand or stopped. `scan`: the next scan is looked at, not
    worked with.
    """

    kind: str
    thing: Claim | None = None
    scan: bool = False


class TryDevice(Struct, frozen=True):
    """The next message of this scanner or gauge is a test, not work; a scanner should read the check code."""

    device: str


class Choose(Struct, frozen=True):
    """A setting chosen at the station: volume, scale, language; or `mine`, the language of the signed-in person."""

    name: str
    value: str


class Unlock(Struct, frozen=True):
    """The PIN of the signed-in person, to open maintenance."""

    pin: str


class WriteNote(Struct, frozen=True):
    """A note of the signed-in person for whoever works here next."""

    text: str


class UndoNote(Struct, frozen=True):
    """A note (an event id) that its writer undoes."""

    note: str


class Push(Struct, frozen=True):
    """A request to send the outbox now."""


class Export(Struct, frozen=True):
    """A request to write the diagnostics into this folder, one of those offered."""

    folder: str


class FileWritten(Struct, frozen=True):
    """The result of a `WriteFile`; `code`: the error's, or "" if it is on disk."""

    path: str
    code: str = ""


class TicketTyped(Struct, frozen=True):
    """The text of an enrolment ticket, typed by hand."""

    text: str


class WordsCompared(Struct, frozen=True):
    """The result of comparing the six words with those on the hub's screen."""

    same: bool


class EnrolAnew(Struct, frozen=True):
    """A request to enrol this station at its hub again; its records on disk stay."""


class EnrolLeft(Struct, frozen=True):
    """Enrolment was cancelled: the station stays as it is."""


class Shutdown(Struct, frozen=True):
    """A request to process the inbox and end."""


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
    | Touched
    | Tick
    | LookAt
    | TryDevice
    | Choose
    | Unlock
    | WriteNote
    | UndoNote
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
    """A request for this gauge's reading; the answer has the same `token`."""

    device: str
    token: int


class PhotoAsk(Struct, frozen=True):
    """A request for this camera's picture; the answer has the same `token`."""

    device: str
    token: int


class WriteFile(Struct, frozen=True):
    """A new file for a disk that may be slow, written in another thread; `FileWritten` answers."""

    path: str
    raw: bytes


class LabelPrint(Struct, frozen=True):
    """One label to print, once. `label`: its definition's bytes; `values`: for its placeholders; `name`: unique."""

    device: str
    job: int
    label: bytes
    values: dict[str, str]
    name: str


class SignalSet(Struct, frozen=True):
    """The lights that are on; `horns`: how often the horn was to sound so far, so a repeated command sounds nothing."""

    device: str
    green: bool = False
    yellow: bool = False
    red: bool = False
    horns: int = 0


ToDevice = PlcWrite | GaugeAsk | PhotoAsk | LabelPrint | SignalSet
CellCommand = ToDevice | WriteFile | EnrolAnew


# Out of the work cell ------------------------------------------------------------------------------------------------
class Prompt(Struct, frozen=True):
    """The one thing to do now."""

    code: str
    params: dict[str, object] = {}


class Shown(Struct, frozen=True):
    """A result for a person. With `event` (an event id) it confirms something on disk. `todo`: advice on a refusal, as
    a code and its values. `scan`: the meaning of the scanned code, and what was expected instead."""

    tone: str
    code: str
    params: dict[str, object] = {}
    event: str = ""
    reasons: tuple[tuple[str, dict[str, object]], ...] = ()
    todo: tuple[str, dict[str, object]] | None = None
    scan: tuple[str, dict[str, object]] | None = None


class Status(Struct, frozen=True):
    """The status bar: entries waiting for the hub, their age, and the devices that are down.

    `serials`: how many this station has left to give; None where it gives none.
    `labels`: how many wait to be printed; `labels_why`: the code of what they wait for. `labels_unsure`: things of
    which nobody knows whether their label was printed.
    `devices`: (name, kind, whether it is there) of each. The names here and in `down` are ids until
    `station/cell/device_titles.py` puts the titles in their place. `calls_unsent`: the calls that the hub has not
    confirmed. `refused`: of REFUSED_BY_HUB, why nothing reaches the hub; "" while it takes what is sent.
    """

    online: bool
    pending: int
    sent: int
    receipted: int
    oldest_s: int
    down: tuple[Named | str, ...] = ()
    serials: int | None = None
    labels: int = 0
    labels_why: str = ""
    labels_unsure: tuple[str, ...] = ()
    devices: tuple[tuple[Named | str, str, bool], ...] = ()
    calls_unsent: tuple[str, ...] = ()
    refused: str = ""


Announcement = Prompt | Shown | Status | Scene | SideScreen
