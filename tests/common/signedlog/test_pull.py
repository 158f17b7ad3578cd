import contextlib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import BadBatch, BadInput
from common.signedlog import pull
from common.signedlog.pull import LogState, PersonRecord, PullHeader

LOG = "abcdefghijklmnopqrstuvwx23"
HEADER = PullHeader(
    logs=(LogState(LOG, 120, 1500), LogState(LOG, 7, None, pruned=3)),
    people=(PersonRecord("p1", "王芳", "B-100"),),
    trust="signed",
    epoch="e1",
)


def code_of(raw: bytes) -> str:
    with pytest.raises(BadBatch) as caught:
        pull.decode_pull(raw)
    return caught.value.code


def headed(head: bytes) -> bytes:
    return len(head).to_bytes(4, "big") + head


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=20))
def test_a_pull_comes_back(bodies):
    assert pull.decode_pull(pull.encode_pull(HEADER, bodies)) == (HEADER, bodies)


def test_a_pull_is_laid_out_as_documented():
    head = msgspec.json.encode(HEADER)
    raw = len(head).to_bytes(4, "big") + head + b"\x00\x00\x00\x02ab\x00\x00\x00\x01c"
    assert pull.encode_pull(HEADER, [b"ab", b"c"]) == raw


def test_what_a_newer_hub_adds_is_ignored():
    fields = msgspec.json.decode(msgspec.json.encode(HEADER)) | {"new": {"deep": [1]}}
    fields["logs"][0]["new"] = True
    assert pull.decode_pull(headed(msgspec.json.encode(fields))) == (HEADER, [])


def test_every_truncation_is_refused_unless_it_ends_between_bodies():
    raw = pull.encode_pull(HEADER, [b"ab", b"c"])
    whole = [stop for stop in range(len(raw)) if stop not in (len(raw) - 5, len(raw) - 11)]
    assert {code_of(raw[:stop]) for stop in whole} == {"pull.truncated"}


def test_an_empty_frame_is_refused():
    assert code_of(pull.encode_pull(HEADER, []) + bytes(4)) == "pull.truncated"
    assert code_of(bytes(4)) == "pull.truncated"
    with pytest.raises(ValueError, match="not a pull"):
        pull.encode_pull(HEADER, [b"a", b""])


def test_a_pull_has_limits():
    assert code_of(bytes(pull.MAX_PULL + 1)) == "pull.oversized"
    crowd = [b"x"] * pull.MAX_BODIES
    raw = pull.encode_pull(HEADER, crowd)
    assert pull.decode_pull(raw)[1] == crowd
    assert code_of(raw + headed(b"x")) == "pull.oversized"
    for many in ([*crowd, b"x"], [bytes(1 << 20)] * 64):
        with pytest.raises(ValueError, match="not a pull"):
            pull.encode_pull(HEADER, many)


@pytest.mark.parametrize(
    "fields",
    [
        {"logs": None},
        {"epoch": 3},
        {"logs": [{"log": LOG + "\n", "size": 1, "age_ms": 1}]},
        {"logs": [{"log": "short", "size": 1, "age_ms": 1}]},
        {"logs": [{"log": LOG, "size": -1, "age_ms": 1}]},
        {"logs": [{"log": LOG, "size": 1 << 53, "age_ms": 1}]},
        {"logs": [{"log": LOG, "size": 1, "age_ms": -1}]},
        {"logs": [{"log": LOG, "size": 1}]},
        {"people": [{"id": "p1"}]},
    ],
)
def test_a_header_that_cannot_be_used_is_refused(fields):
    whole = msgspec.json.decode(msgspec.json.encode(HEADER)) | fields
    assert code_of(headed(msgspec.json.encode(whole))) == "pull.header"


def test_hostile_json_is_a_bad_header_and_no_crash():
    assert code_of(headed(b'{"x":' + b"[" * 200_000)) == "pull.header"
    assert code_of(headed(b'{"logs":[],"people":[],"trust":"\xff","epoch":""}')) == "pull.header"
    assert code_of(headed(b"\xff")) == "pull.header"


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_raise_only_bad_input(raw):
    for data in (raw, headed(raw), headed(msgspec.json.encode(HEADER)) + raw):
        with contextlib.suppress(BadInput):
            pull.decode_pull(data)
