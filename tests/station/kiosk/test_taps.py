"""Taps: none counts right after the button under the finger changed, undo asks, every button keeps its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication

from common.qt.button import EDGE_MM, BigButton
from station.kiosk.ask import AskScreen
from station.kiosk.places import APART_MM
from station.kiosk.tap_guard import NEW_MS
from station.kiosk.tile_page import TilePage
from station.messages import Prompt, Scanned
from station.shown.work_screen import Phrase, Tile
from tests.support import scenes as s
from tests.support.kiosk_view import KioskView
from tests.support.screen import SIZES, tap
from tests.support.situations import situations

Size = tuple[int, int, float]
WHAT = Phrase("deed.bind", {"component": "HL-2644", "slot": s.HOUSING})
UNDO = Tile("UNDO", "tap.undo", {"what": WHAT, "unit": s.UNIT})
CALL = Tile("CALL", "tap.call", more=s.reason_tiles("CALL"))
WORK = replace(s.WORK, tiles=(*s.WORK.tiles, UNDO, CALL))
OWN = ("tap.call", "tap.ng", "tap.undo", "tap.more", "tap.back", "tap.confirm", "tap.measure", "tap.next")


@pytest.fixture
def view(app: QApplication) -> Iterator[KioskView]:
    made = KioskView()
    made.tell(s.STATUS, s.SCAN, WORK)
    made.advance(NEW_MS)
    yield made
    made.close()


def sent(view: KioskView) -> list[bytes]:
    return [said.raw for said in view.heard if isinstance(said, Scanned)]


def under(view: KioskView, text: str) -> QPoint:
    return next(one.box.center() for one in view.targets() if one.text == text)


def press_at(view: KioskView, at: QPoint) -> None:
    widget = view.window.childAt(at)
    if isinstance(widget, BigButton):
        tap(widget)


# The guard ------------------------------------------------------------------------------------------------------------
def test_a_second_tap_on_a_place_that_changed_is_none(view: KioskView) -> None:
    at = under(view, "More")
    press_at(view, at)
    assert isinstance(view.window.screen_, TilePage)
    assert under(view, "Back") == at, "the same place closes what it opened"
    view.advance(NEW_MS - 1)
    press_at(view, at)
    assert isinstance(view.window.screen_, TilePage)
    view.advance(1)
    press_at(view, at)
    assert not isinstance(view.window.screen_, TilePage)


def test_a_button_that_stays_takes_taps_while_others_change(view: KioskView) -> None:
    at = under(view, "NG")
    view.tell(replace(WORK, tiles=(*s.WORK.tiles, CALL, s.MEASURE), readings=s.TORQUES))
    press_at(view, at)
    assert isinstance(view.window.screen_, TilePage)


def test_a_button_whose_words_changed_takes_no_tap_at_once(view: KioskView) -> None:
    other = replace(UNDO, params={"what": Phrase("deed.bind", {"component": "HL-2645", "slot": s.HOUSING})})
    at = under(view, "Undo")
    view.tell(replace(WORK, tiles=(*s.WORK.tiles, other, CALL)))
    press_at(view, at)
    assert not isinstance(view.window.screen_, AskScreen)
    view.advance(NEW_MS)
    press_at(view, at)
    assert isinstance(view.window.screen_, AskScreen)


def test_a_tap_through_a_result_that_was_just_touched_away_is_none(view: KioskView) -> None:
    view.tell(s.FAILED, Prompt("prompt.unit"), replace(s.IDLE, tiles=(UNDO, CALL)))
    view.advance(NEW_MS)
    view.read()
    press_at(view, under(view, "Undo"))
    assert not isinstance(view.window.screen_, AskScreen)


# Undo -----------------------------------------------------------------------------------------------------------------
def test_undo_asks_before_it_undoes_and_names_the_entry(view: KioskView) -> None:
    view.tap("Undo")
    assert sent(view) == []
    assert any("HL-2644" in placed.text and placed.text.endswith("?") for _, placed in view.texts())
    view.tap("Keep")
    assert sent(view) == []
    view.tap("Undo")
    view.tap("Yes, undo")
    assert sent(view) == [b"HW:UNDO"]


def test_the_question_before_an_undo_says_the_unit_the_rest_and_whose_signature(view: KioskView) -> None:
    rest = {"also": [Phrase("deed.measured", {"values": ["5.0 V"]})], "release": ("supervisor", "quality")}
    for within_s, signs in ((0, "Signature needed"), (60, "After 60 s: signature")):
        tile = replace(UNDO, params={**UNDO.params, **rest, "unit": s.UNIT, "within_s": within_s})
        view.tell(replace(WORK, thing=None, tiles=(tile, CALL)))
        view.tap("Undo")
        shown = "\n".join(placed.text for _, placed in view.texts())
        for words in ("M-250-004217: undo", "Undone with it: value 5.0 V", signs, "supervisor or quality"):
            assert words in shown
        view.tap("Keep")


def test_the_question_goes_away_with_the_entry_that_it_names(view: KioskView) -> None:
    view.tap("Undo")
    view.tell(replace(WORK, tiles=(*s.WORK.tiles, CALL)))
    assert not isinstance(view.window.screen_, AskScreen)


# Places ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_button_keeps_its_place_on_every_screen(app: QApplication, size: Size) -> None:
    """Beside a pad the row is shorter; there the call and NG keep their places, and no other takes that of undo."""
    found: dict[str, set[tuple[int, int]]] = defaultdict(set)
    boxes: dict[str, list[QRect]] = defaultdict(list)
    pads = ("form", "page", "room-typing", "room-notes-typing")
    for one in (one for one in situations() if not one.name.startswith(pads)):
        view = KioskView(size, "en")
        view.show(one)
        words = {view.look.say(code): code for code in OWN}
        for target in view.targets():
            if (code := words.get(target.text)) is not None:
                found[code].add((target.box.x(), target.box.y()))
                boxes[code].append(target.box)
        view.close()
    for code in ("tap.call", "tap.ng"):
        xs = {x for x, _ in found[code]}
        assert max(xs) - min(xs) <= 60 * size[0] / 1280, code
    for back in boxes["tap.back"]:
        assert not any(back.intersects(undo) for undo in boxes["tap.undo"])


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_key_of_a_pad_that_confirms_is_at_the_lower_right(app: QApplication, size: Size) -> None:
    names = ("work-number", "sign-in-pin", "override-sign-pin", "room-maintenance-pin", "form-number", "room-typing")
    for one in (one for one in situations() if one.name in names):
        view = KioskView(size, "en")
        view.show(one)
        key = next(
            button for button in view.window.findChildren(BigButton) if button.text == "Enter" and button.isVisible()
        )
        end = key.mapTo(view.window, key.rect().bottomRight())
        edge = view.look.px(EDGE_MM)
        assert abs(end.x() - (size[0] - edge)) <= 2 and abs(end.y() - (size[1] - edge)) <= 2, one.name
        view.close()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_undo_is_far_from_confirm(app: QApplication, size: Size) -> None:
    view = KioskView(size, "en")
    view.tell(s.STATUS, s.START, replace(s.MACHINE, tiles=(*s.MACHINE.tiles, UNDO, CALL)))
    box = {one.text: one.box for one in view.targets()}
    apart = max(box["Measure"].x() - box["Undo"].right(), box["Undo"].x() - box["Measure"].right())
    assert apart >= view.look.px(APART_MM)
    view.close()
