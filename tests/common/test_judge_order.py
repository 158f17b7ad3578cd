"""What came before what: the log's order, what an event relied on, what a log continues. Never a clock."""

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import event_types as b
from common.judge import HappensBefore, History, Past
from common.rows import Row
from tests.support.factory import Story, done, unit

U = unit()
SAID = done("press")


def past(id: str, log: str, index: int, refs: tuple[str, ...] = (), branch: int = 0, at: int = 0) -> Past:
    rows: tuple[Row, ...] = ()
    return Past(id, "x", log, branch, index, at, None, None, refs, rows)


def test_in_one_log_the_lower_index_is_before():
    story = Story()
    ids = [story.say("a", SAID, U) for _ in range(4)]
    order = HappensBefore(story.history(U))
    for i, j in product(range(4), repeat=2):
        assert order.before(ids[i], ids[j]) == (i < j)


def test_the_claimed_time_orders_nothing():
    events = (past("late", "a", 0, at=9_999), past("early", "b", 0, at=1), past("next", "a", 1, at=5))
    order = HappensBefore(History(U, events))
    assert not order.before("early", "late")
    assert not order.before("late", "early")
    assert order.before("late", "next")


def test_two_logs_that_do_not_know_of_each_other_are_concurrent():
    story = Story()
    one, two = story.say("a", SAID, U), story.say("b", SAID, U)
    order = HappensBefore(story.history(U))
    assert not order.before(one, two)
    assert not order.before(two, one)
    assert order.latest([one, two]) == sorted([one, two])


def test_what_an_event_relied_on_is_before_it_over_any_number_of_steps():
    story = Story()
    first = story.say("a", SAID, U)
    second = story.say("b", SAID, U, after=[first])
    third = story.say("c", SAID, U, after=[second])
    story.say("c", SAID, U)
    fourth = story.say("a", SAID, U, after=[third])
    order = HappensBefore(story.history(U))
    for before, after in pairwise([first, second, third, fourth]):
        assert order.before(before, after)
        assert not order.before(after, before)
    assert order.before(first, fourth)
    assert order.latest([first, second, third]) == [third]


def test_a_reference_over_an_event_on_another_thing_does_not_order():
    """Before is defined over events on the thing; what happened to others does not say anything about this one."""
    story = Story()
    one = story.say("a", SAID, U)
    elsewhere = story.say("b", SAID, unit("M-2"), after=[one])
    two = story.say("c", SAID, U, after=[elsewhere])
    order = HappensBefore(story.history(U))
    assert not order.before(one, two)


def test_a_reference_to_what_is_not_known_here_is_no_trouble():
    story = Story()
    one = story.say("a", SAID, U, after=[f"{Story.log('z')}.{'A' * 43}"])
    assert HappensBefore(story.history(U)).latest([one]) == [one]


# Logs that continue logs ----------------------------------------------------------------------------------------------
def test_a_new_incarnation_comes_after_what_it_had_of_the_old_log_and_not_after_the_rest():
    story = Story()
    had, lost = story.say("a", SAID, U), story.say("a", SAID, U)
    after = story.say("b", SAID, U)
    story.follows[Story.log("b")] = (Story.log("a"), 1)
    order = HappensBefore(story.history(U))
    assert order.before(had, after)
    assert not order.before(lost, after)
    assert not order.before(after, lost)


def test_a_grandchild_comes_after_its_grandparent_though_the_one_between_said_nothing_of_the_thing():
    story = Story()
    first, second = story.say("a", SAID, U), story.say("a", SAID, U)
    after = story.say("c", SAID, U)
    story.follows |= {Story.log("c"): (Story.log("b"), 1), Story.log("b"): (Story.log("a"), 1)}
    order = HappensBefore(story.history(U))
    assert order.before(first, after)
    assert not order.before(second, after)


def test_who_had_nothing_of_the_log_it_follows_knows_nothing_of_its_parent_either():
    story = Story()
    first, after = story.say("a", SAID, U), story.say("c", SAID, U)
    story.follows |= {Story.log("c"): (Story.log("b"), 0), Story.log("b"): (Story.log("a"), 1)}
    assert not HappensBefore(story.history(U)).before(first, after)


