"""Answers for the side screens: plain values. The work cell makes them, the kiosk draws them.

Frozen values only. `Words` are a code of the catalogue and what fills it. Times are wall ms of whoever wrote them.
"""

from __future__ import annotations

from msgspec import Struct

from common.ids import Claim
from common.text import Named, Params
from station.shown.work_screen import Counts, GuideView

CodeWords = tuple[str, Params]


# Unit trace ----------------------------------------------------------------------------------------------------------
class TracePart(Struct, frozen=True):
    """Something that is, or with `removed_at` was, in the thing."""

    slot: Named | str
    thing: Claim
    amount: str
    at: int
    who: str
    removed_at: int | None = None


class TraceVisit(Struct, frozen=True):
    """The state of an operation: outcome none, started, pass, fail or contested; how often it was ended; who last did
    what, where and when."""

    operation: Named | str
    outcome: str
    provisional: bool = False
    ends: int = 0
    place: Named | str = ""
    who: str = ""
    at: int | None = None


class TraceReading(Struct, frozen=True):
    """One measured value with the limits that judged it."""

    operation: Named | str
    name: Named | str
    value: str
    uom: str
    low: str | None
    high: str | None
    verdict: str
    at: int


class Unseen(Struct, frozen=True):
    """A workplace whose records here end `age_s` ago; None: nobody knows since when."""

    place: Named | str
    age_s: int | None


