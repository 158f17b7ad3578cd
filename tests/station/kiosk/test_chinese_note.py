"""A note in Chinese, by taps on the real window in front of a real work cell, as far as the page of the hub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from common.event_types import ShiftNote
from common.ids import Claim
from common.shift_notes import list_of
from hub.trace.overview import stations_page
from station.kiosk.notes import MOST_CHARACTERS, NotesRoom
from station.messages import Scanned
from tests.faults.monkey import Seen
from tests.support.bench import Plant, StationClock
from tests.support.kiosk_view import KioskView
from tests.support.motors import Line
from tests.support.screen import SIZES

Kiosk = tuple[KioskView, Seen]


@pytest.fixture(params=SIZES, ids=str)
def kiosk(app: QApplication, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kiosk]:
    """ST-10 with a kiosk in Chinese, where somebody has signed in."""
    clock = StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000)
    bench = Seen(Plant(tmp_path, "motor-assembly"), tmp_path / "st-10", clock)
    view = KioskView(request.param, "zh")
    view.answer = bench.cell.handle
    bench.tell = view.tell
    bench.scan("B10021")
    view.advance(5_000)
    yield view, bench
    view.close()
    bench.close()


def candidate(view: KioskView, text: str) -> None:
    """Tap a candidate, on whatever page of them it is."""
    view.advance(1_000)
    while text not in (offered := [one.text for one in view.targets()]):
        assert "▼" in offered, f"{text} is offered"
        view.tap("▼")
    view.tap(text)


def write(view: KioskView) -> None:
    view.tap("交班留言")
    view.tap("写留言")


def notes_written(bench: Seen) -> list[str]:
    return [body.text for body in bench.written().values() if isinstance(body, ShiftNote)]


def test_a_note_written_in_chinese_is_in_the_log_and_on_the_page_of_the_hub(kiosk: Kiosk, tmp_path: Path) -> None:
    view, bench = kiosk
    write(view)
    view.tap("3")
    for sign in "haosaomaqiang":
        view.tap(sign)
    candidate(view, "号")
    candidate(view, "扫码枪")
    for sign in "shebeiguzhang":
        view.tap(sign)
    view.tap("确定")
    assert notes_written(bench) == [], "confirm took what was open, and no more"
    view.tap("。")
    view.tap("确定")
    assert notes_written(bench) == ["3号扫码枪设备故障。"]
    with closing(Line(tmp_path / "line")) as line:
        line.say("st-20", ShiftNote("st-20", notes_written(bench)[0]), list_of(Claim(f"place@{line.site.id}", "st-20")))
        line.upload()
        with line.store.reading() as conn:
            page = stations_page(conn, line.site.id, line.gate.age_ms, line.now_ms)
    assert [note.text for note in page.notes] == ["3号扫码枪设备故障。"]


def test_letters_that_are_open_wait_for_their_writer_and_for_nobody_else(kiosk: Kiosk) -> None:
    view, bench = kiosk
    write(view)
    for sign in "shebei":
        view.tap(sign)
    view.tap("返回")
    view.tap("写留言")
    room = view.window.screen_
    assert isinstance(room, NotesRoom)
    assert (room.pad.typed, room.pad.composed) == ("", "shebei")
    view.tap("返回")
    view.tap("返回")
    bench.scan("HW:SIGNOUT", "B10034")
    view.advance(5_000)
    write(view)
    assert room.pad.composed == ""


def test_a_code_is_typed_in_latin_letters_on_a_kiosk_in_chinese(kiosk: Kiosk) -> None:
    view, _ = kiosk
    view.tap(view.look.say("room.typing"))
    assert "English" not in [one.text for one in view.targets()]
    for sign in ("W", "O", "确定"):
        view.tap(sign)
    assert next(said.raw for said in reversed(view.heard) if isinstance(said, Scanned)) == b"WO"


def test_the_longest_note_is_taken_in_chinese_too(kiosk: Kiosk) -> None:
    view, bench = kiosk
    write(view)
    room = view.window.screen_
    assert isinstance(room, NotesRoom)
    room.pad.ask("扭" * (MOST_CHARACTERS - 1), MOST_CHARACTERS)
    view.advance(1_000)
    for sign in "ju":
        view.tap(sign)
    candidate(view, "矩")
    view.tap("确定")
    assert notes_written(bench) == ["扭" * (MOST_CHARACTERS - 1) + "矩"]
    assert len(notes_written(bench)[0].encode()) == 3 * MOST_CHARACTERS
