"""Interlock: may this operation start on this thing, here and now? Four answers, each with its reasons."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from common.definitions import Operation, Route
from common.judge.standing import Standing


class Source(Struct, frozen=True):
    """A log that may hold evidence of a workplace. `age_ms`: since its author last confirmed the head known here.

    0 for the own log; None if unknown.
    """

    log: str
    age_ms: int | None


class BlockReason(Struct, frozen=True):
    """One reason: a code of the catalogue and the values of its sentence."""

    code: str
    params: dict[str, object] = {}


class InterlockAnswer(Struct, frozen=True):
    """`verdict`: pass, not_passed, hold or unknown. `unknown`: operations whose evidence may exist unseen."""

    verdict: str
    reasons: tuple[BlockReason, ...] = ()
    unknown: tuple[str, ...] = ()


def interlock(
    standing: Standing, route: Route, operation: Operation, evidence: Mapping[str, tuple[Source, ...]]
) -> InterlockAnswer:
    """Answer for `operation` on the thing of `standing`. `evidence`: per workplace, the logs that may hold evidence."""
    if standing.held_because:
        return InterlockAnswer("hold", tuple(_held(standing)))
    missing = [o for o in needed(standing, route, operation) if standing.outcome(o.id) in ("none", "started")]
    if operation.reworks and standing.outcome(operation.reworks) != "fail":
        missing += [o for o in [route.operation(operation.reworks)] if o and standing.outcome(o.id) == "none"]
    return _by_evidence(_bad(standing, route, operation), missing, operation, evidence)


def finished(
    standing: Standing, route: Route, operation: Operation, evidence: Mapping[str, tuple[Source, ...]]
) -> InterlockAnswer:
    """Answer whether a component's own `route` has passed, so that `operation` may build it in. Failed or held
    components are left to other checks."""
    return _by_evidence([], unfinished(standing, route), operation, evidence)


def unfinished(standing: Standing, route: Route) -> list[Operation]:
    """List the operations of its route that a thing has not passed; an optional one only once it was started."""
    plain = [(o, standing.outcome(o.id)) for o in route.operations if not o.reworks]
    return [o for o, outcome in plain if outcome == "started" or (outcome == "none" and not o.optional)]


def _by_evidence(
    bad: list[BlockReason], missing: list[Operation], asking: Operation, evidence: Mapping[str, tuple[Source, ...]]
) -> InterlockAnswer:
    """Answer by the missing operations: bad if every log that could hold the evidence is up to date, else unknown."""
    stale = [o for o in missing if not _fresh(o, asking, evidence)]
    bad = bad + [_missing(o, evidence) for o in missing if o not in stale]
    if bad:
        return InterlockAnswer("not_passed", tuple(bad))
    if stale:
        return InterlockAnswer("unknown", tuple(_unseen(o, evidence) for o in stale), tuple(o.id for o in stale))
    return InterlockAnswer("pass")


def needed(standing: Standing, route: Route, operation: Operation) -> list[Operation]:
    """List the operations that must have passed; an optional one never started is replaced by its predecessors."""
    found: list[Operation] = []
    todo = list(operation.after)
    while todo:
        earlier = route.operation(todo.pop(0))
        if earlier is None or earlier in found:
            continue
        if earlier.optional and standing.outcome(earlier.id) == "none":
            todo += earlier.after
        else:
            found.append(earlier)
    return found


def _held(standing: Standing) -> list[BlockReason]:
    open_ones = {cause.text for cause in standing.holds if cause.rule == "nonconformance"}
    return [
        BlockReason("interlock.nonconformance", {"ncr": text})
        if text in open_ones
        else BlockReason("interlock.hold", {"reason": text})
        for text in standing.reasons
    ]


def _bad(standing: Standing, route: Route, operation: Operation) -> list[BlockReason]:
    own = standing.operation(operation.id)
    bad = []
    if standing.state == "scrapped":
        bad.append(BlockReason("interlock.scrapped"))
    for id in _all_before(route, operation):
        if standing.outcome(id) in ("fail", "contested"):
            bad.append(BlockReason(f"interlock.{standing.outcome(id)}", {"operation": id}))
    if operation.reworks:
        if _nothing_to_rework(standing, route, operation.reworks):
            bad.append(BlockReason("interlock.not_failed", {"operation": operation.reworks}))
    elif own.outcome == "pass":
        bad.append(BlockReason("interlock.done", {"operation": operation.id}))
    elif own.outcome == "contested":
        bad.append(BlockReason("interlock.contested", {"operation": operation.id}))
    elif own.outcome == "fail" and own.tries >= operation.tests:
        bad.append(_failed(operation))
    return bad


def _failed(operation: Operation) -> BlockReason:
    """Say that the operation failed and may not be repeated, and the rework that its route plans, if any."""
    if operation.on_fail:
        return BlockReason("interlock.rework", {"operation": operation.id, "rework": operation.on_fail})
    return BlockReason("interlock.no_rework", {"operation": operation.id})


def _all_before(route: Route, operation: Operation) -> list[str]:
    """List all predecessors: bad news of an early one may arrive after the next has passed."""
    found: list[str] = []
    todo = list(operation.after)
    while todo:
        id = todo.pop(0)
        earlier = route.operation(id)
        if id not in found:
            found.append(id)
            todo += earlier.after if earlier else []
    return found


def _nothing_to_rework(standing: Standing, route: Route, failed: str) -> bool:
    state, tested = standing.operation(failed), route.operation(failed)
    if state.outcome == "fail":
        return tested is not None and state.tries < tested.tests
    return state.outcome in ("pass", "started")


def _fresh(wanted: Operation, asking: Operation, evidence: Mapping[str, tuple[Source, ...]]) -> bool:
    limit_ms = asking.evidence_age_s * 1000
    sources = [source for place in wanted.at for source in evidence.get(place, ())]
    everywhere = all(evidence.get(place) for place in wanted.at)
    return everywhere and all(s.age_ms is not None and s.age_ms <= limit_ms for s in sources)


def _missing(wanted: Operation, evidence: Mapping[str, tuple[Source, ...]]) -> BlockReason:
    return BlockReason("interlock.missing", {"operation": wanted.id, "place": ", ".join(wanted.at)})


def _unseen(wanted: Operation, evidence: Mapping[str, tuple[Source, ...]]) -> BlockReason:
    ages = [source.age_ms for place in wanted.at for source in evidence.get(place, ())]
    seen = [age for age in ages if age is not None]
    said: dict[str, object] = {"operation": wanted.id, "place": ", ".join(wanted.at)}
    if not seen or len(seen) < len(ages):
        return BlockReason("interlock.unheard", said)
    return BlockReason("interlock.unknown", said | {"age_s": max(seen) // 1000})
