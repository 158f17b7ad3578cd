"""The stations' API of a running hub, over real TLS: what honest stations get, and what everybody else gets.

After each test an honest station still gets its receipt, and at the end the hub stops in order, with no traceback.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from common import bodies as b
from common.errors import HubUnavailable
from common.ids import b64
from common.signedlog import batch, merkle, note
from common.signedlog import session as s
from hub.db import reads
from hub.web.stations_api import PULL_ROOM
from station.wire import Refused
from tests.conftest import Clock
from tests.support.factory import Author, done, unit
from tests.support.hub import (
    LINE,
    Caller,
    HubProcess,
    Office,
    carried_on,
    head,
    hello,
    make_hub,
    size_of,
    speak,
    together,
)

MOTOR = b.Commission(material="motor")
U = unit("M-1")
SEEDS = count(100)
REVOKED = 9


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A running hub that revoked a station before."""
    hub = HubProcess(tmp_path_factory.mktemp("served"))
    make_hub(hub.data, hub.host)
    office = Office(hub.data, Clock.__new__(Clock))
    bad = Author(REVOKED, "st-90")
    office.trust(bad)
    office.publish(b.StationRevoked(log=bad.log, at=0, reason="stolen"))
    office.stop()
    yield hub.run()
    assert hub.stop() == 0, hub.error
    assert "Traceback" not in hub.error, hub.error
    hub.close()


@pytest.fixture(scope="module")
def honest(served: HubProcess) -> Caller:
    return served.join(Author(1, "st-10"))


@pytest.fixture(autouse=True)
def _well(honest: Caller) -> Iterator[None]:
    """Whatever the test did, an honest station goes on."""
    yield
    honest.author.say(MOTOR, unit(f"H-{honest.author.size}"))
    size = honest.author.size
    said = honest.send(size - 1)
    assert (said.kind, said.size, bool(said.receipt)) == ("accepted", size, True)


@pytest.fixture
def station(served: HubProcess) -> Caller:
    """A trusted station of its own, with a session; its workplace is new too."""
    seed = next(SEEDS)
    return served.join(Author(seed, f"st-{seed}"))


@pytest.fixture
def stranger(served: HubProcess) -> Caller:
    """A station that nobody trusted."""
    seed = next(SEEDS)
    return Caller(Author(seed, f"st-{seed}"), served.wire(), served.site)


def said_no(work: Callable[..., object], *arguments: Any) -> tuple[int, str]:
    """(status, code) of the hub's refusal."""
    with pytest.raises(Refused) as caught:
        work(*arguments)
    return caught.value.status, caught.value.code


def shelf(hub: HubProcess, log: str) -> list[tuple[str, int]]:
    """(code, bytes) of what is set aside of a log."""
    with hub.reading() as conn:
        return [(row.code, row.size) for row in reads.aside(conn) if row.log == log]


def size(hub: HubProcess, author: Author) -> int:
    with hub.reading() as conn:
        return size_of(conn, author.log)


# The honest way -------------------------------------------------------------------------------------------------------
def test_what_a_station_sends_is_confirmed_with_the_hubs_signature(served: HubProcess, station: Caller) -> None:
    for n in range(5):
        station.author.say(MOTOR, unit(f"{station.author.station}-{n}"))
    said = station.send()
    trust = served.site.trust
    checkpoint, _ = note.open_receipt(said.receipt, station.author.pub, trust.hub_name, trust.hub_key)
    assert checkpoint == station.author.head()
    assert served.raws(station.author) == station.author.raws


def test_a_station_gets_what_others_of_its_line_wrote_and_the_sites_log(
    served: HubProcess, station: Caller, honest: Caller
) -> None:
    header, bodies = honest.pull(head(honest.author))
    found = {batch.decode(raw).checkpoint.log for raw in bodies}
    states = {state.log: state for state in header.logs}
    assert {served.site.trust.site_log} <= found
    assert set(states) >= {served.site.trust.site_log, station.author.log}
    assert honest.author.log not in states, "its own it has"
    assert states[served.site.trust.site_log].age_ms == 0
    assert (header.trust, header.epoch) == (served.site.trust_note, served.site.epoch)


