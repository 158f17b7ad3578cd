"""A station that ran an earlier release goes on with everything it had."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from common.ledger.sqlite import open_sqlite
from station.store import access
from station.store import tables as t
from tests.support.bench import Bench, Plant, StationClock
from tests.support.shift import PRESS_OK


@pytest.fixture
def first_release(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Bench]:
    """ST-10 with the schema of the first release, after a motor."""
    steps = tmp_path / "steps"
    shutil.copytree(access.MIGRATIONS, steps)
    for step in (steps / "versions").glob("000[2-9]*.py"):
        step.unlink()
    clock = StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000)
    with monkeypatch.context() as then:
        then.setattr(access, "MIGRATIONS", steps)
        plant = Plant(tmp_path)
    old = open_sqlite(plant.blank / "station.db", access.APPLICATION, steps, create=False)
    with old.writing() as conn:
        names = set(conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())
        access.save_draft(conn, b"\x80")
        access.save_wrong_pins(conn, "p-wang", 3)
    old.close()
    assert {"entry", "draft", "person"} <= names
    assert not names & {t.setting.name, t.language.name}
    bench = Bench(plant, tmp_path / "st-10", clock)
    yield bench
    bench.close()


def test_what_was_there_before_is_there_after_and_settings_can_be_made(first_release: Bench) -> None:
    bench = first_release
    with bench.store.reading() as conn:
        assert access.wrong_pins(conn, "p-wang") == 3
    bench.scan("B10021", "M-250-000001", "HL-2644", "R-88213-0456", "MG-2610-B")
    assert bench.measure(PRESS_OK).code == "done.passed"
    with bench.store.writing() as conn:
        access.save_setting(conn, "volume", "30")
        access.save_language(conn, "p-wang", "en")
    bench.restart()
    with bench.store.reading() as conn:
        assert (access.settings(conn), access.languages(conn)) == ({"volume": "30"}, {"p-wang": "en"})
