"""Outbox: what waits for the hub, why, and the button that does not wait for the next round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from common.text import brief
from station.kiosk.room import Action, Room, RoomLine, moment
from station.kiosk.screen import label
from station.messages import REFUSED_BY_HUB, Push
from station.shown.side_screens import Outbox, OutboxLog, WaitingEntry


class OutboxRoom(Room):
    """The link in a band, each log, then the oldest entries that wait."""

    kind, title, takes = "outbox", "room.outbox", (Outbox,)

    def lines(self) -> Sequence[RoomLine]:
        """Logs, then entries."""
        return list(self._lines(self.answer)) if isinstance(self.answer, Outbox) else ()

    def choices(self) -> Sequence[Action]:
        """Send now."""
        return (Action(self.look.say("room.push"), lambda: self.asked.emit(Push()), "primary"),)

    def note(self) -> tuple[str, str]:
        """The state of the link; without it a calm word: nothing is lost. Where the hub takes nothing, that is said."""
        found = self.answer
        if not isinstance(found, Outbox):
            return "", ""
        if found.online:
            since = {"since_s": found.since_s}
            return "ok", self.look.say("room.online" if found.since_s is not None else "kiosk.online", since)
        why = brief(self.look.language, found.why[0]) if found.why else ""
        if found.why and found.why[0] in REFUSED_BY_HUB:
            return "ng", self.look.say("room.refused", {"since_s": found.since_s, "cause": why})
        code = "room.offline_why" if why else "room.offline"
        return "hold", self.look.say(code, {"since_s": found.since_s, "cause": why})

    def _lines(self, found: Outbox) -> Iterator[RoomLine]:
        yield RoomLine(self.look.say("room.logs"), section=True)
        yield from (self._log(log) for log in found.logs)
        yield RoomLine(self.look.say("room.waiting"), section=True)
        if not found.entries:
            yield RoomLine(self.look.say("room.all_there"), tone="ok")
        yield from (self._entry(entry) for entry in found.entries)
        if found.left_out > 0:
            yield RoomLine(self.look.say("room.left_out", {"count": found.left_out}), tone="info")

    def _log(self, log: OutboxLog) -> RoomLine:
        name = self.look.say("room.log_now" if log.current else "room.log_before", {"log": log.log[:8]})
        numbers = {"waiting": log.waiting, "sent": log.sent, "confirmed": log.confirmed}
        oldest = self.look.say("room.oldest", {"oldest_s": log.oldest_s}) if log.oldest_s is not None else ""
        counts = " · ".join(part for part in (self.look.say("room.log_counts", numbers), oldest) if part)
        tone = "ok" if log.entries == log.confirmed else "hold"
        return RoomLine(name, counts, self.look.say("room.entries", {"n": log.entries}), tone=tone)

    def _entry(self, entry: WaitingEntry) -> RoomLine:
        about = ", ".join(label(thing) for thing in entry.things[:3])
        return RoomLine(self.look.say(entry.said), about, moment(entry.at, self.now_ms))
