"""Notes for the next shift at the hub: taken, without any effect, and shown with the stations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from common import event_types as b
from common.ids import Claim
from common.shift_notes import list_of
from hub.db import reads
from hub.trace.overview import stations_page
from tests.support.browser import Browser
from tests.support.motors import Line, served

TEXT = "2 号枪扭矩偏大 <b>复测</b>"


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with closing(Line(tmp_path / "line")) as made:
        yield made


def write(line: Line, station: str, text: str) -> str:
    return line.say(station, b.ShiftNote(station, text), notes_of(line, station))


def notes_of(line: Line, station: str) -> Claim:
    return list_of(Claim(f"place@{line.site.id}", station))


def shown(line: Line) -> list[tuple[str, str]]:
    line.upload()
    with line.store.reading() as conn:
        page = stations_page(conn, line.site.id, line.gate.age_ms, line.now_ms)
    return [(note.station, note.text) for note in page.notes]


def test_the_notes_of_every_workplace_are_shown_but_those_that_were_undone(line: Line) -> None:
    write(line, "st-20", "first")
    write(line, "st-10", "elsewhere")
    wrong = write(line, "st-20", "wrong")
    write(line, "st-20", "last")
    assert shown(line) == [("st-10", "elsewhere"), ("st-20", "last"), ("st-20", "wrong"), ("st-20", "first")]
    line.say("st-20", b.Void(wrong, "undo"), notes_of(line, "st-20"))
    assert shown(line) == [("st-10", "elsewhere"), ("st-20", "last"), ("st-20", "first")]


def test_a_note_and_its_undo_have_no_effect(line: Line) -> None:
    wrong = write(line, "st-10", TEXT)
    line.say("st-10", b.Void(wrong, "undo"), notes_of(line, "st-10"))
    line.upload()
    with line.store.reading() as conn:
        assert reads.findings(conn) == []


def test_the_page_of_stations_shows_notes_as_they_were_written_in_both_languages(line: Line, tmp_path: Path) -> None:
    write(line, "st-10", TEXT)
    line.upload()
    with served(line) as site, closing(Browser(tmp_path / "browser")) as browser:
        for language, heading in (("en", "Notes for the next shift"), ("zh-CN", "交班留言")):
            page = browser.open(site + "/stations", language=language)
            assert heading in page.texts("h2")
            (row,) = page.texts(".notes tbody tr")
            assert TEXT in row and "ST-10" in row
