"""The station with its screen, every part of it real: what was painted is on the disk, and comes back after a crash."""

from __future__ import annotations

import os
import select

from common.event_types import OperationStarted
from tests.support.screen_plant import ScreenKiosk


def test_what_the_kiosk_painted_is_on_the_disk_and_survives_a_crash(kiosk: ScreenKiosk) -> None:
    kiosk.start()
    kiosk.sign_in()
    kiosk.scan("M-250-000001", "✓✓")
    kiosk.scan("HL-2644", "✓")
    written = [entry.reference for entry in kiosk.entries()]
    assert set(kiosk.confirmed) <= set(written)
    assert len(set(kiosk.confirmed)) == len(kiosk.confirmed) == 4
    asked = kiosk.wait("the prompt for the next part", lambda: "(2/" in kiosk.prompt and kiosk.prompt)
    kiosk.kill()
    assert kiosk.come_back() == asked
    assert kiosk.stop() == 0


def test_sigterm_ends_it(kiosk: ScreenKiosk) -> None:
    kiosk.start()
    kiosk.wait("a prompt", lambda: kiosk.prompt)
    assert kiosk.stop() == 0


def test_a_reader_of_its_recording_that_dies_does_not_stop_it(kiosk: ScreenKiosk) -> None:
    pipe = kiosk.folder / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    kiosk.start(out=pipe)
    read = bytearray()
    kiosk.wait("its definitions", lambda: _more(reader, read).count("→".encode()) > 1)
    os.close(reader)
    kiosk.scanner.scan(b"B10021")
    kiosk.scanner.scan(b"M-250-000009")
    kiosk.wait("its work", lambda: any(isinstance(entry.body, OperationStarted) for entry in kiosk.entries()))
    assert kiosk.stop() == 0
    assert kiosk.error.count("recorder_gone") == 1


def _more(reader: int, read: bytearray) -> bytearray:
    """Take what is there."""
    while select.select([reader], [], [], 0)[0] and (part := os.read(reader, 65_536)):
        read += part
    return read
