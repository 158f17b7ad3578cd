"""The operator's terminal without a screen: announcements → lines of text. Decides nothing.

Every result is one line; one that confirms an event on disk ends with a short reference to it. So displayed results can
be counted against the hub's database afterwards: `parse_confirmations` reads a recording back.
"""

from __future__ import annotations

import os
import re
import select
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import structlog
from msgspec import Struct

from common.text import Named, brief, say
from station.clock import Clock
from station.messages import Announcement, Prompt, Shown, Status

# A state is shown by shape, word and colour; the word is in the sentence. Colours: the theme's, as ANSI has them.
SHAPES = {"ok": "✓", "ng": "✗", "hold": "‖", "unknown": "?", "info": "·"}
COLOURS = {"ok": "32", "ng": "1;31", "hold": "33", "unknown": "35", "prompt": "1;36", "status": "2"}
PATIENCE_S = 0.2
ARROW, INDENT = "→", " " * 11
LOG_LENGTH, LEAF_LENGTH = 8, 12
_REFERENCE = re.compile(rf"  \[([a-z2-7]{{{LOG_LENGTH}}}\.[A-Za-z0-9_-]{{{LEAF_LENGTH}}})\]$")
log = structlog.get_logger(__name__)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class _Noticed(Struct, frozen=True):
    """The parts of a status that a person would notice, including labels that wait for a printer. `digits`: of the
    largest number of waiting entries since the hub became unreachable. `owing`: the hub is back, but entries that
    waited are not all confirmed yet."""

    online: bool
    down: tuple[Named | str, ...]
    digits: int = 0
    owing: bool = False
    labels_why: str = ""
    labels_unsure: tuple[str, ...] = ()
    refused: str = ""


class Terminal:
    """One operator's terminal. `write` takes one announcement's lines, without the last line end."""

    def __init__(self, language: str, write: Callable[[str], None], clock: Clock, *, colour: bool = False) -> None:
        """`colour`: the output is a terminal, so ANSI colours may be used."""
        self._language = language
        self._write = write
        self._clock = clock
        self._colour = colour
        self._prompt = ""
        self._noticed: _Noticed | None = None

    def show(self, announcement: Announcement) -> None:
        """Write an announcement for a person; nothing if it adds nothing to the last lines."""
        match announcement:
            case Prompt(code="prompt.starting"):
                self._put("prompt", f"{SHAPES['info']} {self._say(announcement.code, {})}")
            case Prompt():
                self._ask(announcement)
            case Shown():
                self._result(announcement)
            case Status():
                self._status(announcement)

    def _ask(self, prompt: Prompt) -> None:
        line = _one_line(f"{ARROW} {self._say(prompt.code, prompt.params)}")
        if line != self._prompt:
            self._prompt = line
            self._put("prompt", line)

    def _result(self, shown: Shown) -> None:
        shape = SHAPES.get(shown.tone, SHAPES["info"])
        line = _one_line(f"{self._time()} {shape} {self._say(shown.code, shown.params)}")
        line += f"  [{reference(shown.event)}]" if shown.event else ""
        reasons = [self._say(code, params) for code, params in shown.reasons]
        if reasons and "release" in shown.params:
            reasons.append(self._say("interlock.release", shown.params))
        if shown.scan:
            reasons.insert(0, self._say(*shown.scan))
        if shown.todo:
            reasons.append(f"{ARROW} {self._say(*shown.todo)}")
        self._put(shown.tone, line, *(_one_line(f"{INDENT}{reason}") for reason in reasons))

    def _status(self, status: Status) -> None:
        before, self._noticed = self._noticed, _notice(status, self._noticed)
        if self._noticed != before:
            self._put("status", _one_line(f"{self._time()} {self._status_line(status)}"))

    def _status_line(self, status: Status) -> str:
        params = msgspec.structs.asdict(status)
        offline = "status.offline" if status.pending else "status.offline_empty"
        said = self._say("status.online" if status.online else offline, params)
        if status.refused:
            said = self._say("status.refused", params | {"cause": brief(self._language, status.refused)})
        more = [self._say("status.down", params)] if status.down else []
        if status.labels_why:
            why = brief(self._language, status.labels_why)
            more.append(self._say("status.labels", {"labels": status.labels, "why": why}))
        if status.labels_unsure:
            more.append(self._say("status.labels_unsure", {"things": status.labels_unsure}))
        return " · ".join([said, *more])

    def _say(self, code: str, params: dict[str, object]) -> str:
        return say(self._language, code, params)

    def _time(self) -> str:
        """Format the local time, for a person to compare with a watch; nothing else relies on it."""
        return datetime.fromtimestamp(self._clock.wall_ms() / 1000, UTC).astimezone().strftime("%H:%M:%S")

    def _put(self, tone: str, *lines: str) -> None:
        colour = COLOURS.get(tone) if self._colour else None
        self._write("\n".join(f"\x1b[{colour}m{line}\x1b[0m" if colour else line for line in lines))


class Recording:
    """Standard output as a kiosk's recorder: if nobody reads it, nothing is written and the kiosk continues.

    The screen's thread writes, so a stalled reader gets only `patience_s` seconds.
    """

    def __init__(self, fd: int = 1, patience_s: float = PATIENCE_S) -> None:
        self._fd = fd
        self._patience_s = patience_s
        self._read = True

    def line(self, text: str) -> None:
        """Write one announcement's lines."""
        rest = f"{text}\n".encode()
        while rest and self._read:
            try:
                if not select.select([], [self._fd], [], self._patience_s)[1]:
                    self._gone("stalled")
                    return
                # A writable pipe takes this many bytes without waiting, and no more.
                rest = rest[os.write(self._fd, rest[: select.PIPE_BUF]) :]
            except OSError as e:
                self._gone(e.strerror or "")

    def _gone(self, reason: str) -> None:
        self._read = False
        log.warning("recorder_gone", reason=reason)


def reference(event: str) -> str:
    """Shorten an event id for people: enough of log and leaf to find it again."""
    log, _, leaf = event.partition(".")
    return f"{log[:LOG_LENGTH]}.{leaf[:LEAF_LENGTH]}"


def parse_confirmations(text: str) -> list[str]:
    """Read the references of all events that a recorded terminal confirmed, in order; a truncated line has none."""
    lines = (_COLOUR.sub("", line).rstrip("\r") for line in text.split("\n"))
    return [found[1] for line in lines if (found := _REFERENCE.search(line))]


def _notice(status: Status, before: _Noticed | None) -> _Noticed:
    turned = before is None or before.online != status.online
    if status.online:
        waits = status.pending + status.sent > 0
        owing = waits and (turned or (before is not None and before.owing))
        return _Noticed(True, status.down, 0, owing, status.labels_why, status.labels_unsure)
    digits = len(str(status.pending)) if status.pending else 0
    most = max(digits, 0 if turned or before is None else before.digits)
    return _Noticed(False, status.down, most, False, status.labels_why, status.labels_unsure, status.refused)


def _one_line(text: str) -> str:
    """Remove characters that move a cursor, and never let scanned text look like a confirmation."""
    plain = "".join(c if c.isprintable() else "␣" for c in text)
    return f"{plain} ·" if _REFERENCE.search(plain) else plain
