"""A PLC in a process of its own: `python -m station.devices.simulated.machines --port N --config FILE`.

A real S7 server with one data block and one program per machine. Prints "ready port=N" when it listens; takes one JSON
object per line on stdin (see `MachineOrder`) and answers each with "done" or "refused REASON". Ends with its parent
process. It is more tolerant than hardware: see docs/plc.md.

    {"press": {"db": 10, "cycle_s": 0.2, "values": [[1180, 1220], [350, 360]], "seed": 7}}
"""

from __future__ import annotations

import argparse
import os
import queue
import sys
import threading
import time
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from snap7.server import Server
from snap7.type import SrvArea

from common.errors import BadAnswer
from station.devices.plc_block import (
    ANSWER_AT,
    DB_SIZE,
    REQUEST_AT,
    REQUEST_SIZE,
    AnswerArea,
    Request,
    decode_answer,
    decode_request,
)
from station.devices.simulated.faults import WireFaults
from station.devices.simulated.program import MachineSpec, NextResult, SimulatedMachine

SCAN_S = 0.02
CycleCount = Annotated[int, Meta(ge=0, le=1000)]


class MachineOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """An order to a machine, one line on stdin.

    `next` overrides the next result; the next `stale` permits are first answered with the previous result, for 0.5 s;
    the next `torn` and `shift` results first appear half written, or shifted by two bytes, for 0.3 s; `silent_s`:
    seconds for which the program stops; `fault` stops the machine; `restart` is a power cut with retained memory;
    `serial`: reading of its own reader for a part that arrives.
    """

    machine: str
    next: NextResult | None = None
    stale: CycleCount = 0
    torn: CycleCount = 0
    shift: CycleCount = 0
    part_present: bool | None = None
    serial: str = ""
    silent_s: Annotated[float, Meta(ge=0)] = 0.0
    fault: bool = False
    restart: bool = False


class SimulatedWorkplace:
    """One machine at its data block; `memory`: the file that keeps its answer over a power cut."""

    def __init__(self, spec: MachineSpec, memory: Path | None) -> None:
        self.db = spec.db
        self.area = bytearray(DB_SIZE)
        self._memory = memory
        self._machine = SimulatedMachine(spec, _remembered(memory))
        self._faults = WireFaults()
        self._silent_until_ms = 0
        self._show(self._machine.answer, 0)

    def scan(self, now_ms: int) -> None:
        """Run one PLC scan: read the request area, step, write the answer area. The caller holds the block's lock."""
        if now_ms < self._silent_until_ms:
            return
        before = self._machine.answer
        answer = self._machine.step(_requested(bytes(self.area[REQUEST_AT : REQUEST_AT + REQUEST_SIZE])), now_ms)
        # Saved before it is shown, as in a retained block.
        if self._memory and (answer.state, answer.sequence) != (before.state, before.sequence):
            self._memory.write_bytes(answer.encode())
        self._show(answer, now_ms)

    def obey(self, order: MachineOrder, now_ms: int) -> None:
        """Carry out an order from stdin."""
        self._faults.stale += order.stale
        self._faults.torn += order.torn
        self._faults.shift += order.shift
        if order.silent_s:
            self._silent_until_ms = now_ms + round(order.silent_s * 1000)
        if order.next is not None:
            self._machine.make_next(order.next)
        if order.part_present is not None:
            self._machine.lay(order.part_present, order.serial)
        if order.fault:
            self._machine.fault()
        if order.restart:
            self._machine.restart()

    def _show(self, answer: AnswerArea, now_ms: int) -> None:
        self.area[ANSWER_AT:] = self._faults.wire(answer, now_ms)


class SimulatedPlc:
    """The S7 server and the loop around its machines, all on the thread that calls `run`."""

    def __init__(self, specs: dict[str, MachineSpec], memory: Path | None) -> None:
        self._places = {n: SimulatedWorkplace(s, memory / f"{n}.block" if memory else None) for n, s in specs.items()}
        self._orders: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._server = Server(log=False)
        for place in self._places.values():
            self._server.register_area(SrvArea.DB, place.db, place.area)

    def listen(self, port: int) -> int:
        """Serve on the loopback interface only and return the port; 0 picks a free one."""
        self._server.start_to("127.0.0.1", tcp_port=port)
        if self._server.server_socket is None:
            raise OSError("the S7 server did not start")
        return int(self._server.server_socket.getsockname()[1])

    def order(self, line: str) -> None:
        """Queue a line for the next scan; any thread."""
        self._orders.put(line)

    def run(self) -> None:
        """Scan until the parent process is gone."""
        parent = os.getppid()
        while os.getppid() == parent:
            now_ms = time.monotonic_ns() // 1_000_000
            while not self._orders.empty():
                print(self._obey(self._orders.get(), now_ms), flush=True)
            for place in self._places.values():
                self._scan(place, now_ms)
            time.sleep(SCAN_S)

    def _obey(self, line: str, now_ms: int) -> str:
        try:
            order = msgspec.json.decode(line, type=MachineOrder)
        except msgspec.DecodeError as error:
            return f"refused {error}"
        place = self._places.get(order.machine)
        if place is None:
            return f"refused no machine {order.machine}"
        place.obey(order, now_ms)
        return "done"

    def _scan(self, place: SimulatedWorkplace, now_ms: int) -> None:
        self._server.lock_area(SrvArea.DB, place.db)
        try:
            place.scan(now_ms)
        finally:
            self._server.unlock_area(SrvArea.DB, place.db)


def _remembered(memory: Path | None) -> AnswerArea | None:
    return decode_answer(memory.read_bytes()) if memory and memory.exists() else None


def _requested(raw: bytes) -> Request | None:
    try:
        return decode_request(raw)
    except BadAnswer:
        return None


def _listen_to_stdin(plc: SimulatedPlc) -> None:
    for line in sys.stdin:
        plc.order(line)


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--config", type=Path, required=True, help="JSON: machines by name")
    parser.add_argument("--memory", type=Path, help="a directory that stands for the PLC's retained memory")
    arguments = parser.parse_args()
    plc = SimulatedPlc(
        msgspec.json.decode(arguments.config.read_bytes(), type=dict[str, MachineSpec]), arguments.memory
    )
    print(f"ready port={plc.listen(arguments.port)}", flush=True)
    threading.Thread(target=_listen_to_stdin, args=(plc,), name="simulated:stdin", daemon=True).start()
    plc.run()


if __name__ == "__main__":
    main()
