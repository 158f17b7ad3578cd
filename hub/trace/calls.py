"""Calls as people read them: workplace, waiting time, answer and end."""

from __future__ import annotations

from msgspec import Struct

from common.calls import CallEvent, OpenCall
from common.ledger import calls as kept
from common.ledger import logs, reads
from common.ledger.store import Connection
from hub.api.calls import CallEntry, CallStep
from hub.db.reads import Age
from hub.trace.names import Names
from hub.trace.seen import Seen, seen

MOST = 200


class CallsPage(Struct, frozen=True):
    """The open calls, the one that waits longest first; then the newest of those that ended."""

    calls: tuple[CallEntry, ...]
    seen: Seen


def calls_page(conn: Connection, age: Age, now_ms: int) -> CallsPage:
    """The calls, as of now."""
    return CallsPage(call_lines(conn, now_ms), seen(conn, age, now_ms))


def call_lines(conn: Connection, now_ms: int, *, only_open: bool = False) -> tuple[CallEntry, ...]:
    """The open calls, and after them those that ended."""
    names, known = Names(conn, reads.definitions(conn)), {log.log: log.line for log in logs.all_logs(conn)}
    ended = () if only_open else [call for call in kept.recent(conn, MOST) if call.cleared]
    found = [*sorted(kept.every_open(conn), key=_waits_longest), *sorted(ended, key=_newest)]
    return tuple(_line(call, names, known.get(call.raised.log, ""), now_ms) for call in found)


def _waits_longest(call: OpenCall) -> tuple[bool, int]:
    return call.answered is not None, call.raised.at


def _newest(call: OpenCall) -> int:
    return -call.raised.at


def _line(call: OpenCall, names: Names, line: str, now_ms: int) -> CallEntry:
    end = call.answered or call.cleared
    return CallEntry(
        call=call.id,
        line=line,
        place=call.place,
        place_name=names.place(call.place),
        reason=call.reason,
        reason_name=names.reason(call.reason),
        state="over" if call.cleared else "answered" if call.answered else "waits",
        waited_ms=max((end.at if end else now_ms) - call.raised.at, 0),
        raised=_said(call.raised, names),
        answered=_said(call.answered, names) if call.answered else None,
        cleared=_said(call.cleared, names) if call.cleared else None,
    )


def _said(word: CallEvent, names: Names) -> CallStep:
    return CallStep(word.at, word.who, names.person(word.who))
