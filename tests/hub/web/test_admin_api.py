"""The administrator's API of a running hub: the token is needed, and only what fits together is published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.definitions import canonical
from common.errors import BadInput, HeadwaterError
from common.ids import Claim
from common.ledger import reads as ledger
from common.signedlog.trust import Ticket
from hub.db import access, reads
from hub.definitions import pack
from tests.support.factory import Author
from tests.support.hub import size_of
from tests.support.hub_process import HubProcess, speak

pytestmark = pytest.mark.usefixtures("well")
Json = dict[str, Any]
NAME = {"zh": "名", "en": "Name"}
BOLT = {"kind": "material", "id": "bolt", "name": NAME, "origin": "bought", "tracked": "lot"}
STATION = {"station": "st-10", "line": "line-1"}
ENDPOINTS = [
    ("POST", "/v1/tickets"),
    ("POST", "/v1/stations/st-10/confirm"),
    ("GET", "/v1/stations"),
    ("POST", "/v1/definitions"),
]


def refused(work: Callable[..., object], *arguments: object) -> HeadwaterError:
    with pytest.raises(HeadwaterError) as caught:
        work(*arguments)
    return caught.value


def publish(hub: HubProcess, *definitions: Json, **more: object) -> int:
    return int(hub.ask("POST", "/v1/definitions", {"definitions": definitions, **more})["published"])


def site_size(hub: HubProcess) -> int:
    with hub.reading() as conn:
        return size_of(conn, hub.site.trust.site_log)


# The token ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_nothing_is_done_without_the_token(served: HubProcess, method: str, path: str) -> None:
    token, before = served.site.admin_token, site_size(served)
    for shown in (None, "", "Bearer ", f"Bearer {token[:-1]}", f"Bearer {token}x", "Bearer \xe9", f"Basic {token}"):
        headers = {} if shown is None else {"Authorization": shown}
        status, said = speak(served, method, path, msgspec.json.encode(STATION), headers)
        assert (status, said["code"]) == (401, "token.refused")
    assert site_size(served) == before


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_a_stations_session_is_no_token(served: HubProcess, station: Any, method: str, path: str) -> None:
    session = station.hello().session
    assert speak(served, method, path, b"{}", {"Authorization": f"Bearer {session}"})[0] == 401


def test_the_token_is_in_its_file_and_works(served: HubProcess) -> None:
    token = (served.data / "keys" / "admin.token").read_text()
    assert speak(served, "GET", "/v1/stations", headers={"Authorization": f"Bearer {token}"})[0] == 200


# Stations -------------------------------------------------------------------------------------------------------------
def test_a_ticket_is_given_for_a_station_on_a_line(served: HubProcess) -> None:
    ticket = Ticket.parse(served.client.ticket("st-77", "line-7"))
    assert (ticket.station, ticket.address, ticket.tls_pin) == ("st-77", served.address, served.site.tls_pin)


@pytest.mark.parametrize(
    "asked",
    [{}, {"station": "st-10"}, STATION | {"station": ""}, STATION | {"station": "ST 10"}, STATION | {"line": ""},
     STATION | {"line": "../../x"}, STATION | {"line": "x" * 64}, STATION | {"valid_s": 0}, STATION | {"valid_s": -1},
     STATION | {"valid_s": 10**30}, STATION | {"valid_s": "1"}, ["st-10", "line-1"]],
)  # fmt: skip
def test_a_ticket_that_could_never_be_used_is_not_given(served: HubProcess, asked: object) -> None:
    assert refused(served.ask, "POST", "/v1/tickets", asked).code == "http.json"


def test_a_confirmation_needs_somebody_who_asked_and_their_words(served: HubProcess) -> None:
    assert refused(served.client.confirm, "st-nobody", "a b c d e f").code == "enrol.nobody"
    assert refused(served.ask, "POST", "/v1/stations/st-10/confirm", {"words": 7}).code == "http.json"


def test_the_list_tells_who_is_trusted_revoked_and_waiting(
    served: HubProcess, revoked: Any, newcomer: Callable[..., Author], stranger: Any
) -> None:
    ticket = served.client.ticket(stranger.author.station, "line-1")
    words = stranger.enrol(ticket).words
    rows = {row["log"]: row for row in served.client.stations()}
    assert rows[revoked.author.log]["state"] == "revoked"
    assert (rows[stranger.author.log]["state"], rows[stranger.author.log]["words"]) == ("waiting", words)
    assert {"trusted", "waiting", "revoked"} == {row["state"] for row in rows.values()}
    assert served.site.trust.site_log not in rows


# Definitions ----------------------------------------------------------------------------------------------------------
def test_a_pack_is_published_once_however_often_it_is_loaded(served: HubProcess) -> None:
    found = pack.load(pack.PACKS / "motor-assembly")
    trees = [msgspec.json.decode(canonical(one)) for one in found.definitions]
    people = [[p.id, p.name, p.badge] for p in found.people]
    orders = [["line-1", o.number, o.material, str(o.quantity)] for o in found.orders]
    assert publish(served, *trees, people=people, orders=orders) == len(trees)
    before = site_size(served)
    assert publish(served, *trees, people=people, orders=orders) == 0
    with served.reading() as conn:
        assert site_size(served) == before
        assert len(access.people(conn)) == len(people)
        assert reads.is_known(conn, Claim(f"order@{served.site.id}", found.orders[0].number))


def test_a_change_is_published_and_a_change_back_too(served: HubProcess) -> None:
    other = BOLT | {"name": {"zh": "螺丝", "en": "Screw"}}
    assert [publish(served, tree) for tree in (BOLT, BOLT, other, other, BOLT, BOLT)] == [1, 0, 1, 0, 1, 0]


def test_what_is_published_is_what_events_will_cite(served: HubProcess) -> None:
    """Whatever the order of its fields and whether it says what goes without saying: one definition, one hash."""
    short = {"tracked": "lot", "origin": "bought", "name": NAME, "id": "nut", "kind": "material"}
    assert publish(served, short) == 1
    assert publish(served, short | {"bom": [], "route": None}) == 0
    with served.reading() as conn:
        nut = next(one for one in every(conn) if one.id == "nut")
        hashes = reads.definition_hashes(conn)
    assert reads.hash_of(msgspec.json.decode(canonical(nut))) in hashes


def every(conn: Any) -> list[Any]:
    return [one for by_id in ledger.definitions(conn).by_kind.values() for one in by_id.values()]


def deep(levels: int) -> Json:
    tree: Json = {}
    for _ in range(levels):
        tree = {"x": tree}
    return tree


STEP = {"id": "s", "name": NAME, "kind": "scan", "slot": "x"}
BAD = {
    "no kind": ({"id": "x"}, "definition.schema"),
    "an unknown kind": (BOLT | {"kind": "spell"}, "definition.schema"),
    "an unknown field": (BOLT | {"colour": "red"}, "definition.schema"),
    "a wrong type": (BOLT | {"name": "bolt"}, "definition.schema"),
    "a wrong id": (BOLT | {"id": "Bolt 1"}, "definition.schema"),
    "an id that is no text": (BOLT | {"id": 1.5}, "definition.schema"),
    "a number beyond all": (BOLT | {"bom": 2**70}, "definition.schema"),
    "nothing but depth": (deep(300), "definition.schema"),
    "a reference to nothing": (BOLT | {"route": "no-such"}, "definition.reference"),
    "no slot": ({"kind": "form", "id": "f", "name": NAME, "steps": [STEP | {"slot": None}]}, "definition.missing"),
    "two steps of one name": ({"kind": "form", "id": "f", "name": NAME, "steps": [STEP, STEP]}, "definition.duplicate"),
    "a pattern that runs away": (
        {"kind": "code", "id": "c", "name": NAME, "type": "unit", "pattern": "(a+)+$", "example": "a"},
        "definition.pattern",
    ),
    "larger than an event": (
        {"kind": "form", "id": "f", "name": NAME, "steps": [STEP | {"id": f"s{n}"} for n in range(900)]},
        "definition.oversized",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_definition_that_cannot_work_is_refused_with_its_field_and_nothing_of_the_pack_is_published(
    served: HubProcess, what: str
) -> None:
    tree, code = BAD[what]
    before = site_size(served)
    good = BOLT | {"id": "never"}
    error = refused(publish, served, good, tree)
    assert isinstance(error, BadInput)
    assert (error.code, str(error.details["field"]).startswith("definitions[1]")) == (code, True), error
    assert site_size(served) == before


def test_two_definitions_of_one_name_are_refused(served: HubProcess) -> None:
    error = refused(publish, served, BOLT, BOLT | {"tracked": "unit"})
    assert error.code == "definition.duplicate"


def test_a_definition_must_fit_what_is_in_force(served: HubProcess) -> None:
    bom = {"slot": "b", "material": "washer", "quantity": "1", "uom": "pcs", "name": NAME}
    frame = BOLT | {"id": "frame", "tracked": "unit", "origin": "made", "bom": [bom]}
    assert refused(publish, served, frame).code == "definition.reference"
    assert publish(served, BOLT | {"id": "washer"}) == 1
    assert publish(served, frame) == 1


BAD_MORE: list[Json] = [
    {"people": [["p", "", "B"]]},
    {"people": [["p", "x" * 81, "B"]]},
    {"people": [["p", "Wang"]]},
    {"people": [["P 1", "Wang", "B"]]},
    {"orders": [["../x", "WO-9", "bolt", "1"]]},
    {"orders": [["", "WO-9", "bolt", "1"]]},
    {"orders": [["line-1", "", "bolt", "1"]]},
    {"orders": [["line-1", "WO-9", "bolt", "many"]]},
    {"orders": [["line-1", "WO-9", "bolt", 1]]},
    {"definitions": 7},
    {"definitions": [7]},
]


@pytest.mark.parametrize("more", BAD_MORE)
def test_people_and_orders_have_their_shape(served: HubProcess, more: Json) -> None:
    body = {"definitions": [BOLT | {"id": "never"}], **more}
    assert refused(served.ask, "POST", "/v1/definitions", body).code == "http.json"
    with served.reading() as conn:
        assert not any(one.id == "never" for one in every(conn))


def test_names_of_people_never_become_events(served: HubProcess) -> None:
    """They can be erased; what is in a log cannot."""
    publish(served, people=[["p-x", "Some Body", "BADGE-4711"]])
    with served.reading() as conn:
        assert ("p-x", "Some Body", "BADGE-4711") in access.people(conn)
        raws = [bytes(raw) for raw in conn.exec_driver_sql("SELECT raw FROM entry").scalars()]
    assert not [raw for raw in raws if b"Some Body" in raw or b"BADGE-4711" in raw]


# Anything at all ------------------------------------------------------------------------------------------------------
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False), st.text(max_size=9)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=9), inner, max_size=3)),
    max_leaves=8,
)
FIELDS = ("kind", "id", "name", "origin", "tracked", "route", "bom", "steps", "pattern", "operations", "workplaces")
TREES = st.dictionaries(st.sampled_from(FIELDS), st.one_of(VALUES, st.sampled_from(["material", "form", "bolt"])))
PUBLICATIONS = st.fixed_dictionaries(
    {"definitions": st.lists(st.one_of(TREES, VALUES), max_size=3)}, optional={"people": VALUES, "orders": VALUES}
)


@settings(max_examples=100)
@given(body=st.one_of(PUBLICATIONS, VALUES), endpoint=st.sampled_from(ENDPOINTS))
def test_nothing_that_the_administrator_sends_makes_the_hub_fail(
    served: HubProcess, body: object, endpoint: tuple[str, str]
) -> None:
    try:
        served.ask(*endpoint, body)
    except HeadwaterError as e:
        assert not e.code.startswith("hub."), e
