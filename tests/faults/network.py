"""The network of a run: carries the real bytes of requests and answers, and does to them what the plan says.

Over TLS a turned bit is a broken connection. So bits are turned only in what proves itself and may come by any carrier:
the batches, up and down.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from random import Random

import requests

from common.errors import BadBatch
from common.signedlog import batch as wire
from common.signedlog import pull
from tests.faults.hub_node import HubLife
from tests.faults.station_node import StationLife
from tests.faults.timeline import Fibre, Killed, Timeline

Request = tuple[str, str, dict[str, str], bytes]
TIMEOUT_MS = 4_000
UPLOAD, PULL = "/v1/logs/", "/v1/pull"
APPLIES = {"flip_up": ("POST", UPLOAD), "flip_down": ("POST", PULL)}


class Network:
    """`hub` gives the hub's process that runs now; `served` is told of every request that the hub answered."""

    def __init__(
        self,
        timeline: Timeline,
        chance: Random,
        hub: Callable[[], HubLife | None],
        served: Callable[[str, Request, int, bytes], None],
    ) -> None:
        self._timeline = timeline
        self._chance = chance
        self._hub = hub
        self._served = served
        self._armed: dict[str, deque[tuple[str, int]]] = defaultdict(deque)
        self._cut: dict[str, int] = {}

    # What goes wrong --------------------------------------------------------------------------------------------------
    def cut(self, station: str, ms: int) -> None:
        """Nothing goes through between a station and the hub for so long."""
        self._cut[station] = max(self._cut.get(station, 0), self._timeline.now_ms + ms)

    def arm(self, station: str, kind: str, much: int) -> None:
        """Do this to the next requests of a station."""
        often = much if kind not in ("twice", "late") else 1
        self._armed[station].extend([(kind, much)] * often)

    def heal(self) -> None:
        """From now on every request is answered."""
        self._cut.clear()
        self._armed.clear()

    # Carrying ---------------------------------------------------------------------------------------------------------
    def carry(self, life: StationLife, prepared: requests.PreparedRequest) -> tuple[int, bytes]:
        """A request and its answer; ConnectionError if one of them is lost."""
        body = prepared.body or b""
        assert isinstance(body, bytes)
        asked = (prepared.method or "", prepared.url or "", dict(prepared.headers), body)
        kind, much = self._next_fault(life.name, asked)
        self._pass(life, self._chance.randint(1, 30))
        if kind == "late":
            self._timeline.after(much, lambda: self._deliver_alone(life.name, asked))
        if self._is_cut(life.name) or kind in ("request_lost", "late"):
            self._lose(life)
        if kind == "flip_up":
            asked = (*asked[:3], self._flipped(body))
        if kind == "twice":
            self._timeline.after(much, lambda: self._deliver_alone(life.name, asked))
        status, raw = self._deliver(life, asked)
        if kind == "flip_down" and status == 200:
            raw = self._one_flipped(raw)
        self._pass(life, self._chance.randint(1, 30))
        if self._is_cut(life.name) or kind == "answer_lost":
            self._lose(life)
        return status, raw

    def _deliver(self, life: StationLife, asked: Request) -> tuple[int, bytes]:
        try:
            return self._ask_hub(life.name, asked)
        except Killed:
            self._lose(life)
            raise

    def _deliver_alone(self, station: str, asked: Request) -> None:
        """A request whose sender has gone."""
        if not self._is_cut(station) and self._hub() is not None:
            self._ask_hub(station, asked)

    def _ask_hub(self, station: str, asked: Request) -> tuple[int, bytes]:
        hub = self._hub()
        if hub is None:
            raise Killed
        status, raw = hub.serve(*asked)
        self._served(station, asked, status, raw)
        return status, raw

    def _pass(self, life: StationLife, ms: int) -> None:
        Fibre.sleep(ms)
        life.check()

    def _lose(self, life: StationLife) -> None:
        self._pass(life, TIMEOUT_MS)
        raise requests.ConnectionError("lost")

    def _is_cut(self, station: str) -> bool:
        return self._timeline.now_ms < self._cut.get(station, 0)

    def _next_fault(self, station: str, asked: Request) -> tuple[str, int]:
        armed = self._armed[station]
        if not armed:
            return "", 0
        method, path = APPLIES.get(armed[0][0], (asked[0], "/"))
        return armed.popleft() if asked[0] == method and path in asked[1] else ("", 0)

    # Bits -------------------------------------------------------------------------------------------------------------
    def _flipped(self, body: bytes) -> bytes:
        """A batch with one bit turned over: in what travels, or in an event before it was packed."""
        if self._chance.random() < 0.5:
            return self._turned(body)
        sent = wire.decode(body)
        which = self._chance.randrange(len(sent.events))
        bad = self._turned(sent.events[which])
        return wire.encode(wire.Batch(sent.start, (*sent.events[:which], bad, *sent.events[which + 1 :]), sent.note))

    def _turned(self, raw: bytes) -> bytes:
        at = self._chance.randrange(len(raw))
        return raw[:at] + bytes([raw[at] ^ 1 << self._chance.randrange(8)]) + raw[at + 1 :]

    def _one_flipped(self, raw: bytes) -> bytes:
        try:
            header, bodies = pull.decode_pull(raw)
        except BadBatch:
            return raw
        if not bodies:
            return raw
        which = self._chance.randrange(len(bodies))
        bodies = [*bodies[:which], self._flipped(bodies[which]), *bodies[which + 1 :]]
        return pull.encode_pull(header, bodies)
