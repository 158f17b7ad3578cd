"""Corrections and decisions: what is amended, voided, kept or dropped, and what has no effect. The original stays."""

from __future__ import annotations

import pytest

from common import event_types as b
from common.ids import tag
from common.judge import Corrected, consequences
from tests.support.factory import Story, bind, done, kinds, lot, materials, tags, unit

U, OTHER, ROTOR, SPARE = unit("M-1"), unit("M-2"), unit("R-1"), unit("R-2")


def amend(event: str, /, **body: object) -> b.Amend:
    return b.Amend(event=event, body=body, reason="mistyped")


def void(event: str) -> b.Void:
    return b.Void(event=event, reason="scanned by mistake")


def settle(finding: str = "component_contested", keep: tuple[str, ...] = (), drop: tuple[str, ...] = ()) -> b.Settle:
    return b.Settle(finding=finding, keep=keep, drop=drop)


def passed(event: str, outcome: str) -> b.Amend:
    return amend(event, operation="press", outcome=outcome)


# Amend, void ----------------------------------------------------------------------------------------------------------
def test_an_amended_event_counts_as_amended_and_the_original_stays_told():
    story = Story()
    wrong = story.say("a", done("press", "fail"), U)
    by = story.say("b", passed(wrong, "pass"), U, who="p-1")
    standing = story.judge(U)
    assert standing.outcome("press") == "pass"
    assert standing.corrected == (Corrected(wrong, by, "amend", "p-1", "mistyped"),)
    assert [past.id for past in story.history(U).events] == [wrong, by]


def test_a_voided_event_does_not_count():
    story = Story()
    wrong = story.say("a", done("press", "fail"), U)
    by = story.say("b", void(wrong), U)
    assert story.judge(U).outcome("press") == "none"
    assert [(c.event, c.by, c.way) for c in story.judge(U).corrected] == [(wrong, by, "void")]


def test_a_voided_bind_is_an_edge_that_ended():
    story = Story()
    wrong = story.say("a", bind(), U, ROTOR)
    by = story.say("b", void(wrong), U, ROTOR)
    assert [c.removed_by for c in story.judge(U).components] == [by]
    assert [c.removed_by for c in story.judge(ROTOR).within] == [by]


def test_the_void_of_a_void_lets_the_event_count_again():
    story = Story()
    wrong = story.say("a", done("press", "fail"), U)
    first = story.say("b", void(wrong), U)
    story.say("c", void(first), U)
    assert story.judge(U).outcome("press") == "fail"


def test_the_amendment_of_an_amendment_says_what_the_first_should_have_said():
    story = Story()
    wrong = story.say("a", done("press", "fail"), U)
    first = story.say("b", passed(wrong, "fail"), U)
    again = {"event": wrong, "body": {"operation": "press", "outcome": "pass"}, "reason": "looked again"}
    story.say("c", amend(first, **again), U)
    assert story.judge(U).outcome("press") == "pass"
    assert "amend_conflict" not in kinds(story.judge(U))


def test_an_amendment_of_an_amendment_cannot_turn_to_another_event():
    story = Story()
    wrong, other = story.say("a", done("press", "fail"), U), story.say("a", done("wire", "fail"), U)
    first = story.say("b", passed(wrong, "pass"), U)
    by = story.say("c", amend(first, event=other, body={"operation": "wire", "outcome": "pass"}, reason="x"), U)
    assert (story.judge(U).outcome("press"), story.judge(U).outcome("wire")) == ("pass", "fail")
    assert [f.cause for f in story.judge(U).findings if f.kind == "amend_senseless"] == [by]


def test_the_later_amendment_counts():
    story = Story()
    wrong = story.say("a", done("press"), U)
    first = story.say("b", passed(wrong, "fail"), U)
    story.say("c", passed(wrong, "pass"), U, after=[first])
    assert story.judge(U).outcome("press") == "pass"


