"""Flaws of definitions: the field, a hint in the reader's language, and the id that was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from msgspec import Struct

from common.text import say


class Hint(Struct, frozen=True):
    """A sentence of the catalogue, "hint.…", and what fills it. `meant`: what was probably meant, if anything."""

    code: str
    params: dict[str, object] = {}
    meant: str = ""

    def say(self, language: str) -> str:
        """The sentence in `language`: zh or en."""
        said = say(language, self.code, self.params)
        return said + (say(language, "hint.meant", {"meant": self.meant}) if self.meant else "")

    def __str__(self) -> str:
        return self.say("en")


class Why(Struct, frozen=True):
    """An error of a code or label as the reason of a flaw: the first sentence of its text, in each language."""

    code: str
    details: dict[str, object]

    def say(self, language: str) -> str:
        """The sentence in `language`: zh or en."""
        return re.split(r"。|\. ", say(language, self.code, self.details), maxsplit=1)[0]


class Flaw(Struct, frozen=True):
    """A flaw of `field`, e.g. "operations[0].form"; `code` of the error. `warning`: it works all the same."""

    field: str
    code: str
    hint: Hint
    warning: bool = False


def flaw(field: str, code: str, hint: str, /, **params: object) -> Flaw:
    """An error; `hint` and `params` are its hint."""
    return Flaw(field, code, Hint(f"hint.{hint}", params))


def doubt(field: str, code: str, hint: str, /, **params: object) -> Flaw:
    """The same, but only worth a warning."""
    return Flaw(field, code, Hint(f"hint.{hint}", params), warning=True)


def absent(field: str, what: str, id: str, known: Iterable[str] = ()) -> Flaw:
    """`field` cites what is not there; `known`: what it could have meant."""
    return Flaw(field, "definition.reference", Hint("hint.absent", {"what": what, "id": id}, near(id, known)))


def twice(field: str, ids: Iterable[str], inner: str = "id") -> Iterable[Flaw]:
    """Every entry of the list `field` whose `inner` field another had before."""
    seen: set[str] = set()
    for i, id in enumerate(ids):
        if id in seen:
            yield flaw(f"{field}[{i}].{inner}", "definition.duplicate", "twice", id=id)
        seen.add(id)


def near(text: str, known: Iterable[str]) -> str:
    """The one of `known` that `text` most looks like; "" if none does."""
    return next(iter(get_close_matches(text, sorted(set(known)), 1, 0.6)), "")
