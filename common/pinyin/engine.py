"""Pinyin → candidates: the whole phrase by the most likely words, then single words, the longest first.

A word is matched piece by piece: each piece of the letters is a syllable, or only the beginning of one ("sb"), and the
last may be half typed. Costs are tenths of -ln(frequency); what is only begun costs more. Pure but for the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct

TABLE = Path(__file__).parent / "table.txt"
SEPARATOR = "'"
LONGEST, LONGEST_SOUND = 5, 6  # syllables of a word in the table; letters of a syllable
MOST_LETTERS = 40  # of one composition
# What a syllable costs of which only the beginning is typed, and one that is meant as the beginning of a longer one.
BEGUN, LENGTHENED = 25, 60
TOGETHER = 10  # what each more syllable of a word saves: people think in words
MOST_KEPT = 4_096
INITIAL = re.compile(r"[zcs]h|[bpmfdtnlgkhjqxrzcsyw]")
_U_UMLAUT = re.compile(r"(?<=[ln])(?:u:|ü|u(?=e))")

Pieces = tuple[str, ...]


class Word(Struct, frozen=True, gc=False):
    """A word of the table and one of its readings."""

    text: str
    sounds: tuple[str, ...]
    cost: int


class Spelling(Struct, frozen=True, gc=False):
    """A word that some letters may spell, and the pieces into which they are cut for it."""

    cost: int
    text: str
    pieces: Pieces
    whole: bool


class Suggestion(Struct, frozen=True):
    """A text that may be taken, and how many of the letters it takes."""

    text: str
    taken: int


class Suggestions(Struct, frozen=True):
    """The letters as they are cut for the first candidate, and all candidates."""

    spelled: str
    candidates: Sequence[Suggestion]


class Pinyin:
    """The table: its words by the first letters of their syllables, and which syllables there are."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words: dict[str, list[Word]] = {}
        syllables = set()
        for line in lines:
            spelled, *said = line.split(" ")
            sounds = tuple(spelled.split(SEPARATOR))
            if len(sounds) == 1:
                syllables.add(spelled)
            words = self._words.setdefault("".join([sound[0] for sound in sounds]), [])
            words += [Word(text, sounds, int(cost)) for cost, text in zip(said[::2], said[1::2], strict=True)]
        self.syllables = frozenset(syllables)
        self._begins = frozenset(sound[:end] for sound in syllables for end in range(1, len(sound) + 1))
        self._lead = frozenset(initials[:end] for initials in self._words for end in range(1, len(initials) + 1))
        self._matched: dict[tuple[str, bool], Sequence[Spelling]] = {}

    def read(self, letters: str) -> Suggestions:
        """Return what these letters may be; letters at the end that begin no syllable are left."""
        best = self._best(letters)
        end = max(best)
        path = best[end][1]
        pieces = [piece for match in path for piece in match.pieces]
        rest = letters[end:]
        found = {"".join(match.text for match in path): end}
        cuts = _ends(letters, pieces)
        for taken in range(end, 0, -1):
            for match in self._matches(letters[:taken], taken == len(letters)):
                if match.whole or taken in cuts:
                    found.setdefault(match.text, taken)
        found.pop("", None)
        between = SEPARATOR if pieces and rest and not rest.startswith(SEPARATOR) else ""
        spelled = SEPARATOR.join(pieces) + between + rest
        return Suggestions(spelled, tuple(Suggestion(text, taken) for text, taken in found.items()))

    def _best(self, letters: str) -> Mapping[int, tuple[int, tuple[Spelling, ...]]]:
        """Each end that words can reach → the least cost, and the words."""
        best: dict[int, tuple[int, tuple[Spelling, ...]]] = {0: (0, ())}
        for end in range(1, len(letters) + 1):
            for start in range(max(end - LONGEST * (LONGEST_SOUND + 1), 0), end):
                matches = self._matches(letters[start:end], end == len(letters)) if start in best else ()
                if matches and (end not in best or best[start][0] + matches[0].cost < best[end][0]):
                    best[end] = best[start][0] + matches[0].cost, (*best[start][1], matches[0])
        return best

    def _matches(self, letters: str, last: bool) -> Sequence[Spelling]:
        """The words that exactly these letters may spell, the most likely first. `last`: more may be typed yet."""
        known = self._matched.get((letters, last))
        if known is None:
            if len(self._matched) >= MOST_KEPT:
                self._matched.clear()
            best: dict[str, Spelling] = {}
            for pieces in self._cuts(letters, last):
                for match in self._spelled(pieces, last):
                    if match.text not in best or match.cost < best[match.text].cost:
                        best[match.text] = match
            known = self._matched[letters, last] = sorted(best.values(), key=lambda match: match.cost)
        return known

    def _spelled(self, pieces: Pieces, last: bool) -> Iterator[Spelling]:
        """The words with these syllables, where a piece that is none begins one."""
        whole = [piece in self.syllables for piece in pieces]
        open_ = last and whole[-1]
        cost = BEGUN * whole.count(False) - TOGETHER * (len(pieces) - 1)
        for word in self._words.get("".join(piece[0] for piece in pieces), ()):
            if all(
                sound == piece if full else sound.startswith(piece)
                for sound, piece, full in zip(word.sounds, pieces, whole, strict=True)
            ):
                yield Spelling(word.cost + cost, word.text, pieces, all(whole))
            elif open_ and word.sounds[-1].startswith(pieces[-1]) and word.sounds[:-1] == pieces[:-1]:
                yield Spelling(word.cost + LENGTHENED, word.text, pieces, False)

    def _cuts(self, letters: str, last: bool, before: Pieces = ()) -> Iterator[Pieces]:
        """Every way to cut letters into syllables and beginnings of syllables of which the table has words."""
        letters = letters.lstrip(SEPARATOR)
        left = LONGEST - len(before)
        for end in range(max(len(letters) - (left - 1) * (LONGEST_SOUND + 1), 1), min(len(letters), LONGEST_SOUND) + 1):
            piece, rest = letters[:end], letters[end:]
            if piece in self.syllables or INITIAL.fullmatch(piece) or (last and not rest and piece in self._begins):
                pieces = (*before, piece)
                if "".join([one[0] for one in pieces]) not in self._lead:
                    return
                if rest:
                    yield from self._cuts(rest, last, pieces)
                else:
                    yield pieces


def plain(letters: str) -> str:
    """Letters as the table spells them: small, and ü as v."""
    return _U_UMLAUT.sub("v", letters.lower())


@cache
def table() -> Pinyin:
    """Read the table once."""
    return Pinyin(TABLE.read_text(encoding="utf-8").splitlines())


def _ends(letters: str, pieces: Sequence[str]) -> set[int]:
    """The places in the letters after each piece."""
    ends, at = set(), 0
    for piece in pieces:
        at = letters.index(piece, at) + len(piece)
        ends.add(at)
    return ends
