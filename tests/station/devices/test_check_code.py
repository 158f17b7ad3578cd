"""The check code says what is wrong with a scanner's settings, and nothing when they are right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.text import LANGUAGES, say
from station.devices.check_code import CHECK, flaws
from station.devices.hid_keys import HidKeys
from station.devices.simulated.keyboard import Typist

PLAIN = CHECK.replace(b"\x1d", b"")
GERMAN = CHECK.translate(bytes.maketrans(b"YZyz", b"ZYzy")).replace(b"-", b"/").replace(b":", b">")
FRENCH = CHECK.translate(bytes.maketrans(b"QWAZqwazm", b"AZQWazqw;"))


def test_a_scanner_that_types_it_as_it_is_printed_is_right() -> None:
    (came,) = HidKeys().feed(Typist().scan(CHECK.decode()), 0)
    assert isinstance(came, bytes)
    assert flaws(came) == ()


@pytest.mark.parametrize(
    ("came", "found"),
    [
        (PLAIN, ("check.gs",)),
        (CHECK.swapcase(), ("check.caps",)),
        (CHECK.upper(), ("check.caps",)),
        (CHECK.lower(), ("check.caps",)),
        (GERMAN, ("check.german",)),
        (FRENCH, ("check.french",)),
        (GERMAN.swapcase(), ("check.caps", "check.german")),
        (CHECK.replace(b"@", b"2"), ("check.country",)),
        (CHECK[:-3], ("check.cut",)),
        (b"S" + CHECK, ("check.cut",)),
        (b"", ("check.gs", "check.cut")),
        (PLAIN.replace(b"YZ", b"ZY"), ("check.gs", "check.country")),
    ],
)
def test_each_fault_has_its_name(came: bytes, found: tuple[str, ...]) -> None:
    assert flaws(came) == found
    for language in LANGUAGES:
        assert not [code for code in found if say(language, code, {}).startswith(code)]


@given(st.binary(max_size=60))
def test_only_the_check_code_itself_is_without_a_flaw(came: bytes) -> None:
    assert bool(flaws(came)) == (came != CHECK) or came.replace(b"\x1d", b"") == PLAIN


@pytest.mark.parametrize("identifier", [b"]d1", b"]Q1", b"]C0"])
def test_a_scanner_that_sends_the_identifier_as_the_sheet_says_is_right(identifier: bytes) -> None:
    assert flaws(identifier + CHECK) == ()
    assert flaws(identifier + CHECK.swapcase()) == ("check.caps",)
    assert flaws(b"+" + identifier + CHECK) == ("check.cut",)
