"""New things: the next serial of the block that was leased to this station's log, never one twice. Pure.

The number that was given is in the draft, which is saved with the event that commissions the thing.
"""

from __future__ import annotations

from collections.abc import Iterator

from common import barcode_router
from common.barcode_router import Code
from common.definitions import CodeRule, Material
from common.errors import BadBarcode, RuleViolation
from common.serials import Block, left
from station.work import take_in_hand
from station.work.state import Idle, Stopped
from station.work.turn import Turn


def new(turn: Turn, id: str) -> None:
    """Begin a new thing with the next serial. RuleViolation command.*, serial.none, serial.rule, or as for a scan."""
    if turn.work.hand or turn.work.packing:
        raise RuleViolation("command.finish_first")
    meant = [material for material in issued_here(turn) if id in ("", material.id)]
    if len(meant) != 1:
        raise RuleViolation("command.not_here", command=f"NEW:{id}" if id else "NEW")
    material = meant[0]
    if isinstance(turn.work.bench, Stopped):
        turn.put(Idle())
    for block, number in _numbers(turn, material):
        code = _read(turn, material, block.text(number))
        if code.claim and turn.view.standing(code.claim).state == "unknown":
            turn.move(issued=_kept(turn) | {block.id: number})
            return take_in_hand.take_in_hand(turn, code)
    raise RuleViolation("serial.none", material=material.name)


def issued_here(turn: Turn) -> list[Material]:
    """The materials of which new things begin at this workplace, with serials that are given here."""
    begun = [r.id for r, o in turn.view.definitions.operations_at(turn.view.place) if not o.after and not o.reworks]
    return [m for m in turn.view.definitions.all(Material) if m.route in begun and m.issues]


def numbers_left(turn: Turn, material: Material) -> int:
    """The number of serials that this station can still give."""
    return left([block for block in turn.view.blocks() if block.material == material.id], turn.work.issued)


def _numbers(turn: Turn, material: Material) -> Iterator[tuple[Block, int]]:
    """Every number that was not given yet, in order; one that is known already from elsewhere is passed over."""
    for block in turn.view.blocks():
        if block.material == material.id:
            yield from ((block, number) for number in range(block.following(turn.work.issued), block.last + 1))


def _kept(turn: Turn) -> dict[str, int]:
    """The numbers given from blocks that are still this log's."""
    there = {block.id for block in turn.view.blocks()}
    return {id: number for id, number in turn.work.issued.items() if id in there}


def _read(turn: Turn, material: Material, serial: str) -> Code:
    """The serial as a scan of its label would be understood. RuleViolation serial.rule."""
    known, site = turn.view.definitions, turn.view.here.scheme.partition("@")[2]
    try:
        code = barcode_router.route(serial.encode(), known.all(CodeRule), site, known.all(Material))
    except BadBarcode:
        code = None
    if not isinstance(code, Code) or code.claim is None or code.material != material.id:
        raise RuleViolation("serial.rule", serial=serial, material=material.name)
    return code
