"""What is proven to be in a thing, and what only may be: over judged histories, at any position of the logs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy

from hypothesis import example, given
from hypothesis import strategies as st

from common import event_types as b
from common.definitions import Definitions
from common.genealogy import reach
from common.ids import Claim, tag
from common.judge import judge
from tests.support.factory import Story, bind, lot, unit

Link = tuple[Claim, Claim, bool]  # parent, child, sure
THINGS = (*(unit(f"M-{n}") for n in range(5)), lot("A"), lot("B"))
NONE = Definitions.of([])
NAMES = "abc"

steps = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(["bind", "bind", "one_of", "unbind", "unbind_tag", "aggregate", "transform"]),
        st.permutations(THINGS).map(lambda things: things[:3]),
        st.integers(0, 50),
    ),
    max_size=25,
)


def told(script: Iterable[tuple[str, str, Sequence[Claim], int]]) -> Story:
    """A story in which everybody knows everything, and takes out what is in, or what was never in."""
    story = Story()
    said: list[tuple[str, tuple[Claim, ...]]] = []
    for name, kind, things, at in script:
        on = tuple(things if kind in ("one_of", "transform") else things[:2])
        if kind == "unbind_tag" and said:
            named, on = said[at % len(said)]
            on = on[:2]
            body: b.Body = b.Unbind(operation="rework", tags=(tag(named, 0),))
        else:
            body = {
                "bind": bind(),
                "one_of": b.BindOneOf(slot="rotor", material="rotor", quantity="1", uom="pcs", operation="press"),
                "aggregate": b.Aggregate(),
                "transform": b.Transform(inputs=1),
            }.get(kind, b.Unbind(operation="rework"))
        said.append((story.say(name, body, *on, after=[id for id, _ in said[-3:]]), on))
    return story


def links(story: Story, heads: Mapping[str, int] | None = None) -> set[Link]:
    """The edges that stand, as each parent's own standing tells them."""
    found: set[Link] = set()
    for thing in THINGS:
        history = story.history(thing)
        standing = judge(history if heads is None else history.as_of(heads), NONE)
        found |= {(c.parent, c.child, not c.possible) for c in standing.components if c.removed_by is None}
    return found


def closure(pairs: set[tuple[Claim, Claim]], start: Claim) -> set[Claim]:
    """All nodes behind the start, by adding what one more edge reaches until nothing is new."""
    found = {b for a, b in pairs if a == start}
    while more := {b for a, b in pairs if a in found} - found:
        found |= more
    return found


def brute(edges: Iterable[Link], start: Claim) -> dict[Claim, bool]:
    edges = set(edges)
    proven = closure({(a, b) for a, b, sure in edges if sure}, start)
    return {node: node in proven for node in closure({(a, b) for a, b, _ in edges}, start)}


def walked(edges: Iterable[Link], start: Claim) -> dict[Claim, bool]:
    known = list(edges)
    return reach(start, lambda frontier: [edge for edge in known if edge[0] in frontier])


@given(steps, st.fixed_dictionaries({Story.log(name): st.integers(0, 12) for name in NAMES}))
def test_what_is_proven_and_what_is_possible_is_the_brute_force_closure_both_ways_as_of_any_position(script, heads):
    """Cycles, candidates and retractions included."""
    story = told(script)
    for known in (links(story), links(story, heads)):
        for thing in THINGS:
            assert walked(known, thing) == brute(known, thing)
            up = {(child, parent, sure) for parent, child, sure in known}
            assert walked(up, thing) == brute(up, thing)


@given(steps, st.fixed_dictionaries({Story.log(name): st.integers(0, 12) for name in NAMES}))
def test_as_of_a_position_is_what_a_node_says_that_has_just_so_much(script, heads):
    story = told(script)
    less = copy(story)
    less.past = [(on, past) for on, past in story.past if past.index < heads[past.log]]
    assert links(story, heads) == links(less)


@given(steps)
@example([("a", "bind", (THINGS[0], THINGS[1]), 0), ("a", "bind", (THINGS[1], THINGS[0]), 0)])
def test_a_thing_is_in_its_own_reach_only_on_a_cycle(script):
    known = links(told(script))
    pairs = {(parent, child) for parent, child, _ in known}
    for thing in THINGS:
        assert (thing in walked(known, thing)) == (thing in closure(pairs, thing))


def test_a_thing_that_is_in_what_is_in_it_is_a_finding_and_both_edges_stand():
    story = told([("a", "bind", (THINGS[0], THINGS[1]), 0), ("a", "bind", (THINGS[1], THINGS[0]), 0)])
    standing = story.judge(THINGS[0])
    assert {f.kind for f in standing.findings} == {"cycle"}
    assert len(links(story)) == 2


def test_what_is_proven_by_one_way_is_not_made_possible_by_another():
    top, left, right, end = THINGS[:4]
    edges = [(top, left, False), (left, end, True), (top, right, True), (right, end, True)]
    assert walked(edges, top) == {left: False, right: True, end: True}


def test_behind_a_candidate_everything_is_only_possible():
    top, left, end = THINGS[:3]
    assert walked([(top, left, False), (left, end, True)], top) == {left: False, end: False}


def test_each_node_is_asked_for_once():
    asked: list[int] = []

    def step(frontier: Sequence[int]) -> list[tuple[int, int, bool]]:
        asked.extend(frontier)
        return [(node, (node + k) % 20, k != 2) for node in frontier for k in (1, 2, 3)]

    reach(0, step)
    assert sorted(asked) == list(range(20))
