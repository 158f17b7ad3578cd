"""The queue of labels on the disk: issued with its event, handed over once, in doubt after a crash, never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from common import event_types as b
from common.definitions import LabelDefinition
from common.errors import StoreUnavailable
from common.ids import Claim
from station import messages as m
from station.store import label_jobs as jobs
from station.work.turn import Print
from tests.support.bench import read_only
from tests.support.factory import unit
from tests.support.plant import Desk
from tests.support.shift import load_pack

MOTOR = "M-250-000001"
PRINTER = '[[printer]]\nname = "zebra"\nkind = "tcp"\nhost = "127.0.0.1"\n'


@pytest.fixture
def printing(desk: Desk) -> Desk:
    """A desk with a printer that is up."""
    desk.toml.write_text(desk.toml.read_text() + PRINTER)
    desk.restart()
    return desk


def up(desk: Desk, code: str = "") -> None:
    desk.put(m.DeviceReport("zebra", not code, code, "printer"))


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
    assert (one.values["serial"], one.name) == (MOTOR, "motor-label_M-250-000001_1_1")
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


# A full disk ----------------------------------------------------------------------------------------------------------
def test_what_was_rolled_back_is_neither_printed_nor_forgotten(printing: Desk) -> None:
    """The disk is full at the very commit: the label was never issued, and what became of another is not known yet."""
    up(printing)
    printing.scan(MOTOR)
    labels, job = printing.cell._printing, handed(printing)[0].job
    label = next(label for label in load_pack("motor-assembly").definitions if isinstance(label, LabelDefinition))
    with pytest.raises(StoreUnavailable), printing.store.writing() as conn:
        labels.keep(conn, [Print("zebra", label, unit("M-250-000002"), {})])
        labels.ended(conn, m.LabelDone("zebra", job, "printed"))
        raise StoreUnavailable("store.full")
    labels.hand_over()
    assert len(handed(printing)) == 1
    assert [claim.value for claim in labels.labels.waiting] == [MOTOR]
    done(printing)
    assert states(printing) == ["issued", "printed"]


def test_a_label_that_cannot_be_handed_over_behind_its_commit_waits_and_shows(
    printing: Desk, expect_warning: Callable[[str], None]
) -> None:
    """There is room for the event and its job, and none for handing it over: what was confirmed stands, said once."""
    expect_warning("labels_wait .*store.full")
    expect_warning("store_unavailable .*store.full")
    up(printing)
    with printing.store.writing() as conn:
        conn.exec_driver_sql("CREATE TABLE full (room BLOB)")
        takes = "BEGIN INSERT INTO full VALUES (zeroblob(9000000)); END"
        conn.exec_driver_sql(f"CREATE TRIGGER much AFTER UPDATE ON label_job {takes}")
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + 100}")
    printing.scan(MOTOR)
    assert [shown.code for shown in printing.shown][-2:] == ["done.commissioned", "done.started"]
    assert (handed(printing), status(printing).labels) == ([], 1)
    assert printing.shown[-1].code == "store.full"
    with printing.store.writing() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count = 1000000")
    status(printing)
    assert [one.values["serial"] for one in handed(printing)] == [MOTOR]
    done(printing)
    assert states(printing) == ["issued", "printed"]


# Another printer ------------------------------------------------------------------------------------------------------
def configured(desk: Desk, printer: str) -> None:
    """The station starts again with these printers."""
    before, _, _ = desk.toml.read_text().partition("[[printer]]")
    desk.toml.write_text(before + printer)
    desk.restart()


def test_what_waits_goes_to_the_printer_that_takes_it_after_a_change_of_printers(printing: Desk) -> None:
    printing.scan(MOTOR)
    configured(printing, PRINTER.replace("zebra", "godex"))
    assert status(printing).labels_why == ""
    printing.put(m.DeviceReport("godex", True, "", "printer"))
    (one,) = handed(printing)
    assert (one.device, one.values["serial"]) == ("godex", MOTOR)
    done(printing)
    assert states(printing) == ["issued", "printed"]


def test_what_waits_is_not_printed_on_a_printer_that_is_kept_for_other_labels_now(printing: Desk) -> None:
    printing.scan(MOTOR)
    configured(printing, PRINTER + 'labels = ["carton-label"]\n' + PRINTER.replace("zebra", "godex"))
    up(printing)
    assert handed(printing) == []
    printing.put(m.DeviceReport("godex", True, "", "printer"))
    assert [one.device for one in handed(printing)] == ["godex"]


@pytest.mark.parametrize("left", ["", PRINTER + 'labels = ["carton-label"]\n'])
def test_labels_that_no_printer_takes_any_more_are_kept_and_shown(printing: Desk, left: str) -> None:
    printing.scan(MOTOR)
    configured(printing, left)
    up(printing)
    said = status(printing)
    assert (said.labels, said.labels_why) == (1, "printer.gone")
    assert handed(printing) == []
    printing.scan("HW:VOIDLABEL:label-lost")
    assert status(printing).labels == 0
    assert states(printing) == ["issued", "void"]


def test_those_in_doubt_are_told_in_the_order_in_which_they_were_queued(printing: Desk) -> None:
    up(printing)
    for serial in ("M-250-000009", "M-250-000001", "M-250-000005"):
        printing.scan(serial, "HW:LEAVE")
        done(printing, "doubtful", "printer.silent")
        up(printing)
    assert status(printing).labels_unsure == ("M-250-000009", "M-250-000001", "M-250-000005")


def test_labels_of_things_whose_names_differ_in_a_sign_only_have_names_of_their_own(printing: Desk) -> None:
    """A folder would keep one file of the two; and a number is never used twice."""
    names: list[str] = []
    with printing.store.writing() as conn:
        for value in ("A/1", "A:1"):
            jobs.add(conn, "zebra", "motor-label", Claim("unit@s", value), b"", {"copy": "1"})
            (job,) = jobs.all_jobs(conn)
            names.append(job.name)
            jobs.end(conn, job.id)
    assert len(set(names)) == 2
