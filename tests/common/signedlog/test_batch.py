import contextlib
import itertools
import random
import tracemalloc

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import BadBatch, BadInput
from common.signedlog import batch as wire
from common.signedlog import merkle, note
from common.signedlog.batch import Batch

bodies = st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=40)


def code_of(call, *args):
    with pytest.raises(BadBatch) as caught:
        call(*args)
    return caught.value.code


def framed(raw: bytes, **options) -> bytes:
    return zstandard.ZstdCompressor(**options).compress(raw)


@pytest.fixture(scope="module")
def raw(station, events):
    return wire.pack(station.batch(40, events))


def test_a_batch_is_laid_out_as_documented(raw, station, events):
    batch = station.batch(40, events)
    framed_events = b"".join(len(event).to_bytes(2, "big") + event for event in events[40:])
    assert raw == b'{"from":40,"proto":1,"to":100}\n' + framed_events + batch.note.encode()


@given(bodies, st.data())
def test_a_batch_comes_back(station, events, data):
    start = data.draw(st.integers(0, len(events) - 1))
    batch = station.batch(start, tuple(events))
    assert wire.decode(wire.encode(batch)) == batch
    assert (batch.start, batch.stop, batch.checkpoint) == (start, len(events), station.head(tuple(events)))


def test_a_body_states_its_size_and_says_nothing_else(station, events):
    body = wire.encode(station.batch(0, events))
    frame = zstandard.get_frame_parameters(body)
    assert (frame.content_size, frame.dict_id) == (len(wire.pack(station.batch(0, events))), 0)


def test_the_events_of_a_batch_give_the_root_it_signs(station, events):
    held = merkle.EMPTY.extend(map(merkle.leaf_hash, events[:40]))
    batch = wire.decode(wire.encode(station.batch(40, events)))
    assert held.extend(map(merkle.leaf_hash, batch.events)).root() == batch.checkpoint.root


def test_a_bomb_is_refused_without_being_inflated():
    bomb = framed(bytes(100 << 20))
    assert len(bomb) < 10_000
    tracemalloc.start()
    assert code_of(wire.decode, bomb) == "batch.oversized"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < wire.MAX_RAW


def test_a_bomb_that_lies_about_its_size_is_refused_within_the_size_it_states():
    bomb = bytearray(framed(bytes(100 << 20)))
    frame = zstandard.get_frame_parameters(bytes(bomb))
    at = bytes(bomb).index(frame.content_size.to_bytes(4, "little"))
    bomb[at : at + 4] = (1000).to_bytes(4, "little")
    tracemalloc.start()
    assert code_of(wire.decode, bytes(bomb)) == "batch.compression"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < wire.MAX_RAW


def test_a_bomb_that_states_no_size_is_refused():
    compressor = zstandard.ZstdCompressor(write_content_size=False)
    assert code_of(wire.decode, compressor.compress(bytes(10 << 20))) == "batch.compression"


def test_a_frame_that_wants_a_huge_window_is_refused():
    options = zstandard.ZstdCompressionParameters.from_level(3, window_log=27, write_content_size=False)
    stream = zstandard.ZstdCompressor(compression_params=options).compressobj()
    assert code_of(wire.decode, stream.compress(b"x") + stream.flush()) == "batch.compression"
    # a sound frame (RFC 8878 section 3.1.1): magic, "a 2-byte size follows", window 2^27, size 256, one raw block
    frame = bytes.fromhex("28b52ffd 40 88 0000") + (256 << 3 | 1).to_bytes(3, "little") + bytes(256)
    assert code_of(wire.decode, frame) == "batch.compression"
    assert code_of(wire.decode, frame.replace(b"\x88", b"\x68")) == "batch.header"


