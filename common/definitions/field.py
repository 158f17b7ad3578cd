"""Fields: the questions on one page of a form, each with its type, its limits and its condition."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from common.definitions.naming import Decimal, Id, Name, Role

# Expressions read a field by its id with _ for -, so an id starts with a letter.
FieldId = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_-]{0,62}\Z")]
Formula = Annotated[str, Meta(min_length=1, max_length=500)]
FieldType = Literal[
    "text",
    "note",
    "number",
    "computed",
    "gauge",
    "plc",
    "yes_no",
    "choice",
    "choices",
    "date",
    "scan",
    "photo",
    "signature",
]
NUMBERS = ("number", "computed", "gauge", "plc")
TRUTHS = ("yes", "no")


class Option(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One option of a choice. `verdict`: the result of choosing it; `fail` fails the unit."""

    id: Id
    name: Name
    verdict: Literal["pass", "warn", "fail"] = "pass"


class Field(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One question of a page.

    `visible_when`: a condition; unless it is true, the field and its value are left out. `low`, `high`: a value outside
    fails the unit; `warn_low`, `warn_high`: a value outside is marked and recorded. `expect`: the good answer of a
    `yes_no`; without it both are good. `expression`: of a `computed` field. `device`: the gauge, PLC or camera; `tag`:
    the number of the PLC's value, from 1. `length`: most characters of a text. `meaning`, `roles`: of a signature.
    `shared`: asked once on a panel, not once per unit.
    """

    id: FieldId
    name: Name
    type: FieldType
    required: bool = True
    visible_when: Formula | None = None
    uom: Annotated[str, Meta(max_length=16)] = ""
    decimals: Annotated[int, Meta(ge=0, le=6)] = 0
    low: Decimal | None = None
    high: Decimal | None = None
    warn_low: Decimal | None = None
    warn_high: Decimal | None = None
    options: Annotated[list[Option], Meta(max_length=24)] = []
    expect: Literal["yes", "no"] | None = None
    expression: Formula | None = None
    device: Id | None = None
    tag: Annotated[int, Meta(ge=1, le=16)] = 1
    length: Annotated[int, Meta(ge=1, le=200)] = 40
    meaning: Literal["performed", "checked", "approved"] = "checked"
    roles: list[Role] = []
    shared: bool = False

    def option(self, id: str) -> Option | None:
        """Return the option with this id."""
        return next((option for option in self.options if option.id == id), None)
