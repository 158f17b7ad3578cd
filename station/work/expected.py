"""The codes that a workplace would take now, in words and as an event keeps them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from common.barcode_router import MOST_READINGS
from common.definitions import Material, Operation
from common.text import say
from station.shown.work_screen import Phrase

KEPT = 256  # characters of it that an event keeps
NUMBERS = tuple(str(n) for n in range(1, MOST_READINGS + 1))  # the answer cards


class NumberedChoice(Struct, frozen=True):
    """One of several answers. `number`: of its card. `name`: of the rule that reads it, or of an option."""

    number: int
    kind: str = ""
    name: object = None
    material: object = None

    def say(self, language: str) -> str:
        """The choice in `language`, e.g. "1 = Magnet lot"."""
        name = self.name or say(language, f"kind.{self.kind}", {})
        code = "ask.choice" if self.material is None else "ask.choice_of"
        return say(language, code, {"number": self.number, "name": name, "material": self.material})


class Expected(Struct, frozen=True):
    """The codes that would be taken. `words`: as people read them; `text`: as an event keeps them, a word and ids.

    `kinds`: the kinds of codes, of a command its verb; `materials`: ids, if it is one of some.
    """

    words: Phrase
    text: str
    kinds: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()


def text(*words: str | None) -> str:
    """Words and ids as an event keeps them."""
    return " ".join(word for word in words if word)[:KEPT]


def card(verb: str, word: str) -> Expected:
    """One command card. `word`: the code of its words."""
    return Expected(Phrase("expect.card", {"name": Phrase(word)}), verb, (verb,))


def one_of(code: str, word: str, known: Sequence[Material | Operation], *, kinds: tuple[str, ...]) -> Expected:
    """One of some materials or operations, by name."""
    ids = tuple(one.id for one in known)
    return Expected(Phrase(code, {"name": [one.name for one in known]}), text(word, *ids), kinds, ids)
