"""A hub with the motor pack and a station with a real screen, drawn into memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow.conftest import hub
from tests.support.hub_process import HubProcess
from tests.support.screen_plant import ScreenKiosk

__all__ = ["hub"]


@pytest.fixture
def kiosk(hub: HubProcess, tmp_path: Path) -> Iterator[ScreenKiosk]:
    """ST-10 with a kiosk, switched off."""
    made = ScreenKiosk(hub, tmp_path / "kiosk", "st-10", tmp_path.name).enrol()
    yield made
    made.close()
    assert "Traceback" not in made.error, made.error
