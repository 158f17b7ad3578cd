"""What a view says of things is what the newest entry left, and is worked out once for it."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from common import event_types as b
from common.definitions import Definitions
from common.ids import Claim
from common.judge import History, Standing
from common.ledger import reads
from station.cell.known import Judged, Knowledge, Known, Moment
from tests.support.bench import Bench, Plant, StationClock
from tests.support.factory import unit

M1 = unit("M-250-004217")


def told(bench: Bench, judged: Judged, definitions: Definitions) -> tuple[Standing, History]:
    """What a view of this moment says of the motor."""
    moment, here = Moment.of(bench.clock, None), Claim("place@x", "st-30")
    with bench.store.reading() as conn:
        view = Knowledge(conn, here, Known(definitions, {}), moment, 1, judged)
        return view.standing(M1), view.history(M1)


def test_a_thing_is_judged_once_until_something_new_is_known_or_defined(tmp_path: Path) -> None:
    plant, judged = Plant(tmp_path / "plant"), Judged()
    clock, wiring = StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000), plant.station("st-20")
    with closing(Bench(plant, tmp_path / "st-30", clock, "st-30")) as bench:
        with bench.store.reading() as conn:
            definitions = reads.definitions(conn)
        first, again = told(bench, judged, definitions), told(bench, judged, definitions)
        assert first[0] is again[0] and first[1] is again[1]
        wiring.say(b.Hold("cracks"), M1)
        bench.hear(wiring)
        standing, history = told(bench, judged, definitions)
        assert standing.held_because == ("cracks",) and len(history.events) == 1
        assert told(bench, judged, Definitions.of([]))[0] is not standing
