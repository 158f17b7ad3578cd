"""A command card is one row: its form, its act, its tiles and its paper follow from it, and nothing else is a card."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from common.barcode_router import COMMAND_PREFIX
from common.definitions import Reason
from common.event_types import Hold, Refused
from common.text import say
from station.sheets.deck import deck
from station.shown.work_screen import Tile
from station.work.ask import cards
from station.work.ask.cards import CARDS, CommandCard, WallCard
from station.work.turn import Turn
from tests.support.factory import unit
from tests.support.shift import Shift

M1 = "M-250-000001"


def greet(turn: Turn, whom: str) -> None:
    turn.tell("done.greeted", name=whom)


def greetings(turn: Turn) -> Iterator[Tile]:
    yield Tile("GREET:foreman", "tap.greet")


GREET = CommandCard("GREET", greet, "card.greet", greetings, ("begin",), (WallCard("sheet.work"),), cards.ID)


@pytest.fixture
def greeting(monkeypatch: pytest.MonkeyPatch) -> Shift:
    """A workplace of a station whose table has one row more."""
    monkeypatch.setitem(CARDS, "GREET", GREET)
    return Shift("st-10")


def test_a_new_card_is_one_row(greeting: Shift) -> None:
    shown = greeting.scan("HW:GREET:foreman")
    assert (shown.code, shown.params) == ("done.greeted", {"name": "foreman"})
    assert Tile("GREET:foreman", "tap.greet") in greeting.scene.tiles
    assert greeting.scan("HW:GREET:foreman", after_ms=500).code == "ignored.double"
    printed = [card.command for group in deck(greeting.definitions) for card in group.cards]
    assert "GREET" in printed
    greeting.scan(M1)
    assert "GREET:foreman" not in [tile.command for tile in greeting.scene.tiles], "it is offered between two units"


@pytest.mark.parametrize("anytime", [True, False])
def test_a_row_says_if_its_card_is_taken_before_sign_in(monkeypatch: pytest.MonkeyPatch, anytime: bool) -> None:
    monkeypatch.setitem(CARDS, "GREET", replace(GREET, anytime=anytime))
    shift = Shift("st-10", signed_in=False)
    assert shift.scan("HW:GREET:foreman").code == ("done.greeted" if anytime else "sign_in.first")


def test_a_row_says_if_its_card_does_a_step_and_is_refused_while_something_says_no(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(CARDS, "GREET", replace(GREET, goes_on=True))
    shift = Shift("st-10")
    shift.scan(M1)
    shift.news(Hold("sampled"), unit(M1))
    assert shift.case.name == "halted"
    assert shift.scan("HW:GREET:foreman").code.startswith("interlock.")


@pytest.mark.parametrize(
    "text",
    [
        "HW:",
        "HW:confirm",
        "HW:CONFIRM:",
        "HW:CONFIRM:page",
        "HW:CONFIRM ME",
        "HW:NG",
        "HW:NG:",
        "HW:NG:Noise",
        "HW:NG:a:b",
        "HW:N:",
        "HW:N:1e5",
        "HW:N:１",
        "HW:DATE:today",
        "HW:FIELD:photo:x",
        "HW:FIRE",
        "HW:GREET:foreman",
        "HW:0",
        "HW:10",
        "HW:-1",
    ],
)
def test_what_no_row_says_is_refused_in_clear_words_and_changes_nothing(text: str) -> None:
    shift = Shift("st-10")
    shift.scan(M1)
    before = replace(shift.work, last_scan=None)
    shown = shift.scan(text)
    assert (shown.tone, shown.code) == ("ng", "barcode.command")
    assert say("en", shown.code, shown.params) == f"Unknown command card: {text}. Use another card."
    assert replace(shift.work, last_scan=None) == before
    assert isinstance(shift.bodies[-1], Refused)


def test_every_command_behind_a_tile_or_on_paper_is_one_that_a_row_takes() -> None:
    shift = Shift("st-10")
    on_paper = [card.content for group in deck(shift.definitions) for card in group.cards]
    reasons = [reason.id for reason in shift.definitions.all(Reason) if reason.use == "fail"]
    for text in (*on_paper, *(f"{COMMAND_PREFIX}NG:{reason}" for reason in reasons), "HW:FIELD:photo:12", "HW:N:-4.25"):
        assert shift.scan(text).code != "barcode.command", text
