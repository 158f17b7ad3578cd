"""Notes for the next shift: on the disk, read by whoever comes next, undone by their writer alone, lost by nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from common import event_types as b
from common.ids import Claim
from common.ledger.shift_notes import MOST_SHOWN
from common.shift_notes import list_of
from common.text import say
from station import messages as m
from station.shown.side_screens import NoteLine, ShiftNotes
from tests.support.bench import Bench, Plant, StationClock
from tests.support.factory import SITE, Author, unit

WANG, LI, M1 = "B10021", "B10034", "M-250-000001"
HERE = list_of(Claim(f"place@{SITE}", "st-10"))
DAY_S = 24 * 3600


class Desk(Bench):
    """ST-10, and the notes that its screen shows."""

    def __init__(self, plant: Plant, folder: Path, clock: StationClock) -> None:
        self.told: list[ShiftNotes] = []
        super().__init__(plant, folder, clock, "st-10")

    def look(self) -> ShiftNotes:
        """Open the notes and leave them again; what they showed."""
        self.cell.handle(m.LookAt("notes"))
        self.cell.handle(m.LookAt(""))
        return self.told[-1]

    def texts(self) -> list[str]:
        return [note.text for note in self.look().notes]

    def write(self, text: str) -> m.Shown:
        self.clock.advance(1)
        self.cell.handle(m.WriteNote(text))
        return self.shown[-1]

    def undo(self, note: NoteLine) -> m.Shown:
        self.cell.handle(m.UndoNote(note.id))
        return self.shown[-1]

    def notes(self) -> list[b.ShiftNote]:
        return [body for body in self.written().values() if isinstance(body, b.ShiftNote)]

    @property
    def unread(self) -> int:
        assert self.scene is not None
        return self.scene.notes_unread

    def _announce(self, said: m.Announcement) -> None:
        if isinstance(said, ShiftNotes):
            self.told.append(said)
        super()._announce(said)


@pytest.fixture(scope="session")
def fresh_plant(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    return Plant(tmp_path_factory.mktemp("plant"))


@pytest.fixture
def desk(fresh_plant: Plant, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(fresh_plant.anew(), tmp_path / "st-10", StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000))
    made.scan(WANG)
    yield made
    made.close()


# Written and read -----------------------------------------------------------------------------------------------------
def test_a_note_is_on_the_disk_before_it_is_confirmed_and_says_who_wrote_it(desk: Desk) -> None:
    shown = desk.write("  2 号枪扭矩偏大  ")
    assert (shown.tone, shown.code) == ("ok", "done.note")
    assert desk.written()[shown.event] == b.ShiftNote("st-10", "2 号枪扭矩偏大")
    assert [(note.text, note.who, note.own) for note in desk.look().notes] == [("2 号枪扭矩偏大", "王强", True)]


def test_the_next_shift_reads_it_after_a_restart_and_knows_how_many_are_new(desk: Desk) -> None:
    desk.write("one")
    desk.write("two")
    assert desk.unread == 0, "nobody's own note is new to them"
    desk.scan("HW:SIGNOUT")
    desk.restart()
    assert desk.unread == 0, "new to whom"
    desk.scan(LI)
    assert desk.unread == 2
    assert [(note.text, note.own) for note in desk.look().notes] == [("two", False), ("one", False)]
    assert desk.unread == 0
    desk.restart()
    assert desk.unread == 0, "it is remembered that somebody looked"
    desk.scan(WANG, "HW:CONFIRM")
    desk.write("three")
    desk.scan(LI)
    assert desk.unread == 1


def test_what_a_person_looked_at_is_erased_with_the_person(desk: Desk) -> None:
    desk.write("one")
    desk.scan(LI, "HW:CONFIRM")
    desk.look()
    people = tuple((p.id, p.name, p.badge) for p in desk.plant.pack.people)
    desk.cell.handle(m.Pulled({}, tuple(one for one in people if one[2] != LI)))
    desk.pull()
    desk.scan(WANG, LI)
    assert desk.unread == 1


def test_anybody_may_read_and_only_who_is_signed_in_may_write(desk: Desk) -> None:
    desk.write("one")
    desk.scan("HW:SIGNOUT")
    assert desk.texts() == ["one"]
    assert not desk.told[-1].may_write
    assert desk.write("two").code == "shift_note.sign_in"
    assert len(desk.notes()) == 1


def test_a_note_that_another_computer_of_this_workplace_wrote_is_read_here_until_its_log_is_revoked(desk: Desk) -> None:
    before, neighbour = desk.plant.station("st-10"), Author(11, "st-20")
    desk.plant.site.say(neighbour.enrolment())
    before.say(b.ShiftNote("st-10", "from before"), HERE, who="p-other")
    neighbour.say(b.ShiftNote("st-20", "elsewhere"), Claim(HERE.scheme, "st-20"))
    desk.hear(before, neighbour)
    assert desk.texts() == ["from before"]
    desk.plant.site.say(b.StationRevoked(before.log, 0, "stolen"))
    desk.hear()
    assert desk.texts() == []


def test_the_last_twenty_of_seven_days_are_shown(desk: Desk) -> None:
    for n in range(MOST_SHOWN + 2):
        desk.write(str(n))
    assert desk.texts() == [str(n) for n in reversed(range(2, MOST_SHOWN + 2))]
    desk.clock.advance(7 * DAY_S - 2)
    desk.write("late")
    assert desk.texts() == ["late", str(MOST_SHOWN + 1), str(MOST_SHOWN)]


# Undone ---------------------------------------------------------------------------------------------------------------
def test_a_note_that_its_writer_undid_disappears_and_its_record_stays(desk: Desk) -> None:
    desk.write("stays")
    event = desk.write("wrong").event
    wrong = desk.look().notes[0]
    shown = desk.undo(wrong)
    assert (shown.code, desk.written()[shown.event]) == ("done.note_undone", b.Void(event, "undo"))
    assert desk.texts() == ["stays"]
    assert b.ShiftNote("st-10", "wrong") in desk.notes()
    assert desk.undo(wrong).code == "shift_note.gone"
    desk.restart()
    assert desk.texts() == ["stays"]


def test_a_note_of_somebody_else_is_not_undone(desk: Desk) -> None:
    desk.write("of Wang")
    desk.scan(LI, "HW:CONFIRM")
    assert desk.undo(desk.look().notes[0]).code == "shift_note.of_other"
    assert desk.texts() == ["of Wang"]


def test_the_undo_card_never_takes_a_note_for_the_last_act(desk: Desk) -> None:
    desk.scan(M1, "HL-2644")
    desk.write("in between")
    assert desk.scan("HW:UNDO").code == "done.undone"
    assert desk.texts() == ["in between"]
    assert any(isinstance(body, b.Void) for body in desk.written().values())


# Refused --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "code"), [("", "shift_note.empty"), (" \n ", "shift_note.empty"), ("好" * 513, "shift_note.long")]
)
def test_a_note_that_cannot_be_kept_is_refused_with_a_code_and_marks_no_unit(desk: Desk, text: str, code: str) -> None:
    desk.write("kept")
    desk.scan(M1)
    before = desk.standing(unit(M1))
    shown = desk.write(text)
    assert (shown.tone, shown.code) == ("ng", code)
    assert "…?" not in say("en", shown.code, shown.params) + say("zh", shown.code, shown.params)
    assert desk.written()[shown.event] == b.Refused("-", code)
    assert desk.standing(unit(M1)) == before
    assert desk.texts() == ["kept"]


def test_the_longest_note_is_taken_whole(desk: Desk) -> None:
    desk.write("好" * 512)
    assert desk.texts() == ["好" * 512]


def test_a_disk_that_takes_nothing_refuses_each_note_and_the_next_one_is_taken(
    desk: Desk, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("store_unavailable")
    desk.read_only(True)
    for _ in range(2):
        before = len(desk.shown)
        assert desk.write("now").code.startswith("store.")
        assert len(desk.shown) == before + 1, "somebody waits for the answer"
    desk.read_only(False)
    assert desk.write("now").code == "done.note"
    assert desk.texts() == ["now"]
