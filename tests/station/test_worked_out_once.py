"""After COMMIT nothing is worked out twice: a page once a turn, a stop not again, a thing's events read once.

What is counted is the function that does the work, called through the whole work cell on a real store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pysqlite3
import pytest
from msgspec.structs import replace
from sqlalchemy import event

from common import event_types as b
from common.definitions import Form
from common.ledger import reads, shift_notes
from station import messages as m
from station.devices.plc_block import AnswerArea
from station.work import take_in_hand, transition
from station.work.begin import interlock_check
from station.work.steps import pages
from tests.support.bench import Bench, Plant, StationClock
from tests.support.factory import Author, unit
from tests.support.shift import motor_pack

FIELDS = 12
M1, M2 = "M-250-000001", "M-250-000002"
Counted = Callable[[Any, str], list[Any]]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """counted(module, name) → the results of each call of that function, from now on."""

    def count(module: Any, name: str) -> list[Any]:
        results, function = [], getattr(module, name)

        def counting(*args: Any, **more: Any) -> Any:
            results.append(found := function(*args, **more))
            return found

        monkeypatch.setattr(module, name, counting)
        return results

    return count


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """make(plant, place) → a station at that workplace."""
    made: list[Bench] = []
    clock = StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000)

    def bench(plant: Plant, place: str) -> Bench:
        made.append(Bench(plant, tmp_path / place, clock, place))
        return made[-1]

    yield bench
    for one in made:
        one.close()


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    return Plant(tmp_path)


@pytest.fixture
def filling(plant: Plant, make: Callable[..., Bench]) -> Bench:
    """ST-10 with a motor on a page of twelve fields."""
    forms = {d.id: d for d in motor_pack().definitions if isinstance(d, Form)}
    step = forms["audit-form"].steps[0]
    plant.publish(replace(forms["press-form"], steps=[replace(step, fields=step.asks[:FIELDS])]))
    bench = make(plant, "st-10")
    bench.scan("B10021", M1)
    assert bench.scene is not None and bench.scene.page is not None
    return bench


@pytest.fixture
def wiring(plant: Plant) -> Author:
    """ST-20, of which ST-30 hears only by its log."""
    return plant.station("st-20")


@pytest.fixture
def stopped(plant: Plant, wiring: Author, make: Callable[..., Bench]) -> Bench:
    """ST-30, which knows that M-250-000001 skipped the operation before, and somebody signed in."""
    bench = make(plant, "st-30")
    bench.scan("B10047")
    wiring.say(b.OperationCompleted("wire", "pass"), unit(M2))
    bench.hear(wiring)
    bench.pull(wiring)
    return bench


# A page --------------------------------------------------------------------------------------------------------------
def test_a_value_on_a_page_of_twelve_fields_works_the_page_out_once(filling: Bench, counted: Counted) -> None:
    found = counted(pages, "page")
    filling.cell.handle(m.Filled("play-1", ("0.10",)))
    assert [len(page.fields) for page in found] == [FIELDS]
    filling.scan("HW:FIELD:play-2")
    filling.scan("HW:N:0.12")
    assert [page.state("play-2").value for page in found] == [(), ("0.12",)]


def test_a_value_that_is_refused_leaves_the_page_as_it_was_worked_out(filling: Bench, counted: Counted) -> None:
    found = counted(pages, "page")
    for text in ("ten", "0.1000000", "much"):
        filling.cell.handle(m.Filled("play-1", (text,)))
        assert filling.shown[-1].tone == "ng"
    assert len(found) == 3


def test_a_card_that_enters_nothing_does_not_work_the_page_out_again(filling: Bench, counted: Counted) -> None:
    filling.cell.handle(m.Filled("play-1", ("0.10",)))
    found = counted(pages, "page")
    for card in ("HW:FIELD:remark", "HW:CALL", "HW:CONFIRM", "HW:FIELD:play-1"):
        filling.scan(card)
    assert found == []


# A stop --------------------------------------------------------------------------------------------------------------
def test_a_stop_is_judged_once_for_its_event_and_its_screen(stopped: Bench, counted: Counted) -> None:
    asked = counted(take_in_hand, "interlock")
    assert stopped.scan(M1).code == "interlock.blocked"
    assert stopped.scene is not None and stopped.scene.stop is not None
    assert len(asked) == 1


def test_a_stop_is_judged_again_when_its_evidence_comes(stopped: Bench, wiring: Author, counted: Counted) -> None:
    stopped.scan(M1)
    assert stopped.scene is not None and stopped.scene.stop is not None
    wiring.say(b.OperationCompleted("wire", "pass"), unit(M1))
    stopped.hear(wiring)
    assert stopped.scene.stop is None


def test_work_in_hand_is_judged_once_for_a_card_that_changes_nothing(stopped: Bench, counted: Counted) -> None:
    stopped.scan(M2)
    asked = counted(interlock_check, "interlock")
    stopped.scan("HW:CALL")
    assert len(asked) == 1


# The disk ------------------------------------------------------------------------------------------------------------
def test_the_events_of_a_thing_are_read_once_for_its_standing_and_its_events(stopped: Bench, counted: Counted) -> None:
    read = counted(reads, "history")
    stopped.scan(M2)
    things = [history.thing for history in read]
    assert things.count(unit(M2)) == 2  # before and after the scan wrote


def test_no_question_is_asked_of_the_disk_twice_until_a_component_is_bound(
    plant: Plant, make: Callable[..., Bench]
) -> None:
    """Deciding, the references of the event and its rows all need the ids and the latest events of the same things."""
    bench = make(plant, "st-10")
    bench.scan("B10021", M1)
    heard: list[str] = []
    bench.store._writer.raw_connection().driver_connection.set_trace_callback(heard.append)
    assert bench.scan("HL-0001").code == "done.bound"
    questions = [text for text in heard if text.startswith("SELECT")]
    asked_of_tips = [text for text in questions if " FROM tip " in text]
    assert (len(set(questions)), len(asked_of_tips)) == (len(questions), 1)


def test_a_scan_is_decided_and_written_in_one_transaction_and_shown_after_it(stopped: Bench) -> None:
    """Whoever else asks for the write lock while a result is announced gets it, and finds the event."""
    begins: list[str] = []
    event.listen(stopped.store._reader, "begin", lambda conn: begins.append("reading"))
    event.listen(stopped.store._writer, "begin", lambda conn: begins.append("writing"))
    other = pysqlite3.connect(str(stopped.path), isolation_level=None, timeout=0)
    found: list[tuple[list[str], int]] = []
    announce = stopped.cell._announce

    def look(said: m.Announcement) -> None:
        if isinstance(said, m.Shown):
            other.execute("BEGIN IMMEDIATE")
            found.append((list(begins), other.execute("SELECT count(*) FROM entry").fetchone()[0]))
            other.execute("ROLLBACK")
        announce(said)

    stopped.cell._announce = look
    (before,) = other.execute("SELECT count(*) FROM entry").fetchone()
    stopped.scan(M2)
    assert found == [(["writing"], before + 1)]
    other.close()


def test_a_turn_that_says_nothing_writes_nothing(stopped: Bench, counted: Counted) -> None:
    stopped.scan(M2)
    stopped.machine(AnswerArea(), "tester")
    turns = counted(transition, "step")
    other = pysqlite3.connect(str(stopped.path), isolation_level=None)
    (before,) = other.execute("PRAGMA data_version").fetchone()
    stopped.machine(AnswerArea(), "tester")
    (after,) = other.execute("PRAGMA data_version").fetchone()
    other.close()
    assert ([turn.said for turn in turns], after) == ([[]], before)


def test_a_prompt_and_its_scene_are_announced_together_and_nothing_is_read_between(stopped: Bench) -> None:
    """A screen that hears both at once paints once, and never the new prompt over the scene before."""
    heard: list[str] = []
    event.listen(stopped.store._reader, "checkout", lambda conn, *_: conn.set_trace_callback(heard.append))
    stopped.cell._showing._announce = lambda said: heard.append(type(said).__name__)
    stopped.scan(M2)
    at = heard.index("Prompt")
    assert (len(heard[:at]) > 1, heard[at + 1]) == (True, "Scene")


# Notes ---------------------------------------------------------------------------------------------------------------
def test_the_notes_are_read_once_until_there_is_a_newer_entry(filling: Bench, counted: Counted) -> None:
    found = counted(shift_notes, "recent")
    filling.cell.handle(m.Filled("play-1", ("0.10",)))
    filling.cell.handle(m.Filled("play-2", ("0.10",)))
    assert found == [], "a page that is not complete writes nothing"
    filling.cell.handle(m.WriteNote("grease the pin"))
    assert [[note.text for note in notes] for notes in found] == [["grease the pin"]]
