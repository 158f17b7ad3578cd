"""The tool that fails tests for their logs does so, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
ROOT = Path(__file__).resolve().parents[2]

CASES = """
import logging
import pytest
import structlog

log = structlog.get_logger("room")

def test_quiet(): log.info("all is well")

def test_loud(): log.warning("device lost", device="scanner-1")

def test_loud_stdlib(): logging.getLogger("x.y").error("boom %d", 3)

def test_declared(expect_warning):
    expect_warning("device lost device=scanner-1")
    log.warning("device lost", device="scanner-1")
    log.warning("device lost", device="scanner-1")

def test_declared_another(expect_warning):
    expect_warning("device found")
    log.warning("device found")
    log.error("disk full")

def test_declared_but_silent(expect_warning): expect_warning("never")

def test_reconfigured(): structlog.configure(logger_factory=structlog.PrintLoggerFactory())

def test_after_reconfigured(): log.warning("seen again")

def test_own_failure_first(expect_warning):
    expect_warning("never")
    assert 1 == 2, "own news"

@pytest.fixture
def noisy():
    yield
    log.warning("left a mess")

def test_mess(noisy): pass

def test_declared_mess(noisy, expect_warning): expect_warning("left a mess")
"""


def test_records_at_warning_or_above_fail_the_test_unless_declared(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(test_cases=CASES)
    result = pytester.runpytest_subprocess("-p", "tests.support.logfail", "-rfEp")
    heads = [line.partition(" - ")[0] for line in result.outlines if " test_cases.py::test_" in line]
    outcomes = {tuple(head.replace("test_cases.py::test_", "").split()) for head in heads}
    assert outcomes == {
        ("PASSED", "quiet"),
        ("FAILED", "loud"),
        ("FAILED", "loud_stdlib"),
        ("PASSED", "declared"),
        ("FAILED", "declared_another"),
        ("PASSED", "declared_but_silent"),
        ("ERROR", "declared_but_silent"),
        ("FAILED", "reconfigured"),
        ("FAILED", "after_reconfigured"),
        ("FAILED", "own_failure_first"),
        ("PASSED", "mess"),
        ("ERROR", "mess"),
        ("PASSED", "declared_mess"),
    }
    text = result.stdout.str()
    assert "logged unexpectedly: WARNING room: device lost device=scanner-1" in text
    assert "logged unexpectedly: ERROR x.y: boom 3" in text
    assert "expected, but never logged: never" in text
