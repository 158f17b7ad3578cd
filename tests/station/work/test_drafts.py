"""A station that is updated continues at the step where its older version stopped."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from station.work.awaiting import awaiting
from station.work.drafts import freeze, thaw
from station.work.state import Entries, InHand, Report, Stopped, WhichCode, Work
from station.work.turn import Turn
from tests.support.shift import Shift

# Made by the version of November 2026, before the work had one explicit question.
BEFORE = json.loads((Path(__file__).parents[2] / "golden/drafts/0.1.json").read_text(encoding="utf-8"))
# situation → names of the cases that its draft may await: the form may be another one since, the stop over
AWAITED = {
    "signed in": {"begin"},
    "in hand": {"at_step", "form_changed"},
    "housing bound": {"at_step", "form_changed"},
    "stopped": {"stopped_thing", "stop_over"},
    "which code": {"choose_reading"},
    "helper badge": {"call_badge"},
}
# Made by the version that asked one question at a time, before several people could be signed in.
ONE_PERSON = json.loads((Path(__file__).parents[2] / "golden/drafts/one-person.json").read_text(encoding="utf-8"))


def before(situation: str) -> Work:
    return thaw(base64.b64decode(BEFORE[situation]))


@pytest.mark.parametrize(("situation", "names"), AWAITED.items())
def test_a_draft_of_the_version_before_awaits_what_it_did(situation: str, names: set[str]) -> None:
    work = before(situation)
    assert work.person == "p-wang"
    assert awaiting(Turn(work, Shift("st-10").view())).name in names


def test_the_page_of_a_draft_keeps_its_entries() -> None:
    work = before("page")
    assert isinstance(work.bench, InHand)
    assert [one.value for one in work.bench.so_far(Entries).given] == [("3",)]


def test_a_report_keeps_its_entries_and_its_thing() -> None:
    work = before("report in hand")
    report = work.asked(Report)
    assert isinstance(work.bench, InHand) and report is not None
    assert (report.verb, report.reason, [one.field for one in report.page.given]) == ("NCR", "odd", ["photo"])
    work = before("report of a stopped unit")
    assert isinstance(work.bench, Stopped) and work.bench.code.kind == "unit" and work.asked(Report) is not None


def test_the_scan_that_may_be_read_in_several_ways_is_kept() -> None:
    asked = before("which code").asked(WhichCode)
    assert asked is not None and len(asked.code.readings) > 1


def test_acts_of_a_draft_can_be_undone() -> None:
    acts = before("housing bound").acts
    assert acts and isinstance(acts[-1].bench, InHand) and acts[-1].deeds


@pytest.mark.parametrize("situation", ONE_PERSON)
def test_a_draft_of_one_person_is_read_and_a_second_one_may_join(situation: str) -> None:
    work = thaw(base64.b64decode(ONE_PERSON[situation]))
    assert work.people == ("p-wang",) and work.hand is not None
    shift = Shift("st-10")
    shift.work = replace(work, questions=())
    shift.scan("B10034", "HW:CONFIRM")
    assert thaw(freeze(shift.work)).people == ("p-li", "p-wang")


@pytest.mark.parametrize("situation", BEFORE)
def test_a_draft_that_was_read_is_written_in_the_new_way(situation: str) -> None:
    work = before(situation)
    assert thaw(freeze(work)) == work
    assert "bench" in msgspec.msgpack.decode(freeze(work))
