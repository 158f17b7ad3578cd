from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from common.errors import BadAnswer
from station.devices.plc_block import (
    ANSWER_AT,
    ANSWER_LAYOUT,
    ANSWER_SIZE,
    DB_SIZE,
    REQUEST_LAYOUT,
    REQUEST_SIZE,
    AnswerArea,
    Command,
    Outcome,
    Request,
    State,
    check_answer,
    decode_answer,
    decode_request,
    essence,
    heartbeat_of,
    is_sound,
    next_sequence,
    scaled,
    serial_fits,
    steady,
)

DOC = Path(__file__).parents[3] / "docs" / "plc.md"

udints = st.integers(0, 2**32 - 1)
serials = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)
dints = st.lists(st.integers(-(2**31), 2**31 - 1), max_size=16).map(tuple)
requests = st.builds(Request, udints, st.sampled_from(Command), st.integers(0, 65535), udints, serials)
answers = st.builds(
    AnswerArea,
    udints,
    st.sampled_from(State),
    st.sampled_from(Outcome),
    udints,
    serials,
    dints,
    st.booleans(),
    udints,
    st.booleans(),
).filter(lambda a: a.state is not State.RESULT or a.outcome is not Outcome.NONE)

REQUEST = Request(7, Command.PERMIT, 3, 0x5EED1234, "M-250-004217")
RESULT = AnswerArea(7, State.RESULT, Outcome.OK, 0x5EED1234, "M-250-004217", (12047, 352, -18), True, 1000)


def refusal(raw: bytes) -> str:
    with pytest.raises(BadAnswer) as refused:
        decode_answer(raw)
    return refused.value.code


def sealed(body: bytes) -> bytes:
    return body + zlib.crc32(body).to_bytes(4, "big")


def patched(at: int, new: bytes) -> bytes:
    """The result with bytes changed at an offset of the data block, and a checksum that fits."""
    body = bytearray(RESULT.encode()[:-4])
    body[at - ANSWER_AT : at - ANSWER_AT + len(new)] = new
    return sealed(bytes(body))


@given(requests)
def test_a_request_comes_back_as_it_was_written(request_: Request) -> None:
    assert len(request_.encode()) == REQUEST_SIZE
    assert decode_request(request_.encode()) == request_


@given(answers)
def test_an_answer_comes_back_as_it_was_written(answer: AnswerArea) -> None:
    assert len(answer.encode()) == ANSWER_SIZE
    assert decode_answer(answer.encode()) == answer
    assert heartbeat_of(answer.encode()) == answer.heartbeat


@given(answers, st.integers(0, ANSWER_SIZE * 8 - 1))
def test_a_single_flipped_bit_in_an_answer_is_refused(answer: AnswerArea, bit: int) -> None:
    refusal(flipped(answer.encode(), bit))


@given(requests, st.integers(0, REQUEST_SIZE * 8 - 1))
def test_a_single_flipped_bit_in_a_request_is_refused(request_: Request, bit: int) -> None:
    with pytest.raises(BadAnswer):
        decode_request(flipped(request_.encode(), bit))


def flipped(raw: bytes, bit: int) -> bytes:
    return (int.from_bytes(raw, "big") ^ 1 << bit).to_bytes(len(raw), "big")


@given(st.binary(max_size=200) | st.binary(min_size=132, max_size=132).map(lambda b: sealed(b"HW\0\1" + b[4:])))
def test_arbitrary_bytes_are_an_answer_or_are_refused_and_nothing_else(raw: bytes) -> None:
    for decode in (decode_answer, decode_request):
        try:
            decode(raw)
        except BadAnswer as error:
            assert error.code.startswith("plc.")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "plc.length"),
        (RESULT.encode() + b"\0", "plc.length"),
        (bytes(ANSWER_SIZE), "plc.magic"),
        (b"\0\0" + RESULT.encode()[:-2], "plc.magic"),
        (patched(66, b"\0\2"), "plc.version"),
        (RESULT.encode()[:64] + AnswerArea().encode()[64:], "plc.checksum"),
        (patched(80, b"\xfe"), "plc.string"),
        (patched(81, b"\x29"), "plc.string"),
        (patched(82, b"\n"), "plc.string"),
        (patched(122, b"\0\x11"), "plc.count"),
        (patched(72, b"\0\5"), "plc.state"),
        (patched(74, b"\0\3"), "plc.state"),
        (patched(74, b"\0\0"), "plc.state"),
        (patched(188, b"\0\2"), "plc.state"),
    ],
)
def test_each_way_to_be_wrong_has_its_code(raw: bytes, code: str) -> None:
    assert refusal(raw) == code


def test_what_an_s7_leaves_behind_a_shorter_string_is_no_reason_to_refuse() -> None:
    left_behind = patched(82 + len(RESULT.serial), b"OLD")
    assert decode_answer(left_behind) == RESULT


def test_a_result_of_another_sequence_token_or_serial_is_never_let_pass() -> None:
    check_answer(RESULT, REQUEST)
    for other, code in [
        (replace(RESULT, sequence=6), "plc.stale"),
        (replace(RESULT, token=1), "plc.token"),
        (replace(RESULT, serial="M-250-004218"), "plc.serial"),
    ]:
        with pytest.raises(BadAnswer) as refused:
            check_answer(other, REQUEST)
        assert refused.value.code == code


def test_only_results_are_matched_against_the_request() -> None:
    for state in set(State) - {State.RESULT}:
        check_answer(AnswerArea(99, state), REQUEST)


def test_only_heartbeat_and_checksum_are_no_news() -> None:
    assert essence(replace(RESULT, heartbeat=1001).encode()) == essence(RESULT.encode())
    assert essence(replace(RESULT, part_present=False).encode()) != essence(RESULT.encode())


