"""Notes of a workplace for whoever works there next, put together from their events. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from common import events
from common.errors import BadEvent
from common.event_types import Body, ShiftNote, Void
from common.events import Event
from common.ids import Claim
from common.rows import carried


class WrittenNote(Struct, frozen=True):
    """A note that nobody undid. `id`: of its event; `at`: wall ms claimed by its author; `who`: the person.

    `arrived`: its place in the order of arrival on this node.
    """

    id: str
    text: str
    at: int
    who: str | None
    arrived: int


def list_of(place: Claim) -> Claim:
    """Name the list of a workplace's notes, as their events do. `place`: the workplace as a thing."""
    return Claim(f"notes@{place.scheme.partition('@')[2]}", place.value)


def written(entries: Iterable[tuple[int, str, Event]]) -> tuple[WrittenNote, ...]:
    """Build the notes of one list, the newest first. An entry: its place in the order of arrival, its id, its event."""
    found: dict[str, WrittenNote] = {}
    undone: set[str] = set()
    for arrived, id, event in entries:
        first, said = (id, event) if event.t != "readopt" else _carried(id, event)
        body = _body(said)
        if isinstance(body, Void):
            undone.add(body.event)
        elif isinstance(body, ShiftNote):
            found.setdefault(first, WrittenNote(first, body.text, said.at, said.who, arrived))
    left = [note for id, note in found.items() if id not in undone]
    return tuple(sorted(left, key=lambda note: (note.at, note.arrived), reverse=True))


def _carried(id: str, event: Event) -> tuple[str, Event]:
    """The event in a readopt, under its first id."""
    try:
        first, _, said = carried(event)
    except BadEvent:
        return id, event
    return first, said


def _body(event: Event) -> Body | None:
    """The body of an event; None if its type is unknown or its schema broken."""
    try:
        return events.body(event) if events.known(event) else None
    except BadEvent:
        return None
