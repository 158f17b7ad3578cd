"""`./run bench` runs and writes what it says; how fast anything is is no matter here."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import structlog

from tests.bench.__main__ import FIGURES, SCREENS, main
from tests.bench.figure import Figure, at_least, at_most

EXPECTED = {
    "scan_commit": ["scan_commit p50", "scan_commit p99"],
    "ingest_sqlite": ["ingest_sqlite 500", "ingest_sqlite 16"],
    "ingest_postgres": ["ingest_postgres 500", "ingest_postgres 16"],
    "wire_bytes": ["wire_bytes 1", "wire_bytes 16", "wire_bytes 256", "wire_bytes 1000"],
}


@pytest.mark.parametrize("name", [name for name in FIGURES if name not in SCREENS])
def test_each_figure_is_measured_and_written_as_json(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, table = measured(name, tmp_path), capsys.readouterr().out
    assert [figure.name for figure in found] == EXPECTED[name]
    printed = table.splitlines()
    assert printed[0].split() == ["name", "value", "reference", "ratio", "goal", "met"]
    assert len(printed) == len(found) + 1


def measured(name: str, folder: Path) -> list[Figure]:
    """A hundredth of a figure's work, and what was written of it."""
    out, before = folder / "bench.json", structlog.get_config()
    try:
        assert main([name, "--percent", "1", "--folder", str(folder / "bench"), "--out", str(out)]) == 0
    finally:
        structlog.configure(**before)
    found = msgspec.json.decode(out.read_bytes(), type=list[Figure])
    for figure in found:
        assert figure.value > 0 and figure.reference > 0
        assert figure.ratio == pytest.approx(figure.value / figure.reference)
        assert (figure.goal is None) == (figure.met is None)
    return found


def test_figures_are_measured_one_after_the_other(tmp_path: Path) -> None:
    """Both play the motor line, each in a room of its own."""
    out, before = tmp_path / "bench.json", structlog.get_config()
    try:
        where = ["--folder", str(tmp_path / "bench"), "--out", str(out)]
        assert main(["ingest_sqlite", "wire_bytes", "--percent", "1", *where]) == 0
    finally:
        structlog.configure(**before)
    assert len(msgspec.json.decode(out.read_bytes())) == 6


def test_a_goal_is_met_or_it_is_not() -> None:
    assert [at_most("x", (value, 2.0), "ms", 2.5).met for value in (4.9, 5.0, 5.1)] == [True, True, False]
    assert [at_least("x", (value, 100.0), "1/s", 0.5).met for value in (49.0, 50.0, 51.0)] == [False, True, True]
