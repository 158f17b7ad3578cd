"""What a finger may choose now: for every card that would be taken, a tile. Pure; whoever acts decides again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from common.calls import OpenCall
from common.errors import RuleViolation
from common.form_engine import FieldState, Page
from common.ids import kind_of
from common.text import Params
from station.shown.work_screen import Tile
from station.work.ask import ambiguity, calls, commands, override, serials, undo
from station.work.begin import due, interlock_check, rejection
from station.work.steps import components, labels, pages, shipping
from station.work.turn import Turn


def tiles(turn: Turn) -> tuple[Tile, ...]:
    """What may be tapped now, in no order that matters: where a tile stands follows from its code."""
    return tuple(_tiles(turn))


def choices(turn: Turn) -> tuple[Tile, ...]:
    """The answers to the question that stands."""
    asked = turn.work.asked
    if asked is None:
        several = [Tile(f"OP:{o.id}", "tap.operation", {"name": o.name}) for o in due.choices(turn)]
        return (*several, Tile("CANCEL", "tap.cancel")) if turn.work.choosing else ()
    offered = ambiguity.choices(turn, asked)
    return (*(Tile(str(one.number), "tap.choice", {"choice": one}) for one in offered), Tile("CANCEL", "tap.cancel"))


def stopped(turn: Turn, why: RuleViolation) -> tuple[Tile, ...]:
    """What may be done about a thing that was refused, besides calling somebody."""
    if turn.work.person is None or turn.work.signature is not None or turn.work.hand is not None:
        return ()
    return tuple(_of_stopped(turn, rejection.todo_of(why)))


def _of_stopped(turn: Turn, todo: str) -> Iterator[Tile]:
    """What helps it on, and what it is reported for."""
    if todo == override.TODO:
        yield _with_reasons(turn, "OVERRIDE", "tap.override", override.PURPOSE)
    elif todo == "todo.rework":
        yield Tile("REWORK", "tap.rework")
    thing = turn.work.stopped.claim if turn.work.stopped else None
    if thing is None or turn.view.standing(thing).state == "scrapped":
        return
    for verb, code, use in (("NCR", "tap.ncr", "nonconformance"), ("SCRAP", "tap.scrap", "scrap")):
        if turn.view.definitions.reasons(use):
            yield _with_reasons(turn, verb, code, use)


def _tiles(turn: Turn) -> Iterator[Tile]:
    yield from _call_tiles(turn)
    work = turn.work
    if work.badge_for:
        yield Tile("CANCEL", "tap.cancel")
        return
    if work.person is None or work.asked is not None or work.choosing is not None:
        return
    if work.signature is not None:
        yield Tile("CANCEL", "tap.cancel")
        return
    if work.hand is None or not work.hand.because:
        yield from _undo(turn)
    if work.hand is None:
        yield from _empty_handed(turn)
        return
    if work.hand.because:
        yield Tile("CANCEL", "tap.cancel")
        yield from _step_tiles(turn)
        return
    yield _with_reasons(turn, "NG", "tap.ng", "fail")
    yield _with_reasons(turn, "NCR", "tap.ncr", "nonconformance")
    yield _with_reasons(turn, "SCRAP", "tap.scrap", "scrap")
    yield _with_reasons(turn, "LEAVE", "tap.leave", "leave")
    yield from _label(turn)
    yield from _step_tiles(turn)


def _empty_handed(turn: Turn) -> Iterator[Tile]:
    """What may be done while nothing is in hand: leave, begin, end a carton, say that the workplace is clean."""
    work = turn.work
    if work.packing is not None:
        yield Tile("LEAVE", "tap.leave")
    elif work.stopped is not None:
        yield Tile("CANCEL", "tap.next")
    else:
        yield Tile("SIGNOUT", "tap.sign_out")
        yield from _new(turn)
    if work.container is not None:
        yield Tile("CLOSE", "tap.close")
    if commands.may_clean(turn):
        yield Tile("CLEANED", "tap.cleaned")
    yield from _label(turn)


def _step_tiles(turn: Turn) -> Iterator[Tile]:
    """What the step now takes: a reading, the end of what is optional, a page once nothing is missing. Nothing of what
    may not go on."""
    if interlock_check.halted(turn) is not None:
        return
    step, hand, page, asked = turn.step, turn.work.hand, pages.current(turn), pages.asked(turn)
    if page is None and step and step.kind == "gauge":
        yield Tile("MEASURE", "tap.measure")
    if hand and commands.may_close(turn):
        yield Tile("CLOSE", "tap.close" if kind_of(hand.unit) == "container" else "tap.done_here")
    if old := components.unread(turn):
        yield Tile("OUT", "tap.old_unread", {"component": old})
    if known := shipping.partners(turn):
        of = tuple(Tile(f"PARTNER:{one.id}", "tap.reason", {"name": one.name}) for one in known)
        yield Tile("PARTNER", "tap.partner", more=of)
    if page is not None:
        yield from _page_tiles(page, asked)


def _page_tiles(page: Page, asked: FieldState | None) -> Iterator[Tile]:
    """A device's value, another photo in place of the only one, the signature that somebody declined, nothing in place
    of what may be left out, and the end of a page once nothing is missing."""
    if asked is not None and asked.field.type in pages.READ:
        photo = "tap.photo_again" if asked.value else "tap.photo"
        yield Tile("MEASURE", photo if asked.field.type == "photo" else "tap.measure")
    photos = [one for one in page.fields if one.visible and one.valid and one.field.type == "photo"]
    if asked is None and len(photos) == 1:
        at = f":{photos[0].i}" if photos[0].i else ""
        yield Tile(f"FIELD:{photos[0].field.id}{at}", "tap.photo_again")
    if asked is not None and asked.field.type == "signature":
        yield Tile(f"FIELD:{asked.field.id}", "tap.sign")
    if asked is not None and asked.value and not asked.field.required:
        yield Tile("EMPTY", "tap.empty")
    if page.complete:
        yield Tile("CONFIRM", "tap.confirm")


def _new(turn: Turn) -> Iterator[Tile]:
    """Begin a new thing; where several materials begin, a tap opens them."""
    materials = serials.issued_here(turn)
    if len(materials) == 1:
        yield Tile("NEW", "tap.new", {"material": materials[0].name})
    elif materials:
        more = tuple(Tile(f"NEW:{m.id}", "tap.new", {"material": m.name}) for m in materials)
        yield Tile("NEW", "tap.new_one", more=more)


def _undo(turn: Turn) -> Iterator[Tile]:
    """What UNDO would take back is named on its tile."""
    what = undo.offered(turn)
    if what is not None:
        yield Tile("UNDO", "tap.undo", {"what": what})


def _label(turn: Turn) -> Iterator[Tile]:
    """Once more, or void: of a thing that has a label. Of one in doubt, what somebody sees who looks."""
    thing, known = labels.meant(turn), turn.view.labels
    last = labels.newest(turn, thing) if thing else None
    if thing is None or last is None:
        return
    said: Params = {"unit": thing}
    in_doubt = thing in known.unsure
    if in_doubt:
        yield Tile("LABELTHERE", "tap.label_there", said)
    if thing not in known.waiting and known.printer(last.label):
        code = "tap.print_again" if in_doubt else "tap.reprint"
        yield replace(_with_reasons(turn, "REPRINT", code, "reprint"), params=said)
    if last.state != "void" and not in_doubt:
        yield replace(_with_reasons(turn, "VOIDLABEL", "tap.void_label", "reprint"), params=said)


def _call_tiles(turn: Turn) -> Iterator[Tile]:
    """Always there, in one place: somebody may be called before sign-in too, and while a question stands. A tap opens
    the reasons that are free, and once somebody is called what may be said of that."""
    standing = turn.view.calls()
    reasons = _with_reasons(turn, "CALL", "tap.call", "call")
    taken = {f"CALL:{call.reason}" for call in standing}
    more = [one for one in reasons.more if one.command not in taken]
    unanswered = [call for call in standing if call.answered is None]
    more += [_of_calls(turn, "ANSWER", "tap.answer", unanswered)] if unanswered else []
    more += [_of_calls(turn, "CLEAR", "tap.clear", standing)] if standing else []
    yield replace(reasons, more=tuple(more))


def _of_calls(turn: Turn, verb: str, code: str, standing: Sequence[OpenCall]) -> Tile:
    """A card about the call that stands; of several, a tap opens them."""
    if len(standing) == 1:
        return Tile(verb, code)
    named = [
        Tile(f"{verb}:{c.reason}", "tap.reason", {"name": calls.subject(turn, c.reason)}) for c in standing if c.reason
    ]
    return Tile(verb, code, more=(*named, Tile(verb, "tap.all_calls")))


def _with_reasons(turn: Turn, verb: str, code: str, use: str) -> Tile:
    """A card that needs a reason: a tap opens the reasons for that use."""
    reasons = turn.view.definitions.reasons(use)
    return Tile(verb, code, more=tuple(Tile(f"{verb}:{r.id}", "tap.reason", {"name": r.name}) for r in reasons))
