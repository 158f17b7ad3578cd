"""The command cards of a workplace: every command that the station acts on, and the site's coded reasons. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from common.barcode_router import COMMAND_PREFIX
from common.definitions import Definitions, Material, Partner, Reason
from common.text import say
from station.work.ask.commands import COMMANDS
from station.work.ask.expectation import WORDS


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


# Commands without a reason. A command that the station does not act on has no card.
_WORK = ("CONFIRM", "YES", "NO", "CANCEL", "UNDO", "MEASURE", "CLOSE", "REWORK", "LEAVE", "SIGNOUT", "CLEANED")
_HELP = ("CALL", "ANSWER", "CLEAR")
# Commands that need a reason of a certain use: (use, command, heading, tone).
REASONED = (
    ("fail", "NG", "sheet.ng", "ng"),
    ("scrap", "SCRAP", "sheet.scrap", "ng"),
    ("nonconformance", "NCR", "sheet.ncr", "hold"),
    ("leave", "LEAVE", "sheet.leave", "hold"),
    ("call", "CALL", "sheet.call", "water"),
    ("override", "OVERRIDE", "sheet.override", "hold"),
    ("reprint", "REPRINT", "sheet.reprint", "water"),
    ("reprint", "VOIDLABEL", "sheet.void_label", "hold"),
)
_REASONLESS = ("REPRINT", "VOIDLABEL")
# Commands without a card, and why.
ON_NO_CARD = {
    "N": "a number is typed on the pad of the screen, or scanned from a sheet that somebody prints for it",
    "DATE": "a day is picked on the screen",
    "OPTION": "a choice of a form is a tile on the screen",
    "FIELD": "a field of a form is a tile on the screen",
    "LABELTHERE": "whether a label is there is asked on the screen, and the scan of the label says so too",
    "OUT": "what comes out is named on its tile",
    "EMPTY": "an answer is taken out with the tile beside it",
    "OP": "an operation is a tile on the screen, which knows those of the unit in hand",
}


def deck(known: Definitions) -> tuple[CardGroup, ...]:
    """Return the groups of cards in print order, without empty ones."""
    return tuple(group for group in _groups(known) if group.cards)


def _groups(known: Definitions) -> Iterator[CardGroup]:
    yield CardGroup("sheet.work", "water", (*_new(known), *_bare(_WORK)))
    for use, verb, code, tone in REASONED:
        reasons = [reason for reason in known.all(Reason) if reason.use == use] if verb in COMMANDS else []
        cards = tuple(Card(f"{verb}:{reason.id}", "card.reason", {"name": reason.name}) for reason in reasons)
        if verb == "CALL":
            cards = (*_bare(_HELP), *cards)
        elif not cards and verb in COMMANDS and verb in _REASONLESS:
            cards = (Card(verb, WORDS[verb]),)
        yield CardGroup(code, tone, cards)
    partners = known.all(Partner) if "PARTNER" in COMMANDS else []
    cards = tuple(Card(f"PARTNER:{one.id}", "card.reason", {"name": one.name}) for one in partners)
    yield CardGroup("sheet.partners", "water", cards)
    yield CardGroup("sheet.choices", "unknown", tuple(Card(str(n), "card.choice", {"number": n}) for n in range(1, 10)))


def _new(known: Definitions) -> Iterator[Card]:
    """Make the cards for new units: one card, or one per material if serials are issued here for several."""
    issued = [material for material in known.all(Material) if material.issues]
    if len(issued) == 1:
        yield Card("NEW", WORDS["NEW"])
    else:
        yield from (Card(f"NEW:{one.id}", "card.new_of", {"name": one.name}) for one in issued)


def _bare(verbs: tuple[str, ...]) -> Iterator[Card]:
    return (Card(verb, WORDS[verb]) for verb in verbs if verb in COMMANDS)
