"""The window: what is announced stands on the screen, is recorded once it was painted, and what is tapped is sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from common.definitions.naming import Name
from common.ids import Claim
from common.text import LANGUAGES, Language
from station.kiosk.result import ResultScreen
from station.kiosk.window import MOST_NOTICES, SCREENS, Surroundings, Window
from station.messages import Announcement, Message, PinEntered, Prompt, Scanned, Shown
from station.shown.work_screen import CallLine, Plan, Tile
from station.work.ask.cards import CARDS
from tests.conftest import Clock
from tests.support import scenes as s
from tests.support.screen import SIZES, buttons, look, painted, settle, tap, words
from tests.support.titles import TITLES

FINGER_S = 0.5  # a finger comes this long after the screen changed
Show = Callable[[QWidget], QWidget]


class Kiosk:
    """A window, and everything that it said, wrote down, played and asked to be called for."""

    def __init__(self, show: Show, clock: Clock, size: tuple[int, int, float] = SIZES[0], language: Language = "en"):
        self.heard: list[Message] = []
        self.recorded: list[Announcement] = []
        self.played: list[str] = []
        self.timers: list[tuple[int, Callable[[], None]]] = []
        self._clock = clock
        self.on_record: Callable[[Announcement], None] = lambda said: None
        around = Surroundings(
            hear=self.heard.append,
            record=self._record,
            play=self.played.append,
            later=lambda ms, call: self.timers.append((ms, call)),
            mono_ms=clock.mono_ms,
            wall_ms=clock.wall_ms,
        )
        self.window = Window(look(size, language), around)
        self.window.resize(size[0], size[1])
        show(self.window)

    def _record(self, said: Announcement) -> None:
        self.on_record(said)
        self.recorded.append(said)

    def say(self, *announcements: Announcement) -> None:
        for one in announcements:
            self.window.show_announcement(one)
        settle()

    def ring(self) -> None:
        """The time of all timers so far has come."""
        timers, self.timers = self.timers, []
        for _, call in timers:
            call()
        settle()

    def tap(self, *texts: str) -> None:
        for text in texts:
            self._clock.advance(FINGER_S)
            tap(buttons(self.window)[text])

    def next_state(self) -> None:
        """A finger on the number of the other states in the bar."""
        tap(self.window.bar, next(box.center().toPoint() for box, code in self.window.bar._places if code == "next"))

    @property
    def words(self) -> str:
        return words(self.window)

    @property
    def shows_result(self) -> bool:
        return isinstance(self.window.screen_, ResultScreen)


@pytest.fixture
def kiosk(show: Show, clock: Clock) -> Kiosk:
    return Kiosk(show, clock)


# Recording ------------------------------------------------------------------------------------------------------------
def test_there_is_a_screen_for_each_case_in_which_a_card_is_offered() -> None:
    assert {case for card in CARDS.values() for case in card.at} == set(SCREENS)
    assert set(CARDS["CALL"].at) == set(SCREENS), "somebody can be called at any moment"


def test_a_result_is_painted_before_it_is_recorded(kiosk: Kiosk) -> None:
    stood: list[str] = []
    kiosk.say(s.WORK)
    kiosk.on_record = lambda said: stood.append(kiosk.window.grab().toImage().pixelColor(3, 3).name())
    kiosk.window.show_announcement(s.BOUND)
    assert kiosk.recorded == [s.BOUND], "without waiting for anything else"
    assert stood == [look().colour("ok").name()]


def test_a_prompt_that_is_said_again_before_it_was_painted_is_recorded(kiosk: Kiosk) -> None:
    kiosk.say(s.WORK, s.START)
    again = replace(s.SCAN)
    kiosk.window.show_announcement(s.SCAN)
    kiosk.window.show_announcement(again)
    settle()
    assert any(one is again for one in kiosk.recorded)


def test_everything_is_recorded_once(kiosk: Kiosk) -> None:
    said = [s.STATUS, s.BOUND, s.PASSED, Prompt("prompt.unit")]
    kiosk.say(s.WORK, *said)
    for _ in range(3):
        kiosk.window.repaint()
        kiosk.ring()
    assert sorted(map(id, kiosk.recorded)) == sorted(map(id, said))


def test_the_same_result_twice_is_recorded_twice(kiosk: Kiosk) -> None:
    kiosk.say(s.WORK, s.SCAN, s.BOUND, s.SCAN, replace(s.BOUND))
    assert [one for one in kiosk.recorded if one == s.BOUND] == [s.BOUND, s.BOUND]


def test_what_is_not_painted_is_not_recorded(kiosk: Kiosk) -> None:
    kiosk.window.hide()
    kiosk.say(s.WORK, s.BOUND)
    assert kiosk.recorded == []
    kiosk.window.show()
    settle()
    assert kiosk.recorded == [s.BOUND]


def test_a_prompt_that_was_passed_over_is_not_recorded(kiosk: Kiosk) -> None:
    kiosk.say(s.WORK, Prompt("prompt.unit"), s.SCAN)
    assert kiosk.recorded == [s.SCAN]


def test_what_is_said_a_moment_before_a_result_stands_with_it(kiosk: Kiosk) -> None:
    kiosk.say(s.SCAN, s.WORK)
    for one in (s.DOUBLE, s.BOUND, s.SCAN):
        kiosk.window.show_announcement(one)
    settle()
    assert s.DOUBLE in kiosk.recorded
    assert "Scanned twice" in kiosk.words


def test_what_nobody_saw_and_stands_nowhere_any_more_is_forgotten(kiosk: Kiosk) -> None:
    kiosk.say(s.SCAN, s.WORK)
    for _ in range(100):
        kiosk.window.show_announcement(replace(s.DOUBLE))
    settle()
    assert len(kiosk.window._due) <= MOST_NOTICES


# Results --------------------------------------------------------------------------------------------------------------
def test_a_result_stays_until_its_time_is_over(kiosk: Kiosk) -> None:
    kiosk.say(s.WORK, s.PASSED, s.SCAN, s.WORK)
    assert kiosk.shows_result
    assert [ms for ms, _ in kiosk.timers] == [800]
    kiosk.ring()
    assert not kiosk.shows_result


def test_the_next_result_ends_it_and_has_its_own_whole_time(kiosk: Kiosk) -> None:
    kiosk.say(s.WORK, s.BOUND, s.SCAN)
    first = kiosk.timers.pop()
    kiosk.say(s.WRONG, s.SCAN)
    assert "WRONG" in kiosk.words
    assert "bound:" not in kiosk.words
    first[1]()
    settle()
    assert kiosk.shows_result
    kiosk.ring()
    assert not kiosk.shows_result


def test_results_of_one_turn_stand_together_and_bad_news_is_the_word(kiosk: Kiosk) -> None:
    kiosk.say(s.SCAN, s.WORK, replace(s.BOUND, tone="ok"), s.FAILED)
    assert "FAIL" in kiosk.words.splitlines()
    assert "Controller added" in kiosk.words


NEXT = ("Scan the unit", "Put it in the", "Put it on the", "Pass it on")


@pytest.mark.parametrize(
    ("shown", "word", "role"),
    [
        (s.PASSED, "PASS", "ok"),
        (s.FAILED, "FAIL", "ng"),
        (s.LEFT, "SET ASIDE", "hold"),
        (s.PROVISIONAL, "UNKNOWN", "unknown"),
        (Shown("hold", "done.undone", {"what": "x", "unit": "M"}, s.EVENT), "UNDONE", "hold"),
        (Shown("hold", "done.page_marked", {"unit": "M", "step": "x", "name": "x"}, s.EVENT), "CHECK", "hold"),
        (Shown("hold", "done.label_void", {"unit": "M"}, s.EVENT), "VOID", "hold"),
        (Shown("hold", "done.nonconforming", {"unit": "M"}, s.EVENT), "HOLD", "hold"),
    ],
)
def test_a_state_is_said_by_word_and_colour_over_the_whole_screen(
    kiosk: Kiosk, shown: object, word: str, role: str
) -> None:
    kiosk.say(s.WORK, shown, Prompt("prompt.unit"))  # type: ignore[arg-type]
    assert word in kiosk.words.splitlines()
    assert any(where in kiosk.words for where in NEXT), "its band says the next thing to do"
    image = kiosk.window.grab().toImage()
    assert {image.pixelColor(x, 2).name() for x in (2, 640, 1270)} == {look().colour(role).name()}


IN_SLOT = {"slot": "Gasket", "component": "HL-2644"}
SKIPPED = (Shown("info", "ignored.bound", IN_SLOT), Shown("info", "ignored.bound", {**IN_SLOT, "slot": "Bearing"}))


def test_all_that_one_turn_says_beside_the_work_can_be_read_until_the_next_turn(kiosk: Kiosk) -> None:
    kiosk.say(s.SCAN, s.WORK, *SKIPPED, s.SCAN, s.WORK)
    assert "Gasket" in kiosk.words and "Bearing" in kiosk.words
    assert [one for one in kiosk.recorded if isinstance(one, Shown)] == list(SKIPPED)
    kiosk.say(SKIPPED[0], s.SCAN)
    assert "Gasket" in kiosk.words and "Bearing" not in kiosk.words


def test_what_else_the_turn_of_a_result_said_stands_with_it_and_stays_beside_the_work(kiosk: Kiosk) -> None:
    kiosk.say(s.SCAN, s.WORK, replace(s.BOUND), s.SCAN, SKIPPED[0], s.PASSED, SKIPPED[1], s.SCAN)
    assert kiosk.shows_result and "Gasket" in kiosk.words and "Bearing" in kiosk.words
    kiosk.ring()
    assert not kiosk.shows_result
    assert "Gasket" in kiosk.words and "Bearing" in kiosk.words


def test_of_a_wrong_code_the_sentence_stays_beside_the_work_until_the_next_scan(kiosk: Kiosk) -> None:
    kiosk.say(s.SCAN, s.WORK, s.WRONG, s.SCAN)
    kiosk.ring()
    assert "Wrong component" in kiosk.words
    kiosk.say(s.BOUND, s.SCAN)
    kiosk.ring()
    assert "Wrong component" not in kiosk.words


def test_a_double_scan_does_not_end_the_result(kiosk: Kiosk) -> None:
    kiosk.say(s.SCAN, s.WORK, s.PASSED, s.SCAN, s.DOUBLE, s.SCAN)
    assert kiosk.shows_result
    assert "Scanned twice" in kiosk.words
    assert kiosk.recorded[-1] in (s.DOUBLE, s.SCAN)


def test_each_kind_of_result_has_its_tone(kiosk: Kiosk) -> None:
    kiosk.say(
        s.WORK, s.BOUND, s.SCAN, s.PASSED, s.SCAN, s.WRONG, s.SCAN, s.FAILED, s.SCAN, s.LEFT, s.SCAN, s.PROVISIONAL
    )
    assert kiosk.played == ["bound", "ok", "wrong", "ng", "hold", "unknown"]


# Fingers --------------------------------------------------------------------------------------------------------------
def test_a_tile_sends_its_card(kiosk: Kiosk, clock: Clock) -> None:
    kiosk.say(s.START, s.MACHINE)
    kiosk.tap("Measure")
    assert kiosk.heard == [Scanned("screen", b"HW:MEASURE", clock.mono_ms())]


def test_two_taps_are_two_scans_of_one_card_for_the_work_cell_to_tell_apart(kiosk: Kiosk, clock: Clock) -> None:
    kiosk.say(s.START, s.MACHINE)
    kiosk.tap("Measure", "Measure")
    assert [(said.device, said.raw) for said in kiosk.heard if isinstance(said, Scanned)] == [
        ("screen", b"HW:MEASURE")
    ] * 2


def test_ng_asks_why_before_anything_is_sent_and_cancel_sends_nothing(kiosk: Kiosk) -> None:
    kiosk.say(s.SCAN, s.WORK)
    kiosk.tap("NG")
    assert {"Scratched", "Noise", "Back"} <= set(buttons(kiosk.window))
    kiosk.tap("Back")
    assert kiosk.heard == []
    kiosk.tap("NG", "Noise")
    assert [said.raw for said in kiosk.heard if isinstance(said, Scanned)] == [b"HW:NG:r2"]
    assert "NG" in buttons(kiosk.window), "and the work stands there again"


def test_every_tile_of_every_state_can_be_reached_by_two_taps_and_sends_its_command(show: Show, clock: Clock) -> None:
    kiosk = Kiosk(show, clock)
    kiosk.say(s.SCAN, s.WORK)
    kiosk.tap("More", "Scrap", "Part missing")
    kiosk.tap("Set aside", "Scratched")
    assert [said.raw for said in kiosk.heard if isinstance(said, Scanned)] == [b"HW:SCRAP:r1", b"HW:LEAVE:r0"]


def test_a_question_is_answered_by_tiles(kiosk: Kiosk) -> None:
    kiosk.say(s.ASK, replace(s.IDLE, choices=s.CHOICES, tiles=(), awaiting="choose_reading"))
    kiosk.tap("2 = Screw lot", "Cancel")
    assert [said.raw for said in kiosk.heard if isinstance(said, Scanned)] == [b"HW:2", b"HW:CANCEL"]


def test_a_number_is_entered_on_the_pad(kiosk: Kiosk) -> None:
    kiosk.say(s.NUMBER, s.ENTER)
    kiosk.tap("1", "3", ".", "2", "5", "0", "Enter")
    assert [said.raw for said in kiosk.heard if isinstance(said, Scanned)] == [b"HW:N:13.250"]


def test_somebody_signs_in_with_name_and_pin_and_the_pin_is_nowhere_to_read(kiosk: Kiosk) -> None:
    kiosk.say(Prompt("prompt.sign_in"), s.SIGNED_OUT)
    kiosk.tap("王强", "7", "3", "0", "5")
    assert "7305" not in kiosk.words
    kiosk.tap("Enter")
    assert kiosk.heard == [PinEntered("p-2", "7305")]
    assert "7305" not in kiosk.words
    assert "王强" in buttons(kiosk.window)


def test_who_was_picked_by_mistake_can_go_back(kiosk: Kiosk) -> None:
    kiosk.say(Prompt("prompt.sign_in"), s.SIGNED_OUT)
    kiosk.tap("王强", "7", "Back", "李娜", "8", "Enter")
    assert kiosk.heard == [PinEntered("p-1", "8")]


def test_a_pin_half_typed_is_forgotten_when_somebody_else_signs_in(kiosk: Kiosk) -> None:
    kiosk.say(Prompt("prompt.sign_in"), s.SIGNED_OUT)
    kiosk.tap("王强", "7", "3")
    kiosk.say(Shown("ok", "done.signed_in", {"name": "李娜"}, s.EVENT), Prompt("prompt.unit"), s.IDLE)
    kiosk.ring()
    kiosk.say(Prompt("prompt.sign_in"), s.SIGNED_OUT)
    kiosk.tap("王强", "5", "Enter")
    assert kiosk.heard == [PinEntered("p-2", "5")]


def test_who_signs_types_a_pin(kiosk: Kiosk) -> None:
    kiosk.say(*s.states()["sign"])
    assert "Signer: scan your badge" in kiosk.words
    assert "supervisor or quality" in kiosk.words
    kiosk.say(*s.states()["sign-pin"][-2:])
    kiosk.tap("4", "2", "Enter")
    assert kiosk.heard == [PinEntered("p-3", "42")]
    kiosk.tap("Cancel")
    assert isinstance(kiosk.heard[-1], Scanned) and kiosk.heard[-1].raw == b"HW:CANCEL"


def test_a_page_of_tiles_stays_as_it_is_while_other_things_are_announced(kiosk: Kiosk) -> None:
    """A finger may be on a tile."""
    kiosk.say(s.SCAN, s.WORK)
    kiosk.tap("NG")
    before = buttons(kiosk.window)
    kiosk.say(s.OFFLINE, replace(s.WORK, readings=s.TORQUES))
    assert buttons(kiosk.window) == before


def test_a_page_about_another_label_than_is_meant_now_goes_away(kiosk: Kiosk) -> None:
    """Else whoever picks the reason a moment later reprints the label of another thing than the page says."""

    def reprint(serial: str) -> Tile:
        return Tile("REPRINT", "tap.reprint", {"unit": Claim("unit@s", serial)}, s.reason_tiles("REPRINT", 2))

    kiosk.say(Prompt("prompt.unit"), replace(s.IDLE, tiles=(reprint("M-0001"),)))
    kiosk.tap("More", "Reprint label of M-0001")
    assert "Scratched" in buttons(kiosk.window)
    kiosk.say(replace(s.IDLE, tiles=(reprint("M-0002"),)))
    assert "Scratched" not in buttons(kiosk.window)
    kiosk.tap("More")
    kiosk.say(replace(s.IDLE, tiles=(reprint("M-0003"),)))
    assert "Reprint label of M-0002" not in buttons(kiosk.window)


def test_who_answered_a_call_stands_in_the_bar(kiosk: Kiosk) -> None:
    kiosk.say(*s.states()["called"])
    assert "Called: Material missing" in kiosk.words
    kiosk.next_state()
    assert "陈伟 is coming" in kiosk.words
    here = replace(s.WORK, calls=(CallLine(Name("设备故障", "Machine down"), "李娜", "陈伟", is_here=True),))
    kiosk.say(here)
    assert "陈伟 is here" in kiosk.words and "is coming" not in kiosk.words


def test_labels_that_wait_or_that_may_not_be_there_are_in_the_bar(kiosk: Kiosk) -> None:
    waiting = replace(s.STATUS, labels=3, labels_why="printer.paper_out")
    kiosk.say(waiting, s.SCAN, s.WORK)
    assert "Labels waiting: 3" in kiosk.words
    kiosk.say(replace(s.STATUS, labels_unsure=("M-250-000001",)))
    assert "Label printed? M-250-000001" in kiosk.words
    kiosk.say(replace(waiting, labels_unsure=("M-250-000001", "M-250-000002")))
    assert "Labels waiting: 3" in kiosk.words, "both would take the order's room"


def test_a_camera_that_is_out_stands_in_the_bar(kiosk: Kiosk) -> None:
    away = replace(s.STATUS, devices=(*s.STATUS.devices, ("camera-1", "camera", False)))
    kiosk.say(TITLES.on(away), s.SCAN, s.WORK)
    assert "Camera 1" in kiosk.words
    assert "camera-1" not in kiosk.words, "an id says nothing to a worker"


def test_tiles_keep_their_place(kiosk: Kiosk) -> None:
    at = []
    for scene in (s.WORK, s.MACHINE):
        kiosk.say(s.SCAN, scene)
        at.append(buttons(kiosk.window)["NG"].mapTo(kiosk.window, buttons(kiosk.window)["NG"].rect().center()))
    assert at[0] == at[1]
    assert at[0].x() < kiosk.window.width() / 2


def test_keys_do_nothing(kiosk: Kiosk) -> None:
    kiosk.say(s.START, s.MACHINE)
    before = kiosk.words
    for key in (Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Tab, Qt.Key.Key_A, Qt.Key.Key_Escape):
        QTest.keyClick(kiosk.window, key)
    settle()
    assert (kiosk.heard, kiosk.words) == ([], before)


# What stands there ----------------------------------------------------------------------------------------------------
def test_the_language_changes_while_it_runs(kiosk: Kiosk) -> None:
    kiosk.say(s.STATUS, s.SCAN, s.WORK)
    english = kiosk.words
    kiosk.window.speak("zh")
    settle()
    assert "扫螺钉批次" in kiosk.words
    assert "不合格" in buttons(kiosk.window)
    kiosk.window.speak("en")
    settle()
    assert kiosk.words == english


@pytest.mark.parametrize(("language", "joined"), [("zh", "{0}、{1}"), ("en", "{0}, {1}")])
def test_two_lots_in_a_slot_are_listed_as_the_language_lists(kiosk: Kiosk, language: Language, joined: str) -> None:
    lots = ("HL-0611", "HL-0612")
    inside = tuple(Claim(f"lot@{s.SITE}", f"housing/{number}") for number in lots)
    kiosk.say(s.STATUS, s.SCAN, replace(s.WORK, steps=(replace(s.STEPS[0], inside=inside), *s.STEPS[1:])))
    kiosk.window.speak(language)
    settle()
    assert joined.format(*lots) in kiosk.words


def test_what_is_always_to_be_seen_is_always_there(kiosk: Kiosk) -> None:
    kiosk.say(TITLES.on(s.OFFLINE), s.START, s.MACHINE)
    for text in ("ST-20 Wire and screw", "Order WO-2611-0087", "李娜", "Press is out"):
        assert text in kiosk.words
    kiosk.next_state()
    assert "12 to send" in kiosk.words


def test_blocked_says_why_what_to_do_and_who_can_release(kiosk: Kiosk) -> None:
    kiosk.say(Prompt("prompt.unit"), s.BLOCKED)
    for text in (
        "Press not done",
        "M-250-004219",
        "Take it to ST-10 Press: Press is next",
        "supervisor, or quality",
    ):
        assert text in kiosk.words
    kiosk.tap("Next unit")
    assert [said.raw for said in kiosk.heard if isinstance(said, Scanned)] == [b"HW:CANCEL"]


def test_a_unit_that_is_already_worked_on_is_not_said_not_to_start(kiosk: Kiosk) -> None:
    kiosk.say(Prompt("prompt.unit"), s.BLOCKED)
    assert "Stop: do not start" in kiosk.words
    kiosk.say(Prompt("prompt.held"), replace(s.WORK, stop=s.STOPPED, awaiting="halted"))
    assert "Stop: do not continue" in kiosk.words and "Stop: do not start" not in kiosk.words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_is_cut_off(show: Show, clock: Clock, size: tuple[int, int, float], language: Language) -> None:
    cut = []
    for name, announcements in s.states().items():
        kiosk = Kiosk(show, clock, size, language)
        kiosk.say(*announcements)
        assert painted(kiosk.window), name
        cut += [(name, placed.text) for placed in painted(kiosk.window) if not placed.fits]
    assert not cut


def test_how_far_the_order_is_and_until_when_stands_beside_the_work(kiosk: Kiosk) -> None:
    kiosk.say(s.STATUS, s.SCAN, replace(s.WORK, plan=Plan("WO-2611-0087", 7, quantity="24", due="2026-11-30")))
    assert "This order, due 2026-11-30" in kiosk.words and "7 / 24" in kiosk.words
    kiosk.say(replace(s.WORK, plan=Plan("WO-2611-0087", 7)))
    assert "This order" not in kiosk.words, "how many are wanted is not known here"
