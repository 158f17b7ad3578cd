"""A file that the station says it has written is on the disk by name too; one that it could not write is not there."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from station.side_screens import maintenance
from station.store import photos


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What was told to go to the disk, in order. The system does it too."""
    real, told = os.fsync, []

    def fsync(fd: int) -> None:
        told.append(Path(f"/proc/self/fd/{fd}").readlink())
        real(fd)

    monkeypatch.setattr(os, "fsync", fsync)
    return told


def test_a_picture_its_name_and_its_folders_name_are_on_disk(tmp_path: Path, synced: list[Path]) -> None:
    photos.keep(tmp_path, b"picture")
    folder = tmp_path / photos.FOLDER
    assert [path for path in synced if path.is_dir()] == [folder, tmp_path]
    assert len([path for path in synced if path.parent == folder]) == 1


def test_a_picture_that_was_there_is_made_sure_of(tmp_path: Path, synced: list[Path]) -> None:
    """Who wrote it may have died before its name was on disk."""
    photos.keep(tmp_path, b"picture")
    synced.clear()
    photos.keep(tmp_path, b"picture")
    assert synced == [tmp_path / photos.FOLDER, tmp_path]


def test_diagnostics_are_on_disk_when_it_is_said(tmp_path: Path, synced: list[Path]) -> None:
    path = tmp_path / "stick" / "diagnostics.zip"
    assert maintenance.write_out(path, b"much") == ""
    assert path.read_bytes() == b"much" and path in synced


def test_of_diagnostics_that_do_not_fit_no_half_is_left(tmp_path: Path) -> None:
    path, (soft, hard) = tmp_path / "diagnostics.zip", resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, hard))  # the system takes so much of a file and no more
    try:
        assert maintenance.write_out(path, bytes(65_536)) == "export.failed"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not path.exists()


def test_a_file_that_was_there_before_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "diagnostics.zip"
    path.write_bytes(b"earlier")
    assert maintenance.write_out(path, b"much") == "export.failed"
    assert path.read_bytes() == b"earlier"
