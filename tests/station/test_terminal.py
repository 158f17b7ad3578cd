"""The headless terminal: what a person reads, and that a recording of it can be counted."""

from __future__ import annotations

import os
import re
import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from common.definitions.naming import Name
from station.messages import Prompt, Shown, Status
from station.terminal import Recording, Terminal, parse_confirmations, reference
from tests.conftest import Clock

EVENT = "yd72zur4xnwrc3cbmenf3xjynk.QQ7arObvQcXVxkz0n2W9p5T3s1uY8-_4Ab6cDeFgHiJ"
OTHER = "abcdefghijklmnopqrstuvwxyz.--arObvQcXVxkz0n2W9p5T3s1uY8-_4Ab6cDeFgHiJ"
TONES = ["ok", "ng", "hold", "unknown", "info"]


class Screen:
    """A terminal and everything that it wrote."""

    def __init__(self, clock: Clock, language: str = "zh", colour: bool = False) -> None:
        self.written: list[str] = []
        self.clock = clock
        self.show = Terminal(language, self.written.append, clock, colour=colour).show

    @property
    def recording(self) -> str:
        return "".join(f"{lines}\n" for lines in self.written)

    def status(
        self, online: bool, pending: int = 0, sent: int = 0, receipted: int = 0, down: tuple[str, ...] = ()
    ) -> None:
        self.clock.advance(1)
        self.show(Status(online, pending, sent, receipted, 41 if pending else 0, down))

    def lines(self) -> list[str]:
        """What was written, without its times."""
        return [re.sub(r"^\d\d:\d\d:\d\d ", "", line) for line in self.recording.splitlines()]


@pytest.fixture
def screen(clock: Clock) -> Screen:
    return Screen(clock)


# Prompts --------------------------------------------------------------------------------------------------------------
def scan_the_rotor(unit: str = "M-250-000001") -> Prompt:
    name = Name("扫转子序列号", "Scan the rotor serial")
    return Prompt("prompt.scan", {"step": name, "unit": unit, "number": 2, "count": 4})


def test_a_prompt_says_the_one_thing_to_do(screen: Screen) -> None:
    screen.show(scan_the_rotor())
    assert screen.recording == "→ 请扫转子序列号（2/4）  M-250-000001\n"


def test_the_same_prompt_is_not_repeated(screen: Screen) -> None:
    for unit in ("M-1", "M-1", "M-2", "M-1"):
        screen.show(scan_the_rotor(unit))
    assert [line[-3:] for line in screen.written] == ["M-1", "M-2", "M-1"]


def test_it_speaks_english_too(clock: Clock) -> None:
    screen = Screen(clock, "en")
    screen.show(scan_the_rotor())
    assert screen.recording == "→ Scan the rotor serial (2/4)  M-250-000001\n"


# Results --------------------------------------------------------------------------------------------------------------
def test_a_result_has_its_time_shape_sentence_and_event(screen: Screen) -> None:
    screen.show(Shown("ok", "done.signed_in", {"name": "王强"}, EVENT))
    at = datetime(2026, 11, 2, 8, tzinfo=UTC).astimezone()
    assert screen.recording == f"{at:%H:%M:%S} ✓ 已登录：王强  [yd72zur4.QQ7arObvQcXV]\n"


@pytest.mark.parametrize(("tone", "shape"), [*zip(TONES, "✓✗‖?·", strict=True), ("of tomorrow", "·")])
def test_every_tone_has_its_shape(screen: Screen, tone: str, shape: str) -> None:
    screen.show(Shown(tone, "done.signed_out"))
    assert screen.lines() == [f"{shape} 已退出登录"]


def test_a_blocked_unit_says_why_on_what_evidence_and_who_can_release_it(screen: Screen) -> None:
    wire, test = Name("接线与拧紧", "Wire and screw"), Name("终检", "End-of-line test")
    params = {"unit": "M-250-000001", "operation": test, "release": ["supervisor", "quality"]}
    missing = ("interlock.missing", {"operation": wire, "place": "st-20"})
    unknown = ("interlock.unknown", {"operation": wire, "place": "st-20", "age_s": 41})
    screen.show(Shown("ng", "interlock.blocked", params, EVENT, (missing, unknown)))
    first, *reasons = screen.lines()
    assert first.startswith("✗ 已拦下：M-250-000001“终检”。请按原因处理")
    assert first.endswith("  [yd72zur4.QQ7arObvQcXV]")
    assert reasons == [
        "           “接线与拧紧”没有做：st-20 的记录是最新的，里面没有",
        "           不知道“接线与拧紧”做没做：st-20 的记录上次更新在 41 秒前",
        "           可以决定的人：班长或质检员",
    ]
    assert len(screen.written) == 1


def test_an_unknown_code_is_shown_and_not_hidden(screen: Screen) -> None:
    screen.show(Shown("ng", "from.tomorrow", {"unit": "M-1"}))
    assert screen.lines() == ["✗ from.tomorrow unit=M-1"]


def test_colour_only_where_it_is_wanted(clock: Clock) -> None:
    plain, coloured = Screen(clock), Screen(clock, colour=True)
    for screen in (plain, coloured):
        for tone in TONES:
            screen.show(Shown(tone, "done.signed_out", event=EVENT))
        screen.show(scan_the_rotor())
    assert "\x1b" not in plain.recording
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured.recording) == plain.recording
    assert "\x1b[1;31m" in coloured.recording
    assert parse_confirmations(coloured.recording) == parse_confirmations(plain.recording) == [reference(EVENT)] * 5


