"""When a label is issued, what stands on it, and its cards: once more, void, and scanned back."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from common import event_types as b
from common.definitions import Definition, Operation, Route
from common.ids import Claim
from station.config import Printer
from station.work.state import Packing, PreviousScan
from station.work.turn import Print, Unprint
from station.work.view import Labels
from tests.support.factory import SITE
from tests.support.shift import CARTON, Shift, motor_pack

MOTOR = "M-250-000001"
UNIT = Claim(f"unit@{SITE}", MOTOR)
ZEBRA = Printer("zebra", "tcp", host="10.0.0.9")


def with_printer(place: str = "st-10", *printers: Printer, definitions: tuple[Definition, ...] = ()) -> Shift:
    shift = Shift(place, definitions)
    shift.labels = Labels(printers or (ZEBRA,))
    return shift


def labels(shift: Shift) -> list[b.Label]:
    return [body for body in shift.bodies if isinstance(body, b.Label)]


def prints(shift: Shift) -> list[Print]:
    """What the last turn queued."""
    return [one for one in shift.turn.prints if isinstance(one, Print)]


def printed(shift: Shift) -> None:
    """The printer took it, which the work cell writes down."""
    shift.happened(b.Label("motor-label", "printed"), UNIT)
    shift.labels = replace(shift.labels, waiting=frozenset())


def begun(shift: Shift) -> Shift:
    shift.scan("WO-2611-0087", MOTOR)
    return shift


# Issued ---------------------------------------------------------------------------------------------------------------
def test_a_new_unit_gets_its_label_with_what_is_known_of_it() -> None:
    shift = begun(with_printer())
    assert labels(shift) == [b.Label("motor-label", "issued")]
    assert shift.codes == ["done.commissioned", "done.started"], "the label is no result of its own"
    (one,) = prints(shift)
    assert (one.printer, one.label.id, one.thing) == ("zebra", "motor-label", UNIT)
    assert one.values == {
        "serial": MOTOR,
        "material": "motor",
        "name_zh": "轮毂电机 M-250",
        "name_en": "Hub motor M-250",
        "order": "WO-2611-0087",
        "gtin": "",
        "date": "2026-11-02",
        "yymmdd": "261102",
        "expiry": "",
        "expiry_yymmdd": "",
        "place": "st-10",
        "copy": "1",
    }


def test_a_unit_that_is_known_gets_none_again() -> None:
    shift = begun(with_printer())
    shift.scan("HW:LEAVE", MOTOR)
    assert len(labels(shift)) == 1


def test_without_a_printer_no_label_is_issued() -> None:
    shift = begun(Shift("st-10"))
    assert not labels(shift)
    assert not shift.turn.prints


def test_an_operation_that_passes_may_issue_one_and_one_that_fails_does_not() -> None:
    route = next(d for d in motor_pack().definitions if isinstance(d, Route))
    first = replace(route.operations[0], label="motor-label", form="wire-form")
    changed = replace(route, operations=[first, *route.operations[1:]])
    material = next(d for d in motor_pack().definitions if d.id == "motor")
    assert isinstance(first, Operation)
    shift = with_printer(definitions=(changed, replace(material, label=msgspec.UNSET)))
    shift.scan(MOTOR)
    assert not labels(shift)
    shift.scan("HW:NG:noise")
    assert not labels(shift)


def test_a_new_carton_gets_the_label_of_its_number() -> None:
    shift = with_printer("st-30")
    shift.work = replace(shift.work, bench=Packing(UNIT))
    shift.happened(b.Commission("motor"), UNIT)
    shift.scan(CARTON)
    (one,) = prints(shift)
    assert (one.label.id, one.values["sscc"], one.values["name_en"]) == (
        "carton-label",
        "106141411234567897",
        "Carton of four",
    )


def test_the_printer_that_names_a_label_prints_it() -> None:
    small = Printer("small", "tcp", host="10.0.0.8", labels=("motor-label",))
    other = Printer("other", "tcp", host="10.0.0.7", labels=("carton-label",))
    assert prints(begun(with_printer("st-10", other, ZEBRA, small)))[0].printer == "small"
    assert not prints(begun(with_printer("st-10", other)))


# Once more ------------------------------------------------------------------------------------------------------------
def test_a_reprint_has_its_reason_its_number_and_the_day_of_the_first() -> None:
    shift = begun(with_printer())
    printed(shift)
    said = shift.scan("HW:REPRINT:label-damaged")
    assert (said.tone, said.code, said.params["number"]) == ("ok", "done.reprint", "2")
    assert labels(shift)[-1] == b.Label("motor-label", "issued", "label-damaged")
    first, second = shift.turn.prints
    assert first == Unprint(UNIT, "motor-label")
    assert isinstance(second, Print)
    assert second.values["copy"] == "2"
    assert second.values["order"] == "WO-2611-0087"


@pytest.mark.parametrize(
    ("scans", "code"),
    [
        (["HW:REPRINT"], "command.reason"),
        (["HW:REPRINT:noise"], "command.reason"),
        (["HW:VOIDLABEL:shift-end"], "command.reason"),
        (["HW:LEAVE", "HW:SIGNOUT", "B10021"], "done.signed_in"),
    ],
)
def test_a_card_needs_a_reason_of_its_own(scans: list[str], code: str) -> None:
    shift = begun(with_printer())
    printed(shift)
    assert shift.scan(*scans).code == code


def test_what_waits_for_its_printer_is_not_queued_twice() -> None:
    shift = begun(with_printer())
    shift.labels = replace(shift.labels, waiting=frozenset({UNIT}))
    assert shift.scan("HW:REPRINT:label-lost").code == "label.waiting"
    assert "REPRINT" not in {tile.command for tile in shift.scene.tiles}


def test_nothing_is_reprinted_that_was_never_issued_or_where_nothing_prints() -> None:
    assert begun(Shift("st-10")).scan("HW:REPRINT:label-lost").code == "label.none"
    shift = begun(with_printer())
    shift.labels = Labels()
    assert shift.scan("HW:REPRINT:label-lost").code == "label.no_printer"


def test_the_last_label_can_be_reprinted_when_its_unit_is_out_of_hand() -> None:
    shift = begun(with_printer())
    printed(shift)
    shift.scan("HW:LEAVE")
    found = {tile.command: tile for tile in shift.scene.tiles}
    assert [one.command for one in found["REPRINT"].more] == [
        "REPRINT:label-damaged",
        "REPRINT:label-unreadable",
        "REPRINT:label-lost",
    ]
    assert shift.scan("HW:REPRINT:label-lost").code == "done.reprint"


# Whose label ----------------------------------------------------------------------------------------------------------
SECOND, THIRD = "M-250-000002", "M-250-000003"


def whose(shift: Shift) -> dict[str, object]:
    """Which tiles about labels are offered, and whose label each of them names."""
    verbs = ("REPRINT", "VOIDLABEL", "LABELTHERE")
    found = shift.scene.tiles
    return {tile.command: tile.params["unit"] for tile in found if tile.command in verbs}


def unit(value: str) -> Claim:
    return Claim(f"unit@{SITE}", value)


def test_a_card_means_the_label_of_the_unit_in_hand_whatever_got_one_last_or_is_in_doubt() -> None:
    shift = begun(with_printer())
    shift.scan("HW:LEAVE", SECOND, "HW:LEAVE", MOTOR)
    shift.labels = replace(shift.labels, unsure={unit(SECOND): "motor-label"})
    assert whose(shift) == {"REPRINT": UNIT, "VOIDLABEL": UNIT}
    assert shift.scan("HW:REPRINT:label-lost").params["unit"] == UNIT


def test_at_a_stop_the_cards_mean_the_unit_that_was_stopped_and_not_the_one_before() -> None:
    """Here a reprint of the unit before would stick on the one that is stopped."""
    shift = begun(with_printer())
    shift.scan("HW:LEAVE", SECOND, "HW:NCR:dented")
    assert shift.work.stopped and shift.work.stopped.claim == unit(SECOND)
    shift.work = replace(shift.work, labelled=UNIT)
    shift.labels = replace(shift.labels, unsure={UNIT: "motor-label"})
    assert whose(shift) == {"REPRINT": unit(SECOND), "VOIDLABEL": unit(SECOND)}
    assert shift.scan("HW:VOIDLABEL:label-lost").params["unit"] == unit(SECOND)


def test_what_is_stopped_and_has_no_label_leaves_the_cards_without_any() -> None:
    shift = with_printer("st-20")
    shift.happened(b.Label("motor-label", "issued"), UNIT)
    shift.happened(b.Label("motor-label", "printed"), UNIT)
    shift.work = replace(shift.work, labelled=UNIT)
    assert shift.scan(SECOND).code.startswith("interlock.")
    assert whose(shift) == {}
    assert [shift.scan(f"HW:{verb}:label-lost").code for verb in ("REPRINT", "VOIDLABEL")] == ["label.none"] * 2


def test_what_waits_to_be_packed_is_meant_and_between_two_units_the_open_carton() -> None:
    shift = with_printer("st-30")
    for value in (MOTOR, SECOND, THIRD):
        shift.happened(b.Commission("motor"), unit(value))
        shift.work = replace(shift.work, bench=Packing(unit(value)))
        if value == THIRD:
            shift.happened(b.Label("motor-label", "issued"), unit(value))
            assert set(whose(shift).values()) == {unit(value)}
        shift.scan(CARTON)
        carton = next(fact.on[0] for fact in reversed(shift.facts) if isinstance(fact.body, b.Aggregate))
        shift.happened(b.Label("carton-label", "printed"), carton)
    assert shift.work.labelled is None, "it was scanned back with the second unit"
    assert whose(shift) == {"REPRINT": carton, "VOIDLABEL": carton}


def test_with_nothing_on_the_screen_the_oldest_in_doubt_is_asked_about_before_the_last_label() -> None:
    shift = begun(with_printer())
    shift.scan("HW:LEAVE", SECOND, "HW:LEAVE", THIRD, "HW:LEAVE")
    shift.labels = replace(shift.labels, unsure={unit(SECOND): "motor-label", UNIT: "motor-label"})
    assert whose(shift) == {"LABELTHERE": unit(SECOND), "REPRINT": unit(SECOND)}
    shift.labels = replace(shift.labels, unsure={})
    assert whose(shift) == {"REPRINT": unit(THIRD), "VOIDLABEL": unit(THIRD)}


def test_whoever_looks_says_that_one_in_doubt_is_there() -> None:
    shift = begun(with_printer())
    assert shift.scan("HW:LABELTHERE").code == "label.no_doubt"
    shift.labels = replace(shift.labels, unsure={UNIT: "motor-label"})
    said = shift.scan("HW:LABELTHERE")
    assert (said.tone, said.code, said.params["unit"]) == ("ok", "done.label_there", UNIT)
    assert labels(shift)[-1] == b.Label("motor-label", "printed")
    assert shift.turn.prints == [Unprint(UNIT, "motor-label")]


def test_one_in_doubt_is_printed_again_where_it_is_not_there() -> None:
    shift = begun(with_printer())
    shift.labels = replace(shift.labels, unsure={UNIT: "motor-label"})
    found = {tile.command: tile.code for tile in shift.scene.tiles}
    assert found["REPRINT"] == "tap.print_again"
    assert shift.scan("HW:REPRINT:label-lost").params["number"] == "2"
    assert shift.turn.prints[0] == Unprint(UNIT, "motor-label")


def test_of_two_labels_of_a_thing_the_one_in_doubt_is_meant() -> None:
    shift = begun(with_printer())
    shift.happened(b.Label("carton-label", "issued"), UNIT)
    shift.labels = replace(shift.labels, unsure={UNIT: "motor-label"})
    shift.scan("HW:LABELTHERE")
    assert labels(shift)[-1] == b.Label("motor-label", "printed")


# Void and verified ----------------------------------------------------------------------------------------------------
def test_a_label_can_be_void_and_is_not_waited_for() -> None:
    shift = begun(with_printer())
    said = shift.scan("HW:VOIDLABEL:label-damaged")
    assert (said.tone, said.code) == ("hold", "done.label_void")
    assert labels(shift)[-1] == b.Label("motor-label", "void", "label-damaged")
    assert shift.turn.prints == [Unprint(UNIT, "motor-label")]


def test_a_void_label_can_be_printed_anew_and_is_not_void_twice() -> None:
    """Otherwise whoever touched void by mistake has a thing without a label, and nothing to tap."""
    shift = begun(with_printer())
    printed(shift)
    shift.scan("HW:LEAVE", "HW:VOIDLABEL:label-damaged")
    assert whose(shift) == {"REPRINT": UNIT}
    assert shift.scan("HW:VOIDLABEL:label-damaged").code == "label.is_void"
    assert labels(shift)[-1].state == "void"
    assert shift.scan("HW:REPRINT:label-damaged").params["number"] == "2"
    assert isinstance(shift.turn.prints[1], Print)


def test_making_another_label_void_does_not_end_what_the_last_one_is_waited_for() -> None:
    shift = begun(with_printer())
    shift.scan("HW:LEAVE", SECOND, "HW:LEAVE", MOTOR)
    shift.work = replace(shift.work, labelled=unit(SECOND))
    shift.scan("HW:VOIDLABEL:label-lost", "HW:LEAVE")
    assert whose(shift)["REPRINT"] == unit(SECOND)


def test_what_waits_for_its_printer_can_be_void_and_not_reprinted() -> None:
    shift = begun(with_printer())
    shift.labels = replace(shift.labels, waiting=frozenset({UNIT}))
    assert whose(shift) == {"VOIDLABEL": UNIT}


def test_scanning_it_back_verifies_it_once() -> None:
    shift = begun(with_printer())
    printed(shift)
    assert shift.scan(MOTOR).code == "done.verified"
    assert labels(shift)[-1] == b.Label("motor-label", "verified")
    assert shift.scan(MOTOR).code == "ignored.in_hand"
    assert shift.prompt.code == "prompt.scan", "the work stands where it stood"


def test_a_scan_that_goes_on_with_the_work_verifies_beside_it() -> None:
    shift = begun(with_printer())
    printed(shift)
    shift.scan("HW:LEAVE", MOTOR)
    assert shift.codes == ["done.started"]
    assert labels(shift)[-1] == b.Label("motor-label", "verified")


def test_packing_into_a_carton_verifies_its_label_and_packs() -> None:
    shift = with_printer("st-30")
    for unit in (UNIT, Claim(f"unit@{SITE}", "M-250-000002")):
        shift.happened(b.Commission("motor"), unit)
        shift.work = replace(shift.work, bench=Packing(unit))
        shift.scan(CARTON)
        carton = next(fact.on[0] for fact in reversed(shift.facts) if isinstance(fact.body, b.Aggregate))
        shift.happened(b.Label("carton-label", "printed"), carton)
    assert shift.codes == ["done.packed"]
    assert [label.state for label in labels(shift)] == ["issued", "verified"]


def test_a_unit_that_has_nothing_left_to_do_here_is_only_verified() -> None:
    shift = begun(with_printer())
    printed(shift)
    shift.scan("HW:LEAVE")
    shift.happened(b.OperationCompleted("press", "pass"), UNIT)
    assert shift.scan(MOTOR).code == "done.verified"


def test_before_it_was_printed_a_scan_verifies_nothing() -> None:
    shift = begun(with_printer())
    shift.labels = replace(shift.labels, waiting=frozenset({UNIT}))
    assert shift.scan(MOTOR).code == "ignored.in_hand"


def test_one_in_doubt_is_there_if_it_can_be_scanned() -> None:
    shift = begun(with_printer())
    shift.labels = replace(shift.labels, unsure={UNIT: "motor-label"})
    assert shift.scan(MOTOR).code == "done.verified"
    assert shift.turn.prints == [Unprint(UNIT, "motor-label")]


def test_one_in_doubt_is_settled_however_many_came_after_it() -> None:
    shift = begun(with_printer())
    shift.scan("HW:LEAVE", "M-250-000002", "HW:LEAVE")
    shift.labels = replace(shift.labels, unsure={UNIT: "motor-label"})
    shift.scan(MOTOR)
    assert shift.codes == ["done.started"]
    assert Unprint(UNIT, "motor-label") in shift.turn.prints
    assert labels(shift)[-1].state == "verified"


def test_a_refused_card_leaves_nothing_behind() -> None:
    shift = begun(with_printer())
    before: Any = shift.work
    shift.scan("HW:REPRINT:noise")
    assert not shift.turn.prints
    assert not shift.turn.notes
    assert replace(shift.work, last_scan=PreviousScan()) == replace(before, last_scan=PreviousScan())