def test_amendments_that_contradict_each_other_are_all_kept_and_a_finding():
    """Of a pass and a fail the fail counts, as ever."""
    story = Story()
    wrong = story.say("a", done("press"), U)
    by = [story.say(who, passed(wrong, said), U, after=[wrong]) for who, said in (("b", "fail"), ("c", "pass"))]
    standing = story.judge(U)
    assert standing.outcome("press") == "contested"
    assert [f.cause for f in standing.findings if f.kind == "amend_conflict"] == sorted(by)
    story.say("d", passed(wrong, "pass"), U, after=by)
    assert (story.judge(U).outcome("press"), kinds(story.judge(U))) == ("pass", [])


def test_equal_amendments_do_not_contradict_each_other():
    story = Story()
    wrong = story.say("a", done("press", "fail"), U)
    for who in "bc":
        story.say(who, passed(wrong, "pass"), U, after=[wrong])
    assert (story.judge(U).outcome("press"), kinds(story.judge(U))) == ("pass", [])


@pytest.mark.parametrize("body", [{}, {"operation": "press"}, {"operation": "press", "outcome": "maybe"}])
def test_an_amendment_that_makes_no_sense_is_a_finding_without_effect(body):
    story = Story()
    wrong = story.say("a", done("press", "fail"), U)
    story.say("b", amend(wrong, **body), U)
    assert story.judge(U).outcome("press") == "fail"
    assert "amend_senseless" in kinds(story.judge(U))


def test_amending_never_changes_which_things_are_meant():
    """A transform with another count of inputs would have other edges under the same tags."""
    story = Story()
    split = story.say("a", b.Transform(inputs=1), lot("A"), lot("B"), lot("C"))
    story.say("a", amend(split, inputs=2), lot("A"), lot("B"), lot("C"))
    assert [c.child for c in story.judge(lot("C")).components] == [lot("A")]
    assert "amend_senseless" in kinds(story.judge(lot("C")))


def test_an_amended_bind_keeps_its_tag():
    story = Story()
    bound = story.say("a", bind("left"), U, ROTOR)
    body = {"slot": "right", "material": "rotor", "quantity": "1", "uom": "pcs", "operation": "press"}
    story.say("a", amend(bound, **body), U, ROTOR)
    assert [(c.tag, c.slot) for c in story.judge(U).components] == [(tag(bound, 0), "right")]


@pytest.mark.parametrize("way", ["void", "amend"])
def test_a_correction_that_does_not_name_every_thing_is_a_finding_without_effect(way):
    """Else the thing that it leaves out would never hear of it, and the two would not agree."""
    story = Story()
    bound = story.say("a", bind("left"), U, ROTOR)
    body = {"slot": "right", "material": "rotor", "quantity": "1", "uom": "pcs", "operation": "press"}
    story.say("b", void(bound) if way == "void" else amend(bound, **body), U)
    assert materials(story.judge(U)) == {"left": "R-1"}
    assert "correction_incomplete" in kinds(story.judge(U))


def test_a_correction_may_come_before_what_it_corrects():
    story = Story()
    wrong = story.say("a", done("press", "fail"), U)
    by = story.say("b", void(wrong), U)
    story.past.reverse()
    assert story.judge(U).outcome("press") == "none"
    del story.past[-1]
    assert [(f.kind, f.cause) for f in story.judge(U).findings] == [("correction_unseen", by)]


@pytest.mark.parametrize("doubt", ["disputed", "distrusted"])
def test_a_doubtful_correction_or_decision_changes_nothing(doubt):
    story = Story()
    wrong = story.say("a", done("press", "fail"), U)
    story.say("b", void(wrong), U, **{doubt: True})
    story.say("b", settle("failed", drop=tags(wrong)), U, **{doubt: True})
    assert story.judge(U).outcome("press") == "fail"


