"""`headwater hub …` as people type it, at a running hub: what it prints in both languages, and what it makes happen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from common import event_types as b
from tests.support.factory import Author, unit
from tests.support.hub_process import Caller, HubProcess
from tests.support.plant import loaded

ENGLISH, CHINESE = {"LC_ALL": "en_GB.UTF-8"}, {"LC_ALL": "zh_CN.UTF-8"}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    made = loaded(tmp_path_factory.mktemp("hub"))
    yield made
    assert made.stop() == 0, made.error
    made.close()


@pytest.fixture(scope="module")
def station(hub: HubProcess) -> Caller:
    """A station that made a motor."""
    caller = hub.join(Author(1, "st-10"))
    caller.author.say(b.Commission(material="motor"), unit("M-250-004217"))
    caller.send()
    hub.wait_projected(caller.author, 1)
    return caller


def run(hub: HubProcess, *arguments: str, environment: dict[str, str] = ENGLISH) -> str:
    code, said, error = hub.command(*arguments, environment=environment)
    assert code == 0, error
    return said


def refused(hub: HubProcess, *arguments: str, environment: dict[str, str] = ENGLISH) -> str:
    code, _, error = hub.command(*arguments, environment=environment)
    assert code == 1
    return error


def test_people_are_added_listed_changed_and_erased(hub: HubProcess) -> None:
    said = run(hub, "people", "add", "赵六", "--badge", "B10088", "--role", "operator", "--station", "st-10")
    (person,) = re.findall(r"p-[a-z0-9]{8}", said)
    row = next(line for line in run(hub, "people", "list").splitlines() if line.startswith(person))
    assert row.split() == [person, "赵六", "B10088", "operator", "—", "st-10", "no"]
    run(hub, "people", "change", person, "--role", "operator", "--role", "reader", "--station", "")
    row = next(line for line in run(hub, "people", "list", environment=CHINESE).splitlines() if line.startswith(person))
    assert row.split() == [person, "赵六", "B10088", "操作工、只读", "—", "—", "无"]
    assert "person.badge" in refused(hub, "people", "add", "别人", "--badge", "B10088")
    run(hub, "people", "erase", person)
    assert "赵六" not in run(hub, "people", "list")


def test_the_columns_of_a_table_stand_below_each_other(hub: HubProcess) -> None:
    lines = run(hub, "people", "list", environment=CHINESE).splitlines()
    column = {wide(line[: re.search(r"B1|工牌", line).start()]) for line in lines if "B1" in line or "工牌" in line}  # type: ignore[union-attr]
    assert len(column) == 1


def wide(text: str) -> int:
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)


def test_the_first_administrator_gets_a_password_and_signs_in(hub: HubProcess, tmp_path: Path) -> None:
    said = run(hub, "people", "add", "老陈", "--id", "p-boss", "--role", "admin")
    assert "headwater hub people password p-boss" in said, "nobody can be asked, so it says what is missing"
    body = {"password": "correct horse"}
    assert hub.ask("PUT", "/v1/people/p-boss/password", body) == {"person": "p-boss"}
    site = f"http://{hub.host}:8080"
    with requests.Session() as browser:
        browser.post(site + "/sign-in", data={"who": "p-boss", **body}, timeout=60)
        assert browser.get(site + "/stations", timeout=60).url == site + "/stations"


def test_a_token_is_shown_once_listed_by_its_beginning_and_revoked(hub: HubProcess) -> None:
    token = run(hub, "token", "new", "erp", "--scope", "read", "--days", "30").splitlines()[0]
    listed = run(hub, "token", "list")
    assert token[:11] in listed and token not in listed

    def status() -> int:
        shown = {"Authorization": f"Bearer {token}"}
        return requests.get(f"http://{hub.host}:8080/stations", headers=shown, timeout=60).status_code

    assert status() == 200
    run(hub, "token", "revoke", token[:11])
    assert (status(), "token.unknown" in refused(hub, "token", "revoke", token[:11])) == (401, True)


def test_a_link_signs_a_browser_in(hub: HubProcess) -> None:
    address = run(hub, "link").splitlines()[0]
    with requests.Session() as browser:
        assert browser.get(address, timeout=60).url == f"http://{hub.host}:8080/"


def test_a_hold_is_made_named_and_released(hub: HubProcess, station: Caller) -> None:
    assert "M-250-004217" in run(hub, "hold", "M-250-004217", "--reason", "noise")
    code, said, error = hub.command("release", "M-250-004217", "--reason", "x", environment=ENGLISH)
    assert (code, "hold.which" in error) == (1, True)
    (tag,) = re.findall(r"^(\S+#\d+)", said, re.MULTILINE)
    run(hub, "release", "M-250-004217", "--tag", tag, "--reason", "heard again")
    assert "hold.none" in refused(hub, "release", "M-250-004217", "--all", "--reason", "x")
    assert "没有任何记录" in refused(hub, "hold", "M-999", "--reason", "x", environment=CHINESE)


def test_an_order_and_a_settlement_say_what_is_wrong(hub: HubProcess, station: Caller) -> None:
    assert "WO-2611-0099" in run(hub, "order", "WO-2611-0099", "motor", "12", "--line", "line-1", "--due", "2099-12-31")
    assert "orders.exists" in refused(hub, "order", "WO-2611-0099", "motor", "12", "--line", "line-1")
    assert "settle.none" in refused(hub, "settle", "M-250-004217", "commissioned_twice", "--reason", "x")


def test_an_unknown_value_is_answered_with_the_known_ones_in_words(hub: HubProcess, station: Caller) -> None:
    lines = refused(hub, "order", "WO-2611-0101", "motor", "1", "--line", "line-9")
    assert "line-9" in lines and "Known are: line-1." in lines
    said = refused(hub, "people", "add", "Li", "--role", "boss")
    assert "[person.role]" in said and "Known are: admin, maintenance, operator, quality, reader, supervisor." in said
    assert "[person.operation]" in (said := refused(hub, "people", "add", "Li", "--qualified", "fliegen"))
    assert re.search(r"Known are: .*\bpress\b", said)
    assert "[person.station]" in refused(hub, "people", "add", "Li", "--station", "st-99")
    assert "[line.unknown]" in refused(hub, "people", "add", "Li", "--line", "line-9")
    assert "Open findings: —." in refused(hub, "settle", "M-250-004217", "commissioned_twice", "--reason", "x")


def test_nothing_on_hold_is_said_without_an_empty_table(hub: HubProcess, station: Caller) -> None:
    code, said, error = hub.command("release", "M-250-004217", "--reason", "x", environment=ENGLISH)
    assert (code, said) == (1, "")
    assert "[hold.none]" in error and "nothing to release" in error


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (("ticket", "ST-10", "line-1"), "lower-case letters"),
        (("order", "WO-2611-0100", "motor", "2", "--line", "line-1", "--due", "soon"), "2026-12-31"),
        (("order", "WO-2611-0100", "motor", "many", "--line", "line-1"), "decimal number"),
    ],
)
def test_a_value_that_cannot_be_is_answered_with_what_may_be(
    hub: HubProcess, arguments: tuple[str, ...], allowed: str
) -> None:
    said = refused(hub, *arguments)
    assert "Allowed: " in said and allowed in said


def test_a_due_day_that_is_over_is_refused(hub: HubProcess) -> None:
    said = refused(hub, "order", "WO-2611-0102", "motor", "1", "--line", "line-1", "--due", "2020-12-31")
    assert "[orders.due]" in said and "2020-12-31" in said


@pytest.mark.parametrize(
    ("arguments", "code", "value"),
    [
        (("settle", "M-250-004217", "commissioned_twice", "--keep", "TAG", "--reason", "x"), "argument.tag", "TAG"),
        (("release", "M-250-004217", "--tag", "abc#x", "--reason", "x"), "argument.tag", "abc#x"),
        (("order", "WO-2611-0100", "motor", "many", "--line", "line-1"), "argument.value", "many"),
        (("order", "WO-2611-0100", "motor", "2", "--line", "line-1", "--due", "soon"), "argument.value", "soon"),
        (("people", "add", "赵六", "--id", "Zhao Liu"), "argument.value", "Zhao Liu"),
        (("people", "change", "p-wang", "--line", "Line 1"), "argument.value", "Line 1"),
        (("ticket", "ST 10", "line-1"), "argument.value", "ST 10"),
        (("token", "new", "erp", "--scope", "read", "--days", "99999"), "argument.value", "99999"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_named_in_the_readers_language(
    hub: HubProcess, arguments: tuple[str, ...], code: str, value: str
) -> None:
    said = refused(hub, *arguments, environment=CHINESE)
    assert f"[{code}]" in said and value in said and "没有改动" in said
    assert not re.search(r"Expected|regex|\$\.", said), "a library's English"


def test_stations_are_listed_and_revoked(hub: HubProcess) -> None:
    lost = hub.join(Author(2, "st-66"))
    lost.author.say(b.Commission(material="motor"), unit("M-250-009999"))
    lost.send()
    said = run(hub, "revoke", "st-66", "--reason", "stolen")
    assert lost.author.log in said and re.search(r"below entry 1\b", said)
    row = next(line for line in run(hub, "stations").splitlines() if "st-66" in line)
    assert "Revoked" in row or "revoked" in row
    assert lost.tried() == "session.none" or lost.tried() in ("hello.revoked", "aside", "duplicate")


@pytest.mark.parametrize("environment", [ENGLISH, CHINESE], ids=["en", "zh"])
@pytest.mark.parametrize(
    "arguments", [(), ("people",), ("people", "add"), ("token", "new"), ("release",), ("order",), ("revoke",)]
)
def test_help_is_in_the_readers_language(
    hub: HubProcess, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    code, said, _ = hub.command(*arguments, "--help", environment=environment)
    assert code == 0 and not re.search(r"\b(?:help|desk|column)\.[a-z_]+", said)
    assert bool(re.search(r"[\u4e00-\u9fff]", said)) == (environment is CHINESE)
