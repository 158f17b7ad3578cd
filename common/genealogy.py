"""The genealogy graph: trace back to a thing's contents or forward to its destinations. Breadth first; cycles end."""

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
    """List every edge reached from `start`, nearest first.

    `step` returns the edges out of a frontier as (from, to, edge, go on): an edge that has ended is reported but not
    followed. An edge to a node seen before is reported too, so a diamond shows both paths and a cycle ends.
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


def reach(start: N, step: Callable[[Sequence[N]], Iterable[tuple[N, N, bool]]]) -> dict[N, bool]:
    """Map every node within reach to True if certain edges alone lead there (proven), else False (possible).

    `step` returns the edges in force out of a frontier as (from, to, sure). The start is within its own reach only if
    it lies on a cycle. Every node is visited once.
    """
    found: dict[N, bool] = {}
    possible: list[N] = []
    asked, frontier = {start}, [start]
    while frontier:
        edges = list(step(frontier))
        found |= dict.fromkeys((node for _, node, sure in edges if sure), True)
        possible += [node for _, node, sure in edges if not sure]
        frontier = _unasked((node for _, node, sure in edges if sure), asked)
    frontier = _unasked(possible, asked)
    found = dict.fromkeys(possible, False) | found
    while frontier:
        nodes = [node for _, node, _ in step(frontier)]
        found = dict.fromkeys(nodes, False) | found
        frontier = _unasked(nodes, asked)
    return found


def _unasked(nodes: Iterable[N], asked: set[N]) -> list[N]:
    """Return the nodes not yet in `asked`, each once, and add them to it."""
    new = [node for node in dict.fromkeys(nodes) if node not in asked]
    asked.update(new)
    return new
