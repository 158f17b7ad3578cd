"""A log record at WARNING or above fails the test that was running, unless the test said that it would come.

    def test_the_worker_reopens_a_lost_scanner(expect_warning):
        expect_warning(r"device lost .*scanner-1")     # a regular expression, searched in "logger: message"

An expected record that never comes fails the test too. structlog is routed to the standard library for this; a test in
which the product reconfigures structlog fails, because its records would pass unwatched: run such code as a process.
The idea is qutebrowser's, tests/helpers/logfail.py.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Generator, MutableMapping

import pytest
import structlog


class Watch(logging.Handler):
    """What was logged while one test ran, and what that test expects."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.begin()

    def begin(self) -> None:
        self.said: list[str] = []
        self.expected: list[str] = []
        self.failed = False

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    def expect(self, pattern: str) -> None:
        """At least one record in which this regular expression is found must come, and any number may."""
        self.expected.append(pattern)

    def judge(self, *, at_end: bool) -> None:
        """Fail the running test if something came unexpectedly or, at the end, if something expected did not come."""
        unexpected = [line for line in self.said if not any(re.search(p, line) for p in self.expected)]
        absent = [p for p in self.expected if not any(re.search(p, line) for line in self.said)] if at_end else []
        problems = [f"logged unexpectedly: {line}" for line in unexpected]
        problems += [f"expected, but never logged: {pattern}" for pattern in absent]
        if not isinstance(structlog.get_config()["logger_factory"], structlog.stdlib.LoggerFactory):
            problems.append("structlog was reconfigured: its records pass unwatched")
        if problems:
            pytest.fail("\n".join(problems), pytrace=False)


WATCH = pytest.StashKey[Watch]()


def one_line(_logger: object, _method: str, event: MutableMapping[str, object]) -> str:
    """A structlog processor: the event, then its values."""
    return " ".join([str(event.pop("event", "")), *(f"{key}={value}" for key, value in event.items())])


def pytest_configure(config: pytest.Config) -> None:
    config.stash[WATCH] = watch = Watch()
    logging.getLogger().addHandler(watch)
    config.add_cleanup(lambda: logging.getLogger().removeHandler(watch))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin anew, and hand structlog's records on as one line of text; what fixtures log counts as the test's."""
    item.config.stash[WATCH].begin()
    structlog.configure(
        processors=[structlog.processors.format_exc_info, one_line],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Judge a test that passed by what it logged; one that failed has its own news."""
    watch = item.config.stash[WATCH]
    watch.failed = True
    result = yield
    watch.judge(at_end=False)
    watch.failed = False
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Judge once more when the fixtures are gone."""
    result = yield
    watch = item.config.stash[WATCH]
    if not watch.failed:
        watch.judge(at_end=True)
    return result


@pytest.fixture
def expect_warning(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say that a record of WARNING or above will come; takes a regular expression."""
    return request.config.stash[WATCH].expect
