"""House rules that no linter knows. docs/architecture.md gives the reasons."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.house.tree import ROOT, calls, files, nodes, product, short, syntax

BANNED_NAMES = {
    "utils", "helpers", "misc", "base", "manager", "handler", "service", "core", "data", "info", "model"
}  # fmt: skip
THREAD_STARTERS = {"Thread", "Timer", "ThreadPoolExecutor", "ProcessPoolExecutor", "start_new_thread"}
THREADS_START_IN = ("station/threads.py", "hub/app.py", "hub/demo/", "station/devices/simulated/")
BROAD_CATCHES = {
    "station/threads.py": "the last resort of each thread: a bug is shown and ends the station, never passed over",
    "hub/writer/ingest.py": "a bug that one batch or event shows is answered and logged; the others continue",
    "common/pictures.py": "a damaged file makes the libraries that read it raise anything; it is a BadPicture",
    "hub/writer/judging.py": "a bug while judging one thing is its cannot_judge finding; the others continue",
}
CLOCK_CALLS = {"time", "time_ns", "monotonic", "monotonic_ns", "now", "utcnow", "today"}
CLOCKS = {"time", "datetime", "date", "datetime.datetime", "datetime.date"}

# Words in a distribution's licence. Weak copyleft is imported unmodified, or used only to test.
PERMISSIVE = ("MIT", "BSD", "Apache", "ISC", "PSF", "zlib", "LGPL")
WEAK_COPYLEFT = {"certifi": ("MPL", "Mozilla"), "hypothesis": ("MPL",), "pathspec": ("Mozilla",)}
# pysqlite3's metadata is empty; its LICENSE file is the zlib licence. Qt's wheels are under the LGPL or the GPL, as one
# chooses, and are not installed when this runs; GPL-only parts of Qt are in none of them and banned in pyproject.toml.
READ_BY_HAND = {"pysqlite3": "zlib", "pyside6-essentials": "LGPL", "shiboken6": "LGPL"}
LOCKS = ("requirements.lock", "requirements-qt.lock")
STRONG = re.compile(r"(?<!L)GPL|Affero|(?<!Lesser )General Public|SSPL|Commons Clause|BUSL", re.IGNORECASE)


def lock(*names: str) -> str:
    return "".join((ROOT / name).read_text() for name in names or LOCKS)


def locked(*names: str) -> dict[str, str]:
    """Map name → version in these locks, or in both."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", lock(*names), re.MULTILINE))


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


# Files ----------------------------------------------------------------------------------------------------------------
def test_every_file_reads_in_one_sitting() -> None:
    lines = {short(p): p.read_bytes().count(b"\n") for p in files() if p.suffix in {".py", ".js", ".css", ".html"}}
    assert not {path: n for path, n in lines.items() if n > 500}, "split these by topic"


def test_every_module_opens_with_its_purpose() -> None:
    assert not [short(p) for p in product() if not ast.get_docstring(syntax(p))]


def test_modules_are_named_for_their_topic() -> None:
    named = {short(p): {part.removesuffix(".py") for part in p.relative_to(ROOT).parts} for p in product()}
    banned = re.compile(rf"(?:^|_)(?:{'|'.join(sorted(BANNED_NAMES))})$")
    assert not [path for path, parts in named.items() if any(banned.search(part) for part in parts)]


def test_folders_that_would_shadow_a_library_are_not_packages() -> None:
    """`packaging/__init__.py` would take the place of PyPI's packaging, which pytest imports."""
    assert not [name for name in ("packaging", "installer") if (ROOT / name / "__init__.py").exists()]


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    own = re.compile(rb"(?<![\w.])/(?:wo" + rb"rk|ro" + rb"ot)/\w")
    assert not [short(p) for p in files() if own.search(p.read_bytes())]


# Code -----------------------------------------------------------------------------------------------------------------
def test_threads_start_only_where_they_are_also_stopped() -> None:
    started = [
        f"{short(path)}:{call.lineno}"
        for path in product()
        if not short(path).startswith(THREADS_START_IN)
        for name, call in calls(path)
        if name.rpartition(".")[2] in THREAD_STARTERS
    ]
    assert not started, f"threads are started and stopped in {THREADS_START_IN}"


def test_broad_catches_are_few_and_each_has_its_reason() -> None:
    broad = [
        f"{short(path)}:{node.lineno}"
        for path in product()
        if short(path) not in BROAD_CATCHES
        for node in nodes(path)
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type) and not _raises_on(node)
    ]
    assert not broad, "catch what can happen; anything else is a bug and must be seen"


def _is_broad(caught: ast.expr | None) -> bool:
    names = [caught] if not isinstance(caught, ast.Tuple) else caught.elts
    return any(n is None or (isinstance(n, ast.Name) and n.id in {"Exception", "BaseException"}) for n in names)


