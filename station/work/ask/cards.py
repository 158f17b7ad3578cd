"""The command cards: one row a card says its act, its words, its tiles and its place on paper. Pure.

A worker scans a card or taps its tile; both are the same scan. A new card is one row here and its words in two
catalogues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from msgspec import Struct

from common.errors import RuleViolation
from station.shown.work_screen import Tile
from station.work.ask import calls, card_tiles, override, people, serials, undo
from station.work.ask.acts import (
    cancel,
    cleaned,
    confirm,
    fail,
    leave,
    measure,
    nonconforming,
    number,
    pick,
    pick_operation,
    scrap,
)
from station.work.begin import interlock_check, next_operation
from station.work.steps import add, dispatch, fields, labels, replace
from station.work.turn import Turn


def _no_tiles(turn: Turn) -> Iterator[Tile]:
    yield from ()


class WallCard(Struct, frozen=True):
    """A card on the wall. `group`: the code of its heading; `tone`: its colour.

    `use`: of its reasons, one card each; `bare`: without reasons of that use the card is printed alone.
    """

    group: str
    tone: str = "water"
    use: str = ""
    bare: bool = False


WORK, HELP = (WallCard("sheet.work"),), (WallCard("sheet.call"),)


class CommandCard(Struct, frozen=True):
    """One command: `HW:<verb>`, or `HW:<verb>:<rest>`.

    `act` takes what follows the colon. `word`: the code of its words. `tiles`: its tiles where a screen offers it.
    `paper`: its cards on the wall; `off_paper`: the reason why it has none. `goes_on`: it does a step of the work,
    so it is refused while something says no to the thing in hand. `answers`: it answers one question of several, and
    the same answer may be right for the next one too. `keyed`: it is typed on the screen, key by key.
    """

    verb: str
    act: Callable[[Turn, str], None]
    word: str = ""
    tiles: Callable[[Turn], Iterator[Tile]] = _no_tiles
    paper: tuple[WallCard, ...] = ()
    off_paper: str = ""
    goes_on: bool = False
    answers: bool = False
    keyed: bool = False


_ROWS = (
    CommandCard("NEW", serials.new, "card.new", card_tiles.new, WORK),
    # Answers
    CommandCard("CONFIRM", confirm, "card.confirm", card_tiles.confirm, WORK, goes_on=True),
    CommandCard("YES", partial(fields.enter_word, "yes"), "card.yes", paper=WORK, goes_on=True, answers=True),
    CommandCard("NO", partial(fields.enter_word, "no"), "card.no", paper=WORK, goes_on=True, answers=True),
    CommandCard("CANCEL", cancel, "card.cancel", card_tiles.cancel, WORK),
    CommandCard("UNDO", undo.take_back, "card.undo", card_tiles.undo_last, WORK),
    CommandCard("MEASURE", measure, "card.measure", card_tiles.measure, WORK, goes_on=True, answers=True),
    CommandCard(
        "N",
        number,
        off_paper="a number is typed on the pad of the screen, or scanned from a sheet that somebody prints for it",
        goes_on=True,
        answers=True,
        keyed=True,
    ),
    CommandCard(
        "DATE", fields.enter, off_paper="a day is picked on the screen", goes_on=True, answers=True, keyed=True
    ),
    CommandCard(
        "OPTION", fields.enter, off_paper="a choice of a form is a tile on the screen", goes_on=True, answers=True
    ),
    CommandCard(
        "FIELD", fields.go, "", card_tiles.field, off_paper="a field of a form is a tile on the screen", answers=True
    ),
    CommandCard(
        "EMPTY",
        fields.empty,
        "tap.empty",
        card_tiles.empty,
        off_paper="an answer is taken out with the tile beside it",
        goes_on=True,
        answers=True,
    ),
    *(
        CommandCard(str(n), partial(pick, n), paper=(WallCard("sheet.choices", "unknown"),), goes_on=True, answers=True)
        for n in range(1, 10)
    ),
    CommandCard(
        "OP",
        pick_operation,
        off_paper="an operation is a tile on the screen, which knows those of the unit in hand",
    ),
    # The work
    CommandCard("CLOSE", add.close, "card.close", card_tiles.close, WORK, goes_on=True),
    CommandCard("REWORK", next_operation.rework, "card.rework", card_tiles.rework, WORK),
    CommandCard("LEAVE", leave, "card.leave", card_tiles.leave, (*WORK, WallCard("sheet.leave", "hold", "leave"))),
    CommandCard("SIGNOUT", people.sign_out, "card.sign_out", card_tiles.sign_out, WORK),
    CommandCard(
        "PERSON",
        people.act,
        tiles=card_tiles.people_here,
        off_paper="a person who is signed in is a tile on the screen; their badge does the same",
    ),
    CommandCard("CLEANED", cleaned, "card.cleaned", card_tiles.cleaned, WORK),
    CommandCard("PARTNER", dispatch.partner, "", card_tiles.partner, (WallCard("sheet.partners"),), goes_on=True),
    CommandCard(
        "OUT",
        replace.out_unread,
        "card.old_unread",
        card_tiles.old_unread,
        off_paper="the component that comes out is named on its tile",
        goes_on=True,
    ),
    # Bad news
    CommandCard("NG", fail, "tap.ng", card_tiles.fail, (WallCard("sheet.ng", "ng", "fail"),)),
    CommandCard("SCRAP", scrap, "tap.scrap", card_tiles.scrap, (WallCard("sheet.scrap", "ng", "scrap"),)),
    CommandCard("NCR", nonconforming, "tap.ncr", card_tiles.ncr, (WallCard("sheet.ncr", "hold", "nonconformance"),)),
    CommandCard(
        "OVERRIDE",
        override.ask,
        "tap.override",
        card_tiles.overrides,
        (WallCard("sheet.override", "hold", "override"),),
    ),
    # Labels
    CommandCard(
        "REPRINT",
        labels.reprint,
        "card.reprint",
        card_tiles.reprint,
        (WallCard("sheet.reprint", "water", "reprint", bare=True),),
    ),
    CommandCard(
        "VOIDLABEL",
        labels.void,
        "card.void_label",
        card_tiles.void_label,
        (WallCard("sheet.void_label", "hold", "reprint", bare=True),),
    ),
    CommandCard(
        "LABELTHERE",
        labels.there,
        "tap.label_there",
        card_tiles.label_there,
        off_paper="the screen asks whether a label is there, and the scan of the label answers too",
    ),
    # Calls
    CommandCard(
        "CALL", calls.raise_one, "card.call", card_tiles.call, (*HELP, WallCard("sheet.call", "water", "call"))
    ),
    CommandCard("ANSWER", calls.answer, "card.answer", paper=HELP),
    CommandCard("CLEAR", calls.clear, "card.clear", paper=HELP),
)
CARDS = {card.verb: card for card in _ROWS}
LABELS = ("REPRINT", "VOIDLABEL", "LABELTHERE")


def verb_of(command: str) -> str:
    """The verb of a command's text, e.g. LEAVE of LEAVE:material."""
    return command.partition(":")[0]


def command(turn: Turn, text: str) -> None:
    """Act on a card. RuleViolation command.* if it cannot be now."""
    verb, _, rest = text.partition(":")
    card = CARDS.get(verb)
    if card is None:
        raise RuleViolation("command.not_here", command=verb)
    if card.goes_on:
        interlock_check.go_on(turn)
    card.act(turn, rest)


def tiles(turn: Turn, verbs: tuple[str, ...]) -> Iterator[Tile]:
    """The tiles of these cards, as far as each can be used now."""
    for verb in verbs:
        yield from CARDS[verb].tiles(turn)
