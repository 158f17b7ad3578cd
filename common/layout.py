"""Geometry shared by Qt, HTML and PDF: a value within its tolerance. Pure numbers, no pixels."""

from __future__ import annotations

from msgspec import Struct

# Distance of a limit from the end of the bar, so that a value beyond it has room.
MARGIN = 0.2
EDGE = 0.02


class Bar(Struct, frozen=True):
    """A tolerance bar, in parts of its length from 0 to 1: the tolerance from `low` to `high`, the value at `at`.

    `beyond`: the value is outside the bar's range and drawn at its edge.
    """

    low: float
    high: float
    at: float
    beyond: bool


def tolerance(value: str, low: str | None, high: str | None) -> Bar | None:
    """Place a value between its limits, decimals as text; None without limits.

    With one limit the bar reaches from zero to it (or to the value's side of it if the limit is zero).
    """
    if low is None and high is None:
        return None
    x = float(value)
    if low is not None and high is not None:
        span = float(high) - float(low)
        return _bar(MARGIN, 1 - MARGIN, MARGIN + (1 - 2 * MARGIN) * ((x - float(low)) / span if span else 0.5))
    limit = float(high if high is not None else low or "0")
    room = abs(limit) or max(abs(x), 1.0)
    if high is not None:
        return _bar(0.0, 1 - MARGIN, (1 - MARGIN) * (1 + (x - limit) / room))
    return _bar(MARGIN, 1.0, MARGIN + (1 - MARGIN) * (x - limit) / room)


def _bar(low: float, high: float, at: float) -> Bar:
    shown = min(max(at, EDGE), 1 - EDGE)
    return Bar(low, high, shown, at != shown)
