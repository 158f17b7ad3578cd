"""A trace finds what brute force finds: every edge within reach, once, nearest first, whatever the graph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hypothesis import example, given
from hypothesis import strategies as st

from common.genealogy import Reached, trace

Edge = tuple[int, int, str, bool]  # parent, child, name, stands

graphs = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from("abc"), st.sampled_from([True, True, True, False])),
    max_size=30,
)


def back(edges: Sequence[Edge], start: int) -> list[Reached[int, str]]:
    """What is in `start`."""

    def step(frontier: Sequence[int]) -> Iterable[tuple[int, int, str, bool]]:
        return [edge for edge in edges if edge[0] in frontier]

    return trace(start, step)


def forward(edges: Sequence[Edge], start: int) -> list[Reached[int, str]]:
    """Where `start` went."""

    def step(frontier: Sequence[int]) -> Iterable[tuple[int, int, str, bool]]:
        return [(child, parent, name, stands) for parent, child, name, stands in edges if child in frontier]

    return trace(start, step)


def closure(edges: Iterable[tuple[int, int]], start: int) -> set[int]:
    """All nodes within reach, by adding what one more edge reaches until nothing is new."""
    pairs, found = set(edges), {start}
    while more := {b for a, b in pairs if a in found} - found:
        found |= more
    return found


def distance(edges: Iterable[tuple[int, int]], start: int) -> dict[int, int]:
    """Fewest steps to each node, by relaxing every edge as often as there are nodes (Bellman and Ford)."""
    pairs, found = set(edges), {start: 0}
    for _ in range(10):
        for a, b in pairs:
            if a in found:
                found[b] = min(found.get(b, 99), found[a] + 1)
    return found


@given(graphs, st.integers(0, 9))
@example([(0, 1, "a", True), (1, 0, "a", True)], 0)
@example([(0, 0, "a", True)], 0)
def test_a_trace_is_the_brute_force_closure_both_ways_cycles_included(edges, start):
    for run, pairs in (
        (back, [(p, c) for p, c, _, _ in edges]),
        (forward, [(c, p) for p, c, _, _ in edges]),
    ):
        standing = [pair for pair, edge in zip(pairs, edges, strict=True) if edge[3]]
        walked = closure(standing, start)
        reached = run(edges, start)
        expected = sorted((a, b, name) for (a, b), (_, _, name, _) in zip(pairs, edges, strict=True) if a in walked)
        assert sorted((r.source, r.node, r.edge) for r in reached) == expected, "every edge out of these, once"
        assert {r.node for r in reached} | {start} == walked | {b for a, b in pairs if a in walked}


@given(graphs, st.integers(0, 9))
def test_a_trace_tells_the_nearest_first_and_how_far_it_is(edges, start):
    far = distance([(p, c) for p, c, _, stands in edges if stands], start)
    reached = back(edges, start)
    assert [r.depth for r in reached] == sorted(r.depth for r in reached)
    assert all(r.depth == far[r.source] + 1 for r in reached)


@given(graphs, st.integers(0, 9), st.integers(0, 9))
def test_where_it_went_and_what_is_in_it_are_one_question(edges, one, other):
    """`other` is found in `one` exactly when `one` is found from `other`; removed edges are told but not walked."""
    standing = [edge for edge in edges if edge[3]]
    down = {r.node for r in back(standing, one)}
    up = {r.node for r in forward(standing, other)}
    assert (other in down) == (one in up)


def test_a_removed_component_is_told_and_not_opened():
    edges = [(0, 1, "was", False), (1, 2, "screw", True), (0, 3, "is", True)]
    assert [(r.node, r.edge) for r in back(edges, 0)] == [(1, "was"), (3, "is")]


def test_a_diamond_shows_both_ways():
    edges = [(0, 1, "left", True), (0, 2, "right", True), (1, 3, "x", True), (2, 3, "y", True), (3, 4, "z", True)]
    assert [(r.source, r.node, r.depth) for r in back(edges, 0)] == [
        (0, 1, 1), (0, 2, 1), (1, 3, 2), (2, 3, 2), (3, 4, 3),
    ]  # fmt: skip


def test_a_chain_of_ten_thousand_is_walked_without_running_out_of_stack():
    links = {i: [(i, i + 1, "in", True)] for i in range(10_000)}
    reached = trace(0, lambda frontier: [edge for node in frontier for edge in links.get(node, [])])
    assert (len(reached), reached[-1].depth) == (10_000, 10_000)


def test_each_node_is_asked_for_once():
    """A lot in a million units is asked for in one step, not a million times."""
    asked: list[int] = []

    def step(frontier: Sequence[int]) -> Iterable[tuple[int, int, str, bool]]:
        asked.extend(frontier)
        return [(node, (node + k) % 20, "e", True) for node in frontier for k in (1, 2, 3)]

    trace(0, step)
    assert sorted(asked) == list(range(20))
