"""Target and takt at the work screen: what is done, what should be done by now, and how long the unit in hand takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from station.kiosk.work import WorkScreen
from station.shown.work_screen import Counts, Scene
from tests.support import scenes as s
from tests.support.kiosk_view import KioskView


@pytest.fixture
def view(app: QApplication) -> Iterator[KioskView]:
    made = KioskView()
    yield made
    made.close()


def said(view: KioskView) -> list[str]:
    screen = view.window.screen_
    assert isinstance(screen, WorkScreen)
    return [placed.text for placed in screen.takt.placed] if screen.takt.isVisible() else []


def test_the_shift_says_how_many_of_how_many_and_how_far_behind_or_ahead(view: KioskView) -> None:
    view.tell(s.STATUS, s.SCAN, replace(s.IDLE, pace=replace(s.PACE, started=None)))
    assert said(view) == ["143 / 240", "Target this shift", "Behind: 7"]
    for passed, words in ((150, "On target"), (153, "Ahead: 3")):
        view.tell(replace(s.IDLE, pace=replace(s.PACE, started=None), counts=Counts(passed)))
        assert said(view)[-1] == words
    screen = [placed.text for placed in view.window.screen_.placed]
    assert "Passed this shift" not in screen, "the target says it"


def test_without_shifts_the_day_has_a_count_and_a_target_and_no_pace(view: KioskView) -> None:
    view.tell(s.STATUS, s.SCAN, replace(s.IDLE, pace=replace(s.PACE, started=None, until=None)))
    assert said(view) == ["143 / 240", "Target today"]


def test_the_time_of_the_unit_runs_on_and_turns_amber_once_over_its_takt(view: KioskView) -> None:
    view.tell(s.STATUS, s.SCAN, replace(s.WORK, pace=replace(s.PACE, target=None)))
    assert said(view) == ["41 / 61 s", "This unit"]
    amber = view.look.colour("hold").rgb()
    assert not amber_in(view, amber)
    view.advance(20_000)
    assert said(view)[0] == "61 / 61 s" and not amber_in(view, amber)
    view.advance(1_000)
    assert said(view)[0] == "62 / 61 s" and amber_in(view, amber)


def amber_in(view: KioskView, amber: int) -> bool:
    image = view.window.screen_.takt.grab().toImage()  # type: ignore[attr-defined]
    return any(image.pixel(x, y) == amber for y in range(image.height()) for x in range(image.width()))


@pytest.mark.parametrize("scene", [s.WORK, replace(s.WORK, pace=replace(s.PACE, target=None, started=None))])
def test_without_a_target_and_a_unit_with_a_takt_nothing_is_there(view: KioskView, scene: Scene) -> None:
    view.tell(s.STATUS, s.SCAN, scene)
    assert said(view) == []
