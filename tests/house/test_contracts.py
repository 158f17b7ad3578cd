"""The import contracts of pyproject.toml are real: each turns red when something breaks it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import ROOT, product

# contract → file, a line that breaks it
VIOLATIONS = {
    "station and hub stand on common and never meet": ("station/messages.py", "import hub"),
    "inside common": ("common/ids.py", "import common.ledger"),
    "inside station": ("station/oddments.py", ""),
    "inside station.work": ("station/work/oddments.py", ""),
    "inside hub": ("hub/oddments.py", ""),
    "no cycles between siblings": ("common/definitions/naming.py", "from common.definitions import material"),
    "common is pure but for its ledger, its Qt views and its command": ("common/rows.py", "import time"),
    "Qt only in common.qt, station.kiosk and hub.desktop": ("station/app.py", "from PySide6 import QtCore"),
    "common's Qt views are placed by station.kiosk and hub.desktop alone": ("hub/app.py", "import common.qt.planted"),
    "SQL only in common.ledger, station.store and hub.db": ("station/app.py", "from sqlalchemy import select"),
    "driver libraries only in station.devices": ("station/app.py", "import snap7.client"),
    "mDNS only in station.hublink.discovery and hub.announce": ("station/app.py", "import zeroconf"),
    "HTTP is spoken by common.pinned_tls, station.hublink.http, hub.client and hub.demo": (
        "hub/app.py",
        "import requests",
    ),
    "pages and the HTTP API only in hub.web": ("hub/app.py", "import fastapi"),
    "the shapes of the hub's API are pure, so that its clients share them": (
        "hub/api/people.py",
        "from common.ledger import reads",
    ),
    "red-listed licences nowhere": ("station/devices/planted.py", "import cups"),
}
BANNED_API = (
    "from PySide6 import QtCharts",
    "import PySide6.QtGraphs",
    "from PySide6.QtHttpServer import QHttpServer",
    "import zpl",
)
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_logo=True))"


def copy_of_the_rooms(to: Path) -> None:
    for path in product():
        copy = to / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    shutil.copy(ROOT / "pyproject.toml", to)
    views = to / "common" / "qt"
    views.mkdir(exist_ok=True)
    for name in ("__init__", "planted"):
        (views / f"{name}.py").write_text("")


def contracts(folder: Path) -> dict[str, str]:
    """Contract → KEPT or BROKEN, as lint-imports says in `folder`."""
    environment = os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "300"}
    lint = [sys.executable, "-c", LINT_IMPORTS]
    said = subprocess.run(lint, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)
    found = dict(re.findall(r"^(.+?) (KEPT|BROKEN)", said.stdout, re.MULTILINE))
    assert found, said.stdout + said.stderr
    return found


def names() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return [contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]]


def test_every_contract_has_a_violation_here() -> None:
    assert sorted(names()) == sorted(VIOLATIONS)


def test_every_contract_turns_red_at_its_violation(tmp_path: Path) -> None:
    """`./run test` checks before this that the contracts are kept without the violations."""
    copy_of_the_rooms(tmp_path)
    for file, line in VIOLATIONS.values():
        with (tmp_path / file).open("a") as planted:
            planted.write(f"\n{line}\n")
    assert contracts(tmp_path) == dict.fromkeys(names(), "BROKEN")


@pytest.mark.parametrize("line", BANNED_API)
def test_ruff_refuses_gpl_modules_that_contracts_cannot_see(line: str, tmp_path: Path) -> None:
    """import-linter knows a library by its first name only, so it cannot tell QtCharts from QtCore."""
    ruff = [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"), "--select", "TID251", "-"]
    said = subprocess.run(ruff, input=line, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 1, said.stdout + said.stderr
    assert "TID251" in said.stdout
