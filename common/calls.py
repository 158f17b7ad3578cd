"""Calls put together from their events. A call is identified by the event that raised it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct


class CallEvent(Struct, frozen=True):
    """One event about the call `call`: raised, answered or cleared. `at`: wall ms claimed by its author; `who`: the
    person; `log`: the log that holds it."""

    call: str
    state: str
    place: str
    reason: str
    at: int
    who: str | None
    log: str


class OpenCall(Struct, frozen=True):
    """A call to `place`, open until it is `cleared`. `reason`: the id of a reason, or ""."""

    id: str
    place: str
    reason: str
    raised: CallEvent
    answered: CallEvent | None = None
    cleared: CallEvent | None = None


def calls(words: Iterable[CallEvent]) -> tuple[OpenCall, ...]:
    """Build every call whose raising event is known, oldest first; of several answers, the first by their clocks."""
    said: dict[str, dict[str, CallEvent]] = {}
    for word in sorted(words, key=lambda word: (word.at, word.log)):
        said.setdefault(word.call, {}).setdefault(word.state, word)
    return tuple(_call(one) for one in said.values() if "raised" in one)


def _call(said: dict[str, CallEvent]) -> OpenCall:
    raised = said["raised"]
    return OpenCall(raised.call, raised.place, raised.reason, raised, said.get("answered"), said.get("cleared"))
