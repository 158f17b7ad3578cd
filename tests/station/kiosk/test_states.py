"""The states around the work: a flash, bad news that stays, devices that are out, calls not sent, waits that count."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from common.qt.theme import IDENTITY
from common.text import LANGUAGES, say
from station.kiosk.result import ResultScreen
from station.kiosk.screen import instruction
from station.kiosk.status_bar import StatusBar
from station.kiosk.strip import Strip
from station.kiosk.work import WorkScreen
from station.messages import REFUSED_BY_HUB, Prompt, Shown
from station.shown.side_screens import Outbox
from station.shown.work_screen import CallLine, Counts, Plan, Tile
from tests.support import scenes as s
from tests.support.kiosk_view import KioskView
from tests.support.screen import SIZES
from tests.support.situations import situations

SCANS = replace(s.WORK, needs="scanner")
OUT = replace(s.STATUS, devices=(("scanner-1", "scanner", False), ("press", "plc", True)))


@pytest.fixture
def view(app: QApplication) -> Iterator[KioskView]:
    made = KioskView()
    made.tell(s.STATUS, s.SCAN, SCANS)
    yield made
    made.close()


def said(view: KioskView) -> str:
    return "\n".join(placed.text for _, placed in view.texts())


def test_a_part_is_a_flash_and_the_work_stays_on_the_screen(view: KioskView) -> None:
    view.tell(s.BOUND, s.SCAN)
    assert isinstance(view.window.screen_, WorkScreen) and view.window.flash.isVisible()
    assert s.BOUND in view.recorded
    view.advance(800)
    assert not view.window.flash.isVisible()


def test_a_flash_after_another_result_is_painted_before_the_work_below_it(view: KioskView) -> None:
    view.tell(s.FAILED, s.SCAN, s.WORK)
    painted: list[str] = []
    view.window.flash.painted.connect(lambda on_it: painted.append("flash"))
    view.window._screen(WorkScreen).painted.connect(lambda on_it: painted.append("work"))
    view.window.show_announcement(s.BOUND)
    assert painted == ["flash"]
    view.tell(s.SCAN)
    assert "work" in painted


def test_bad_news_says_where_the_unit_goes_and_stays_until_it_is_read(view: KioskView) -> None:
    rework = Shown(
        "ng", "done.failed_rework", {**s.FAILED.params, "place": ["ST-20 Wire"], "rework": "Rework"}, s.EVENT
    )
    view.tell(rework, Prompt("prompt.unit"), s.IDLE)
    view.advance(60_000)
    assert "FAIL" in said(view).splitlines() and "Take it to ST-20 Wire for rework" in said(view)
    view.read()
    assert not isinstance(view.window.screen_, ResultScreen)


def test_a_failed_unit_is_said_to_fail_once_and_where_it_goes_once(view: KioskView) -> None:
    view.tell(s.FAILED, Prompt("prompt.unit"), s.IDLE)
    assert said(view).count("FAIL") == said(view).lower().count("reject area") == 1
    assert "Wire and screw: " in said(view)


def test_while_the_scanner_is_out_the_screen_still_says_what_to_scan(view: KioskView) -> None:
    view.tell(s.STATUS, s.SCAN, SCANS)
    asked = instruction(view.look, s.SCAN)
    view.tell(OUT)
    assert "Scanner is out" in said(view) and asked in said(view)


def test_a_new_unit_without_a_label_has_its_tile_on_the_screen(view: KioskView) -> None:
    new = Tile("NEW", "tap.new", {"material": s.HOUSING})
    view.tell(s.STATUS, Prompt("prompt.unit"), replace(s.IDLE, tiles=(Tile("SIGNOUT", "tap.sign_out"), new)))
    assert view.look.say("tap.new", new.params) in [one.text for one in view.targets()]


def test_a_stopped_unit_offers_its_trace_once(view: KioskView) -> None:
    view.tell(s.STATUS, Prompt("prompt.unit"), s.BLOCKED)
    trace = view.look.say("room.trace")
    on_it = [one.text for one in view.targets()].count(trace)
    if view.look.say("tap.more") in [one.text for one in view.targets()]:
        view.tap(view.look.say("tap.more"))
        on_it += [one.text for one in view.targets()].count(trace)
    assert on_it == 1


def test_where_nothing_ended_yet_it_is_said_once(view: KioskView) -> None:
    view.tell(s.STATUS, Prompt("prompt.unit"), replace(s.IDLE, last=(), counts=Counts()))
    assert said(view).count("No result yet in this shift") == 1


def test_the_next_scan_ends_bad_news(view: KioskView) -> None:
    view.tell(s.FAILED, Prompt("prompt.unit"), s.IDLE)
    view.tell(s.BOUND, s.SCAN, s.WORK)
    assert isinstance(view.window.screen_, WorkScreen)


def test_the_instruction_says_that_the_only_scanner_is_out_and_offers_to_type(view: KioskView) -> None:
    view.tell(OUT)
    assert "Scanner is out" in said(view) and view.played == ["hold"]
    assert "Type the code" in [one.text for one in view.targets()]
    view.tell(replace(OUT, pending=1), replace(SCANS, readings=s.TORQUES))
    assert view.played == ["hold"], "it sounds once"
    view.tell(s.STATUS)
    assert "Scanner is out" not in said(view) and "Scan the screw lot" in said(view)


def test_the_label_that_a_printer_owes_is_said_beside_the_work_with_what_helps(view: KioskView) -> None:
    owed = replace(s.STATUS, labels=1, labels_why="printer.paper_out")
    view.tell(owed, SCANS)
    assert "No label yet" not in said(view) and view.played == [], "it is the label of another unit"
    view.tell(replace(SCANS, unlabelled=True))
    assert "No label yet: The label printer is out of labels. Load a new roll." in said(view)
    assert "Scan the screw lot" in said(view), "work goes on"
    view.tell(replace(owed, pending=1), s.DOUBLE)
    assert "No label yet" not in said(view) and view.played == ["hold"], "it sounds once, and a scan is answered first"
    view.tell(s.STATUS, replace(SCANS, unlabelled=True))
    assert "No label yet" not in said(view)


def test_a_second_scanner_is_enough(view: KioskView) -> None:
    view.tell(replace(OUT, devices=(*OUT.devices, ("scanner-2", "scanner", True))))
    assert "Scanner is out: plug it in" not in said(view) and view.played == []


def test_a_call_that_the_hub_has_not_got_says_so(view: KioskView) -> None:
    view.tell(replace(SCANS, calls=(CallLine(s.HOUSING, "李娜", id="e1"),)), replace(s.OFFLINE, calls_unsent=("e1",)))
    assert "Call not sent: Housing" in said(view)
    view.tell(s.STATUS)
    assert "Called: Housing" in said(view) and "not sent" not in said(view)


def test_the_news_that_the_hub_does_not_know_this_station_ends_when_it_does(view: KioskView) -> None:
    unknown = Shown("hold", "hello.unknown", {"log": "z43peibactc7rrb2"})
    view.tell(s.OFFLINE, unknown)
    assert unknown in view.window._shows.notices
    view.tell(s.STATUS)
    assert unknown not in view.window._shows.notices


def test_the_wait_after_wrong_pins_counts_down_and_the_name_cannot_be_picked(view: KioskView) -> None:
    view.tell(Prompt("prompt.sign_in"), s.SIGNED_OUT)
    for text in ("王强", "1", "Enter"):
        view.tap(text)
    view.tell(Shown("ng", "pin.locked", {"wait_s": 30}, s.EVENT), Prompt("prompt.sign_in"))
    view.advance(1_000)
    assert "wait 29 s" in said(view) and "王强" not in [one.text for one in view.targets()]
    view.advance(29_000)
    assert "wait" not in said(view) and "王强" in [one.text for one in view.targets()]


def test_an_order_that_is_over_its_quantity_is_marked(view: KioskView) -> None:
    view.tell(replace(SCANS, plan=Plan("WO-1", 25, quantity="24")))
    assert "over by 1" in said(view)


def test_the_last_result_stays_in_sight_while_the_next_unit_is_worked_on(view: KioskView) -> None:
    assert "M-250-004216" in said(view) and "Passed" in said(view)


def test_the_call_is_on_a_page_of_tiles_too(view: KioskView) -> None:
    call = Tile("CALL", "tap.call", more=s.reason_tiles("CALL"))
    view.tell(replace(SCANS, tiles=(*SCANS.tiles, call)))
    for opened in ("NG", "More"):
        view.tap(opened)
        assert "Call" in [one.text for one in view.targets()]
        view.tap("Back")


@pytest.mark.parametrize("code", REFUSED_BY_HUB)
def test_a_hub_that_takes_nothing_is_the_worst_state_and_nothing_is_said_to_be_sent(view: KioskView, code: str) -> None:
    view.tell(replace(OUT, online=False, pending=12, refused=code, calls_unsent=("e1",)))
    assert "Hub takes no records" in said(view)
    view.tap("More")
    view.tap("Outbox")
    view.tell(Outbox(False, 37, (code, {"log": "z43"}), (), ()))
    assert "all are kept here. Call the administrator" in said(view)
    for language in LANGUAGES:
        text = "".join(say(language, one, {}) for one in (code, "room.refused", "kiosk.refused", "done.called_kept"))
        assert not re.search("automatic|reconnect|自动|连上", text)


# Sentences whose reason ended -----------------------------------------------------------------------------------------
ON_HOLD = Shown("ng", "interlock.on_hold", {"unit": s.UNIT, "operation": s.HOUSING}, s.EVENT)
HELD = replace(SCANS, awaiting="halted", stop=s.BLOCKED.stop)


def test_a_refusal_goes_once_news_has_ended_its_reason(view: KioskView) -> None:
    view.tell(ON_HOLD, Prompt("prompt.held"), HELD)
    view.advance(800)
    assert ON_HOLD in view.window._shows.notices
    view.tell(s.SCAN, SCANS)
    assert isinstance(view.window.screen_, WorkScreen)
    assert "On hold" not in said(view)


def test_a_failure_that_was_declared_invalid_before_it_was_read_is_not_said_beside_the_work(view: KioskView) -> None:
    view.tell(s.FAILED, Prompt("prompt.unit"), s.BLOCKED)
    view.tell(Prompt("prompt.unit"), replace(s.IDLE, awaiting="stop_over"))
    assert isinstance(view.window.screen_, ResultScreen), "it stays until somebody has read it"
    view.advance(1_000)
    view.read()
    assert view.window._shows.notices == ()


def test_a_refusal_stays_while_news_changes_nothing_that_is_awaited(view: KioskView) -> None:
    wrong = Shown("ng", "sign_in.first", {}, s.EVENT)
    view.tell(wrong, s.SCAN)
    view.advance(800)
    view.tell(s.SCAN, replace(SCANS, readings=s.TORQUES))
    assert wrong in view.window._shows.notices


def test_a_refusal_stays_where_its_own_turn_changed_what_is_awaited(view: KioskView) -> None:
    view.tell(ON_HOLD, Prompt("prompt.held"), HELD)
    view.tell(Prompt("prompt.held"), replace(HELD, order="WO-1"))
    view.advance(800)
    assert ON_HOLD in view.window._shows.notices


UNFIT = Shown("ng", "component.held", {"component": s.UNIT, "reason": ("召回",)}, s.EVENT)


def test_a_refused_component_is_said_as_long_as_it_would_be_refused(view: KioskView) -> None:
    view.tell(UNFIT, s.SCAN, replace(SCANS, unfit="component.held"))
    view.advance(1_000)
    view.read()
    view.tell(s.SCAN, replace(SCANS, unfit="component.held", readings=s.TORQUES))
    assert UNFIT in view.window._shows.notices, "nothing new is known of it"
    view.tell(s.SCAN, replace(SCANS, readings=s.TORQUES))
    assert UNFIT not in view.window._shows.notices
    assert "On hold" not in said(view)


def test_a_call_that_was_delivered_is_not_said_to_wait(view: KioskView) -> None:
    kept = Shown("info", "done.called_kept", {"call": s.HOUSING}, "e1")
    view.tell(kept, s.SCAN, replace(s.OFFLINE, calls_unsent=("e1",)))
    assert "Call not sent yet" in said(view)
    view.tell(s.STATUS)
    assert "Call not sent yet" not in said(view)


# Places ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_word_of_the_last_result_is_right_beside_its_unit(app: QApplication, size: tuple[int, int, float]) -> None:
    view = KioskView(size)
    view.tell(SCANS)
    found = {placed.text: placed for widget, placed in view.texts() if isinstance(widget, Strip)}
    unit, word = found["M-250-004216"], found["Passed"]
    view.close()
    assert 0 < word.x - unit.x - unit.width < view.look.px(15)


def test_a_fact_of_a_stop_and_its_caption_are_of_one_size(view: KioskView) -> None:
    todo = "todo.release", {"release": ("supervisor", "quality")}
    view.tell(Prompt("prompt.unit"), replace(s.BLOCKED, stop=replace(s.STOPPED, todo=todo)))
    sizes = {placed.text: placed.cap_mm for _, placed in view.texts()}
    fact = next(cap_mm for text, cap_mm in sizes.items() if text.startswith("Set it aside. After release"))
    assert fact == sizes["What to do now"] == sizes["Who can decide"]


def test_the_bar_has_the_margins_of_what_is_below_it(view: KioskView) -> None:
    texts = {placed.text: placed for widget, placed in view.texts() if isinstance(widget, StatusBar)}
    place = texts["ST-20 Wire and screw"]
    clock = next(placed for text, placed in texts.items() if re.fullmatch(r"\d\d:\d\d", text))
    strip = next(box for widget, box in view.painted() if isinstance(widget, Strip))
    assert abs(place.x - strip.left()) <= 1 and abs(clock.x + clock.width - strip.right()) <= 2


def test_a_long_serial_has_one_line_above_its_trace(view: KioskView) -> None:
    view.show(next(one for one in situations() if one.name == "room-trace-unknown"))
    serial = next(placed for _, placed in view.texts() if placed.text.endswith("004217-REWORK"))
    assert serial.height < view.look.px(IDENTITY.cap_mm * 2)


def test_amber_is_kept_from_the_plain_request_for_a_pin(view: KioskView) -> None:
    view.show(next(one for one in situations() if one.name == "room-maintenance-pin"))
    inks = {placed.text: placed.ink for _, placed in view.texts()}
    assert inks["Enter your PIN"] == view.look.colour("ink").name()
