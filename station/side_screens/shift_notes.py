"""The notes of this workplace for the screen, and the note that somebody has looked at them."""

from __future__ import annotations

from collections.abc import Mapping

from common.ledger.store import Store
from station.shown.side_screens import NoteLine, ShiftNotes
from station.store import access
from station.work.view import View


def shown(view: View, person: str | None, people: Mapping[str, str]) -> ShiftNotes:
    """The notes, with the names of their writers. `people`: person → name."""
    lines = tuple(
        NoteLine(note.id, note.text, note.at, people.get(note.who or "", ""), person is not None and note.who == person)
        for note in view.shift_notes()
    )
    return ShiftNotes(lines, may_write=person is not None)


def looked(store: Store, view: View, person: str) -> None:
    """Save that a person looks at the notes now. StoreUnavailable."""
    last = max((note.arrived for note in view.shift_notes()), default=0)
    if last > view.notes_read(person):
        with store.writing() as conn:
            access.save_notes_read(conn, person, last)
