"""Files of the checkout, for the tests of the house rules."""

from __future__ import annotations

import ast
import os
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("common", "station", "hub")
# The folders in .gitignore; the tests do not ask git, so that they also run in an unpacked archive.
NOT_OURS = {".git", ".venv", ".venv-headless", "build", "dist", "__pycache__", "headwater.egg-info"}
NOT_OURS |= {".hypothesis", ".import_linter_cache", ".mypy_cache", ".pytest_cache", ".ruff_cache"}


@cache
def files() -> tuple[Path, ...]:
    """List every file of the project, in order."""
    found = []
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = sorted(set(subfolders) - NOT_OURS)
        found += [Path(folder, name) for name in sorted(set(names) - NOT_OURS) if not name.endswith((".pyc", ".so"))]
    return tuple(found)


@cache
def product() -> tuple[Path, ...]:
    """The product's Python files."""
    return tuple(p for p in files() if p.suffix == ".py" and p.relative_to(ROOT).parts[0] in ROOMS)


def short(path: Path) -> str:
    """Return the path relative to the root."""
    return path.relative_to(ROOT).as_posix()


@cache
def syntax(path: Path) -> ast.Module:
    """Parse a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a Python file's syntax tree."""
    return tuple(ast.walk(syntax(path)))


@cache
def calls(path: Path) -> tuple[tuple[str, ast.Call], ...]:
    """Every call in a file with the dotted name that is called, e.g. "threading.Thread"."""
    found = (node for node in nodes(path) if isinstance(node, ast.Call))
    return tuple((ast.unparse(node.func), node) for node in found if isinstance(node.func, ast.Name | ast.Attribute))
