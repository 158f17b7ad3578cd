"""Provisional passes: given although evidence was not seen; later evidence clears them or makes them a hold.

Each reason has its own evidence: an earlier operation, a component's own route, the day on which a lot went in. A
reason that no evidence decides waits for somebody to settle it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TypeGuard

from msgspec import Struct
from msgspec.structs import replace

from common.definitions import Route
from common.ids import tag
from common.judge.assembly import Component
from common.judge.cause import Cause, Lifted
from common.judge.decisions import Decided
from common.judge.finding import Finding
from common.judge.history import Past
from common.judge.operations import OperationState
from common.judge.order import HappensBefore
from common.rows import Decision, Result, Row

# Unknowns besides earlier operations: a component's own route, its expiry date, a gauge's calibration date.
UNFINISHED, EXPIRY, CALIBRATION = "component", "expiry", "calibration"


class ComponentEvidence(Struct, frozen=True):
    """Evidence about a component. `finished`: its own route has passed, or it has none. `fresh`: it was still usable on
    the day when it went in; None: not certain."""

    finished: bool
    fresh: bool | None


class Resolved(Struct, frozen=True):
    """The result of provisional passes. `causes`: holds because of components; `late`: a text per earlier operation
    that turned out bad. `waits_for`: the components whose evidence is needed, known or not."""

    states: Mapping[str, OperationState]
    findings: tuple[Finding, ...]
    causes: tuple[Cause, ...]
    late: tuple[str, ...]
    waits_for: tuple[Component, ...]


class Provisional:
    """Judges them by the thing's history, its route, its components, and the evidence by component tag."""

    def __init__(
        self,
        decided: Decided,
        order: HappensBefore,
        route: Route | None,
        below: Sequence[Component],
        parts: Mapping[str, ComponentEvidence],
    ) -> None:
        self._history, self._thing, self._order = decided.history, decided.history.thing, order
        self._decided, self._route, self._below, self._parts = decided, route, below, parts
        self._findings: list[Finding] = []
        self._causes: list[Cause] = []
        self._waits_for: dict[str, Component] = {}

    @cached_property
    def _settled(self) -> frozenset[tuple[str, str]]:
        """The settled findings; computed on demand, since few things have provisional passes."""
        return _settled(self._decided)

    def resolved(self, states: Mapping[str, OperationState], lifted: Lifted) -> Resolved:
        """Resolve every provisional pass in turn. `lifted`: what releases of the thing name."""
        now = dict(states)
        for past in self._history.events:
            for row in past.rows:
                if _is_provisional(row) and row.thing == self._thing:
                    clear = self._clear(past, row, states, lifted)
                    state = now[row.operation]
                    if clear and state.event == past.id:
                        now[row.operation] = replace(state, provisional=False)
        late = tuple(f.kind for f in self._findings if f.kind == "late_bad_news" and f.open)
        return Resolved(now, tuple(self._findings), tuple(self._causes), late, tuple(self._waits_for.values()))

    def _clear(self, past: Past, row: Result, states: Mapping[str, OperationState], lifted: Lifted) -> bool:
        """Return True if all missing evidence has arrived and is good, or somebody settled the pass."""
        came = []
        for reason in row.unknown:
            if reason == UNFINISHED:
                came.append(self._good(past, row, lambda part: part.finished))
            elif reason == EXPIRY:
                came.append(self._in_time(past, row, lifted))
            else:
                came.append(self._operation(past, row, reason, states))
        clear = all(came) or ("provisional", tag(past.id, row.k)) in self._settled
        self._findings.append(Finding("provisional", past.id, self._thing, not clear, {"operation": row.operation}))
        return clear

    def _operation(self, past: Past, row: Result, id: str, states: Mapping[str, OperationState]) -> bool:
        outcome = states[id].outcome if id in states else "none"
        own = self._route.operation(row.operation) if self._route else None
        bad = outcome in ("fail", "contested")
        if bad and own is not None and own.reworks == id:
            return True  # a rework needs the failure of the operation it reworks
        if bad:
            decided = ("late_bad_news", tag(past.id, row.k)) in self._settled
            self._findings.append(Finding("late_bad_news", past.id, self._thing, not decided, {"operation": id}))
        return outcome == "pass"

    def _in_time(self, past: Past, row: Result, lifted: Lifted) -> bool:
        """Check expiry: a lot that went in too late holds the thing until a release or a decision."""
        late = [c for c in self._standing(past, row) if (part := self._parts.get(c.tag)) and part.fresh is False]
        if not late:
            return self._good(past, row, lambda part: part.fresh is True)
        cause = Cause("expired", tag(past.id, row.k), past.id, self._thing, "expired")
        decided = ("component_expired", cause.tag) in self._settled or lifted.lifts(cause)
        self._causes += [] if decided else [cause]
        self._findings += [
            Finding("component_expired", past.id, self._thing, not decided, {"child": str(c.child)}) for c in late
        ]
        return decided

    def _good(self, past: Past, row: Result, good: Callable[[ComponentEvidence], bool]) -> bool:
        """Return True if every component is good; if none was seen to go in, nothing is known."""
        parts = [self._parts.get(c.tag) for c in self._standing(past, row)]
        return bool(self._put_in(past, row)) and all(part is not None and good(part) for part in parts)

    def _standing(self, past: Past, row: Result) -> list[Component]:
        found = [c for c in self._put_in(past, row) if c.removed_by is None]
        self._waits_for |= {c.tag: c for c in found}
        return found

    def _put_in(self, past: Past, row: Result) -> list[Component]:
        """List the components that the operation put in, except those put in after it had passed."""
        return [c for c in self._below if c.operation == row.operation and not self._order.before(past.id, c.event)]


def _is_provisional(row: Row) -> TypeGuard[Result]:
    return isinstance(row, Result) and row.outcome == "pass" and row.provisional


def _settled(decided: Decided) -> frozenset[tuple[str, str]]:
    """Collect (kind of finding, tag) of all that people decided to keep."""
    return frozenset(
        (row.finding, name)
        for past in decided.history.events
        for row in past.rows
        if isinstance(row, Decision) and not past.doubtful
        for name in row.keep
        if name in decided.kept
    )