def test_a_long_chain_of_voids_is_followed_to_its_end():
    story = Story()
    last = story.say("a", done("press", "fail"), U)
    for _ in range(2_000):
        last = story.say("a", void(last), U)
    assert story.judge(U).outcome("press") == "fail"


# Settle: disputes -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("doubt", ["disputed", "distrusted"])
def test_a_settled_dispute_lets_a_pass_count_and_a_fail_not(doubt):
    story = Story()
    good = story.say("a", done("press"), U, **{doubt: True})
    bad = story.say("a", done("wire", "fail"), U, **{doubt: True})
    assert kinds(story.judge(U)) == [doubt] * 2 + ["failed"]
    story.say("hub", settle(doubt, tags(good), tags(bad)), U)
    standing = story.judge(U)
    assert (standing.outcome("press"), standing.outcome("wire"), kinds(standing)) == ("pass", "none", [])
    assert doubt in kinds(standing, still_open=False)


def test_a_kept_release_releases():
    story = Story()
    held = story.say("a", b.Hold(reason="crack"), U)
    freed = story.say("b", b.Release(tags=tags(held), reason="seen", meaning="ok"), U, disputed=True)
    assert story.judge(U).state == "hold"
    story.say("hub", settle("disputed", tags(freed)), U)
    assert story.judge(U).state == "unknown"


def test_a_kept_decision_decides():
    """Who decided in a branch that is disputed is heard when the dispute is settled."""
    story = Story()
    bad = story.say("a", done("press", "fail"), U)
    said = story.say("b", settle("failed", drop=tags(bad)), U, disputed=True)
    assert story.judge(U).outcome("press") == "fail"
    story.say("hub", settle("disputed", tags(said)), U)
    assert story.judge(U).outcome("press") == "none"


def test_one_of_a_concurrent_pass_and_fail_is_dropped():
    story = Story()
    story.say("a", done("press"), U)
    bad = story.say("b", done("press", "fail"), U)
    assert story.judge(U).outcome("press") == "contested"
    story.say("hub", settle("contested", drop=tags(bad)), U)
    assert story.judge(U).outcome("press") == "pass"


# Settle: who disagrees ------------------------------------------------------------------------------------------------
def contested() -> tuple[Story, str, str]:
    story = Story()
    one, two = story.say("a", bind(), U, ROTOR), story.say("b", bind(), OTHER, ROTOR)
    return story, one, two


def test_a_contested_component_stays_where_a_settle_says():
    story, one, two = contested()
    by = story.say("hub", settle(keep=tags(one), drop=tags(two)), ROTOR, U, OTHER)
    assert materials(story.judge(U)) == {"rotor": "R-1"}
    assert [c.removed_by for c in story.judge(OTHER).components] == [by]
    for thing in (U, OTHER, ROTOR):
        assert kinds(story.judge(thing)) == []
    assert kinds(story.judge(ROTOR), still_open=False) == ["component_contested"] * 2


def test_two_parts_that_carry_one_serial_may_both_be_kept():
    story, one, two = contested()
    story.say("hub", settle(keep=tags(one, two)), ROTOR, U, OTHER)
    assert (kinds(story.judge(ROTOR)), len(story.judge(ROTOR).within)) == ([], 2)


def test_a_third_bind_opens_the_finding_again():
    story, one, two = contested()
    story.say("hub", settle(keep=tags(one), drop=tags(two)), ROTOR, U, OTHER)
    story.say("c", bind(), unit("M-3"), ROTOR)
    assert "component_contested" in kinds(story.judge(ROTOR))


def test_a_settle_that_leaves_a_thing_out_decides_nothing_about_it():
    story, one, two = contested()
    story.say("hub", settle(keep=tags(one), drop=tags(two)), ROTOR, U)
    assert "component_contested" in kinds(story.judge(ROTOR))
    assert "correction_incomplete" in kinds(story.judge(ROTOR))
    assert all(c.removed_by is None for c in story.judge(OTHER).components + story.judge(ROTOR).within)


