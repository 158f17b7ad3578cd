from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from station.devices.framing import Dropped, Framer

codes = st.lists(
    st.binary(min_size=1, max_size=60).map(lambda b: bytes(c for c in b if c not in b"\x02\x03\r\n") or b"x")
)
frames = st.binary(min_size=1, max_size=60).map(lambda b: bytes(c for c in b if c not in b"\x02\x03") or b"x")


def fed(raw: bytes, cuts: list[int]) -> list[bytes | Dropped]:
    framer, at, pieces = Framer(), 0, []
    for cut in sorted({min(c, len(raw)) for c in cuts} | {len(raw)}):
        # An empty feed would say that nothing came; here something always does.
        pieces += list(framer.feed(raw[at:cut], 0)) if cut > at else []
        at = cut
    return pieces


@given(codes, st.sampled_from([b"\r", b"\n", b"\r\n", b"\x03", b"\x03\r\n"]), st.lists(st.integers(0, 2000)))
def test_codes_come_out_whole_however_they_were_cut(wanted: list[bytes], end: bytes, cuts: list[int]) -> None:
    assert fed(b"".join(code + end for code in wanted), cuts) == wanted


@given(st.lists(frames), st.lists(st.integers(0, 2000)))
def test_a_frame_keeps_every_byte_inside(wanted: list[bytes], cuts: list[int]) -> None:
    assert fed(b"".join(b"\x02" + code + b"\x03\r\n" for code in wanted), cuts) == wanted


def test_gs_and_other_control_characters_are_part_of_the_code() -> None:
    code = b"]d20104601234\x1d10LOT-Ab_9\x1e\x04"
    assert fed(code + b"\r", []) == [code]


def test_an_oversized_code_comes_up_to_4096_bytes_and_the_rest_is_counted() -> None:
    assert fed(b"a" * 2000 + b"\r", []) == [b"a" * 2000]
    assert fed(b"a" * 5000 + b"\rnext\r", []) == [b"a" * 4096, Dropped("long", 904), b"next"]


def test_a_frame_that_begins_anew_gives_up_the_half_one() -> None:
    assert fed(b"half\x02whole\x03", []) == [Dropped("half", 4), b"whole"]


def test_a_half_scan_is_given_up_after_silence_and_does_not_taint_the_next() -> None:
    framer = Framer(half_scan_ms=2000)
    assert list(framer.feed(b"half", 1000)) == []
    assert list(framer.feed(b"", 2999)) == []
    assert list(framer.feed(b"", 3000)) == [Dropped("half", 4)]
    assert list(framer.feed(b"", 9000)) == []
    assert list(framer.feed(b"next\r", 9001)) == [b"next"]


def test_a_late_reader_does_not_cut_a_code_that_was_waiting() -> None:
    framer = Framer(half_scan_ms=2000)
    assert list(framer.feed(b"slow", 1000)) == []
    assert list(framer.feed(b"ly\r", 9000)) == [b"slowly"]
