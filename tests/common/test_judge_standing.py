"""Holds, scraps, births, forks and what cannot be read: whatever is doubtful stands until somebody names it."""

from __future__ import annotations

from msgspec.structs import replace

from common import event_types as b
from common.ids import tag
from common.judge import Finding, judge
from tests.support.factory import Story, bind, definitions_of, done, kinds, motor_route, tags, unit

U, OTHER, ROTOR = unit("M-1"), unit("M-2"), unit("R-1")
COMMISSION = b.Commission(material="motor")
HOLD, SCRAP = b.Hold(reason="crack"), b.Scrap(reason="broken")
MOTORS = definitions_of(motor_route())


def release(*names: str) -> b.Release:
    return b.Release(tags=names, reason="looked at", meaning="use as is")


def unscrap(*names: str) -> b.Unscrap:
    return b.Unscrap(tags=names, reason="was another")


# Holds ----------------------------------------------------------------------------------------------------------------
def test_a_hold_holds_until_a_release_names_it():
    story = Story()
    held = story.say("a", HOLD, U)
    assert (story.judge(U).state, story.judge(U).held_because) == ("hold", ("crack",))
    story.say("b", release(*tags(held)), U)
    assert story.judge(U).state == "unknown"


def test_each_hold_needs_a_release_of_its_own():
    story = Story()
    one = story.say("a", HOLD, U)
    story.say("b", b.Hold(reason="dust"), U)
    story.say("a", release(*tags(one)), U)
    assert story.judge(U).held_because == ("dust",)


def test_a_release_may_come_before_its_hold_is_seen():
    """Rows are a set: the release is found here first, the hold later; it never holds."""
    story = Story()
    held = story.say("a", HOLD, U)
    story.say("b", release(*tags(held)), U)
    story.past.reverse()
    assert story.judge(U).state == "unknown"


def test_a_hold_of_many_is_released_one_by_one():
    """Each thing has its own tag of the hold; a release is of on[0]."""
    story = Story()
    held = story.say("a", HOLD, U, OTHER)
    story.say("a", release(tag(held, 0), tag(held, 1)), U, OTHER)
    assert story.judge(U).state == "unknown"
    assert story.judge(OTHER).state == "hold"
    story.say("a", release(tag(held, 1)), OTHER)
    assert story.judge(OTHER).state == "unknown"


def test_the_tag_of_one_thing_does_not_release_another():
    story = Story()
    held = story.say("a", HOLD, U, OTHER)
    story.say("a", release(tag(held, 0)), OTHER)
    assert story.judge(OTHER).state == "hold"


def test_only_a_release_ends_a_hold_and_only_an_unscrap_a_scrap():
    """Who may take back a scrap may not thereby release a hold."""
    story = Story()
    held, scrapped = story.say("a", HOLD, U), story.say("a", SCRAP, U)
    story.say("a", unscrap(*tags(held)), U)
    story.say("a", release(*tags(scrapped)), U)
    assert (story.judge(U).state, story.judge(U).held_because) == ("scrapped", ("crack",))


def test_a_consequential_hold_stands_as_any_other():
    story = Story()
    cause = story.say("a", SCRAP, ROTOR)
    story.say("hub", b.Hold(reason="its rotor", rule="child_scrapped", cause=cause), U)
    assert story.judge(U).state == "hold"


# Scraps ---------------------------------------------------------------------------------------------------------------
def test_a_scrap_stands_until_an_unscrap_names_it():
    story = Story()
    story.say("a", COMMISSION, U)
    scrapped = story.say("a", SCRAP, U)
    assert story.judge(U).state == "scrapped"
    story.say("a", unscrap(*tags(scrapped)), U)
    assert story.judge(U).state == "in_process"


def test_what_is_done_after_a_scrap_is_kept_and_a_finding():
    story = Story()
    scrapped = story.say("a", SCRAP, U)
    worked = story.say("b", done("press"), U, after=[scrapped])
    bound = story.say("b", bind(), U, ROTOR)
    standing = story.judge(U)
    assert [f.cause for f in standing.findings if f.kind == "after_scrap"] == sorted([worked, bound])
    assert standing.state == "scrapped"
    assert standing.outcome("press") == "pass"


def test_what_was_done_before_or_beside_a_scrap_is_no_finding():
    story = Story()
    before = story.say("a", done("press"), U)
    story.say("b", done("wire"), U)
    story.say("c", SCRAP, U, after=[before])
    assert "after_scrap" not in kinds(story.judge(U))


def test_a_scrap_decides_the_failures_of_the_thing():
    story = Story()
    story.say("a", done("test", "fail"), U)
    assert kinds(story.judge(U)) == ["failed"]
    story.say("a", SCRAP, U)
    assert kinds(story.judge(U)) == []
    assert kinds(story.judge(U), still_open=False) == ["failed"]


