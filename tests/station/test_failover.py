"""A station whose hub moved finds it again, and gives nothing to anybody else who answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from station import config as configuration
from station import messages as m
from station.hublink.addresses import Addresses
from station.hublink.sync import Sync
from tests.support.hub_process import HubProcess
from tests.support.plant import Desk

NOBODY = "https://127.0.0.1:1"


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[HubProcess]:
    """Another hub, with another key."""
    hub = HubProcess(tmp_path / "stranger").init().run()
    yield hub
    hub.stop()
    hub.close()


@pytest.fixture
def remembered() -> list[str]:
    return []


def sync(desk: Desk, addresses: Addresses, remembered: list[str]) -> Sync:
    """This station's sync, with these addresses."""
    enrolment = configuration.enrolment(configuration.load(desk.toml))
    return Sync(
        desk.store, desk.files, enrolment, desk.clock, desk.put, addresses=addresses, remember=remembered.append
    )


def attempts(made: Sync, count: int) -> None:
    for _ in range(count):
        made.attempt()
    made.stop()
    made.run()  # only lets its connection go


def links(desk: Desk) -> list[tuple[bool, str]]:
    return [(one.up, one.code) for one in desk.said(m.LinkChanged)]


def test_when_one_address_does_not_answer_the_next_is_tried_and_the_one_that_did_is_remembered(
    desk: Desk, remembered: list[str]
) -> None:
    right = desk.hub.config.address
    attempts(sync(desk, Addresses([NOBODY, right]), remembered), 4)
    assert links(desk)[-2:] == [(False, "hub.unreachable"), (True, "")]
    assert remembered == [right]


def test_a_hint_leads_to_the_hub_and_a_stranger_who_answers_is_neither_told_anything_nor_remembered(
    desk: Desk, stranger: HubProcess, remembered: list[str]
) -> None:
    desk.scan("M-250-000001")
    addresses = Addresses([NOBODY])
    addresses.hear([stranger.config.address, desk.hub.config.address])
    attempts(sync(desk, addresses, remembered), 5)
    assert remembered == [desk.hub.config.address]
    assert "hub.pin" not in [code for _, code in links(desk)], "nobody's trouble"
    assert links(desk)[-2:] == [(False, "hub.unreachable"), (True, "")]
    assert desk.receipt()[0] == len(desk.entries())


def test_a_stranger_at_an_address_that_people_wrote_is_said(
    desk: Desk, stranger: HubProcess, remembered: list[str]
) -> None:
    attempts(sync(desk, Addresses([stranger.config.address]), remembered), 2)
    assert links(desk)[-1] == (False, "hub.pin")
    assert remembered == []
