"""Calls: what was said of each, put together. A call is known by the event that raised it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct


class Word(Struct, frozen=True):
    """One event about the call `call`: raised, answered or cleared. `at`: wall ms that its author claims; `who`: the
    person; `log`: where it stands."""

    call: str
    state: str
    place: str
    reason: str
    at: int
    who: str | None
    log: str


class Call(Struct, frozen=True):
    """Somebody is called to `place`; it is open until it is `cleared`. `reason`: of a definition, or ""."""

    id: str
    place: str
    reason: str
    raised: Word
    answered: Word | None = None
    cleared: Word | None = None


def calls(words: Iterable[Word]) -> tuple[Call, ...]:
    """Every call whose raising is known, the oldest first; of several who answered, the first by their own clocks."""
    said: dict[str, dict[str, Word]] = {}
    for word in sorted(words, key=lambda word: (word.at, word.log)):
        said.setdefault(word.call, {}).setdefault(word.state, word)
    return tuple(_call(one) for one in said.values() if "raised" in one)


def _call(said: dict[str, Word]) -> Call:
    raised = said["raised"]
    return Call(raised.call, raised.place, raised.reason, raised, said.get("answered"), said.get("cleared"))