def test_logs_that_claim_to_follow_each_other_end():
    story = Story()
    one, two = story.say("a", SAID, U), story.say("b", SAID, U)
    story.follows |= {Story.log("a"): (Story.log("b"), 1), Story.log("b"): (Story.log("a"), 1)}
    order = HappensBefore(story.history(U))
    assert not order.before(one, two)
    assert not order.before(two, one)


# Forks ----------------------------------------------------------------------------------------------------------------
def test_branches_share_what_was_before_the_fork_and_are_concurrent_behind_it():
    story = Story()
    shared = [story.say("a", SAID, U) for _ in range(3)]
    trunk = story.say("a", SAID, U)
    story.branches[1] = (0, 3)
    fork = story.say("a", SAID, U, branch=1)
    order = HappensBefore(story.history(U))
    for each in shared:
        assert order.before(each, trunk)
        assert order.before(each, fork)
    assert not order.before(trunk, fork)
    assert not order.before(fork, trunk)


def test_a_branch_of_a_branch_comes_after_the_shared_part_of_both():
    story = Story()
    shared = story.say("a", SAID, U)
    trunk = [story.say("a", SAID, U) for _ in range(3)]
    story.branches |= {1: (0, 1), 2: (1, 3)}
    fork = [story.say("a", SAID, U, branch=1) for _ in range(3)]
    twig = story.say("a", SAID, U, branch=2)
    order = HappensBefore(story.history(U))
    assert [order.before(each, twig) for each in (shared, *fork)] == [True, True, True, False]
    assert not any(order.before(each, twig) for each in trunk)


def test_a_log_that_continues_a_forked_one_comes_after_what_all_its_branches_share_and_after_nothing_else():
    """It does not say which branch it continues; a fail on the other one must not count as before its pass."""
    for named in (0, 1):  # both events stand on the trunk, or on the branch that left it
        story = Story()
        shared = story.say("a", SAID, U)
        story.branches[1] = (0, 1)
        disputed = story.say("a", SAID, U, branch=named)
        after = story.say("b", SAID, U)
        story.follows[Story.log("b")] = (Story.log("a"), 2)
        order = HappensBefore(story.history(U))
        assert order.before(shared, after)
        assert not order.before(disputed, after)


def test_it_does_not_matter_which_branch_is_called_the_trunk():
    one = History(
        U,
        (past("s", "a", 0, branch=0), past("x", "a", 1, branch=0), past("y", "a", 1, branch=1)),
        {0: (None, 0), 1: (0, 1)},
    )
    two = History(
        U,
        (past("s", "a", 0, branch=4), past("y", "a", 1, branch=4), past("x", "a", 1, branch=7)),
        {4: (None, 0), 7: (4, 1)},
    )
    for a, c in product("sxy", repeat=2):
        assert HappensBefore(one).before(a, c) == HappensBefore(two).before(a, c) == (a == "s" != c)


# Lies -----------------------------------------------------------------------------------------------------------------
def test_events_that_claim_to_be_after_each_other_are_not_ordered_and_it_ends():
    events = (past("x", "a", 0, ("y",)), past("y", "b", 0, ("x",)), past("z", "c", 0, ("y",)))
    order = HappensBefore(History(U, events))
    assert not order.before("x", "y")
    assert not order.before("y", "x")
    assert order.before("x", "z")
    assert order.latest(["x", "y"]) == ["x", "y"]


def test_an_event_that_cites_itself_or_its_future_is_ordered_by_nothing_it_says():
    events = (past("x", "a", 0, ("x", "y")), past("y", "a", 1))
    order = HappensBefore(History(U, events))
    assert not order.before("x", "x")
    assert not order.before("x", "y"), "it contradicts the log; neither is believed"


def test_an_event_that_is_not_in_the_history_is_a_bug():
    with pytest.raises(KeyError):
        HappensBefore(History(U, ())).before("x", "y")


def had(history: History, log: str, parent: str) -> int:
    """How much of `parent` the log has, over any number of incarnations."""
    at, seen = log, {log}
    while at in history.follows and history.follows[at][1]:
        at, size = history.follows[at]
        if at == parent:
            return size
        if at in seen:
            break
        seen.add(at)
    return 0


