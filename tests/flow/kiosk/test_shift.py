"""A slice of `./run faults shift`: a shift at three real kiosks, drawn into memory, with all that goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.shift import KIOSK, Shift
from tests.support.plant import namespaces

UNITS, KILLS, SEED = 40, 3, 20261122


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    made = Shift(tmp_path / "plant", UNITS, KILLS, SEED, **KIOSK)
    yield made
    made.close()


def test_a_shift_loses_nothing_that_a_screen_confirmed_and_goes_on_where_it_was(shift: Shift) -> None:
    report = shift.play()
    assert (report.units, report.kills, report.full_disk) == (UNITS, KILLS, namespaces())
    assert report.confirmed == report.merged > UNITS * 13
    assert "Traceback" not in "".join(one.kiosk.error for one in shift.people)
