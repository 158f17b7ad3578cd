"""The documents stay true: everything they name exists, and required content is there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

from common.text import MISSING, brief, say
from common.text import codes as catalogue
from tests.house.tree import ROOT, calls, nodes, product, short, syntax

DOCS = ROOT / "docs"
CODE = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")
FILES = (".toml", ".yaml", ".db")
TOP = {path.name for path in ROOT.iterdir()} | {"packaging", "installer"}


def quoted(document: str) -> set[str]:
    """Everything between backticks on one line of docs/`document`."""
    return set(re.findall(r"`([^`\n]+)`", (DOCS / document).read_text(encoding="utf-8")))


# The map --------------------------------------------------------------------------------------------------------------
def test_every_path_in_the_map_exists() -> None:
    paths = [text for text in quoted("architecture.md") if re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", text)]
    ours = [text for text in paths if "/" in text and text.split("/")[0] in TOP]
    assert ours, "docs/architecture.md names the rooms"
    assert not [text for text in ours if not (ROOT / text).exists()]


def test_no_room_and_no_paragraph_of_the_map_is_there_twice() -> None:
    starts = re.findall(
        r"^(?:\| (`\w[\w/]*/`) \||(\w+): `)", (DOCS / "architecture.md").read_text("utf-8"), re.MULTILINE
    )
    assert len(set(starts)) > 20
    assert not [start for start, n in Counter(starts).items() if n > 1]


def test_every_room_is_on_the_map() -> None:
    folders = {short(path.parent) + "/" for path in product() if path.name == "__init__.py"}
    assert not folders - {text.rstrip("/") + "/" for text in quoted("architecture.md")}


def test_every_thread_has_a_name_and_is_on_the_map() -> None:
    threads = {
        f"{short(path)}:{call.lineno}": _names(path, call)
        for path in product()
        for name, call in calls(path)
        if name.rpartition(".")[2] == "Thread"
    }
    nameless = [at for at, names in threads.items() if not names or "" in names]
    assert not nameless
    on_the_map = tuple(quoted("architecture.md"))
    assert not {at: n for at, names in threads.items() for n in names if not any(q.startswith(n) for q in on_the_map)}


def _names(path: Path, thread: ast.Call) -> set[str]:
    """Collect the constant parts of a thread's names: "device:" of f"device:{name}"."""
    given = next((keyword.value for keyword in thread.keywords if keyword.arg == "name"), None)
    starter = next((f for f in _functions(path) if thread in ast.walk(f)), None)
    if isinstance(given, ast.Name) and starter:
        place = [a.arg for a in starter.args.args if a.arg != "self"].index(given.id)
        where = [path] if starter.name.startswith("_") else product()
        made = (call for source in where for name, call in calls(source) if name.rpartition(".")[2] == starter.name)
        return {_constant(call.args[place]) for call in made}
    return {_constant(given)}


def _functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in nodes(path) if isinstance(node, ast.FunctionDef)]


def _constant(text: ast.expr | None) -> str:
    first = text.values[0] if isinstance(text, ast.JoinedStr) else text
    return str(first.value) if isinstance(first, ast.Constant) else ""


# Judging --------------------------------------------------------------------------------------------------------------
def test_every_test_that_a_page_names_exists() -> None:
    named = {text for page in DOCS.glob("*.md") for text in quoted(page.name) if text.startswith("test_")}
    there = {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef)
    }
    assert named
    assert not named - there


# Texts of the screen --------------------------------------------------------------------------------------------------
PLACE = re.compile(rf"\{{\w+\}}|{re.escape(MISSING)}")
BLOCKS = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def test_every_text_between_quotation_marks_is_on_a_screen() -> None:
    """Other words are `code` or *italic*. A value in a text is written as an example or as "…"."""
    said = {place: text for page in pages() for place, text in between(page, r'"([^"]+)"|“([^”]+)”')}
    assert len(said) > 20
    assert not {place: text for place, text in said.items() if not on_a_screen(text)}


def test_no_text_of_the_kiosk_is_bold_where_its_page_names_it() -> None:
    """It would be checked by nobody."""
    assert not [text for _, text in between(DOCS / "kiosk.md", r"\*\*([^*]+)\*\*()") if on_a_screen(text.rstrip("."))]


def pages() -> list[Path]:
    """The README, and every document but the decisions, which stay as they were taken."""
    return [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]


