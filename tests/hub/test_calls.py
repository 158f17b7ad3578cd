"""Calls at the hub: seen by who may read, answered and cleared by who may, in the log of the line that called."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
import requests

from common import event_types as b
from common import events
from common.errors import HeadwaterError
from common.ledger import calls as kept
from common.ledger import logs
from hub.access.accounts import ROLES, SCOPES, Caller
from hub.decisions import calls, people
from hub.trace.calls import call_lines
from tests.support.factory import START_MS, Author
from tests.support.hub import Office
from tests.support.motors import Line, served

ZHOU = Caller("p-zhou", frozenset(ROLES["supervisor"]))
LATER_MS = START_MS + 3_600_000


@pytest.fixture
def call(office: Office) -> str:
    """ST-10 calls."""
    station = Author(1, "st-10")
    office.trust(station)
    id = station.say(b.Call("raised", "st-10", "quality"), who="p-wang")
    office.take(station)
    return id


@pytest.fixture
def work(office: Office) -> Callable[..., Any]:
    """work(powers.answer, call) → done by ZHOU."""
    return lambda what, *rest: office.ingest.do(lambda conn: what(conn, office.ingest, ZHOU, *rest))


def states(office: Office) -> list[str]:
    with office.reading() as conn:
        return [line.state for line in call_lines(conn, LATER_MS)]


def refused(work: Callable[..., Any], *asked: Any) -> str:
    with pytest.raises(HeadwaterError) as caught:
        work(*asked)
    return caught.value.code


# Powers ---------------------------------------------------------------------------------------------------------------
def test_an_answer_is_an_event_of_the_line_that_says_who_comes(
    office: Office, work: Callable[..., Any], call: str
) -> None:
    work(calls.answer, call)
    with office.reading() as conn:
        line = next(log for log in logs.all_logs(conn) if log.role == "line")
        said = events.decode(logs.waiting(conn, line.lid, 100)[-1])
        found = kept.one(conn, call)
    assert (line.line, events.body(said), said.who) == (
        "line-1",
        b.Call("answered", "st-10", "quality", call),
        "p-zhou",
    )
    assert found and found.answered and found.answered.who == "p-zhou"
    assert states(office) == ["answered"]


def test_a_call_is_answered_by_one_and_ends_once(office: Office, work: Callable[..., Any], call: str) -> None:
    work(calls.answer, call)
    assert refused(work, calls.answer, call) == "call.answered"
    work(calls.clear, call)
    assert states(office) == ["over"]
    assert [refused(work, what, call) for what in (calls.answer, calls.clear)] == ["call.ended"] * 2


@pytest.mark.parametrize("id", ["", "no-such", "a" * 26 + "." + "A" * 43])
def test_a_call_that_nobody_raised_is_not_answered(work: Callable[..., Any], id: str) -> None:
    assert refused(work, calls.answer, id) == refused(work, calls.clear, id) == "call.unknown"


def test_who_waits_longest_stands_first_and_ended_calls_behind(
    office: Office, work: Callable[..., Any], call: str
) -> None:
    other = Author(2, "st-20")
    office.trust(other)
    second = other.say(b.Call("raised", "st-20"))
    office.take(other)
    with office.reading() as conn:
        assert [line.call for line in call_lines(conn, LATER_MS)] == [call, second]
    work(calls.answer, call)
    with office.reading() as conn:
        assert [line.call for line in call_lines(conn, LATER_MS)] == [second, call]
    work(calls.clear, second)
    with office.reading() as conn:
        assert [line.call for line in call_lines(conn, LATER_MS)] == [call, second]
        assert [line.call for line in call_lines(conn, LATER_MS, only_open=True)] == [call]


# Pages and the API ----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with closing(Line(tmp_path_factory.mktemp("line"))) as made:
        spelled, admin = made.accounts.spell("correct horse"), Caller(None, frozenset(SCOPES))
        made.ingest.do(lambda conn: people.set_password(conn, admin, "p-zhou", spelled))
        yield made


@pytest.fixture(scope="module")
def site(line: Line) -> Iterator[str]:
    with served(line, admitted=False) as address:
        yield address


@pytest.fixture
def zhou(site: str) -> Iterator[requests.Session]:
    """The supervisor's browser, signed in."""
    with requests.Session() as session:
        session.headers["Accept-Language"] = "en"
        session.post(site + "/sign-in", data={"who": "p-zhou", "password": "correct horse"}, timeout=60)
        yield session


