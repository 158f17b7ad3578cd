"""The pictures of a step: one by one on the work screen, large on a tap, and nothing of it changes the work."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from common.definitions.naming import Name
from station.kiosk.picture_card import PictureCard
from station.kiosk.picture_room import PictureRoom
from station.kiosk.work import WorkScreen
from station.messages import LookAt, Scanned
from station.shown.side_screens import StepPictures
from station.shown.work_screen import GuideView, Instruction, Tile
from tests.support import scenes
from tests.support.kiosk_view import KioskView
from tests.support.screen import SIZES, tap, words

PAGES = tuple(GuideView("image/png", scenes.picture(), Name(f"第 {n} 张", f"Picture number {n}")) for n in (1, 2, 3))
SHOWN = replace(scenes.WORK, readings=(), instruction=Instruction(Name("看图", "Look"), PAGES))


@pytest.fixture
def kiosk(app: QApplication) -> KioskView:
    view = KioskView(SIZES[0])
    view.tell(scenes.STATUS, scenes.SCAN, SHOWN)
    view.advance(1_000)
    return view


def touch(kiosk: KioskView, text: str) -> None:
    """A finger comes after the eye has seen what is there."""
    kiosk.advance(500)
    kiosk.tap(text)


def card(kiosk: KioskView) -> PictureCard:
    assert isinstance(kiosk.window.screen_, WorkScreen)
    return kiosk.window.screen_.guide


def test_a_step_shows_its_pictures_one_after_the_other_and_sends_nothing(kiosk: KioskView) -> None:
    assert "Picture number 1" in words(card(kiosk))
    touch(kiosk, "Next")
    touch(kiosk, "Next")
    assert "Picture number 3" in words(card(kiosk)) and kiosk.heard == []
    assert "Next" not in [one.text for one in kiosk.targets()], "there is no fourth"
    touch(kiosk, "Previous")
    assert "Picture number 2" in words(card(kiosk))


def test_a_tap_that_turns_the_picture_counts_however_soon_it_comes(kiosk: KioskView) -> None:
    kiosk.tell(scenes.IDLE)
    kiosk.advance(500)
    kiosk.tell(SHOWN)
    for _ in range(2):
        kiosk.advance(50)
        tap(next(one.widget for one in kiosk.targets() if one.text == "Next"))
    assert "Picture number 3" in words(card(kiosk)) and kiosk.heard == []


def test_the_buttons_are_beside_the_picture_and_its_caption(kiosk: KioskView) -> None:
    long = tuple(replace(one, caption=Name("长", "A caption of many words " * 3)) for one in PAGES)
    kiosk.tell(replace(SHOWN, instruction=Instruction(Name("看图", "Look"), long)))
    kiosk.advance(500)
    at = card(kiosk).mapTo(kiosk.window, QPoint(0, 0)).x()
    left = min(one.box.x() for one in kiosk.targets() if one.text in ("Previous", "Next"))
    assert card(kiosk).placed and all(at + placed.x + placed.width < left for placed in card(kiosk).placed)


def test_the_picture_that_somebody_turned_to_stays_while_other_things_are_announced(kiosk: KioskView) -> None:
    touch(kiosk, "Next")
    kiosk.tell(replace(SHOWN, counts=replace(SHOWN.counts, passed=9)))
    assert "Picture number 2" in words(card(kiosk))


def test_a_tap_opens_the_picture_large_at_the_same_one_and_asks_for_a_larger_file(kiosk: KioskView) -> None:
    touch(kiosk, "Next")
    tap(card(kiosk), card(kiosk).rect().center())
    room = kiosk.window.screen_
    assert isinstance(room, PictureRoom) and "Picture number 2" in words(room)
    assert kiosk.heard == [LookAt("document")]
    touch(kiosk, "+")
    before = room.view.target()
    kiosk.tell(StepPictures(tuple(replace(one, picture=scenes.picture("JPEG")) for one in PAGES)))
    assert room.view.zoom > 1 and room.view.target() == before and "Picture number 2" in words(room)
    touch(kiosk, "Next")
    assert room.view.zoom == 1 and "Picture number 3" in words(room)
    touch(kiosk, kiosk.look.say("tap.back"))
    assert isinstance(kiosk.window.screen_, WorkScreen) and kiosk.heard[-1] == LookAt("")
    assert not [one for one in kiosk.heard if isinstance(one, Scanned)], "nothing of it is work"


def test_the_call_is_at_its_place_beside_a_large_picture_too(kiosk: KioskView) -> None:
    call = Tile("", "tap.call", more=(Tile("CALL:material", "tap.reason", {"name": "Material"}),))
    kiosk.tell(replace(SHOWN, tiles=(call, *SHOWN.tiles)))
    before = next(one.box for one in kiosk.targets() if one.text == "Call")
    tap(card(kiosk), card(kiosk).rect().center())
    assert next(one.box for one in kiosk.targets() if one.text == "Call") == before
    touch(kiosk, "Call")
    touch(kiosk, "Material")
    assert isinstance(kiosk.heard[-1], Scanned) and kiosk.heard[-1].raw == b"HW:CALL:material"


def test_a_result_of_work_closes_the_picture(kiosk: KioskView) -> None:
    tap(card(kiosk), card(kiosk).rect().center())
    kiosk.tell(scenes.BOUND)
    kiosk.advance(1_000)
    assert isinstance(kiosk.window.screen_, WorkScreen)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_refused_part_leaves_the_picture_of_the_right_one_large(
    app: QApplication, size: tuple[int, int, float]
) -> None:
    view = KioskView(size)
    view.tell(scenes.STATUS, scenes.WRONG, scenes.SCAN, SHOWN)
    view.advance(1_000)
    assert words(view.window.screen_).count("Wrong component") == 1
    assert card(view).isVisible() and card(view).height() >= 30 * view.px_per_mm
    view.close()
