"""Order of the events on a thing: by log position, by the log that a log continues, and by what events relied on.

Nothing else orders events; wall clocks never do.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from common.judge.history import History, Past

BranchRun = list[tuple[int, int]]  # one branch's (index in the log, position in the history), in order


class HappensBefore:
    """`before` over the events of one history."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._index = {past.id: i for i, past in enumerate(history.events)}
        self._runs = _runs(history)
        self._inherited = {log: self._lineage(log) for log in self._runs}
        self._before = _closure([self._direct(past) for past in history.events])

    def before(self, a: str, b: str) -> bool:
        """Return True if event a came before b; False if they are concurrent, the same, or contradict each other."""
        i, j = self._index[a], self._index[b]
        return i != j and bool(self._before[j] >> i & 1) and not self._before[i] >> j & 1

    def latest(self, ids: Iterable[str]) -> list[str]:
        """Return those of `ids` that no other one follows, sorted by id."""
        wanted = sorted(set(ids))
        return [a for a in wanted if not any(self.before(a, b) for b in wanted)]

    def _direct(self, past: Past) -> set[int]:
        """Return the positions of the events it relied on and of the last one before it in each branch."""
        causes = {self._index[ref] for ref in past.refs if ref in self._index}
        for branch, run in self._runs[past.log].items():
            causes |= _last_below(run, self._shared(branch, past))
        for log, size in self._inherited[past.log].items():
            branches = self._runs.get(log, {}) if log != past.log else {}
            for run in branches.values():
                causes |= _last_below(run, min(size, self._forked_at(branches, size)))
        return causes

    def _forked_at(self, branches: Iterable[int], size: int) -> int:
        """Return the index of a log's first fork. A successor does not name a branch, so nothing above is before it."""
        roots = {self._root(branch) for branch in branches}
        lineage = self._history.branches.items()
        forks = (fork for branch, (parent, fork) in lineage if parent is not None and self._root(branch) in roots)
        return min(forks, default=size)

    def _root(self, branch: int) -> int:
        parent = self._history.branches.get(branch, (None, 0))[0]
        return branch if parent is None else self._root(parent)

    def _shared(self, branch: int, past: Past) -> int:
        """Return the index below which the entries of `branch` are also in the event's branch and before it."""
        limit, at = past.index, past.branch
        while at != branch:
            parent, fork = self._history.branches.get(at, (None, 0))
            if parent is None:
                return 0
            limit, at = min(limit, fork), parent
        return limit

    def _lineage(self, log: str) -> dict[str, int]:
        """Map each log that this one continues to the size it had, over all parents; size 0 ends the chain."""
        found: dict[str, int] = {}
        parent, size = self._history.follows.get(log, ("", 0))
        while size and parent not in found:
            found[parent] = size
            parent, size = self._history.follows.get(parent, ("", 0))
        return found


def _runs(history: History) -> dict[str, dict[int, BranchRun]]:
    """Group the events: log → branch → its run."""
    runs: dict[str, dict[int, BranchRun]] = {}
    for i, past in enumerate(history.events):
        runs.setdefault(past.log, {}).setdefault(past.branch, []).append((past.index, i))
    for branches in runs.values():
        for run in branches.values():
            run.sort()
    return runs


def _last_below(run: BranchRun, limit: int) -> set[int]:
    at = bisect_left(run, (limit, -1))
    return {run[at - 1][1]} if at else set()


def _closure(causes: Sequence[set[int]]) -> list[int]:
    """Return for each event everything before it, over any number of steps, as the bits of an integer."""
    found, waits = [0] * len(causes), [len(each) for each in causes]
    effects: list[list[int]] = [[] for _ in causes]
    for i, each in enumerate(causes):
        for cause in each:
            effects[cause].append(i)
    ready = [i for i, count in enumerate(waits) if not count]
    while ready:
        i = ready.pop()
        for effect in effects[i]:
            found[effect] |= found[i] | 1 << i
            waits[effect] -= 1
            if not waits[effect]:
                ready.append(effect)
    for i, count in enumerate(waits):
        if count:  # in a circle of events that claim to follow each other, or after one
            found[i] = _walk(causes, i)
    return found


def _walk(causes: Sequence[set[int]], start: int) -> int:
    seen: set[int] = set()
    todo = [start]
    while todo:
        new = causes[todo.pop()] - seen
        seen |= new
        todo += new
    return sum(1 << i for i in seen)