def token(line: Line, *scopes: str) -> dict[str, str]:
    admin = Caller(None, frozenset(SCOPES))
    text, _ = line.ingest.do(lambda conn: line.accounts.new_token(conn, admin, "a program", scopes, 1))
    return {"authorization": f"Bearer {text}"}


def raise_one(line: Line, reason: str = "") -> str:
    id = line.say("st-10", b.Call("raised", "st-10", reason))
    line.upload("st-10")
    return str(id)


def one(site: str, zhou: requests.Session, call: str) -> dict[str, Any]:
    rows = zhou.get(site + "/calls.json", timeout=60).json()["calls"]
    return next(row for row in rows if row["call"] == call)


def test_the_page_shows_who_waits_and_its_buttons_answer_and_end_it(
    line: Line, site: str, zhou: requests.Session
) -> None:
    call = raise_one(line)
    page = zhou.get(site + "/calls", timeout=60).text
    form = re.search(r'name="form" value="([^"]+)"', page)
    assert form and call in page and "ST-10" in page and "Help" in page
    for path, state in (("answer", "answered"), ("clear", "over")):
        assert one(site, zhou, call)["state"] != state
        said = {"form": form[1], "call": call}
        assert zhou.post(f"{site}/calls/{path}", data=said, timeout=60).status_code == 200
        assert one(site, zhou, call)["state"] == state
    assert one(site, zhou, call)["answered"]["who"] == "p-zhou"


def test_the_page_of_calls_loads_itself_anew_and_other_pages_do_not(site: str, zhou: requests.Session) -> None:
    """It hangs on a wall: nobody is there to press a key."""
    pages = {path: zhou.get(site + path, timeout=60).text for path in ("/calls", "/findings")}
    assert {path: '<meta http-equiv="refresh" content="15">' in text for path, text in pages.items()} == {
        "/calls": True,
        "/findings": False,
    }


def test_a_page_of_another_site_answers_nothing(line: Line, site: str, zhou: requests.Session) -> None:
    call = raise_one(line)
    assert zhou.post(f"{site}/calls/answer", data={"form": "", "call": call}, timeout=60).status_code == 403
    assert one(site, zhou, call)["state"] == "waits"


def test_a_program_needs_the_scope_to_answer_and_only_read_to_list(line: Line, site: str) -> None:
    call, reader, helper = raise_one(line), token(line, "read"), token(line, "calls")
    listed = requests.get(site + "/v1/calls?open=true", headers=reader, timeout=60)
    assert [row["call"] for row in listed.json() if row["call"] == call] == [call]
    address, body = f"{site}/v1/calls/answer", {"call": call}
    assert requests.post(address, json=body, headers=reader, timeout=60).status_code == 403
    assert requests.post(address, json=body, headers=helper, timeout=60).json() == body
    again = requests.post(address, json=body, headers=helper, timeout=60)
    assert (again.status_code, again.json()["code"]) == (400, "call.answered")
    assert requests.post(f"{site}/v1/calls/clear", json=body, headers=helper, timeout=60).status_code == 200
    still = requests.get(site + "/v1/calls?open=true", headers=reader, timeout=60).json()
    assert call not in [row["call"] for row in still]


def test_the_csv_has_a_row_for_each_call(line: Line, site: str, zhou: requests.Session) -> None:
    call = raise_one(line)
    text = zhou.get(site + "/calls.csv", timeout=60).content.decode("utf-8-sig")
    row = next(row for row in csv.DictReader(io.StringIO(text)) if row["call"] == call)
    assert (row["place"], row["state"], row["answered_at"], row["cleared_by"]) == ("st-10", "waits", "", "")