def test_while_it_runs_the_values_move_and_the_rest_stands() -> None:
    running = replace(RESULT, state=State.RUNNING, outcome=Outcome.NONE)
    assert steady(replace(running, values=(1, 2)).encode()) == steady(running.encode())
    assert steady(replace(running, part_present=False).encode()) != steady(running.encode())
    assert steady(replace(running, token=1).encode()) != steady(running.encode())
    assert steady(replace(RESULT, values=(1, 2, 3)).encode()) != steady(RESULT.encode())


def test_a_right_block_after_the_same_one_with_a_wrong_checksum_is_news() -> None:
    torn = RESULT.encode()[:-4] + b"\0\0\0\0"
    assert not is_sound(torn)
    assert essence(torn) != essence(RESULT.encode())


@given(st.integers(-(2**31), 2**31 - 1), st.integers(0, 12))
def test_a_scaled_value_is_the_exact_decimal(value: int, decimals: int) -> None:
    text = scaled(value, decimals)
    assert Decimal(text) == Decimal(value).scaleb(-decimals)
    assert re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", text)
    assert len(text.partition(".")[2]) == decimals


def test_a_scaled_value_keeps_its_zeros() -> None:
    assert [scaled(-1250, 2), scaled(5, 3), scaled(0, 1), scaled(12, 0)] == ["-12.50", "0.005", "0.0", "12"]
    with pytest.raises(ValueError, match="decimals"):
        scaled(1, -1)


def test_sequences_go_round_without_zero() -> None:
    assert [next_sequence(0), next_sequence(1), next_sequence(2**32 - 1)] == [1, 2, 1]


@pytest.mark.parametrize("serial", ["x" * 41, "溯源", "a\nb", "é"])
def test_a_serial_that_does_not_fit_is_known_before_it_is_written(serial: str) -> None:
    assert not serial_fits(serial)
    with pytest.raises(ValueError, match="STRING"):
        Request(1, serial=serial).encode()


def test_numbers_that_do_not_fit_are_not_written() -> None:
    for wrong in (Request(2**32), Request(1, token=-1), Request(1, program=65536)):
        with pytest.raises(ValueError, match=r"range|format"):
            wrong.encode()
    for answer in (AnswerArea(values=(2**31,)), AnswerArea(values=(0,) * 17)):
        with pytest.raises(ValueError, match=r"range|format|fit"):
            answer.encode()


# The document --------------------------------------------------------------------------------------------------------
def listing(raw: bytes, at: int) -> str:
    return "\n".join(f"{at + i:04d}  {raw[i : i + 16].hex(' ').upper()}" for i in range(0, len(raw), 16))


def test_the_hex_in_the_document_is_what_the_code_writes() -> None:
    text = DOC.read_text()
    assert listing(REQUEST.encode(), 0) in text
    assert listing(RESULT.encode(), ANSWER_AT) in text


def test_the_offsets_in_the_document_add_up_to_the_layout_in_the_code() -> None:
    letters = {"UINT": ("H", 2), "UDINT": ("I", 4), "STRING[40]": ("42s", 42), "DINT[16]": ("16i", 64)}
    rows = re.findall(r"^\| (\d+) \| (U?D?INT|STRING\[40\]|DINT\[16\]) \| (\w+) \|", DOC.read_text(), re.MULTILINE)
    end = 0
    for offset, kind, _ in rows:
        assert int(offset) == end
        end += letters[kind][1]
    assert end == DB_SIZE
    layout = "".join(letters[kind][0] for _, kind, _ in rows)
    assert layout == REQUEST_LAYOUT.format[1:] + "I" + ANSWER_LAYOUT.format[1:] + "I"


def test_every_code_in_the_document_is_raised_and_every_code_raised_is_in_the_document() -> None:
    sources = [p.read_text() for p in (DOC.parents[1] / "station" / "devices").glob("plc_*.py")]
    raised = {code for text in sources for code in re.findall(r'(?:BadAnswer|DeviceUnavailable)\("(plc\.\w+)"', text)}
    assert set(re.findall(r"^\| `(plc\.\w+)` \|", DOC.read_text(), re.MULTILINE)) == raised


def test_the_scl_in_the_document_computes_the_checksum() -> None:
    crc32 = translated(DOC.read_text().partition('FUNCTION "HW_Crc32"')[2].partition("BEGIN\n")[2])
    for raw in (b"123456789", RESULT.encode()[:-4], b""):
        assert crc32(raw, 0, len(raw)) == zlib.crc32(raw)
    assert zlib.crc32(b"123456789") == 0xCBF43926


def translated(scl: str) -> Callable[[bytes, int, int], int]:
    """A Python function from the SCL's statements, line by line."""
    lines = []
    for line in scl.partition("END_FUNCTION")[0].splitlines():
        for pattern, python in [
            (r"FOR #(\w+) := (.+) TO (.+) DO", r"for \1 in range(\2, \3 + 1):"),
            (r"IF #crc\.%X0 THEN", "if crc & 1:"),
            (r"ELSE", "else:"),
            (r"END_(IF|FOR);", "pass"),
            (r"BYTE_TO_DWORD\(PEEK\(area := 16#84, dbNumber := #db, byteOffset := #i\)\)", "db[i]"),
            (r"SHR\(IN := #crc, N := 1\)", "(crc >> 1)"),
            (r"#HW_Crc32 :=", "return"),
            (r"16#", "0x"),
            (r"XOR", "^"),
            (r":=", "="),
            (r"#|;", ""),
        ]:
            line = re.sub(pattern, python, line)
        lines.append(line)
    names: dict[str, Callable[[bytes, int, int], int]] = {}
    exec("def crc32(db, first, count):\n" + "\n".join(lines), names)
    return names["crc32"]
