"""The program of one simulated machine: the PLC's side of the handshake in docs/plc.md, one `step` per PLC scan.

Pure: no I/O, no clock, no threads. Its results depend on seed and sequence only.
"""

from __future__ import annotations

from collections import deque
from random import Random
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from station.devices.plc_block import AnswerArea, Command, Outcome, Request, State

NOTHING = Request()
MOST_BEATS = 2**32


class MachineSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A machine: its data block, its cycle time, and the nominal range of each value as scaled integers.

    `live`: it shows its values while it runs, growing towards the result.
    """

    db: Annotated[int, Meta(ge=1, le=65_535)]
    cycle_s: Annotated[float, Meta(ge=0)]
    values: Annotated[list[tuple[int, int]], Meta(max_length=16)]
    seed: int = 0
    live: bool = False


class NextResult(Struct, frozen=True, forbid_unknown_fields=True):
    """A result to make next in place of the seeded one."""

    values: tuple[int, ...] | None = None
    outcome: Outcome = Outcome.OK


class SimulatedMachine:
    """One machine. `memory`: the answer it kept over a power cut; None for a new machine."""

    def __init__(self, spec: MachineSpec, memory: AnswerArea | None = None) -> None:
        self.part_present = True
        self.read = ""
        self.answer = memory or AnswerArea()
        self._spec = spec
        self._due_ms = 0
        self._next: deque[NextResult] = deque()
        self.restart()

    def step(self, request: Request | None, now_ms: int) -> AnswerArea:
        """Run one PLC scan: request as read (None if its block was not sound) → answer as written."""
        answer = self._react(request or NOTHING, now_ms)
        beat = (self.answer.heartbeat + 1) % MOST_BEATS
        idle = answer.state is State.IDLE
        serial = (self.read if self.part_present else "") if idle else answer.serial
        said = {"part_present": self.part_present, "serial": serial, "reader": idle and bool(serial)}
        self.answer = replace(answer, heartbeat=beat, **said)
        return self.answer

    def lay(self, present: bool, serial: str = "") -> None:
        """Put a part in, or take it out; `serial`: the one-time reading of the machine's own reader."""
        self.part_present, self.read = present, serial

    def make_next(self, result: NextResult) -> None:
        """Queue this result for the next free cycle."""
        self._next.append(result)

    def fault(self) -> None:
        """Stop with a fault; a result waiting for its acknowledgement is kept instead."""
        if self.answer.state in (State.IDLE, State.RUNNING):
            self.answer = replace(self.answer, state=State.FAULT)

    def restart(self) -> None:
        """Act as the start-up program after a power cut: an interrupted cycle is never run again."""
        if self.answer.state is State.RUNNING:
            self.fault()

    def _react(self, request: Request, now_ms: int) -> AnswerArea:
        answer = self.answer
        if answer.state is State.IDLE:
            return self._begin(request, now_ms)
        if answer.state is State.FAULT:
            return _reset(answer, request)
        ours = request.sequence == answer.sequence
        if answer.state is State.RUNNING:
            return self._carry_on(ours and request.command is Command.ABORT, now_ms)
        return _cleared(answer.sequence) if ours and request.command is Command.ACKNOWLEDGE else answer

    def _begin(self, request: Request, now_ms: int) -> AnswerArea:
        echo = AnswerArea(request.sequence, State.RUNNING, token=request.token, serial=request.serial)
        # Any other sequence, not only a higher one: it may have wrapped, or the station may have been replaced.
        if request.sequence in (0, self.answer.sequence):
            return self.answer
        if request.command is Command.PERMIT:
            self.read = ""
            self._due_ms = now_ms + round(self._spec.cycle_s * 1000)
            return echo
        return replace(echo, state=State.ABORTED) if request.command is Command.ABORT else self.answer

    def _carry_on(self, aborted: bool, now_ms: int) -> AnswerArea:
        if aborted:
            return replace(self.answer, state=State.ABORTED)
        if now_ms < self._due_ms:
            return replace(self.answer, values=self._live(now_ms)) if self._spec.live else self.answer
        result = self._next.popleft() if self._next else NextResult()
        values = self._nominal() if result.values is None else result.values
        return replace(self.answer, state=State.RESULT, outcome=result.outcome, values=values)

    def _live(self, now_ms: int) -> tuple[int, ...]:
        left = (self._due_ms - now_ms) / max(self._spec.cycle_s * 1000, 1)
        return tuple(round(value * (1 - left)) for value in self._nominal())

    def _nominal(self) -> tuple[int, ...]:
        random = Random(f"{self._spec.db}/{self._spec.seed}/{self.answer.sequence}")
        return tuple(random.randint(low, high) for low, high in self._spec.values)


def _reset(answer: AnswerArea, request: Request) -> AnswerArea:
    return _cleared(request.sequence) if request.sequence and request.command is Command.ABORT else answer


def _cleared(sequence: int) -> AnswerArea:
    # The sequence stays: it shows that a permit that is written again was already used.
    return AnswerArea(sequence)