def test_a_frame_that_wants_a_dictionary_is_refused(raw):
    dictionary = zstandard.ZstdCompressionDict(b"commission serial " * 40, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    body = framed(raw, dict_data=dictionary)
    assert code_of(wire.decode, body) == "batch.compression"
    with_id = bytes.fromhex("28b52ffd21070501000068656c6c6f")
    assert zstandard.get_frame_parameters(with_id).dict_id == 7
    assert code_of(wire.decode, with_id) == "batch.compression"


def test_only_one_frame_and_nothing_behind_it_is_a_body(station, events):
    body = wire.encode(station.batch(0, events))
    skippable = bytes.fromhex("502a4d18020000007a7a")
    for odd in (body + b"x", body + body, body + skippable, skippable + body, skippable, body[:-1], b"", b"junk"):
        assert code_of(wire.decode, odd) == "batch.compression"


def test_a_body_beyond_the_limit_is_not_even_looked_at():
    assert code_of(wire.decode, bytes(wire.MAX_BODY + 1)) == "batch.oversized"


def test_the_largest_raw_fits_in_the_largest_body():
    incompressible = random.Random(1).randbytes(wire.MAX_RAW)
    assert len(framed(incompressible, level=3)) <= wire.MAX_BODY


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (b'{"from":40,"to":100,"proto":1}', "batch.header"),
        (b'{"from":40, "proto":1,"to":100}', "batch.header"),
        (b'{"from":40,"from":40,"proto":1,"to":100}', "batch.header"),
        (b'{"from":40,"proto":1,"to":100,"z":0}', "batch.header"),
        (b'{"from":40,"proto":1}', "batch.header"),
        (b'{"from":"40","proto":1,"to":100}', "batch.header"),
        (b'{"from":4e1,"proto":1,"to":100}', "batch.header"),
        (b'{"from":true,"proto":1,"to":100}', "batch.header"),
        (b'{"from":40,"proto":1,"to":100}\r', "batch.header"),
        (b'{"from":40,"proto":"\xff","to":100}', "batch.header"),
        (b'{"from":40,"\xff":1,"proto":1,"to":100}', "batch.header"),
        (b"[40,100]", "batch.header"),
        (b"[" * 120, "batch.header"),
        (b" " * 4000, "batch.header"),
        (b"", "batch.header"),
        (b'{"from":40,"proto":2,"to":100}', "batch.proto"),
        (b'{"a_field_of_the_future":[],"proto":2}', "batch.proto"),
        (b'{"from":100,"proto":1,"to":100}', "batch.count"),
        (b'{"from":-1,"proto":1,"to":100}', "batch.count"),
        (b'{"from":100,"proto":1,"to":40}', "batch.count"),
        (b'{"from":0,"proto":1,"to":4097}', "batch.count"),
        (b'{"from":0,"proto":1,"to":99999999999999999999}', "batch.count"),
        (b'{"from":40,"proto":1,"to":4136}', "batch.truncated"),
        (b'{"from":41,"proto":1,"to":101}', "batch.note"),
    ],
)
def test_a_header_is_canonical_known_and_within_limits(raw, header, code):
    assert code_of(wire.unpack, header + raw[raw.index(b"\n") :]) == code


def test_a_header_without_an_end_is_refused():
    assert code_of(wire.unpack, b'{"from":0,"proto":1,"to":1}') == "batch.truncated"
    assert code_of(wire.unpack, b"") == "batch.header"


def test_every_truncation_is_refused(raw):
    head, tail = raw.index(b"\n"), raw.index(b"headwater.log/")
    for stop in range(len(raw)):
        code = "batch.header" if stop < head else "batch.truncated" if stop < tail else "note.malformed"
        assert code_of(wire.unpack, raw[:stop]) == code


def test_an_event_without_bytes_is_refused(station, events):
    signed = note.sign(station.head(events[:1]), station.key).encode()
    assert code_of(wire.unpack, b'{"from":0,"proto":1,"to":1}\n\x00\x00' + signed) == "batch.event"


def test_a_note_of_another_size_is_refused(station, events):
    signed = note.sign(station.head(events[:2]), station.key).encode()
    assert code_of(wire.unpack, b'{"from":0,"proto":1,"to":1}\n\x00\x01e' + signed) == "batch.note"


def test_bytes_between_events_and_note_are_refused(raw, station, events):
    signed = station.batch(40, events).note.encode()
    assert code_of(wire.unpack, raw.removesuffix(signed) + b"\n" + signed) == "note.malformed"


