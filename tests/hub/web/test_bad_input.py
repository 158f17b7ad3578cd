"""Bad input at a running hub, over real TLS: each has its code, nothing is lost, and the hub goes on.

After each test an honest station still gets its receipt, and at the end the hub stops in order, with no traceback.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from urllib.parse import quote

import msgspec
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from common import event_types as b
from common.ids import b64
from common.signedlog import batch, merkle, note
from common.signedlog import session as s
from hub.db import reads
from station.hublink.http import RefusedByHub
from tests.support.factory import Author, done, unit
from tests.support.hub import LINE, carried_on, together
from tests.support.hub_process import Caller, HubProcess, said_no, speak

pytestmark = pytest.mark.usefixtures("well")
MOTOR = b.Commission(material="motor")
U = unit("M-1")


def shelf(hub: HubProcess, log: str) -> list[tuple[str, int]]:
    """(code, bytes) of what is set aside of a log."""
    with hub.reading() as conn:
        return [(row.code, row.size) for row in reads.aside(conn) if row.log == log]


def size(hub: HubProcess, author: Author) -> int:
    return len(hub.raws(author))


# Bad batches ----------------------------------------------------------------------------------------------------------
def bomb(content_size: bool) -> bytes:
    """64 MiB of zeroes in a few kilobytes; whether it says so."""
    made = zstandard.ZstdCompressor(level=1, write_content_size=content_size).compressobj(
        size=(1 << 26) if content_size else -1
    )
    return b"".join([*(made.compress(bytes(1 << 20)) for _ in range(64)), made.flush()])


def wide_window() -> bytes:
    """A small frame that asks its reader for a window of a gigabyte (RFC 8878 section 3.1.1.1.2)."""
    return b"\x28\xb5\x2f\xfd" + bytes([0x80 | 0x00, 0xA0]) + (100).to_bytes(4, "little") + b"\x01\x00\x00"


def forged(author: Author) -> bytes:
    """A batch of this log, signed by another key under its name."""
    other = Author(200)
    good = batch.decode(author.batch())
    line = note.sign(note.Checkpoint(other.log, author.size, merkle.root(author.leaves())), other.key)
    text = line.replace(other.log, author.log)
    return batch.encode(batch.Batch(0, good.events, text))


def raw_of(author: Author) -> bytes:
    return batch.pack(batch.decode(author.batch()))


def batch_of(raw: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_content_size=True).compress(raw)


def with_header(header: bytes) -> Callable[[Author], bytes]:
    return lambda author: batch_of(header + b"\n" + raw_of(author).partition(b"\n")[2])


BAD_BATCHES: dict[str, tuple[Callable[[Author], bytes], tuple[int, str]]] = {
    "nothing": (lambda author: b"", (400, "batch.compression")),
    "rubbish": (lambda author: b"\0\xff rubbish " * 30, (400, "batch.compression")),
    "truncated": (lambda author: author.batch()[:-5], (400, "batch.compression")),
    "with something behind it": (lambda author: author.batch() + b"x", (400, "batch.compression")),
    "a truncated note": (lambda author: batch_of(raw_of(author)[:-40]), (400, "note.malformed")),
    "truncated inside": (lambda author: batch_of(raw_of(author)[:60]), (400, "batch.truncated")),
    "a bomb": (lambda author: bomb(True), (400, "batch.oversized")),
    "a bomb that keeps its size to itself": (lambda author: bomb(False), (400, "batch.compression")),
    "a frame that wants much memory": (lambda author: wide_window(), (400, "batch.compression")),
    "too large": (lambda author: bytes(batch.MAX_BODY + 1), (413, "http.oversized")),
    "much too large": (lambda author: bytes(8 << 20), (413, "http.oversized")),
    "no header": (with_header(b"[]"), (400, "batch.header")),
    "a header of another time": (with_header(b'{"from":0,"proto":2,"to":2}'), (400, "batch.proto")),
    "a header that counts wrongly": (with_header(b'{"from":0,"proto":1,"to":1}'), (400, "note.malformed")),
    "a header that counts backwards": (with_header(b'{"from":5,"proto":1,"to":2}'), (400, "batch.count")),
    "a header that counts to the moon": (with_header(b'{"from":0,"proto":1,"to":900719925474}'), (400, "batch.count")),
    "a wrong signature": (forged, (400, "note.signature")),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD_BATCHES)
def test_a_bad_batch_is_refused_with_its_code_and_nothing_of_it_is_kept(
    served: HubProcess, station: Caller, what: str
) -> None:
    make, expected = BAD_BATCHES[what]
    station.author.say(MOTOR, U)
    station.author.say(done("press"), U)
    assert said_no(station.post, make(station.author)) == expected
    assert (size(served, station.author), shelf(served, station.author.log)) == (0, [])
    assert station.send().kind == "accepted"


def test_a_batch_at_the_address_of_another_log_is_refused(served: HubProcess, station: Caller, honest: Caller) -> None:
    station.author.say(MOTOR, U)
    assert said_no(station.post, station.author.batch(), honest.author.log) == (400, "batch.log")
    assert size(served, station.author) == 0


def test_a_replayed_batch_is_confirmed_again_and_kept_once(served: HubProcess, station: Caller) -> None:
    station.author.say(MOTOR, U)
    assert station.send().kind == "accepted"
    again = together(*(lambda: station.post(station.author.batch()) for _ in range(4)))
    assert {(said.kind, said.size, bool(said.receipt)) for said in again} == {("duplicate", 1, True)}
    assert served.raws(station.author) == station.author.raws


def test_batches_in_any_order_end_as_the_log_that_was_written(served: HubProcess, station: Caller) -> None:
    """What comes too early is asked for again, from where the hub stands."""
    for n in range(9):
        station.author.say(MOTOR, unit(f"{station.author.station}-{n}"))
    assert [(said.kind, said.want) for said in (station.send(6, 9), station.send(3, 6))] == [("gap", 0), ("gap", 0)]
    assert station.send(0, 4).kind == "accepted"
    assert (station.send(6, 9).want, station.send(2, 9).kind) == (4, "accepted")
    assert station.send(0, 9).kind == "duplicate"
    assert served.raws(station.author) == station.author.raws


def test_bytes_that_were_changed_on_the_way_are_asked_for_again(served: HubProcess, station: Caller) -> None:
    """The signature is good and the root does not come out: no fork, no loss."""
    station.author.say(MOTOR, U)
    good = batch.decode(station.author.batch())
    bent = bytearray(good.events[0])
    bent[-3] ^= 1
    said = station.post(batch.encode(batch.Batch(0, (bytes(bent),), good.note)))
    assert (said.kind, said.receipt, said.want) == ("resend", "", 0)
    assert (size(served, station.author), shelf(served, station.author.log)) == (0, [])
    assert station.send().kind == "accepted"


def test_an_event_that_is_none_is_set_aside_with_its_bytes(served: HubProcess, newcomer: Callable[..., Author]) -> None:
    bad = {
        b'{"t": "bind"}': "event.canonical",
        b"\xff": "event.json",
        b"[" * 3_000: "event.depth",
        b'{"a":1.5}': "event.float",
        b"{}": "event.envelope",
    }
    for raw, code in bad.items():
        caller = served.join(newcomer(f"st-{code[6:]}"))
        caller.author.write(raw)
        said = caller.send()
        assert (said.kind, said.code, said.receipt) == ("aside", code, ""), raw[:9]
        assert shelf(served, caller.author.log) == [(code, len(caller.author.batch()))]
        assert size(served, caller.author) == 0


def test_what_a_stranger_sends_is_kept_and_counts_when_somebody_trusts_it(served: HubProcess, stranger: Caller) -> None:
    stranger.author.say(MOTOR, U)
    for _ in range(3):
        said = stranger.send()
        assert (said.kind, said.code, said.receipt) == ("aside", "aside.unknown_log", "")
    assert [code for code, _ in shelf(served, stranger.author.log)] == ["aside.unknown_log"], "once, however often"
    joined = served.join(stranger.author)
    assert (size(served, stranger.author), shelf(served, stranger.author.log)) == (1, [])
    assert joined.send().kind == "duplicate"


def test_what_a_revoked_key_sends_is_kept_aside(served: HubProcess, revoked: Caller) -> None:
    revoked.author.say(MOTOR, U)
    said = revoked.send()
    assert (said.kind, said.code, said.receipt) == ("aside", "aside.revoked", "")
    assert [code for code, _ in shelf(served, revoked.author.log)] == ["aside.revoked"]


def test_two_histories_under_one_key_are_both_kept(served: HubProcess, station: Caller) -> None:
    station.author.say(MOTOR, U)
    clone = station.author.clone(0)
    clone.say(b.Scrap(reason="another history"), U)
    assert station.send().kind == "accepted"
    said = station.post(clone.batch())
    assert (said.kind, bool(said.receipt)) == ("forked", True)
    assert served.raws(station.author) == station.author.raws


def test_a_new_incarnation_asks_over_the_wire(
    served: HubProcess, station: Caller, newcomer: Callable[..., Author]
) -> None:
    name = station.author.station
    new = newcomer(name)
    said = served.wire().ask("/v1/enrol", carried_on(new, station.author), s.Enrolled)
    assert (said.state, said.line) == ("waiting", LINE)
    assert said_no(served.wire().ask, "/v1/enrol", carried_on(new, newcomer(name)), s.Enrolled) == (403, "enrol.parent")


# Bad JSON -------------------------------------------------------------------------------------------------------------
LOG, ROOT = b"a" * 26, b"A" * 43
BAD_JSON = {
    "nothing": b"",
    "not JSON": b"<html>",
    "two values": b"{}{}",
    "half of it": b'{"log":"a',
    "another shape": b'["log"]',
    "wrong types": b'{"log":1,"token":[],"heads":"x","have":3,"station":null,"pub":{},"challenge":false,"signature":9}',
    "too large a number": b'{"have":[{"log":"' + LOG + b'","size":9007199254740993,"root":"' + ROOT + b'"}]}',
    "negative": b'{"have":[{"log":"' + LOG + b'","size":-1,"root":"' + ROOT + b'"}]}',
    "not UTF-8": b'{"log":"\xff\xfe","token":"","heads":[]}',
    "half a surrogate": b'{"log":"\\ud800","token":"","heads":[],"have":7,"station":7,"challenge":7}',
    "deep": b"[" * 60_000,
    "deep in a field": b'{"log":' + b"[" * 60_000,
    "deep in an unknown field": b'{"else":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
}  # fmt: skip


@pytest.mark.parametrize("what", BAD_JSON)
@pytest.mark.parametrize("path", ["/v1/enrol", "/v1/hello", "/v1/hello/answer", "/v1/pull"])
def test_what_is_not_the_json_that_an_address_takes_is_refused(honest: Caller, path: str, what: str) -> None:
    status, code = said_no(honest.wire.post, path, BAD_JSON[what], "application/json")
    assert (status, code) == (400, "http.json")


@pytest.mark.parametrize("path", ["/v1/enrol", "/v1/hello", "/v1/hello/answer", "/v1/pull"])
def test_a_request_that_is_too_long_is_read_no_further(honest: Caller, path: str) -> None:
    huge = b'{"log":"' + b"a" * (5 << 20) + b'"}'
    assert said_no(honest.wire.post, path, huge, "application/json") == (413, "http.oversized")


def test_a_length_that_is_not_told_is_counted(served: HubProcess) -> None:
    """A chunked body without end."""
    chunks = (b"x" * 65_536 for _ in range(100_000))
    try:
        status, said = speak(served, "POST", "/v1/hello", chunks, {"Transfer-Encoding": "chunked"})
    except (ConnectionError, ssl.SSLError):  # it hung up while we were still sending
        return
    assert (status, said["code"]) == (413, "http.oversized")


def test_every_refusal_says_its_code_and_a_sentence(served: HubProcess) -> None:
    status, said = speak(served, "POST", "/v1/hello", b"<html>")
    assert (status, said["code"]) == (400, "http.json")
    assert set(said) == {"code", "details", "text"}
    assert len(said["text"]) > 20


# What is no request at all --------------------------------------------------------------------------------------------
HANDSHAKE = b"\x16\x03\x01\xff\xff"


@pytest.mark.parametrize("garbage", [b"", b"\0" * 500, b"GET / HTTP/1.1\r\n\r\n", HANDSHAKE + b"\xee" * 900])
def test_garbage_at_the_tls_port_bothers_nobody(served: HubProcess, garbage: bytes) -> None:
    with socket.create_connection((served.host, 8443), 10) as raw:
        raw.sendall(garbage)
        raw.shutdown(socket.SHUT_WR)
        while raw.recv(4096):
            pass


NOT_HTTP = (
    b"\0" * 900 + b"\r\n\r\n",
    b"POST /v1/hello HTTP/9.9\r\n\r\n",
    b"X" * 200_000,
    b"GET /v1/hello\r\n\r\n",
    b"POST /v1/hello HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    b"POST /v1/pull HTTP/1.1\r\nTransfer-Encoding: x\r\n\r\nzz",
)


@pytest.mark.parametrize("garbage", NOT_HTTP)
def test_garbage_inside_tls_bothers_nobody(served: HubProcess, garbage: bytes) -> None:
    with tls(served) as link:
        try:
            link.sendall(garbage)
            said = link.recv(4096)
        except (ConnectionError, ssl.SSLError):
            return
    assert said == b"" or said.startswith(b"HTTP/1.1 4")


def test_a_cable_that_is_cut_in_the_middle_of_an_upload_loses_nothing(served: HubProcess, station: Caller) -> None:
    station.author.say(MOTOR, U)
    body = station.author.batch()
    request = f"POST /v1/logs/{station.author.log} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    for sent in (0, 1, len(body) - 1):
        with tls(served) as link:
            link.sendall(request.encode() + body[:sent])
    assert size(served, station.author) == 0
    assert station.send().kind == "accepted"


def tls(hub: HubProcess) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection((hub.host, 8443), 10))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/v1/nothing", 404), ("GET", "/v1/hello", 405), ("PUT", "/v1/pull", 405),
     ("POST", "/v1/logs/%2e%2e/%2e%2e", 404), ("POST", "/v1/logs/a/b", 404), ("GET", "/docs", 404),
     ("GET", "/openapi.json", 404)],
)  # fmt: skip
def test_addresses_that_do_not_exist_say_so(served: HubProcess, method: str, path: str, status: int) -> None:
    assert speak(served, method, path)[0] == status


# Anything at all ------------------------------------------------------------------------------------------------------
KNOWN = ["a" * 26, "A" * 43, Author(1).log, b64(Author(1).pub), "st-10", "", "\0", "é", "\ud7ff", "line-1"]
WORDS = st.one_of(st.text(max_size=40), st.sampled_from(KNOWN))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=6,
)
HEADS = st.lists(st.fixed_dictionaries({"log": WORDS, "size": VALUES, "root": WORDS}), max_size=3)
FIELDS = {
    "log": WORDS, "token": WORDS, "heads": HEADS, "have": HEADS, "proto": st.lists(st.integers(-9, 2**65), max_size=3),
    "challenge": WORDS, "signature": WORDS, "station": WORDS, "pub": WORDS, "proof": WORDS, "reason": WORDS,
    "parent": st.one_of(st.none(), st.fixed_dictionaries({"log": WORDS, "size": VALUES, "root": WORDS})),
}  # fmt: skip
MESSAGES = st.fixed_dictionaries({}, optional={name: st.one_of(good, VALUES) for name, good in FIELDS.items()})
PATHS = st.sampled_from(["/v1/enrol", "/v1/hello", "/v1/hello/answer", "/v1/pull"])


def as_json(value: object) -> bytes:
    try:
        return msgspec.json.encode(value)
    except (ValueError, OverflowError):
        return repr(value).encode("utf-8", "replace")


@settings(max_examples=150)
@given(path=PATHS, message=MESSAGES)
def test_no_message_makes_the_hub_fail(honest: Caller, path: str, message: dict[str, object]) -> None:
    """Whatever it is, it is answered or refused: never by a 5xx, which the station's wire reports as hub.failed."""
    try:
        honest.wire.post(path, as_json(message), "application/json")
    except RefusedByHub as e:
        assert 400 <= e.status < 500


@settings(max_examples=100)
@given(data=st.data())
def test_no_batch_makes_the_hub_fail(honest: Caller, data: st.DataObject) -> None:
    """Good ones with bytes changed, left out and put in, before and after compression."""
    author = Author(1, "st-10")
    author.say(MOTOR, unit("H-0"))
    raw = bytearray(batch.pack(batch.decode(author.batch())))
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    body = batch_of(bytes(raw))
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(body) - 1))
        body = body[:at] + data.draw(st.binary(max_size=3)) + body[at + 1 :]
    try:
        assert honest.post(body).kind in ("accepted", "duplicate", "forked", "aside", "gap", "resend")
    except RefusedByHub as e:
        assert 400 <= e.status < 500


@settings(max_examples=60)
@given(size=st.one_of(st.integers(-(2**65), 2**65), WORDS), name=WORDS)
def test_no_question_makes_the_hub_fail(honest: Caller, size: int | str, name: str) -> None:
    try:
        honest.wire.get(f"/v1/logs/{quote(name, safe='')}/root?size={quote(str(size), safe='')}", b.Head)
    except RefusedByHub as e:
        assert 400 <= e.status < 500
