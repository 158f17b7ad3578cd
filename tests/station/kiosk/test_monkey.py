"""A slice of `./run faults monkey`: random taps, scans, PINs, pulled cables and restarts at the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from station.kiosk.form import FormScreen
from station.work.ask.cards import CARDS, EVERYWHERE
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


def test_the_monkey_sees_a_tile_that_is_not_what_is_asked(
    app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sign out is offered in every state, also where work has to be finished first."""
    monkeypatch.setitem(CARDS, "SIGNOUT", replace(CARDS["SIGNOUT"], at=EVERYWHERE))
    monkey = Monkey(tmp_path / "st-10", SEED)
    with pytest.raises(Broken, match=r"SIGNOUT is answered|and offers .*SIGNOUT"):
        monkey.play(STEPS)
    monkey.close()


def test_the_monkey_sees_a_screen_that_asks_something_else(app: QApplication, tmp_path: Path) -> None:
    monkey = Monkey(tmp_path / "st-10", SEED)
    while not monkey.view.uncovered:
        monkey.play(1)
    monkey.view.window._go(FormScreen)
    with pytest.raises(Broken, match="is on FormScreen"):
        monkey._one_question()
    monkey.close()
