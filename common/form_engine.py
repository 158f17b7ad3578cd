"""The form engine: fields and the values given for them → a page: visible, computed, wrong and complete fields.

Pure, and the only place with these rules: the station decides by it and Qt draws its result. The result does not depend
on the order in which values came. docs/decisions/0016-forms.md gives the reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from common import expressions
from common.definitions import NUMBERS, TRUTHS, Field
from common.errors import BadDefinition
from common.expressions import ExpressionValue
from common.ids import Claim
from common.text import Params

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", re.ASCII)
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
MAX_VALUE = 512
WORST = ("pass", "warn", "fail")


class Given(Struct, frozen=True):
    """The value given for a field. `i`: its column; 0 if the page has no columns or the field is shared.

    `value`: as text, one item per chosen option of `choices`: a number's digits, an option's id, yes or no, YYYY-MM-DD,
    a code's value, a photo's hash, a signer's person id. `device`: its source, "" if a person entered it. `scan`: its
    raw code, base64url; `thing`: the thing that the code names.
    """

    field: str
    value: tuple[str, ...]
    i: int = 0
    device: str = ""
    scan: str = ""
    thing: Claim | None = None


class FieldState(Struct, frozen=True):
    """One field in one column. `verdict`: missing, invalid, pass, warn or fail; `code` and `params` give the cause."""

    field: Field
    i: int
    visible: bool
    value: tuple[str, ...] = ()
    verdict: str = "missing"
    code: str = ""
    params: Params = {}
    given: Given | None = None

    @property
    def valid(self) -> bool:
        """Whether its value can be recorded."""
        return self.verdict in WORST

    @property
    def required(self) -> bool:
        """Whether the page waits for it."""
        return self.visible and self.field.required


class Page(Struct, frozen=True):
    """A page in its present state. `verdict`: the worst one recorded."""

    fields: tuple[FieldState, ...]
    verdict: str

    @property
    def complete(self) -> bool:
        """Whether every visible required field is valid; a computed field without inputs does not hold the page up."""
        return self.lacking is None

    @property
    def lacking(self) -> FieldState | None:
        """The first field that keeps the page incomplete: entered fields, then computed ones, then signatures."""
        lacks = [state for state in self.fields if state.required and not state.valid]
        empty = [state for state in lacks if state.field.type not in ("computed", "signature")]
        unsigned = [state for state in lacks if state.field.type == "signature"]
        return next(iter([*empty, *self._not_computed, *unsigned]), None)

    @property
    def _not_computed(self) -> list[FieldState]:
        """Required fields that cannot be computed, so that a value already given must change."""
        return [s for s in self.fields if s.required and s.verdict == "invalid" and s.field.type == "computed"]

    @property
    def recorded(self) -> tuple[FieldState, ...]:
        """The fields that go into the event: visible and valid."""
        return tuple(state for state in self.fields if state.visible and state.valid)

    def state(self, field: str, i: int = 0) -> FieldState | None:
        """Return the state of a field in a column."""
        return next((state for state in self.fields if state.field.id == field and state.i == i), None)

    @property
    def asked(self) -> FieldState | None:
        """The field to fill now: required fields first, a signature after all others, then optional fields. None while
        a field cannot be computed, since filling an empty field does not mend that."""
        waits = [s for s in self.fields if s.visible and not s.valid and s.field.type != "computed"]
        plain = [s for s in waits if s.field.type != "signature"]
        first = [s for s in plain if s.required]
        if not first and self._not_computed:
            return None
        unsigned = [s for s in waits if s.field.type == "signature" and s.required]
        return next(iter([*first, *unsigned, *plain, *waits]), None)


def page(fields: Sequence[Field], given: Iterable[Given], columns: int = 0) -> Page:
    """Build the page from the values so far; with `columns`, fields that are not shared appear in each, from 1."""
    sheet = _Sheet(fields, given, columns)
    states = tuple(sheet.state(field, i) for field in fields for i in sheet.columns(field))
    worst = max((WORST.index(s.verdict) for s in states if s.visible and s.valid), default=0)
    return Page(states, WORST[worst])


def put(fields: Sequence[Field], given: Iterable[Given], one: Given) -> tuple[Given, ...]:
    """Add one value, or remove it if empty. A signature covers the page as it was: any other change removes it."""
    types = {field.id: field.type for field in fields}
    order = {field.id: at for at, field in enumerate(fields)}
    kept = {
        (g.field, g.i): g for g in given if types.get(g.field) != "signature" or types.get(one.field) == "signature"
    }
    kept.pop((one.field, one.i), None)
    if any(one.value) and one.field in order:
        kept[one.field, one.i] = one
    return tuple(sorted(kept.values(), key=lambda g: (order.get(g.field, len(order)), g.i)))


def names(fields: Iterable[Field]) -> dict[str, list[Field]]:
    """Map each name that expressions may use to its fields: their ids, and their names where these are words."""
    found: dict[str, list[Field]] = {}
    for field in fields:
        for name in {expressions.usable(one) for one in (field.id, field.name.zh, field.name.en)} - {""}:
            found.setdefault(name, []).append(field)
    return found


class _Sheet:
    """The states of a page, each computed after the fields it depends on; one that depends on itself is missing."""

    def __init__(self, fields: Sequence[Field], given: Iterable[Given], columns: int) -> None:
        self._given = {(one.field, one.i): one for one in given}
        self._columns = columns
        self._fields = fields
        self._names = {name: found[0] for name, found in names(fields).items()}
        self._states: dict[tuple[str, int], FieldState] = {}
        self._open: set[tuple[str, int]] = set()

    def columns(self, field: Field) -> range:
        return range(1, self._columns + 1) if self._columns and not field.shared else range(1)

    def state(self, field: Field, i: int) -> FieldState:
        at = field.id, i
        if at not in self._states:
            if at in self._open:
                return FieldState(field, i, visible=False)
            self._open.add(at)
            self._states[at] = self._computed(field, i)
            self._open.discard(at)
        return self._states[at]

    def _computed(self, field: Field, i: int) -> FieldState:
        if field.visible_when is not None and self._answer(field.visible_when, i).value is not True:
            return FieldState(field, i, visible=False)
        if field.type == "computed":
            return self._formula(field, i)
        given = self._given.get((field.id, i))
        return _judged(field, i, given.value, given) if given else FieldState(field, i, visible=True)

    def _formula(self, field: Field, i: int) -> FieldState:
        answer = self._answer(field.expression or "", i)
        if answer.why == "missing":
            return FieldState(field, i, visible=True)
        value = expressions.rounded(answer.value, field.decimals) if isinstance(answer.value, Decimal) else None
        if value is None:
            code = f"mark.{answer.why or 'size'}"
            parts = [one.name for one in self._parts(field)]
            return FieldState(field, i, True, (), "invalid", code, {"name": field.name, "parts": parts})
        return _judged(field, i, (f"{value if value else abs(value):f}",), None)

    def _parts(self, field: Field) -> list[Field]:
        """List the entered fields that a computed field depends on, directly or indirectly, in the page's order."""
        seen, left = {field.id}, [field]
        while left:
            expression = _parsed(left.pop().expression or "")
            found = [self._names[name] for name in expression.names if name in self._names] if expression else []
            left += [part for part in found if part.id not in seen]
            seen |= {part.id for part in found}
        return [one for one in self._fields if one.id in seen and one.type != "computed"]

    def _answer(self, text: str, i: int) -> expressions.Evaluated:
        expression = _parsed(text)
        if expression is None:
            return expressions.Evaluated(None, "kind")
        return expressions.evaluate(expression, {name: self._value(name, i) for name in expression.names})

    def _value(self, name: str, i: int) -> ExpressionValue | None:
        """Read the value of a name for column `i`: from that column, or from a shared field."""
        field = self._names.get(name)
        if field is None:
            return None
        at = i if i in self.columns(field) else 0
        if at not in self.columns(field):
            return None
        state = self.state(field, at)
        return _read(field, state.value) if state.visible and state.valid else None


