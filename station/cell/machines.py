"""Present state of each machine, in memory: its last valid block while reachable, and the last request sent.

Must not decide: nothing in here is a result. Torn, damaged or disconnected blocks are not shown at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from common.errors import BadAnswer
from station.devices.plc_block import AnswerArea, State, decode_answer
from station.messages import PlcRead, PlcWrite
from station.work.state import MachineRequest


class Machines:
    """The machines of a workplace, by device; `shows` is one value, replaced and never changed."""

    def __init__(self) -> None:
        self.shows: Mapping[str, AnswerArea] = {}
        self._sent: dict[str, bytes] = {}

    def heard(self, read: PlcRead) -> str:
        """Take a block. Return the serial of a part that just arrived, if the machine's own reader read it, or ""."""
        before = self.shows.get(read.device)
        self.gone(read.device)
        try:
            now = decode_answer(read.block)
        except BadAnswer:
            return ""
        self.shows = {**self.shows, read.device: now}
        # The first block does not show when the part arrived, and after a cycle it is still the part of that cycle.
        idle = before is not None and before.state is State.IDLE
        return now.serial if idle and _has_read(now) and not (before and _has_read(before)) else ""

    def gone(self, device: str) -> None:
        """Forget a machine that is disconnected or unreadable."""
        self.shows = {name: answer for name, answer in self.shows.items() if name != device}

    def to_write(self, machines: Mapping[str, MachineRequest]) -> list[PlcWrite]:
        """Return the request areas that differ from the last ones sent; the worker repeats them after a reconnect."""
        wanted = {device: machine.request.encode() for device, machine in machines.items()}
        new = {device: block for device, block in wanted.items() if self._sent.get(device) != block}
        self._sent |= new
        return [PlcWrite(device, block) for device, block in new.items()]


def _has_read(answer: AnswerArea) -> bool:
    return answer.state is State.IDLE and answer.part_present and answer.reader and bool(answer.serial)