def test_a_log_counts_as_up_to_date_for_others_once_its_author_said_what_its_head_is(
    station: Caller, honest: Caller
) -> None:
    def age() -> int | None:
        header, _ = honest.pull(head(honest.author))
        return next(state.age_ms for state in header.logs if state.log == station.author.log)

    first = age()
    assert first is not None and first >= 0, "its hello said so"
    station.author.say(MOTOR, U)
    station.send()
    assert age() is None, "there may be more by now"
    station.pull(head(station.author, 0))
    assert age() is None, "that was an old head"
    station.pull(head(station.author))
    assert age() is not None


def test_a_station_never_gets_logs_of_another_line(served: HubProcess, station: Caller) -> None:
    elsewhere = served.join(Author(next(SEEDS), "st-far", "line-2"))
    station.author.say(MOTOR, U)
    station.send()
    order = {"definitions": [], "orders": [["line-1", "WO-1", "motor", "4"]]}
    served.ask("POST", "/v1/definitions", order)
    header, bodies = elsewhere.pull(head(elsewhere.author), head(station.author, 0))
    site = served.site.trust.site_log
    assert [state.log for state in header.logs] == [site]
    assert {batch.decode(raw).checkpoint.log for raw in bodies} == {site}
    inside, _ = station.pull(head(station.author))
    assert elsewhere.author.log not in {state.log for state in inside.logs}
    assert said_no(elsewhere.wire.get, f"/v1/logs/{station.author.log}/root?size=0", b.Head) == (400, "log.unknown")


def test_orders_reach_their_own_line_by_its_own_log(served: HubProcess, station: Caller) -> None:
    served.ask("POST", "/v1/definitions", {"definitions": [], "orders": [["line-1", "WO-2", "motor", "4"]]})
    _, bodies = station.pull(head(station.author))
    assert any(b'"WO-2"' in raw for body in bodies for raw in batch.decode(body).events)


def test_the_root_of_a_station_s_own_log_is_told_at_any_size(served: HubProcess, station: Caller) -> None:
    for n in range(4):
        station.author.say(MOTOR, unit(f"{station.author.station}-{n}"))
    station.send()
    path = f"/v1/logs/{station.author.log}/root?size="
    for n in range(5):
        assert station.wire.get(path + str(n), b.Head) == head(station.author, n)
    for wrong in ("5", "-1", "9" * 30):
        assert said_no(station.wire.get, path + wrong, b.Head) == (400, "log.unknown")
    for wrong in ("", "x", "1.5", "1e3", "%00", "٣x"):
        assert said_no(station.wire.get, path + wrong, b.Head) == (400, "http.json")
    assert said_no(station.wire.get, f"/v1/logs/{'a' * 26}/root?size=0", b.Head) == (400, "log.unknown")
    assert said_no(served.wire().get, path + "0", b.Head) == (401, "session.none")


def test_a_new_station_gets_more_than_one_answer_holds_in_several(served: HubProcess, station: Caller) -> None:
    """Logs that are long already must not keep a new station out for ever."""
    big = [served.join(Author(next(SEEDS), f"st-b{n}", "line-b")) for n in range(2)]
    noise = zstandard_proof()
    for one in big:
        for _ in range(15):
            while one.author.size % 16 or not one.author.size or one.author.size == last(one):
                unknown_event(one.author, next(noise))
            assert one.send(one.author.size - 16).kind == "accepted"
            mark(one)
    new = served.join(Author(next(SEEDS), "st-new", "line-b"))
    have, answers = {one.author.log: 0 for one in big}, 0
    while min(have.values()) < 240:
        _, bodies = new.pull(head(new.author), *(head(one.author, have[one.author.log]) for one in big))
        assert sum(map(len, bodies)) <= PULL_ROOM
        answers += 1
        for found in map(batch.decode, bodies):
            if found.checkpoint.log in have:
                have[found.checkpoint.log] = max(have[found.checkpoint.log], found.stop)
    assert answers == 2


_MARKS: dict[str, int] = {}


def last(one: Caller) -> int:
    return _MARKS.get(one.author.log, 0)


def mark(one: Caller) -> None:
    _MARKS[one.author.log] = one.author.size


def zstandard_proof() -> Iterator[str]:
    """Texts of 64,000 letters that do not compress."""
    import hashlib

    for n in count():
        yield b64(hashlib.shake_256(n.to_bytes(8, "big")).digest(48_000))


