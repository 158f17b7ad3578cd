"""Every `headwater` command at a shell: its output may have a reader that leaves early, its file no place to go."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from common.command import READER_GONE, write_output
from common.errors import BadInput
from tests.house.tree import ROOT

CHECK = ("pack", "check", "motor-assembly")


def unread(arguments: tuple[str, ...], unbuffered: str) -> tuple[int, str]:
    """The exit code of a command whose output nobody reads, and what it says on standard error."""
    reader, writer = os.pipe()
    os.close(reader)
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "common.command", *arguments]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=environment, check=False, text=True)
    os.close(writer)
    return done.returncode, done.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_command_whose_reader_leaves_early_ends_without_a_traceback(unbuffered: str) -> None:
    assert unread(CHECK, unbuffered) == (READER_GONE, "")
    assert unread(("hub", "people", "add", "--help"), unbuffered)[1] == ""


def test_a_preview_makes_the_folder_that_it_is_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "common.command", "pack", "preview", "motor-assembly", "--out", "pictures"]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path, check=True, capture_output=True)
    assert list((tmp_path / "pictures").glob("*.png"))


def test_an_output_file_gets_its_folder(tmp_path: Path) -> None:
    write_output(tmp_path / "new" / "deeper" / "label.png", b"dots")
    assert (tmp_path / "new" / "deeper" / "label.png").read_bytes() == b"dots"


def test_an_output_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match=r"output\.unwritable") as caught:
        write_output(tmp_path / "file" / "label.png", b"dots")
    assert caught.value.details["path"] == str(tmp_path / "file" / "label.png")
