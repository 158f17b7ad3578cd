"""Docstrings and comments of the product are plain English: they open with a verb or a noun, without filler."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

import pytest

from tests.house.tree import product, short

# "How many are left" names nothing that a reader can grep for; "Number of labels left" does.
OPENING = re.compile(r"(?:What|Whatever|Whether|Where|Who|Whom|Whose|Whoever|Which|How)\b")
# "stands" for "is". The noun `standing` is a term of the vocabulary, and "stand-alone" is a word of its own.
FILLER = re.compile(r"\b(?:stands?|stood)\b(?!-)|\b(?:is|are|was|were|left|still) standing\b", re.IGNORECASE)
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def documented(text: str) -> Iterator[tuple[int, str, DOCUMENTED]]:
    """Every docstring of a module's text: its line, its text and the node that it documents."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, DOCUMENTED) and (docstring := ast.get_docstring(node)):
            yield node.body[0].lineno, docstring, node


def comments(text: str) -> Iterator[tuple[int, str]]:
    """Every comment of a module's text, with its line."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def is_property(node: DOCUMENTED) -> bool:
    """A property is read like a value; "Whether …" may document one."""
    decorators = getattr(node, "decorator_list", [])
    return any(ast.unparse(decorator).rpartition(".")[2] in {"property", "cached_property"} for decorator in decorators)


def odd_openings(text: str) -> list[int]:
    """Lines of the docstrings that open with a question word, outside properties."""
    return [line for line, said, node in documented(text) if OPENING.match(said) and not is_property(node)]


def fillers(text: str) -> list[int]:
    """Lines of the docstrings and comments in which something "stands"."""
    prose = [(line, said) for line, said, _ in documented(text)] + list(comments(text))
    return sorted({line for line, said in prose if FILLER.search(said)})


def test_docstrings_open_with_a_verb_or_a_noun() -> None:
    found = {short(path): odd_openings(path.read_text(encoding="utf-8")) for path in product()}
    assert not {path: lines for path, lines in found.items() if lines}


def test_nothing_stands_where_it_is() -> None:
    found = {short(path): fillers(path.read_text(encoding="utf-8")) for path in product()}
    assert not {path: lines for path, lines in found.items() if lines}


@pytest.mark.parametrize("opening", ["What is due.", "Whether it may begin.", "How many are left.", "Who signs."])
def test_an_odd_opening_is_found_wherever_it_is(opening: str) -> None:
    planted = f'"""{opening}"""\nclass Due:\n    """{opening}"""\n    def due(self) -> int:\n        """{opening}"""\n'
    assert odd_openings(planted) == [1, 3, 5]


def test_a_property_may_answer_a_question() -> None:
    assert (
        odd_openings('class Due:\n    @property\n    def now(self) -> bool:\n        """Whether it is due."""\n') == []
    )


@pytest.mark.parametrize("filler", ["its name stands here", "It stood at the end.", "is left standing", "Stand by."])
def test_filler_is_found_in_docstrings_and_comments(filler: str) -> None:
    assert fillers(f'"""{filler}"""\nSIZE = 1  # {filler}\n') == [1, 2]


@pytest.mark.parametrize("plain", ["The standing of a thing.", "A stand-alone build.", "An understanding reader."])
def test_terms_are_no_filler(plain: str) -> None:
    assert fillers(f'"""{plain}"""\nSTANDS = "stands"  # {plain}\n') == []
