"""The keyboard of free text: nothing is taken that nobody saw, nothing is lost, and every key is large enough."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from common.pinyin import engine
from common.qt.keyboard import LAYERS, LYING, LetterKey
from common.qt.writing_pad import PINYIN, WritingPad
from common.text import Language
from tests.support.screen import SIZES, buttons, look, tap, words

Show = Callable[[QWidget], QWidget]
Size = tuple[int, int, float]


def pad(show: Show, language: Language = "zh", size: Size = SIZES[0], *, most: int = 60, typed: str = "") -> WritingPad:
    made = WritingPad(look(size, language))
    made.resize(size[0] - 60, size[1] - 150)
    made.ask(typed, most)
    show(made)
    return made


def type_in(on: WritingPad, *keys: str) -> None:
    for key in keys:
        tap(buttons(on)[key])


# Scripts --------------------------------------------------------------------------------------------------------------
def test_it_starts_in_the_script_of_the_readers_language_and_turns_with_one_key(show: Show) -> None:
    made = pad(show, "en")
    type_in(made, "S", "中文", "s", "h", "i", "是", "English", "S")
    assert made.typed == "S是S"
    assert pad(show, "zh").chinese


def test_the_script_stays_when_the_language_changes_and_so_do_open_letters(show: Show) -> None:
    made = pad(show, "zh")
    type_in(made, *"shebei")
    made.look.language = "en"
    made.say_again()
    made.grab()
    assert "she'bei" in words(made)
    type_in(made, "设备")
    assert (made.typed, made.chinese) == ("设备", True)


def test_the_key_of_the_other_script_takes_the_letters_as_they_are(show: Show) -> None:
    made = pad(show)
    type_in(made, *"led", "English", "中文")
    assert (made.typed, made.composed) == ("led", "")


def test_signs_and_digits_of_both_scripts_can_be_typed(show: Show) -> None:
    made, found = pad(show), set[str]()
    for _ in range(2):
        for _ in range(3):
            found |= set(buttons(made))
            made.press("layer")
        made.press("script")
    assert set("，。、？！：；（）0123456789-/.:") | set("".join(LAYERS.values())) | set(PINYIN["signs"]) <= found


# What is open ---------------------------------------------------------------------------------------------------------
def test_candidates_take_the_place_of_the_digits_and_give_it_back(show: Show) -> None:
    made = pad(show)
    assert "7" in buttons(made)
    type_in(made, *"shebei")
    assert "7" not in buttons(made)
    type_in(made, "设备", "7")
    assert made.typed == "设备7"


def test_a_candidate_takes_its_syllables_and_leaves_the_rest_open(show: Show) -> None:
    made = pad(show)
    type_in(made, *"shebeiguzhang", "设备")
    assert (made.typed, made.composed) == ("设备", "guzhang")
    type_in(made, "故障")
    assert (made.typed, made.composed) == ("设备故障", "")


def test_space_takes_the_first_that_is_shown_also_of_a_later_page(show: Show) -> None:
    made = pad(show)
    type_in(made, *"shebeiguzhang", "空格", "空格", *"yi", "▼")
    first = made._shown[0].text
    type_in(made, "空格")
    assert made.typed == f"设备故障 {first}"
    assert first != "一"


def test_pages_turn_down_to_the_last_candidate_and_back(show: Show) -> None:
    made, seen = pad(show), list[str]()
    type_in(made, *"yi")
    while True:
        seen += [one.text for one in made._shown]
        if not buttons(made)["▼"].isEnabled():
            break
        type_in(made, "▼")
    assert seen == [one.text for one in engine.table().read("yi").candidates]
    while buttons(made)["▲"].isEnabled():
        type_in(made, "▲")
    assert made._shown[0].text == seen[0]


def test_delete_removes_an_open_letter_before_anything_that_was_typed(show: Show) -> None:
    made = pad(show, typed="好")
    type_in(made, *"sh", "退格")
    assert (made.typed, made.composed) == ("好", "s")
    type_in(made, "退格", "退格")
    assert (made.typed, made.composed) == ("", "")


def test_a_sign_takes_what_is_open_before_it(show: Show) -> None:
    made = pad(show)
    type_in(made, *"shebeiguzhang", "，")
    assert made.typed == "设备故障，"


def test_confirm_takes_what_is_open_and_hands_over_only_what_was_seen(show: Show) -> None:
    made, entered = pad(show), list[str]()
    made.entered.connect(entered.append)
    made.press("H")
    made.press("A")
    made.press("O")
    made.press("ok")
    assert (entered, made.typed) == ([], "好")
    made.press("ok")
    assert entered == ["好"]


def test_letters_that_spell_nothing_are_offered_as_they_are(show: Show) -> None:
    made = pad(show)
    for key in ("V", "V", " "):
        made.press(key)
    assert made.typed == "vv"


def test_a_separator_can_be_typed_only_between_letters(show: Show) -> None:
    made = pad(show)
    assert not buttons(made)["'"].isEnabled()
    type_in(made, *"xi'an", "空格")
    assert made.typed == "西安"


def test_a_text_is_never_longer_than_its_field_and_nothing_of_it_is_cut_off(show: Show) -> None:
    made = pad(show, most=3)
    type_in(made, *"shebeiguzhang")
    assert "设备故障" not in buttons(made), "for which there is no room"
    type_in(made, "设备", "空格")
    assert (len(made.typed), made.composed[:1]) == (3, "z"), "what has no room stays open and is seen"
    assert not buttons(made)["确定"].isEnabled()
    type_in(made, *["退格"] * 5, "确定")
    assert made.typed == ""


def firsts(letters: str, room: int) -> str:
    """What the first candidates are that fit, one after the other, for all of the letters."""
    taken = ""
    while letters:
        found = engine.table().read(letters).candidates or [engine.Suggestion(letters, len(letters))]
        first = next((one for one in found if len(taken + one.text) <= room), None)
        if first is None:
            return taken
        taken, letters = taken + first.text, letters[first.taken :].lstrip("'")
    return taken


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_tapped_every_text_comes_of_a_key_or_of_a_candidate(app: QApplication, seed: int) -> None:
    made, chance, handed, most = WritingPad(look(SIZES[0], "zh")), Random(seed), list[str](), 12
    made.resize(1220, 650)
    made.ask("", most)
    made.entered.connect(handed.append)
    for _ in range(300):
        before, letters, shown = made.typed, made.composed, [*made._shown]
        sign = chance.choice([sign for sign in made.buttons if made.allowed(sign)])
        said = made.buttons[sign].text
        if shown and chance.random() < 0.3:
            taken = chance.choice(shown)
            made._take(shown.index(taken))
            assert made.typed == before + taken.text
            assert made.composed == letters[taken.taken :].lstrip("'")
            continue
        made.press(sign)
        if handed:
            assert (handed.pop(), letters, made.typed) == (before.strip(), "", "")
        elif made.composed.startswith(letters) and made.composed != letters:
            assert (made.typed, made.composed) == (before, letters + said)
        elif sign == "back":
            assert (made.typed, made.composed) == ((before, letters[:-1]) if letters else (before[:-1], ""))
        elif sign == "script":
            assert made.typed == before + letters
        elif letters and sign == " ":
            assert made.typed == before + shown[0].text
        elif sign not in ("layer", "ok"):
            assert made.typed == before + firsts(letters, most - len(before)) + (" " if sign == " " else said)
        else:
            assert made.typed == before + (firsts(letters, most - len(before)) if sign == "ok" else "")


# Sizes ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("letters", ["shebeiguzhang", "sbgz", "yi", "s", "jintianxiawushebeiguzhangyijinghuanliao"])
def test_seven_candidates_and_every_key_can_be_hit_and_none_lies_over_another(
    show: Show, size: Size, letters: str
) -> None:
    made = pad(show, size=size)
    for letter in letters.upper():
        made.press(letter)
    keys = [one for one in made.findChildren(LetterKey) if one.isVisible()]
    least = made.look.px(LetterKey.least_mm)
    assert len(made._shown) >= 7
    assert all(min(one.width(), one.height()) >= least for one in keys)
    assert all(made.rect().contains(one.geometry()) for one in keys)
    assert not [one.text for n, one in enumerate(keys) for two in keys[:n] if one.geometry().intersects(two.geometry())]
    made.grab()
    assert all(placed.fits for one in (made, *keys) for placed in one.placed)


def test_a_pad_that_is_turned_while_letters_are_open_shows_every_key_again(show: Show) -> None:
    made = pad(show)
    type_in(made, *"shi")
    made.resize(740, 1130)
    made.resize(1220, 650)
    type_in(made, "空格")
    assert set("".join(LYING)) - set("/:.,_+#") <= {key.upper() for key in buttons(made)}


# When the table is read -----------------------------------------------------------------------------------------------
def test_the_table_is_read_when_the_keys_are_on_the_screen_and_not_before(app: QApplication, show: Show) -> None:
    engine.table.cache_clear()
    made = WritingPad(look(SIZES[0], "zh"))
    made.ask("", 60)
    assert engine.table.cache_info().currsize == 0, "a kiosk that starts does not wait for it"
    show(made)
    app.processEvents()
    assert engine.table.cache_info().currsize == 1, "the first letter does not wait for it"
