"""The way of work at a workplace: (work, input, view) → (work, what is said, the one thing to do now).

Pure: no clock, no disk, no device. What the operator may not do is a RuleViolation: shown in red and written down.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from common.bodies import Refused, SignIn
from common.codes import Ambiguous, Code
from common.errors import BadBarcode, RuleViolation
from common.ids import Claim, b64
from station import (
    arrival,
    asking,
    calls,
    cards,
    components,
    due,
    gauging,
    labels,
    orders,
    overriding,
    packing,
    pages,
    permit,
    progress,
    shipping,
    signing,
    undo,
)
from station.messages import Filled, GaugeRead, PlcRead
from station.pages import Photographed
from station.prompts import resume
from station.work import Signature, Turn, View, Work

__all__ = ["CodeScanned", "Signed", "resume", "step"]

DOUBLE_SCAN_MS = 1_000
STANDS_BESIDE = ("badge", "command")  # what is scanned about a thing that was stopped, and does not end that it is
KEPT_BYTES = 1_536  # in base64url the 2048 characters that a scan in an event may have


class CodeScanned(Struct, frozen=True):
    """A scan and what its code is, or why it is none. `mono_ms`: when it was scanned, if that is known."""

    device: str
    raw: bytes
    code: Code | Ambiguous | BadBarcode
    mono_ms: int | None = None


class Signed(Struct, frozen=True):
    """The right PIN of `person` came while a signature was wanted."""

    person: str


Said = CodeScanned | Signed | Filled | PlcRead | GaugeRead | Photographed
# What a signature does once it is given, by what it was wanted for.
SIGNED: dict[str, Callable[[Turn, Signature], None]] = {
    overriding.PURPOSE: overriding.signed,
    pages.PURPOSE: pages.signed,
    undo.PURPOSE: undo.signed,
}


def step(work: Work, said: Said, view: View) -> Turn:
    """One turn. The same work, input and view give the same turn."""
    turn = Turn(work, view)
    if isinstance(said, CodeScanned):
        _heard(turn, said)
    elif isinstance(said, Signed):
        if _unless_refused(turn, b"", lambda: _signed(turn, said.person)).startswith("interlock."):
            signing.drop(turn)
    elif isinstance(said, Filled):
        _unless_refused(turn, b"", lambda: pages.filled(turn, said))
    elif isinstance(said, Photographed) or (isinstance(said, GaugeRead) and pages.current(turn)):
        raw = said.raw if isinstance(said, GaugeRead) else b""
        _unless_refused(turn, raw, lambda: pages.read(turn, said))
    else:
        faults = permit.answer(turn, said) if isinstance(said, PlcRead) else gauging.take(turn, said)
        if faults is not None:
            _measured(turn, faults)
        if isinstance(said, PlcRead):
            permit.placed(turn, said.device)
    pages.settle(turn)
    return turn


def _heard(turn: Turn, said: CodeScanned) -> None:
    work, view = turn.work, turn.view
    scanned_ms = view.now_ms if said.mono_ms is None else said.mono_ms
    if _double(turn, said, scanned_ms):
        return turn.tell("ignored.double")
    turn.move(last_code=said.raw, last_device=said.device, last_ms=scanned_ms)
    code = asking.answered(turn, said.code)
    if not (isinstance(code, Code) and code.kind in STANDS_BESIDE):
        turn.move(stopped=None)
    refused = _unless_refused(turn, _kept(said), lambda: _decide(turn, code))
    if refused.startswith("interlock.") and isinstance(code, Code):
        turn.move(stopped=code)
    if turn.work.signature is work.signature and _at(turn.work) != _at(work):
        signing.drop(turn)
    return None


def _unless_refused(turn: Turn, raw: bytes, act: Callable[[], None]) -> str:
    """Act; what may not be is undone, said and written down, with the code that is returned."""
    before = turn.work
    try:
        act()
    except RuleViolation as e:
        turn.work, turn.said, turn.ask, turn.notes, turn.prints = before, [], None, [], []
        _refuse(turn, e, raw)
        return e.code
    return ""


def _signed(turn: Turn, person: str) -> None:
    given = signing.given(turn, person)
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
        return asking.insist(turn, code)
    if turn.work.choosing is not None:
        due.insist(turn, code)
    return asking.ask(turn, code) if isinstance(code, Ambiguous) else _scanned(turn, code)


def _double(turn: Turn, said: CodeScanned, scanned_ms: int) -> bool:
    # Monotonic time begins anew at each boot, so after one the last scan may lie in the future.
    same = said.raw and said.raw == turn.work.last_code and said.device == turn.work.last_device
    return bool(same) and 0 <= scanned_ms - turn.work.last_ms < DOUBLE_SCAN_MS


def _kept(said: CodeScanned) -> bytes:
    """What a refusal keeps of a scan: all that fits its event; nothing of a badge, for badges are never in events."""
    codes = said.code.readings if isinstance(said.code, Ambiguous) else (said.code,)
    is_badge = any(isinstance(code, Code) and code.kind == "badge" for code in codes)
    return b"" if is_badge else said.raw[:KEPT_BYTES]


def _refuse(turn: Turn, error: RuleViolation, raw: bytes) -> None:
    """Say no in red and write it down, about the unit in hand or the one that was shown."""
    hand, about = turn.work.hand, error.details.pop("about", None)
    stopped = turn.work.stopped if turn.work.signature else None
    unit = hand.unit if hand else turn.work.packing or (stopped.claim if stopped else None)
    on = (about,) if isinstance(about, Claim) else (unit,) if unit else ()
    reasons, todo = error.details.pop("reasons", ()), error.details.pop("todo", None)
    operation = str(error.details.pop("operation_id", hand.operation if hand else "-"))
    said = tuple(r.code for r in reasons) if isinstance(reasons, tuple) else ()
    body = Refused(operation, error.code, scan=b64(raw), reasons=said)
    turn.confirm("ng", error.code, body, on, **error.details)
    if isinstance(reasons, tuple) and reasons:
        last = turn.said[-1]
        why = tuple((r.code, r.params) for r in reasons)
        shown = replace(last.shown, reasons=why, todo=todo if isinstance(todo, tuple) else None)
        turn.said[-1] = replace(last, shown=shown)


def _scanned(turn: Turn, code: Code) -> None:
    if code.kind == "badge" and turn.work.signature is not None:
        return signing.badge(turn, code)
    if code.kind == "badge":
        return _badge(turn, code)
    if turn.work.person is None:
        raise RuleViolation("sign_in.first")
    if code.kind == "command":
        return cards.command(turn, code.value)
    if code.kind == "order" and shipping.wants_document(turn):
        return shipping.document(turn, code)
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
        return arrival.take_in_hand(turn, code)
    return components.component(turn, code)


def _call(turn: Turn, code: Code) -> None:
    if code.kind == "badge":
        return calls.by_badge(turn, code.value)
    if code.value == "CANCEL":
        return turn.move(badge_for="")
    return cards.command(turn, code.value)


def _badge(turn: Turn, code: Code) -> None:
    known = turn.view.people.get(code.value)
    if known is None:
        raise RuleViolation("sign_in.unknown", badge=code.value)
    person, name = known
    turn.move(person=person)
    turn.confirm("ok", "done.signed_in", SignIn(turn.view.place, "in"), (), name=name)


def _measured(turn: Turn, faults: tuple[str, ...]) -> None:
    if faults:
        progress.complete(turn, "fail", faults)
    else:
        progress.following(turn)
