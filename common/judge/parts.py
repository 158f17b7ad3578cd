"""Evidence about a component for the pass that waits for it: judged by the component's own history alone.

Must not look inside the component: that reaches the pass as the component's own bad news.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from common.definitions import Definitions, Material, Route
from common.ids import kind_of
from common.judge.assembly import Component
from common.judge.history import History
from common.judge.interlock import unfinished
from common.judge.provisional import ComponentEvidence
from common.judge.shelf_life import expiry
from common.judge.standing import Standing, judge

# An event does not give its workplace's time zone: a day starts at UTC+14 at the earliest and ends at UTC-12.
EAST, WEST = timedelta(hours=14), timedelta(hours=12)
FAR_MS = 221_845_392_000_000  # the year 9000: a log may claim a time beyond every calendar


class TimeSpan(Struct, frozen=True):
    """The earliest and the latest possible time of an event, in the hub's ms since 1970; None: not known."""

    earliest_ms: int | None = None
    latest_ms: int | None = None


def part(component: Component, history: History, span: TimeSpan, definitions: Definitions) -> ComponentEvidence:
    """Judge a component by its `history`. `span`: when it went in."""
    standing = judge(history, definitions)
    said = component.material if component.kind in ("bind", "candidate") else ""
    material = definitions.get(Material, said or standing.material)
    if material is None:
        return ComponentEvidence(finished=False, fresh=None)
    if kind_of(component.child) == "lot":
        return ComponentEvidence(finished=True, fresh=_fresh(standing, history, material, span))
    route = definitions.route_of(material.id)
    return ComponentEvidence(material.route is None or (route is not None and _passed(standing, route)), fresh=True)


def _passed(standing: Standing, route: Route) -> bool:
    failed = any(standing.outcome(o.id) in ("fail", "contested") for o in route.operations if not o.reworks)
    return not failed and not unfinished(standing, route)


def _fresh(standing: Standing, history: History, material: Material, span: TimeSpan) -> bool | None:
    ends = expiry(history, material)
    if ends is None:
        return True if material.shelf_life_days is None and standing.state != "unknown" else None
    left = timedelta(days=material.days_left)
    if span.latest_ms is not None and _day(span.latest_ms, EAST) + left <= ends:
        return True
    late = span.earliest_ms is not None and _day(span.earliest_ms, -WEST) + left > ends
    return False if late else None


def _day(ms: int, zone: timedelta) -> date:
    return (datetime.fromtimestamp(min(max(ms, 0), FAR_MS) / 1000, UTC) + zone).date()