def _raises_on(handler: ast.ExceptHandler) -> bool:
    """Return True if it only tidies up and raises the same exception again."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_common_never_reads_a_clock() -> None:
    read = [
        f"{short(path)}:{call.lineno} {name}"
        for path in product()
        if short(path).startswith("common/") and not short(path).startswith("common/ledger/")
        for name, call in calls(path)
        if name.rpartition(".")[0] in CLOCKS and name.rpartition(".")[2] in CLOCK_CALLS
    ]
    assert not read, "time is passed in"


def _type_names(path: Path) -> list[str]:
    """List the classes and type aliases at the top of a module."""
    names = [node.name for node in syntax(path).body if isinstance(node, ast.ClassDef)]
    aliases = [node.targets[0] for node in syntax(path).body if isinstance(node, ast.Assign) and len(node.targets) == 1]
    return names + [n.id for n in aliases if isinstance(n, ast.Name) and re.fullmatch(r"[A-Z][A-Za-z]*[a-z]", n.id)]


def test_a_type_name_means_one_thing_in_the_whole_house() -> None:
    defined = [(name, short(path)) for path in product() for name in _type_names(path)]
    places = {name: [path for other, path in defined if other == name] for name, _ in defined}
    assert not {name: paths for name, paths in places.items() if len(paths) > 1}


# What is installed ----------------------------------------------------------------------------------------------------
def test_the_lock_names_no_registry_and_no_path() -> None:
    assert not [line for line in lock().splitlines() if re.search(r"://|/simple|file:|^-| @ ", line)]


def test_every_locked_package_has_hashes() -> None:
    entries = re.split(r"^(?=[a-z])", lock(), flags=re.MULTILINE)[1:]
    assert len(entries) == len(locked())
    assert not [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]


def test_every_direct_dependency_is_locked() -> None:
    settings = project()
    declared = settings["project"]["dependencies"]
    extras = settings["project"]["optional-dependencies"]
    groups = settings["dependency-groups"]
    wanted = [*declared, *extras["station"], *extras["hub"], *extras["desktop"], *groups["build"], *groups["test"]]
    names = {re.split(r"[^A-Za-z0-9._-]", one)[0].lower().replace("_", "-") for one in wanted}
    assert names <= set(locked())


def test_the_headless_lock_holds_no_qt() -> None:
    assert not [name for name in locked("requirements.lock") if name.startswith(("pyside", "shiboken", "pyqt"))]


def test_of_qt_only_the_essentials_are_installed() -> None:
    assert sorted(locked("requirements-qt.lock")) == ["pyside6-essentials", "shiboken6"]


def test_licences_let_headwater_be_apache() -> None:
    said = {name: _licence(name) for name in locked()}
    refused = {name: text for name, text in said.items() if text is not None and not _is_allowed(name, text)}
    assert not refused


def _licence(name: str) -> str | None:
    """Return the licence of an installed distribution; None if only another platform installs it."""
    if name in READ_BY_HAND:
        return READ_BY_HAND[name]
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None if re.search(rf"^{name}==\S+ ;", lock(), re.MULTILINE) else "not installed"
    classifiers = [c for c in said.get_all("Classifier") or [] if c.startswith("License ::")]
    return " / ".join([said.get("License-Expression") or "", (said.get("License") or "")[:200], *classifiers])


def _is_allowed(name: str, licence: str) -> bool:
    allowed = (*PERMISSIVE, *WEAK_COPYLEFT.get(name, ()))
    return any(word in licence for word in allowed) and not STRONG.search(licence)


# The front door -------------------------------------------------------------------------------------------------------
def test_the_readme_is_short_and_begins_with_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 80
    commands = re.findall(r"^\s*(?:\$ )?(\./run\b[^#\n]*)", text, re.MULTILINE)
    assert [c.strip() for c in commands[:2]] == ["./run demo", "./run test"]


def test_run_knows_what_its_usage_lists() -> None:
    text = (ROOT / "run").read_text()
    listed = re.findall(r"^  ([a-z]+) .*  ", text.partition("Usage:")[2].partition("END")[0], re.MULTILINE)
    arms = re.findall(r"^    ([a-z| ]+)\)$", text.partition("case $command in")[2], re.MULTILINE)
    assert sorted(listed) == sorted(word for arm in arms for word in arm.split(" | "))


def test_the_layers_of_the_error_tree_are_drawn() -> None:
    """The docstring of common/errors.py draws every class, each below its parent."""
    tree = syntax(ROOT / "common" / "errors.py")
    drawn = re.findall(r"^([ │├└]*)([A-Z]\w+)", ast.get_docstring(tree) or "", re.MULTILINE)
    depth = {name: len(indent) for indent, name in drawn if name != "Anything" and name != "The"}
    classes = {n.name: ast.unparse(n.bases[0]) for n in tree.body if isinstance(n, ast.ClassDef)}
    assert set(classes) <= set(depth)
    order = [name for name in depth if name in classes]
    for above, below in pairwise(order):
        if depth[below] > depth[above]:
            assert classes[below] == above
