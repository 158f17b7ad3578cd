"""Notes for the next shift: the last ones of this workplace, and the keyboard on which a signed-in person writes one.

What was typed stays for its writer until the note is on the list, so nothing is lost by a refusal or a look elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM
from common.qt.lettering import letter
from common.qt.painted import Brush, card_room
from common.qt.theme import Look
from common.qt.writing_pad import WritingPad
from station.kiosk.room import APART_MM, TALL, TURN_MM, Action, Room, RoomLine, moment, paged
from station.kiosk.tile_bar import TileBar
from station.kiosk.typing import BACK, draw_hint, lay_keyboard
from station.messages import UndoNote, WriteNote
from station.shown.side_screens import NoteLine, ShiftNotes, SideScreen
from station.shown.work_screen import Tile

MOST_CHARACTERS = 512
ABOUT_MM = 9.0  # below a text: who and when, and the way to the next note
FREE = 100_000


class NotesRoom(Room):
    """The list, or over it the keyboard, or the question before one's own newest note is undone."""

    kind, title, takes = "notes", "room.notes", (ShiftNotes,)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._writes, self._sent, self._doubted, self._writer = False, "", "", ""
        self.pad = WritingPad(look, self)
        self.pad.ask("", MOST_CHARACTERS)
        self.pad.entered.connect(self._send)
        self.tiles = TileBar(look, self)
        self.tiles.chosen.connect(self._back)

    def open(self, wall_ms: int) -> None:
        """Start with the list; a text that was begun waits on the keyboard."""
        self._writes, self._doubted = False, ""
        super().open(wall_ms)

    def tell(self, answer: SideScreen) -> None:
        """Show these notes; the text that became one of them leaves the keyboard."""
        if isinstance(answer, ShiftNotes) and not any(note.own and note.id == self._doubted for note in answer.notes):
            self._doubted = ""
        super().tell(answer)
        if self._sent and any(note.own and note.text == self._sent for note in self._notes()):
            self._sent = ""
            self.pad.ask("", MOST_CHARACTERS)

    def lines(self) -> Sequence[RoomLine]:
        """The notes; in doubt the one alone that would be undone. More than one page leaves room for its buttons."""
        shown = [note for note in self._notes() if self._doubted in ("", note.id)]
        found = [self._line(note, 0) for note in shown]
        if len(paged(self.look, found, self.body(), self.columns())) <= 1:
            return found
        return [self._line(note, self.look.px(TURN_MM) + self.look.px(GAP_MM)) for note in shown]

    def choices(self) -> Sequence[Action]:
        """Write and undo, for who is signed in; in doubt the two answers."""
        say, own = self.look.say, self._own()
        if self._doubted:
            return (Action(say("tap.keep"), self._keep, "primary"), Action(say("tap.undo_now"), self._undo, "ng"))
        if not (isinstance(self.answer, ShiftNotes) and self.answer.may_write):
            return ()
        write = Action(say("room.note_write"), self._write, "primary")
        return (write, Action(say("room.note_undo"), self._doubt)) if own else (write,)

    def note(self) -> tuple[str, str]:
        """The question, or that only who is signed in may write."""
        if self._doubted:
            return "hold", self.look.say("room.note_undo_ask")
        if isinstance(self.answer, ShiftNotes) and not self.answer.may_write:
            return "info", self.look.say("room.note_sign_in")
        return "", ""

    def nothing(self) -> str:
        """Nobody has left a note."""
        return super().nothing() if self.answer is None else self.look.say("room.no_notes")

    def arrange(self) -> None:
        """The list with its foot, or the keyboard."""
        self.pad.setVisible(self._writes)
        self.tiles.setVisible(self._writes)
        if not self._writes:
            super().arrange()
        elif self.width() >= 2:
            self._buttons.clear()
            lay_keyboard(self, self.pad, self.tiles)

    def say_again(self) -> None:
        """Say the words in the language of now."""
        self.pad.say_again()
        super().say_again()

    def draw(self, brush: Brush) -> None:
        """The list, or the hint over the keyboard."""
        if self._writes:
            draw_hint(brush, self.look.say("room.note_hint"))
        else:
            super().draw(brush)

    # Taps -------------------------------------------------------------------------------------------------------------
    def _write(self) -> None:
        person = self.shows.scene.person
        if person != self._writer:
            self.pad.ask("", MOST_CHARACTERS)
        elif not (self.pad.typed or self.pad.composed):
            self.pad.ask(self._sent, MOST_CHARACTERS)
        self._writer = person
        self._turn_to(writes=True)

    def _send(self, text: str) -> None:
        self._sent = text
        self._turn_to(writes=False)
        self.asked.emit(WriteNote(text))

    def _back(self, tile: Tile) -> None:
        if tile == BACK:
            self._turn_to(writes=False)
        else:
            self.chosen.emit(tile)

    def _doubt(self) -> None:
        own = self._own()
        self._doubted = own.id if own else ""
        self._turn_to(writes=False)

    def _undo(self) -> None:
        doubted = self._doubted
        self._keep()
        self.asked.emit(UndoNote(doubted))

    def _keep(self) -> None:
        self._doubted = ""
        self._turn_to(writes=False)

    def _turn_to(self, *, writes: bool) -> None:
        self._writes, self.page = writes, 0
        self.arrange()
        self.update()

    # The answer -------------------------------------------------------------------------------------------------------
    def _notes(self) -> Sequence[NoteLine]:
        return self.answer.notes if isinstance(self.answer, ShiftNotes) else ()

    def _own(self) -> NoteLine | None:
        """The newest note of the signed-in person."""
        return next((note for note in self._notes() if note.own), None)

    def _line(self, note: NoteLine, beside: int) -> RoomLine:
        """A note as high as its text; one that is higher than the card is set smaller. `beside`: pixels of the card
        that others need."""
        below = " · ".join(part for part in (note.who, moment(note.at, self.now_ms)) if part)
        inside = card_room(self.look, self.body())
        wide = (inside.width() - beside - self.look.px(APART_MM) * (self.columns() - 1)) / self.columns()
        high = letter(self.look, note.text, TALL, wide, FREE).height / self.look.px_per_mm + ABOUT_MM
        return RoomLine(note.text, below, tall_mm=min(high, inside.height() / self.look.px_per_mm))
