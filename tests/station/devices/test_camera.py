"""Cameras on a real folder and with real commands: whole pictures only, never too large, and nothing that hangs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from common.errors import DeviceUnavailable
from hub.demo.processes import wait_for
from station.devices import camera
from station.devices.camera import MAX_PICTURE, CommandCamera, FolderCamera
from station.messages import PhotoAsk, PhotoTaken

JPEG = b"\xff\xd8\xff\xe0 a picture"
PNG = b"\x89PNG\r\n\x1a\n another"


@pytest.fixture
def dropped(tmp_path: Path) -> FolderCamera:
    """A folder that nobody looks at between two looks."""
    made = FolderCamera("camera", tmp_path, clock=lambda: 4711, sleep=lambda seconds: None)
    made.open()
    return made


def looks(one: FolderCamera, times: int = 3) -> list[PhotoTaken]:
    return [found for _ in range(times) if (found := one.read(0.1))]


def until(one: CommandCamera) -> PhotoTaken:
    return wait_for("a picture", lambda: one.read(0.05))


def python(code: str) -> list[str]:
    return [sys.executable, "-c", f"import os, sys, time; out = sys.stdout.buffer; {code}"]


# A folder ------------------------------------------------------------------------------------------------------------
def test_a_picture_is_taken_once_and_only_when_it_is_whole(dropped: FolderCamera, tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(JPEG[:8])
    assert dropped.read(0.1) is None, "it may still grow"
    (tmp_path / "1.jpg").write_bytes(JPEG)
    assert dropped.read(0.1) is None
    assert looks(dropped) == [PhotoTaken("camera", JPEG, 4711)]
    assert (tmp_path / "1.jpg").exists()


def test_a_picture_answers_the_question_before_it_and_no_later_one_does(dropped: FolderCamera, tmp_path: Path) -> None:
    dropped.write(PhotoAsk("camera", 7))
    for n in range(2):
        (tmp_path / f"{n}.png").write_bytes(PNG)
        os.utime(tmp_path / f"{n}.png", ns=(n, n))
    assert [found.token for found in looks(dropped)] == [7, 0]


def test_what_was_there_before_is_no_new_picture_and_one_that_is_overwritten_is(tmp_path: Path) -> None:
    (tmp_path / "latest.JPG").write_bytes(JPEG)
    one = FolderCamera("camera", tmp_path, sleep=lambda seconds: None)
    one.open()
    assert looks(one) == []
    (tmp_path / "latest.JPG").write_bytes(JPEG + b"!")
    assert [found.raw for found in looks(one)] == [JPEG + b"!"]


def test_what_is_no_picture_is_said_by_its_code(dropped: FolderCamera, tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(b"GIF89a")
    (tmp_path / "2.txt").write_bytes(JPEG)
    assert [(found.fault, found.raw) for found in looks(dropped)] == [("camera.format", b"")]
    with (tmp_path / "3.jpg").open("wb") as file:
        file.write(JPEG)
        file.truncate(MAX_PICTURE + 1)
    assert [found.fault for found in looks(dropped)] == ["camera.size"]


def test_a_folder_that_is_gone_is_a_camera_that_is_gone(dropped: FolderCamera, tmp_path: Path) -> None:
    tmp_path.rmdir()
    with pytest.raises(DeviceUnavailable, match=r"camera\.absent"):
        dropped.read(0.1)


# A command -----------------------------------------------------------------------------------------------------------
def test_a_command_gives_one_picture_for_each_question() -> None:
    one = CommandCamera("camera", python(f"out.write({JPEG!r})"), clock=lambda: 5)
    one.open()
    assert one.read(0.01) is None
    for token in (7, 8):
        one.write(PhotoAsk("camera", token))
        assert until(one) == PhotoTaken("camera", JPEG, 5, token)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("sys.exit(3)", "camera.failed"),
        ("out.write(b'no picture')", "camera.format"),
        (f"out.write({JPEG!r} + bytes({MAX_PICTURE}))", "camera.size"),
        (f"out.write(bytes({MAX_PICTURE} + 9)); out.flush(); time.sleep(600)", "camera.size"),
    ],
)
def test_a_command_that_gives_none_says_why(code: str, fault: str) -> None:
    one = CommandCamera("camera", python(code))
    one.write(PhotoAsk("camera", 7))
    with capture_logs():
        found = until(one)
    assert (found.fault, found.raw, found.token) == (fault, b"", 7)


def test_a_command_that_hangs_is_killed_with_all_it_started(tmp_path: Path) -> None:
    now = [0]
    code = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    one = CommandCamera("camera", python(code), clock=lambda: now[0])
    one.write(PhotoAsk("camera", 7))
    wait_for("its pid", lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    now[0] = camera.SLOWEST_MS
    assert until(one).fault == "camera.slow"
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_command_that_is_not_there_is_a_camera_that_is_not_there() -> None:
    one = CommandCamera("camera", ["/no/such/camera"])
    with pytest.raises(DeviceUnavailable, match=r"camera\.absent"):
        one.open()
    with pytest.raises(DeviceUnavailable, match=r"camera\.absent"):
        one.write(PhotoAsk("camera", 1))
    one.close()
