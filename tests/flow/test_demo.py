"""The demo is the promise of the README: it ends by itself, counts itself, and its count can fail."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from common.text import codes

LAST = re.compile(r"DEMO OK units=24 confirmed=(\d+) merged=(\d+) lost=0 findings=13 seconds=\d+")
PLACES = ("st-10", "st-20", "st-30")


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=280,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("demo") / "kept"
    return folder, run("common.command", "demo", "--once", "--keep", str(folder), LC_ALL="zh_CN.UTF-8")


def test_the_demo_ends_by_itself_with_nothing_lost(played: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    done = played[1]
    assert done.returncode == 0, done.stdout + done.stderr
    last = LAST.fullmatch(done.stdout.strip().splitlines()[-1])
    assert last and last[1] == last[2], done.stdout


def test_every_text_of_the_demo_is_a_sentence_and_no_code(
    played: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, done = played
    texts = [done.stdout, *((folder / f"{place}.txt").read_text() for place in PLACES)]
    bare = {code for code in codes("en") for text in texts if re.search(rf"(?<![\w.]){re.escape(code)}(?![\w.])", text)}
    assert not bare
    assert not [text for text in texts if "…?" in text]


def test_the_count_finds_what_a_terminal_showed_and_the_hub_lacks(
    played: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    folder, _ = played
    terminals = [folder / f"{place}.txt" for place in PLACES]
    forged = tmp_path / "forged.txt"
    line = next(row for row in terminals[0].read_text().splitlines() if row.endswith("]"))
    forged.write_text(line.replace(line[-6:-1], "AAAAA") + "\n")
    common = ["--database", str(folder / "hub" / "hub.db"), "--pack", "hub/packs/motor-assembly"]
    common += ["--material", "motor", "--units", "24"]
    good = run("hub.demo.count", "--terminals", *map(str, terminals), *common)
    assert good.returncode == 0 and "lost=0" in good.stdout, good.stdout + good.stderr
    bad = run("hub.demo.count", "--terminals", *map(str, terminals), str(forged), *common)
    assert bad.returncode == 1 and "lost=1" in bad.stdout
    short = run("hub.demo.count", "--terminals", *map(str, terminals), *common[:-1], "25")
    assert short.returncode == 1 and "25 expected" in short.stderr