# Births ---------------------------------------------------------------------------------------------------------------
def test_a_serial_commissioned_twice_is_a_finding_with_both_causes():
    story = Story()
    one, two = story.say("a", COMMISSION, U), story.say("b", b.Commission(material="pump"), U)
    standing = story.judge(U)
    assert [f.cause for f in standing.findings if f.kind == "commissioned_twice"] == sorted(tags(one, two))
    assert (standing.material, standing.words["material"]) == (None, ("motor", "pump"))


def test_the_same_event_from_two_carriers_is_one_commission():
    story = Story()
    story.say("a", COMMISSION, U)
    story.past *= 2
    assert kinds(story.judge(U)) == []


def test_the_order_a_thing_was_made_for_is_told():
    story = Story()
    story.say("a", b.Commission(material="motor", order="WO-1"), U)
    assert (story.judge(U).material, story.judge(U).order) == ("motor", "WO-1")


# What screens said no to ----------------------------------------------------------------------------------------------
def test_what_a_screen_refused_is_told_but_waits_for_nobody():
    story = Story()
    for code in ("component.wrong", "interlock.blocked", "plc.stale", "unit.unknown"):
        story.say("a", b.Refused(operation="wire", code=code), U)
    said = story.judge(U)
    assert kinds(said) == []
    assert kinds(said, still_open=False) == ["component_refused", "interlock_blocked", "plc_quarantined", "refused"]


# What cannot be read --------------------------------------------------------------------------------------------------
def test_an_unreadable_event_that_may_matter_holds():
    story = Story()
    story.say("a", COMMISSION, U)
    story.say("b", HOLD, U, rows=(), blind=True)
    assert (story.judge(U).state, story.judge(U).held_because) == ("hold", ("unknown_event",))


# Forks ----------------------------------------------------------------------------------------------------------------
def test_of_a_disputed_branch_the_bad_news_counts_and_the_good_does_not():
    """Holds, scraps and fails count; passes, releases and unscraps do not, until somebody settles it."""
    story = Story()
    held = story.say("a", HOLD, U)
    scrapped = story.say("a", SCRAP, OTHER)
    story.say("b", done("press"), U, disputed=True)
    story.say("b", done("wire", "fail"), U, disputed=True)
    story.say("b", release(*tags(held)), U, disputed=True)
    story.say("b", unscrap(*tags(scrapped)), OTHER, disputed=True)
    standing = story.judge(U)
    assert (standing.outcome("press"), standing.outcome("wire")) == ("none", "fail")
    assert standing.state == "hold"
    assert story.judge(OTHER).state == "scrapped"
    assert kinds(standing) == ["disputed"] * 3 + ["failed"]


def test_a_disputed_hold_and_a_disputed_scrap_count():
    story = Story()
    story.say("a", HOLD, U, disputed=True)
    story.say("a", SCRAP, OTHER, disputed=True)
    assert (story.judge(U).state, story.judge(OTHER).state) == ("hold", "scrapped")


# The state in one word ------------------------------------------------------------------------------------------------
def test_the_state_goes_with_the_work():
    story = Story()
    told = [story.judge(U, MOTORS).state]
    for body in (COMMISSION, done("press"), done("wire"), done("test", "fail"), done("rework"), done("test")):
        story.say("a", body, U)
        told.append(story.judge(U, MOTORS).state)
    assert told == ["unknown", "in_process", "in_process", "in_process", "failed", "failed", "passed"]


def test_a_state_says_the_worst():
    story = Story()
    for body in (COMMISSION, done("press"), done("wire"), done("test")):
        story.say("a", body, U)
    assert story.judge(U, MOTORS).state == "passed"
    story.say("b", done("wire", "fail"), U)
    assert story.judge(U, MOTORS).state == "contested"
    story.say("b", HOLD, U)
    assert story.judge(U, MOTORS).state == "hold"
    story.say("b", SCRAP, U)
    assert story.judge(U, MOTORS).state == "scrapped"


def test_without_definitions_a_thing_is_judged_as_far_as_it_goes():
    """A missing definition is unknown, never an error: the facts still stand."""
    story = Story()
    story.say("a", COMMISSION, U)
    story.say("a", done("press"), U)
    story.say("a", done("wire", "fail"), U)
    assert (story.judge(U).state, story.judge(U).outcome("press")) == ("failed", "pass")


def test_a_finding_can_be_closed_and_is_otherwise_the_same():
    one = Finding("failed", "x", U, True, {"operation": "test"})
    assert one.closed() == replace(one, open=False)


def test_judging_does_not_read_who_when_or_under_which_form():
    story = Story()
    story.say("a", COMMISSION, U)
    story.say("a", done("press"), U)
    history = story.history(U)
    changed = replace(history, events=tuple(replace(p, at=0, who="p9", cfg="x") for p in history.events))
    assert judge(history, MOTORS) == judge(changed, MOTORS)
