"""The notes for the next shift on the screen: nothing typed is lost, nothing is undone without a question."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from station.kiosk.notes import NotesRoom
from station.messages import LookAt, Shown, UndoNote, WriteNote
from station.shown.side_screens import NoteLine, ShiftNotes
from tests.support import scenes as s
from tests.support.answers import NOTES, NOW
from tests.support.kiosk_view import KioskView
from tests.support.screen import SIZES, tap

Size = tuple[int, int, float]


@pytest.fixture
def view(app: QApplication) -> Iterator[KioskView]:
    made = KioskView()
    made.tell(s.STATUS, s.SCAN, s.WORK)
    yield made
    made.close()


def room(view: KioskView) -> NotesRoom:
    assert isinstance(view.window.screen_, NotesRoom)
    return view.window.screen_


def opened(view: KioskView, notes: ShiftNotes = NOTES) -> None:
    view.tap("Shift notes")
    view.tell(notes)


def type_in(view: KioskView, *keys: str) -> None:
    for key in keys:
        view.tap(key)


def words(view: KioskView) -> str:
    return "\n".join(placed.text for _, placed in view.texts())


def offered(view: KioskView) -> set[str]:
    return {target.text for target in view.targets()}


# The bar --------------------------------------------------------------------------------------------------------------
def test_new_notes_are_said_in_the_bar_and_a_touch_opens_them(view: KioskView) -> None:
    view.tell(replace(s.WORK, notes_unread=3))
    placed = next(p for p in view.window.bar.placed if p.text == "New notes: 3")
    tap(view.window.bar, QPoint(round(placed.x + placed.width / 2), 2))
    assert view.heard[-1] == LookAt("notes")
    view.tell(s.WORK)
    assert not [p for p in view.window.bar.placed if "notes" in p.text]


# Writing --------------------------------------------------------------------------------------------------------------
def test_a_note_that_was_typed_leaves_the_keyboard_once_it_is_on_the_list(view: KioskView) -> None:
    opened(view)
    type_in(view, "Write a note", "O", "K", "Space", "7", "Enter")
    assert view.heard[-1] == WriteNote("OK 7")
    assert NOTES.notes[0].text in words(view), "the list is on the screen"
    view.tell(Shown("ok", "done.note", event="e9"))
    assert room(view).pad.isHidden(), "whoever wrote it sees it on the list"
    view.tell(ShiftNotes((NoteLine("e9", "OK 7", NOW, "李娜", own=True), *NOTES.notes), may_write=True))
    type_in(view, "Write a note")
    assert room(view).pad.typed == ""


def test_a_note_that_was_refused_or_left_half_typed_is_still_on_the_keyboard(view: KioskView) -> None:
    opened(view)
    type_in(view, "Write a note", "O", "K", "Back", "Write a note")
    assert room(view).pad.typed == "OK"
    type_in(view, "Enter")
    view.tell(Shown("ng", "shift_note.sign_in", event="e9"))
    view.advance(1_000)
    view.tell(replace(NOTES, may_write=False))
    assert "Write a note" not in offered(view)
    type_in(view, "Back")
    opened(view)
    type_in(view, "Write a note")
    assert room(view).pad.typed == "OK"


def test_what_one_person_left_half_typed_is_not_written_by_the_next(view: KioskView) -> None:
    opened(view)
    type_in(view, "Write a note", "O", "K", "Back", "Back")
    view.tell(replace(s.WORK, person="王强"))
    opened(view)
    type_in(view, "Write a note")
    assert room(view).pad.typed == ""


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_whoever_types_a_long_note_sees_its_end(app: QApplication, size: Size) -> None:
    view = KioskView(size)
    view.tell(s.STATUS, s.SCAN, s.WORK)
    opened(view)
    type_in(view, "Write a note")
    pad = room(view).pad
    for text in ("GUN 3 IS HIGH: " * 40, "号枪扭矩偏大" * 100, "X" * 600):
        pad.ask(text[:511], 512)
        pad.press("7")
        pad.grab()
        (shown,) = [placed for placed in pad.placed if placed.text.endswith("7")]
        assert shown.fits
        assert shown.text == pad.typed or shown.text[0] == "…"
        assert "7" not in offered(view), "512 characters are all that it takes"
    view.close()


# Undo -----------------------------------------------------------------------------------------------------------------
def test_a_note_is_undone_only_after_a_question_that_shows_it(view: KioskView) -> None:
    opened(view)
    type_in(view, "Undo my note")
    assert NOTES.notes[0].text in words(view)
    assert NOTES.notes[1].text not in words(view)
    type_in(view, "Keep")
    assert NOTES.notes[1].text in words(view)
    type_in(view, "Undo my note", "Yes, undo")
    assert view.heard[-1] == UndoNote(NOTES.notes[0].id)
    view.tell(replace(NOTES, notes=NOTES.notes[1:2]))
    assert "Undo my note" not in offered(view), "nobody undoes the note of somebody else"


def test_the_question_goes_away_with_its_note(view: KioskView) -> None:
    opened(view)
    type_in(view, "Undo my note")
    view.tell(replace(NOTES, notes=NOTES.notes[1:]))
    assert "Yes, undo" not in offered(view)
