"""The hub knows of every device what its station said of it last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from common import event_types as b
from common.ids import Claim
from hub.db.devices import DeviceRow, devices
from tests.support.browser import Browser
from tests.support.motors import Line, served


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with closing(Line(tmp_path / "line")) as made:
        yield made


def say(line: Line, station: str, device: str, kind: str, state: str, code: str | None = None, flaps: int = 0) -> int:
    """A station writes it; when, on its clock."""
    body = b.DeviceChanged(station, device, kind, state, code, flaps)  # type: ignore[arg-type]
    line.say(station, body, Claim(f"device@{line.site.id}", f"{station}/{device}"))
    return line.now_ms


def known(line: Line) -> list[DeviceRow]:
    line.upload()
    with line.store.reading() as conn:
        return devices(conn)


def test_the_last_word_on_each_device_counts(line: Line) -> None:
    say(line, "st-10", "press", "plc", "down", "plc.timeout")
    press = say(line, "st-10", "press", "plc", "up", flaps=3)
    left = say(line, "st-10", "left", "scanner", "up")
    other = say(line, "st-20", "left", "scanner", "down", "scanner.unplugged")
    assert known(line) == [
        DeviceRow("st-10", "left", "scanner", "up", "", 0, left),
        DeviceRow("st-10", "press", "plc", "up", "", 3, press),
        DeviceRow("st-20", "left", "scanner", "down", "scanner.unplugged", 0, other),
    ]


def test_what_is_named_like_a_device_and_is_none_is_no_device(line: Line) -> None:
    line.say("st-10", b.Commission("motor"), line.unit("st-10/left"))
    assert known(line) == []


def test_the_page_of_stations_shows_devices_in_both_languages(line: Line, tmp_path: Path) -> None:
    say(line, "st-10", "left", "scanner", "down", "scanner.unplugged", 4)
    say(line, "st-20", "gauge-1", "gauge", "up")
    line.upload()
    with served(line) as site, closing(Browser(tmp_path / "browser")) as browser:
        for language, away in (("en", "Disconnected"), ("zh-CN", "断开")):
            rows = browser.open(site + "/stations", language=language).texts(".devices tbody tr")
            assert len(rows) == 2
            assert away in rows[0] and "scanner.unplugged" in rows[0] and "left" in rows[0]
            assert "…?" not in "".join(rows)
