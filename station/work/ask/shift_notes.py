"""Notes for whoever works here next: a worker writes one, and may undo their own. Pure. RuleViolation shift_note.*"""

from __future__ import annotations

from common import shift_notes
from common.errors import RuleViolation
from common.event_types import ShiftNote, Void
from common.ids import Claim
from station.messages import UndoNote, WriteNote
from station.work.ask import undo
from station.work.turn import Turn

MOST_CHARACTERS = 512


def take(turn: Turn, said: WriteNote | UndoNote) -> None:
    """Write a note, or undo one."""
    if turn.work.person is None:
        raise _refused(turn, "shift_note.sign_in")
    match said:
        case WriteNote():
            _write(turn, said.text.strip())
        case UndoNote():
            _undo(turn, said.note)


def unread(turn: Turn) -> int:
    """Count the notes of others that came since the person who is signed in last looked at the notes here."""
    person, notes = turn.work.person, turn.view.shift_notes()
    others = [note for note in notes if note.who != person] if person else []
    read = turn.view.notes_read(person) if person and others else 0
    return sum(note.arrived > read for note in others)


def _write(turn: Turn, text: str) -> None:
    if not text:
        raise _refused(turn, "shift_note.empty")
    if len(text) > MOST_CHARACTERS:
        raise _refused(turn, "shift_note.long", have=len(text), most=MOST_CHARACTERS)
    turn.confirm("ok", "done.note", ShiftNote(turn.view.place, text), (_list(turn),))


def _undo(turn: Turn, id: str) -> None:
    note = next((note for note in turn.view.shift_notes() if note.id == id), None)
    if note is None:
        raise _refused(turn, "shift_note.gone")
    if note.who != turn.work.person:
        raise _refused(turn, "shift_note.of_other")
    turn.confirm("ok", "done.note_undone", Void(id, undo.REASON), (_list(turn),))


def _list(turn: Turn) -> Claim:
    return shift_notes.list_of(turn.view.here)


def _refused(turn: Turn, code: str, **said: object) -> RuleViolation:
    """A refusal about the notes: the thing in hand has nothing to do with it."""
    return RuleViolation(code, about=_list(turn), operation_id="-", **said)
