"""What is in a thing: the tree, its measurements, history and findings, and what of it has not been seen."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from common import event_types as b
from common.entries import ChoiceEntry, NumberEntry, PhotoEntry, SignatureEntry
from common.event_types import Commission, MeasuredPage
from common.ids import Claim
from hub.trace.search import SearchPage, search_page
from hub.trace.seen import Seen
from hub.trace.thing import ThingPage, thing_page
from hub.trace.tree import Node
from hub.web.words import Reader
from tests.support.motors import CARTONS, HELD, PROVISIONAL, REFUSED, REWORKED, SCRAPPED, Line, fill, go_silent


def page(line: Line, claim: Claim) -> ThingPage:
    with line.store.reading() as conn:
        found = thing_page(conn, claim, line.gate.age_ms, line.now_ms)
    assert found is not None
    return found


def motor(line: Line, n: int) -> ThingPage:
    return page(line, line.unit(f"M-250-{n:06d}"))


def built(node: Node) -> list[tuple[str, str, bool]]:
    """(slot, value, came out) of what is right below."""
    return [(n.slot.en if n.slot else "", n.claim.value, n.ended) for n in node.children]


def seen(line: Line) -> Seen:
    return motor(line, REWORKED).seen


def test_a_thing_that_nobody_spoke_of_has_no_page(line: Line) -> None:
    with line.store.reading() as conn:
        assert thing_page(conn, line.unit("M-250-999999"), line.gate.age_ms, line.now_ms) is None


# As built -------------------------------------------------------------------------------------------------------------
def test_the_tree_shows_what_is_in_by_slot_and_what_came_out_beside_it(line: Line) -> None:
    assert built(motor(line, REWORKED).tree) == [
        ("Housing", "housing/HL-2644", False),
        ("Rotor", "R-88213-4217", False),
        ("Magnets", "magnet/MG-2610-B", False),
        ("Controller", "C25-00411", False),
        ("Controller", "C25-04217", True),
        ("Cover screws", "screw/SC-2638", False),
    ]


def test_what_came_out_says_when_where_and_why(line: Line) -> None:
    gone = next(n for n in motor(line, REWORKED).tree.children if n.ended)
    assert gone.removed is not None and gone.removed.station == "st-20"
    assert getattr(gone.removed.operation, "en", "") == "Rework"
    assert getattr(gone.removed.failed, "en", "") == "End-of-line test"
    assert gone.at is not None and gone.at < gone.removed.at


def test_a_lot_says_in_how_many_it_is_and_bought_parts_what_they_are(line: Line) -> None:
    nodes = {n.claim.value: n for n in motor(line, REWORKED).tree.children}
    assert nodes["magnet/MG-2610-B"].used_in == 7
    assert nodes["magnet/MG-2610-B"].quantity == "12"
    names = {value: n.material.zh if n.material else None for value, n in nodes.items()}
    assert names["R-88213-4217"] == "转子总成 R-88213" and names["screw/SC-2638"] == "内六角螺钉 M4×12"


def test_a_component_that_was_put_back_is_in_once_and_came_out_once(tmp_path: Path) -> None:
    """The database marks edges by the pair of things; the page tells the two binds of one pair apart."""
    with closing(Line(tmp_path)) as line:
        unit = line.press(1)
        line.wire(unit)
        old, new = line.controller(unit), line.unit("C25-00500")
        line.rework(unit, new)
        body = b.Replace("controller", "controller", "1", "pcs", "rework")
        line.say("st-20", body, unit, old, new, form="rework-form")
        line.upload()
        found = [(value, ended) for slot, value, ended in built(page(line, unit).tree) if slot == "Controller"]
    assert found == [(old.value, False), (old.value, True), (new.value, True)]


def test_a_container_shows_what_is_packed_and_not_what_that_is_made_of(line: Line) -> None:
    tree = page(line, CARTONS[0]).tree
    assert [n.claim.value for n in tree.children] == [f"M-250-{n:06d}" for n in (4216, 4217, 4218, 4219)]
    assert not any(n.children for n in tree.children)


def test_a_unit_says_in_which_container_it_is(line: Line) -> None:
    assert [(n.kind, n.claim) for n in motor(line, REWORKED).within] == [("container", CARTONS[0])]


def test_a_lot_that_only_went_in_has_its_name_and_counts_its_events(line: Line) -> None:
    lot = page(line, line.lot("magnet", "MG-2610-B"))
    assert lot.material is not None and lot.material.en == "NdFeB magnet N42SH"
    assert (lot.used_in, lot.events, len(lot.within), lot.history) == (7, 7, 7, ())


# Measurements, history, findings --------------------------------------------------------------------------------------
def test_measures_have_their_limits_and_verdicts_in_order(line: Line) -> None:
    current = [m for m in motor(line, REWORKED).measures if getattr(m.name, "en", "") == "No-load current"]
    assert [(m.value, m.uom, m.low, m.high, m.verdict) for m in current] == [
        ("0.92", "A", None, "0.75", "fail"),
        ("0.61", "A", None, "0.75", "pass"),
    ]


def test_a_page_says_each_answer_in_its_words_and_how_bad_it_was(tmp_path: Path) -> None:
    with closing(Line(tmp_path)) as own:
        unit = own.unit("M-250-000777")
        own.say("st-30", Commission("motor"), unit)
        entries = (
            NumberEntry(ch="play", verdict="warn", value="0.210", uom="mm", high="0.250", warn_high="0.200"),
            ChoiceEntry(ch="cable", verdict="pass", value="yes"),
            ChoiceEntry(ch="surface", verdict="fail", value="dented"),
            PhotoEntry(ch="photo", verdict="pass", value="sha256:" + "ab" * 32, device="camera"),
            SignatureEntry(ch="seen", verdict="pass", value="p-zhou", meaning="checked"),
        )
        own.say("st-30", MeasuredPage("audit", "audit", entries), unit)
        own.upload("st-30")
        found = page(own, unit)
    english = Reader("en", 0)
    assert [(english.name(m.name), english.value(m), m.verdict) for m in found.measures] == [
        ("Mean play", "0.210", "warn"),
        ("Cable undamaged", "Yes", "pass"),
        ("Surface", "Dent", "fail"),
        ("Photo", "abababababab", "pass"),
        ("Quality signature", "周敏: checked", "pass"),
    ]
    last = found.history[-1]
    assert (last.what, last.tone) == ("measured", "ng")
    assert "Surface Dent" in str(english.said(last, found.measures))


def test_the_history_says_who_did_what_with_which_definition(line: Line) -> None:
    told = motor(line, REWORKED).history
    assert [one.what for one in told if one.station == "st-30"] == [
        *("operation_started", "measured", "operation_fail"),
        *("operation_started", "measured", "operation_pass", "aggregate"),
    ]
    assert {(one.station, one.who) for one in told} == {("st-10", "王强"), ("st-20", "李娜"), ("st-30", "刘洋")}
    assert all(len(one.definition) == 8 for one in told)
    assert [one.at for one in told] == sorted(one.at for one in told)
    failed = next(one for one in told if one.what == "operation_fail")
    assert (failed.tone, failed.params["reason"]) == ("ng", ["out_of_limits"])


def test_a_replacement_names_both_from_each_side(line: Line) -> None:
    unit, old, new = (line.unit(v) for v in (f"M-250-{REWORKED:06d}", "C25-04217", "C25-00411"))

    def replaced(claim: Claim) -> tuple[str, object, object]:
        told = next(one for one in page(line, claim).history if one.what == "replace")
        return told.part, told.params["other"], told.params.get("removed")

    assert replaced(unit) == ("", [new], [old])
    assert replaced(new) == ("in", [unit], None)
    assert replaced(old) == ("out", [unit], None)


def test_the_life_of_a_label_is_part_of_the_history(tmp_path: Path) -> None:
    with closing(Line(tmp_path)) as line:
        unit = line.press(1)
        for state, reason in (("issued", ""), ("printed", ""), ("issued", "label-lost"), ("verified", "")):
            line.say("st-10", b.Label("motor-label", state, reason), unit)  # type: ignore[arg-type]
        line.upload()
        found = [one for one in page(line, unit).history if one.what.startswith("label_")]
    reader = Reader("en", line.now_ms)
    assert [(one.what, str(reader.said(one, ()))) for one in found] == [
        ("label_issued", "Motor label"),
        ("label_printed", "Motor label"),
        ("label_issued", "Motor label, reprinted: Label lost"),
        ("label_verified", "Motor label, verified by scan"),
    ]


def test_a_pass_without_all_evidence_says_what_was_not_seen(line: Line) -> None:
    found = motor(line, PROVISIONAL)
    passed = next(one for one in found.history if one.what == "operation_pass" and one.station == "st-30")
    assert (found.state, passed.tone) == ("provisional", "unknown")
    assert [name.zh for name in passed.params["unknown"]] == ["接线与拧紧"]


def test_what_was_not_sure_of_parts_and_gauges_is_said_in_words(tmp_path: Path) -> None:
    with closing(Line(tmp_path)) as line:
        unit = line.press(1)
        line.say("st-10", b.OperationCompleted("press", "pass", True, ("component", "expiry", "calibration")), unit)
        line.upload("st-10")
        last = page(line, unit).history[-1]
    assert [name.zh for name in last.params["unknown"]] == ["部件自身的工序", "批次有效期", "量具校准期"]
    assert [name.en for name in last.params["unknown"]] == [
        "the component's own operations",
        "the lot's expiry date",
        "a gauge's calibration",
    ]


@pytest.mark.parametrize(
    ("n", "state", "kinds"),
    [
        (REWORKED, "passed", [("failed", False)]),
        (REFUSED, "passed", [("component_refused", False)]),
        (PROVISIONAL, "provisional", [("provisional", True)]),
        (SCRAPPED, "scrapped", []),
        (HELD, "hold", []),
    ],
)
def test_every_state_comes_with_its_findings(line: Line, n: int, state: str, kinds: list[tuple[str, bool]]) -> None:
    found = motor(line, n)
    assert (found.state, [(f.kind, f.open) for f in found.findings]) == (state, kinds)
    assert all(f.station == "st-30" and f.at for f in found.findings)


def test_a_hold_says_why(line: Line) -> None:
    assert motor(line, HELD).held_because == ("噪声复查 / noise to be checked again",)


# What is not seen -----------------------------------------------------------------------------------------------------
def test_a_silent_station_is_named_since_its_last_word(line: Line) -> None:
    (missing,) = seen(line).missing
    assert (missing.station, missing.reason) == ("st-20", "silent")
    assert missing.since is not None
    assert line.now_ms - missing.since == pytest.approx(31 * 60_000, abs=60_000)


def test_all_is_seen_when_every_station_has_just_spoken(tmp_path: Path) -> None:
    with closing(Line(tmp_path)) as line:
        fill(line)
        line.upload()
        told = seen(line)
        assert told.complete and told.stations == 3 and told.as_of <= line.now_ms


def test_a_station_that_said_hello_and_not_yet_what_it_has_is_not_called_silent(tmp_path: Path) -> None:
    """The hub knows that it knows less, not that the line is down."""
    with closing(Line(tmp_path)) as line:
        line.press(REWORKED)
        line.ingest.submit(line.authors["st-10"].batch(0))
        line.settle()
        assert {(m.station, m.reason) for m in seen(line).missing} == {(place, "unconfirmed") for place in line.authors}


def test_between_an_upload_and_the_word_that_it_was_all_data_are_as_old_as_the_word_before(tmp_path: Path) -> None:
    with closing(Line(tmp_path)) as line:
        unit = line.press(REWORKED)
        line.upload()
        line.passed_s += 5
        had = line.authors["st-10"].size
        line.say("st-10", b.Hold("x"), unit)
        line.ingest.submit(line.authors["st-10"].batch(had))
        line.settle()
        told = seen(line)
        assert told.complete and told.as_of == line.now_ms - 5_000


def test_when_nobody_speaks_the_data_are_as_old_as_the_last_word(tmp_path: Path) -> None:
    with closing(Line(tmp_path)) as line:
        line.press(REWORKED)
        line.upload()
        line.passed_s += 31 * 60
        told = seen(line)
        assert len(told.missing) == 3 and told.as_of == line.now_ms - 31 * 60_000


def test_a_revoked_station_is_missed_by_nobody(tmp_path: Path) -> None:
    with closing(Line(tmp_path)) as line:
        line.press(REWORKED)
        line.upload()
        revoked = line.authors["st-20"]
        facts = [line.fact(b.StationRevoked(revoked.log, revoked.size, "stolen"))]
        line.ingest.do(lambda conn: line.ingest.publish(conn, facts))
        go_silent(line, "st-20", 31)
        assert seen(line).complete and seen(line).stations == 2


# Search ---------------------------------------------------------------------------------------------------------------
def search(line: Line, text: str) -> SearchPage:
    with line.store.reading() as conn:
        return search_page(conn, text, line.site.id, line.gate.age_ms, line.now_ms)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("M-250-004217", "M-250-004217"),
        ("  m-250-004217\t", "M-250-004217"),
        ("MG-2610-B", "magnet/MG-2610-B"),
        ("]C0MG-2610-B", "magnet/MG-2610-B"),
        ("magnet/MG-2610-B", "magnet/MG-2610-B"),
        ("WO-2611-0087", "WO-2611-0087"),
        ("106141411234567897", "106141411234567897"),
        ("]C100106141411234567897", "106141411234567897"),
        ("(00)106141411234567897", "106141411234567897"),
        ("(00)1 0614141 123456789 7", "106141411234567897"),
    ],
)
def test_a_code_is_found_however_it_is_typed_or_scanned(line: Line, text: str, value: str) -> None:
    found = search(line, text)
    assert ([m.claim.value for m in found.matches], found.exact) == ([value], True)


def test_the_beginning_of_a_code_is_no_code(line: Line) -> None:
    found = search(line, "M-250-00421")
    assert [m.claim.value[-1] for m in found.matches] == ["6", "7", "8", "9"] and not found.exact


READ_AS = {"M-250-999999": "unit", "B10021": "badge", "HW:CONFIRM": "command", "nonsense": "", "100%_": "", "": ""}


@pytest.mark.parametrize(("text", "kind"), READ_AS.items())
def test_what_is_not_known_is_read_by_the_rules(line: Line, text: str, kind: str) -> None:
    found = search(line, text)
    assert (found.matches, found.read_as) == ((), kind)
    assert "badge" not in {example.kind for example in found.examples} and found.examples
