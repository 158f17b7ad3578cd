"""Faults of a PLC on the wire: those of a bad program, or of a read at a bad moment.

Pure: no I/O, no clock. The machine behind it works correctly, so each fault ends on its own.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from station.devices.plc_block import AnswerArea, Outcome, State

STALE_MS = 500
BROKEN_MS = 300


class WireFaults:
    """The number of faults to come, and the present one."""

    def __init__(self) -> None:
        self.stale = self.torn = self.shift = 0
        self._state = State.IDLE
        self._result = AnswerArea(2**32 - 1, State.RESULT, Outcome.OK, 1, "STALE")
        self._before = AnswerArea().encode()
        self._until_ms = 0
        self._fault: Callable[[AnswerArea], bytes] = AnswerArea.encode

    def wire(self, answer: AnswerArea, now_ms: int) -> bytes:
        """Return the 136 bytes to show for an answer at this moment."""
        if answer.state is not self._state:
            self._state = answer.state
            self._arm(now_ms)
        if now_ms < self._until_ms:
            return self._fault(answer)
        self._before = answer.encode()
        if answer.state is State.RESULT:
            self._result = answer
        return self._before

    def _arm(self, now_ms: int) -> None:
        if self._state is State.RUNNING and self.stale:
            self.stale -= 1
            self._begin(self._stale, now_ms + STALE_MS)
        elif self._state is State.RESULT and self.torn:
            self.torn -= 1
            self._begin(self._torn, now_ms + BROKEN_MS)
        elif self._state is State.RESULT and self.shift:
            self.shift -= 1
            self._begin(_shifted, now_ms + BROKEN_MS)

    def _begin(self, fault: Callable[[AnswerArea], bytes], until_ms: int) -> None:
        self._fault, self._until_ms = fault, until_ms

    def _stale(self, answer: AnswerArea) -> bytes:
        return replace(self._result, heartbeat=answer.heartbeat).encode()

    def _torn(self, answer: AnswerArea) -> bytes:
        # Half new, half old, including the old checksum.
        return answer.encode()[:64] + self._before[64:]


def _shifted(answer: AnswerArea) -> bytes:
    return b"\0\0" + answer.encode()[:-2]
