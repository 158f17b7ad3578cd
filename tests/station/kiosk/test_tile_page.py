"""A page of tiles uses its place, and says what a tap does that changes more than one line."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication

from station.kiosk.places import foot
from tests.support.kiosk_view import KioskView
from tests.support.screen import SIZES, words
from tests.support.situations import situations

PAGES = ("reasons-call", "reasons-ng", "reasons-ncr", "question-operation", "people-fourth", "people-four-switch")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_tiles_fill_the_place_between_title_and_foot(
    app: QApplication, size: tuple[int, int, float], name: str
) -> None:
    view = KioskView(size)
    view.show(next(one for one in situations() if one.name == name))
    tiles = [one.box for one in view.targets() if one.box.bottom() < _foot_top(view)]
    gap = view.look.px(4.0)
    assert abs(max(box.bottom() for box in tiles) + 1 + gap - _foot_top(view)) <= 1
    assert _area(tiles) > 0.75 * _around(tiles), "less than one place of a row is empty"
    view.close()


def test_one_more_person_reads_what_becomes_of_the_work_in_hand(app: QApplication) -> None:
    view = KioskView()
    view.show(next(one for one in situations() if one.name == "people-fourth"))
    said = words(view.window)
    assert "Signs out 刘洋, 李娜, 王强. 陈伟 continues the current work." in said
    assert "From now on the work is recorded for 陈伟." in said
    view.close()


def _foot_top(view: KioskView) -> int:
    screen = view.window.screen_
    return screen.y() + foot(view.look, screen.width(), screen.height())[1]


def _area(boxes: Sequence[QRect]) -> int:
    return sum(box.width() * box.height() for box in boxes)


def _around(boxes: Sequence[QRect]) -> int:
    whole = QRect()
    for box in boxes:
        whole = whole.united(box)
    return whole.width() * whole.height()
