"""Identity of a thing: its births, its material, its order and its other attributes, including unsettled ones.

If two values are each the latest that anybody knew, both are kept and it is a finding; no clock decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from common.ids import Claim, tag
from common.judge.decisions import Decided
from common.judge.finding import Finding
from common.judge.order import HappensBefore
from common.rows import Edge, Movement
from common.rows import Identity as Row


class Birth(Struct, frozen=True):
    """One commission of the thing, by the tag that a settle names."""

    tag: str
    event: str
    material: str
    order: str | None


class SerialIdentity(Struct, frozen=True):
    """`births`: the commissions that count; with more than one, several things share the serial and none is meant.

    `words`: name → every value that counts, in order; `material` and `order` are among them.
    """

    births: tuple[Birth, ...]
    words: Mapping[str, tuple[str, ...]]
    known: bool
    findings: tuple[Finding, ...]

    @property
    def ambiguous(self) -> bool:
        """Whether the serial was given twice and nobody has decided to which thing it belongs."""
        return len(self.births) > 1

    def word(self, name: str) -> str | None:
        """Return the value of a name if there is exactly one."""
        values = self.words.get(name, ())
        return values[0] if len(values) == 1 else None


class _Word(Struct, frozen=True):
    event: str
    tag: str
    name: str
    value: str


def identity(decided: Decided, order: HappensBefore) -> SerialIdentity:
    """Collect the attributes of the history's thing."""
    thing, births, said = decided.history.thing, _births(decided), _words(decided)
    known = bool(said)
    if not any(word.name == "material" for word in said):
        said += _implied(decided)
    findings = [Finding("commissioned_twice", one.tag, thing, True) for one in births if len(births) > 1]
    words: dict[str, tuple[str, ...]] = {}
    for name in sorted({word.name for word in said}):
        latest = _latest([word for word in said if word.name == name], decided, order)
        words[name] = tuple(sorted({word.value for word in latest}))
        if len(words[name]) > 1 and not (len(births) > 1 and name in ("material", "order")):
            findings += [_conflict(thing, word) for word in latest]
    return SerialIdentity(births, words, known, tuple(findings))


def _births(decided: Decided) -> tuple[Birth, ...]:
    """Return the commissions that somebody decided to keep; if none, all."""
    thing = decided.history.thing
    found = [
        Birth(tag(past.id, row.k), past.id, row.material, row.order)
        for past in decided.history.events
        for row in past.rows
        if isinstance(row, Row) and row.thing == thing and not row.received
    ]
    kept = tuple(one for one in found if one.tag in decided.kept)
    return kept or tuple(found)


def _words(decided: Decided) -> list[_Word]:
    thing, births = decided.history.thing, {one.tag for one in _births(decided)}
    found: list[_Word] = []
    for past in decided.history.events:
        for row in past.rows:
            own = tag(past.id, row.k)
            if isinstance(row, Row) and row.thing == thing and (row.received or own in births):
                found.append(_Word(past.id, own, "material", row.material))
                found += [_Word(past.id, own, "order", row.order)] if row.order else []
            elif isinstance(row, Movement) and row.thing == thing and row.kind == "receive":
                came = {"supplier": row.partner, "supplier_lot": row.lot, "expiry": row.expiry}
                found += [_Word(past.id, own, name, value) for name, value in came.items() if value]
    return found


def _implied(decided: Decided) -> list[_Word]:
    """Read the material from binds and transforms: a bought part needs no commission."""
    thing = decided.history.thing
    return [
        _Word(past.id, tag(past.id, row.k), "material", row.material)
        for past in decided.history.events
        for row in past.rows
        if isinstance(row, Edge) and row.material
        if (row.parent if row.kind == "transform" else row.child) == thing
    ]


def _latest(words: Sequence[_Word], decided: Decided, order: HappensBefore) -> list[_Word]:
    """Return the words that no other one follows; of those, any that somebody decided to keep."""
    latest = order.latest(word.event for word in words)
    found = [word for word in words if word.event in latest]
    return [word for word in found if word.tag in decided.kept] or found


def _conflict(thing: Claim, word: _Word) -> Finding:
    return Finding("attribute_conflict", word.tag, thing, True, {"name": word.name, "value": word.value})