def test_the_limits_are_those_of_the_protocol(station):
    many = tuple([b"e"] * wire.MAX_EVENTS)
    assert wire.decode(wire.encode(station.batch(0, many))).stop == 4096
    long = (bytes(wire.MAX_EVENT),)
    assert wire.decode(wire.encode(station.batch(0, long))).events == long


def test_a_batch_that_breaks_a_limit_is_not_written(station, events):
    signed = station.batch(40, events)
    for odd in (
        station.batch(0, tuple([b"e"] * (wire.MAX_EVENTS + 1))),
        station.batch(0, (bytes(wire.MAX_EVENT + 1),)),
        station.batch(0, tuple([bytes(60_000)] * 20)),
        station.batch(0, (b"e", b"")),
        station.batch(100, events),
        Batch(39, signed.events, signed.note),
        Batch(-1, (b"e",), note.sign(station.head(()), station.key)),
    ):
        with pytest.raises(ValueError, match=r"batch|note"):
            wire.encode(odd)


def test_a_raw_beyond_the_limit_is_refused(station):
    events = tuple([bytes(60_000)] * 20)
    framed_events = b"".join(len(event).to_bytes(2, "big") + event for event in events)
    raw = b'{"from":0,"proto":1,"to":20}\n' + framed_events + station.batch(0, events).note.encode()
    assert code_of(wire.unpack, raw) == "batch.oversized"
    assert code_of(wire.decode, framed(raw)) == "batch.oversized"


@settings(max_examples=10)
@given(st.integers(0, 2**32))
def test_what_split_allows_always_fits_and_one_more_may_not(station, seed):
    rng = random.Random(seed)
    sizes = rng.choices(rng.choice([(1, 10), (10, 1000), (1, wire.MAX_EVENT)]), k=5000)
    count = wire.split(sizes)
    assert 1 <= count <= wire.MAX_EVENTS
    events = tuple(map(bytes, sizes[:count]))
    junk = note.SignatureLine("x" * 100, b"1234", bytes(100)).text()
    full = Batch(0, events, station.batch(0, events).note + junk * 15)
    assert note.MAX_NOTE - 300 < len(full.note.encode()) <= note.MAX_NOTE
    assert len(wire.pack(full)) <= wire.MAX_RAW
    more = sizes[: count + 1]
    assert count == wire.MAX_EVENTS or sum(more) + 2 * len(more) > wire.MAX_RAW - note.MAX_NOTE - 128


def test_split_counts_nothing_and_few_and_many():
    assert [wire.split([]), wire.split([5]), wire.split([5] * 4096), wire.split([5] * 4097)] == [0, 1, 4096, 4096]
    assert wire.split([65_535] * 100) == 15


def accepted(raw: bytes, station) -> bool:
    """What every acceptor does with a log's first batch: format, signature, root."""
    batch = wire.unpack(raw)
    head = note.open_note(batch.note, station.pub)
    return batch.start == 0 and merkle.root(map(merkle.leaf_hash, batch.events)) == head.root


def test_a_flipped_bit_is_never_accepted(station, events, flipped):
    raw = wire.pack(station.batch(0, events[:4]))
    assert accepted(raw, station)
    for bit in range(len(raw) * 8):
        with contextlib.suppress(BadInput):
            assert not accepted(flipped(raw, bit), station)


def test_a_flipped_bit_in_a_body_is_refused_or_changes_nothing_that_is_accepted(station, events, flipped):
    batch = station.batch(0, events[:4])
    body = wire.encode(batch)
    for bit in range(len(body) * 8):
        try:
            other = wire.decode(flipped(body, bit))
            assert other == batch or not accepted(wire.pack(other), station)
        except BadInput:
            pass


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_raise_only_bad_input(raw):
    for call, data in itertools.product((wire.decode, wire.unpack), (raw, framed(raw), b"\x28\xb5\x2f\xfd" + raw)):
        with contextlib.suppress(BadInput):
            call(data)


@settings(max_examples=200)
@given(st.binary(max_size=200), st.integers(0, 5), st.integers(1, 5))
def test_arbitrary_bytes_behind_a_good_header_raise_only_bad_input(rest, start, count):
    header = b'{"from":%d,"proto":1,"to":%d}\n' % (start, start + count)
    with contextlib.suppress(BadInput):
        wire.unpack(header + rest)
