"""Checks that the fields of a page can be asked: the needs of each type, limits in order, expressions that fit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from common.definitions import NUMBERS, Field, Step
from common.errors import BadDefinition
from common.expressions import parse
from common.form_engine import names
from hub.definitions.definition_errors import Flaw, flaw, twice
from hub.definitions.expression_checks import misfit

# What each type needs, and what it may have beside that; all else it has not.
NEEDS = {
    "gauge": ("uom", "device"),
    "plc": ("device",),
    "choice": ("options",),
    "choices": ("options",),
    "computed": ("expression",),
    "photo": ("device",),
}
LIMITS = ("low", "high", "warn_low", "warn_high")
MAY = {
    "number": ("uom", "decimals", *LIMITS),
    "computed": ("uom", "decimals", *LIMITS),
    "gauge": ("decimals", *LIMITS),
    "plc": ("uom", "decimals", "tag", *LIMITS),
    "yes_no": ("expect",),
    "text": ("length",),
    "note": ("length",),
    "signature": ("meaning", "roles"),
}
ALL = ("uom", "decimals", *LIMITS, "options", "expect", "expression", "device", "tag", "length", "meaning", "roles")
# An event has room for 65,535 bytes. What an answer takes of it at most, beside a text's own length.
MAX_PAGE, MOST_UNITS = 60_000, 16
ENTRY = 320
TAKES = {"scan": 1_200}
PER_SIGN = 4


def fields(step: Step) -> Iterator[Flaw]:
    """Flaws of the fields of a step of kind fill, each with its path from the step on."""
    asks = step.asks
    yield from twice("fields", (field.id for field in asks))
    called = names(asks)
    for i, field in enumerate(asks):
        for one in (*_shape(field), *_limits(field), *_expressions(step, field, called)):
            yield Flaw(f"fields[{i}].{one.field}", one.code, one.hint, one.warning)
    yield from _round(asks)
    have = sum(_bytes(field) * (1 if field.shared or step.each is not True else MOST_UNITS) for field in asks)
    if have > MAX_PAGE:
        yield flaw("fields", "definition.oversized", "page_oversized", have=have, limit=MAX_PAGE)


def _shape(field: Field) -> Iterator[Flaw]:
    needed = NEEDS.get(field.type, ())
    allowed = (*needed, *MAY.get(field.type, ()))
    for name in needed:
        if not getattr(field, name):
            yield flaw(name, "definition.missing", "field_needs", type=field.type, field=name)
    blank = Field(field.id, field.name, field.type)
    for name in ALL:
        if name not in allowed and getattr(field, name) != getattr(blank, name):
            yield flaw(name, "definition.schema", "field_has_none", type=field.type, field=name)
    yield from twice("options", (option.id for option in field.options))


def _limits(field: Field) -> Iterator[Flaw]:
    """A value goes from low over warn_low and warn_high to high."""
    there = [(name, getattr(field, name)) for name in ("low", "warn_low", "warn_high", "high")]
    there = [(name, text) for name, text in there if text is not None]
    for (_, low), (name, high) in pairwise(there):
        if Decimal(low) > Decimal(high):
            yield flaw(name, "definition.limits", "low_above_high", low=low, high=high)
    for name, text in there:
        if field.type in NUMBERS and len(text.partition(".")[2]) > field.decimals:
            yield flaw(name, "definition.limits", "decimals", value=text, decimals=field.decimals)


def _expressions(step: Step, field: Field, called: dict[str, list[Field]]) -> Iterator[Flaw]:
    shared = field.shared and step.each is True
    for name, wanted in (("visible_when", "truth"), ("expression", "number")):
        text = getattr(field, name)
        if text and (hint := misfit(text, wanted, called, shared=shared)):
            yield Flaw(name, "definition.expression", hint)
    if step.each is True and field.type == "signature" and not field.shared:
        yield flaw("shared", "definition.schema", "not_shared")


def _round(asks: list[Field]) -> Iterator[Flaw]:
    """Flaws of fields that depend on themselves."""
    called = {name: found[0].id for name, found in names(asks).items()}
    above = {field.id: {called[n] for n in _reads(field) if n in called} for field in asks}
    try:
        TopologicalSorter(above).prepare()
    except CycleError as e:
        around: list[str] = e.args[1]
        at = next(i for i, field in enumerate(asks) if field.id == around[-1])
        yield flaw(f"fields[{at}]", "definition.expression", "round", around=around)


def _reads(field: Field) -> set[str]:
    found: set[str] = set()
    for text in (field.visible_when, field.expression):
        try:
            found |= parse(text).names if text else frozenset()
        except BadDefinition:
            continue
    return found


def _bytes(field: Field) -> int:
    one = TAKES.get(field.type, ENTRY)
    if field.type in ("text", "note"):
        one += PER_SIGN * field.length
    return one * max(len(field.options), 1) if field.type == "choices" else one
