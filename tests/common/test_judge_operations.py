"""Where a thing stands in its route: the later verdict by what is before, never by a clock; doubt counts as a fail."""

from __future__ import annotations

import pytest

from common import event_types as b
from common.definitions import Route
from common.judge import OperationState, Standing
from tests.support.factory import Story, definitions_of, done, kinds, motor_route, operation, route, unit

U = unit()


def judged(story: Story, one: Route | None = None) -> Standing:
    if all(past.t != "commission" for _, past in story.past):
        story.say("birth", b.Commission(material="motor"), U)
    return story.judge(U, definitions_of(one or motor_route()))


def state(story: Story, id: str = "test", one: Route | None = None) -> OperationState:
    return judged(story, one).operation(id)


# Verdicts -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("outcome", ["pass", "fail"])
def test_an_operation_is_what_its_one_verdict_says(outcome):
    story = Story()
    id = story.say("a", done("press", outcome), U)
    found = state(story, "press")
    assert (found.outcome, found.event, found.tries) == (outcome, id, int(outcome == "fail"))


def test_an_operation_that_began_and_has_no_verdict_is_started_also_when_it_was_left():
    story = Story()
    story.say("a", b.OperationStarted(operation="press"), U)
    assert state(story, "press").outcome == "started"
    story.say("a", b.OperationLeft(operation="press", step="2"), U)
    assert state(story, "press").outcome == "started"
    assert state(story, "wire").outcome == "none"


def test_an_inspection_is_a_verdict():
    story = Story()
    story.say("a", b.Inspected(operation="look", verdict="fail", defects=("scratch",)), U)
    assert state(story, "look").outcome == "fail"


def test_a_verdict_on_another_thing_is_none_on_this():
    story = Story()
    story.say("a", done("press"), unit("M-2"), U)
    assert state(story, "press").outcome == "none"


@pytest.mark.parametrize(("first", "second"), [("pass", "fail"), ("fail", "pass")])
def test_of_two_verdicts_the_later_counts(first, second):
    story = Story()
    one = story.say("a", done("press", first), U)
    story.say("b", done("press", second), U, after=[one])
    wide = route(operation("press", "st-10", tests=9))
    assert state(story, "press", wide).outcome == second


def test_concurrent_pass_and_fail_are_contested_and_count_as_a_fail():
    story = Story()
    story.say("a", done("press"), U)
    story.say("b", done("press", "fail"), U)
    standing = judged(story)
    assert (standing.outcome("press"), standing.state) == ("contested", "contested")
    assert kinds(standing) == ["failed"]


def test_a_verdict_after_both_decides_a_contest():
    story = Story()
    one = story.say("a", done("press"), U)
    two = story.say("b", done("press", "fail"), U)
    story.say("c", done("press"), U, after=[one, two])
    assert state(story, "press", route(operation("press", "st-10", tests=2))).outcome == "pass"


def test_concurrent_passes_are_a_pass():
    story = Story()
    story.say("a", done("press"), U)
    story.say("b", done("press"), U)
    assert state(story, "press").outcome == "pass"


# Retests and rework ---------------------------------------------------------------------------------------------------
def test_a_failed_unit_passes_after_its_rework():
    story = Story()
    story.say("a", done("test", "fail"), U)
    assert (state(story).outcome, state(story).tries) == ("fail", 1)
    story.say("a", done("rework"), U)
    assert (state(story).outcome, state(story).tries) == ("fail", 0)
    story.say("a", done("test"), U)
    assert (state(story).outcome, state(story).tries) == ("pass", 0)
    assert kinds(judged(story), still_open=False).count("failed") == 1


def test_a_pass_without_the_rework_it_needed_does_not_count():
    story = Story()
    fail = story.say("a", done("test", "fail"), U)
    story.say("b", done("test"), U, after=[fail])
    assert state(story).outcome == "fail"


def test_a_pass_that_does_not_count_hides_no_failure_from_another_pass():
    """A pass elsewhere is concurrent with the failure, whatever was tried after the failure without a rework."""
    story = Story()
    story.say("a", done("test"), U)
    fail = story.say("b", done("test", "fail"), U)
    for name in "bcde":
        story.say(name, done("test"), U, after=[fail])
        assert state(story).outcome == "contested"