def unknown_event(author: Author, text: str) -> None:
    """An event of a type that this release does not know."""
    tree = {
        "at": 1,
        "b": {"x": text},
        "bo": "x",
        "mo": 1,
        "n": b64(author.size.to_bytes(12, "big")),
        "t": "later",
        "v": 1,
    }
    author.write(msgspec.json.encode(tree, order="sorted"))


def test_a_batch_filled_to_the_brim_is_pulled_like_any_other(served: HubProcess) -> None:
    """Its author left no room for the largest note; the next entries must not make it too large to pass on."""
    full = served.join(Author(next(SEEDS), "st-f1", "line-f"))
    other = served.join(Author(next(SEEDS), "st-f2", "line-f"))
    sizes, room = [], batch.MAX_RAW - 300
    while sum(sizes) + 2 * len(sizes) < room - 40:
        unknown_event(full.author, "x" * min(60_000, room - sum(sizes) - 2 * len(sizes) - 150))
        sizes.append(len(full.author.raws[-1]))
    assert batch.split(sizes) < len(sizes), "split would not have made it"
    assert full.send().kind == "accepted"
    size = full.author.size
    full.author.say(MOTOR, U)
    assert full.send(size).kind == "accepted"
    _, bodies = other.pull(head(other.author))
    found = [one for one in map(batch.decode, bodies) if one.checkpoint.log == full.author.log]
    assert [raw for one in found for raw in one.events] == full.author.raws


def test_a_site_log_of_more_than_one_batch_reaches_a_new_station(served: HubProcess) -> None:
    """Definitions of a whole factory are more than a batch holds."""
    site = served.site.trust.site_log
    reasons = [
        {"kind": "reason", "id": f"r-{i}-{n}", "name": {"zh": "因" * 70, "en": "x" * 80}, "use": "fail"}
        for i in range(3)
        for n in range(1_500)
    ]
    for start in range(0, len(reasons), 1_500):
        served.ask("POST", "/v1/definitions", {"definitions": reasons[start : start + 1_500]})
    new = served.join(Author(next(SEEDS), "st-s", "line-s"))
    header, bodies = new.pull(head(new.author))
    found = [one for one in map(batch.decode, bodies) if one.checkpoint.log == site]
    assert len(found) > 1
    assert sum(len(one.events) for one in found) == next(state.size for state in header.logs if state.log == site)
    frontier = merkle.EMPTY
    for one in found:
        frontier = frontier.extend(merkle.leaf_hash(raw) for raw in one.events)
        assert note.open_note(one.note, served.site.trust.site_log_key).root == frontier.root()


# Sessions -------------------------------------------------------------------------------------------------------------
def test_nothing_is_pulled_without_a_session(served: HubProcess, station: Caller) -> None:
    for shown in ("", "x" * 43):
        wire = served.wire()
        wire.open_session(shown)
        body = msgspec.json.encode(s.Have((head(station.author),)))
        assert said_no(wire.post, "/v1/pull", body, "application/json") == (401, "session.none")


def test_an_unknown_a_revoked_and_a_future_station_are_told_so(
    served: HubProcess, station: Caller, stranger: Caller
) -> None:
    assert said_no(stranger.hello) == (403, "hello.unknown")
    revoked = Caller(Author(REVOKED, "st-90"), served.wire(), served.site)
    assert said_no(revoked.hello) == (403, "hello.revoked")
    future = hello(station.author, proto=(7, 9))
    assert said_no(station.wire.ask, "/v1/hello", future, s.Challenge) == (403, "hello.proto")


def test_a_key_that_was_not_pinned_is_not_spoken_to(served: HubProcess, station: Caller) -> None:
    """Somebody in between has another key: not one byte of ours goes there."""
    wire = served.wire(pin=bytes(32))
    station.author.say(MOTOR, U)
    with pytest.raises(HubUnavailable) as caught:
        wire.post(f"/v1/logs/{station.author.log}", station.author.batch(), s.BATCH_TYPE)
    assert caught.value.code == "hub.pin"
    assert size(served, station.author) == 0


# Bad batches ----------------------------------------------------------------------------------------------------------
def bomb(content_size: bool) -> bytes:
    """A gigabyte of zeroes in some hundred bytes... and what it says of its size."""
    made = zstandard.ZstdCompressor(level=1, write_content_size=content_size).compressobj(
        size=(1 << 26) if content_size else -1
    )
    return b"".join([*(made.compress(bytes(1 << 20)) for _ in range(64)), made.flush()])


