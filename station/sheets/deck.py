"""The cards of a workplace: each command that the station acts on, and the coded reasons of the site. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from common.barcode_router import COMMAND_PREFIX
from common.definitions import Definitions, Material, Partner
from common.text import say
from station.work.ask.cards import CARDS, CommandCard, WallCard


class Card(Struct, frozen=True):
    """One card: the command after HW:, and its text, as a code of the catalogue and its values."""

    command: str
    code: str
    params: dict[str, object] = {}

    @property
    def content(self) -> str:
        """The content of its QR code."""
        return COMMAND_PREFIX + self.command

    def say(self, language: str) -> str:
        """Return its text in `language`."""
        return say(language, self.code, self.params)


class CardGroup(Struct, frozen=True):
    """A group of cards. `code`: of its heading; `tone`: its colour, as on the screen."""

    code: str
    tone: str
    cards: tuple[Card, ...]


# The groups in the order in which they are printed.
GROUPS = (
    "sheet.work",
    "sheet.ng",
    "sheet.scrap",
    "sheet.ncr",
    "sheet.leave",
    "sheet.call",
    "sheet.override",
    "sheet.reprint",
    "sheet.void_label",
    "sheet.partners",
    "sheet.choices",
)


def deck(known: Definitions) -> tuple[CardGroup, ...]:
    """The groups of cards, in the order in which they are printed; none is empty."""
    papers = [(paper, card) for card in CARDS.values() for paper in card.paper]
    groups = []
    for code in GROUPS:
        own = [(paper, card) for paper, card in papers if paper.group == code]
        printed = tuple(one for paper, card in own for one in _printed(known, paper, card))
        if printed:
            groups.append(CardGroup(code, own[0][0].tone, printed))
    return tuple(groups)


def _printed(known: Definitions, paper: WallCard, card: CommandCard) -> Iterator[Card]:
    """One card; or one for each thing that it may name."""
    verb = card.verb
    if paper.use:
        reasons = known.reasons(paper.use)
        yield from (Card(f"{verb}:{reason.id}", "card.reason", {"name": reason.name}) for reason in reasons)
        if paper.bare and not reasons:
            yield Card(verb, card.word)
    elif verb == "PARTNER":
        yield from (Card(f"PARTNER:{one.id}", "card.reason", {"name": one.name}) for one in known.all(Partner))
    elif verb == "NEW":
        yield from _new(known, card)
    elif verb.isdecimal():
        yield Card(verb, "card.choice", {"number": int(verb)})
    else:
        yield Card(verb, card.word)


def _new(known: Definitions, card: CommandCard) -> Iterator[Card]:
    """Of several materials whose serials are given here, a card each."""
    issued = [material for material in known.all(Material) if material.issues]
    if len(issued) == 1:
        yield Card("NEW", card.word)
    else:
        yield from (Card(f"NEW:{one.id}", "card.new_of", {"name": one.name}) for one in issued)
