"""The vocabulary is true: each name is in the file it gives, and each word stands once, in both languages."""

from __future__ import annotations

import ast
import re
from collections import Counter

from tests.house.tree import ROOT, syntax

PAGE = (ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| English |")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names(path: str) -> set[str]:
    """What a module defines at its top."""
    found: set[str] = set()
    for node in syntax(ROOT / path).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def test_every_row_is_whole_and_says_it_in_both_languages() -> None:
    assert rows()
    assert not [row for row in rows() if len(row) != 5 or not all(row) or not CHINESE.search(row[1])]


def test_every_name_is_where_the_page_says() -> None:
    wrong = []
    for row in rows():
        path = ""
        for name in re.findall(r"`([^`]+)`", row[4]):
            if name.endswith(".py"):
                path = name
            elif not (ROOT / path).is_file() or name not in names(path):
                wrong.append((row[0], path, name))
        if not path:
            wrong.append((row[0], path, row[4]))
    assert not wrong


def test_every_word_stands_once() -> None:
    words = Counter(word.strip() for row in rows() for word in row[0].split(","))
    assert not [word for word, count in words.items() if count > 1]


def test_every_event_type_of_a_thing_is_in_the_vocabulary() -> None:
    """Those that a person meets; the station's own bookkeeping is in docs/wire-format.md."""
    of_things = {"Commission", "Bind", "Unbind", "Replace", "Transform", "Aggregate", "Disaggregate", "Measured"}
    of_things |= {"Inspected", "Refused", "Hold", "Release", "Scrap", "Ship", "Receive", "Return", "Settle", "Approval"}
    assert not {name for name in of_things if f"`{name}`" not in PAGE}
