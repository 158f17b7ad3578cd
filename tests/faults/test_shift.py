"""The scripted shift is the same for a seed, and what it counts afterwards can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from common import event_types as b
from tests.faults.shift import done_once
from tests.faults.shift_people import Broken
from tests.faults.shift_plan import DISK_UNITS, drawn
from tests.support.factory import Author, unit
from tests.support.plant import Entry
from tests.support.recording import Recording

LINE = "08:00:00 ✓ Bound  [abcdefgh.{}]\n"


def entries(*said: tuple[b.Body, str]) -> list[Entry]:
    author = Author(1, "st-10")
    for body, serial in said:
        author.say(body, unit(serial), *([unit("R-1")] if isinstance(body, b.Bind) else []))
    return [Entry(str(n), author.log, 0, n, raw) for n, raw in enumerate(author.raws)]


STARTED, COMPLETED = b.OperationStarted("press"), b.OperationCompleted("press", "pass")
BOUND = b.Bind(slot="rotor", material="rotor", quantity="1", uom="pcs", operation="press")


def test_a_seed_is_a_plan_with_as_many_kills_as_asked_and_none_on_the_small_disk() -> None:
    plan = drawn(3, 100, 20, disk=True)
    assert plan == drawn(3, 100, 20, disk=True) != drawn(4, 100, 20, disk=True)
    kills = [one for one in plan if one.kind == "kill"]
    assert len(kills) == 20 == len({(one.unit, one.place, one.step) for one in kills})
    full = next(one for one in plan if one.kind == "disk")
    assert not [one for one in kills if one.place == full.place and 0 <= one.unit - full.unit <= DISK_UNITS]
    assert {one.kind for one in plan} >= {"scanner", "machine", "network", "hub", "wrong", "twice"}


def test_what_was_done_once_is_well_and_what_was_done_twice_is_broken() -> None:
    done_once("st-10", entries((STARTED, "M-1"), (BOUND, "M-1"), (COMPLETED, "M-1")), 1)
    with pytest.raises(Broken, match="twice"):
        done_once("st-10", entries((STARTED, "M-1"), (BOUND, "M-1"), (BOUND, "M-1"), (COMPLETED, "M-1")), 1)
    with pytest.raises(Broken, match="1 operations"):
        done_once("st-10", entries((STARTED, "M-1"), (COMPLETED, "M-1"), (STARTED, "M-2")), 2)


def test_a_line_that_a_kill_cut_off_was_not_shown(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "screen")
    with recording.path.open("w") as pipe:
        pipe.write("→ Scan the unit serial\n" + LINE.format("A" * 12) + LINE.format("B" * 12)[:-3])
    recording.drain()
    with recording.path.open("w") as pipe:
        pipe.write("→ Scan the housing lot\n")
    recording.settle(0.01)
    assert recording.prompts == ["→ Scan the unit serial", "→ Scan the housing lot"]
    assert recording.confirmed == ["abcdefgh." + "A" * 12]
    recording.close()
