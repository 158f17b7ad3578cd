"""The context of the work: the deciders by name, the device that the prompt needs, the components of each step."""

from __future__ import annotations

from common import event_types as b
from station.shown.work_screen import Scene
from tests.support.factory import unit
from tests.support.shift import Shift

SERIAL = "M-250-004217"


def scene(shift: Shift) -> Scene:
    return shift.scene


def test_a_step_shows_the_component_that_it_added() -> None:
    shift = Shift("st-10")
    shift.scan("WO-2611-0087", SERIAL, "HL-2644")
    steps = scene(shift).steps
    assert [claim.value.rpartition("/")[2] for claim in steps[0].inside] == ["HL-2644"]
    assert steps[1].inside == ()


def test_a_scan_needs_a_scanner_and_a_machine_step_its_machine() -> None:
    shift = Shift("st-10")
    assert scene(shift).needs == "scanner"
    shift.scan("WO-2611-0087", SERIAL, "HL-2644", "R-88213-0456", "MG-2610-B")
    assert scene(shift).needs == "plc"


def stopped(*news: b.Body) -> Scene:
    shift = Shift("st-30")
    shift.happened(b.Commission("motor"), unit(SERIAL))
    shift.fresh("st-10", "st-20", "st-30")
    for body in news:
        shift.happened(body, unit(SERIAL))
    shift.scan(SERIAL)
    return scene(shift)


def test_a_stop_names_the_people_who_can_release_it() -> None:
    stop = stopped(b.Hold("noise")).stop
    assert stop is not None and stop.release
    assert all(names for _, names in stop.deciders)


def test_nobody_decides_about_a_scrapped_unit() -> None:
    stop = stopped(b.Scrap("shaft-bent")).stop
    assert stop is not None and (stop.release, stop.deciders) == ((), ())