def wide_window() -> bytes:
    """A small frame that asks its reader for a window of a gigabyte (RFC 8878 section 3.1.1.1.2)."""
    return b"\x28\xb5\x2f\xfd" + bytes([0x80 | 0x00, 0xA0]) + (100).to_bytes(4, "little") + b"\x01\x00\x00"


def forged(author: Author) -> bytes:
    """A batch of this log, signed by another key under its name."""
    other = Author(next(SEEDS))
    good = batch.decode(author.batch())
    line = note.sign(note.Checkpoint(other.log, author.size, merkle.root(author.leaves())), other.key)
    text = line.replace(other.log, author.log)
    return batch.encode(batch.Batch(0, good.events, text))


def cut(body: bytes) -> bytes:
    return batch_of(zstandard.ZstdDecompressor().decompress(body)[:-40])


def batch_of(raw: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_content_size=True).compress(raw)


def with_header(header: bytes) -> Callable[[Author], bytes]:
    return lambda author: batch_of(header + b"\n" + batch.pack(batch.decode(author.batch())).partition(b"\n")[2])


BAD_BATCHES: dict[str, tuple[Callable[[Author], bytes], tuple[int, str]]] = {
    "nothing": (lambda author: b"", (400, "batch.compression")),
    "rubbish": (lambda author: b"\0\xff rubbish " * 30, (400, "batch.compression")),
    "truncated": (lambda author: author.batch()[:-5], (400, "batch.compression")),
    "with something behind it": (lambda author: author.batch() + b"x", (400, "batch.compression")),
    "a truncated note": (lambda author: cut(author.batch()), (400, "note.malformed")),
    "truncated inside": (lambda author: batch_of(batch.pack(batch.decode(author.batch()))[:60]), (400, "batch.truncated")),
    "a bomb": (lambda author: bomb(True), (400, "batch.oversized")),
    "a bomb that keeps its size to itself": (lambda author: bomb(False), (400, "batch.compression")),
    "a frame that wants much memory": (lambda author: wide_window(), (400, "batch.compression")),
    "too large": (lambda author: bytes(batch.MAX_BODY + 1), (413, "http.oversized")),
    "much too large": (lambda author: bytes(8 << 20), (413, "http.oversized")),
    "no header": (with_header(b"[]"), (400, "batch.header")),
    "a header of another time": (with_header(b'{"from":0,"proto":2,"to":2}'), (400, "batch.proto")),
    "a header that counts wrongly": (with_header(b'{"from":0,"proto":1,"to":1}'), (400, "note.malformed")),
    "a header that counts backwards": (with_header(b'{"from":5,"proto":1,"to":2}'), (400, "batch.count")),
    "a header that counts to the moon": (with_header(b'{"from":0,"proto":1,"to":9007199254740993}'), (400, "batch.count")),
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


def test_an_event_that_is_none_is_set_aside_with_its_bytes(served: HubProcess, station: Caller) -> None:
    for raw, code in ((b'{"t": "bind"}', "event.canonical"), (b"\xff", "event.json"), (b"[" * 3_000, "event.depth"),
                      (b'{"a":1.5}', "event.float"), (b"{}", "event.envelope")):  # fmt: skip
        author = Author(next(SEEDS))
        caller = served.join(Author(next(SEEDS), f"st-{author.station}"))
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
    assert [code for code, _ in shelf(served, stranger.author.log)] == ["aside.unknown_log"], (
        "once, however often it comes"
    )
    joined = served.join(stranger.author)
    assert (size(served, stranger.author), shelf(served, stranger.author.log)) == (1, [])
    assert joined.send().kind == "duplicate"


def test_what_a_revoked_key_sends_is_kept_aside(served: HubProcess) -> None:
    bad = Caller(Author(REVOKED, "st-90"), served.wire(), served.site)
    bad.author.say(MOTOR, U)
    said = bad.send()
    assert (said.kind, said.code, said.receipt) == ("aside", "aside.revoked", "")
    assert [code for code, _ in shelf(served, bad.author.log)] == ["aside.revoked"]


def test_two_histories_under_one_key_are_both_kept(served: HubProcess, station: Caller) -> None:
    station.author.say(MOTOR, U)
    clone = station.author.clone(0)
    clone.say(b.Scrap(reason="another history"), U)
    assert station.send().kind == "accepted"
    said = station.post(clone.batch())
    assert (said.kind, bool(said.receipt)) == ("forked", True)
    assert served.raws(station.author) == station.author.raws


def test_a_new_incarnation_asks_over_the_wire(served: HubProcess, station: Caller) -> None:
    new = Author(next(SEEDS), station.author.station)
    said = served.wire().ask("/v1/enrol", carried_on(new, station.author), s.Enrolled)
    assert (said.state, said.line) == ("waiting", LINE)
    stolen = carried_on(new, Author(next(SEEDS), station.author.station))
    assert said_no(served.wire().ask, "/v1/enrol", stolen, s.Enrolled) == (403, "enrol.parent")


# Bad JSON -------------------------------------------------------------------------------------------------------------
BAD_JSON = {
    "nothing": b"",
    "not JSON": b"<html>",
    "two values": b"{}{}",
    "half of it": b'{"log":"a',
    "another shape": b'["log"]',
    "wrong types": b'{"log":1,"token":[],"heads":"x","have":3,"station":null,"pub":{},"challenge":false,"signature":9}',
    "a number too far": b'{"log":"a","token":"","heads":[{"log":"' + b"a" * 26 + b'","size":9007199254740993,"root":"x"}]}',
    "negative": b'{"have":[{"log":"' + b"a" * 26 + b'","size":-1,"root":"' + b"A" * 43 + b'"}]}',
    "not UTF-8": b'{"log":"\xff\xfe","token":"","heads":[]}',
    "half a surrogate": b'{"log":"\\ud800","token":"","heads":[],"have":7,"station":7,"challenge":7}',
    "deep": b"[" * 100_000,
    "deep in a field": b'{"log":' + b"[" * 60_000,
    "deep in an unknown field": b'{"else":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
}  # fmt: skip


@pytest.mark.parametrize("what", BAD_JSON)
@pytest.mark.parametrize("path", ["/v1/enrol", "/v1/hello", "/v1/hello/answer", "/v1/pull"])
def test_what_is_not_the_json_that_an_address_takes_is_refused(station: Caller, path: str, what: str) -> None:
    status, code = said_no(station.wire.post, path, BAD_JSON[what], "application/json")
    assert (status, code) == (400, "http.json")


@pytest.mark.parametrize("path", ["/v1/enrol", "/v1/hello", "/v1/hello/answer", "/v1/pull"])
def test_a_request_that_is_too_long_is_read_no_further(station: Caller, path: str) -> None:
    huge = b'{"log":"' + b"a" * (5 << 20) + b'"}'
    assert said_no(station.wire.post, path, huge, "application/json") == (413, "http.oversized")


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
    assert said["text"].startswith("Not the JSON") or said["text"]
    assert set(said) == {"code", "details", "text"}


# What is no request at all --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "garbage", [b"", b"\0" * 500, b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"\xee" * 900]
)
def test_garbage_at_the_tls_port_bothers_nobody(served: HubProcess, garbage: bytes) -> None:
    with socket.create_connection((served.host, 8443), 10) as raw:
        raw.sendall(garbage)
        raw.shutdown(socket.SHUT_WR)
        while raw.recv(4096):
            pass


@pytest.mark.parametrize(
    "garbage",
    [b"\0" * 900 + b"\r\n\r\n", b"POST /v1/hello HTTP/9.9\r\n\r\n", b"X" * 200_000, b"GET /v1/hello\r\n\r\n",
     b"POST /v1/hello HTTP/1.1\r\nContent-Length: -5\r\n\r\n", b"POST /v1/pull HTTP/1.1\r\nTransfer-Encoding: x\r\n\r\nzz"],
)  # fmt: skip
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
WORDS = st.one_of(
    st.text(max_size=40), st.sampled_from(["a" * 26, "A" * 43, "st-10", "", "\0", "é", "\ud7ff", "line-1"])
)
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
    except Refused as e:
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
    except Refused as e:
        assert 400 <= e.status < 500


@settings(max_examples=60)
@given(size=st.one_of(st.integers(-(2**65), 2**65), WORDS), name=WORDS)
def test_no_question_makes_the_hub_fail(honest: Caller, size: int | str, name: str) -> None:
    from urllib.parse import quote

    try:
        honest.wire.get(f"/v1/logs/{quote(name, safe='')}/root?size={quote(str(size), safe='')}", b.Head)
    except Refused as e:
        assert 400 <= e.status < 500
