"""What a finger may choose now: for every card that would be taken, a tile. Pure; whoever acts decides again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from common.calls import Call
from common.definitions import Reason
from common.errors import RuleViolation
from station import asking, calls, due, issuing, labels, overriding, pages, quantities, refusing, undo
from station.scene import Tile
from station.work import Turn


def tiles(turn: Turn) -> tuple[Tile, ...]:
    """What may be tapped now, in no order that matters: where a tile stands follows from its code."""
    return tuple(_tiles(turn))


def choices(turn: Turn) -> tuple[Tile, ...]:
    """The answers to the question that stands."""
    asked = turn.work.asked
    if asked is None:
        several = [Tile(f"OP:{o.id}", "tap.operation", {"name": o.name}) for o in due.choices(turn)]
        return (*several, Tile("CANCEL", "tap.cancel")) if turn.work.choosing else ()
    offered = asking.choices(turn, asked)
    return (*(Tile(str(one.number), "tap.choice", {"choice": one}) for one in offered), Tile("CANCEL", "tap.cancel"))


def stopped(turn: Turn, why: RuleViolation) -> tuple[Tile, ...]:
    """What may be done about a thing that was refused, besides calling somebody."""
    if turn.work.person is None or turn.work.signature is not None:
        return ()
    if refusing.todo_of(why) == overriding.TODO:
        return (_with_reasons(turn, "OVERRIDE", "tap.override", overriding.PURPOSE),)
    return (Tile("REWORK", "tap.rework"),) if refusing.todo_of(why) == "todo.rework" else ()


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
    yield from _undo(turn)
    if work.hand is None:
        if work.packing is not None:
            yield Tile("CANCEL", "tap.set_aside")
        elif work.stopped is not None:
            yield Tile("CANCEL", "tap.next")
        else:
            yield Tile("SIGNOUT", "tap.sign_out")
            yield from _new(turn)
        if work.container is not None:
            yield Tile("CLOSE", "tap.close")
        yield from _label(turn)
        return
    yield _with_reasons(turn, "NG", "tap.ng", "fail")
    yield _with_reasons(turn, "NCR", "tap.ncr", "nonconformance")
    yield _with_reasons(turn, "SCRAP", "tap.scrap", "scrap")
    yield _with_reasons(turn, "LEAVE", "tap.leave", "leave")
    yield from _label(turn)
    yield from _step_tiles(turn)


def _step_tiles(turn: Turn) -> Iterator[Tile]:
    """What the step now takes: a reading, the end of what is optional, a page once nothing is missing."""
    step, page, asked = turn.step, pages.current(turn), pages.asked(turn)
    if step and step.kind == "gauge":
        yield Tile("MEASURE", "tap.measure")
    if step and step.kind == "add" and step.optional and quantities.asked(turn) is None:
        yield Tile("CLOSE", "tap.close")
    if asked is not None and asked.field.type in pages.READ:
        yield Tile("MEASURE", "tap.photo" if asked.field.type == "photo" else "tap.measure")
    if page and page.complete:
        yield Tile("CONFIRM", "tap.confirm")


def _new(turn: Turn) -> Iterator[Tile]:
    """Begin a new thing; where several materials begin, a tap opens them."""
    materials = issuing.issued_here(turn)
    if len(materials) == 1:
        yield Tile("NEW", "tap.new", {"material": materials[0].name})
    elif materials:
        more = tuple(Tile(f"NEW:{m.id}", "tap.new", {"material": m.name}) for m in materials)
        yield Tile("NEW", "tap.new_one", more=more)


def _undo(turn: Turn) -> Iterator[Tile]:
    """What UNDO would take back is named on its tile."""
    act = undo.last(turn.work)
    if act is not None and not act.never:
        yield Tile("UNDO", "tap.undo", {"what": undo.told(turn, act)})


def _label(turn: Turn) -> Iterator[Tile]:
    """Once more, or void: of a thing that has a label."""
    thing = labels.mine(turn)
    last = labels.newest(turn, thing) if thing else None
    if thing and last and last.state != "void" and thing not in turn.view.labels.waiting and turn.view.labels.printers:
        yield _with_reasons(turn, "REPRINT", "tap.reprint", "reprint")
        yield _with_reasons(turn, "VOIDLABEL", "tap.void_label", "reprint")


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


def _of_calls(turn: Turn, verb: str, code: str, standing: Sequence[Call]) -> Tile:
    """A card about the call that stands; of several, a tap opens them."""
    if len(standing) == 1:
        return Tile(verb, code)
    named = [
        Tile(f"{verb}:{c.reason}", "tap.reason", {"name": calls.subject(turn, c.reason)}) for c in standing if c.reason
    ]
    return Tile(verb, code, more=(*named, Tile(verb, "tap.all_calls")))


def _with_reasons(turn: Turn, verb: str, code: str, use: str) -> Tile:
    """A card that needs a reason: a tap opens the reasons for that use."""
    reasons = [r for r in turn.view.definitions.all(Reason) if r.use == use]
    more = tuple(Tile(f"{verb}:{r.id}", "tap.reason", {"name": r.name}) for r in reasons)
    return Tile(verb, code, more=more)
