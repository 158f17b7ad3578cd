"""The start screen in a real window: painted before the station's start takes the main thread, on X11 and Wayland."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.support.real_window import Colours, starting, wait_for, weston, xvfb

CARD, BLACK = (255, 255, 255), (0, 0, 0)


WindowSystem = Callable[[Path], AbstractContextManager[tuple[dict[str, str], Callable[[], Colours]]]]


@pytest.mark.parametrize("system", [xvfb, weston])
def test_the_start_screen_is_painted_though_nothing_is_done_any_more(system: WindowSystem, tmp_path: Path) -> None:
    with system(tmp_path) as (clients, colours), starting(clients, tmp_path):
        seen: list[Colours] = []

        def painted() -> bool:
            seen.append(colours())
            return seen[-1][CARD] > seen[-1].total() / 2

        wait_for(painted, lambda: f"never painted: {seen[-1].most_common(3)}")
        assert seen[-1][BLACK] < seen[-1].total() / 20
