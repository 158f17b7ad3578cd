"""One of several lots went in and nobody knows which: all are possible until somebody, or a later bind, says."""

from __future__ import annotations

from common import event_types as b
from common.ids import tag
from tests.support.factory import Story, bind, kinds, lot, tags, unit

U, A, B, C = unit("M-1"), lot("A"), lot("B"), lot("C")


def one_of(slot: str = "magnet") -> b.BindOneOf:
    return b.BindOneOf(slot=slot, material="magnet", quantity="8", uom="pcs", operation="press")


def possible(story: Story) -> list[str]:
    return [c.child.value for c in story.judge(U).components if c.removed_by is None and c.possible]


def proven(story: Story) -> list[str]:
    return [c.child.value for c in story.judge(U).components if c.removed_by is None and not c.possible]


def test_each_candidate_is_possible_and_none_is_proven():
    story = Story()
    story.say("a", one_of(), U, A, B, C)
    assert (possible(story), proven(story)) == (["A", "B", "C"], [])
    assert [(c.parent, c.possible) for c in story.judge(B).within] == [(U, True)]
    assert kinds(story.judge(U)) == []


def test_a_settle_that_keeps_one_candidate_proves_it_and_ends_the_others():
    story = Story()
    said = story.say("a", one_of(), U, A, B, C)
    by = story.say("hub", b.Settle(finding="candidates", keep=(tag(said, 1),)), U, A, B, C)
    assert (possible(story), proven(story)) == ([], ["B"])
    assert [c.removed_by for c in story.judge(A).within] == [by]


def test_a_settle_that_drops_candidates_leaves_the_rest():
    story = Story()
    said = story.say("a", one_of(), U, A, B, C)
    story.say("hub", b.Settle(finding="candidates", drop=(tag(said, 0),)), U, A, B, C)
    assert possible(story) == ["B", "C"]
    story.say("hub", b.Settle(finding="candidates", drop=(tag(said, 1),)), U, A, B, C)
    assert (possible(story), proven(story)) == ([], ["C"])


def test_a_later_plain_bind_says_which_it_was():
    story = Story()
    story.say("a", one_of(), U, A, B)
    story.say("a", bind("magnet"), U, A)
    assert (possible(story), proven(story)) == ([], ["A"])
    assert kinds(story.judge(U)) == []


def test_a_bind_of_another_slot_of_another_lot_or_that_knew_nothing_of_it_says_nothing():
    for body, on, who in ((bind("screw"), (U, A), "a"), (bind("magnet"), (U, C), "a"), (bind("magnet"), (U, A), "b")):
        story = Story()
        story.say("a", one_of(), U, A, B)
        story.say(who, body, *on)
        assert possible(story) == ["A", "B"]


def test_a_retraction_ends_a_candidate_as_any_edge():
    story = Story()
    said = story.say("a", one_of(), U, A, B)
    story.say("a", b.Unbind(operation="rework", tags=tags(said)), U, A)
    assert (possible(story), proven(story)) == ([], ["B"])


def test_a_unit_that_is_a_candidate_in_two_places_is_not_contested():
    story, rotor = Story(), unit("R-1")
    story.say("a", one_of("rotor"), U, rotor, unit("R-2"))
    story.say("b", one_of("rotor"), unit("M-2"), rotor, unit("R-3"))
    assert kinds(story.judge(rotor)) == []
