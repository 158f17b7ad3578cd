"""OVERRIDE: what is only not known may begin when somebody who may signs for it; bad news never does."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from common import event_types as b
from common.definitions import Route
from common.text import say
from station.shown.work_screen import Tile
from station.work.drafts import freeze, thaw
from tests.support.factory import unit
from tests.support.shift import TEST_OK, Shift, motor_pack

M1, M2 = "M-250-000001", "M-250-000002"
SUPERVISOR, QUALITY, OPERATOR = "B20005", "B30002", "B10034"
OVERRIDE = "HW:OVERRIDE:record-on-paper"


def at_the_test(on_unknown: str = "override") -> Shift:
    """ST-30, where M1 is pressed, and nobody here knows whether it was wired: the log of ST-20 is old."""
    route = next(d for d in motor_pack().definitions if isinstance(d, Route))
    operations = [replace(o, on_unknown=on_unknown) if o.id == "test" else o for o in route.operations]
    shift = Shift("st-30", [replace(route, operations=operations)])
    shift.happened(b.Commission("motor"), unit(M1))
    shift.happened(b.OperationCompleted("press", "pass"), unit(M1))
    shift.fresh("st-10")
    shift.fresh("st-20", age_ms=600_000)
    return shift


@pytest.fixture
def stand() -> Shift:
    return at_the_test()


def offered(shift: Shift) -> list[Tile]:
    return [tile for tile in shift.scene.tiles if tile.command == "OVERRIDE"]


# The way --------------------------------------------------------------------------------------------------------------
def test_badge_pin_and_reason_let_it_begin_and_the_approval_names_the_refusal(stand: Shift) -> None:
    shown = stand.scan(M1)
    assert (shown.code, shown.todo) == ("interlock.not_seen", ("todo.override", {"release": ["supervisor", "quality"]}))
    refused = stand.story.past[-1][1].id
    assert [one.command for one in offered(stand)[0].more] == ["OVERRIDE:record-on-paper", "OVERRIDE:line-must-run"]
    assert stand.scan(OVERRIDE).code == "noted.signature"
    assert stand.scan(SUPERVISOR).code == "noted.signer"
    stand.sign("p-chen")
    assert stand.codes == ["done.approved", "done.started_provisional"]
    approval, started = stand.bodies[-2:]
    assert approval == b.Approval(refused, "override", "approve", "record-on-paper")
    assert started == b.OperationStarted("test", ("wire",), override=stand.story.past[-2][1].id)
    assert [one.who for one in stand.turn.said if one.fact] == ["p-chen", None], "each said it by their own name"
    assert stand.work.person == "p-wang", "who is signed in stays signed in"


def test_whoever_signs_reads_why_and_for_which_unit(stand: Shift) -> None:
    stand.scan(M1, OVERRIDE)
    said = say("en", stand.prompt.code, stand.prompt.params)
    assert f": Record seen on paper · {M1}" in said, said


def test_it_passes_provisionally_until_the_evidence_comes(stand: Shift) -> None:
    stand.scan(M1, OVERRIDE, SUPERVISOR)
    stand.sign("p-chen")
    stand.measure(TEST_OK, "tester")
    done = stand.bodies[-1]
    assert done == b.OperationCompleted("test", "pass", provisional=True, unknown=("wire",))
    assert stand.view().standing(unit(M1)).state == "provisional"
    stand.happened(b.OperationCompleted("wire", "pass"), unit(M1))
    assert stand.view().standing(unit(M1)).state == "passed"


def test_what_was_asked_for_outlives_the_process(stand: Shift) -> None:
    stand.scan(M1, OVERRIDE)
    stand.work = thaw(freeze(stand.work))
    stand.scan(QUALITY)
    stand.work = thaw(freeze(stand.work))
    stand.sign("p-zhou")
    assert stand.work.hand is not None


def test_newer_evidence_that_came_meanwhile_needs_no_signature(stand: Shift) -> None:
    stand.scan(M1)
    stand.happened(b.OperationCompleted("wire", "pass"), unit(M1))
    assert stand.scan(OVERRIDE).code == "done.started"
    assert stand.work.stopped is None


def test_newer_evidence_is_asked_for_first_if_the_hub_is_in_reach(stand: Shift) -> None:
    stand.scan(M1)
    stand.may_ask = True
    stand.scan(OVERRIDE)
    assert stand.turn.wants_newest


# Who may not, and what cannot -----------------------------------------------------------------------------------------
def test_who_has_not_the_role_is_refused_and_it_is_written_about_the_unit(stand: Shift) -> None:
    assert stand.scan(M1, OVERRIDE, OPERATOR).code == "sign.role"
    assert stand.facts[-1].on == (unit(M1),)
    assert stand.work.hand is None and stand.work.person == "p-wang"


def test_bad_news_that_came_while_somebody_signed_wins(stand: Shift) -> None:
    stand.scan(M1, OVERRIDE, SUPERVISOR)
    stand.happened(b.OperationCompleted("wire", "fail"), unit(M1))
    assert stand.sign("p-chen").code == "interlock.blocked"
    assert not [one for one in stand.bodies if isinstance(one, b.Approval)], "nothing was signed"
    assert (stand.work.hand, stand.signature) == (None, None)


@pytest.mark.parametrize(
    "body",
    [b.Hold("sampled"), b.Scrap("bent"), b.OperationCompleted("wire", "fail"), b.NonconformanceOpened("dented")],
)
def test_no_signature_helps_against_bad_news(stand: Shift, body: b.Body) -> None:
    stand.happened(body, unit(M1))
    stand.scan(M1)
    assert "OVERRIDE" not in [tile.command for tile in offered(stand)]
    assert stand.scan(OVERRIDE).code == "override.not_this"
    assert stand.signature is None


def test_nor_where_the_operation_says_to_wait() -> None:
    shift = at_the_test("block")
    assert shift.scan(M1, OVERRIDE).code == "override.not_this"


def test_a_reason_is_needed_and_must_be_one_for_this(stand: Shift) -> None:
    assert stand.scan(M1, "HW:OVERRIDE").code == "command.reason"
    assert stand.scan("HW:OVERRIDE:noise").code == "command.reason"


def test_without_a_stopped_unit_there_is_nothing_to_override(stand: Shift) -> None:
    assert stand.scan(OVERRIDE).code == "override.nothing"


def test_the_signature_is_for_that_unit_and_no_other(stand: Shift) -> None:
    stand.scan(M1, OVERRIDE, M2)
    assert stand.signature is None
    assert stand.sign("p-chen").code == "sign.badge"
    assert stand.work.hand is None


def test_a_refused_badge_does_not_become_what_is_approved(stand: Shift) -> None:
    stand.scan(M1)
    refused = stand.story.past[-1][1].id
    stand.scan(OVERRIDE, OPERATOR, SUPERVISOR)
    stand.sign("p-chen")
    approval = stand.bodies[-2]
    assert isinstance(approval, b.Approval) and approval.event == refused
