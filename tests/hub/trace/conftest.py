"""One motor line with its hub, for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.support.motors import Line, fill, go_silent


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with closing(Line(tmp_path_factory.mktemp("line"))) as made:
        fill(made)
        go_silent(made, "st-20", 31)
        yield made
