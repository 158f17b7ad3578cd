"""A gauge's line is a reading with every digit as sent, or it is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import BadAnswer
from common.wire_types import DecimalText
from station.devices.gauge_lines import LONGEST_LINE, PROTOCOLS, GaugeLine, exact, parse

COMPILED = {name: re.compile(pattern, re.ASCII) for name, pattern in PROTOCOLS.items()}
DECIMAL = re.compile(DecimalText.__metadata__[0].pattern)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("protocol", "line", "reading"),
    [
        ("digimatic", b"01A+00012.345", GaugeLine("01", "12.345", "", True)),
        ("digimatic", b"02A-00000.50\r", GaugeLine("02", "-0.50", "", True)),
        ("balance", b"ST,GS,+  012.340kg", GaugeLine("", "12.340", "kg", True)),
        ("balance", b"US,NT,-   0.5 g", GaugeLine("", "-0.5", "g", False)),
        ("balance", b"OL,GS,+999999kg", GaugeLine("", "999999", "kg", False)),
        ("plain", b"12.50 mm", GaugeLine("", "12.50", "mm", True)),
        ("plain", b"  7", GaugeLine("", "7", "", True)),
        ("plain", b"-3,14", GaugeLine("", "-3.14", "", True)),
    ],
)
def test_a_line_is_read_with_every_digit(protocol: str, line: bytes, reading: GaugeLine) -> None:
    assert parse(line, COMPILED[protocol]) == reading


@pytest.mark.parametrize(
    ("protocol", "line"),
    [
        ("digimatic", b"911"),  # what the box sends when no gauge is plugged in
        ("digimatic", b"01A+00012.34501A+00012.345"),
        ("digimatic", b"01B+00012.345"),
        ("digimatic", b""),
        ("balance", b"ST,GS,+  kg"),
        ("plain", b"12.5.0"),
        ("plain", b"Error 4"),
        ("plain", "١٢".encode()),
        ("plain", b"1" * (LONGEST_LINE + 1)),
    ],
)
def test_what_is_no_reading_is_refused_with_the_line(protocol: str, line: bytes) -> None:
    with pytest.raises(BadAnswer) as refused:
        parse(line, COMPILED[protocol])
    assert refused.value.code == "gauge.line"
    assert len(str(refused.value.details["line"])) <= 4 * LONGEST_LINE


def test_a_protocol_of_the_sites_own_may_mark_what_stands_still() -> None:
    pattern = re.compile(r"(?P<value>\d+)(?P<stable>S)?")
    assert [parse(line, pattern).stable for line in (b"12S", b"12")] == [True, False]


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**6), max_value=10**6), st.integers(0, 4)
)
def test_a_number_keeps_its_digits_and_is_spelled_as_events_spell_it(number: object, zeros: int) -> None:
    text = f"{number:+f}"
    assert exact(text[0] + "0" * zeros + text[1:]) == text.lstrip("+")


@given(st.sampled_from(sorted(COMPILED)), st.binary(max_size=200))
def test_whatever_comes_is_a_reading_or_refused(protocol: str, line: bytes) -> None:
    try:
        found = parse(line, COMPILED[protocol])
    except BadAnswer as refused:
        assert refused.code == "gauge.line"
    else:
        assert DECIMAL.fullmatch(found.value)
