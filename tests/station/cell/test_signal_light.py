"""A signal light says the state of the workplace from across the hall: a no before a call, a call before green."""

from __future__ import annotations

from msgspec.structs import replace

from station import messages as m
from station.cell.signal_light import SignalLight
from station.shown.work_screen import Scene
from tests.support import scenes as s

IDLE, WORK = replace(s.IDLE, calls=()), replace(s.WORK, calls=())
NO, YES = m.Shown("ng", "component.wrong"), m.Shown("ok", "done.bound")


def after(*said: m.Announcement) -> str:
    """The lights and the number of horns after these, e.g. "red 1"."""
    light, last = SignalLight("tower"), m.SignalSet("tower")
    for one in said:
        last = light.heard(one) or last
    assert last.device == "tower"
    return " ".join([*(name for name in ("green", "yellow", "red") if getattr(last, name)), str(last.horns)])


def test_green_is_for_a_unit_in_hand_of_somebody_signed_in() -> None:
    assert after(IDLE) == "0"
    assert after(IDLE, WORK) == "green 0"
    assert after(WORK, replace(WORK, person="")) == "0"
    assert after(WORK, IDLE) == "0"


def test_yellow_is_for_a_call_or_a_device_that_is_down() -> None:
    assert after(replace(WORK, calls=s.CALLS)) == "yellow 0"
    assert after(replace(IDLE, calls=s.CALLS)) == "yellow 0", "who comes looks for it"
    assert after(WORK, s.OFFLINE) == "yellow 0"
    assert after(WORK, s.OFFLINE, s.STATUS) == "green 0"


def test_red_is_for_a_stop_and_for_a_no_until_the_next_result() -> None:
    assert after(replace(s.BLOCKED, calls=s.CALLS)) == "red 0"
    assert after(WORK, NO) == "red 1"
    assert after(WORK, NO, s.SCAN, WORK, m.Shown("info", "ignored.double")) == "red 1"
    assert after(WORK, NO, YES) == "green 1"


def test_the_horn_counts_each_no_and_what_stays_is_not_sent_again() -> None:
    assert after(WORK, NO, NO, YES, NO) == "red 3"
    light = SignalLight("tower")
    assert light.heard(WORK) is not None
    assert [
        light.heard(one) for one in (WORK, s.SCAN, YES, s.STATUS, Scene("st-20", person="x", thing=WORK.thing))
    ] == [None] * 5