class Trace(Struct, frozen=True):
    """A thing as built so far, by what is known at this workplace.

    `origin`: its source, with who and when. `held`, `findings`: its holds and open contradictions. `within`: its
    containers and parents. `left_out`: the number of lines beyond those here; -1: too many.
    """

    thing: Claim
    material: Named | None = None
    state: str = "unknown"
    order: str = ""
    origin: CodeWords | None = None
    parts: tuple[TracePart, ...] = ()
    visits: tuple[TraceVisit, ...] = ()
    readings: tuple[TraceReading, ...] = ()
    held: tuple[CodeWords, ...] = ()
    findings: tuple[CodeWords, ...] = ()
    within: tuple[Claim, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    left_out: int = 0


class TraceLook(Struct, frozen=True):
    """The trace screen: what is looked at, or why there is nothing.

    `scan`: the next scan is looked at, not worked with.
    """

    trace: Trace | None = None
    scan: bool = False
    why: CodeWords | None = None


# This shift ----------------------------------------------------------------------------------------------------------
class WorkEnd(Struct, frozen=True):
    """One end of work on a thing here. outcome: passed, failed, scrapped, left."""

    at: int
    thing: Claim
    operation: Named | str
    outcome: str
    who: str


class ShiftSoFar(Struct, frozen=True):
    """The shift that runs: its ends, the last one first. `first_pass`: percent of the things that were ended which
    passed at their first end in this shift. `left_out`: how many older ends are not here."""

    name: Named | None
    since: int
    until: int
    counts: Counts
    first_pass: int | None
    ends: tuple[WorkEnd, ...]
    left_out: int = 0


# Notes for the next shift ---------------------------------------------------------------------------------------------
class NoteLine(Struct, frozen=True):
    """A note: its text, when it was written and by whom. `id`: of its event; `own`: the signed-in person wrote it."""

    id: str
    text: str
    at: int
    who: str
    own: bool = False


class ShiftNotes(Struct, frozen=True):
    """The last notes of this workplace, the newest first. `may_write`: somebody is signed in."""

    notes: tuple[NoteLine, ...]
    may_write: bool = False


# What waits for the hub ----------------------------------------------------------------------------------------------
class OutboxLog(Struct, frozen=True):
    """One log that this station writes (`current`) or wrote."""

    log: str
    current: bool
    entries: int
    waiting: int
    sent: int
    confirmed: int
    oldest_s: int | None


class WaitingEntry(Struct, frozen=True):
    """An entry that the hub has not confirmed: what it says, and of what."""

    said: str
    at: int
    things: tuple[Claim, ...]


class Outbox(Struct, frozen=True):
    """The entries that wait. `since_s`: age of the link's present state; `why`: its last trouble, in words.

    `entries`: the oldest that wait; `left_out`: how many more.
    """

    online: bool
    since_s: int | None
    why: CodeWords | None
    logs: tuple[OutboxLog, ...]
    entries: tuple[WaitingEntry, ...]
    left_out: int = 0


# Devices -------------------------------------------------------------------------------------------------------------
class LastScan(Struct, frozen=True):
    """The last code of a scanner. kind: the kind of the code, or "badge" without its bytes, or an error's code.

    `text`: with control characters that can be seen; of a badge nothing. `size`: in bytes.
    """

    kind: str
    text: str
    size: int
    age_s: int


class DeviceLine(Struct, frozen=True):
    """One device. kind: scanner, plc, gauge, camera, printer. `why`: if it is down. `since_s`: how long it is so.

    `name` is its id in the configuration, `title` its name for people.

    `tested`: what the last test said, empty before one; `testing`: it waits for the test's scan or reading.
    """

    name: str
    kind: str
    up: bool
    why: CodeWords | None
    since_s: int
    scan: LastScan | None = None
    reading: str = ""
    tested: tuple[CodeWords, ...] = ()
    testing: bool = False
    title: Named | None = None


class Devices(Struct, frozen=True):
    """Every device of this station. `code`: the check code with its control characters visible."""

    lines: tuple[DeviceLine, ...]
    code: str


# Maintenance ---------------------------------------------------------------------------------------------------------
class Locked(Struct, frozen=True):
    """Maintenance is for somebody else, or first asks for the PIN. `code`, `params`: why, in words."""

    code: str
    params: Params = {}
    pin: bool = False


class Maintenance(Struct, frozen=True):
    """The maintenance screen. `addresses`: of this computer; `hub`: in use; `heard_s`: since it last answered.

    `folders`: where diagnostics can be written to, of which `own` is the station's. `exported`: what became of the last
    export, in words. `definitions_at`: when the newest definition was published.
    """

    site: str
    line: str
    place: str
    software: str
    log: str
    incarnation: int
    entries: int
    definitions: int
    definitions_at: int | None
    addresses: tuple[str, ...]
    hub: str
    online: bool
    heard_s: int | None
    pin: str
    folders: tuple[str, ...]
    own: str
    exported: CodeWords | None = None


class Settings(Struct, frozen=True):
    """The settings of this station: the volume in percent, the size of everything on the screen in percent, and the
    language of whoever chose none."""

    volume: int = 70
    scale: int = 100
    language: str = "zh"


class Enrolling(Struct, frozen=True):
    """A computer that is no station yet, or, with `before`, was that one until now and may go on as it. state: wait for
    a ticket, asking the hub, compare the words, failed.

    `words`: the hub's screen must show the same six. `why`: what was wrong, in words.
    """

    state: str
    words: str = ""
    why: CodeWords | None = None
    before: str = ""


class StepPictures(Struct, frozen=True):
    """The pictures of the step in hand, as large as they are enlarged."""

    pictures: tuple[GuideView, ...] = ()


SideScreen = (
    StepPictures | Enrolling | TraceLook | ShiftSoFar | ShiftNotes | Outbox | Devices | Locked | Maintenance | Settings
)


def visible(raw: bytes) -> str:
    """Bytes as text in which every control character can be seen: <GS>, <CR>, <0x1b>."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return "".join(c if c.isprintable() else _NAMES.get(c, f"<0x{ord(c):02x}>") for c in text)


_NAMES = {"\x1d": "<GS>", "\x1e": "<RS>", "\x04": "<EOT>", "\r": "<CR>", "\n": "<LF>", "\t": "<TAB>", "\x00": "<NUL>"}
