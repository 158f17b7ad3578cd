"""Nonconformances: they hold a thing until somebody decides, and a decision to scrap scraps it."""

from __future__ import annotations

import pytest

from common import event_types as b
from common.ids import tag
from common.judge import consequences, interlock
from tests.support.factory import Story, bind, definitions_of, motor_route, tags, unit

U, ROTOR = unit("M-1"), unit("R-1")
ROUTE = motor_route()


def opened(story: Story) -> str:
    story.say("birth", b.Commission("motor"), U)
    return story.say("a", b.NonconformanceOpened("crack", "press"), U)


def decided(event: str, decision: str) -> b.NonconformanceDecided:
    return b.NonconformanceDecided(tag(event, 0), decision)  # type: ignore[arg-type]


def test_an_open_nonconformance_holds_until_it_is_decided():
    story = Story()
    event = opened(story)
    standing = story.judge(U, definitions_of(ROUTE))
    assert (standing.state, standing.held_because) == ("hold", ("crack",))
    answer = interlock(standing, ROUTE, ROUTE.operations[0], {})
    assert (answer.verdict, [(r.code, r.params) for r in answer.reasons]) == (
        "hold", [("interlock.nonconformance", {"ncr": "crack"})],
    )  # fmt: skip
    story.say("b", decided(event, "use_as_is"), U)
    assert story.judge(U, definitions_of(ROUTE)).state == "in_process"


@pytest.mark.parametrize("decision", ["rework", "repair", "use_as_is", "return"])
def test_every_other_decision_lets_the_thing_go_on(decision):
    story = Story()
    story.say("b", decided(opened(story), decision), U)
    assert (story.judge(U).holds, story.judge(U).scraps) == ((), ())


def test_a_nonconformance_decided_as_scrap_scraps_the_thing():
    story = Story()
    verdict = story.say("b", decided(opened(story), "scrap"), U)
    assert story.judge(U).state == "scrapped"
    story.say("c", b.Unscrap((tag(verdict, 1),), "a mistake"), U)
    assert story.judge(U).state == "in_process"


def test_a_decision_about_another_nonconformance_ends_nothing():
    story = Story()
    first = opened(story)
    story.say("a", b.NonconformanceOpened("dent"), U)
    story.say("b", decided(first, "use_as_is"), U)
    assert story.judge(U).held_because == ("dent",)


def test_a_release_that_names_it_ends_it_too_and_a_void_takes_it_back():
    for ends in (lambda event: b.Release(tags(event), "looked at", "release"), lambda event: b.Void(event, "mistake")):
        story = Story()
        story.say("b", ends(opened(story)), U)
        assert story.judge(U).state == "in_process"


def test_a_disputed_decision_ends_nothing():
    story = Story()
    story.say("b", decided(opened(story), "use_as_is"), U, disputed=True)
    assert story.judge(U).state == "hold"


def test_what_does_not_conform_holds_what_it_is_in():
    story = Story()
    story.say("a", bind(), U, ROTOR)
    event = story.say("a", b.NonconformanceOpened("crack"), ROTOR)
    (cause,) = consequences(story.judge(ROTOR))
    assert (cause.rule, cause.event, cause.thing) == ("nonconformance", event, ROTOR)
