"""Pinyin: the words of a factory are near, every syllable is spelled, and what is taken is what the letters spell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.pinyin.engine import MOST_LETTERS, Suggestion, plain, table

LETTERS = st.text("abcdefghijklmnopqrstuvwxyz'", min_size=1, max_size=MOST_LETTERS)
FIRST_FIVE = {
    "shebeiguzhang": "设备故障",
    "saomaqiang": "扫码枪",
    "fangong": "返工",
    "baofei": "报废",
    "luosi": "螺丝",
    "huanliao": "换料",
    "jiaojieban": "交接班",
    "buhege": "不合格",
    "gongwei": "工位",
    "tingxian": "停线",
}


def read(letters: str) -> list[str]:
    return [candidate.text for candidate in table().read(plain(letters)).candidates]


@pytest.mark.parametrize("letters", FIRST_FIVE)
def test_a_word_of_the_factory_is_among_the_first_five(letters: str) -> None:
    assert FIRST_FIVE[letters] in read(letters)[:5]


def test_what_is_no_word_of_the_table_is_composed_of_words() -> None:
    assert read("shebeiguzhang")[0] == "设备故障"
    assert read("jintianxiawushebeiguzhangyijinghuanliao")[0] == "今天下午设备故障已经换料"
    assert "设备" in read("shebeiguzhang"), "and its first word can be taken alone"


@pytest.mark.parametrize(
    ("letters", "word"),
    [("xian", "西安"), ("xian", "先"), ("xi'an", "西安"), ("sb", "设备"), ("zhg", "中国"), ("sheb", "设备")],
)
def test_letters_are_cut_where_words_are(letters: str, word: str) -> None:
    assert word in read(letters)[:5]


def test_a_separator_parts_two_syllables() -> None:
    assert "先" not in read("xi'an"), "which has one"
    assert table().read("xi'an").candidates[0] == Suggestion("西安", 5), "the separator is taken with them"


@pytest.mark.parametrize(("letters", "word"), [("nv", "女"), ("nu:", "女"), ("lv", "绿"), ("lve", "略"), ("lue", "略")])
def test_u_with_dots_is_typed_as_people_type_it(letters: str, word: str) -> None:
    assert word in read(letters)[:3]


def test_every_syllable_and_every_character_can_be_reached() -> None:
    syllables = {sounds: [] for sounds in table().syllables}
    for words in table()._words.values():
        for word in words:
            if len(word.sounds) == 1:
                syllables[word.sounds[0]].append(word.text)
    assert len(syllables) > 395
    for sound, texts in syllables.items():
        assert set(texts) <= set(read(sound)), sound
    reached = {text for texts in syllables.values() for text in texts}
    assert {sign for row in range(0xB0, 0xF8) for sign in of_gb_2312(row)} == reached


def of_gb_2312(row: int) -> str:
    return bytes(one for column in range(0xA1, 0xFF) for one in (row, column)).decode("gb2312", "ignore")


@given(LETTERS)
def test_a_candidate_takes_letters_from_the_front_and_is_offered_once(letters: str) -> None:
    reading = table().read(letters)
    assert len({one.text for one in reading.candidates}) == len(reading.candidates)
    assert all(0 < one.taken <= len(letters) for one in reading.candidates)
    assert reading.spelled.replace("'", "") == letters.replace("'", ""), "no letter is lost from sight"


@given(LETTERS)
def test_one_candidate_after_the_other_takes_all_letters_that_spell_anything(letters: str) -> None:
    while letters and (found := table().read(letters).candidates):
        letters = letters[found[0].taken :].lstrip("'")
    assert not letters.strip("'") or letters.lstrip("'")[0] in "iuv", "what is left begins no syllable"
