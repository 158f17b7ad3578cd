"""A page and a signature in the window: what a finger fills is a message to the work cell, as are badge and PIN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from common.definitions import Form
from common.text import LANGUAGES, Language
from station.kiosk.form import FormScreen
from station.kiosk.sign_in import SignInScreen
from station.kiosk.window import Surroundings, Window
from station.messages import Filled, GaugeRead, Message, PinEntered, Scanned
from station.staging import stage
from tests.support.screen import SIZES, buttons, look, painted, settle, tap, words
from tests.support.shift import Shift, motor_pack

Show = Callable[[QWidget], QWidget]


class Bench:
    """A kiosk at the audit's page: what it sends is acted on by the real turns, and what follows is shown."""

    def __init__(self, show: Show, size: tuple[int, int, float] = SIZES[0], language: Language = "en") -> None:
        audit = next(d for d in motor_pack().definitions if isinstance(d, Form) and d.id == "audit-form")
        self.shift = Shift("st-10", [Form("press-form", audit.name, audit.steps)])
        self.shift.scan("M-250-004217")
        self.heard: list[Message] = []
        around = Surroundings(
            hear=self._hear,
            record=lambda said: None,
            play=lambda tone: None,
            later=lambda ms, call: None,
            mono_ms=lambda: 0,
            wall_ms=lambda: 0,
        )
        self.window = Window(look(size, language), around)
        self.window.resize(size[0], size[1])
        self.renew()
        show(self.window)

    def _hear(self, message: Message) -> None:
        self.heard.append(message)
        match message:
            case Filled():
                self.shift.fill(message.field, *message.value, i=message.i)
            case Scanned():
                self.shift.scan(message.raw.decode(), device=message.device)
            case PinEntered():
                self.shift.sign(message.person)
        self.renew()

    def renew(self) -> None:
        self.window.show_announcement(stage(self.shift.work, self.shift.view()))
        self.window.show_announcement(self.shift.prompt)
        settle()

    def scan(self, text: str) -> None:
        self.shift.scan(text)
        self.renew()

    def tap(self, *texts: str) -> None:
        for text in texts:
            tap(buttons(self.window)[text])

    def to_the_signature(self) -> None:
        self.scan("C25-70001")
        self.shift.read(GaugeRead("caliper", "11.990", "mm", True, b"x", 0))
        self.renew()
        self.tap("0", ".", "2", "5", "Enter", "0", ".", "1", "9", "Enter", "Yes", "Good", "Today", "Enter")


def test_a_page_is_filled_with_fingers_and_signed_with_badge_and_pin(show: Show) -> None:
    bench = Bench(show)
    assert isinstance(bench.window.screen_, FormScreen)
    bench.to_the_signature()
    assert [one for one in bench.heard if isinstance(one, Filled)] == [
        Filled("play-1", ("0.25",)),
        Filled("play-2", ("0.19",)),
        Filled("cable", ("yes",)),
        Filled("surface", ("good",)),
        Filled("greased", ("2026-11-02",)),
    ]
    assert isinstance(bench.window.screen_, SignInScreen), "the mean play is above 0.200"
    bench.scan("B30002")
    assert "周敏" in words(bench.window)
    bench.tap("2", "4", "0", "8", "Enter")
    assert bench.heard[-1] == PinEntered("p-zhou", "2408")
    assert bench.shift.work.hand is None, "the page was confirmed by signing it"


def test_whoever_does_not_sign_comes_back_to_the_page(show: Show) -> None:
    bench = Bench(show)
    bench.to_the_signature()
    bench.tap("Cancel")
    assert isinstance(bench.window.screen_, FormScreen)


def test_a_tap_on_a_field_is_the_scan_of_its_card(show: Show) -> None:
    bench = Bench(show)
    assert isinstance(bench.window.screen_, FormScreen)
    cell = next(cell for cell in bench.window.screen_.view.cells if cell.field.id == "play-1")
    tap(cell)
    assert isinstance(bench.heard[-1], Scanned) and bench.heard[-1].raw == b"HW:FIELD:play-1"
    assert "Shaft play 1" in words(bench.window)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_and_signature_fit_on_every_screen(show: Show, size: Any, language: Language) -> None:
    bench = Bench(show, size, language)
    for card in ("C25-70001", "HW:FIELD:play-1", "HW:N:0.25", "HW:N:0.19", "HW:YES", "HW:OPTION:good", "B30002"):
        assert not [one.text for one in painted(bench.window) if not one.fits]
        bench.scan(card)
    assert not [one.text for one in painted(bench.window) if not one.fits]