def shares(history: History, branch: int, other: int, index: int) -> bool:
    """Whether entry `index` of `branch` is also one of `other`."""
    while other != branch:
        parent, fork = history.branches[other]
        if parent is None or index >= fork:
            return False
        other = parent
    return True


def forked_at(history: History, family: int) -> int:
    """The first index at which a log's branches, numbered 3 · family and on, differ."""
    forks = [fork for branch, (parent, fork) in history.branches.items() if branch // 3 == family and branch % 3]
    return min(forks, default=1_000)


def brute(history: History) -> set[tuple[str, str]]:
    """All (a, b) with a before b, straight from the definition, by trying every pair until nothing is new."""

    def direct(a: Past, c: Past) -> bool:
        if a.id in c.refs:
            return True
        if a.log == c.log:
            return a.index < c.index and shares(history, a.branch, c.branch, a.index)
        return a.index < min(had(history, c.log, a.log), forked_at(history, a.branch // 3))

    pairs = {(a.id, c.id) for a, c in product(history.events, repeat=2) if direct(a, c)}
    while more := {(a, d) for a, c in pairs for c2, d in pairs if c == c2} - pairs:
        pairs |= more
    return {(a, c) for a, c in pairs if a != c and (c, a) not in pairs}


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Up to a dozen events of three logs that may be forked twice, follow each other, and lie about their causes."""
    branches: dict[int, tuple[int | None, int]] = {}
    for first in (0, 3, 6):
        branches[first] = (None, 0)
        if draw(st.booleans()):
            branches[first + 1] = (first, draw(st.integers(0, 3)))
            branches[first + 2] = (first + draw(st.integers(0, 1)), draw(st.integers(0, 5)))
    follows = {
        log: (draw(st.sampled_from("abc")), draw(st.integers(0, 3))) for log in draw(st.sets(st.sampled_from("abc")))
    }
    events: list[Past] = []
    places: set[tuple[str, int, int]] = set()
    for i in range(draw(st.integers(1, 12))):
        branch = draw(st.sampled_from(sorted(branches)))
        log = "abc"[branch // 3]
        index = branches[branch][1] + draw(st.integers(0, 5))
        refs = tuple(str(r) for r in sorted(draw(st.sets(st.integers(0, 11), max_size=2))))
        if (log, branch, index) not in places:
            places.add((log, branch, index))
            events.append(past(str(i), log, index, refs, branch))
    return History(U, tuple(events), branches, follows)


@settings(max_examples=300)
@given(histories())
def test_before_is_what_its_definition_says(history):
    order = HappensBefore(history)
    ids = [p.id for p in history.events]
    assert {(a, c) for a, c in product(ids, repeat=2) if order.before(a, c)} == brute(history)


@given(st.lists(st.tuples(st.integers(0, 2), st.sets(st.integers(0, 11), max_size=3)), min_size=1, max_size=12))
def test_before_is_an_order_whatever_events_cite(cited):
    """Irreflexive and transitive, and there is always a latest, though events lie and cite in circles."""
    sizes = [0, 0, 0]
    events = []
    for i, (log, refs) in enumerate(cited):
        events.append(past(str(i), "abc"[log], sizes[log], tuple(str(r) for r in sorted(refs) if r < len(cited))))
        sizes[log] += 1
    order = HappensBefore(History(U, tuple(events)))
    ids = [p.id for p in events]
    pairs = {(x, y) for x, y in product(ids, repeat=2) if order.before(x, y)}
    assert not any((y, x) in pairs for x, y in pairs)
    assert all((x, z) in pairs for x, y in pairs for y2, z in pairs if y == y2)
    latest = order.latest(ids)
    assert latest
    assert latest == [x for x in sorted(ids) if not any((x, y) in pairs for y in ids)]


def test_a_scrap_in_a_chain_of_two_hundred_events_is_found_before_the_last():
    story = Story()
    first = story.say("a", b.Scrap(reason="x"), U)
    last = first
    for i in range(200):
        last = story.say("abc"[i % 3], SAID, U, after=[last])
    assert HappensBefore(story.history(U)).before(first, last)