# Counting what was shown ----------------------------------------------------------------------------------------------
def test_a_recording_gives_back_every_confirmation_in_order(screen: Screen) -> None:
    screen.show(Shown("ok", "done.signed_in", {"name": "王强"}, EVENT))
    screen.show(Shown("info", "ignored.double"))
    screen.show(scan_the_rotor())
    screen.show(Shown("ng", "interlock.blocked", {}, OTHER, (("interlock.scrapped", {}),)))
    assert parse_confirmations(screen.recording) == ["yd72zur4.QQ7arObvQcXV", "abcdefgh.--arObvQcXVx"]
    assert parse_confirmations(screen.recording.replace("\n", "\r\n")) == parse_confirmations(screen.recording)


def test_a_line_that_a_crash_cut_off_confirms_nothing(screen: Screen) -> None:
    screen.show(Shown("ok", "done.signed_in", {"name": "王强"}, EVENT))
    assert parse_confirmations(screen.recording[:-3]) == []
    assert parse_confirmations(screen.recording[:-3] + screen.recording) == [reference(EVENT)]


ANYTHING = st.text() | st.sampled_from([f"x  [{reference(EVENT)}]", f"\n  [{reference(EVENT)}]\n", "\x1b[0m", "\r"])


@given(text=ANYTHING, tone=st.sampled_from(TONES), event=st.sampled_from(["", EVENT, OTHER]))
def test_whatever_was_scanned_confirms_nothing_and_is_one_line(text: str, tone: str, event: str) -> None:
    written: list[str] = []
    terminal = Terminal("zh", written.append, Clock(datetime(2026, 11, 2, 8, tzinfo=UTC), 0))
    terminal.show(Shown(tone, "order.set", {"order": text}, event, (("interlock.hold", {"reason": text}),)))
    terminal.show(Prompt("prompt.pack", {"unit": text}))
    recording = "\n".join(written) + "\n"
    assert len(recording.splitlines()) == 3
    assert parse_confirmations(recording) == ([reference(event)] if event else [])


# The status line ------------------------------------------------------------------------------------------------------
def test_the_status_is_one_calm_line(screen: Screen) -> None:
    screen.status(online=True, receipted=120)
    screen.status(online=False, pending=12, receipted=120)
    screen.status(online=False, pending=12, receipted=120, down=("press", "scanner-1"))
    assert screen.lines() == [
        "在线 · 待传 0 · 已传 0 · 已确认 120",
        "离线 · 12 条待传 · 最早 41 秒前",
        "离线 · 12 条待传 · 最早 41 秒前 · 设备断开：press、scanner-1",
    ]


def test_online_it_is_quiet_while_scans_come_and_go(screen: Screen) -> None:
    screen.status(online=True)
    for n in range(50):
        screen.status(online=True, pending=1, receipted=n)
        screen.status(online=True, sent=1, receipted=n)
        screen.status(online=True, receipted=n + 1)
    assert len(screen.written) == 1


def test_offline_it_speaks_at_the_first_the_tenth_and_the_hundredth(screen: Screen) -> None:
    for pending in range(150):
        screen.status(online=False, pending=pending)
    said = [line.split(" · ")[1] for line in screen.lines()]
    assert said == ["没有待传", "1 条待传", "10 条待传", "100 条待传"]


def test_a_hub_that_takes_nothing_is_not_said_to_be_an_outage(screen: Screen) -> None:
    screen.show(Status(False, 12, 0, 0, 90))
    screen.show(Status(False, 12, 0, 0, 90, refused="hello.revoked"))
    assert screen.lines()[-1] == "本机已被吊销 · 中心不接收记录 · 12 条留在本机"


def test_back_online_it_says_once_more_when_everything_is_confirmed(screen: Screen) -> None:
    screen.status(online=False, pending=12)
    screen.status(online=True, pending=12)
    screen.status(online=True, sent=12)
    screen.status(online=True, pending=1, sent=2, receipted=10)
    screen.status(online=True, receipted=13)
    screen.status(online=True, pending=1, receipted=13)
    assert screen.lines()[1:] == ["在线 · 待传 12 · 已传 0 · 已确认 0", "在线 · 待传 0 · 已传 0 · 已确认 13"]


def test_a_device_that_comes_back_is_said(screen: Screen) -> None:
    screen.status(online=True, down=("press",))
    screen.status(online=True)
    assert screen.lines()[-1] == "在线 · 待传 0 · 已传 0 · 已确认 0"


def test_each_outage_begins_anew(screen: Screen) -> None:
    for online, pending in ((False, 40), (True, 0), (False, 3), (False, 4)):
        screen.status(online, pending)
    assert [line[:2] for line in screen.lines()] == ["离线", "在线", "离线"]


def test_a_reader_that_stalls_holds_nobody_up() -> None:
    """The pipe is full and open, and nobody reads: the screen's thread goes on."""
    reader, writer = os.pipe()
    recording, done = Recording(writer, patience_s=0.05), threading.Event()

    def write() -> None:
        for _ in range(1_000):
            recording.line("x" * 1_000)
        done.set()

    with capture_logs() as lines:
        thread = threading.Thread(target=write, daemon=True)
        thread.start()
        assert done.wait(10)
    assert [(line["event"], line["reason"]) for line in lines] == [("recorder_gone", "stalled")]
    os.close(writer)
    os.close(reader)
