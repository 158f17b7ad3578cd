"""Shelf life of a lot: its expiry date as received, else its shelf life from the day it was created."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from common.definitions import Material
from common.judge.decisions import decide
from common.judge.history import History, Past
from common.judge.order import HappensBefore
from common.rows import Identity, Movement


def expiry(history: History, material: Material | None) -> date | None:
    """Return the last day of use, the earliest that counts; None if there is none and the material does not expire.

    The day of creation is by the clock of the station that wrote it; nothing else relies on that clock.
    """
    history = history.in_order()
    history = decide(history, HappensBefore(history)).history
    said = [day for past in history.events for row in past.rows if (day := _said(history, row)) is not None]
    if said or material is None or material.shelf_life_days is None:
        return min(said, default=None)
    span = timedelta(days=material.shelf_life_days)
    return min((_day(past) + span for past in history.events if _born(history, past)), default=None)


def _said(history: History, row: object) -> date | None:
    if not isinstance(row, Movement) or row.thing != history.thing or row.expiry is None:
        return None
    try:
        return date.fromisoformat(row.expiry)
    except ValueError:
        return None


def _born(history: History, past: Past) -> bool:
    return any(isinstance(row, Identity) and row.thing == history.thing for row in past.rows)


def _day(past: Past) -> date:
    return datetime.fromtimestamp(past.at / 1000, UTC).date()
