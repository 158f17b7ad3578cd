"""Identities have one spelling, are bound to their keys, and are short enough to compare by eye."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import ids
from common.ids import Claim

KEY = bytes(range(32))


@given(st.binary(max_size=80))
def test_bytes_have_one_spelling(raw):
    text = ids.b64(raw)
    assert re.fullmatch(r"[A-Za-z0-9_-]*", text)
    assert ids.unb64(text) == raw


@given(st.text(max_size=40))
def test_any_other_spelling_is_refused(text):
    try:
        raw = ids.unb64(text)
    except ValueError:
        return
    assert ids.b64(raw) == text


@pytest.mark.parametrize("text", ["AB", "AA==", "A", "A A", "AA\n", "+/8", "电"])
def test_padding_spaces_and_spare_bits_are_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        ids.unb64(text)


def test_log_and_site_ids_come_from_the_key_and_are_not_each_other():
    assert re.fullmatch(r"[a-z2-7]{26}", ids.log_id(KEY))
    assert re.fullmatch(r"[a-z2-7]{8}", ids.site_id(KEY))
    assert not ids.log_id(KEY).startswith(ids.site_id(KEY))
    assert ids.log_id(KEY) != ids.log_id(KEY[::-1])


def test_event_ids_and_tags_come_apart_again():
    log = ids.log_id(KEY)
    event = ids.event_id(log, KEY)
    assert ids.split_event_id(event) == (log, KEY)
    assert ids.tag(event, 3) == f"{event}#3"
    assert ids.tag_event(ids.tag(event, 3)) == event


@pytest.mark.parametrize("text", ["", "x", "a.b", "a" * 26, "a" * 26 + ".AA", "a" * 25 + "." + "A" * 43])
def test_what_is_no_event_id_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        ids.split_event_id(text)


def test_six_words_can_be_read_aloud_and_differ_by_how_the_parts_are_cut():
    words = ids.six_words(b"site", KEY)
    word = r"[bdfghjklmnprstvz]([aiou][bdfghjklmnprstvz]){2}"
    assert re.fullmatch(rf"{word}( {word}){{5}}", words)
    assert len({words, ids.six_words(b"sit", b"e" + KEY), ids.six_words(KEY, b"site"), ids.six_words(b"site")}) == 4


@given(st.integers(0, 2**16 - 1), st.integers(0, 2**16 - 1))
def test_words_are_of_sixteen_bits_each(one, other):
    assert (ids._word(one) == ids._word(other)) == (one == other)


@pytest.mark.parametrize(
    ("scheme", "kind"),
    [
        ("gs1:sgtin", "unit"),
        ("gs1:lgtin", "lot"),
        ("gs1:sscc", "container"),
        ("gs1:grai", "container"),
        ("gs1:giai", "equipment"),
        ("gs1:sgln", "location"),
        ("gs1:gdti", "document"),
        ("gs1:itip", "unit"),
        ("gs1:cpi", "unit"),
        ("gs1:upui", "unit"),
        ("gauge@k3f9x2ma", "gauge"),
        ("tool@k3f9x2ma", "tool"),
        ("unit@k3f9x2ma", "unit"),
        ("lot@k3f9x2ma", "lot"),
        ("container@k3f9x2ma", "container"),
        ("order@k3f9x2ma", "order"),
        ("badge@k3f9x2ma", "other"),
        ("gs1:gsin", "other"),
        ("", "other"),
    ],
)
def test_a_scheme_says_what_kind_of_thing_it_is(scheme, kind):
    assert ids.kind_of(Claim(scheme, "x")) == kind
