"""`wire_bytes`: what a batch weighs, against the same events without nonce, framing and note, compressed alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import zstandard

from tests.bench.figure import Figure, at_most, reported
from tests.bench.line import Log, record

MOTORS = 200
SIZES = (1, 16, 256, 1000)
GOAL = {256: 1.7}
LEVEL = 3  # a batch's own


def measure(folder: Path, percent: int) -> Iterator[Figure]:
    """Bytes a event, over the logs of the line's three stations, which are cut into batches of each size."""
    story = record(folder / "line", max(MOTORS * percent // 100, 2))
    for size in SIZES:
        sent = bare = events = 0
        for place in sorted({one.place for one in story}):
            raws = [one.raw for one in story if one.place == place]
            log = Log(place)
            for start in range(0, max(len(raws) - size + 1, 1), size):
                some = raws[start : start + size]
                for raw in some:
                    log.write(raw)
                sent, bare, events = sent + len(log.batch()), bare + len(_bare(some)), events + len(some)
        name, pair = f"wire_bytes {size}", (sent / events, bare / events)
        yield at_most(name, pair, "B/event", GOAL[size]) if size in GOAL else reported(name, pair, "B/event")


def _bare(raws: list[bytes]) -> bytes:
    """The events alone, each a line of JSON that has no nonce."""
    trees = [msgspec.json.decode(raw) for raw in raws]
    lines = [msgspec.json.encode({k: v for k, v in tree.items() if k != "n"}, order="sorted") for tree in trees]
    return zstandard.ZstdCompressor(level=LEVEL).compress(b"\n".join(lines))
