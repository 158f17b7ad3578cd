"""The transition of a workplace: (work, input, view) → a turn with the new work and everything that it says.

Pure: no clock, no disk, no device. An input that is not allowed is a RuleViolation: shown in red and recorded.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from common.barcode_router import Ambiguous, Code, readings
from common.errors import BadBarcode, RuleViolation
from common.event_types import Refused
from common.ids import Claim, b64
from station.messages import SCREEN, TYPED, Filled, GaugeRead, PlcRead, UndoNote, WriteNote
from station.work import signatures
from station.work.ask import ambiguity, cards, override, scanned, shift_notes, undo
from station.work.awaiting import awaiting
from station.work.begin import interlock_check
from station.work.state import (
    HelperBadge,
    Idle,
    PreviousScan,
    Report,
    SecondBadge,
    Signature,
    Stopped,
    WhichCode,
    WhichOperation,
    Work,
)
from station.work.steps import components, fields, gauge, machine_permit, pages, progress
from station.work.steps.fields import Photographed
from station.work.turn import Turn
from station.work.view import View

__all__ = ["CodeScanned", "Photographed", "Signed", "begins", "step"]

DOUBLE_SCAN_MS = 1_000
BOUNCE_MS = 300  # within which nobody answers two questions, so a repeated answer was meant once
BESIDE_A_STOP = ("badge", "command")  # kinds of codes that are about a stopped thing, and do not end the stop
KEPT_BYTES = 1_536  # in base64url the 2048 characters that a scan in an event may have


class CodeScanned(Struct, frozen=True):
    """A scan and its code, or why it is none. `mono_ms`: the time of the scan, if that is known."""

    device: str
    raw: bytes
    code: Code | Ambiguous | BadBarcode
    mono_ms: int | None = None


class News(Struct, frozen=True):
    """The records or the evidence here have changed."""


class Signed(Struct, frozen=True):
    """The right PIN of `person` came while a signature was wanted."""

    person: str


Input = CodeScanned | News | Signed | Filled | PlcRead | GaugeRead | Photographed | WriteNote | UndoNote
# The act of a signature, by its purpose.
SIGNED: dict[str, Callable[[Turn, Signature], None]] = {
    override.PURPOSE: override.signed,
    pages.PURPOSE: cards.page_signed,
    undo.PURPOSE: undo.signed,
}


def step(work: Work, said: Input, view: View, before: Turn | None = None) -> Turn:
    """One turn. `before`: the turn before it, whose pages are not worked out again."""
    turn = Turn(work, view, before)
    match said:
        case CodeScanned():
            _heard(turn, said)
        case Signed():
            why = _unless_refused(turn, b"", lambda: _signed(turn, said.person))
            if why and why.code.startswith(("interlock.", "person.")):
                signatures.drop(turn)
        case Filled():
            _unless_refused(turn, b"", lambda: _going_on(turn, lambda: fields.filled(turn, said)))
        case News():
            _unless_refused(turn, b"", lambda: progress.renew(turn))
        case PlcRead():
            _unless_refused(turn, b"", lambda: _measured(turn, machine_permit.answer(turn, said)))
            _unless_refused(turn, b"", lambda: machine_permit.placed(turn, said.device))
        case GaugeRead() if pages.current(turn) is None:
            _unless_refused(turn, said.raw, lambda: _measured(turn, gauge.take(turn, said)))
        case GaugeRead() | Photographed():
            raw = said.raw if isinstance(said, GaugeRead) else b""
            _unless_refused(turn, raw, lambda: _going_on(turn, lambda: fields.read(turn, said)))
        case WriteNote() | UndoNote():
            _unless_refused(turn, b"", lambda: shift_notes.take(turn, said))
    pages.settle(turn, work)
    return turn


def begins(work: Work, code: Code | Ambiguous | BadBarcode) -> bool:
    """Return whether a scan would begin new work."""
    things = any(one.kind in ("unit", "lot", "container") for one in readings(code))
    return work.hand is None and work.packing is None and things


# Inputs --------------------------------------------------------------------------------------------------------------
def _going_on(turn: Turn, act: Callable[[], None]) -> None:
    interlock_check.go_on(turn)
    act()


def _signed(turn: Turn, person: str) -> None:
    given = signatures.given(turn, person)
    if given.purpose == pages.PURPOSE:
        interlock_check.go_on(turn)
    SIGNED[given.purpose](turn, given)


def _measured(turn: Turn, faults: tuple[str, ...] | None) -> None:
    """A result is evidence and is recorded, whatever says no to the thing by now. `faults`: None while the step is not
    done, else why it failed, () if it passed."""
    if faults:
        progress.complete(turn, "fail", faults)
    elif faults is not None:
        progress.following(turn)


# Scans ---------------------------------------------------------------------------------------------------------------
def _heard(turn: Turn, said: CodeScanned) -> None:
    scanned_ms = turn.view.now_ms if said.mono_ms is None else said.mono_ms
    if _double(turn, said, scanned_ms):
        return turn.tell("ignored.double")
    turn.move(last_scan=PreviousScan(said.raw, said.device, scanned_ms))
    kept = _kept(turn, said)  # by the question that was on the screen
    code = ambiguity.answered(turn, _typed(said.code) if said.device == TYPED else said.code)
    if isinstance(turn.work.bench, Stopped) and _ends_stop(turn, code):
        turn.put(Idle())
    why = _unless_refused(turn, kept, lambda: _take(turn, code), said)
    if why:
        components.refused(turn, why)
    if why and why.code.startswith("interlock.") and isinstance(code, Code) and turn.work.hand is None:
        _stop(turn, code, why)
    return None


def _ends_stop(turn: Turn, code: Code | Ambiguous | BadBarcode) -> bool:
    """Return whether a scan is about something else than the stopped thing."""
    if turn.work.asked(Report) or turn.work.asked(SecondBadge):
        return False
    return not (isinstance(code, Code) and code.kind in BESIDE_A_STOP)


def _stop(turn: Turn, code: Code, why: RuleViolation) -> None:
    """Keep the refused thing on the screen, with the reason: the scanned one, or the one that a pick was for."""
    asked = turn.work.asked(WhichOperation)
    thing = asked.code if asked else code
    if thing.kind not in BESIDE_A_STOP:
        turn.put(Stopped(thing))
        turn.stop = why


def _take(turn: Turn, code: Code | Ambiguous | BadBarcode) -> None:
    """Take a scan for the one thing that is awaited. A call is possible at any moment, during a question too."""
    if isinstance(code, Code):
        card = cards.card_of(code)
        return cards.command(turn, code.value) if card and card.anytime else awaiting(turn).take(turn, code)
    turn.answered(HelperBadge)
    if isinstance(code, BadBarcode):
        raise RuleViolation(code.code, **code.details)
    if turn.work.asked(WhichCode):
        raise RuleViolation("choice.first")
    return awaiting(turn).take_unclear(turn, code)


def _double(turn: Turn, said: CodeScanned, scanned_ms: int) -> bool:
    # Monotonic time begins anew at each boot, so after one the last scan may lie in the future.
    last = turn.work.last_scan
    same = said.raw and (said.raw, said.device) == (last.raw, last.device)
    return bool(same) and 0 <= scanned_ms - last.mono_ms < _twice_within_ms(said)


def _typed(code: Code | Ambiguous | BadBarcode) -> Code | Ambiguous | BadBarcode:
    """The readings of a typed code but a badge, which says that its owner is here."""
    if isinstance(code, BadBarcode):
        return code
    left = tuple(one for one in readings(code) if one.kind != "badge")
    return BadBarcode("typed.badge") if not left else left[0] if len(left) == 1 else Ambiguous(left, code.raw)


def _twice_within_ms(said: CodeScanned) -> int:
    """The time within which the same scan counts once. The same answer may be right for the next question too, and on
    the pad of the screen each key was pressed for it."""
    card = cards.card_of(said.code)
    if card is None or not card.answers:
        return DOUBLE_SCAN_MS
    return 0 if said.device in SCREEN and card.keyed else BOUNCE_MS


def _kept(turn: Turn, said: CodeScanned) -> bytes:
    """The bytes of a scan that a refusal keeps, as many as fit its event. None of a badge: its number is never in an
    event, and what cannot be read where a badge is asked may be one of another site or of a newer numbering."""
    if isinstance(said.code, BadBarcode):
        may_be_badge = "badge" in awaiting(turn).expects(turn).kinds
    else:
        may_be_badge = any(code.kind == "badge" for code in readings(said.code))
    return b"" if may_be_badge else said.raw[:KEPT_BYTES]


# Refusals ------------------------------------------------------------------------------------------------------------
def _unless_refused(
    turn: Turn, raw: bytes, act: Callable[[], None], code: CodeScanned | None = None
) -> RuleViolation | None:
    """Act; if that is not allowed, undo it, say so and record it. Return the error."""
    work, said, ask, notes, prints = turn.work, list(turn.said), turn.ask, list(turn.notes), list(turn.prints)
    try:
        act()
    except RuleViolation as e:
        turn.work, turn.said, turn.ask, turn.notes, turn.prints, turn.again = work, said, ask, notes, prints, False
        _refuse(turn, e, raw, code)
        return e
    return None


def _refuse(turn: Turn, error: RuleViolation, raw: bytes, code: CodeScanned | None) -> None:
    """Say no in red and record it, about the thing on the bench. Of a scan: what it was, and what was expected."""
    wanted = awaiting(turn).expects(turn) if code else None
    details = {k: v for k, v in error.details.items() if k not in ("about", "reasons", "todo", "operation_id")}
    about, reasons, todo = (error.details.get(key) for key in ("about", "reasons", "todo"))
    operation = str(error.details.get("operation_id", turn.operation_id))
    thing = _refused_thing(turn)
    on = (about,) if isinstance(about, Claim) else (thing,) if thing else ()
    codes = tuple(r.code for r in reasons) if isinstance(reasons, tuple) else ()
    body = Refused(operation, error.code, wanted.text if wanted else "", b64(raw), codes)
    turn.confirm("ng", error.code, body, on, **details)
    last = turn.said[-1]
    shown = last.shown
    if isinstance(reasons, tuple) and reasons:
        why = tuple((r.code, r.params) for r in reasons)
        shown = replace(shown, reasons=why, todo=todo if isinstance(todo, tuple) else None)
    named = "expected" in error.details and wanted and wanted.materials
    of_itself = named or error.code == "sign_in.full"  # a badge is taken at any moment
    if code and wanted and code.device not in SCREEN and not of_itself:
        shown = replace(shown, scan=scanned.unwanted(turn, code.code, wanted))
    turn.said[-1] = replace(last, shown=shown)


def _refused_thing(turn: Turn) -> Claim | None:
    """The thing on the bench; a stopped one only while something about it is asked."""
    work = turn.work
    if isinstance(work.bench, Stopped) and not (work.asked(Signature) or work.asked(Report)):
        return None
    return work.thing
