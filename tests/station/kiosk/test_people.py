"""Several people at one workplace, on the screen: who acts is seen, and a finger on a name changes it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from common.text import LANGUAGES, Language
from station.kiosk.status_bar import PEOPLE
from station.kiosk.tile_page import TilePage
from station.messages import Scanned
from tests.support.kiosk_view import KioskView
from tests.support.people_situations import LI, LIU, together
from tests.support.screen import SIZES, settle, tap
from tests.support.shift import Shift
from tests.support.situations import Situation

Size = tuple[int, int, float]


def seen(shift: Shift, size: Size = SIZES[0], language: Language = "en") -> KioskView:
    view = KioskView(size, language)
    view.show(Situation("", (shift.prompt, shift.scene)))
    return view


def names(view: KioskView) -> list[str]:
    """The chips of the bar, from the left."""
    placed = sorted(view.window.bar.placed, key=lambda one: one.x)
    people = {view.shown_scene.person, *view.shown_scene.also}
    return [one.text for one in placed if one.text in people or one.text.startswith("+")]


def touch_names(view: KioskView) -> None:
    box = next(box for box, code in view.window.bar._places if code == PEOPLE)
    tap(view.window.bar, box.center().toPoint())
    settle()


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bar_names_both_and_the_one_who_acts_first(app: QApplication, size: Size, language: Language) -> None:
    view = seen(together(False, LI), size, language)
    assert names(view) == ["李娜", "王强"]
    acting, beside = (next(one for one in view.window.bar.placed if one.text == name) for name in names(view))
    assert acting.ground == view.look.colour("water-soft").name() != beside.ground, "it is seen without counting"
    view.close()


def test_of_more_than_two_the_bar_names_the_one_who_acts_and_counts_the_others(app: QApplication) -> None:
    view = seen(together(False, LI, LIU))
    assert names(view) == ["刘洋", "+2"]
    view.close()


def test_one_person_alone_is_shown_as_ever_and_opens_nothing(app: QApplication) -> None:
    view = seen(together(False))
    assert names(view) == ["王强"]
    assert PEOPLE not in [code for _, code in view.window.bar._places]
    view.close()


def test_a_finger_on_the_names_opens_them_and_one_on_a_name_lets_that_person_act(app: QApplication) -> None:
    view = seen(together(False, LI))
    touch_names(view)
    assert isinstance(view.window.screen_, TilePage)
    view.tap("Work as 王强")
    assert [one.raw for one in view.heard if isinstance(one, Scanned)] == [b"HW:PERSON:p-wang"]
    view.close()


def test_one_of_several_is_signed_out_by_name(app: QApplication) -> None:
    view = seen(together(False, LI))
    touch_names(view)
    view.tap("Sign out")
    view.tap("Sign out 王强")
    assert [one.raw for one in view.heard if isinstance(one, Scanned)] == [b"HW:SIGNOUT:p-wang"]
    view.close()


def test_while_it_is_asked_about_one_more_the_names_open_nothing(app: QApplication) -> None:
    shift = together(False, LI)
    shift.scan(LIU)
    view = seen(shift)
    assert isinstance(view.window.screen_, TilePage) and PEOPLE not in [code for _, code in view.window.bar._places]
    view.tap("Take over from 李娜, 王强")
    assert [one.raw for one in view.heard if isinstance(one, Scanned)] == [b"HW:SIGNOUT"]
    view.close()
