"""Lots that wait in hand until an output says how much of them went in. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from common.barcode_router import Code
from common.definitions import BomLine
from station.shown.work_screen import Phrase
from station.work.state import InHand
from station.work.steps import components, progress
from station.work.turn import Turn


def take(turn: Turn, code: Code, line: BomLine) -> None:
    """Note a lot for the output."""
    taken = components.admitted(turn, code, line)
    hand, step = turn.work.hand, turn.step
    if hand is None or step is None:
        return None
    if taken.thing in [one.thing for one in hand.taken]:
        return turn.tell("ignored.taken", component=taken.thing, slot=line.name)
    turn.put(replace(hand, taken=(*hand.taken, taken)))
    turn.tell("noted.lot", component=taken.thing, slot=line.name, unit=hand.unit)
    return progress.following(turn) if step.kind == "scan" else None


def note(turn: Turn) -> tuple[InHand, Phrase] | None:
    """The work without the lot that was noted last: back at its scan step, if that was the step before."""
    hand, form = turn.work.hand, turn.form
    if hand is None or form is None or not hand.taken:
        return None
    before, last = form.steps[max(hand.step - 1, 0)], hand.taken[-1]
    scanned = before.kind == "scan" and before.slot == last.slot
    earlier = replace(hand, taken=hand.taken[:-1], step=hand.step - 1 if scanned else hand.step)
    return earlier, components.taken_words(turn, last)
