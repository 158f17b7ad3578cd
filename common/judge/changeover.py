"""Change-over: things worked on at a place since its last cleaning, which may have left traces."""

from __future__ import annotations

from common.ids import Claim
from common.judge.history import History
from common.judge.order import HappensBefore
from common.rows import Result

CLEANING = "cleaning"


def left_behind(place: History) -> tuple[Claim, ...]:
    """List the things whose work started here without a cleaning known to come after; in doubt a thing is listed."""
    history = place.in_order()
    order = HappensBefore(history)
    said = [(past, row) for past in history.events for row in past.rows if isinstance(row, Result)]
    cleaned = [past.id for past, row in said if _is_cleaning(history, row) and not past.doubtful]
    return tuple(
        row.thing
        for past, row in said
        if row.outcome == "started" and not any(order.before(past.id, clean) for clean in cleaned)
    )


def _is_cleaning(place: History, row: Result) -> bool:
    return row.thing == place.thing and row.operation == CLEANING and row.outcome == "pass"