def test_settles_that_contradict_each_other_count_for_nothing_until_one_comes_after_both():
    story, one, two = contested()
    on = (ROTOR, U, OTHER)
    by = [
        story.say("hub", settle(keep=tags(one), drop=tags(two)), *on, after=[one, two]),
        story.say("line", settle(keep=tags(two), drop=tags(one)), *on, after=[one, two]),
    ]
    standing = story.judge(ROTOR)
    assert sorted({f.cause for f in standing.findings if f.kind == "settle_conflict"}) == sorted(by)
    assert all(c.removed_by is None for c in standing.within)
    story.say("hub", settle(keep=tags(two), drop=tags(one)), *on, after=by)
    assert (materials(story.judge(U)), materials(story.judge(OTHER))) == ({}, {"rotor": "R-1"})
    assert kinds(story.judge(ROTOR)) == []


def test_a_settle_that_keeps_and_drops_the_same_tag_decides_nothing():
    story, one, _ = contested()
    story.say("hub", settle(keep=tags(one), drop=tags(one)), ROTOR, U, OTHER)
    assert "settle_conflict" in kinds(story.judge(ROTOR))
    assert all(c.removed_by is None for c in story.judge(ROTOR).within)


def test_a_voided_settle_decides_nothing():
    story, one, two = contested()
    said = story.say("hub", settle(keep=tags(one), drop=tags(two)), ROTOR, U, OTHER)
    story.say("hub", void(said), ROTOR, U, OTHER)
    assert "component_contested" in kinds(story.judge(ROTOR))


# Settle: slots --------------------------------------------------------------------------------------------------------
def test_a_slot_that_is_over_full_is_settled_by_dropping_or_by_keeping_all():
    for keep_both in (True, False):
        story = Story()
        one, two = story.say("a", bind(), U, ROTOR), story.say("b", bind(), U, SPARE)
        assert kinds(story.judge(U)) == ["slot_over_full"] * 2
        said = settle("slot_over_full", tags(one, two)) if keep_both else settle("slot_over_full", (), tags(two))
        story.say("hub", said, U, ROTOR, SPARE)
        assert kinds(story.judge(U)) == []


def test_a_part_that_nobody_could_read_is_settled():
    story = Story()
    out = story.say("a", b.Unbind(operation="rework"), U)
    assert kinds(story.judge(U)) == ["slot_unreadable"]
    story.say("hub", settle("slot_unreadable", tags(out)), U)
    assert kinds(story.judge(U)) == []


def test_a_later_unbind_or_replace_says_what_the_unreadable_part_was():
    for later in (b.Unbind(operation="rework"), b.Replace("rotor", "rotor", "1", "pcs", "rework")):
        story = Story()
        story.say("a", bind(), U, ROTOR)
        story.say("a", b.Unbind(operation="rework", slot="rotor"), U)
        assert "slot_unreadable" in kinds(story.judge(U))
        story.say("a", later, *((U, ROTOR) if isinstance(later, b.Unbind) else (U, SPARE, ROTOR)))
        assert kinds(story.judge(U)) == []


def test_another_slots_unbind_does_not_say_it():
    story = Story()
    story.say("a", bind("shaft"), U, ROTOR)
    story.say("a", b.Unbind(operation="rework", slot="rotor"), U)
    story.say("a", b.Unbind(operation="rework"), U, ROTOR)
    assert kinds(story.judge(U)) == ["slot_unreadable"]


def test_a_distrusted_pass_that_nothing_replaced_is_bad_news():
    """Whoever relied on it must be looked at: it reaches what the thing went into."""
    story = Story()
    lost = story.say("a", done("press"), U, distrusted=True)
    assert [(c.rule, c.tag) for c in consequences(story.judge(U))] == [("distrusted", tag(lost, 0))]
    story.say("b", done("press"), U)
    assert consequences(story.judge(U)) == ()
