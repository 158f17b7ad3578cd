"""Balance of a lot: everything received less everything used, in exact decimals and one unit of measure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext

from msgspec import Struct

from common.ids import kind_of, tag
from common.judge.assembly import Component
from common.judge.finding import Finding
from common.judge.history import History
from common.rows import Amount, Movement

# 10^19 events add at most 32 digits each, so sums are exact.
DIGITS = 80


class Balance(Struct, frozen=True):
    """The amount that is left."""

    quantity: str
    uom: str


def balance(history: History, above: Sequence[Component]) -> tuple[Balance | None, list[Finding]]:
    """Compute the balance of the history's lot, and the finding if it is negative or mixes units of measure.

    None if it is not a lot, was never received in numbers, has several units of measure, or was not counted here.
    """
    came = [
        (p, r)
        for p in history.events
        for r in p.rows
        if isinstance(r, Amount) or (isinstance(r, Movement) and r.quantity)
        if r.thing == history.thing
    ]
    first = min((tag(p.id, r.k) for p, r in came if not r.quantity.startswith("-")), default=None)
    if kind_of(history.thing) != "lot" or first is None or history.consumed is None:
        return None, []
    with localcontext() as exact:
        exact.prec = DIGITS
        moved = [(Decimal(row.quantity), row.uom) for _, row in came] + _taken(history, above)
        left = sum((quantity for quantity, _ in moved), Decimal(0))
        text = format(left.normalize() + 0, "f")
    units = sorted({uom for _, uom in moved})
    if len(units) > 1:
        return None, [Finding("lot_units_differ", first, history.thing, True, {"units": ", ".join(units)})]
    said: dict[str, object] = {"over": text.removeprefix("-"), "uom": units[0]}
    over = [Finding("lot_over_consumed", first, history.thing, True, said)] if left < 0 else []
    return Balance(text, units[0]), over


def _taken(history: History, above: Sequence[Component]) -> list[tuple[Decimal, str]]:
    """List the amounts that went into others: edges in force, and the events that the history leaves out."""
    bound = [(-Decimal(c.quantity), c.uom) for c in above if c.kind == "bind" and c.removed_by is None]
    consumed = [(-Decimal(d.quantity) * d.times, d.uom) for d in history.consumed or () if d.uom]
    return bound + consumed
