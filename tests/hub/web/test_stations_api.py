"""The stations' API of a running hub, over real TLS: receipts, pulls, scope, sessions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec
import pytest

from common import event_types as b
from common.errors import HubUnavailable
from common.ids import b64
from common.signedlog import batch, merkle, note
from common.signedlog import session as s
from hub.demo.processes import wait_for
from hub.web.stations_api import PULL_ROOM
from tests.support.factory import Author, unit
from tests.support.hub import head, hello
from tests.support.hub_process import Caller, HubProcess, said_no

pytestmark = pytest.mark.usefixtures("well")
MOTOR = b.Commission(material="motor")
U = unit("M-1")


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
    sent = age()
    assert sent is not None and sent >= first, "all up to its hello is here, and nobody said so of what came since"
    station.pull(head(station.author, 0))
    old = age()
    assert old is not None and old >= sent, "that was an old head"

    def fresher() -> bool:
        before = age()
        station.pull(head(station.author))
        now = age()
        return before is not None and now is not None and now < before

    wait_for("its word that this is all", fresher)


def test_a_station_never_gets_logs_of_another_line(
    served: HubProcess, station: Caller, newcomer: Callable[..., Author]
) -> None:
    elsewhere = served.join(newcomer("st-far", "line-2"))
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


def test_the_root_of_a_stations_own_log_is_told_at_any_size(served: HubProcess, station: Caller) -> None:
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


def test_a_new_station_gets_more_than_one_answer_holds_in_several(
    served: HubProcess, newcomer: Callable[..., Author]
) -> None:
    """Logs that are long already must not keep a new station out for ever."""
    big = [served.join(newcomer(f"st-b{n}", "line-b")) for n in range(2)]
    for one in big:
        for n in range(0, 240, 16):
            for m in range(n, n + 16):
                say_later(one.author, incompressible(one.author.station, m))
            assert one.send(n).kind == "accepted"
    new = served.join(newcomer("st-new", "line-b"))
    have, answers = {one.author.log: 0 for one in big}, 0
    while min(have.values()) < 240:
        _, bodies = new.pull(head(new.author), *(head(one.author, have[one.author.log]) for one in big))
        assert sum(map(len, bodies)) <= PULL_ROOM
        answers += 1
        for found in map(batch.decode, bodies):
            if found.checkpoint.log in have:
                have[found.checkpoint.log] = max(have[found.checkpoint.log], found.stop)
    assert answers == 2


def incompressible(*seed: object) -> str:
    return b64(hashlib.shake_256(repr(seed).encode()).digest(48_000))


def say_later(author: Author, text: str) -> None:
    """An event of a type that this release does not know."""
    envelope = {"at": 1, "bo": "x", "mo": 1, "n": b64(author.size.to_bytes(12, "big")), "t": "later", "v": 1}
    author.write(msgspec.json.encode(envelope | {"b": {"x": text}}, order="sorted"))


def test_a_batch_filled_to_the_brim_is_pulled_like_any_other(
    served: HubProcess, newcomer: Callable[..., Author]
) -> None:
    """Its author left no room for the largest note; the next entries must not make it too large to pass on."""
    full = served.join(newcomer("st-f1", "line-f"))
    other = served.join(newcomer("st-f2", "line-f"))
    full.author.say(MOTOR, U)
    assert full.send().kind == "accepted"
    sizes, room = [], batch.MAX_RAW - 300
    while sum(sizes) + 2 * len(sizes) < room - 40:
        say_later(full.author, "x" * min(60_000, room - sum(sizes) - 2 * len(sizes) - 150))
        sizes.append(len(full.author.raws[-1]))
    assert batch.split(sizes) < len(sizes), "split would not have made it"
    assert full.send(1).kind == "accepted"
    size = full.author.size
    full.author.say(MOTOR, U)
    assert full.send(size).kind == "accepted"
    _, bodies = other.pull(head(other.author))
    found = [one for one in map(batch.decode, bodies) if one.checkpoint.log == full.author.log]
    assert [raw for one in found for raw in one.events] == full.author.raws


def test_a_site_log_of_more_than_one_batch_reaches_a_new_station(
    served: HubProcess, newcomer: Callable[..., Author]
) -> None:
    """Definitions of a whole factory are more than a batch holds."""
    site = served.site.trust.site_log
    served.ask("POST", "/v1/definitions", {"definitions": [large_form(n) for n in range(24)]})
    new = served.join(newcomer("st-s", "line-s"))
    header, bodies = new.pull(head(new.author))
    found = [one for one in map(batch.decode, bodies) if one.checkpoint.log == site]
    assert len(found) > 1
    assert sum(len(one.events) for one in found) == next(state.size for state in header.logs if state.log == site)
    frontier = merkle.EMPTY
    for one in found:
        frontier = frontier.extend(merkle.leaf_hash(raw) for raw in one.events)
        assert note.open_note(one.note, served.site.trust.site_log_key).root == frontier.root()


def large_form(n: int) -> dict[str, object]:
    """A form of some 50 KB."""
    name = {"zh": "步" * 80, "en": "x" * 80}
    value = {"name": name, "uom": "mm", "decimals": 2}
    step = {"name": name, "kind": "machine", "device": "press"}
    steps = [
        step | {"id": f"s{i}", "characteristics": [value | {"id": f"c{i}-{j}"} for j in range(3)]} for i in range(32)
    ]
    return {"kind": "form", "id": f"form-{n}", "name": name, "steps": steps}


# Sessions -------------------------------------------------------------------------------------------------------------
def test_nothing_is_pulled_without_a_session(served: HubProcess, station: Caller) -> None:
    for shown in ("", "x" * 43):
        wire = served.wire()
        wire.open_session(shown)
        body = msgspec.json.encode(s.Have((head(station.author),)))
        assert said_no(wire.post, "/v1/pull", body, "application/json") == (401, "session.none")


def test_an_unknown_a_revoked_and_a_future_station_are_told_so(
    station: Caller, stranger: Caller, revoked: Caller
) -> None:
    assert said_no(stranger.hello) == (403, "hello.unknown")
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
    assert served.raws(station.author) == []
