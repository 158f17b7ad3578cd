"""`kiosk_start`: a process starts → its sign-in screen stands, over a database of 100,000 events; against a window.

The screen counts when it was painted and says that what is scanned is kept: a badge is scanned at that moment, and must
be answered. Reported: when it was, and when the work cell asked for it.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from common import event_types as b
from hub.demo.processes import wait_for
from tests.bench.figure import Figure, at_most, percentile, reported
from tests.support.factory import Author, unit
from tests.support.hub_process import HubProcess
from tests.support.plant import Kiosk, loaded

EVENTS, STARTS, AUTHORS, BATCH = 100_000, 15, 10, 500
PATIENCE_S = 120.0
BARE = """
import sys
from PySide6.QtWidgets import QApplication, QWidget

class Bare(QWidget):
    def paintEvent(self, event):
        print("painted", flush=True)

app = QApplication(sys.argv)
window = Bare()
window.resize(1280, 800)
window.show()
app.exec()
"""
# structlog loads rich where it finds it. Nothing that a station installs brings it; here a linter does.
STATION = """
import sys
sys.modules["rich"] = None
from common.command import main
sys.exit(main())
"""


def measure(folder: Path, percent: int) -> Iterator[Figure]:
    """Fill a station's database through its hub; then start it and a bare window in turns."""
    hub = loaded(folder / "hub")
    kiosk = Kiosk(hub, folder / "st-10", "st-10", "line-1").enrol()
    kiosk.configure(screen="kiosk", **{"kiosk.size": [1280, 800], "kiosk.volume": 0})
    _fill(hub, kiosk, max(EVENTS * percent // 100, 100))
    starts, asked, accepted, bare = [], [], [], []
    run = (sys.executable, "-c", STATION, "station", "run", "--config", str(kiosk.toml))
    # Both are signed in, so that each badge is taken at once: the same one twice within a second would be one scan.
    scans = [partial(kiosk.scanner.scan, code) for code in (b"B10021", b"B10034", b"HW:CONFIRM")]
    _timed(run, ["· ", "[", "→", "["], scans)
    for n in range(max(STARTS * percent // 100, 2)):
        bare.append(_timed((sys.executable, "-c", BARE), ["painted"])[0])
        times = _timed(run, ["· ", "→", "["], [scans[n % 2]])
        for found, one in zip((starts, asked, accepted), times, strict=True):
            found.append(one)
    events = float(len(kiosk.known()))
    kiosk.close()
    hub.stop()
    hub.close()
    yield at_most("kiosk_start", (percentile(starts, 50), percentile(bare, 50)), "ms", 2.5, events=events)
    yield reported("kiosk_start prompt", (percentile(asked, 50), percentile(bare, 50)), "ms")
    yield reported("kiosk_start scan", (percentile(accepted, 50), percentile(bare, 50)), "ms")


def _fill(hub: HubProcess, kiosk: Kiosk, events: int) -> None:
    """What other stations of the line wrote arrives."""
    each = events // AUTHORS
    for seed in range(AUTHORS):
        author = Author(40 + seed, f"st-{40 + seed}")
        caller = hub.join(author)
        for n in range(each):
            author.say(b.Commission("motor"), unit(f"M-{seed}-{n}"))
        for start in range(0, each, BATCH):
            caller.post(author.batch(start, min(start + BATCH, each)))
    kiosk.start()
    kiosk.wait("its first prompt", lambda: kiosk.prompt)
    wait_for("all of it at the station", lambda: len(kiosk.known()) >= events, PATIENCE_S)
    kiosk.stop()


def _timed(command: Sequence[str], signs: list[str], then: Sequence[Callable[[], None]] = ()) -> list[float]:
    """Milliseconds from the start of a process until its output has each of these; `then`: what to do after each.

    What comes after an act is looked for behind it; signs without one may come in any order.
    """
    begun = time.perf_counter_ns()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ})
    assert process.stdout
    said, found = b"", dict[int, float]()
    while len(found) < len(signs):
        if not select.select([process.stdout], [], [], PATIENCE_S)[0] or not (
            piece := os.read(process.stdout.fileno(), 65_536)
        ):
            missing = [sign for n, sign in enumerate(signs) if n not in found]
            raise SystemExit(f"it never said {missing}: {said.decode()}")
        said += piece
        for n, sign in enumerate(signs):
            if n not in found and sign.encode() in said:
                found[n] = (time.perf_counter_ns() - begun) / 1e6
                if n < len(then):
                    said = said.partition(sign.encode())[2]
                    then[n]()
            if n not in found and n < len(then):
                break
    process.kill()
    process.wait()
    process.stdout.close()
    return [found[n] for n in range(len(signs))]
