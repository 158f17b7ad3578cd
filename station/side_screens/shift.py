"""The present shift and the work ended in it, updated event by event; a recount of the log gives the same. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise
from statistics import median

import msgspec
from msgspec import UNSET, Raw, Struct
from msgspec.structs import replace

from common.definitions import Shift, Workplace
from common.ids import Claim
from common.text import Named
from station.shown.work_screen import Counts, LastResult, Pace

DAY = "00:00"
CYCLES = 101  # the median is of the last hundred cycles: it shows the present pace, at a fixed cost
MOST_LAST = 5
ENDING_TYPES = ("operation_completed", "operation_left", "scrap")
OUTCOMES = {"pass": "passed", "fail": "failed"}
CORRECTIONS = ("void", "amend")
STARTED = "operation_started"


class ShiftSpan(Struct, frozen=True):
    """A shift on one day: [start, end) in wall ms."""

    name: Named | None
    start: int
    end: int


class Ended(Struct, frozen=True):
    """Ended work on a thing. `outcome`: passed, failed, scrapped, left."""

    at: int
    thing: Claim
    operation: str
    outcome: str
    who: str | None
    provisional: bool = False


class _Head(Struct, frozen=True):
    """The part of an event that the shift needs; the rest is skipped."""

    t: str
    at: int
    b: Raw
    on: tuple[Claim, ...] = ()
    who: str | None = None


class _Said(Struct, frozen=True):
    operation: str | None = None
    outcome: str = ""
    provisional: bool = False
    event: str = ""
    body: Mapping[str, object] = {}


_head, _said = msgspec.json.Decoder(_Head), msgspec.json.Decoder(_Said)


def span_at(shifts: Sequence[Shift], wall_ms: int) -> ShiftSpan:
    """Return the shift at `wall_ms` by the plant's clock; without shifts, the day."""
    names: dict[str, Named | None] = {shift.start: shift.name for shift in shifts} or {DAY: None}
    today = datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone().date()
    found = [
        (_local_ms(datetime.combine(today + timedelta(days=day), time.fromisoformat(start))), name)
        for day in (-1, 0, 1)
        for start, name in sorted(names.items())
    ]
    spans = [ShiftSpan(name, start, end) for (start, name), (end, _) in pairwise(found)]
    return next(span for span in reversed(spans) if span.start <= wall_ms)


def _local_ms(naive: datetime) -> int:
    return int(naive.astimezone().timestamp() * 1000)


class Tally:
    """The work ended in one shift, in the order of the log."""

    def __init__(self, span: ShiftSpan) -> None:
        self.span = span
        self.ended: dict[str, Ended] = {}
        self.started: dict[Claim, int] = {}  # when work that has not ended was started, in wall ms
        self._outcomes: Counter[str] = Counter()

    def covers(self, wall_ms: int) -> bool:
        """Return True if that moment is in its shift."""
        return self.span.start <= wall_ms < self.span.end

    def add(self, event: str, raw: bytes) -> None:
        """Count an event of the own log, given its id and its bytes."""
        head = _head.decode(raw)
        if head.t == STARTED and head.on:
            self.started[head.on[0]] = head.at
        elif head.t in CORRECTIONS:
            self._correct(_said.decode(head.b), is_void=head.t == "void")
        elif head.t in ENDING_TYPES and head.on and self.covers(head.at):
            self.started.pop(head.on[0], None)
            said = _said.decode(head.b)
            outcome = {"scrap": "scrapped", "operation_left": "left"}.get(head.t) or OUTCOMES[said.outcome]
            self._put(event, Ended(head.at, head.on[0], said.operation or "", outcome, head.who, said.provisional))

    def _correct(self, said: _Said, *, is_void: bool) -> None:
        """Correct an end: a voided one is removed, an amended one has another outcome."""
        known = self.ended.get(said.event)
        if known is None:
            return
        self._outcomes[known.outcome] -= 1
        if is_void:
            del self.ended[said.event]
        else:
            outcome = OUTCOMES.get(str(said.body.get("outcome")), known.outcome)
            self._put(said.event, replace(known, outcome=outcome))

    def _put(self, event: str, ended: Ended) -> None:
        self.ended[event] = ended
        self._outcomes[ended.outcome] += 1

    @property
    def counts(self) -> Counts:
        """The number of ends per outcome, and the cycle time."""
        n = self._outcomes
        return Counts(n["passed"], n["failed"], self._cycle_s(), n["scrapped"], n["left"])

    def _cycle_s(self) -> int | None:
        done: list[int] = []
        for one in reversed(self.ended.values()):
            if one.outcome != "left":
                done.append(one.at)
            if len(done) == CYCLES:
                break
        took = [later - before for later, before in pairwise(done) if later >= before]
        return round(median(took) / 1000) if took else None

    def last(self) -> tuple[LastResult, ...]:
        """The last results, the newest first."""
        newest = islice(reversed(self.ended.values()), MOST_LAST)
        return tuple(LastResult(one.at, one.thing, one.outcome, one.provisional) for one in newest)

    def first_pass(self) -> int | None:
        """Return the percentage of things that passed at their first end in this shift; None if there is none."""
        firsts: dict[tuple[Claim, str], str] = {}
        for one in self.ended.values():
            if one.outcome != "left":
                firsts.setdefault((one.thing, one.operation), one.outcome)
        return round(100 * sum(o == "passed" for o in firsts.values()) / len(firsts)) if firsts else None


def pace(tally: Tally, workplace: Workplace | None, thing: Claim | None) -> Pace | None:
    """The target and the takt that the workplace's definition gives it; None where it gives neither."""
    if workplace is None or (workplace.target is UNSET and workplace.takt_s is UNSET):
        return None
    return Pace(
        tally.span.start,
        None if tally.span.name is None else tally.span.end,
        None if workplace.target is UNSET else workplace.target,
        None if workplace.takt_s is UNSET else workplace.takt_s,
        tally.started.get(thing) if thing else None,
    )


def recount(span: ShiftSpan, newest_first: Iterable[tuple[str, bytes]], stale: int = 2_000) -> Tally:
    """Tally a shift from the log itself. Stops after `stale` older events in a row."""
    found: list[tuple[str, bytes]] = []
    older = 0
    for event, raw in newest_first:
        found.append((event, raw))
        older = older + 1 if _head.decode(raw).at < span.start else 0
        if older >= stale:
            break
    tally = Tally(span)
    for event, raw in reversed(found):
        tally.add(event, raw)
    return tally
