"""A picture is enlarged, moved and seen whole again; it never leaves the screen, and a drawing stays sharp."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QWidget

from common.qt.zoom import MOST, ZoomView
from tests.support import scenes
from tests.support.screen import look, settle

Show = Callable[[QWidget], QWidget]
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50" width="100" height="50">'
    b'<rect width="50" height="50" fill="#000000"/><rect x="50" width="50" height="50" fill="#FFFFFF"/></svg>'
)


@pytest.fixture
def view(show: Show) -> ZoomView:
    """A drawing twice as wide as high, in a square."""
    made = ZoomView(look())
    made.resize(400, 400)
    made.show_picture("image/svg+xml", SVG)
    show(made)
    return made


def test_all_of_it_is_seen_first(view: ZoomView) -> None:
    assert (view.target().width(), view.target().height()) == (400, 200)
    assert view.target().center() == QPointF(200, 200)


def test_what_is_under_the_finger_stays_there_while_it_grows(view: ZoomView) -> None:
    at = QPointF(300, 200)
    part = (at.x() - view.target().x()) / view.target().width()
    view.zoom_by(2, at)
    assert view.zoom == 2
    assert abs((at.x() - view.target().x()) / view.target().width() - part) < 0.001


def test_it_is_never_smaller_than_the_screen_nor_larger_than_it_may_be(view: ZoomView) -> None:
    view.zoom_by(0.1)
    assert view.zoom == 1
    for _ in range(20):
        view.zoom_by(1.6)
    assert view.zoom == MOST
    view.whole()
    assert view.zoom == 1 and view.target().center() == QPointF(200, 200)


@pytest.mark.parametrize("away", [QPointF(5000, 5000), QPointF(-5000, -5000)])
def test_no_finger_moves_it_off_the_screen(view: ZoomView, away: QPointF) -> None:
    view.zoom_by(4)
    view.move_by(away)
    at = view.target()
    assert at.left() <= 0.5 and at.top() <= 0.5 and at.right() >= 399.5 and at.bottom() >= 399.5


def test_an_edge_in_a_drawing_is_as_sharp_enlarged_as_it_was(view: ZoomView) -> None:
    view.zoom_by(8)
    settle()
    image = view.grab().toImage()
    grey = [x for x in range(image.width()) if 20 < image.pixelColor(x, 200).red() < 235]
    assert len(grey) <= 3, "a drawing of 100 px enlarged 32 times would blur over dozens"


def test_a_larger_file_of_the_same_picture_takes_its_place_as_it_was_enlarged(view: ZoomView) -> None:
    view.zoom_by(3, QPointF(100, 200))
    before = view.target()
    view.show_picture("image/svg+xml", SVG.replace(b'width="100" height="50">', b'width="200" height="100">'))
    assert view.target() == before


def test_a_file_that_is_no_picture_shows_nothing(show: Show) -> None:
    view = ZoomView(look())
    view.resize(300, 300)
    view.show_picture("image/png", b"no")
    show(view)
    view.zoom_by(2)
    assert not view.readable and view.zoom == 1
    view.show_picture("image/png", scenes.picture())
    assert view.readable
