"""A HID scanner's keys: what was on the label comes out, or the scan is said to be torn; nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.devices.framing import KEPT_BYTES, Dropped
from station.devices.hid_keys import EVENT_32, EVENT_64, HidKeys, TornScan
from station.devices.simulated.keyboard import ENTER, KP_ENTER, LEFT_ALT, LEFT_CTRL, LEFT_SHIFT, TAB, Typist

GOLDEN = Path(__file__).parents[2] / "golden" / "hid"
PRINTABLE = "".join(chr(n) for n in range(0x20, 0x7F))
GS1 = "]d20104601234567893\x1d10LOT-Ab_9\x1d21SN/00:42"
CAPS_LOCK, NUM_LOCK, RIGHT_SHIFT, RIGHT_CTRL, ALT_GR, KEY_102ND, META = 58, 69, 54, 97, 100, 86, 125
KEY_A, KEY_Q, SEMICOLON = 30, 16, 39
Piece = bytes | TornScan | Dropped


def decoded(raw: bytes, keys: HidKeys | None = None) -> list[Piece]:
    return list((keys or HidKeys()).feed(raw, 0))


@pytest.mark.parametrize("c", PRINTABLE)
def test_every_key_of_a_us_keyboard_types_its_character(c: str) -> None:
    assert decoded(Typist().scan(f"x{c}x")) == [f"x{c}x".encode()]


@pytest.mark.parametrize("gs", ["ctrl", "f8", "alt"])
def test_gs_arrives_however_the_scanner_types_it(gs: str) -> None:
    assert decoded(Typist().scan(GS1, gs=gs)) == [GS1.encode()]


def test_other_separators_of_iso_15434_arrive_too() -> None:
    typist = Typist()
    raw = (
        typist.text("[)>") + typist.stroke(7, LEFT_CTRL, LEFT_SHIFT) + typist.text("06") + typist.stroke(32, RIGHT_CTRL)
    )
    assert decoded(raw + typist.stroke(ENTER)) == [b"[)>\x1e06\x04"]


def test_a_scanner_may_type_everything_with_alt_and_numbers() -> None:
    typist = Typist()
    raw = b"".join(typist.alt(f"{ord(c):04}") for c in "Lot-7")
    assert decoded(raw + typist.stroke(ENTER)) == [b"Lot-7"]


def test_both_shift_keys_shift_and_letting_go_ends_it() -> None:
    typist = Typist()
    raw = typist.stroke(KEY_A, RIGHT_SHIFT) + typist.stroke(KEY_A) + typist.stroke(KEY_A, LEFT_SHIFT, RIGHT_SHIFT)
    assert decoded(raw + typist.stroke(ENTER)) == [b"AaA"]


def test_caps_lock_turns_letters_about_until_it_is_pressed_again_and_nothing_else() -> None:
    typist = Typist()
    caps = typist.stroke(CAPS_LOCK)
    assert decoded(caps + typist.text("ab-1C") + caps + typist.scan("d")) == [b"AB-1cd"]


def test_a_key_that_is_held_counts_once() -> None:
    typist = Typist()
    raw = typist.change(KEY_A, 1) + typist.change(KEY_A, 2) * 30 + typist.change(KEY_A, 0)
    assert decoded(raw + typist.stroke(ENTER) + typist.change(ENTER, 2)) == [b"a"]


def test_the_number_pad_types_digits_and_signs_whatever_num_lock_says() -> None:
    typist = Typist()
    pad = (82, 79, 80, 81, 75, 76, 77, 71, 72, 73, 55, 74, 78, 83, 98)
    raw = b"".join(typist.stroke(key) for key in (NUM_LOCK, *pad, NUM_LOCK))
    assert decoded(raw + typist.stroke(KP_ENTER)) == [b"0123456789*-+./"]


@pytest.mark.parametrize(("end", "key"), [("enter", ENTER), ("enter", KP_ENTER), ("kp_enter", KP_ENTER), ("tab", TAB)])
def test_a_code_ends_with_the_key_that_was_configured(end: str, key: int) -> None:
    assert decoded(Typist().scan("M-1", end=key), HidKeys(end)) == [b"M-1"]  # type: ignore[arg-type]


def test_another_end_than_the_configured_one_tears_the_scan() -> None:
    typist = Typist()
    assert decoded(typist.scan("a", TAB) + typist.scan("b")) == [TornScan("keys", b"a?b", (TAB,))]


def test_an_end_without_a_code_is_nothing() -> None:
    typist = Typist()
    assert decoded(typist.stroke(ENTER) * 3 + typist.scan("a")) == [b"a"]


@pytest.mark.parametrize(
    ("key", "held"), [(KEY_102ND, ()), (META, ()), (KEY_Q, (ALT_GR,)), (KEY_A, (LEFT_ALT,)), (SEMICOLON, (LEFT_CTRL,))]
)
def test_a_key_that_is_no_character_is_shown_as_one_and_tears_the_scan(key: int, held: tuple[int, ...]) -> None:
    typist = Typist()
    raw = typist.text("x") + typist.stroke(key, *held) + typist.scan("y")
    assert decoded(raw) == [TornScan("keys", b"x?y", (key,))]


def test_a_number_beyond_ascii_tears_the_scan() -> None:
    typist = Typist()
    assert decoded(typist.alt("0228") + typist.stroke(ENTER)) == [TornScan("keys", b"?", (LEFT_ALT,))]


def test_a_torn_scan_does_not_taint_the_next() -> None:
    typist = Typist()
    first, second = decoded(typist.stroke(META) + typist.scan("a") + typist.scan("b"))
    assert (first, second) == (TornScan("keys", b"?a", (META,)), b"b")


# The kernel lost events ----------------------------------------------------------------------------------------------
def test_after_dropped_events_neither_head_nor_tail_passes_for_a_code() -> None:
    typist = Typist()
    raw = typist.text("M-250-") + typist.dropped() + typist.change(KEY_A, 0) + typist.scan("4217") + typist.scan("M-1")
    assert decoded(raw) == [TornScan("overrun", b"M-250-4217"), b"M-1"]


def test_until_the_next_report_nothing_counts_after_dropped_events() -> None:
    typist = Typist()
    assert decoded(typist.dropped() + typist.change(KEY_A, 1) + typist.scan("b")) == [TornScan("overrun", b"b")]


def test_after_dropped_events_no_key_is_taken_for_held() -> None:
    typist = Typist()
    held = typist.stroke(CAPS_LOCK) + typist.change(LEFT_SHIFT, 1) + typist.dropped() + typist.change(KEY_A, 0)
    keys = HidKeys()
    assert decoded(held + typist.stroke(ENTER), keys) == [TornScan("overrun", b"")]
    assert decoded(typist.scan("abc"), keys) == [b"abc"]


def test_a_scan_whose_end_was_dropped_is_told_when_nothing_more_comes() -> None:
    keys = HidKeys(half_scan_ms=300)
    typist = Typist()
    assert list(keys.feed(typist.text("M-250") + typist.dropped() + typist.change(KEY_A, 0), 1_000)) == []
    assert list(keys.feed(b"", 1_299)) == []
    assert list(keys.feed(b"", 1_300)) == [TornScan("overrun", b"M-250")]
    assert list(keys.feed(b"", 9_000)) == []


# Halves, lengths, cuts -----------------------------------------------------------------------------------------------
def test_a_half_scan_is_given_up_after_silence_and_does_not_taint_the_next() -> None:
    keys = HidKeys(half_scan_ms=300)
    typist = Typist()
    assert list(keys.feed(typist.text("HALF"), 0)) == []
    assert list(keys.feed(typist.text("ER"), 5_000)) == []
    assert list(keys.feed(b"", 5_300)) == [Dropped("half", 6)]
    assert list(keys.feed(typist.scan("whole"), 5_400)) == [b"whole"]


def test_unplugging_gives_up_the_half_and_lets_go_of_every_key() -> None:
    keys = HidKeys()
    typist = Typist()
    raw = typist.text("HALF") + typist.change(LEFT_SHIFT, 1) + typist.stroke(CAPS_LOCK)[:30]
    assert decoded(raw, keys) == []
    assert list(keys.reset()) == [Dropped("half", 4)]
    assert decoded(typist.scan("whole"), keys) == [b"whole"]


def test_two_scanners_whose_keys_interleave_are_two() -> None:
    one, other = HidKeys(), HidKeys()
    a, b = Typist().scan("M-250-AAA"), Typist().scan("m-251-bbb")
    got: list[Piece] = []
    for at in range(0, max(len(a), len(b)), 24):
        got += one.feed(a[at : at + 24], 0) if a[at : at + 24] else []
        got += other.feed(b[at : at + 24], 0) if b[at : at + 24] else []
    assert sorted(got) == [b"M-250-AAA", b"m-251-bbb"]  # type: ignore[type-var]


@given(st.data())
def test_however_the_bytes_are_cut_the_codes_are_the_same(data: st.DataObject) -> None:
    codes = data.draw(st.lists(st.text(PRINTABLE, min_size=1, max_size=12), min_size=1, max_size=4))
    typist = Typist()
    raw = b"".join(typist.scan(code) for code in codes)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=12)))
    keys, got = HidKeys(), []
    for start, stop in zip([0, *cuts], [*cuts, len(raw)], strict=True):
        got += keys.feed(raw[start:stop], 0) if raw[start:stop] else []
    assert got == [code.encode() for code in codes]


def test_a_code_without_an_end_keeps_a_bounded_part() -> None:
    keys = HidKeys()
    typist = Typist()
    assert decoded(typist.text("x") * (KEPT_BYTES + 7), keys) == []
    assert decoded(typist.stroke(ENTER), keys) == [b"x" * KEPT_BYTES, Dropped("long", 7)]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 255), st.integers(-1, 3)), max_size=200),
    st.binary(max_size=99),
)
def test_whatever_comes_only_codes_and_declared_losses_go_out(events: list[tuple[int, int, int]], noise: bytes) -> None:
    keys = HidKeys(half_scan_ms=10)
    raw = b"".join(EVENT_64.pack(0, 0, *one) for one in events) + noise
    for piece in [*keys.feed(raw, 0), *keys.feed(b"", 10), *keys.reset()]:
        assert isinstance(piece, bytes | TornScan | Dropped)
        text = piece.text if isinstance(piece, TornScan) else piece if isinstance(piece, bytes) else b""
        assert len(text) <= KEPT_BYTES
        assert text.isascii()
    assert decoded(Typist().scan("after"), keys) == [b"after"]


def test_no_noise_makes_it_remember_more_than_its_bound() -> None:
    keys = HidKeys()
    stroke = Typist().stroke(META)
    for _ in range(200):
        decoded(stroke * 100, keys)
    assert sum(sys.getsizeof(value) for value in vars(keys).values()) < 4 * KEPT_BYTES


# The kernel's layouts, and recordings --------------------------------------------------------------------------------
def test_an_event_is_as_wide_as_the_processs_longs() -> None:
    assert (EVENT_64.size, EVENT_32.size) == (24, 16)
    assert decoded(Typist(EVENT_32).scan("M-1"), HidKeys(event=EVENT_32)) == [b"M-1"]


RECORDINGS: dict[str, tuple[list[Piece], HidKeys]] = {
    "gs1-ctrl": ([GS1.encode()], HidKeys(event=EVENT_64)),
    "printable": ([PRINTABLE.encode()], HidKeys()),
    "two-codes-tab": ([b"M-250-004217", b"MG-2609-A"], HidKeys("tab")),
    "german-at": ([TornScan("keys", b"a?b", (KEY_Q,))], HidKeys()),
    "overrun": ([TornScan("overrun", b"M-2504217"), b"M-250-004218"], HidKeys()),
    "caps-around": ([b"lot-AB"], HidKeys()),
    "held-key": ([b"aab"], HidKeys()),
}


@pytest.mark.parametrize("name", RECORDINGS)
def test_recordings_are_read_for_ever_as_they_were(name: str) -> None:
    expected, keys = RECORDINGS[name]
    assert decoded((GOLDEN / f"{name}.bin").read_bytes(), keys) == expected


def test_every_recording_is_read() -> None:
    assert {path.stem for path in GOLDEN.glob("*.bin")} == set(RECORDINGS)
