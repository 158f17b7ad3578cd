"""Calls at a workplace: raised at any moment, answered by whoever came, and there again after every restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from common import event_types as b
from common import events
from common.text import LANGUAGES, say
from station.shown.work_screen import Scene
from tests.support.bench import Bench, Plant, StationClock
from tests.support.factory import Author
from tests.support.shift import Shift

M1, HOUSING = "M-250-000001", "HL-2644"
WANG, LI = "B10021", "B10034"
VERBS = ("ANSWER", "CLEAR")
KINDS = ("material", "quality", "machine", "help")


@pytest.fixture
def shift() -> Shift:
    return Shift("st-10")


def scene(shift: Shift) -> Scene:
    return shift.scene


def tiles(shift: Shift) -> dict[str, list[str]]:
    """What may be tapped about calls: command → the commands that a tap opens."""
    (call,) = [tile for tile in scene(shift).tiles if tile.code == "tap.call"]
    found = {tile.command: [one.command for one in tile.more] for tile in call.more if tile.command in VERBS}
    return {"CALL": [tile.command for tile in call.more if tile.command not in VERBS]} | found


def cards(verb: str, *but: str) -> list[str]:
    return [f"{verb}:{reason}" for reason in KINDS if reason not in but]


def standing(shift: Shift) -> list[tuple[str, str, str]]:
    return [(call.name.say("en"), call.by, call.answered_by) for call in scene(shift).calls]


# Raise ----------------------------------------------------------------------------------------------------------------
def test_a_call_is_one_event_with_its_reason_and_stands_on_the_screen(shift: Shift) -> None:
    assert shift.scan("HW:CALL:material").code == "done.called_kept"
    assert shift.bodies[-1] == b.Call("raised", "st-10", "material")
    assert standing(shift) == [("Material is missing", "王强", "")]


def test_the_same_call_is_not_raised_twice_and_another_is(shift: Shift) -> None:
    shift.scan("HW:CALL:material")
    assert shift.scan("HW:CALL:material").code == "call.open"
    assert shift.scan("HW:CALL:quality").code == "done.called_kept"
    assert [name for name, _, _ in standing(shift)] == ["Material is missing", "Quality"]


@pytest.mark.parametrize("reason", ["noise", "no-such"])
def test_only_a_reason_for_calls_calls(shift: Shift, reason: str) -> None:
    assert shift.scan(f"HW:CALL:{reason}").code == "command.reason"
    assert standing(shift) == []


def test_help_is_called_without_a_reason_too(shift: Shift) -> None:
    assert shift.scan("HW:CALL").code == "done.called_kept"
    assert [say(one, "done.called_kept", shift.said[-1].params) for one in LANGUAGES] == [
        "呼叫还没发出：请求帮助。中心还没收到；急事请直接找人",
        "Call not sent yet: Help. The hub has not got it; if urgent, fetch somebody",
    ]


def test_somebody_can_be_called_before_anybody_signed_in() -> None:
    shift = Shift("st-10", signed_in=False)
    assert tiles(shift) == {"CALL": cards("CALL")}
    assert shift.scan("HW:CALL:quality").code == "done.called_kept"
    assert standing(shift) == [("Quality", "", "")]


def test_a_call_changes_nothing_of_the_work(shift: Shift) -> None:
    shift.scan(M1, HOUSING)
    before = shift.work.hand
    shift.scan("HW:CALL:quality")
    assert shift.work.hand == before


def test_a_call_is_possible_at_a_stop_and_the_stop_stays() -> None:
    shift = Shift("st-20")
    assert shift.scan(M1).code.startswith("interlock.")
    assert shift.scan("HW:CALL:quality").code == "done.called_kept"
    assert scene(shift).stop is not None and scene(shift).calls


def test_only_with_the_hub_in_reach_it_says_called() -> None:
    shift = Shift("st-10")
    assert shift.scan("HW:CALL:quality").code == "done.called_kept", "offline nobody has heard it"
    shift.may_ask = True
    assert shift.scan("HW:CALL:material").code == "done.called"


# Answer ---------------------------------------------------------------------------------------------------------------
def test_who_comes_answers_with_their_badge_and_who_works_stays_signed_in(shift: Shift) -> None:
    shift.scan(M1, "HW:CALL:quality")
    assert shift.scan("HW:ANSWER").code == "noted.badge"
    asked = [say("en", code, {}) for code in ("do.call_badge", "noted.badge")]
    assert [text for text in asked if "scan" in text] == asked[:1], "one sentence asks for the badge"
    assert shift.prompt.code == "prompt.call_badge"
    assert shift.scan(LI).code == "done.call_answered"
    assert shift.bodies[-1] == b.Call("answered", "st-10", "quality", shift.story.past[-2][1].id)
    assert shift.story.past[-1][1].who == "p-li"
    assert (shift.work.person, shift.badge_for) == ("p-wang", "")
    assert standing(shift) == [("Quality", "王强", "李娜")]


def test_who_signed_in_after_the_call_answers_with_the_card_alone(shift: Shift) -> None:
    shift.scan("HW:CALL:quality", LI, "HW:CONFIRM")
    assert shift.scan("HW:ANSWER").code == "done.call_answered"
    assert standing(shift) == [("Quality", "王强", "李娜")]


def test_who_called_does_not_answer_themselves_by_their_own_badge(shift: Shift) -> None:
    shift.scan("HW:CALL:quality", "HW:ANSWER")
    assert shift.scan(WANG).code == "call.own"
    assert standing(shift) == [("Quality", "王强", "")]
    assert shift.scan(LI).code == "done.call_answered", "the badge of who came is still waited for"


def test_an_unknown_badge_answers_nothing_and_the_right_one_still_may(shift: Shift) -> None:
    shift.scan("HW:CALL:quality", "HW:ANSWER")
    assert shift.scan("B99999").code == "sign_in.unknown"
    assert shift.scan(LI).code == "done.call_answered"


@pytest.mark.parametrize("other", ["HW:CANCEL", M1])
def test_whatever_else_is_scanned_takes_the_question_for_a_badge_away(shift: Shift, other: str) -> None:
    shift.scan("HW:CALL:quality", "HW:ANSWER", other)
    assert shift.badge_for == ""
    assert shift.scan(LI, "HW:SIGNOUT").code == "done.signed_in"
    assert standing(shift) == [("Quality", "王强", "")]


def test_cancel_takes_the_question_away_and_leaves_the_unit_in_hand(shift: Shift) -> None:
    shift.scan(M1, "HW:CALL:quality", "HW:ANSWER", "HW:CANCEL")
    assert shift.work.hand is not None


def test_one_of_several_calls_is_answered_by_its_reason(shift: Shift) -> None:
    shift.scan("HW:CALL:material", "HW:CALL:quality", "HW:ANSWER:quality", LI)
    assert [by for _, _, by in standing(shift)] == ["", "李娜"]
    assert tiles(shift)["ANSWER"] == []


def test_where_nobody_called_there_is_nothing_to_answer_or_to_clear(shift: Shift) -> None:
    assert [shift.scan(card).code for card in ("HW:ANSWER", "HW:CLEAR", "HW:ANSWER:quality")] == ["call.none"] * 3


# Clear ----------------------------------------------------------------------------------------------------------------
def test_a_cleared_call_is_gone_and_may_be_raised_again(shift: Shift) -> None:
    shift.scan("HW:CALL:quality")
    assert shift.scan("HW:CLEAR").code == "done.call_cleared"
    assert standing(shift) == [] and tiles(shift) == {"CALL": cards("CALL")}
    assert shift.scan("HW:CALL:quality").code == "done.called_kept"


def test_clearing_without_a_reason_ends_what_was_answered_and_not_what_still_waits(shift: Shift) -> None:
    shift.scan("HW:CALL:material", "HW:CALL:quality", "HW:ANSWER:quality", LI, "HW:CLEAR")
    assert [name for name, _, _ in standing(shift)] == ["Material is missing"]


def test_before_sign_in_the_badge_says_who_cleared_it() -> None:
    shift = Shift("st-10", signed_in=False)
    shift.scan("HW:CALL:quality", "HW:CLEAR")
    assert shift.scan(LI).code == "done.call_cleared"
    assert (shift.work.person, shift.story.past[-1][1].who) == (None, "p-li")


def test_a_badge_clears_what_was_answered_and_not_what_still_waits() -> None:
    shift = Shift("st-10", signed_in=False)
    shift.scan("HW:CALL:material", "HW:CALL:quality", "HW:ANSWER:quality", LI, "HW:CLEAR", LI)
    assert [name for name, _, _ in standing(shift)] == ["Material is missing"]


# Tiles ----------------------------------------------------------------------------------------------------------------
def test_the_tiles_are_the_cards_that_would_be_taken(shift: Shift) -> None:
    assert tiles(shift) == {"CALL": cards("CALL")}
    shift.scan("HW:CALL:quality")
    assert tiles(shift) == {"CALL": cards("CALL", "quality"), "ANSWER": [], "CLEAR": []}
    shift.scan("HW:CALL:material")
    assert tiles(shift) == {
        "CALL": cards("CALL", "quality", "material"),
        "ANSWER": ["ANSWER:quality", "ANSWER:material", "ANSWER"],
        "CLEAR": ["CLEAR:quality", "CLEAR:material", "CLEAR"],
    }


# On disk and from elsewhere -------------------------------------------------------------------------------------------
@pytest.fixture
def press(tmp_path: Path) -> Iterator[tuple[Bench, Plant]]:
    """ST-10, somebody signed in."""
    plant = Plant(tmp_path / "plant")
    bench = Bench(plant, tmp_path / "st-10", StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000), "st-10")
    bench.scan(WANG)
    yield bench, plant
    bench.close()


def test_a_call_survives_a_restart(press: tuple[Bench, Plant]) -> None:
    bench, _ = press
    bench.scan("HW:CALL")
    before = bench.scene
    bench.restart()
    assert before and bench.scene == before and len(bench.scene.calls) == 1
    assert bench.scan("HW:CALL").code == "call.open"


def test_an_answer_at_the_hub_reaches_the_screen_by_the_lines_log(press: tuple[Bench, Plant]) -> None:
    bench, plant = press
    bench.scan("HW:CALL")
    call = list(bench.written())[-1]
    hub = Author(77, "hub", "line-1")
    plant.site.say(hub.enrolment())
    hub.say(b.Call("answered", "st-10", "", call), who="p-li")
    bench.hear(hub)
    (one,) = bench.scene.calls
    assert (one.answered_by, one.is_here) == ("李娜", False)
    hub.say(b.Call("cleared", "st-10", "", call), who="p-li")
    bench.hear(hub)
    assert bench.scene.calls == ()


def test_a_helper_who_scanned_their_badge_here_is_no_longer_said_to_come(press: tuple[Bench, Plant]) -> None:
    bench, _ = press
    bench.scan("HW:CALL", "HW:ANSWER", LI)
    (one,) = bench.scene.calls
    assert (one.answered_by, one.is_here) == ("李娜", True)


def test_who_answered_is_who_the_event_names(
    press: tuple[Bench, Plant], events_of: Callable[[Bench], list[str | None]]
) -> None:
    bench, _ = press
    bench.scan("HW:CALL", "HW:ANSWER", LI, "HW:CLEAR")
    assert events_of(bench)[-3:] == ["p-wang", "p-li", "p-wang"]


@pytest.fixture
def events_of() -> Callable[[Bench], list[str | None]]:
    """events_of(bench) → who said each event of its own log."""

    def read(bench: Bench) -> list[str | None]:
        with bench.store.reading() as conn:
            raws = conn.exec_driver_sql("SELECT raw FROM entry WHERE bid = 2 ORDER BY idx").scalars()
            return [events.decode(raw).who for raw in raws]

    return read
