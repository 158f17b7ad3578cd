"""May it begin here, now: pass, not passed, hold or unknown; never pass while a fail, a hold or a scrap is known."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from common import event_types as b
from common.definitions import Route
from common.judge import InterlockAnswer, Source, interlock
from common.text import Typed, say
from tests.support.factory import Story, definitions_of, done, motor_route, operation, route, tags, unit

U = unit()
FRESH, STALE = (Source("x", 15_000),), (Source("x", 15_001),)
ALL_FRESH = {"st-10": FRESH, "st-20": FRESH, "st-30": FRESH}


def ask(
    story: Story, id: str, evidence: Mapping[str, tuple[Source, ...]] = ALL_FRESH, one: Route | None = None
) -> InterlockAnswer:
    chosen = one or motor_route()
    wanted = chosen.operation(id)
    assert wanted is not None
    return interlock(story.judge(U, definitions_of(chosen)), chosen, wanted, evidence)


def told(*bodies: b.Body) -> Story:
    story = Story()
    story.say("a", b.Commission(material="motor"), U)
    for body in bodies:
        story.say("a", body, U)
    return story


def codes(answer: InterlockAnswer) -> list[str]:
    return [reason.code for reason in answer.reasons]


# The four answers -----------------------------------------------------------------------------------------------------
def test_pass_when_all_before_it_passed():
    assert ask(told(done("press")), "wire") == InterlockAnswer("pass")
    assert ask(told(), "press") == InterlockAnswer("pass")


def test_not_passed_when_what_is_missing_would_have_been_seen():
    answer = ask(told(done("press")), "test")
    assert (answer.verdict, codes(answer), answer.unknown) == ("not_passed", ["interlock.missing"], ())
    assert answer.reasons[0].params == {"operation": "wire", "place": "st-20"}


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        ({"st-20": STALE}, "interlock.unknown"),
        ({"st-20": (Source("x", None),)}, "interlock.unheard"),
        ({"st-20": (*FRESH, Source("y", None))}, "interlock.unheard"),
        ({"st-20": (*FRESH, *STALE)}, "interlock.unknown"),
        ({"st-20": ()}, "interlock.unheard"),
        ({"st-10": FRESH}, "interlock.unheard"),
        ({}, "interlock.unheard"),
    ],
    ids=["stale", "never confirmed", "one never confirmed", "one stale", "no log", "another place", "nothing"],
)
def test_unknown_when_it_may_have_happened_unseen(evidence, code):
    answer = ask(told(done("press")), "test", evidence)
    assert (answer.verdict, answer.unknown, codes(answer)) == ("unknown", ("wire",), [code])


def test_hold_when_anything_holds_with_every_reason():
    story = told(done("press"), b.Hold(reason="crack"), b.Hold(reason="dust"))
    answer = ask(story, "wire")
    assert answer.verdict == "hold"
    assert [reason.params["reason"] for reason in answer.reasons] == [Typed("crack"), Typed("dust")]


def test_what_somebody_typed_is_never_taken_for_a_word_of_the_catalogue():
    reason = ask(told(done("press"), b.Hold(reason="scrap")), "wire").reasons[0]
    assert say("en", reason.code, reason.params) == "On hold: scrap"
    assert say("zh", reason.code, reason.params) == "冻结原因：scrap"


def test_how_old_the_evidence_is_is_told_in_seconds():
    answer = ask(told(done("press")), "test", {"st-20": (Source("x", 61_500), Source("y", 3_000))})
    assert answer.reasons[0].params["age_s"] == 61
    assert "age_s" not in ask(told(done("press")), "test", {}).reasons[0].params, "nothing came that could be old"


def test_every_place_where_it_could_be_done_must_be_up_to_date():
    wide = route(operation("wire", "st-20"), operation("test", "st-30", after=["wire"], evidence_age_s=15))
    wide.operations[0].at.append("st-21")
    assert ask(told(), "test", {"st-20": FRESH}, wide).verdict == "unknown"
    assert ask(told(), "test", {"st-20": FRESH, "st-21": STALE}, wide).verdict == "unknown"
    assert ask(told(), "test", {"st-20": FRESH, "st-21": FRESH}, wide).verdict == "not_passed"


def test_the_limit_is_that_of_the_operation_that_asks():
    patient = route(operation("wire", "st-20"), operation("test", "st-30", after=["wire"], evidence_age_s=3_600))
    assert ask(told(), "test", {"st-20": (Source("x", 3_600_000),)}, patient).verdict == "not_passed"
    assert ask(told(), "test", {"st-20": (Source("x", 3_600_001),)}, patient).verdict == "unknown"


def test_an_own_log_is_always_up_to_date():
    assert ask(told(done("press")), "test", {"st-20": (Source("x", 0),)}).verdict == "not_passed"


# Bad news goes before missing news ------------------------------------------------------------------------------------
def test_a_fail_before_it_is_not_passed_whatever_else_is_unknown():
    two = route(
        operation("press", "st-10"), operation("wire", "st-20"), operation("test", "st-30", after=["press", "wire"])
    )
    answer = ask(told(done("press", "fail")), "test", {}, two)
    assert (answer.verdict, codes(answer)) == ("not_passed", ["interlock.fail"])


def test_a_fail_further_back_is_not_passed_though_the_step_between_passed():
    """The failure of the first operation came to light when the second had been done."""
    story = told(done("wire"))
    story.say("b", done("press", "fail"), U)
    for evidence in (ALL_FRESH, {}):
        answer = ask(story, "test", evidence)
        assert (answer.verdict, codes(answer)) == ("not_passed", ["interlock.fail"])


def test_operations_that_are_after_each_other_end():
    """No hub publishes such a route; a station that has one must not hang."""
    ring = route(operation("wire", "st-20", after=["test"]), operation("test", "st-30", after=["wire", "gone"]))
    assert ask(told(), "test", one=ring).verdict == "not_passed"


def test_a_contest_before_it_is_not_passed():
    story = told(done("press"))
    story.say("b", done("press", "fail"), U)
    answer = ask(story, "wire", {})
    assert (answer.verdict, codes(answer)) == ("not_passed", ["interlock.contested"])


def test_a_scrapped_thing_goes_nowhere():
    story = told(done("press"))
    scrapped = story.say("a", b.Scrap(reason="broken"), U)
    assert codes(ask(story, "wire")) == ["interlock.scrapped"]
    assert ask(story, "wire").verdict == "not_passed"
    story.say("a", b.Unscrap(tags=tags(scrapped), reason="was another"), U)
    assert ask(story, "wire").verdict == "pass"


def test_what_is_done_is_not_done_again():
    assert codes(ask(told(done("press")), "press")) == ["interlock.done"]


def test_what_was_only_begun_may_begin_again():
    assert ask(told(b.OperationStarted(operation="press")), "press").verdict == "pass"
    assert ask(told(b.OperationStarted(operation="press")), "wire").verdict == "not_passed"


def test_a_contested_operation_is_not_repeated():
    story = told(done("press"))
    story.say("b", done("press", "fail"), U)
    assert codes(ask(story, "press")) == ["interlock.contested"]


# Retest and rework ----------------------------------------------------------------------------------------------------
def failed(times: int) -> Story:
    return told(done("press"), done("wire"), *[done("test", "fail")] * times)


def test_a_failed_test_may_be_repeated_within_its_limit_and_then_needs_rework():
    assert ask(failed(1), "test", one=motor_route(2)).verdict == "pass"
    answer = ask(failed(2), "test", one=motor_route(2))
    assert (answer.verdict, codes(answer)) == ("not_passed", ["interlock.rework"])
    assert answer.reasons[0].params == {"operation": "test", "rework": "rework"}


def test_without_a_rework_in_its_route_no_rework_is_promised():
    route = motor_route(1)
    bare = replace(route, operations=[replace(one, on_fail=None) for one in route.operations if not one.reworks])
    answer = ask(failed(1), "test", one=bare)
    assert (codes(answer), answer.reasons[0].params) == (["interlock.no_rework"], {"operation": "test"})


def test_rework_is_reached_only_when_its_tests_are_used_up():
    assert ask(failed(2), "rework", one=motor_route(2)).verdict == "pass"
    assert codes(ask(failed(1), "rework", one=motor_route(2))) == ["interlock.not_failed"]
    assert codes(ask(told(done("test")), "rework")) == ["interlock.not_failed"]
    assert codes(ask(told(b.OperationStarted(operation="test")), "rework")) == ["interlock.not_failed"]


def test_after_the_rework_the_test_may_be_tried_again_and_the_rework_not():
    story = failed(1)
    story.say("a", done("rework"), U)
    assert ask(story, "test").verdict == "pass"
    assert codes(ask(story, "rework")) == ["interlock.not_failed"]


def test_rework_of_a_failure_that_was_not_seen_is_unknown_or_missing():
    assert codes(ask(told(), "rework")) == ["interlock.missing"]
    answer = ask(told(), "rework", {"st-30": STALE})
    assert (answer.verdict, answer.unknown) == ("unknown", ("test",))


# The promise ----------------------------------------------------------------------------------------------------------
NEWS = [
    done("press"), done("press", "fail"), done("wire"), done("wire", "fail"), b.Hold(reason="x"), b.Scrap(reason="x"),
]  # fmt: skip


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(NEWS), st.booleans()), max_size=7),
    st.dictionaries(st.sampled_from(["st-10", "st-20"]), st.sampled_from([FRESH, STALE, ()])),
)
def test_it_never_passes_while_a_fail_a_hold_or_a_scrap_is_known(said, evidence):
    """Nobody releases or reworks anything here, so one piece of bad news stops the test, in whatever order it came."""
    story = told()
    for name, body, disputed in said:
        story.say(name, body, U, disputed=disputed)
    answer = ask(story, "test", evidence)
    bodies = [body for _, body, _ in said]
    stands = any(isinstance(body, b.Hold | b.Scrap) for body in bodies)
    fails = {x.operation for x in bodies if isinstance(x, b.OperationCompleted) and x.outcome == "fail"}
    if stands or fails:
        assert answer.verdict in ("hold", "not_passed")
    passed = {x.operation for _, x, d in said if isinstance(x, b.OperationCompleted) and x.outcome == "pass" and not d}
    if answer.verdict == "pass":
        assert "wire" in passed
