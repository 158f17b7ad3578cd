"""The demo is the promise of the README: it ends by itself, counts itself, and its count can fail."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pysqlite3
import pytest
import zxingcpp

from common.text import codes
from hub.definitions.pack import PACKS
from hub.demo import count as counting
from hub.demo.story import MOTORS, carton, motor

LAST = re.compile(r"DEMO OK units=24 confirmed=(\d+) merged=(\d+) lost=0 findings=13 seconds=(\d+)")
Count = Callable[[], tuple[int, str, str]]
PLACES = ("st-10", "st-20", "st-30")


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=1_800,
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


def test_no_process_of_the_demo_met_a_bug(played: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    logs = {path.name: path.read_text() for path in played[0].glob("*.log")}
    assert set(logs) == {"hub.log", "bench.log", *(f"{place}.log" for place in PLACES)}
    assert not [name for name, text in logs.items() if "Traceback" in text or "level='error'" in text]


def test_every_motor_and_every_carton_of_the_demo_has_its_label(
    played: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    """One of each, and what a scanner reads on it is what its name says."""
    found = {}
    for path in (played[0] / "labels").iterdir():
        page: Any = pypdfium2.PdfDocument(path)[0]
        found[path.stem.rpartition("_")[0]] = {
            code.text for code in zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil())
        }
    motors = {f"motor-label_{motor(i)}_1": {motor(i)} for i in MOTORS}
    cartons = [carton(n).removeprefix("]C100") for n in range(1, 7)]
    assert found == motors | {f"carton-label_{sscc}_1": {f"(00){sscc}"} for sscc in cartons}


# The count can fail ---------------------------------------------------------------------------------------------------
class Kept:
    """A copy of what the demo left, for a count of its own."""

    def __init__(self, kept: Path, folder: Path) -> None:
        folder.mkdir()
        self.database = folder / "hub.db"
        for path in (kept / "hub").glob("hub.db*"):
            shutil.copy(path, folder)
        self.terminals = [Path(shutil.copy(kept / f"{place}.txt", folder)) for place in PLACES]
        self.units = 24

    def confirmations(self, place: int) -> list[str]:
        return [line for line in self.terminals[place].read_text().splitlines() if line.endswith("]")]

    def show(self, place: int, line: str) -> None:
        with self.terminals[place].open("a") as terminal:
            terminal.write(line + "\n")

    def alter(self, statement: str) -> None:
        conn = pysqlite3.connect(self.database)
        assert conn.execute(statement).rowcount == 1
        conn.commit()
        conn.close()


@pytest.fixture
def kept(played: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path) -> Kept:
    return Kept(played[0], tmp_path / "copy")


@pytest.fixture
def count(kept: Kept, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Count:
    """count() → exit code, what was printed, what was said on standard error, of what is kept then."""

    def run_it() -> tuple[int, str, str]:
        rest = ["--database", str(kept.database), "--pack", str(PACKS / "motor-assembly"), "--material", "motor"]
        arguments = ["count", "--terminals", *map(str, kept.terminals), *rest, "--units", str(kept.units)]
        monkeypatch.setattr(sys, "argv", arguments)
        code = counting.main()
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_it


def test_the_count_says_again_what_the_demo_said(
    count: Count, played: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    code, said, error = count()
    assert (code, error) == (0, "")
    assert said.strip() in played[1].stdout


def test_the_count_misses_an_event_that_the_hub_lost(count: Count, kept: Kept) -> None:
    log, leaf = re.findall(r"\[([a-z2-7]{8})\.([\w-]{12})\]$", kept.confirmations(1)[20])[0]
    prefix = base64.urlsafe_b64decode(leaf).hex()
    of_it = f"SELECT eid FROM entry JOIN branch USING (bid) JOIN log USING (lid) WHERE log.log LIKE '{log}%'"
    kept.alter(f"DELETE FROM entry WHERE hex(leaf) LIKE '{prefix}%' AND eid IN ({of_it})")
    code, said, _ = count()
    assert code == 1
    assert "lost=1" in said


def test_the_count_misses_what_a_terminal_showed_and_nobody_wrote(count: Count, kept: Kept) -> None:
    kept.show(0, kept.confirmations(0)[0][:-6] + "AAAAA]")
    code, said, _ = count()
    assert code == 1
    assert "lost=1" in said


def test_the_count_sees_what_was_confirmed_twice(count: Count, kept: Kept) -> None:
    kept.show(2, kept.confirmations(2)[0])
    code, _, error = count()
    assert code == 1
    assert "1 confirmations were shown twice" in error


def test_the_count_wants_just_the_findings_of_the_pack(count: Count, kept: Kept) -> None:
    kept.alter("DELETE FROM finding WHERE rowid = (SELECT rowid FROM finding WHERE kind = 'plc_quarantined')")
    code, _, error = count()
    assert code == 1
    assert "plc_quarantined: 0 found, 1 expected" in error


def test_the_count_wants_every_unit_finished(count: Count, kept: Kept) -> None:
    kept.units = 25
    code, _, error = count()
    assert code == 1
    assert "24 units finished, 25 expected" in error


def test_terminals_that_showed_nothing_are_no_proof(count: Count, kept: Kept) -> None:
    for terminal in kept.terminals:
        terminal.write_text("")
    assert count()[0] == 1
