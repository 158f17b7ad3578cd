"""Tones: told apart by ear, played by a program of their own, and never in the way."""

from __future__ import annotations

import io
import sys
import wave
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication

from hub.demo.processes import wait_for
from station.devices.clock import boot_ms
from station.kiosk.sounds import RETRY_MS, TONES, Sounds, tone
from tests.support.screen import settle


def player(folder: Path, script: str) -> str:
    """A program in aplay's place."""
    path = folder / "aplay"
    path.write_text(f"#!{sys.executable}\nimport pathlib, sys\nhere = pathlib.Path({str(folder)!r})\n{script}\n")
    path.chmod(0o755)
    return str(path)


def until(condition: Callable[[], bool]) -> None:
    wait_for("the player", lambda: settle() or condition())


def samples(name: str, volume: int) -> list[int]:
    with wave.open(io.BytesIO(tone(name, volume))) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        raw = file.readframes(file.getnframes())
    return [int.from_bytes(raw[n : n + 2], "little", signed=True) for n in range(0, len(raw), 2)]


def test_the_tones_can_be_told_apart() -> None:
    assert set(TONES) == {"bound", "ok", "ng", "wrong", "hold", "unknown", "out", "mark"}
    for one, other in combinations(TONES.values(), 2):
        assert one != other
    lengths = {name: sum(seconds for _, seconds in notes) for name, notes in TONES.items()}
    assert all(0.1 <= seconds <= 0.7 for name, seconds in lengths.items() if name != "bound")
    assert lengths["bound"] < min(length for name, length in lengths.items() if name != "bound"), "it is a tick"


def test_the_volume_is_how_far_the_tone_swings() -> None:
    loud, soft = (max(samples("ok", volume)) for volume in (100, 50))
    assert abs(loud / soft - 2) < 0.01
    assert max(samples("ok", 0)) == 0


def test_a_tone_begins_and_ends_in_silence_so_that_it_does_not_click() -> None:
    for name in TONES:
        wave_ = samples(name, 100)
        assert max(abs(wave_[0]), abs(wave_[-1])) < 1_500


def test_the_player_gets_the_whole_tone(app: QApplication, tmp_path: Path) -> None:
    keep = "(here / 'part').write_bytes(sys.stdin.buffer.read()); (here / 'part').rename(here / 'heard')"
    program = player(tmp_path, keep)
    sounds = Sounds(70, boot_ms, program)
    sounds.play("ng")
    until((tmp_path / "heard").exists)
    assert (tmp_path / "heard").read_bytes() == tone("ng", 70)


@pytest.mark.parametrize("script", ["sys.exit(1)", None], ids=["no device", "no program"])
def test_without_a_sound_device_it_is_silent_and_says_so_once(
    app: QApplication, tmp_path: Path, caplog: pytest.LogCaptureFixture, script: str | None
) -> None:
    caplog.set_level("INFO")
    sounds = Sounds(70, boot_ms, player(tmp_path, script) if script else str(tmp_path / "absent"))
    for _ in range(3):
        sounds.play("ok")
        until(lambda: sounds.silent)
    assert caplog.text.count("sound_off") == 1


def test_after_a_failure_it_is_tried_again_later_and_sounds_again(app: QApplication, tmp_path: Path) -> None:
    """Somebody plugs the loudspeaker in again; nobody starts the station anew for that."""
    program = player(tmp_path, "(here / 'tried').touch(); sys.exit(0 if (here / 'there').exists() else 1)")
    now = 5_000
    sounds = Sounds(70, lambda: now, program)
    sounds.play("ok")
    until(lambda: sounds.silent)
    (tmp_path / "there").touch()
    (tmp_path / "tried").unlink()
    now += RETRY_MS - 1
    sounds.play("ok")
    assert sounds._process.state() == QProcess.ProcessState.NotRunning, "not at every result"
    now += 1
    sounds.play("ok")
    until(lambda: not sounds.silent)
    assert (tmp_path / "tried").exists()


def test_a_tone_that_hangs_is_cut_short_by_the_next(app: QApplication, tmp_path: Path) -> None:
    program = player(tmp_path, "(here / str(len(sys.stdin.buffer.read()))).touch(); import time; time.sleep(600)")
    sounds = Sounds(70, boot_ms, program)
    for name in ("ok", "ng"):
        sounds.play(name)
        until((tmp_path / str(len(tone(name, 70)))).exists)
    sounds.stop()
    settle()
    assert not sounds.silent


def test_at_volume_nought_nothing_is_started(app: QApplication, tmp_path: Path) -> None:
    sounds = Sounds(0, boot_ms, player(tmp_path, "(here / str(len(list(here.iterdir())))).touch()"))
    sounds.play("ok")
    sounds.volume = 1
    sounds.play("ok")
    until((tmp_path / "1").exists)
    assert not (tmp_path / "2").exists(), "the player was started once"
