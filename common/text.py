"""Texts for people: a code and its values → one sentence, in Chinese or English. Never raises, whatever it gets.

One gettext catalogue per language, `common/locale/*.po`, keyed by code. These files of its own package are read at
first use. Must not decide anything: the caller gives the code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from msgspec import Struct

from common.ids import Claim, kind_of

Params = Mapping[str, object]
Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
LOCALE = Path(__file__).parent / "locale"
MISSING, NOTHING = "…?", "—"
# Placeholders whose values are words of the catalogue: name of the placeholder → first half of the word's code.
_OWN = {"state": "state", "outcome": "outcome", "kind": "kind"}
WORDS = {
    "release": "role",
    "reason": "why",
    "flaw": "flaw",
    "allergens": "allergen",
    "what": "what",
    "meaning": "meaning",
    "uom": "uom",
    **_OWN,
}
# Rooms of sentences whose {reason} is a flaw of a code: elsewhere "date" is what somebody typed.
OF_CODES = ("barcode.", "hint.")
# Places of which one is enough: the roles, people or workplaces in them are joined by "or".
ONE_OF = frozenset(("release", "people", "place"))
# Places of people's names, which no line may part.
OF_PEOPLE = frozenset(("name", "others", "names", "people", "acting"))
WORD_JOINER = "\u2060"
_HAN_NAME = re.compile(r"[\u3400-\u9fff·]{2,8}")
_ENTRY = re.compile(r'^msgid "(.+)"\nmsgstr "(.*)"$', re.MULTILINE)  # one line each; a test checks it with Babel
_WIDE = r"[\u3400-\u9fff]"
_PLACE = re.compile(rf"((?<={_WIDE}) )?\{{(\w+)\}}( (?={_WIDE}))?")
_STARTS_WIDE, _ENDS_WIDE = re.compile(_WIDE), re.compile(_WIDE + "$")
_HEAD_ENDS = re.compile(r"[：。]|: |\. |\.$")
_SENTENCE = re.compile(r"(?:[^。.]|\.(?=\S))+[。.]?")
_SPANS = ((86_400, "span.d"), (3_600, "span.h"), (120, "span.min"), (0, "span.s"))
_SECONDS = {"span.d": 86_400, "span.h": 3_600, "span.min": 60, "span.s": 1}


@runtime_checkable
class Named(Protocol):
    """A name in both languages, as in definitions."""

    def say(self, language: str) -> str:
        """Return the name in `language`."""


class Typed(Struct, frozen=True):
    """A text that somebody typed: the same in every language, also where it equals a word of the catalogue."""

    text: str

    def say(self, language: str) -> str:
        """Return the text."""
        return self.text


def say(language: str, code: str, params: Mapping[str, object]) -> str:
    """Return the sentence of a code. An unfilled placeholder reads "…?"; an unknown code comes with all its values.

    Names and words of the catalogue are translated, None is "—", and a placeholder `…_s` takes seconds and reads as a
    length of time. Chinese has a space between its characters and others only.
    """
    sentence = _catalogue(language).get(code)
    if sentence is None:
        bare = [f"{name}={_value(language, name, value)}" for name, value in params.items()]
        return " ".join([code, *bare])
    return _PLACE.sub(_filler(language, code, params), sentence)


def brief(language: str, code: str) -> str:
    """Return an error in a few words: its sentence up to the particulars; the code if it is unknown."""
    return _HEAD_ENDS.split(_catalogue(language).get(code, code), maxsplit=1)[0]


def advice(language: str, code: str) -> str:
    """Return what an error says to do now: its last sentence, which names no particulars. "" if it is unknown."""
    sentences = [one.strip() for one in _SENTENCE.findall(_catalogue(language).get(code, ""))]
    return sentences[-1] if sentences else ""


def listed(language: str, words: Iterable[str]) -> str:
    """Join words as a list in the language."""
    return ("、" if language == "zh" else ", ").join(words)


def either(language: str, words: Iterable[str]) -> str:
    """Words of which one is enough, as the language names them."""
    *first, last = (*words,) or ("",)
    between = "或" if language == "zh" else " or "
    return between.join((listed(language, first), last)) if first else last


def unparted(params: Params) -> Params:
    """The values of a sentence, with Chinese names of people so that no line ends inside one."""
    return {name: _joined(value) if name in OF_PEOPLE else value for name, value in params.items()}


def _joined(value: object) -> object:
    match value:
        case str() if _HAN_NAME.fullmatch(value):
            return WORD_JOINER.join(value)
        case list() | tuple():
            return [_joined(one) for one in value]
    return value


def known(code: str) -> bool:
    """Return True if the catalogue has this code."""
    return code in _catalogue("en")


def codes(language: str) -> tuple[str, ...]:
    """Return every code of the catalogue, in order."""
    return tuple(sorted(_catalogue(language)))


def places(language: str, code: str) -> frozenset[str]:
    """Return the names of the placeholders in a code's sentence."""
    return frozenset(found[2] for found in _PLACE.finditer(_catalogue(language).get(code, "")))


@lru_cache
def _catalogue(language: str) -> Mapping[str, str]:
    """Load code → sentence. An unknown language reads as English."""
    name = language if language in LANGUAGES else "en"
    return dict(_ENTRY.findall((LOCALE / f"{name}.po").read_text(encoding="utf-8")))


def _filler(language: str, code: str, params: Mapping[str, object]) -> Callable[[re.Match[str]], str]:
    def fill(place: re.Match[str]) -> str:
        before, name, after = place.groups(default="")
        kind = "flaw" if name == "reason" and code.startswith(OF_CODES) else name
        value = _value(language, kind, params[name]) if name in params else MISSING
        return ("" if _STARTS_WIDE.match(value) else before) + value + ("" if _ENDS_WIDE.search(value) else after)

    return fill


def _value(language: str, name: str, value: object) -> str:
    match value:
        case None:
            return NOTHING
        case Claim():
            return on_the_label(value)
        case list() | tuple():
            join = either if name in ONE_OF else listed
            return join(language, (_value(language, name, one) for one in value)) or NOTHING
        case "":
            return NOTHING
        case str():
            return _catalogue(language).get(f"{WORDS.get(name, '')}.{value}", value)
        case int() if name.endswith("_s"):
            return _span(language, value)
        case Named():
            return value.say(language)
    return str(value)


def on_the_label(claim: Claim) -> str:
    """Return the text on the thing's label: of a lot its number without the material before it."""
    return (claim.value.partition("/")[2] if kind_of(claim) == "lot" else "") or claim.value


def _span(language: str, seconds: int) -> str:
    code = next((code for least, code in _SPANS if seconds >= least), "span.s")
    return say(language, code, {"n": seconds // _SECONDS[code]})