def between(page: Path, marks: str) -> list[tuple[str, str]]:
    """(page and line, text) of what is between these marks outside of code."""
    prose = BLOCKS.sub(lambda found: "\n" * found[0].count("\n"), page.read_text(encoding="utf-8"))
    found = ((prose.count("\n", 0, one.start()) + 1, one[1] or one[2]) for one in re.finditer(marks, prose))
    return [(f"{page.name}:{line} {text[:20]}", " ".join(text.split())) for line, text in found]


def on_a_screen(text: str) -> bool:
    """Tell if the English catalogue has this text: a sentence, or one up to its particulars."""
    return any(sentence.fullmatch(text) for sentence in sentences())


@lru_cache
def sentences() -> tuple[re.Pattern[str], ...]:
    """Every sentence of the catalogue that has words of its own, with a value of up to three words in each place."""
    known = {brief("en", code) for code in catalogue("en")} | {say("en", code, {}) for code in catalogue("en")}
    worded = (text for text in known if re.search(r"\w\w", PLACE.sub("", text)))
    return tuple(re.compile(r"\S+(?: \S+){0,2}".join(map(re.escape, PLACE.split(text)))) for text in worded)


# Errors ---------------------------------------------------------------------------------------------------------------
def error_classes() -> set[str]:
    return {node.name for node in syntax(ROOT / "common" / "errors.py").body if isinstance(node, ast.ClassDef)}


def raised() -> dict[str, str]:
    """Map error code → a place that raises it, if the code is in the call itself."""
    classes = error_classes()
    return {
        first.value: f"{short(path)}:{call.lineno}"
        for path in product()
        for name, call in calls(path)
        if name.rpartition(".")[2] in classes
        for first in call.args[:1]
        if isinstance(first, ast.Constant) and isinstance(first.value, str)
    }


def codes() -> dict[str, str]:
    """Collect every error code: those in calls, and constants of the same form and section, which reach a call by a
    variable."""
    rooms = {code.partition(".")[0] for code in raised()}
    by_variable = {
        node.value: f"{short(path)}:{node.lineno}"
        for path in product()
        for node in constants(path) - said_or_stored(path)
        if CODE.fullmatch(node.value) and node.value.partition(".")[0] in rooms and not node.value.endswith(FILES)
    }
    return by_variable | raised()


def constants(path: Path) -> set[ast.Constant]:
    """Every text constant of a file."""
    return {n for n in nodes(path) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def said_or_stored(path: Path) -> set[ast.AST]:
    """Collect constants that only look like codes: catalogue sentences said directly, file names, columns."""
    arguments = {arg for name, call in calls(path) if name in {"say", "ForeignKey"} for arg in call.args}
    divisions = [n for n in nodes(path) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div)]
    return arguments | {division.right for division in divisions}


def rows_of_codes() -> list[str]:
    """The codes that start the rows of the tables in docs/errors.md, in their order."""
    return re.findall(r"^\|\s*`([^`]+)`", (DOCS / "errors.md").read_text(encoding="utf-8"), re.MULTILINE)


def listed() -> set[str]:
    """Collect the codes that start the rows of the tables in docs/errors.md."""
    return set(rows_of_codes())


def test_every_error_code_has_one_row() -> None:
    assert not [code for code, n in Counter(rows_of_codes()).items() if n > 1]


def test_every_row_of_a_table_has_the_columns_of_its_heading() -> None:
    assert not [f"{page.name}: {row[:60]}" for page in DOCS.rglob("*.md") for row in _misfits(page)]


def _misfits(page: Path) -> list[str]:
    """Rows of tables that have more or fewer cells than the heading; a \\| is inside a cell."""
    misfits: list[str] = []
    columns = 0
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        columns = columns if columns and cells else cells
        misfits += [line] if cells != columns else []
    return misfits


def test_every_error_code_is_listed() -> None:
    unlisted = {code: at for code, at in codes().items() if code not in listed()}
    assert not unlisted


def test_every_listed_error_code_exists() -> None:
    assert listed(), "docs/errors.md has a table whose first column is the code"
    gone = listed() - {constant.value for path in product() for constant in constants(path)}
    assert not gone


def test_an_error_code_is_a_room_and_a_word() -> None:
    assert not {code: at for code, at in raised().items() if not CODE.fullmatch(code)}
