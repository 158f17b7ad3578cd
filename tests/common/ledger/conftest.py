"""Nodes with real SQLite files, closed when the test is over."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.factory import Author, Node, site_author


@pytest.fixture
def make(databases: Callable[..., Path | str]) -> Iterator[Callable[..., Node]]:
    """make(author, …, site=…, name=…) → a node that trusts these logs."""
    made: list[Node] = []

    def node(*trusted: Author, site: Author | None = None, name: str = "") -> Node:
        made.append(Node(databases(name or f"node-{len(made)}", "ledger"), trusted, site))
        return made[-1]

    yield node
    for each in made:
        each.close()


@pytest.fixture
def author() -> Author:
    return Author(1, "st-10")


@pytest.fixture
def site() -> Author:
    return site_author()
