"""The figures of the kiosk are measured and written; how fast anything is is no matter here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.__main__ import SCREENS
from tests.bench.test_bench import measured

EXPECTED = {
    "scan_to_green": ["scan_to_green p50", "scan_to_green p99"],
    "kiosk_start": ["kiosk_start", "kiosk_start prompt", "kiosk_start scan"],
}


@pytest.mark.parametrize("name", SCREENS)
def test_each_figure_of_the_kiosk_is_measured_and_written(name: str, tmp_path: Path) -> None:
    assert [figure.name for figure in measured(name, tmp_path)] == EXPECTED[name]
