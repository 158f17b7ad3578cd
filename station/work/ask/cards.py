"""The command cards: one row a card says its act, its words, its tiles and its place on paper. Pure.

A worker scans a card or taps its tile; both are the same scan. A new card is one row here and its words in two
catalogues.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from msgspec import Struct

from common.barcode_router import COMMAND_PREFIX, Ambiguous, Code
from common.errors import BadBarcode
from station.shown.work_screen import Tile
from station.work.ask import calls, card_tiles, override, serials, undo
from station.work.ask.acts import (
    cancel,
    cleaned,
    fail,
    leave,
    measure,
    nonconforming,
    number,
    pick,
    pick_operation,
    scrap,
    sign_out,
)
from station.work.begin import interlock_check, next_operation
from station.work.expected import NUMBERS
from station.work.state import Report, Signature
from station.work.steps import add, dispatch, fields, labels, page_events, replace
from station.work.turn import Turn

# What follows a verb, as a pattern.
ID = ":[a-z0-9][a-z0-9_-]{0,62}"
MAYBE_ID = f"(?:{ID})?"
NUMBER = r":-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,6})?"
DAY = ":[0-9]{4}-[0-9]{2}-[0-9]{2}"
FIELD = ":[a-z][a-z0-9_-]{0,62}(?::[1-9][0-9]?)?"

# Names of the cases in which a screen offers a card (`station/work/awaiting.py`).
SIGNING = ("sign", "sign_page")
STOPS = ("stopped_thing", "stop_over")
BETWEEN = ("begin", *STOPS, "pack_unit")
STEP = ("at_step", "fill_page")
IN_WORK = ("halted", "form_changed", *STEP)
PAGE = ("fill_page", "fill_report")
QUESTIONS = ("no_definitions", "show_badge", "call_badge", "choose_reading", "pick_operation", *SIGNING, "fill_report")
EVERYWHERE = (*QUESTIONS, *BETWEEN, *IN_WORK)


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
    """One command: `HW:<verb>`, with what `rest` matches behind it.

    `act` takes what follows the colon. `word`: the code of its words. `tiles`: its tiles, in the cases `at` in which a
    screen offers it. `paper`: its cards on the wall; `off_paper`: the reason why it has none. `goes_on`: it does a step
    of the work, so it is refused while something says no to the thing in hand. `answers`: it answers one question of
    several, and the same answer may be right for the next one too. `keyed`: it is typed on the screen, key by key.
    `anytime`: it is taken before sign-in and during a question too.
    """

    verb: str
    act: Callable[[Turn, str], None]
    word: str = ""
    tiles: Callable[[Turn], Iterator[Tile]] = _no_tiles
    at: tuple[str, ...] = ()
    paper: tuple[WallCard, ...] = ()
    rest: str = ""
    off_paper: str = ""
    goes_on: bool = False
    answers: bool = False
    keyed: bool = False
    anytime: bool = False


def confirm(turn: Turn, _: str) -> None:
    """Confirm the page: of a reason, act on it; of a step, record it."""
    report = turn.work.asked(Report)
    if report:
        CARDS[report.verb].act(turn, report.reason)
    else:
        page_events.confirm(turn)


def page_signed(turn: Turn, signature: Signature) -> None:
    """Take the signature of a page, and confirm the page as soon as it is complete."""
    if fields.signed(turn, signature):
        confirm(turn, "")


# Tiles are offered in the order of the rows.
_ROWS = (
    CommandCard(
        "CALL",
        calls.raise_one,
        "card.call",
        card_tiles.call,
        EVERYWHERE,
        (*HELP, WallCard("sheet.call", "water", "call")),
        MAYBE_ID,
        anytime=True,
    ),
    CommandCard("ANSWER", calls.answer, "card.answer", paper=HELP, rest=MAYBE_ID, anytime=True),
    CommandCard("CLEAR", calls.clear, "card.clear", paper=HELP, rest=MAYBE_ID, anytime=True),
    CommandCard("NEW", serials.new, "card.new", card_tiles.new, ("begin",), WORK, MAYBE_ID),
    # Answers
    CommandCard("CONFIRM", confirm, "card.confirm", card_tiles.confirm, PAGE, WORK, goes_on=True),
    CommandCard("YES", partial(fields.enter_word, "yes"), "card.yes", paper=WORK, goes_on=True, answers=True),
    CommandCard("NO", partial(fields.enter_word, "no"), "card.no", paper=WORK, goes_on=True, answers=True),
    CommandCard(
        "CANCEL", cancel, "card.cancel", card_tiles.cancel, ("call_badge", *SIGNING, *STOPS, "fill_report"), WORK
    ),
    CommandCard("UNDO", undo.take_back, "card.undo", card_tiles.undo_last, (*BETWEEN, *IN_WORK), WORK),
    CommandCard(
        "MEASURE",
        measure,
        "card.measure",
        card_tiles.measure,
        (*STEP, "fill_report"),
        WORK,
        goes_on=True,
        answers=True,
    ),
    CommandCard(
        "N",
        number,
        rest=NUMBER,
        off_paper="a number is typed on the pad of the screen, or scanned from a sheet that somebody prints for it",
        goes_on=True,
        answers=True,
        keyed=True,
    ),
    CommandCard(
        "DATE",
        fields.enter,
        rest=DAY,
        off_paper="a day is picked on the screen",
        goes_on=True,
        answers=True,
        keyed=True,
    ),
    CommandCard(
        "OPTION",
        fields.enter,
        rest=ID,
        off_paper="a choice of a form is a tile on the screen",
        goes_on=True,
        answers=True,
    ),
    CommandCard(
        "FIELD",
        fields.go,
        "",
        card_tiles.field,
        PAGE,
        rest=FIELD,
        off_paper="a field of a form is a tile on the screen",
        answers=True,
    ),
    CommandCard(
        "EMPTY",
        fields.empty,
        "tap.empty",
        card_tiles.empty,
        PAGE,
        off_paper="an answer is taken out with the tile beside it",
        goes_on=True,
        answers=True,
    ),
    *(
        CommandCard(n, partial(pick, int(n)), paper=(WallCard("sheet.choices", "unknown"),), goes_on=True, answers=True)
        for n in NUMBERS
    ),
    CommandCard(
        "OP",
        pick_operation,
        rest=ID,
        off_paper="an operation is a tile on the screen, which knows those of the unit in hand",
    ),
    # The work
    CommandCard("CLOSE", add.close, "card.close", card_tiles.close, (*BETWEEN, "at_step"), WORK, goes_on=True),
    CommandCard("REWORK", next_operation.rework, "card.rework", card_tiles.rework, ("stopped_thing",), WORK),
    CommandCard(
        "LEAVE",
        leave,
        "card.leave",
        card_tiles.leave,
        ("pack_unit", *IN_WORK),
        (*WORK, WallCard("sheet.leave", "hold", "leave")),
        MAYBE_ID,
    ),
    CommandCard("SIGNOUT", sign_out, "card.sign_out", card_tiles.sign_out, ("begin",), WORK),
    CommandCard("CLEANED", cleaned, "card.cleaned", card_tiles.cleaned, BETWEEN, WORK),
    CommandCard(
        "PARTNER",
        dispatch.partner,
        "",
        card_tiles.partner,
        ("at_step",),
        (WallCard("sheet.partners"),),
        ID,
        goes_on=True,
    ),
    CommandCard(
        "OUT",
        replace.out_unread,
        "card.old_unread",
        card_tiles.old_unread,
        ("at_step",),
        off_paper="the component that comes out is named on its tile",
        goes_on=True,
    ),
    # Bad news
    CommandCard("NG", fail, "tap.ng", card_tiles.fail, IN_WORK, (WallCard("sheet.ng", "ng", "fail"),), ID),
    CommandCard(
        "NCR",
        nonconforming,
        "tap.ncr",
        card_tiles.ncr,
        (*IN_WORK, "stopped_thing"),
        (WallCard("sheet.ncr", "hold", "nonconformance"),),
        ID,
    ),
    CommandCard(
        "SCRAP",
        scrap,
        "tap.scrap",
        card_tiles.scrap,
        (*IN_WORK, "stopped_thing"),
        (WallCard("sheet.scrap", "ng", "scrap"),),
        MAYBE_ID,
    ),
    CommandCard(
        "OVERRIDE",
        override.ask,
        "tap.override",
        card_tiles.overrides,
        ("stopped_thing",),
        (WallCard("sheet.override", "hold", "override"),),
        MAYBE_ID,
    ),
    # Labels
    CommandCard(
        "REPRINT",
        labels.reprint,
        "card.reprint",
        card_tiles.reprint,
        (*BETWEEN, *IN_WORK),
        (WallCard("sheet.reprint", "water", "reprint", bare=True),),
        MAYBE_ID,
    ),
    CommandCard(
        "VOIDLABEL",
        labels.void,
        "card.void_label",
        card_tiles.void_label,
        (*BETWEEN, *IN_WORK),
        (WallCard("sheet.void_label", "hold", "reprint", bare=True),),
        MAYBE_ID,
    ),
    CommandCard(
        "LABELTHERE",
        labels.there,
        "tap.label_there",
        card_tiles.label_there,
        (*BETWEEN, *IN_WORK),
        off_paper="the screen asks whether a label is there, and the scan of the label answers too",
    ),
)
CARDS = {card.verb: card for card in _ROWS}


def verb_of(command: str) -> str:
    """The verb of a command's text, e.g. LEAVE of LEAVE:material."""
    return command.partition(":")[0]


def card_of(code: object) -> CommandCard | None:
    """The card that was scanned; None of any other code."""
    return CARDS.get(verb_of(code.value)) if isinstance(code, Code) and code.kind == "command" else None


def check(code: Code | Ambiguous) -> None:
    """Check that a scanned command is one of these cards. BadBarcode barcode.command."""
    if not isinstance(code, Code) or code.kind != "command":
        return
    card = card_of(code)
    if card is None or not re.fullmatch(card.verb + card.rest, code.value):
        raise BadBarcode("barcode.command", scan=COMMAND_PREFIX + code.value)


def command(turn: Turn, text: str) -> None:
    """Act on a card. RuleViolation command.* if it cannot be now."""
    verb, _, rest = text.partition(":")
    card = CARDS[verb]
    if card.goes_on:
        interlock_check.go_on(turn)
    card.act(turn, rest)


def tiles(turn: Turn, case: str) -> Iterator[Tile]:
    """The tiles that the screen of this case offers, as far as each can be used now."""
    for card in CARDS.values():
        if case in card.at:
            yield from card.tiles(turn)
