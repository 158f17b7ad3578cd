"""Build common/pinyin/table.txt: readings and frequencies of Chinese words, of two packages under the MIT licence.

`python -m tests.support.pinyin_table PYPINYIN.whl JIEBA.tar.gz` writes it; the same two files give the same bytes. The
packages and their licences are in common/pinyin/NOTICE.
"""

from __future__ import annotations

import json
import math
import sys
import tarfile
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

TRADE = Path(__file__).with_name("pinyin_words.txt")  # said on the floor, and rare in newspapers
TABLE = Path(__file__).parents[2] / "common" / "pinyin" / "table.txt"
MOST_WORDS, LONGEST = 26_000, 5
OF_THE_TRADE = 3_000  # the least frequency of a word that is said every day in a factory
RARE = 0.02  # the least part of a character's frequency that a reading must have to be kept
PEOPLE = ("nr",)  # jieba's marks of words that are names of people: they are no words of a note
FIRST, LAST = 0x4E00, 0x9FFF
VOWELS = set("aeiouv")
SAID = {"嗯": "en"}  # where the first reading has no vowel
Readings = dict[str, dict[str, float]]  # character → reading → its part


def main(packages: list[str]) -> int:
    """Write the table, and say what it has."""
    with zipfile.ZipFile(packages[0]) as wheel:
        phrases = json.loads(wheel.read("pypinyin/phrases_dict.json"))
        characters = json.loads(wheel.read("pypinyin/pinyin_dict.json"))
    with tarfile.open(packages[1]) as source:
        name = next(one for one in source.getnames() if one.endswith("/jieba/dict.txt"))
        found = source.extractfile(name)
        rows = found.read().decode("utf-8").splitlines() if found else []
    known = {word: tuple(_plain(one[0]) for one in sounds) for word, sounds in phrases.items()}
    first = {chr(int(code)): [_plain(one) for one in said.split(",")] for code, said in characters.items()}
    first |= {sign: [sound] for sign, sound in SAID.items()}
    counts = _counts(rows)
    readings = _readings(counts, known, first)
    TABLE.write_text("".join(_lines(counts, known, readings)), encoding="utf-8")
    print(f"{TABLE}: {TABLE.stat().st_size} bytes")
    return 0


def _plain(sound: str) -> str:
    """A syllable without its tone; ü is v."""
    bare = unicodedata.normalize("NFD", sound).replace("u\u0308", "v").replace("ê", "e")
    return "".join(sign for sign in bare if sign.isascii() and sign.isalpha())


def _counts(rows: list[str]) -> Counter[str]:
    """Word → frequency: every character of GB 2312, and words of them."""
    counts: Counter[str] = Counter()
    for row in rows:
        word, times, kind = row.split(" ")
        if all(_common(sign) for sign in word) and len(word) <= LONGEST and not (len(word) > 1 and kind[:2] in PEOPLE):
            counts[word] = int(times)
    for word in TRADE.read_text(encoding="utf-8").split():
        counts[word] = max(counts[word], OF_THE_TRADE)
    for code in range(FIRST, LAST + 1):
        if _common(chr(code)):
            counts[chr(code)] = max(counts[chr(code)], 1)
    return counts


def _common(sign: str) -> bool:
    try:
        return FIRST <= ord(sign) <= LAST and len(sign.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def _readings(counts: Counter[str], known: dict[str, tuple[str, ...]], first: dict[str, list[str]]) -> Readings:
    """How often each character is read how: as often as the words are written in which it is read so."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for word, sounds in known.items():
        for sign, sound in zip(word, sounds, strict=False):
            seen[sign][sound] += counts[word]
    parts: Readings = {}
    for sign, sounds in first.items():
        own = {sound: seen[sign][sound] + 1.0 for sound in dict.fromkeys(sounds)}
        own[sounds[0]] += counts[sign]
        parts[sign] = {sound: times / sum(own.values()) for sound, times in own.items()}
    return parts


def _sounds(word: str, known: dict[str, tuple[str, ...]], readings: Readings) -> tuple[str, ...]:
    """A word's reading: the phrase's, or that of the longest phrases in it, or of its characters."""
    found: list[str] = []
    while len(found) < len(word):
        at = len(found)
        ends = (end for end in range(len(word), at + 1, -1) if word[at:end] in known)
        end = next((end for end in ends if len(known[word[at:end]]) == end - at), at + 1)
        usual = readings[word[at]]
        found += known[word[at:end]] if end > at + 1 else [max(usual, key=lambda sound: usual[sound])]
    return tuple(found)


def _lines(counts: Counter[str], known: dict[str, tuple[str, ...]], readings: Readings) -> Iterator[str]:
    """One line a reading: its syllables, then cost and word, the most frequent first."""
    total = sum(counts.values())
    words = sorted((word for word in counts if len(word) > 1), key=lambda word: (-counts[word], word))[:MOST_WORDS]
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    for word in words:
        weights["'".join(_sounds(word, known, readings))][word] = counts[word]
    for sign in (word for word in counts if len(word) == 1):
        for n, (sound, part) in enumerate(sorted(readings[sign].items(), key=lambda one: -one[1])):
            if set(sound) & VOWELS and (part >= RARE or not n):
                weights[sound][sign] = counts[sign] * part
    for sounds in sorted(weights):
        ordered = sorted(weights[sounds].items(), key=lambda one: (-one[1], one[0]))
        yield " ".join([sounds, *(f"{round(10 * math.log(total / max(n, 0.1)))} {word}" for word, n in ordered)]) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