def _parsed(text: str) -> expressions.Expression | None:
    try:
        return expressions.parse(text)
    except BadDefinition:
        return None


def _read(field: Field, value: tuple[str, ...]) -> ExpressionValue:
    if field.type in NUMBERS:
        return Decimal(value[0])
    if field.type == "yes_no":
        return value[0] == "yes"
    return value if field.type == "choices" else value[0]


# Judging one value ---------------------------------------------------------------------------------------------------
def _judged(field: Field, i: int, value: tuple[str, ...], given: Given | None) -> FieldState:
    said: dict[str, object] = {"name": field.name, "uom": field.uom, "value": ", ".join(value)}
    if field.type in ("choice", "choices", "yes_no"):
        verdict, code = _chosen(field, value)
        value = (
            tuple(o.id for o in field.options if o.id in value)
            if field.type == "choices" and verdict != "invalid"
            else value
        )
        said["value"] = [option.name for option in field.options if option.id in value] or said["value"]
    elif len(value) != 1 or len(value[0]) > MAX_VALUE:
        verdict, code = "invalid", "field.text"
    elif field.type in NUMBERS:
        verdict, code = _number(field, value[0])
        limits = ("low", "warn_low") if "below" in code else ("high", "warn_high")
        said["limit"] = getattr(field, limits["warn" in code])
        said["decimals"] = field.decimals
    else:
        verdict, code = _worded(field, value[0])
        said["length"] = field.length
    return FieldState(field, i, True, value, verdict, code, said, given)


def _chosen(field: Field, value: tuple[str, ...]) -> tuple[str, str]:
    if field.type == "yes_no":
        if len(value) != 1 or value[0] not in TRUTHS:
            return "invalid", "field.option"
        return ("pass", "") if field.expect in (None, value[0]) else ("fail", "mark.not_expected")
    options = [field.option(id) for id in value]
    if not options or len(set(value)) < len(value) or (field.type == "choice" and len(value) > 1):
        return "invalid", "field.option"
    if any(option is None for option in options):
        return "invalid", "field.option"
    verdict = WORST[max(WORST.index(option.verdict) for option in options if option)]
    return verdict, "" if verdict == "pass" else "mark.rejected" if verdict == "fail" else "mark.marked"


def _number(field: Field, text: str) -> tuple[str, str]:
    if len(text) > 32 or not _DECIMAL.fullmatch(text):
        return "invalid", "field.number"
    if field.type == "number" and len(text.partition(".")[2]) > field.decimals:
        return "invalid", "field.decimals"
    value = Decimal(text)
    for verdict, low, high, way in (
        ("fail", field.low, field.high, ""),
        ("warn", field.warn_low, field.warn_high, "_warn"),
    ):
        if low is not None and value < Decimal(low):
            return verdict, f"mark.below{way}"
        if high is not None and value > Decimal(high):
            return verdict, f"mark.above{way}"
    return "pass", ""


def _worded(field: Field, text: str) -> tuple[str, str]:
    match field.type:
        case "date":
            good, code = _is_day(text), "field.date"
        case "photo":
            good, code = _HASH.fullmatch(text) is not None, "field.photo"
        case "text" | "note":
            good, code = bool(text.strip()) and text.isprintable() and len(text) <= field.length, "field.text"
        case _:
            good, code = bool(text), "field.text"
    return ("pass", "") if good else ("invalid", code)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
