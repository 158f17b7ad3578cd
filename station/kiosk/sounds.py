"""Short tones, one for each kind of result, made here and played by ALSA's aplay as a process of its own.

Nothing waits for a sound: without aplay or a sound device it is silent, which is logged once, and tried again later.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from functools import lru_cache
from math import pi, sin

import structlog
from PySide6.QtCore import QObject, QProcess

RATE = 22_050
FADE_S = 0.006  # without it a tone begins and ends with a click
LOUDEST = 0.9
LONGEST_END_MS = 500
RETRY_MS = 10_000
# (Hz, seconds) one after the other; 0 Hz is a pause. A part that was taken ticks, OK rises, NG falls and is long, a
# wrong code knocks twice, hold stays on one note, unknown rises and falls back like a question; a value out of limits
# dips, a marked one is short.
TONES = {
    "bound": ((1175, 0.05),),
    "ok": ((880, 0.07), (1318, 0.12)),
    "ng": ((330, 0.22), (220, 0.40)),
    "wrong": ((494, 0.12), (0, 0.07), (494, 0.12)),
    "hold": ((587, 0.30),),
    "out": ((440, 0.15), (330, 0.15), (440, 0.15)),
    "mark": ((784, 0.16),),
    "unknown": ((587, 0.10), (784, 0.12), (587, 0.14)),
}
OF_VALUES = ("out", "mark")  # what is entered beside a result; the others are of results
log = structlog.get_logger(__name__)


@lru_cache
def tone(name: str, volume: int) -> bytes:
    """A tone as the bytes of a WAV file: one channel of 16 bits. `volume`: 0 to 100."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(_note(hertz, seconds, volume) for hertz, seconds in TONES[name]))
    return out.getvalue()


def _note(hertz: int, seconds: float, volume: int) -> bytes:
    count, fade = round(RATE * seconds), round(RATE * FADE_S)
    loud = 32_767 * LOUDEST * volume / 100
    samples = (
        round(loud * min(1, n / fade, (count - n) / fade) * sin(2 * pi * hertz * n / RATE)) for n in range(count)
    )
    return b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples)


class Sounds(QObject):
    """Plays tones, one at a time: the next one cuts the last one short.

    `silent`: the last could not be played; another is tried RETRY_MS later. `clock`: monotonic ms.
    """

    def __init__(self, volume: int, clock: Callable[[], int], program: str = "aplay") -> None:
        super().__init__()
        self.volume = volume
        self.silent = False
        self._clock = clock
        self._failed_ms = 0
        self._program = program
        self._process = QProcess(self)
        self._process.errorOccurred.connect(self._failed)
        self._process.finished.connect(self._finished)

    def set_volume(self, volume: int) -> None:
        """From the next tone on, as loud as this: 0 to 100."""
        self.volume = volume

    def play(self, name: str) -> None:
        """Start a tone and return; of one that still plays only as long as its end takes is waited."""
        if not self.volume or (self.silent and self._clock() - self._failed_ms < RETRY_MS):
            return
        self.stop()
        self._process.start(self._program, ["-q", "-"])
        self._process.write(tone(name, self.volume))
        self._process.closeWriteChannel()

    def stop(self) -> None:
        """Be silent now, and leave no process behind."""
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.kill()
            self._process.waitForFinished(LONGEST_END_MS)

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._silence("no_program")

    def _finished(self, code: int, how: QProcess.ExitStatus) -> None:
        if code and how == QProcess.ExitStatus.NormalExit:  # one that was cut short says nothing of the device
            self._silence("no_device")
        elif self.silent and how == QProcess.ExitStatus.NormalExit:
            self.silent = False
            log.info("sound_on")

    def _silence(self, why: str) -> None:
        self._failed_ms = self._clock()
        if not self.silent:
            self.silent = True
            log.info("sound_off", why=why)
