"""The way of work at a workplace: (work, input, view) → (work, what is said, the one thing to do now).

Pure: no clock, no disk, no device. What the operator may not do is a RuleViolation: shown in red and written down.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from common.barcode_router import Ambiguous, Code, readings
from common.errors import BadBarcode, RuleViolation
from common.event_types import Refused, SignIn
from common.ids import Claim, b64
from station.messages import SCREEN, TYPED, Filled, GaugeRead, PlcRead
from station.work import signatures, take_in_hand
from station.work.ask import ambiguity, calls, commands, expectation, override, undo
from station.work.begin import due, interlock_check, orders
from station.work.state import Signature, Work
from station.work.steps import components, gauges, labels, machine_permit, packing, pages, progress, shipping
from station.work.steps.pages import Photographed
from station.work.turn import Turn
from station.work.view import View

__all__ = ["CodeScanned", "Photographed", "Signed", "begins", "step"]

DOUBLE_SCAN_MS = 1_000
BOUNCE_MS = 300  # within which nobody answers two questions, and what comes twice was meant once
STANDS_BESIDE = ("badge", "command")  # what is scanned about a thing that was stopped, and does not end that it is
KEPT_BYTES = 1_536  # in base64url the 2048 characters that a scan in an event may have


class CodeScanned(Struct, frozen=True):
    """A scan and what its code is, or why it is none. `mono_ms`: when it was scanned, if that is known."""

    device: str
    raw: bytes
    code: Code | Ambiguous | BadBarcode
    mono_ms: int | None = None


class News(Struct, frozen=True):
    """What is known here of things has changed."""


class Signed(Struct, frozen=True):
    """The right PIN of `person` came while a signature was wanted."""

    person: str


Input = CodeScanned | News | Signed | Filled | PlcRead | GaugeRead | Photographed
# What a signature does once it is given, by what it was wanted for.
SIGNED: dict[str, Callable[[Turn, Signature], None]] = {
    override.PURPOSE: override.signed,
    pages.PURPOSE: commands.page_signed,
    undo.PURPOSE: undo.signed,
}


def step(work: Work, said: Input, view: View) -> Turn:
    """One turn. The same work, input and view give the same turn."""
    turn = Turn(work, view)
    if isinstance(said, CodeScanned):
        _heard(turn, said)
    elif isinstance(said, Signed):
        if _unless_refused(turn, b"", lambda: _signed(turn, said.person)).startswith(("interlock.", "person.")):
            signatures.drop(turn)
    elif isinstance(said, Filled):
        _unless_refused(turn, b"", lambda: _goes_on(turn, lambda: pages.filled(turn, said)))
    elif isinstance(said, Photographed) or (isinstance(said, GaugeRead) and pages.current(turn)):
        raw = said.raw if isinstance(said, GaugeRead) else b""
        _unless_refused(turn, raw, lambda: _goes_on(turn, lambda: pages.read(turn, said)))
    elif isinstance(said, News):
        _unless_refused(turn, b"", lambda: progress.renew(turn))
    else:
        raw = said.raw if isinstance(said, GaugeRead) else b""
        _unless_refused(turn, raw, lambda: _measured(turn, said))
        if isinstance(said, PlcRead):
            _unless_refused(turn, b"", lambda: machine_permit.placed(turn, said.device))
    pages.settle(turn, work)
    return turn


def begins(work: Work, code: Code | Ambiguous | BadBarcode) -> bool:
    """Whether a scan would begin new work."""
    things = any(one.kind in ("unit", "lot", "container") for one in readings(code))
    return work.hand is None and work.packing is None and things


def _goes_on(turn: Turn, act: Callable[[], None]) -> None:
    interlock_check.go_on(turn)
    act()


def _heard(turn: Turn, said: CodeScanned) -> None:
    work, view = turn.work, turn.view
    scanned_ms = view.now_ms if said.mono_ms is None else said.mono_ms
    if _double(turn, said, scanned_ms):
        return turn.tell("ignored.double")
    turn.move(last_code=said.raw, last_device=said.device, last_ms=scanned_ms)
    code = ambiguity.answered(turn, _typed(said.code) if said.device == TYPED else said.code)
    if not (isinstance(code, Code) and code.kind in STANDS_BESIDE):
        turn.move(stopped=None)
    refused = _unless_refused(turn, _kept(said), lambda: _decide(turn, code), said)
    if refused.startswith("interlock.") and isinstance(code, Code) and turn.work.hand is None:
        turn.move(stopped=code)
    if turn.work.signature is work.signature and _at(turn.work) != _at(work):
        signatures.drop(turn)
    return None


def _unless_refused(turn: Turn, raw: bytes, act: Callable[[], None], scanned: CodeScanned | None = None) -> str:
    """Act; what may not be is undone, said and written down, with the code that is returned."""
    work, said, ask, notes, prints = turn.work, list(turn.said), turn.ask, list(turn.notes), list(turn.prints)
    try:
        act()
    except RuleViolation as e:
        turn.work, turn.said, turn.ask, turn.notes, turn.prints, turn.again = work, said, ask, notes, prints, False
        _refuse(turn, e, raw, scanned)
        return e.code
    return ""


def _signed(turn: Turn, person: str) -> None:
    given = signatures.given(turn, person)
    if given.purpose == pages.PURPOSE:
        interlock_check.go_on(turn)
    SIGNED[given.purpose](turn, given)


def _at(work: Work) -> object:
    """What a signature would be about: at another unit or step it is wanted no more."""
    return work.stopped, work.hand and (work.hand.unit, work.hand.operation, work.hand.step)


def _decide(turn: Turn, code: Code | Ambiguous | BadBarcode) -> None:
    """What the scan asks for. A call is possible at any moment, while a question stands too."""
    if isinstance(code, Code) and calls.concerns(turn, code):
        return _call(turn, code)
    turn.move(badge_for="")
    if isinstance(code, BadBarcode):
        raise RuleViolation(code.code, **code.details)
    if turn.work.asked is not None:
        return ambiguity.insist(turn, code)
    if turn.work.choosing is not None:
        due.insist(turn, code)
    return ambiguity.ask(turn, code) if isinstance(code, Ambiguous) else _scanned(turn, code)


def _double(turn: Turn, said: CodeScanned, scanned_ms: int) -> bool:
    # Monotonic time begins anew at each boot, so after one the last scan may lie in the future.
    same = said.raw and said.raw == turn.work.last_code and said.device == turn.work.last_device
    return bool(same) and 0 <= scanned_ms - turn.work.last_ms < _twice_within_ms(said)


def _typed(code: Code | Ambiguous | BadBarcode) -> Code | Ambiguous | BadBarcode:
    """What a typed code may be: never a badge, which says that its owner stands here."""
    if isinstance(code, BadBarcode):
        return code
    left = tuple(one for one in readings(code) if one.kind != "badge")
    return BadBarcode("typed.badge") if not left else left[0] if len(left) == 1 else Ambiguous(left, code.raw)


def _twice_within_ms(said: CodeScanned) -> int:
    """How soon the same is no second one. The same answer may be right for the next question too, and on the pad of the
    screen each key was pressed for it."""
    card = said.code.value if isinstance(said.code, Code) and said.code.kind == "command" else ""
    verb = card.partition(":")[0]
    if verb not in commands.ANSWERS:
        return DOUBLE_SCAN_MS
    return 0 if said.device in SCREEN and verb in commands.KEYED else BOUNCE_MS


def _kept(said: CodeScanned) -> bytes:
    """What a refusal keeps of a scan: all that fits its event; nothing of a badge, for badges are never in events."""
    is_badge = any(code.kind == "badge" for code in readings(said.code))
    return b"" if is_badge else said.raw[:KEPT_BYTES]


def _refuse(turn: Turn, error: RuleViolation, raw: bytes, scanned: CodeScanned | None) -> None:
    """Say no in red and write it down, about the unit in hand or the one that was shown. Of a scan: what it was, and
    what was expected in its place."""
    wanted = expectation.expected(turn) if scanned else None
    hand, about = turn.work.hand, error.details.pop("about", None)
    stopped = turn.work.stopped if turn.work.signature else None
    unit = hand.unit if hand else turn.work.packing or (stopped.claim if stopped else None)
    on = (about,) if isinstance(about, Claim) else (unit,) if unit else ()
    reasons, todo = error.details.pop("reasons", ()), error.details.pop("todo", None)
    operation = str(error.details.pop("operation_id", hand.operation if hand else "-"))
    said = tuple(r.code for r in reasons) if isinstance(reasons, tuple) else ()
    body = Refused(operation, error.code, wanted.text if wanted else "", b64(raw), said)
    turn.confirm("ng", error.code, body, on, **error.details)
    if isinstance(reasons, tuple) and reasons:
        last = turn.said[-1]
        why = tuple((r.code, r.params) for r in reasons)
        shown = replace(last.shown, reasons=why, todo=todo if isinstance(todo, tuple) else None)
        turn.said[-1] = replace(last, shown=shown)
    of_itself = "expected" in error.details and wanted and wanted.materials
    if scanned and wanted and scanned.device not in SCREEN and not of_itself:
        last = turn.said[-1]
        what = expectation.refused(turn, scanned.code, wanted)
        turn.said[-1] = replace(last, shown=replace(last.shown, scan=what))


def _scanned(turn: Turn, code: Code) -> None:
    if code.kind == "badge" and turn.work.signature is not None:
        return signatures.badge(turn, code)
    if code.kind == "badge":
        return _badge(turn, code)
    if turn.work.person is None:
        raise RuleViolation("sign_in.first")
    if code.kind == "command":
        return commands.command(turn, code.value)
    if code.kind == "order" and shipping.wants_document(turn):
        interlock_check.go_on(turn)
        return shipping.document(turn, code)
    if code.kind == "order" and pages.takes_scan(turn):
        interlock_check.go_on(turn)
        return pages.scanned(turn, code)
    if code.kind == "order":
        return orders.scanned(turn, code)
    return None if labels.verify(turn, code) else _thing(turn, code)


def _thing(turn: Turn, code: Code) -> None:
    """A thing was scanned: one to pack, to begin with, or that goes into what is in hand."""
    if turn.work.packing is not None:
        route = turn.view.definitions.route_of(turn.view.standing(turn.work.packing).material)
        packs = [o for o in route.operations if o.packs and turn.view.place in o.at] if route else []
        return packing.pack(turn, code, packs[0] if packs else None)
    if turn.work.hand is None:
        return take_in_hand.take_in_hand(turn, code)
    interlock_check.go_on(turn)
    return components.component(turn, code)


def _call(turn: Turn, code: Code) -> None:
    if code.kind == "badge":
        return calls.by_badge(turn, code.value)
    if code.value == "CANCEL":
        return turn.move(badge_for="")
    return commands.command(turn, code.value)


def _badge(turn: Turn, code: Code) -> None:
    known = turn.view.people.get(code.value)
    if known is None:
        raise RuleViolation("sign_in.unknown")
    person, name = known
    turn.move(person=person)
    turn.confirm("ok", "done.signed_in", SignIn(turn.view.place, "in"), (), name=name)
    turn.again = turn.work.hand is not None  # what is in hand is judged for who came


def _measured(turn: Turn, said: PlcRead | GaugeRead) -> None:
    """A machine or a gauge was heard. A result is evidence and is recorded, whatever says no to the thing by now."""
    faults = machine_permit.answer(turn, said) if isinstance(said, PlcRead) else gauges.take(turn, said)
    if faults:
        progress.complete(turn, "fail", faults)
    elif faults is not None:
        progress.following(turn)