def test_a_rework_that_failed_lets_nothing_be_tried_again():
    story = Story()
    story.say("a", done("test", "fail"), U)
    story.say("a", done("rework", "fail"), U)
    story.say("a", done("test"), U)
    assert state(story).outcome == "fail"


def test_a_rework_that_did_not_know_of_the_failure_does_not_count():
    story = Story()
    fail = story.say("a", done("test", "fail"), U)
    rework = story.say("b", done("rework"), U)
    story.say("a", done("test"), U, after=[fail, rework])
    assert state(story).outcome == "fail"


def test_a_disputed_rework_does_not_count():
    """The pass of a rework is a pass like any other: not until somebody settles which branch of the log is true."""
    story = Story()
    fail = story.say("a", done("test", "fail"), U)
    rework = story.say("b", done("rework"), U, after=[fail], disputed=True)
    story.say("a", done("test"), U, after=[rework])
    assert (state(story).outcome, state(story).tries) == ("fail", 1)


@pytest.mark.parametrize(
    ("tests", "fails", "outcome"), [(1, 1, "fail"), (2, 1, "pass"), (2, 2, "fail"), (3, 2, "pass")]
)
def test_a_retest_counts_within_the_limit(tests, fails, outcome):
    story = Story()
    for _ in range(fails):
        story.say("a", done("test", "fail"), U)
    assert state(story, one=motor_route(tests)).tries == fails
    story.say("a", done("test"), U)
    assert state(story, one=motor_route(tests)).outcome == outcome


def test_each_rework_gives_all_tests_back():
    story = Story()
    for body in ("fail", "fail", "rework", "fail"):
        story.say("a", done("rework") if body == "rework" else done("test", "fail"), U)
    assert state(story, one=motor_route(2)).tries == 1
    story.say("a", done("test"), U)
    assert state(story, one=motor_route(2)).outcome == "pass"


# Provisional passes ---------------------------------------------------------------------------------------------------
def provisional(story: Story) -> str:
    story.say("a", done("press"), U)
    return story.say("c", done("test", provisional=True, unknown=("wire",)), U)


def test_a_provisional_pass_waits_for_its_evidence():
    story = Story()
    id = provisional(story)
    standing = judged(story)
    assert standing.operation("test") == OperationState("test", "pass", 0, True, id)
    assert (standing.state, kinds(standing)) == ("provisional", ["provisional"])


def test_late_evidence_clears_it():
    story = Story()
    provisional(story)
    story.say("b", done("wire"), U)
    standing = judged(story)
    assert not standing.operation("test").provisional
    assert (standing.state, kinds(standing), kinds(standing, still_open=False)) == ("passed", [], ["provisional"])


@pytest.mark.parametrize("contest", [False, True])
def test_late_bad_news_turns_it_into_a_hold(contest):
    story = Story()
    provisional(story)
    story.say("b", done("wire", "fail"), U)
    if contest:
        story.say("d", done("wire"), U)
    standing = judged(story)
    assert (standing.state, standing.held_because) == ("hold", ("late_bad_news",))
    assert "late_bad_news" in kinds(standing)


def test_all_that_was_unknown_must_come():
    story = Story()
    story.say("c", done("test", provisional=True, unknown=("press", "wire")), U)
    story.say("b", done("wire"), U)
    assert judged(story).state == "provisional"
    story.say("a", done("press"), U)
    assert judged(story).state == "passed"


def test_evidence_that_only_began_clears_nothing():
    story = Story()
    provisional(story)
    story.say("b", b.OperationStarted(operation="wire"), U)
    assert judged(story).state == "provisional"


def test_a_later_pass_with_all_its_evidence_is_no_longer_provisional():
    story = Story()
    first = provisional(story)
    wire = story.say("b", done("wire"), U)
    story.say("c", done("test"), U, after=[first, wire])
    assert not state(story).provisional


def test_a_disputed_evidence_clears_nothing():
    story = Story()
    provisional(story)
    story.say("b", done("wire"), U, disputed=True)
    assert judged(story).state == "provisional"
