"""The graph: trace back to what is in a thing, forward to where it went. Breadth first, each node once, cycles end."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

N = TypeVar("N", bound=Hashable)
E = TypeVar("E")


class Reached(Struct, Generic[N, E], frozen=True):
    """A node that a trace reached over `edge` from `source`, `depth` steps from the start."""

    node: N
    source: N
    edge: E
    depth: int


def trace(start: N, step: Callable[[Sequence[N]], Iterable[tuple[N, N, E, bool]]]) -> list[Reached[N, E]]:
    """Every edge reached from `start`, nearest first.

    `step` gives for a frontier the edges out of it as (from, to, edge, go on): an edge that ended is reported and not
    followed. An edge to a node seen before is reported too, so a diamond shows both ways and a cycle ends.
    """
    reached: list[Reached[N, E]] = []
    seen: set[N] = {start}
    frontier: list[N] = [start]
    depth = 0
    while frontier:
        depth += 1
        following: list[N] = []
        for source, node, edge, go_on in step(frontier):
            reached.append(Reached(node, source, edge, depth))
            if go_on and node not in seen:
                seen.add(node)
                following.append(node)
        frontier = following
    return reached
