"""Late bad news: what is wrong with one thing holds everything it went into, until somebody there releases it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from common import event_types as b
from common.definitions import Definitions
from common.ids import tag
from common.judge import Cause, consequences, interlock, judge
from tests.support.factory import Story, definitions_of, done, kinds, motor_route, tags, unit

U, ROTOR, BOLT = unit("M-1"), unit("R-1"), unit("B-1")
MOTORS, ROUTE = definitions_of(motor_route()), motor_route()
NONE = Definitions.of([])


def release(*names: str) -> b.Release:
    return b.Release(tags=names, reason="looked at", meaning="use as is")


def held(story: Story, *reached: Cause):
    return judge(story.history(U), MOTORS, reached)


def test_what_is_wrong_with_a_thing_names_the_rows_that_say_so():
    story = Story()
    crack = story.say("a", b.Hold(reason="crack"), BOLT, ROTOR)
    broken = story.say("b", b.Scrap(reason="broken"), ROTOR)
    failed = story.say("c", done("press", "fail"), ROTOR)
    doubtful = story.say("c", done("wire", "fail"), ROTOR)
    story.say("d", done("wire"), ROTOR)
    assert set(consequences(story.judge(ROTOR))) == {
        Cause("hold", tag(crack, 1), crack, ROTOR, "crack"),
        Cause("scrap", tag(broken, 0), broken, ROTOR, "broken"),
        Cause("fail", tag(failed, 0), failed, ROTOR, "press"),
        Cause("contested", tag(doubtful, 0), doubtful, ROTOR, "wire"),
    }


def test_what_was_released_taken_back_or_passed_again_reaches_nobody():
    story = Story()
    story.say("a", done("press", "fail"), ROTOR)
    story.say("a", done("press"), ROTOR)
    story.say("a", release(*tags(story.say("a", b.Hold(reason="crack"), ROTOR))), ROTOR)
    story.say("a", b.Unscrap(tags=tags(story.say("a", b.Scrap(reason="broken"), ROTOR)), reason="other"), ROTOR)
    assert consequences(story.judge(ROTOR)) == ()


def test_bad_news_from_upstream_holds_a_thing_and_says_why():
    story = Story()
    crack = story.say("a", b.Hold(reason="crack"), ROTOR)
    story.say("a", done("press"), U)
    standing = held(story, *consequences(story.judge(ROTOR)))
    assert (standing.state, standing.held_because) == ("hold", ("upstream_hold",))
    assert [(f.kind, f.cause, f.open) for f in standing.findings] == [("consequential_hold", tag(crack, 0), True)]
    assert standing.holds == (Cause("hold", tag(crack, 0), crack, ROTOR, "crack"),)
    assert interlock(standing, ROUTE, ROUTE.operations[1], {}).verdict == "hold"


def test_a_thing_that_nothing_was_said_of_is_held_by_what_reaches_it():
    story = Story()
    story.say("a", b.Scrap(reason="broken"), ROTOR)
    assert held(story, *consequences(story.judge(ROTOR))).state == "hold"


def test_a_release_of_this_thing_that_names_the_tag_ends_it():
    story = Story()
    crack, dust = (story.say("a", b.Hold(reason=why), ROTOR) for why in ("crack", "dust"))
    reached = consequences(story.judge(ROTOR))
    story.say("b", release(*tags(crack)), U)
    assert [c.event for c in held(story, *reached).holds] == [dust]
    story.say("b", release(*tags(dust)), U)
    assert held(story, *reached).state == "unknown"
    assert story.judge(ROTOR).state == "hold"


def test_a_release_of_another_thing_or_in_a_disputed_branch_ends_nothing_here():
    story = Story()
    crack = story.say("a", b.Hold(reason="crack"), ROTOR)
    reached = consequences(story.judge(ROTOR))
    story.say("b", release(*tags(crack)), BOLT)
    story.say("c", release(*tags(crack)), U, disputed=True)
    assert held(story, *reached).state == "hold"


def test_what_reached_a_thing_does_not_count_as_its_own_bad_news():
    """The cause reaches what is further downstream itself, so one release there is enough."""
    story = Story()
    crack = story.say("a", b.Hold(reason="crack"), ROTOR)
    story.say("hub", b.Hold(reason="its rotor", rule="hold", cause=crack), U)
    assert consequences(held(story, *consequences(story.judge(ROTOR)))) == ()


def test_the_hubs_own_word_of_a_hold_and_the_derived_one_are_one_hold():
    """Stations out of reach of the cause see the hub's event, the hub derives it: either name releases both."""
    for name_of in ("cause", "hub"):
        story = Story()
        crack = story.say("a", b.Hold(reason="crack"), ROTOR)
        reached = consequences(story.judge(ROTOR))
        written = story.say("hub", b.Hold(reason="its rotor", rule="hold", cause=crack), U)
        assert held(story, *reached).held_because == ("its rotor",)
        story.say("b", release(*tags(crack if name_of == "cause" else written)), U)
        assert held(story, *reached).state == story.judge(U).state == "unknown", name_of


@given(st.permutations(range(4)), st.lists(st.integers(0, 3)))
def test_it_does_not_matter_in_which_order_causes_reach_a_thing(order, again):
    story = Story()
    for why in "abcd":
        story.say(why, b.Hold(reason=why), ROTOR)
    story.say("b", release(*tags(story.say("a", b.Hold(reason="own"), U))), U)
    causes = consequences(story.judge(ROTOR))
    assert held(story, *(causes[i] for i in [*order, *again])) == held(story, *causes)
    assert kinds(held(story, *causes)) == ["consequential_hold"] * 4
