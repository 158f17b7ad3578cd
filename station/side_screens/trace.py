"""The trace of one thing for the screen: its standing and its history, with names that people know. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from common.definitions import Definitions, Form, Material, Operation, Partner, Route
from common.judge import Component, History, Past, Standing
from common.rows import Identity, Measure, Movement, Result
from common.text import Named
from station.shown.side_screens import CodeWords, Trace, TracePart, TraceReading, TraceVisit

MOST_LINES = 60  # of each kind, the newest; the hub has them all


class IdNames(Struct, frozen=True):
    """Names of ids. `people`: person → name; `authors`: log → workplace."""

    definitions: Definitions
    people: Mapping[str, str]
    authors: Mapping[str, str]

    def person(self, id: str | None) -> str:
        """Return a person's name, or their id if the name was erased or never received."""
        return self.people.get(id or "", id or "")

    def place(self, id: str) -> Named | str:
        """Return a workplace's name."""
        known = self.definitions.workplace(id)
        return known.name if known else id.upper()

    def operation(self, id: str) -> Named | str:
        """Return an operation's name in any route; "" for "-", which means none."""
        routes = self.definitions.all(Route)
        return next((o.name for r in routes for o in r.operations if o.id == id), id.removeprefix("-"))

    def slot(self, material: str | None, slot: str) -> Named | str:
        """Return the name of a slot of a bill of material."""
        line = self.definitions.bom_line(material, slot)
        return line.name if line else slot

    def characteristic(self, id: str) -> Named | str:
        """Return a characteristic's name."""
        forms = self.definitions.all(Form)
        return next((c.name for f in forms for s in f.steps for c in s.characteristics if c.id == id), id)


def trace(standing: Standing, history: History, names: IdNames) -> Trace:
    """Build the trace of a thing, within MOST_LINES of each kind."""
    events = {past.id: past for past in history.events}
    material = names.definitions.get(Material, standing.material)
    parts = [_part(c, events, names, standing.material) for c in standing.components]
    parts.sort(key=lambda part: part.at)
    readings = list(_readings(history, names))
    found = [f for f in standing.findings if f.open]
    return Trace(
        thing=standing.thing,
        material=material.name if material else None,
        state=standing.state,
        order=standing.order or "",
        origin=_origin(history, names),
        parts=tuple(parts[-MOST_LINES:]),
        visits=tuple(_visits(standing, history, names)),
        readings=tuple(readings[-MOST_LINES:]),
        held=tuple(("interlock.hold", {"reason": why}) for why in standing.reasons),
        findings=tuple((f"finding.{kind}", {}) for kind in dict.fromkeys(f.kind for f in found)),
        within=tuple(c.parent for c in standing.within if c.removed_by is None),
        left_out=max(len(parts) - MOST_LINES, 0) + max(len(readings) - MOST_LINES, 0),
    )


def _part(component: Component, events: Mapping[str, Past], names: IdNames, material: str | None) -> TracePart:
    put, taken = events.get(component.event), events.get(component.removed_by or "")
    return TracePart(
        slot=names.slot(material, component.slot),
        thing=component.child,
        amount=f"{component.quantity} {component.uom}".strip(),
        at=put.at if put else 0,
        who=names.person(put.who if put else None),
        removed_at=taken.at if taken else 0 if component.removed_by else None,
    )


def _visits(standing: Standing, history: History, names: IdNames) -> Iterable[TraceVisit]:
    """List every operation of the route in order, done or not; then others with results."""
    route = names.definitions.route_of(standing.material)
    planned: Sequence[Operation] = route.operations if route else ()
    said = _results(history)
    ids = [*(o.id for o in planned if not o.reworks or o.id in said), *said]
    return [_visit(id, standing, said.get(id, []), names) for id in dict.fromkeys(ids)]


def _results(history: History) -> dict[str, list[tuple[Past, Result]]]:
    found: dict[str, list[tuple[Past, Result]]] = {}
    for past in sorted(history.events, key=lambda past: (past.at, past.log, past.index)):
        for row in past.rows:
            if isinstance(row, Result) and row.thing == history.thing:
                found.setdefault(row.operation, []).append((past, row))
    return found


def _visit(id: str, standing: Standing, said: list[tuple[Past, Result]], names: IdNames) -> TraceVisit:
    state = standing.operation(id)
    last = said[-1][0] if said else None
    return TraceVisit(
        operation=names.operation(id),
        outcome=state.outcome,
        provisional=state.provisional,
        ends=sum(row.outcome in ("pass", "fail") for _, row in said),
        place=names.place(names.authors.get(last.log, last.log[:8])) if last else "",
        who=names.person(last.who) if last else "",
        at=last.at if last else None,
    )


def _readings(history: History, names: IdNames) -> Iterable[TraceReading]:
    for past in sorted(history.events, key=lambda past: (past.at, past.log, past.index)):
        for row in past.rows:
            if isinstance(row, Measure) and row.thing == history.thing:
                of, name = names.operation(row.operation), names.characteristic(row.ch)
                yield TraceReading(of, name, row.value, row.uom, row.low, row.high, row.verdict, past.at)


def _origin(history: History, names: IdNames) -> CodeWords | None:
    """Return the origin: made at a workplace, or received from a supplier."""
    for past in sorted(history.events, key=lambda past: (past.at, past.log, past.index)):
        for row in past.rows:
            said = {"at": past.at, "who": names.person(past.who)}
            if isinstance(row, Movement) and row.kind == "receive" and row.thing == history.thing:
                partner = names.definitions.get(Partner, row.partner)
                return "look.received", {**said, "partner": partner.name if partner else row.partner, "lot": row.lot}
            if isinstance(row, Identity) and row.thing == history.thing and not row.received:
                place = names.place(names.authors.get(past.log, past.log[:8]))
                return "look.made", {**said, "place": place}
    return None
