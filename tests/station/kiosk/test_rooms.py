"""The screens beside the work: two touches away, readable, with a way back, and never in the way of a scan."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from common.qt.button import BigButton
from common.text import LANGUAGES, Language, say
from station.kiosk.enrol import EnrolScreen
from station.kiosk.picture import PictureScreen
from station.kiosk.result import ResultScreen
from station.kiosk.room import Room
from station.kiosk.tile_page import TilePage
from station.kiosk.window import Surroundings, Window
from station.messages import (
    TYPED,
    Announcement,
    Choose,
    Export,
    Message,
    Prompt,
    Scanned,
    Shown,
    TicketTyped,
    TryDevice,
    Unlock,
    WordsCompared,
)
from station.messages import LookAt as Wish
from station.shown.side_screens import Devices, Locked, Settings
from station.shown.work_screen import Tile
from tests.support import scenes as s
from tests.support.answers import ANSWERS, DEVICES, ENROLLING, MAINTENANCE, MANY_DEVICES, NOW, SHIFT
from tests.support.screen import SIZES, buttons, look, painted, settle, tap, words
from tests.support.titles import TITLES

Show = Callable[[QWidget], QWidget]
CALL = Tile("", "tap.call", more=(Tile("CALL:help", "tap.reason", {"name": "help"}),))
WORK = replace(s.WORK, tiles=(*s.WORK.tiles, CALL))
ROOMS = ("trace", "shift", "notes", "outbox", "devices", "maintenance")


def _aged(devices: Devices, by_s: int) -> Devices:
    """So many seconds later."""
    return Devices(tuple(replace(one, since_s=one.since_s + by_s) for one in devices.lines), devices.code)


class Kiosk:
    """A window with somebody at work; what it said and played."""

    def __init__(self, show: Show, size: tuple[int, int, float] = SIZES[0], language: Language = "en") -> None:
        self.heard: list[Message] = []
        self.recorded: list[Announcement] = []
        self.played: list[str] = []
        self.volumes: list[int] = []
        around = Surroundings(
            hear=self.heard.append,
            record=self.recorded.append,
            play=self.played.append,
            later=lambda ms, call: None,
            mono_ms=count(step=1_000).__next__,  # whoever taps takes their time
            wall_ms=lambda: NOW,
            loud=self.volumes.append,
        )
        self.size = size
        self.window = Window(look(size, language), around)
        self.window.resize(size[0], size[1])
        show(self.window)
        self.say(s.STATUS, s.SCAN, WORK)

    def say(self, *announcements: Announcement) -> None:
        for one in announcements:
            self.window.show_announcement(TITLES.on(one))
        settle()

    def tap(self, *texts: str) -> None:
        for text in texts:
            tap(buttons(self.window)[text])

    def open(self, kind: str) -> Room:
        """By two touches, as everybody would."""
        self.tap("More", say("en", f"room.{kind}", {}))
        assert isinstance(self.window.screen_, Room)
        return self.window.screen_

    @property
    def words(self) -> str:
        return words(self.window)

    @property
    def in_room(self) -> bool:
        return isinstance(self.window.screen_, Room)


@pytest.fixture
def kiosk(show: Show) -> Kiosk:
    return Kiosk(show)


# Ways in and out ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ROOMS)
def test_every_room_is_two_touches_away_and_one_leads_back(kiosk: Kiosk, kind: str) -> None:
    kiosk.open(kind)
    assert kiosk.heard[-1] == Wish(kind)
    kiosk.tap("Back")
    assert not kiosk.in_room
    assert kiosk.heard[-1] == Wish("")


def test_the_chips_of_the_bar_open_what_they_stand_for(kiosk: Kiosk) -> None:
    kiosk.say(s.OFFLINE)
    for word, kind in (("Press is out", "devices"), ("Offline", "outbox")):
        placed = next(p for p in kiosk.window.bar.placed if p.text.startswith(word))
        tap(kiosk.window.bar, QPoint(round(placed.x + placed.width / 2), 2))
        assert kiosk.heard[-1] == Wish(kind)
        kiosk.tap("Back")
        more = next(p for p in kiosk.window.bar.placed if p.text == "+1")
        tap(kiosk.window.bar, QPoint(round(more.x + more.width / 2), 2))


def test_the_call_is_at_its_place_in_every_room(kiosk: Kiosk) -> None:
    before = buttons(kiosk.window)["Call"]
    left = before.mapTo(kiosk.window, QPoint(0, 0))
    for kind in (*ROOMS, "typing"):
        room = kiosk.open(kind)
        here = buttons(kiosk.window)["Call"].mapTo(kiosk.window, QPoint(0, 0))
        assert (abs(here.x() - left.x()) <= 1, abs(here.y() - left.y()) <= 1) == (True, True), room.kind
        kiosk.tap("Call", "help")
        assert isinstance(kiosk.heard[-1], Scanned)
        kiosk.tap("Back")


# Work goes on ---------------------------------------------------------------------------------------------------------
def test_a_result_of_work_is_shown_at_once_and_ends_the_room(kiosk: Kiosk) -> None:
    kiosk.open("shift")
    kiosk.say(SHIFT, s.PASSED)
    assert isinstance(kiosk.window.screen_, ResultScreen)
    assert kiosk.heard[-1] == Wish("")


def test_who_signs_in_to_maintenance_stays_there(kiosk: Kiosk) -> None:
    room = kiosk.open("maintenance")
    kiosk.say(Locked("maintenance.sign_in", {"release": ("supervisor",)}))
    kiosk.say(Shown("ok", "done.signed_in", {"name": "李娜"}, event="x.y"))
    assert Wish("") not in kiosk.heard
    kiosk.window._result_ends(kiosk.window._result_number)
    assert kiosk.window.screen_ is room


def test_nothing_of_the_work_counts_as_seen_while_a_room_covers_it(kiosk: Kiosk) -> None:
    kiosk.open("shift")
    kiosk.recorded.clear()
    fresh = replace(s.DOUBLE)
    kiosk.say(fresh)
    assert fresh not in kiosk.recorded
    kiosk.tap("Back")
    assert fresh in kiosk.recorded


NEXT = Prompt("prompt.number", {"name": "kg"})


@pytest.mark.parametrize("kind", ROOMS)
def test_who_scans_works_even_where_no_result_is_shown(kiosk: Kiosk, kind: str) -> None:
    """A lot is scanned, and the number asked for: nothing stands in its way."""
    kiosk.open(kind)
    kiosk.say(NEXT)
    assert not kiosk.in_room
    assert kiosk.heard[-1] == Wish("")
    assert NEXT in kiosk.recorded


def test_a_page_of_reasons_gives_way_to_work_too(kiosk: Kiosk) -> None:
    kiosk.tap("NG")
    assert isinstance(kiosk.window.screen_, TilePage)
    kiosk.say(s.OFFLINE, replace(s.SCAN), WORK)
    assert isinstance(kiosk.window.screen_, TilePage), "nothing else is to be done: a finger may be on a reason"
    kiosk.say(NEXT)
    assert not isinstance(kiosk.window.screen_, TilePage)


def test_while_scans_are_looked_at_the_room_stays(kiosk: Kiosk) -> None:
    kiosk.open("trace")
    kiosk.say(ANSWERS["trace-scan"][1], NEXT)  # type: ignore[arg-type]
    assert kiosk.in_room


@pytest.mark.parametrize(
    ("kind", "text", "answers"),
    [
        ("devices", "Test Scanner 2", [_aged(DEVICES, n) for n in range(2)]),
        ("outbox", "Back", [ANSWERS["outbox-offline"][1], replace(ANSWERS["outbox-offline"][1], since_s=77)]),  # type: ignore[type-var]
        ("maintenance", "Diagnostics to usb0", [MAINTENANCE, replace(MAINTENANCE, heard_s=77)]),
    ],
)
def test_a_tap_is_not_lost_because_a_second_went_by(
    kiosk: Kiosk, kind: str, text: str, answers: list[Announcement]
) -> None:
    kiosk.open(kind)
    kiosk.say(answers[0])
    if kind == "devices":
        kiosk.tap("Tests")
    before = len(kiosk.heard) + len(kiosk.played)
    button = buttons(kiosk.window)[text]
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    kiosk.say(answers[1])
    assert buttons(kiosk.window)[text] is button, "the one under the finger"
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    settle()
    assert len(kiosk.heard) + len(kiosk.played) == before + 1


def test_the_test_picture_stays_until_it_is_touched(kiosk: Kiosk) -> None:
    kiosk.open("maintenance")
    kiosk.say(MAINTENANCE, Settings(70, 100))
    kiosk.tap("Settings", "Test picture")
    kiosk.say(replace(s.SCAN), replace(WORK, readings=s.TORQUES))
    assert isinstance(kiosk.window.screen_, PictureScreen)
    tap(kiosk.window.screen_)
    assert kiosk.in_room


def test_a_code_that_no_scanner_reads_is_typed_and_taken_as_a_scan(kiosk: Kiosk) -> None:
    kiosk.open("typing")
    kiosk.tap("M", "-", "2", "5", "7", "Delete", "0", "Enter")
    assert not kiosk.in_room, "what comes of it stands beside the work"
    assert kiosk.heard[-1] == Scanned("typed", b"M-250", kiosk.heard[-1].mono_ms)
    kiosk.open("typing")
    kiosk.tap("A", kiosk.window.look.say("tap.back"))
    assert (kiosk.in_room, kiosk.heard[-1]) == (False, Wish(""))
    kiosk.open("typing")
    assert "A" not in [placed.text for placed in kiosk.window.screen_.pad.placed], "begun and left is forgotten"


def test_an_answer_for_another_room_is_not_shown(kiosk: Kiosk) -> None:
    room = kiosk.open("trace")
    kiosk.say(SHIFT, Settings())
    assert room.answer is None
    assert say("en", "room.wait", {}) in kiosk.words


# What can be done -----------------------------------------------------------------------------------------------------
def test_the_mode_in_which_scans_are_looked_at_is_asked_for_and_said_in_a_band(kiosk: Kiosk) -> None:
    kiosk.open("trace")
    kiosk.tap("Scan to look")
    assert kiosk.heard[-1] == Wish("trace", scan=True)
    kiosk.say(ANSWERS["trace-scan"][1])  # type: ignore[arg-type]
    assert say("en", "room.scan_mode", {}) in kiosk.words
    kiosk.tap("Stop looking")
    assert kiosk.heard[-1] == Wish("trace")


def test_devices_are_tested_and_tones_are_heard(kiosk: Kiosk) -> None:
    kiosk.open("devices")
    kiosk.say(DEVICES)
    kiosk.tap("Tests", "Test Scanner 2")
    assert kiosk.heard[-1] == TryDevice("scanner-2")
    kiosk.tap("Tests", "Tones")
    tones = {text.split()[1]: button for text, button in buttons(kiosk.window).items() if text.startswith("Play")}
    read = sorted(tones, key=lambda tone: (tones[tone].y(), tones[tone].x()))
    assert read == ["part", "OK", "NG", "WRONG", "WAIT", "UNKNOWN"]
    kiosk.tap("Play NG tone")
    assert kiosk.played == ["ng"]
    kiosk.tap("Tests")
    assert "Test Press" not in buttons(kiosk.window), "it is away"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_of_many_devices_the_tested_one_is_the_first_and_no_button_covers_another(
    show: Show, size: tuple[int, int, float]
) -> None:
    kiosk = Kiosk(show, size)
    room = kiosk.open("devices")
    kiosk.say(MANY_DEVICES)
    for offered in ((), ("Tests",), ("Tones",)):
        kiosk.tap(*offered)
        _can_be_touched(kiosk, str(offered))
        assert not [placed.text for placed in painted(kiosk.window) if not placed.fits], offered
    kiosk.tap("Tests", "Test Label printer")
    testing = [replace(one, testing=one.name == "zebra") for one in MANY_DEVICES.lines]
    kiosk.say(Devices(tuple(testing), MANY_DEVICES.code))
    _can_be_touched(kiosk, "testing")
    assert [line.text for line in room._pages[0][0]][:1] == ["Label printer"]
    assert room._pages[0][0][1].tone == "ng", "and its result is under it"


def test_the_pin_of_maintenance_is_typed_on_the_pad_and_stands_nowhere(kiosk: Kiosk) -> None:
    kiosk.open("maintenance")
    kiosk.say(Locked("maintenance.pin", pin=True))
    kiosk.tap(*"4829")
    assert "4829" not in kiosk.words
    kiosk.tap("Enter")
    assert kiosk.heard[-1] == Unlock("4829")
    kiosk.say(MAINTENANCE)
    assert "7" not in buttons(kiosk.window)


def test_maintenance_sets_and_exports(kiosk: Kiosk) -> None:
    kiosk.open("maintenance")
    kiosk.say(MAINTENANCE, Settings(70, 100))
    kiosk.tap("Diagnostics to usb0")
    assert kiosk.heard[-1] == Export("/media/usb0")
    kiosk.tap("Settings", "Louder")
    assert kiosk.heard[-1] == Choose("volume", "80")
    kiosk.say(Settings(80, 100))
    kiosk.tap("Larger")
    assert kiosk.heard[-1] == Choose("scale", "110")
    assert kiosk.volumes[-1] == 80
    kiosk.tap("Change station language")
    assert kiosk.heard[-1] == Choose("language", "en")
    kiosk.say(Settings(80, 100, "en"))
    kiosk.tap("Change station language")
    assert kiosk.heard[-1] == Choose("language", "zh")
    kiosk.tap("Test picture")
    tap(kiosk.window.screen_)
    assert kiosk.in_room


def test_everything_grows_with_the_scale_and_comes_back(kiosk: Kiosk) -> None:
    before = buttons(kiosk.window)["Call"].height()
    kiosk.say(Settings(70, 120))
    assert buttons(kiosk.window)["Call"].height() > before
    kiosk.say(Settings(70, 100))
    assert buttons(kiosk.window)["Call"].height() == before


def test_a_touch_changes_the_language_on_every_screen(kiosk: Kiosk) -> None:
    kiosk.tap("More", "Language: 中文")
    assert kiosk.heard[-1] == Choose("mine", "zh")
    kiosk.open("shift")
    kiosk.say(SHIFT, replace(WORK, language="zh"))
    assert "本班" in kiosk.words
    placed = next(p for p in kiosk.window.bar.placed if p.text == "EN")
    tap(kiosk.window.bar, QPoint(round(placed.x), 2))
    assert kiosk.heard[-1] == Choose("mine", "en")


# How it looks ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_answer_can_be_read_and_touched(show: Show, size: tuple[int, int, float], language: Language) -> None:
    kiosk = Kiosk(show, size)
    kiosk.say(replace(WORK, language=language))
    for name, (kind, answer) in ANSWERS.items():
        kiosk.window._choose(Tile("", f"room.{kind}"))
        if answer is not None:
            kiosk.say(answer)
        room = kiosk.window.screen_
        assert isinstance(room, Room)
        for page in range(max(len(room._pages), 1)):
            room.page = page
            room.arrange()
            room.repaint()
            settle()
            assert not [placed.text for placed in painted(kiosk.window) if not placed.fits], name
            _can_be_touched(kiosk, name)


def _can_be_touched(kiosk: Kiosk, name: str) -> None:
    """20 mm high and wide, 4 mm apart (less of a keyboard's keys), 5 mm from the edge; rounding may cost a pixel."""
    px = kiosk.window.look.px_per_mm
    there = [b for b in kiosk.window.findChildren(BigButton) if b.isVisible()]
    boxes = [QRect(b.mapTo(kiosk.window, QPoint(0, 0)), b.size()) for b in there]
    for n, (button, box) in enumerate(zip(there, boxes, strict=True)):
        near = round(button.apart_mm * px) - 2
        assert min(box.width(), box.height()) >= button.least_mm * px - 2, name
        assert kiosk.window.rect().adjusted(*(round(5 * px) - 1,) * 2, *(1 - round(5 * px),) * 2).contains(box), name
        assert not [o for o in boxes[n + 1 :] if box.adjusted(-near, -near, near, near).intersects(o)], name


def test_every_line_stands_on_some_page(kiosk: Kiosk) -> None:
    for name, (kind, answer) in ANSWERS.items():
        kiosk.window._choose(Tile("", f"room.{kind}"))
        if answer is not None:
            kiosk.say(answer)
        room = kiosk.window.screen_
        assert isinstance(room, Room)
        assert [line for page in room._pages for column in page for line in column] == list(room.lines()), name
        assert all(len(page) <= room.columns() for page in room._pages)


# Enrolment ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_state_of_an_enrolment_can_be_read(show: Show, size: tuple[int, int, float], language: Language) -> None:
    kiosk = Kiosk(show, size, language)
    for name, state in ENROLLING.items():
        kiosk.say(state)
        assert isinstance(kiosk.window.screen_, EnrolScreen)
        assert not [placed.text for placed in painted(kiosk.window) if not placed.fits], name
        _can_be_touched(kiosk, name)
    kiosk.tap(say(language, "enrolling.type", {}))
    assert not [placed.text for placed in painted(kiosk.window) if not placed.fits]
    keys = [b for b in kiosk.window.findChildren(BigButton) if b.isVisible()]
    assert min(min(b.width(), b.height()) for b in keys) >= 10 * kiosk.window.look.px_per_mm


def test_a_ticket_is_typed_and_the_words_are_compared(kiosk: Kiosk) -> None:
    kiosk.say(ENROLLING["wait"])
    kiosk.tap("Type it", *"ABC2", "Enter")
    assert kiosk.heard[-1] == TicketTyped("HW1.ABC2")
    kiosk.say(ENROLLING["compare"])
    lines = kiosk.words.splitlines()
    numbered = [lines[lines.index(str(n)) + 1] for n in range(1, 7)]
    assert numbered == ["LUSAB", "BABAD", "GUTIH", "TUGAD", "FASUP", "NOMIR"]
    kiosk.tap("Different")
    assert kiosk.heard[-1] == WordsCompared(False)
    kiosk.tap("Same words: start")
    assert kiosk.heard[-1] == WordsCompared(True)
    kiosk.say(WORK)
    assert not isinstance(kiosk.window.screen_, EnrolScreen)


def test_what_was_typed_of_a_code_or_a_number_stays_when_the_language_changes(kiosk: Kiosk) -> None:
    kiosk.say(s.NUMBER, s.ENTER)
    kiosk.tap("1", "3")
    kiosk.say(replace(s.ENTER, language="zh"))
    kiosk.tap(".", "5", say("zh", "pad.ok", {}))
    assert kiosk.heard[-1] == Scanned("screen", b"HW:N:13.5", kiosk.heard[-1].mono_ms)
    kiosk.say(replace(WORK, language="en"))
    kiosk.open("typing")
    kiosk.tap("A", "B")
    kiosk.say(replace(WORK, language="zh"))
    kiosk.tap("C", say("zh", "pad.ok", {}))
    assert kiosk.heard[-1] == Scanned(TYPED, b"ABC", kiosk.heard[-1].mono_ms)


def test_what_was_typed_of_a_ticket_stays_when_the_language_changes(kiosk: Kiosk) -> None:
    kiosk.say(ENROLLING["wait"])
    kiosk.tap("Type it", *"ABC2")
    kiosk.window.speak("zh")
    kiosk.window.speak("en")
    kiosk.tap("Enter")
    assert kiosk.heard[-1] == TicketTyped("HW1.ABC2")
