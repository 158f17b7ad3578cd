"""Pads: what can be typed is a number, a PIN or a code, and nothing of a PIN can be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QWidget

from common.qt.button import BigButton
from common.qt.pads import NumberAsked, NumberPad, Pad, PinPad
from tests.support.screen import buttons, look, press, tap, words

Show = Callable[[QWidget], QWidget]
WEIGHT = NumberAsked("Net weight", "kg", 2, "12.00", "14.50", "13.25")


def typed_on(pad: Pad, signs: str) -> list[str]:
    """Tap these keys; what was entered."""
    entered: list[str] = []
    pad.entered.connect(entered.append)
    for sign in signs.split():
        tap(pad.buttons[sign])
    return entered


def least(pad: Pad) -> Pad:
    pad.resize(*(look().px(mm) for mm in pad.least_mm()))
    return pad


@pytest.fixture
def number(show: Show) -> NumberPad:
    pad = NumberPad(look())
    show(least(pad))
    pad.ask(WEIGHT)
    return pad


def test_the_number_pad_shows_unit_limits_and_last_value(number: NumberPad) -> None:
    number.repaint()
    assert {"12.00 – 14.50 kg", "last 13.25", "kg"} <= {placed.text for placed in number.placed}


@pytest.mark.parametrize(
    ("keys", "entered"),
    [
        ("1 3 . 2 5 ok", ["13.25"]),
        ("1 3 . 2 5 7 ok", ["13.25"]),
        ("0 0 7 ok", ["7"]),
        (". 5 ok", ["0.5"]),
        ("1 . ok", ["1"]),
        ("1 2 back 3 ok", ["13"]),
        ("9 9 clear 4 ok", ["4"]),
        ("ok", []),
        (". ok", []),
        ("1 . . 5 ok", ["1.5"]),
    ],
)
def test_only_a_number_with_the_right_decimals_comes_out(number: NumberPad, keys: str, entered: list[str]) -> None:
    number.ask(NumberAsked("Net weight", "kg", 2))
    assert typed_on(number, keys) == entered


def test_keys_that_would_make_no_number_are_dead(number: NumberPad) -> None:
    assert not number.buttons["ok"].isEnabled()
    assert not number.buttons["-"].isEnabled()
    number.ask(NumberAsked("Pieces", "pcs", 0, "-5"))
    assert not number.buttons["."].isEnabled()
    assert number.buttons["-"].isEnabled()
    assert typed_on(number, "- 0 4 ok") == ["-4"]
    assert typed_on(number, "- 0 ok")[-1] == "0", "there is no -0"


@pytest.mark.parametrize(
    ("asked", "may"),
    [
        (NumberAsked("Offset", "mm", 2), True),
        (NumberAsked("Offset", "mm", 2, high="0.5"), True),
        (NumberAsked("Offset", "mm", 2, "-0.50", "0.50"), True),
        (NumberAsked("Gap", "mm", 2, "0"), False),
        (NumberAsked("Gap", "mm", 2, "0.10"), False),
        (NumberAsked("Salt", "kg", 1, high="40.0", amount=True), False),
    ],
)
def test_a_number_below_zero_can_be_typed_unless_it_can_never_be_right(
    number: NumberPad, asked: NumberAsked, may: bool
) -> None:
    number.ask(asked)
    assert number.buttons["-"].isEnabled() is may
    assert typed_on(number, "- 0 . 1 ok") == ["-0.1" if may else "0.1"]


def test_a_new_question_forgets_what_was_typed_for_another(number: NumberPad) -> None:
    typed_on(number, "1 3")
    number.ask(WEIGHT)
    assert number.typed == "13"
    number.ask(NumberAsked("Gross weight", "kg", 2))
    assert number.typed == ""


def test_nothing_of_a_pin_can_be_read(show: Show) -> None:
    pad = PinPad(look())
    show(least(pad))
    pad.ask("Li Na")
    entered = typed_on(pad, "7 3 0 5")
    pad.repaint()
    assert [placed.text for placed in pad.placed] == ["Li Na", "●●●●"]
    tap(pad.buttons["ok"])
    pad.repaint()
    assert entered == ["7305"]
    assert "●" not in words(pad)


@pytest.mark.parametrize("kind", [NumberPad, PinPad])
def test_at_its_least_size_every_key_can_be_hit_in_gloves(show: Show, kind: type[Pad]) -> None:
    pad = least(kind(look()))
    show(pad)
    keys = [key.geometry() for key in pad.findChildren(BigButton) if key.isVisible()]
    assert len(keys) == len(pad.keys)
    assert min(min(key.width(), key.height()) for key in keys) >= look().px(20) - 1
    gap = look().px(4) - 1
    near = [(a, b) for a in keys for b in keys if a != b and a.adjusted(-gap, -gap, gap, gap).intersects(b)]
    assert not near


def doubted(pad: NumberPad) -> list[bool]:
    heard: list[bool] = []
    pad.doubted.connect(lambda: heard.append(True))
    return heard


@pytest.mark.parametrize(("keys", "asked"), [("1 4 . 5 1", 1), ("1 1 . 9 9", 1), ("1 4 . 5 0", 0), ("1 2", 0)])
def test_a_number_out_of_its_limits_is_asked_about_once(number: NumberPad, keys: str, asked: int) -> None:
    heard = doubted(number)
    entered = typed_on(number, f"{keys} ok")
    assert len(heard) == asked and len(entered) == 1 - asked
    assert ("outside 12.00 to 14.50 kg" in words(number)) is bool(asked)
    if asked:
        tap(buttons(number)["It is so"])
        assert entered == [keys.replace(" ", "")] and len(heard) == 1


def test_whoever_typed_it_wrong_types_again_and_nothing_was_taken(number: NumberPad) -> None:
    entered = typed_on(number, "7 1 7 . 9 9 ok")
    assert set(buttons(number)) == {"Enter again", "It is so"}, "no key is live under the question"
    tap(buttons(number)["Enter again"])
    assert typed_on(number, "1 3 ok") == ["13"] and entered == ["13"]


def test_the_second_of_two_quick_taps_on_enter_does_not_answer_the_question(number: NumberPad) -> None:
    entered = typed_on(number, "9 9")
    at = number.buttons["ok"].geometry().center()
    press(number, at, 10_000)
    press(number, at, 10_200)
    assert not entered and "It is so" in buttons(number)
    press(number, at, 10_900)
    assert not entered and "It is so" not in buttons(number), "a third one enters nothing"


def test_another_question_is_not_asked_in_the_doubt_about_the_last(number: NumberPad) -> None:
    typed_on(number, "9 9 ok")
    number.ask(NumberAsked("Gross weight", "kg", 2))
    assert "It is so" not in buttons(number) and number.buttons["1"].isVisible()
