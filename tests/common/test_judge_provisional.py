"""A pass that was given although something was not seen: what was missing clears it, or makes it a hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from common import event_types as b
from common.definitions import Definitions, Material, Route
from common.definitions.naming import Name
from common.ids import Claim, tag
from common.judge import Cause, Standing, TimeSpan, consequences, interlock, judge
from tests.support.factory import Story, bind, done, kinds, lot, motor_route, operation, route, tags, unit

U, ROTOR, OTHER, GLUE = unit("M-1"), unit("R-1"), unit("R-2"), lot("G-1")
ANY = Name("名", "name")
ROTORS = Route("rotor-route", ANY, [operation("wind", "st-05"), operation("balance", "st-06", after=["wind"])])
GLUES = Material("glue", ANY, "bought", "lot", shelf_life_days=365, days_left=2)
MOTORS = Material("motor", ANY, "made", "unit", route="motor-route")
PRESS = route(operation("press", "st-10", on_unknown="provisional"))
KNOWN = Definitions.of([ROTORS, GLUES, MOTORS, PRESS, Material("rotor", ANY, "made", "unit", route="rotor-route")])
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def at(days: float, wide: float = 0) -> TimeSpan:
    """So many days after 2 November 2026, noon; not known better than to `wide` days."""
    first, last = NOON + timedelta(days=days), NOON + timedelta(days=days + wide)
    return TimeSpan(int(first.timestamp() * 1000), int(last.timestamp() * 1000))


def pressed(story: Story, child: Claim, unknown: str, slot: str) -> str:
    """A motor that took a component of which something was not seen, and passed."""
    story.say("a", b.Commission("motor"), U)
    story.say("a", bind(slot, slot), U, child)
    return story.say("a", done("press", provisional=True, unknown=(unknown,)), U)


def received(story: Story, expiry: str = "2026-11-30") -> str:
    return story.say("c", b.Receive("glue", "s", "1", "kg", expiry=expiry), GLUE)


def glued(story: Story) -> str:
    return pressed(story, GLUE, "expiry", "glue")


def told(standing: Standing) -> tuple[str, list[str]]:
    return standing.state, kinds(standing)


# A part's own route ---------------------------------------------------------------------------------------------------
def test_a_part_whose_route_was_not_seen_clears_the_pass_when_all_of_it_has_passed():
    story = Story()
    pressed(story, ROTOR, "component", "rotor")
    assert told(story.judge(U, KNOWN)) == ("provisional", ["provisional"])
    story.say("b", done("wind"), ROTOR)
    assert story.judge(U, KNOWN).state == "provisional"
    last = story.say("b", done("balance"), ROTOR)
    standing = story.judge(U, KNOWN)
    assert (told(standing), kinds(standing, still_open=False)) == (("passed", []), ["provisional"])
    story.say("b", b.Void(last, "another rotor"), ROTOR)
    assert story.judge(U, KNOWN).state == "provisional"


@pytest.mark.parametrize("bad", [done("balance", "fail"), b.Hold("crack"), b.Scrap("broken")])
def test_a_part_that_turns_out_bad_holds_what_it_was_built_in_and_clears_nothing(bad: b.Body):
    story = Story()
    pressed(story, ROTOR, "component", "rotor")
    story.say("b", done("wind"), ROTOR)
    story.say("b", bad, ROTOR)
    parts = story.parts(story.judge(U, KNOWN), KNOWN, TimeSpan())
    reached = consequences(story.judge(ROTOR, KNOWN))
    standing = judge(story.history(U), KNOWN, reached, parts)
    assert told(standing) == ("hold", ["consequential_hold", "provisional"])


@pytest.mark.parametrize("parts", [(ROTOR, OTHER), (OTHER, ROTOR)])
def test_every_part_that_the_operation_put_in_must_be_in_order(parts: tuple[Claim, ...]):
    story = Story()
    story.say("a", bind("rotor"), U, OTHER)
    pressed(story, ROTOR, "component", "rotor")
    for thing in parts:
        assert story.judge(U, KNOWN).operation("press").provisional
        for id in ("wind", "balance"):
            story.say("b", done(id), thing)
    assert not story.judge(U, KNOWN).operation("press").provisional


def test_a_part_that_came_out_or_went_in_later_is_not_waited_for():
    story = Story()
    passed = pressed(story, ROTOR, "component", "rotor")
    story.say("b", b.Replace("rotor", "rotor", "1", "pcs", "press"), U, OTHER, ROTOR, after=[passed])
    assert story.judge(U, KNOWN).state == "passed"


def test_where_no_part_was_seen_to_go_in_nothing_is_cleared():
    story = Story()
    story.say("a", b.Commission("motor"), U)
    story.say("a", done("press", provisional=True, unknown=("component",)), U)
    assert story.judge(U, KNOWN).state == "provisional"


def test_a_part_whose_material_or_route_is_not_known_here_is_waited_for():
    story = Story()
    pressed(story, ROTOR, "component", "rotor")
    for id in ("wind", "balance"):
        story.say("b", done(id), ROTOR)
    rotor = KNOWN.get(Material, "rotor")
    assert rotor
    for some in ([], [rotor]):
        assert story.judge(U, Definitions.of([MOTORS, PRESS, *some])).state == "provisional"


# A lot's last day -----------------------------------------------------------------------------------------------------
def test_a_lot_that_was_fresh_on_the_day_it_went_in_clears_the_pass():
    story = Story()
    received(story)
    glued(story)
    assert told(story.judge(U, KNOWN, at(10))) == ("passed", [])


def test_a_lot_that_was_past_its_day_holds_the_thing_until_it_is_released():
    story = Story()
    received(story)
    passed = glued(story)
    standing = story.judge(U, KNOWN, at(40))
    cause = Cause("expired", tag(passed, 0), passed, U, "expired")
    assert told(standing) == ("hold", ["component_expired", "provisional"])
    assert (standing.held_because, standing.holds, consequences(standing)) == (("expired",), (cause,), (cause,))
    assert interlock(standing, PRESS, PRESS.operations[0], {}).verdict == "hold"
    story.say("q", b.Release(tags(passed), "tested", "use as is"), U, after=[passed])
    assert told(story.judge(U, KNOWN, at(40))) == ("passed", [])


def test_so_many_days_must_be_left_as_its_material_says():
    story = Story()
    received(story)  # the last day of use is the 28th
    glued(story)
    states = [story.judge(U, KNOWN, at(days)).state for days in (25.8, 26, 26.9, 27)]
    assert states == ["passed", "provisional", "provisional", "hold"], "its workplace may be anywhere on Earth"


@pytest.mark.parametrize(
    "span", [TimeSpan(), at(-40, 80), TimeSpan(at(10).earliest_ms), TimeSpan(None, at(40).latest_ms)]
)
def test_as_long_as_the_day_is_not_sure_it_stays_provisional(span: TimeSpan):
    story = Story()
    received(story)
    glued(story)
    assert told(story.judge(U, KNOWN, span)) == ("provisional", ["provisional"])


@pytest.mark.parametrize(("ms", "state"), [(10**15, "hold"), (-(10**15), "passed")])
def test_a_time_beyond_every_calendar_is_judged_too(ms: int, state: str):
    story = Story()
    received(story)
    glued(story)
    assert story.judge(U, KNOWN, TimeSpan(ms, ms)).state == state


def test_a_lot_that_was_not_seen_is_waited_for():
    story = Story()
    glued(story)
    assert story.judge(U, KNOWN, at(10)).state == "provisional"
    story.say("c", b.Inspected("incoming", "pass"), GLUE)
    assert story.judge(U, KNOWN, at(10)).state == "provisional", "nobody said until when"
    received(story)
    assert story.judge(U, KNOWN, at(10)).state == "passed"


def test_what_nobody_gave_a_last_day_keeps_for_ever_once_it_was_seen():
    story, bolts = Story(), Definitions.of([MOTORS, PRESS, Material("glue", ANY, "bought", "lot")])
    glued(story)
    assert story.judge(U, bolts, at(10)).state == "provisional"
    story.say("c", b.Receive("glue", "s", "1", "kg"), GLUE)
    assert story.judge(U, bolts, at(10)).state == "passed"


def test_a_last_day_that_was_amended_counts_as_amended():
    story = Story()
    first = received(story, "2026-11-03")
    glued(story)
    assert story.judge(U, KNOWN, at(10)).state == "hold"
    body = {"material": "glue", "supplier": "s", "quantity": "1", "uom": "kg", "expiry": "2027-11-03"}
    story.say("c", b.Amend(first, body, "mistyped"), GLUE)
    assert story.judge(U, KNOWN, at(10)).state == "passed"


# What no evidence decides ---------------------------------------------------------------------------------------------
def settle(story: Story, passed: str, kind: str) -> str:
    return story.say("q", b.Settle(kind, keep=tags(passed), reason="looked at"), U, after=[passed])


@pytest.mark.parametrize("reason", ["calibration", "expiry", "component", "wire"])
def test_somebody_may_settle_whatever_a_pass_waits_for(reason: str):
    story = Story()
    passed = pressed(story, *((ROTOR, reason, "rotor") if reason == "component" else (GLUE, reason, "glue")))
    assert story.judge(U, KNOWN).state == "provisional"
    settled = settle(story, passed, "provisional")
    assert told(story.judge(U, KNOWN)) == ("passed", [])
    story.say("q", b.Void(settled, "not that one"), U)
    assert story.judge(U, KNOWN).state == "provisional"


def test_settling_something_else_of_the_pass_clears_nothing():
    story = Story()
    settle(story, pressed(story, GLUE, "calibration", "glue"), "disputed")
    assert story.judge(U, KNOWN).state == "provisional"


def test_who_is_in_doubt_settles_nothing():
    story = Story()
    passed = pressed(story, GLUE, "calibration", "glue")
    settle(story, passed, "disputed")
    story.say("x", b.Settle("provisional", keep=tags(passed), reason="?"), U, after=[passed], disputed=True)
    assert story.judge(U, KNOWN).state == "provisional"


def test_what_was_settled_as_provisional_is_held_all_the_same_by_bad_news_that_comes_later():
    story = Story()
    settle(story, glued(story), "provisional")
    received(story)
    assert story.judge(U, KNOWN, at(40)).state == "hold"


def test_an_expired_lot_may_be_settled_as_good_enough():
    story = Story()
    received(story)
    settle(story, glued(story), "component_expired")
    assert told(story.judge(U, KNOWN, at(40))) == ("passed", [])


def test_late_bad_news_of_an_operation_holds_until_it_is_settled():
    story, known = Story(), Definitions.of([motor_route(), MOTORS])
    story.say("b", b.Commission("motor"), U)
    story.say("b", done("press"), U)
    passed = story.say("c", done("test", provisional=True, unknown=("wire",)), U)
    story.say("d", done("wire", "fail"), U)
    assert story.judge(U, known).state == "hold"
    settle(story, passed, "late_bad_news")
    assert told(story.judge(U, known)) == ("failed", ["failed", "provisional"])


# Rework ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("outcome", ["fail", "pass"])
def test_a_rework_whose_failed_test_was_not_seen_is_cleared_by_it(outcome: str):
    story, known = Story(), Definitions.of([motor_route(), MOTORS])
    story.say("a", b.Commission("motor"), U)
    story.say("a", done("rework", provisional=True, unknown=("test",)), U)
    assert story.judge(U, known).operation("rework").provisional
    story.say("c", done("test", outcome), U)
    standing = story.judge(U, known)
    assert not standing.operation("rework").provisional
    assert "late_bad_news" not in kinds(standing)
