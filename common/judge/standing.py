"""Standing of a thing: its components, its operations, its holds and every finding about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from common.definitions import Definitions, Route
from common.ids import Claim, tag, tag_event
from common.judge.assembly import Component, assembly
from common.judge.balance import Balance, balance
from common.judge.cause import Cause, Lifted
from common.judge.decisions import Corrected, decide
from common.judge.finding import Finding
from common.judge.history import History
from common.judge.identity import Birth, identity
from common.judge.operations import OperationState, operation_states
from common.judge.order import HappensBefore
from common.judge.provisional import ComponentEvidence, Provisional
from common.rows import Lift, Mark
from common.text import Typed

NONE = OperationState("", "none")
RULES = {"fail": "fail", "contested": "contested"}


class Standing(Struct, frozen=True):
    """The standing of one thing. state: unknown, in_process, passed, provisional, failed, contested, hold or scrapped.

    `components`: edges below it, removed ones too. `within`: edges above it. `holds`, `scraps`: those in force, with
    the tags that a release or an unscrap names. `held_because`: a text for each hold and for each other cause of a
    hold. `births`: its commissions; with more than one the serial is ambiguous. `words`: every value of each attribute.
    `corrected`: its events that were amended or voided. `balance`: the amount left of a lot. `waits_for`: components
    whose evidence clears one of its passes, or makes it a hold.
    """

    thing: Claim
    material: str | None
    order: str | None
    state: str
    operations: Mapping[str, OperationState]
    components: tuple[Component, ...]
    within: tuple[Component, ...]
    held_because: tuple[str, ...]
    findings: tuple[Finding, ...]
    holds: tuple[Cause, ...] = ()
    scraps: tuple[Cause, ...] = ()
    births: tuple[Birth, ...] = ()
    words: Mapping[str, tuple[str, ...]] = {}
    corrected: tuple[Corrected, ...] = ()
    balance: Balance | None = None
    waits_for: tuple[Component, ...] = ()

    @property
    def reasons(self) -> tuple[str | Typed, ...]:
        """The reasons of its holds, for people: typed texts are said as they are, the others are codes."""
        typed = {cause.text for cause in self.holds if cause.rule == "hold"}
        return tuple(Typed(text) if text in typed else text for text in self.held_because)

    def operation(self, id: str) -> OperationState:
        """Return the state of an operation; outcome "none" if nothing is known."""
        return self.operations.get(id, NONE)

    def outcome(self, id: str) -> str:
        """Return the outcome of an operation: none, started, pass, fail or contested."""
        return self.operation(id).outcome


def consequences(standing: Standing) -> tuple[Cause, ...]:
    """List the causes that originate at this thing and propagate to its parents, without inherited or copied ones."""
    thing = standing.thing
    marks = [c for c in (*standing.holds, *standing.scraps) if c.thing == thing and c.original]
    bad = [
        Cause(RULES.get(state.outcome, "distrusted"), name, tag_event(name), thing, state.operation)
        for state in standing.operations.values()
        for name in state.bad
    ]
    return tuple(sorted([*marks, *bad]))


def judge(
    history: History,
    definitions: Definitions,
    reached: Iterable[Cause] = (),
    parts: Mapping[str, ComponentEvidence] | None = None,
) -> Standing:
    """Judge the history's thing; the result does not depend on the order of events.

    `reached`: causes of things upstream, each of which holds this thing unless a release of it names the cause's tag.
    `parts`: tag → evidence about a component that a provisional pass waits for.
    """
    history = history.in_order()
    order = HappensBefore(history)
    decided = decide(history, order)
    history, born = decided.history, identity(decided, order)
    route = definitions.route_of(born.word("material"))
    operations, failed = operation_states(history, route, order)
    edges = assembly(decided, order, definitions, born.word("material"))
    waiting = Provisional(decided, order, route, edges.below, parts or {})
    passed = waiting.resolved(operations, _lifted(history, "hold"))
    left, over = balance(history, edges.above)
    holds, scraps = _standing_marks(history, "hold"), _standing_marks(history, "scrap")
    holds += [*_undecided(history), *passed.causes]
    upstream = _upstream(history, reached)
    held = tuple(c.text for c in holds) + passed.late + _blind(history) + _reasons(holds, upstream)
    held += ("commissioned_twice",) if born.ambiguous else ()
    findings = [
        *decided.findings,
        *_refused(history),
        *failed,
        *passed.findings,
        *edges.findings,
        *born.findings,
        *over,
    ]
    findings += [_consequential(history.thing, cause) for cause in upstream] + _after_scrap(history, scraps, order)
    return Standing(
        thing=history.thing,
        material=born.word("material"),
        order=None if born.ambiguous else born.word("order"),
        state=_state(bool(scraps), bool(held), passed.states, route, born.known),
        operations=passed.states,
        components=edges.below,
        within=edges.above,
        held_because=held,
        findings=_told(findings, bool(scraps)),
        holds=(*holds, *upstream),
        scraps=tuple(scraps),
        births=born.births,
        words=born.words,
        corrected=decided.corrected,
        balance=left,
        waits_for=passed.waits_for,
    )


def _lifted(history: History, kind: str) -> Lifted:
    """Collect the tags that releases or unscraps of this thing name; a doubtful one lifts nothing."""
    tags = frozenset(
        t
        for past in history.events
        for row in past.rows
        if isinstance(row, Lift) and row.thing == history.thing and row.kind == kind and not past.doubtful
        for t in row.tags
    )
    repeated = {(c.rule, c.event) for c in _marks(history, kind) if c.tag in tags and not c.original}
    return Lifted(tags, frozenset(repeated))


def _marks(history: History, kind: str) -> list[Cause]:
    """List the holds or scraps of the thing, lifted ones too."""
    return [
        Cause(row.code if row.cause else kind, tag(past.id, row.k), row.cause or past.id, history.thing, text)
        for past in history.events
        for row in past.rows
        if isinstance(row, Mark) and row.thing == history.thing and row.kind == kind
        for text in [row.text if kind == "hold" else row.code]
    ]


def _standing_marks(history: History, kind: str) -> list[Cause]:
    lifted = _lifted(history, kind)
    return [cause for cause in _marks(history, kind) if not lifted.lifts(cause)]


def _undecided(history: History) -> list[Cause]:
    """List the nonconformances that hold the thing: neither decided nor released."""
    released = _lifted(history, "hold")
    return [cause for cause in _standing_marks(history, "nonconformance") if not released.lifts(cause)]


def _upstream(history: History, reached: Iterable[Cause]) -> list[Cause]:
    """List the causes from upstream that no release of this thing names."""
    lifted = _lifted(history, "hold")
    return [cause for cause in sorted(set(reached)) if not lifted.lifts(cause)]


def _reasons(holds: Sequence[Cause], upstream: Sequence[Cause]) -> tuple[str, ...]:
    """List one reason code per rule, without those that a hold by the hub states already."""
    said = {(c.rule, c.event) for c in holds}
    return tuple(sorted({f"upstream_{c.rule}" for c in upstream if (c.rule, c.event) not in said}))


def _consequential(thing: Claim, cause: Cause) -> Finding:
    said: dict[str, object] = {
        "rule": cause.rule,
        "child": str(cause.thing),
        "reason": f"upstream_{cause.rule}",
        "text": cause.text,
    }
    return Finding("consequential_hold", cause.tag, thing, True, said)


def _blind(history: History) -> tuple[str, ...]:
    return tuple("unknown_event" for past in history.events if past.blind)


REFUSALS = {"component": "component_refused", "interlock": "interlock_blocked", "plc": "plc_quarantined"}


def _refused(history: History) -> list[Finding]:
    """Make findings of refusals, closed, since somebody saw each on the screen."""
    return [
        Finding(
            REFUSALS.get(row.code.partition(".")[0], "refused"),
            past.id,
            history.thing,
            False,
            {"code": row.code, "reasons": row.reasons} if row.reasons else {"code": row.code},
        )
        for past in history.events
        for row in past.rows
        if isinstance(row, Mark) and row.kind == "refused" and row.thing == history.thing
    ]


def _after_scrap(history: History, scraps: list[Cause], order: HappensBefore) -> list[Finding]:
    done = [
        p
        for p in history.events
        if any(type(row).__name__ in ("Result", "Edge", "Measure", "Entered") for row in p.rows)
    ]
    late = {p.id for scrap in scraps for p in done if order.before(scrap.event, p.id)}
    return [Finding("after_scrap", id, history.thing, True) for id in sorted(late)]


def _told(findings: list[Finding], scrapped: bool) -> tuple[Finding, ...]:
    """Sort the findings; a scrap closes every failure before it, and an open finding hides its closed copy."""
    waiting = {(f.kind, f.cause) for f in findings if f.open}
    told = [f for f in findings if f.open or (f.kind, f.cause) not in waiting]
    if scrapped:
        told = [f.closed() if f.kind in ("failed", "provisional") else f for f in told]
    return tuple(sorted(told, key=lambda f: (f.kind, f.cause, f.about)))


def _state(
    scrapped: bool, held: bool, operations: Mapping[str, OperationState], route: Route | None, born: bool
) -> str:
    if scrapped or held:
        return "scrapped" if scrapped else "hold"
    outcomes = {state.outcome for state in operations.values()}
    for bad, state in (("contested", "contested"), ("fail", "failed")):
        if bad in outcomes:
            return state
    needed = [o.id for o in route.operations if not (o.reworks or o.optional)] if route else []
    if needed and all(o in operations and operations[o].outcome == "pass" for o in needed):
        return "provisional" if any(operations[o].provisional for o in needed) else "passed"
    if any(state.provisional for state in operations.values()):
        return "provisional"
    return "in_process" if born or operations else "unknown"
