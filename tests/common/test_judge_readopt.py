"""Another log's event is carried on verbatim: it counts once, under its first id, in whatever company it comes."""

from __future__ import annotations

import pytest

from common import event_types as b
from common import events
from common.errors import BadEvent
from common.events import Fact
from common.ids import b64, tag
from common.rows import rows_of
from tests.support.factory import Story, bind, done, kinds, stamp, tags, unit

U, ROTOR = unit("M-1"), unit("R-1")


def without(story: Story, id: str) -> Story:
    """The same story where the log that said `id` itself never came."""
    story.past = [(on, past) for on, past in story.past if past.id != id or past.carrier]
    return story


def readopt(raw: bytes) -> b.Readopt:
    return b.Readopt(log="a" * 26, index=0, event=b64(raw))


def test_a_readopted_event_counts_under_its_first_id():
    story = Story()
    bound = story.say("a", bind(), U, ROTOR)
    story.readopt("b", bound)
    without(story, bound)
    assert [c.tag for c in story.judge(U).components] == [tag(bound, 0)]
    assert [c.tag for c in story.judge(ROTOR).within] == [tag(bound, 0)]


def test_however_often_it_is_carried_and_whenever_the_original_comes_it_counts_once():
    story = Story()
    bound = story.say("a", bind(), U, ROTOR)
    for who in "bcb":
        story.readopt(who, bound)
    with_all = story.judge(U)
    assert [c.tag for c in with_all.components] == [tag(bound, 0)]
    assert kinds(with_all) == []
    story.past.reverse()
    assert story.judge(U) == with_all


def test_who_names_its_tag_means_it_wherever_it_came_from():
    story = Story()
    held = story.say("a", b.Hold(reason="crack"), U)
    story.readopt("b", held)
    story.say("c", b.Release(tags=tags(held), reason="seen", meaning="ok"), U)
    assert without(story, held).judge(U).state == "unknown"


def test_an_undisputed_log_that_carries_it_on_ends_the_dispute():
    story = Story()
    told = story.say("a", done("press"), U, disputed=True)
    assert story.judge(U).outcome("press") == "none"
    story.readopt("b", told)
    assert (story.judge(U).outcome("press"), kinds(story.judge(U))) == ("pass", [])


@pytest.mark.parametrize("doubt", ["disputed", "distrusted"])
def test_a_doubtful_log_that_carries_it_ends_nothing(doubt):
    story = Story()
    told = story.say("a", done("press"), U, disputed=True)
    story.readopt("b", told, **{doubt: True})
    assert story.judge(U).outcome("press") == "none"


def test_nobody_carries_on_what_a_revoked_key_wrote():
    story = Story()
    told = story.say("a", done("press"), U, distrusted=True)
    story.readopt("b", told)
    assert (story.judge(U).outcome("press"), kinds(story.judge(U))) == ("none", ["distrusted"])


def test_carrying_an_old_pass_does_not_make_it_newer_than_what_its_carrier_had_said():
    """It is before what carries it, and after nothing else: a fail that the carrier saw is not passed over."""
    story = Story()
    old = story.say("a", done("press"), U)
    story.say("b", done("press", "fail"), U)
    story.readopt("b", old)
    assert story.judge(U).outcome("press") == "contested"
    assert without(story, old).judge(U).outcome("press") == "contested"


def test_what_comes_after_its_carrier_comes_after_it():
    story = Story()
    old = story.say("a", done("press", "fail"), U)
    by = story.readopt("b", old)
    story.say("c", done("press"), U, after=[by])
    assert without(story, old).judge(U).outcome("press") == "pass"


def test_where_the_original_is_known_it_stands_where_it_stood():
    """Its own log says that it came after the fail; who carries it alone cannot say so."""
    story = Story()
    story.say("a", done("press", "fail"), U)
    good = story.say("a", done("press"), U)
    story.readopt("b", good)
    for _ in range(2):
        assert story.judge(U).outcome("press") == "pass"
        story.past.reverse()
    assert without(story, good).judge(U).outcome("press") == "contested"


def test_what_is_carried_from_a_lost_branch_is_not_after_what_its_log_said_on_another():
    story = Story()
    story.branches[1] = (0, 0)
    story.say("a", done("press", "fail"), U)
    story.say("a", done("wire"), U, branch=1)
    lost = story.say("a", done("press"), U, branch=1)
    story.readopt("b", lost)
    assert without(story, lost).judge(U).outcome("press") == "contested"


INNER = events.encode(Fact(done("press"), (U,)), stamp(1))


@pytest.mark.parametrize(
    "raw",
    [b"{}", INNER[:-1], INNER + b" ", events.encode(Fact(readopt(INNER), (U,)), stamp(2))],
    ids=["no event", "cut", "not canonical", "nested"],
)
def test_what_carries_no_sound_event_makes_no_rows_but_an_error(raw):
    with pytest.raises(BadEvent):
        rows_of(events.decode(events.encode(Fact(readopt(raw), (U,)), stamp(3))))


def test_it_names_just_the_things_that_the_event_names():
    with pytest.raises(BadEvent):
        rows_of(events.decode(events.encode(Fact(readopt(INNER), (U, ROTOR)), stamp(3))))


def test_nobody_carries_on_trust_or_definitions():
    raw = events.encode(Fact(b.StationRevoked(log="a" * 26, at=1, reason="stolen"), ()), stamp(1))
    assert rows_of(events.decode(events.encode(Fact(readopt(raw), ()), stamp(2)))) == ()
