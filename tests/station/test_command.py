"""`headwater station …` as people type it: enrol, run, outbox; what is wrong is said in a sentence, with its code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from common.errors import BadTicket, HeadwaterError, HubUnavailable
from common.ids import log_id, six_words
from common.ledger import append
from common.signedlog.trust import Ticket
from common.text import LANGUAGES, say
from station import config as configuration
from station.cell.own_log import Files
from tests.support.hub_process import Command, HubProcess
from tests.support.plant import Desk, Kiosk, introduce

Type = Callable[..., tuple[int, str, str]]


@pytest.fixture
def type_(tmp_path: Path) -> Iterator[Type]:
    """type_("station", …) → exit code, what was printed, what was said on standard error."""
    typed: list[Command] = []

    def enter(*arguments: str, **environment: str) -> tuple[int, str, str]:
        typed.append(Command(tmp_path, arguments, {"LC_ALL": "C.UTF-8"} | environment))
        return typed[-1].ended(), typed[-1].said, typed[-1].error

    yield enter
    for command in typed:
        command.close()


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    """The configuration of a station that has nothing yet, not even its data folder."""
    path = tmp_path / "station.toml"
    path.write_text(f'data = "{tmp_path / "data"}"\n')
    return path


def ticket(hub: HubProcess, station: str, **more: object) -> Ticket:
    """A ticket for a station, with some of it changed: a forged one."""
    return replace(Ticket.parse(hub.client.ticket(station, "line-1")), **more)


# What cannot start ----------------------------------------------------------------------------------------------------
def test_a_station_that_is_not_enrolled_does_not_run(type_: Type, toml: Path) -> None:
    code, out, error = type_("station", "run", "--config", str(toml))
    assert (code, out) == (1, "")
    assert "[config.not_enrolled]" in error
    assert str(toml.parent / "data" / "enrolment.json") in error
    assert "headwater station enrol" in error


def test_a_sentinel_that_has_no_place_keeps_a_station_from_starting(type_: Type, toml: Path) -> None:
    toml.write_text(toml.read_text() + f'sentinel = "{toml}/sentinel.json"\n')
    code, out, error = type_("station", "run", "--config", str(toml))
    assert (code, out) == (1, "")
    assert "[config.unwritable]" in error
    assert f"sentinel, {toml}/sentinel.json" in error


def test_an_unknown_setting_is_named_with_its_file_in_the_readers_language(type_: Type, toml: Path) -> None:
    toml.write_text(toml.read_text() + "colour = 1\n")
    code, _, error = type_("station", "run", "--config", str(toml), LC_ALL="zh_CN.UTF-8")
    assert code == 1
    assert "[config.value]" in error
    assert str(toml) in error
    assert "colour" in error
    assert any("\u4e00" <= letter <= "\u9fff" for letter in error)


def test_an_outbox_without_a_database_makes_none(type_: Type, toml: Path) -> None:
    code, _, error = type_("station", "outbox", "--config", str(toml))
    assert code == 1
    assert "[store.missing]" in error
    assert not (toml.parent / "data").exists()


def test_a_ticket_that_was_mistyped_is_refused_before_anything_is_made(
    type_: Type, toml: Path, hub: HubProcess
) -> None:
    text = hub.client.ticket("st-10", "line-1")
    wrong = text[:20] + ("A" if text[20] != "A" else "B") + text[21:]
    for typed, code in ((wrong, "ticket.checksum"), ("A ticket", "ticket.malformed"), ("", "ticket.malformed")):
        ended, _, error = type_("station", "enrol", "--config", str(toml), typed)
        assert ended == 1
        assert f"[{code}]" in error
    assert not (toml.parent / "data").exists()


# Enrolment ------------------------------------------------------------------------------------------------------------
def test_enrolment_shows_the_six_words_that_the_hub_shows(type_: Type, toml: Path, hub: HubProcess) -> None:
    text = hub.client.ticket("st-51", "line-1")
    code, out, error = type_("station", "enrol", "--config", str(toml), text.lower())
    assert (code, error) == (0, "")
    key = Files(toml.parent / "data").current()
    words = six_words(hub.site.root_public, append.public(key))
    assert out.splitlines()[-1] == words
    row = next(row for row in hub.client.stations() if row["log"] == log_id(append.public(key)))
    assert (row["words"], row["station"]) == (words, "st-51")
    enrolment = configuration.enrolment(configuration.load(toml))
    assert (enrolment.station, enrolment.line, enrolment.site) == ("st-51", "line-1", hub.site.id)
    code, out, error = type_("station", "outbox", "--config", str(toml))
    assert (code, error) == (0, "") and "Nothing recorded yet" in out, "it is enrolled, and has not run"


def test_enrolling_twice_with_the_same_ticket_is_the_same_enrolment(toml: Path, hub: HubProcess) -> None:
    text = hub.client.ticket("st-52", "line-1")
    words = introduce(toml, text)
    assert introduce(toml, text) == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_that_is_trusted_already_has_no_words_to_compare(
    type_: Type, toml: Path, hub: HubProcess, language: str
) -> None:
    place = f"st-57-{language}"
    text = hub.client.ticket(place, "line-1")
    words = introduce(toml, text)
    hub.client.confirm(place, words)
    locale = {"zh": "zh_CN.UTF-8", "en": "C.UTF-8"}[language]
    code, out, _ = type_("station", "enrol", "--config", str(toml), text, LC_ALL=locale)
    said = say(
        language,
        "enrol.trusted",
        {"station": place, "log": log_id(append.public(Files(toml.parent / "data").current()))},
    )
    assert (code, out.splitlines()) == (0, [said])


def refused(toml: Path, text: str, kind: type[HeadwaterError] = BadTicket) -> str:
    """The code with which an enrolment ends; the station is not enrolled then."""
    with pytest.raises(kind) as caught:
        introduce(toml, text)
    assert not (toml.parent / "data" / "enrolment.json").exists()
    return caught.value.code


def test_a_spent_ticket_enrols_nobody_else(toml: Path, hub: HubProcess, tmp_path: Path) -> None:
    text = hub.client.ticket("st-53", "line-1")
    introduce(toml, text)
    thief = tmp_path / "thief.toml"
    (tmp_path / "thief").mkdir()
    thief.write_text(f'data = "{tmp_path / "thief" / "data"}"')
    with pytest.raises(BadTicket, match=r"ticket\.used"):
        introduce(thief, text)


def test_a_forged_ticket_enrols_nobody(toml: Path, hub: HubProcess) -> None:
    assert refused(toml, ticket(hub, "st-55", secret=bytes(16)).text()) == "ticket.refused"
    assert refused(toml, ticket(hub, "st-55", tls_pin=bytes(32)).text(), HubUnavailable) == "hub.pin"
    assert refused(toml, ticket(hub, "st-55", site_root=bytes(32)).text(), HeadwaterError).startswith("note.")


def test_without_the_hub_nobody_is_enrolled(toml: Path, hub: HubProcess) -> None:
    elsewhere = ticket(hub, "st-56", address="https://127.0.0.1:1").text()
    assert refused(toml, elsewhere, HubUnavailable) == "hub.unreachable"


# Outbox ---------------------------------------------------------------------------------------------------------------
def test_the_outbox_says_what_waits_and_what_is_confirmed(type_: Type, desk: Desk) -> None:
    desk.sync.round()
    confirmed = len(desk.entries())
    desk.scan("M-250-000101", "HL-2644")
    code, out, _ = type_("station", "outbox", "--config", str(desk.toml))
    lines = out.splitlines()
    assert code == 0
    assert f"{confirmed + 3} entries · {confirmed} confirmed · 3 waiting" in lines[0]
    assert len(lines) == 1 + 3
    assert "M-250-000101" in lines[1]
    assert "HL-2644" in lines[3]
    desk.sync.round()
    _, out, _ = type_("station", "outbox", "--config", str(desk.toml), LC_ALL="zh_CN.UTF-8")
    assert len(out.splitlines()) == 1
    assert str(confirmed + 3) in out
    assert "waiting" not in out


def test_the_outbox_can_be_read_while_the_station_works(type_: Type, kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.sign_in()
    kiosk.wrote_its_scanner()
    kiosk.delivered()
    code, out, error = type_("station", "outbox", "--config", str(kiosk.toml))
    assert (code, error) == (0, "")
    assert "0 waiting" in out
    assert kiosk.scan("M-250-000102", "✓✓")
    assert json.loads((kiosk.data / "sentinel.json").read_text())["log"] in out
