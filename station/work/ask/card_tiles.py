"""The tiles of each command card, as far as it can be used now. Pure; the act decides again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from common.calls import OpenCall
from common.ids import kind_of
from station.shown.work_screen import Tile
from station.work import take_in_hand
from station.work.ask import calls, override, people, serials, undo
from station.work.ask.acts import may_clean
from station.work.begin import rejection
from station.work.state import InHand, Stopped
from station.work.steps import add, dispatch, labels, pages
from station.work.steps import fields as page_fields
from station.work.steps.kind import kind_of_step
from station.work.steps.replace import unread
from station.work.turn import Turn

Tiles = Iterator[Tile]


# Back and away -------------------------------------------------------------------------------------------------------
def cancel(turn: Turn) -> Tiles:
    """Drop the question, or put the stopped thing away."""
    away = isinstance(turn.work.bench, Stopped) and turn.work.question is None
    yield Tile("CANCEL", "tap.next" if away else "tap.cancel")


def undo_last(turn: Turn) -> Tiles:
    """Undo; the tile names the answer or act."""
    offered = undo.offered(turn)
    if offered is not None:
        yield Tile("UNDO", "tap.undo", offered)


def leave(turn: Turn) -> Tiles:
    """Set the thing aside, with a reason while an operation runs."""
    yield with_reasons(turn, "LEAVE", "tap.leave", "leave") if turn.work.hand else Tile("LEAVE", "tap.leave")


def sign_out(turn: Turn) -> Tiles:
    """Sign out; of several people, a tap opens their names."""
    several = turn.work.people if turn.work.also else ()
    named = (Tile(f"SIGNOUT:{id}", "tap.sign_out_one", {"name": people.name(turn, id)}) for id in several)
    yield Tile("SIGNOUT", "tap.sign_out", more=tuple(named))


def people_here(turn: Turn) -> Tiles:
    """Let another of several people act, or sign one of them out: a tap opens the names."""
    others = turn.work.also
    named = tuple(Tile(f"PERSON:{id}", "tap.acts", {"name": people.name(turn, id)}) for id in others)
    if named:
        yield Tile("PERSON", "tap.people", more=(*named, *sign_out(turn)))


# The work ------------------------------------------------------------------------------------------------------------
def new(turn: Turn) -> Tiles:
    """Begin a new thing; where several materials begin, a tap opens them."""
    materials = serials.issued_here(turn)
    if len(materials) == 1:
        yield Tile("NEW", "tap.new", {"material": materials[0].name})
    elif materials:
        more = tuple(Tile(f"NEW:{m.id}", "tap.new", {"material": m.name}) for m in materials)
        yield Tile("NEW", "tap.new_one", more=more)


def close(turn: Turn) -> Tiles:
    """Close the container, or end an optional step."""
    hand = turn.work.hand
    if hand is None and turn.work.container is not None:
        yield Tile("CLOSE", "tap.close")
    elif hand is not None and add.may_close(turn):
        yield Tile("CLOSE", "tap.close" if kind_of(hand.unit) == "container" else "tap.done_here")


def cleaned(turn: Turn) -> Tiles:
    """Say that the workplace is clean."""
    if may_clean(turn):
        yield Tile("CLEANED", "tap.cleaned")


def partner(turn: Turn) -> Tiles:
    """Say who it goes to or comes from: a tap opens the partners."""
    if known := dispatch.partners(turn):
        of = tuple(Tile(f"PARTNER:{one.id}", "tap.reason", {"name": one.name}) for one in known)
        yield Tile("PARTNER", "tap.partner", more=of)


def old_unread(turn: Turn) -> Tiles:
    """Take out the old component whose label cannot be read."""
    if old := unread(turn):
        yield Tile("OUT", "tap.old_unread", {"component": old})


# The page ------------------------------------------------------------------------------------------------------------
def measure(turn: Turn) -> Tiles:
    """Ask a gauge, a camera or a machine for its value."""
    asked = pages.asked(turn)
    if asked is not None and asked.field.type in page_fields.READ:
        photo = "tap.photo_again" if asked.value else "tap.photo"
        yield Tile("MEASURE", photo if asked.field.type == "photo" else "tap.measure")
    elif pages.current(turn) is None and turn.step is not None and kind_of_step(turn.step).needs == "gauge":
        yield Tile("MEASURE", "tap.measure")


def field(turn: Turn) -> Tiles:
    """Take another photo in place of the only one; sign what was declined."""
    page, asked = pages.current(turn), pages.asked(turn)
    photos = [s for s in page.fields if s.visible and s.valid and s.field.type == "photo"] if page else []
    if asked is None and len(photos) == 1:
        at = f":{photos[0].i}" if photos[0].i else ""
        yield Tile(f"FIELD:{photos[0].field.id}{at}", "tap.photo_again")
    if asked is not None and asked.field.type == "signature":
        yield Tile(f"FIELD:{asked.field.id}", "tap.sign")


def empty(turn: Turn) -> Tiles:
    """Clear a field that may be left out."""
    asked = pages.asked(turn)
    if asked is not None and asked.value and not asked.field.required:
        yield Tile("EMPTY", "tap.empty")


def confirm(turn: Turn) -> Tiles:
    """Confirm the page once nothing is missing."""
    page = pages.current(turn)
    if page is not None and page.complete:
        yield Tile("CONFIRM", "tap.confirm")


# Bad news ------------------------------------------------------------------------------------------------------------
def fail(turn: Turn) -> Tiles:
    """Fail the operation, where the site has reasons for that: without one nothing fails."""
    if turn.view.definitions.reasons("fail"):
        yield with_reasons(turn, "NG", "tap.ng", "fail")


def ncr(turn: Turn) -> Tiles:
    """Report a nonconformance."""
    yield from _report(turn, "NCR", "tap.ncr", "nonconformance")


def scrap(turn: Turn) -> Tiles:
    """Scrap the thing."""
    yield from _report(turn, "SCRAP", "tap.scrap", "scrap")


def _report(turn: Turn, verb: str, code: str, use: str) -> Tiles:
    """Of a thing in hand, or of one that was stopped and is not scrapped, where the site has reasons."""
    thing, in_hand = turn.work.thing, isinstance(turn.work.bench, InHand)
    reported = in_hand or (thing and turn.view.standing(thing).state != "scrapped")
    if reported and turn.view.definitions.reasons(use):
        yield with_reasons(turn, verb, code, use)


def overrides(turn: Turn) -> Tiles:
    """Sign for records that are not seen."""
    if _todo(turn) == override.ADVICE:
        yield with_reasons(turn, "OVERRIDE", "tap.override", override.PURPOSE)


def rework(turn: Turn) -> Tiles:
    """Send a failed thing to its rework."""
    if _todo(turn) == "todo.rework":
        yield Tile("REWORK", "tap.rework")


def _todo(turn: Turn) -> str:
    why = take_in_hand.stop(turn)
    return rejection.todo_of(why) if why and isinstance(turn.work.bench, Stopped) else ""


# Labels --------------------------------------------------------------------------------------------------------------
def label_there(turn: Turn) -> Tiles:
    """Say that the label in doubt came out."""
    thing = labels.meant(turn)
    if thing in turn.view.labels.unsure and thing and labels.newest(turn, thing):
        yield Tile("LABELTHERE", "tap.label_there", {"unit": thing})


def reprint(turn: Turn) -> Tiles:
    """Print a label once more."""
    thing, known = labels.meant(turn), turn.view.labels
    last = labels.newest(turn, thing) if thing else None
    if thing and last and thing not in known.waiting and known.printer(last.label):
        code = "tap.print_again" if thing in known.unsure else "tap.reprint"
        yield replace(with_reasons(turn, "REPRINT", code, "reprint"), params={"unit": thing})


def void_label(turn: Turn) -> Tiles:
    """Void a label."""
    thing = labels.meant(turn)
    last = labels.newest(turn, thing) if thing else None
    if thing and last and last.state != "void" and thing not in turn.view.labels.unsure:
        yield replace(with_reasons(turn, "VOIDLABEL", "tap.void_label", "reprint"), params={"unit": thing})


# Calls ---------------------------------------------------------------------------------------------------------------
def call(turn: Turn) -> Tiles:
    """Always offered, in one place: before sign-in too, and while a question is asked. A tap opens the reasons that are
    free, and once somebody is called, the cards about that."""
    open_calls = turn.view.calls()
    reasons = with_reasons(turn, "CALL", "tap.call", "call")
    taken = {f"CALL:{one.reason}" for one in open_calls}
    more = [one for one in reasons.more if one.command not in taken]
    unanswered = [one for one in open_calls if one.answered is None]
    more += [_of_calls(turn, "ANSWER", "tap.answer", unanswered)] if unanswered else []
    more += [_of_calls(turn, "CLEAR", "tap.clear", open_calls)] if open_calls else []
    yield replace(reasons, more=tuple(more))


def _of_calls(turn: Turn, verb: str, code: str, open_calls: Sequence[OpenCall]) -> Tile:
    """A card about the open call; of several, a tap opens them."""
    if len(open_calls) == 1:
        return Tile(verb, code)
    named = [
        Tile(f"{verb}:{c.reason}", "tap.reason", {"name": calls.subject(turn, c.reason)})
        for c in open_calls
        if c.reason
    ]
    return Tile(verb, code, more=(*named, Tile(verb, "tap.all_calls")))


def with_reasons(turn: Turn, verb: str, code: str, use: str) -> Tile:
    """A card that needs a reason: a tap opens the reasons for that use."""
    reasons = turn.view.definitions.reasons(use)
    return Tile(verb, code, more=tuple(Tile(f"{verb}:{r.id}", "tap.reason", {"name": r.name}) for r in reasons))
