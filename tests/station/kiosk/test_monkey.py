"""A slice of `./run faults monkey`: random taps, scans, PINs, pulled cables and restarts at the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.faults.monkey import PLACES, Broken, Monkey

STEPS, SEED = 150, 7


@pytest.mark.parametrize("place", PLACES)
def test_whatever_somebody_does_the_screen_keeps_its_promises(app: QApplication, tmp_path: Path, place: str) -> None:
    monkey = Monkey(tmp_path / place, SEED, place)
    try:
        monkey.play(STEPS)
    except Exception as e:
        e.add_note(f"seed {SEED}, the last steps:\n" + "\n".join(monkey.did))
        raise
    finally:
        monkey.close()
    assert monkey.confirmed > STEPS // 6


def test_the_monkey_sees_a_button_that_no_finger_hits(app: QApplication, tmp_path: Path) -> None:
    monkey = Monkey(tmp_path / "st-10", SEED)
    monkey.view.px_per_mm *= 3
    with pytest.raises(Broken, match="small"):
        monkey.play(5)
    monkey.close()
