"""Which event on a thing came before which: by log order, by the log a log follows, and by what events relied on.

Nothing else orders events; wall clocks never do.
"""

from __future__ import annotations

from collections.abc import Iterable

from common.judge.history import History, Past


class Order:
    """`before` over the events of one history."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._index = {past.id: i for i, past in enumerate(history.events)}
        self._inherited = {log: self._lineage(log) for log in {past.log for past in history.events}}
        self._causes = [self._direct(past) for past in history.events]
        self._known: dict[int, frozenset[int]] = {}

    def before(self, a: str, b: str) -> bool:
        """Whether event a came before event b; False if they are concurrent, the same, or contradict each other."""
        i, j = self._index[a], self._index[b]
        return i != j and i in self._ancestors(j) and j not in self._ancestors(i)

    def latest(self, ids: Iterable[str]) -> list[str]:
        """Those of `ids` that none of the others comes after, sorted by id."""
        wanted = sorted(set(ids))
        return [a for a in wanted if not any(self.before(a, b) for b in wanted)]

    def _ancestors(self, i: int) -> frozenset[int]:
        if i not in self._known:
            seen: set[int] = set()
            todo = [i]
            while todo:
                for j in self._causes[todo.pop()]:
                    if j not in seen:
                        seen.add(j)
                        todo.append(j)
            self._known[i] = frozenset(seen)
        return self._known[i]

    def _direct(self, past: Past) -> list[int]:
        causes = [self._index[ref] for ref in past.refs if ref in self._index]
        same_log = [i for i, other in enumerate(self._history.events) if self._earlier_in_log(other, past)]
        return causes + same_log

    def _earlier_in_log(self, a: Past, b: Past) -> bool:
        if a.log == b.log:
            return a.index < b.index and self._reaches(a.branch, b.branch, a.index)
        return a.index < self._inherited.get(b.log, {}).get(a.log, 0)

    def _lineage(self, log: str) -> dict[str, int]:
        """Log → how much of it the log continues, over all its parents; a parent of which it had nothing ends that."""
        found: dict[str, int] = {}
        parent, size = self._history.follows.get(log, ("", 0))
        while size and parent not in found:
            found[parent] = size
            parent, size = self._history.follows.get(parent, ("", 0))
        return found

    def _reaches(self, branch: int, descendant: int, index: int) -> bool:
        at: int | None = descendant
        while at is not None and at != branch:
            at, fork = self._history.branches.get(at, (None, 0))
            if index >= fork:
                return False
        return at == branch
