"""The simulator sees what it looks for: a disk that forgets, a bad unit that goes on. And it shortens what it found."""

from __future__ import annotations

import pytest

from common import event_types as b
from common.ids import tag
from tests.faults.campaign import shrunk
from tests.faults.oracle import Known, why_not
from tests.faults.plan import AMNESIA, Fault, Plan
from tests.faults.world import play

ID = "a" * 26 + "." + "A" * 43
NOISE = (
    Fault(500, "late", "st-10", 50),
    Fault(900, "twice", "st-20", 50),
    Fault(1_500, "partition", "st-30", 400),
)


def forgetful(node: str, *faults: Fault) -> Plan:
    amnesia = Fault(5_000, AMNESIA, node, 2_000)
    return Plan(3, 7_000, tuple(sorted((*faults, amnesia), key=lambda fault: fault.at_ms)))


@pytest.mark.parametrize(("node", "seen"), [("st-10", "confirmed and lost"), ("hub", "gave receipts and lost")])
def test_a_disk_that_forgets_is_seen(node: str, seen: str) -> None:
    assert seen in play(forgetful(node))[0]


def test_a_failing_run_is_shortened_to_the_fault_that_it_needs() -> None:
    assert [fault.kind for fault in shrunk(forgetful("st-10", *NOISE)).faults] == [AMNESIA]


def known(body: b.Body, index: int, *relied: str, log: str = "L", id: str = ID) -> Known:
    return Known(id[:-2] + f"{index:02d}", log, 1, index, frozenset(relied), body)


def test_the_oracle_wants_a_pass_that_knew_of_each_fail_and_no_hold() -> None:
    failed = known(b.OperationCompleted("press", "fail"), 0)
    passed = known(b.OperationCompleted("press", "pass"), 1)
    elsewhere = Known(passed.id, "other", 2, 0, frozenset(), passed.body)
    assert why_not([failed, passed], ["press"], {}) == []
    assert why_not([failed, elsewhere], ["press"], {}), "it did not know of the fail"
    assert why_not([failed, passed], ["press"], {"L": 1}), "a disputed pass does not count"
    held = known(b.Hold("noise"), 2)
    lifted = known(b.Release((tag(held.id, 0),), "checked", "release"), 3)
    assert why_not([held], [], {})
    assert why_not([held, lifted], [], {}) == []
