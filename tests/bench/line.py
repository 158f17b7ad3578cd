"""The demo line's real events: three real work cells make motors, scan by scan; and the same story of other motors."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from common.event_types import StationEnrolled
from common.ids import b64, log_id
from common.ledger import logs
from common.signedlog import batch, merkle, note
from hub.demo.plant import MACHINES
from hub.demo.story import carton
from tests.support.bench import Bench, Plant, StationClock

LINE = "line-1"
PLACES = ("st-10", "st-20", "st-30")
BADGES = {"st-10": "B10021", "st-20": "B10034", "st-30": "B10047"}
TOGETHER = 10
PER_CARTON = 4
CHANCE = Random(1)
_canonical = msgspec.json.Encoder(order="sorted").encode


class Said(Struct, frozen=True):
    """One event: whose log it is in, at which index, and its bytes."""

    place: str
    index: int
    raw: bytes


def record(folder: Path, motors: int) -> list[Said]:
    """What the line's three stations write while they make so many motors, in an order that all could have seen."""
    plant, clock = Plant(folder), StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000)
    benches = {place: Bench(plant, folder / place, clock, place) for place in PLACES}
    for bench in benches.values():
        bench.enrol()
    sizes, said = dict.fromkeys(PLACES, 0), []
    for place, bench in benches.items():
        bench.hear()
        bench.scan(BADGES[place])
    for first in range(1, motors + 1, TOGETHER):
        some = range(first, min(first + TOGETHER, motors + 1))
        for place, bench in benches.items():
            bench.hear(*(other for other in benches.values() if other is not bench))
            bench.pull(*(other for other in benches.values() if other is not bench))
            for i in some:
                WORK[place](bench, i)
            said += _new(bench, place, sizes)
        print(f"\r  the line made {some.stop - 1} of {motors} motors ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    for bench in benches.values():
        bench.close()
    return said


def _new(bench: Bench, place: str, sizes: dict[str, int]) -> Iterator[Said]:
    with bench.store.reading() as conn:
        log = logs.by_id(conn, bench.log)
        assert log is not None
        for body in list(logs.suffix(conn, log, sizes[place], 100)):
            sent = batch.decode(body)
            yield from (Said(place, sent.start + i, raw) for i, raw in enumerate(sent.events))
            sizes[place] = sent.stop


def _press(bench: Bench, i: int) -> None:
    _scan(bench, serial(i), f"HL-{i // 100:04d}", f"R-88213-{i:04d}", magnet_lot(i))
    _measure(bench, "press")


def _wire(bench: Bench, i: int) -> None:
    _scan(bench, serial(i), f"C25-{70000 + i}", f"SC-{i // 300:04d}")
    _measure(bench, "driver")


def _test(bench: Bench, i: int) -> None:
    _scan(bench, serial(i))
    _measure(bench, "tester")
    _scan(bench, carton((i - 1) // PER_CARTON + 1))


def _scan(bench: Bench, *codes: str) -> None:
    """As people do: never twice after the same time."""
    for code in codes:
        bench.scan(code, after_s=CHANCE.randrange(700, 9_000) / 1000)


def _measure(bench: Bench, device: str) -> None:
    """The demo's machine: values within its ranges, after a while."""
    bench.clock.advance(CHANCE.randrange(2_000, 12_000) / 1000)
    bench.measure(tuple(CHANCE.randint(low, high) for low, high in MACHINES[device]["values"]), device)


WORK = {"st-10": _press, "st-20": _wire, "st-30": _test}


def serial(i: int) -> str:
    """The serial of motor i."""
    return f"M-250-{i:06d}"


def magnet_lot(i: int) -> str:
    """The magnet lot of motor i."""
    return f"MG-{2600 + i // 5200:04d}-{chr(ord('A') + i // 200 % 26)}"


# The same story of other motors ---------------------------------------------------------------------------------------
class Log:
    """A log that is written here without a database: keeps what batches need, and no more."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.key = Ed25519PrivateKey.generate()
        self.pub = self.key.public_key().public_bytes_raw()
        self.log = log_id(self.pub)
        self.size = 0
        self._frontier = merkle.EMPTY
        self._waiting: list[bytes] = []

    @property
    def waiting(self) -> int:
        """How many entries stand in no batch yet."""
        return len(self._waiting)

    @property
    def enrolment(self) -> StationEnrolled:
        return StationEnrolled(station=self.place, log=self.log, pub=b64(self.pub), line=LINE)

    def write(self, raw: bytes) -> tuple[str, int, str]:
        """Add an entry; how another log's event cites it."""
        self._waiting.append(raw)
        self.size += 1
        return self.log, self.size - 1, b64(merkle.leaf_hash(raw))

    def batch(self) -> bytes:
        """Everything since the last batch."""
        start, raws = self.size - len(self._waiting), tuple(self._waiting)
        self._frontier = self._frontier.extend([merkle.leaf_hash(raw) for raw in raws])
        self._waiting = []
        signed = note.sign(note.Checkpoint(self.log, self.size, self._frontier.root()), self.key)
        return batch.encode(batch.Batch(start, raws, signed))


class Retold:
    """The recorded story told again by other stations of other things, in bytes as a station writes them."""

    def __init__(self, story: list[Said], copy: int) -> None:
        self.logs = {place: Log(place) for place in PLACES}
        self._story = story
        self._copy = copy
        self._instead: dict[str, tuple[str, int, str]] = {}  # the leaf of a recorded event → what stands for it

    def batches(self, size: int) -> Iterator[bytes]:
        """Batches of `size` events of each log, in an order in which a hub may get them."""
        for one in self._story:
            log = self.logs[one.place]
            self._instead[b64(merkle.leaf_hash(one.raw))] = log.write(self._anew(one.raw))
            if log.waiting == size:
                yield log.batch()
        for log in self.logs.values():
            if log.waiting:
                yield log.batch()

    def _anew(self, raw: bytes) -> bytes:
        tree = msgspec.json.decode(raw)
        for claim in tree.get("on", []):
            claim["value"] += f"-{self._copy}"
        if "rf" in tree:
            tree["rf"] = [ref if isinstance(ref, int) else self._instead[ref[2]] for ref in tree["rf"]]
        return _canonical(tree)
