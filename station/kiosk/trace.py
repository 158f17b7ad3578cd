"""Unit trace: what the thing in hand, or one that is scanned to be looked at, is made of and went through so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from common.ids import kind_of
from common.qt.theme import Look
from common.text import Named, brief
from common.theme import TONES
from station.kiosk.room import Action, Room, RoomLine, moment, said
from station.kiosk.screen import label
from station.messages import LookAt as Wish
from station.shown.side_screens import Trace, TraceLook, TracePart, TraceReading, TraceVisit

OUTCOME_TONES = {"pass": "ok", "fail": "ng", "contested": "unknown", "started": "water"}


class TraceRoom(Room):
    """While its mode is on, what is scanned is looked at; a band says so."""

    kind, title, takes = "trace", "room.trace", (TraceLook,)

    def looks(self) -> bool:
        """The mode is on."""
        return isinstance(self.answer, TraceLook) and self.answer.scan

    def lines(self) -> Sequence[RoomLine]:
        """Its holds, parts, operations and values, and the gaps in the records."""
        found = self._trace()
        return list(_lines(self.look, found, self.now_ms)) if found and found.left_out >= 0 else ()

    def choices(self) -> Sequence[Action]:
        """The mode on and off."""
        if self.looks():
            return (Action(self.look.say("room.scan_off"), lambda: self.asked.emit(Wish("trace"))),)
        wish = Wish("trace", scan=True)
        return (Action(self.look.say("room.scan_on"), lambda: self.asked.emit(wish), "primary"),)

    def identity(self) -> str:
        """The thing that is looked at."""
        found = self._trace()
        return label(found.thing) if found else ""

    def aside(self) -> str:
        """The thing and its state."""
        found = self._trace()
        if found is None:
            return ""
        parts = [self.look.name(found.material), self.look.say(f"state.{found.state}")]
        return " · ".join(part for part in parts if part)

    def note(self) -> tuple[str, str]:
        """The mode, which must be plain to see."""
        if self.looks():
            return "hold", self.look.say("room.scan_mode")
        return "", ""

    def nothing(self) -> str:
        """Why there is nothing, or what to do."""
        if not isinstance(self.answer, TraceLook):
            return super().nothing()
        if self.answer.why:
            return brief(self.look.language, self.answer.why[0])
        return self.look.say("room.too_much" if self.answer.trace else "room.no_thing")

    def _trace(self) -> Trace | None:
        return self.answer.trace if isinstance(self.answer, TraceLook) else None


def _lines(look: Look, found: Trace, now_ms: int) -> Iterator[RoomLine]:
    if not (found.parts or found.readings or found.origin or any(v.at for v in found.visits)):
        yield RoomLine(look.say("room.unheard"), look.say("room.unheard_more"), tone="unknown")
    yield from (RoomLine(said(look, why), tone="hold", long=True) for why in found.held)
    yield from (RoomLine(said(look, one), tone=TONES.get(found.state, "hold")) for one in found.findings)
    yield from _section(look, "room.origin", _origin(look, found))
    yield from _section(look, "room.operations", (_visit(look, visit, now_ms) for visit in found.visits))
    yield from _section(look, "room.parts", (_part(look, part, now_ms) for part in found.parts))
    yield from _section(look, "room.readings", (_reading(look, reading, now_ms) for reading in found.readings))
    yield from _section(look, "room.unseen", _open_ends(look, found))


def _section(look: Look, code: str, lines: Iterable[RoomLine]) -> Iterator[RoomLine]:
    """A heading over lines, if there are any."""
    found = list(lines)
    if found:
        yield RoomLine(look.say(code), section=True)
    yield from found


def _origin(look: Look, found: Trace) -> Iterator[RoomLine]:
    if found.origin:
        yield RoomLine(said(look, found.origin), long=True)
    if found.order:
        yield RoomLine(look.say("kiosk.order", {"order": found.order}))
    for outer in found.within:
        yield RoomLine(look.say("room.within", {"kind": kind_of(outer), "thing": outer}))


def _open_ends(look: Look, found: Trace) -> Iterator[RoomLine]:
    """The gaps in the records, said where people look."""
    if found.left_out:
        yield RoomLine(look.say("room.left_out", {"count": found.left_out}), tone="info")
    for one in found.unseen:
        code = "room.unseen_since" if one.age_s is not None else "room.unseen_ever"
        yield RoomLine(look.say(code, {"place": one.place, "age_s": one.age_s}), tone="unknown", long=True)


def _visit(look: Look, visit: TraceVisit, now_ms: int) -> RoomLine:
    word = look.say("state.provisional" if visit.provisional else f"outcome.{visit.outcome}")
    when = moment(visit.at, now_ms) if visit.at else ""
    below = " · ".join(part for part in (_name(look, visit.place), visit.who, when) if part)
    times = look.say("room.times", {"n": visit.ends}) if visit.ends > 1 else ""
    tone = "unknown" if visit.provisional else OUTCOME_TONES.get(visit.outcome, "todo")
    return RoomLine(_name(look, visit.operation), below, word, times, tone=tone, faint=visit.outcome == "none")


def _part(look: Look, part: TracePart, now_ms: int) -> RoomLine:
    who = " · ".join(one for one in (part.who, moment(part.at, now_ms) if part.at else "") if one)
    gone = ""
    if part.removed_at is not None:
        gone = look.say("room.removed", {"when": moment(part.removed_at, now_ms) if part.removed_at else "—"})
    amount = "" if part.amount in ("1", "1 pcs", "1 ea") else part.amount
    slot = " · ".join(one for one in (_name(look, part.slot), amount) if one)
    return RoomLine(label(part.thing), slot, gone, who, mono=True, faint=bool(gone))


def _reading(look: Look, reading: TraceReading, now_ms: int) -> RoomLine:
    bad = reading.verdict == "fail"
    limits = _limits(reading)
    return RoomLine(
        _name(look, reading.name),
        " · ".join((_name(look, reading.operation), moment(reading.at, now_ms))),
        f"{'✗ ' if bad else ''}{reading.value} {reading.uom}",
        limits,
        tone="ng" if bad else "",
        bar=(reading.value, reading.low, reading.high, reading.verdict),
    )


def _limits(reading: TraceReading) -> str:
    low, high = reading.low, reading.high
    if low is not None and high is not None:
        return f"{low}–{high}"
    return f"≥ {low}" if low is not None else f"≤ {high}" if high is not None else ""


def _name(look: Look, named: Named | str) -> str:
    return named if isinstance(named, str) else look.name(named)
