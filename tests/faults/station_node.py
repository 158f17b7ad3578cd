"""A station in a run: its real work cell, sync, store and files; its inbox, machine and rounds are on the timeline."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from io import BytesIO
from typing import Any

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from common.ids import unb64
from common.ledger.append import add_log
from common.signedlog.trust import open_trust
from station import messages as m
from station.cell.own_log import Files
from station.config import EnrolmentFile
from station.devices.plc_block import decode_request, essence
from station.devices.simulated.program import MachineSpec, NextResult, SimulatedMachine
from station.hublink.sync import Sync
from station.store import access
from station.workcell import WorkCell
from tests.faults.disk import Disk, MortalStore, Process
from tests.faults.timeline import Fibre, NodeClock, Timeline

Carry = Callable[["StationLife", requests.PreparedRequest], tuple[int, bytes]]
TICK_MS, EVERY_S, SCAN_MS = 1_000, 2.0, 40


class Press:
    """The machine at a workplace: it outlives the station's processes, and tells them only what is new."""

    def __init__(self, timeline: Timeline, device: str, values: list[tuple[int, int]]) -> None:
        self.device = device
        self._timeline = timeline
        self._machine = SimulatedMachine(MachineSpec(db=10, cycle_s=0.3, values=values))
        self._request = b""
        self._told = b""
        self._tell: Callable[[m.Message], None] = lambda _: None

    def connect(self, tell: Callable[[m.Message], None]) -> None:
        """A driver opens its connection: it reads what stands there."""
        self._tell, self._told = tell, b""
        self._step()

    def write(self, block: bytes) -> None:
        self._request = block
        self._timeline.after(SCAN_MS, self._step)

    def make_next(self, result: NextResult) -> None:
        self._machine.make_next(result)

    def _step(self) -> None:
        """A few PLC scans, and what a driver that polls would tell of them."""
        asked = decode_request(self._request) if self._request else None
        before = essence(self._machine.answer.encode())
        block = self._machine.step(asked, self._timeline.now_ms).encode()
        if essence(block) != self._told:
            self._told = essence(block)
            self._tell(m.PlcRead(self.device, block, 0))
        if essence(block) != before or self._machine.answer.state == 1:
            self._timeline.after(SCAN_MS * 2, self._step)


class Road(BaseAdapter):
    """What carries a station's requests in place of TLS: the run's network."""

    def __init__(self, life: StationLife, carry: Carry) -> None:
        super().__init__()
        self._life = life
        self._carry = carry

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:  # type: ignore[override]
        status, raw = self._carry(self._life, request)
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = status, request.url or "", request
        answer.raw = HTTPResponse(BytesIO(raw), status=status, preload_content=False)
        return answer

    def close(self) -> None:
        pass


class StationLife(Process):
    """One process of a station. `heard` is told every message that goes into the inbox, `seen` every announcement."""

    def __init__(
        self,
        name: str,
        disk: Disk,
        enrolment: EnrolmentFile,
        clock: NodeClock,
        timeline: Timeline,
        machine: Press,
        carry: Carry,
        host: str,
        chance: Callable[[int], bytes],
    ) -> None:
        super().__init__(disk)
        self.name = name
        self.clock = clock
        self.prompt = m.Prompt("prompt.waiting")
        self.heard: Callable[[m.Message], None] = lambda _: None
        self.seen: Callable[[m.Announcement], None] = lambda _: None
        self.online = False
        self._timeline = timeline
        self._machine = machine
        self._inbox: deque[m.Message] = deque()
        self._round = 0
        self._talking = self._woken = False
        self.store = MortalStore(self, access.open_store(disk.folder / "station.db", create=False))
        with self.store.writing() as conn:
            trust = open_trust(enrolment.trust, unb64(enrolment.site_root))
            add_log(conn, trust.site_log_key, "site", "", "site")
        files = Files(disk.folder, host=host, random_bytes=chance)
        where = (enrolment.site, enrolment.line, enrolment.station)
        self.cell = WorkCell(self.store, files, where, clock, self._announced, self._to_machine, self.wake, chance)
        self.sync = Sync(self.store, files, enrolment, clock, self.put, EVERY_S, Road(self, carry), chance)

    def start(self) -> None:
        """Everything that station.app starts."""
        self.cell.start()
        self._machine.connect(self.put)
        self._tick()
        self._next_round(50)

    def close(self) -> None:
        """Let go of what a process lets go of when it ends."""
        self.store.close()

    # The inbox --------------------------------------------------------------------------------------------------------
    def put(self, message: m.Message) -> None:
        """Into the inbox; the work cell takes it a moment later."""
        self.check()
        self.heard(message)
        if isinstance(message, m.LinkChanged):
            self.online = message.up
        self._inbox.append(message)
        self._timeline.after(1, self._turn)

    def scan(self, code: str) -> None:
        self.put(m.Scanned("scanner", code.encode(), self.clock.mono_ms()))

    def _turn(self) -> None:
        if not self.over:
            self.cell.handle(self._inbox.popleft())

    def _tick(self) -> None:
        if not self.over:
            self.put(m.Tick(self.clock.mono_ms()))
            self._timeline.after(TICK_MS, self._tick)

    def _announced(self, said: m.Announcement) -> None:
        self.check()
        if isinstance(said, m.Prompt):
            self.prompt = said
        self.seen(said)
        if isinstance(said, m.Shown) and said.event:
            self.wake()

    def _to_machine(self, write: m.PlcWrite) -> None:
        if write.device == self._machine.device:
            self._machine.write(write.block)

    # Rounds -----------------------------------------------------------------------------------------------------------
    def wake(self) -> None:
        """There is something to send: a round that waits comes at once, unless the hub is out of reach."""
        self._woken = True
        if self.online and not self._talking:
            self._next_round(5)

    def _next_round(self, ms: int) -> None:
        self._round += 1
        mine = self._round

        def begin() -> None:
            if mine == self._round and not self.over:
                Fibre(self._timeline, self._attempt).resume()

        self._timeline.after(ms, begin)

    def _attempt(self) -> None:
        self._talking, self._woken = True, False
        wait_ms = round(self.sync.attempt() * 1000)
        self._talking = False
        self.check()
        self._next_round(5 if self._woken and self.online else wait_ms)
