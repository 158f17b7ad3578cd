"""The queue of labels on the disk: issued with its event, handed over once, in doubt after a crash, never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from common import bodies as b
from station import messages as m
from tests.support.bench import read_only
from tests.support.plant import Desk

MOTOR = "M-250-000001"
PRINTER = '[[printer]]\nname = "zebra"\nkind = "tcp"\nhost = "127.0.0.1"\n'


@pytest.fixture
def printing(desk: Desk) -> Desk:
    """A desk with a printer that is up."""
    desk.toml.write_text(desk.toml.read_text() + PRINTER)
    desk.restart()
    return desk


def up(desk: Desk, code: str = "") -> None:
    desk.put(m.DeviceChanged("zebra", not code, code, "printer"))


def handed(desk: Desk) -> list[m.LabelPrint]:
    return [one for one in desk.sent if isinstance(one, m.LabelPrint)]


def done(desk: Desk, outcome: str = "printed", code: str = "") -> None:
    desk.put(m.LabelDone("zebra", handed(desk)[-1].job, outcome, code))


def states(desk: Desk) -> list[str]:
    bodies = [entry.body for entry in desk.entries()]
    return [body.state for body in bodies if isinstance(body, b.Label)]


def status(desk: Desk) -> m.Status:
    desk.put(m.Tick(desk.clock.mono_ms()))
    return desk.states[-1]


def test_a_label_is_issued_handed_over_and_printed(printing: Desk) -> None:
    up(printing)
    printing.scan(MOTOR)
    (one,) = handed(printing)
    assert (one.values["serial"], one.name) == (MOTOR, "motor-label_M-250-000001_1")
    assert states(printing) == ["issued"]
    done(printing)
    assert states(printing) == ["issued", "printed"]
    assert status(printing).labels == 0


def test_while_the_printer_is_out_labels_wait_and_show_and_come_in_their_order(printing: Desk) -> None:
    up(printing, "printer.paper_out")
    for n in (1, 2, 3):
        printing.scan(f"M-250-00000{n}", "HW:LEAVE")
    assert handed(printing) == []
    said = status(printing)
    assert (said.labels, said.labels_why, said.down) == (3, "printer.paper_out", ("zebra",))
    up(printing)
    for n in (1, 2, 3):
        assert [one.values["serial"][-1] for one in handed(printing)] == [str(i + 1) for i in range(n)]
        done(printing)
    assert states(printing) == ["issued"] * 3 + ["printed"] * 3
    assert status(printing).labels == 0


def test_what_was_not_taken_waits_again(printing: Desk) -> None:
    up(printing)
    printing.scan(MOTOR)
    up(printing, "printer.head_open")
    done(printing, "not_taken", "printer.head_open")
    assert len(handed(printing)) == 1
    assert status(printing).labels_why == "printer.head_open"
    up(printing)
    assert len(handed(printing)) == 2
    done(printing)
    assert states(printing) == ["issued", "printed"]


def test_what_waits_survives_a_crash(printing: Desk) -> None:
    printing.scan(MOTOR)
    printing.restart()
    assert handed(printing) == []
    up(printing)
    assert len(handed(printing)) == 1


def test_after_a_crash_behind_the_hand_over_a_label_is_in_doubt_and_is_not_printed_again_by_itself(
    printing: Desk,
) -> None:
    up(printing)
    printing.scan(MOTOR)
    printing.restart()
    up(printing)
    assert handed(printing) == []
    assert status(printing).labels_unsure == (MOTOR,)
    printing.scan("HW:REPRINT:label-lost")
    assert [one.values["copy"] for one in handed(printing)] == ["2"]
    assert status(printing).labels_unsure == ()


def test_one_in_doubt_is_settled_by_scanning_it(printing: Desk) -> None:
    up(printing)
    printing.scan(MOTOR)
    done(printing, "doubtful", "printer.silent")
    assert printing.shown[-1].code == "label.in_doubt"
    printing.put(m.Scanned("handheld", MOTOR.encode(), printing.clock.mono_ms()))
    assert printing.shown[-1].code == "done.verified"
    assert states(printing) == ["issued", "verified"]
    assert status(printing).labels_unsure == ()


def test_one_that_cannot_be_drawn_is_void_and_holds_up_no_other(printing: Desk) -> None:
    up(printing)
    printing.scan(MOTOR, "HW:LEAVE", "M-250-000002")
    done(printing, "refused", "label.too_long")
    assert states(printing) == ["issued", "issued", "void"]
    assert (printing.shown[-1].tone, printing.shown[-1].code) == ("ng", "label.too_long")
    assert [one.values["serial"] for one in handed(printing)] == [MOTOR, "M-250-000002"]


def test_a_void_label_that_waits_is_never_printed(printing: Desk) -> None:
    printing.scan(MOTOR, "HW:VOIDLABEL:label-damaged")
    up(printing)
    assert handed(printing) == []
    assert states(printing) == ["issued", "void"]


def test_the_answer_about_a_label_that_became_void_meanwhile_is_no_event(printing: Desk) -> None:
    up(printing)
    printing.scan(MOTOR, "HW:VOIDLABEL:label-damaged")
    done(printing)
    assert states(printing) == ["issued", "void"]


def test_a_label_that_was_not_taken_is_not_handed_over_before_the_printer_is_back(printing: Desk) -> None:
    """The printer says first what became of the label, then that it is out."""
    up(printing)
    printing.scan(MOTOR)
    done(printing, "not_taken", "printer.paper_out")
    assert len(handed(printing)) == 1
    up(printing, "printer.paper_out")
    assert len(handed(printing)) == 1
    up(printing)
    assert [one.job for one in handed(printing)] == [handed(printing)[0].job] * 2


def test_a_printer_that_came_back_before_its_refusal_could_be_kept_prints_on(
    printing: Desk, expect_warning: Callable[[str], None]
) -> None:
    """The disk says no when the label comes back; the printer is refilled meanwhile; then the disk takes it."""
    expect_warning("store_unavailable .*store.readonly")
    up(printing)
    printing.scan(MOTOR)
    read_only(printing.store, True)
    done(printing, "not_taken", "printer.paper_out")
    up(printing, "printer.paper_out")
    assert status(printing).labels_why == "printer.paper_out"
    up(printing)
    read_only(printing.store, False)
    printing.put(m.Tick(printing.clock.mono_ms()))
    assert [one.job for one in handed(printing)] == [handed(printing)[0].job] * 2
