"""Forms: what an operation asks for, step by step."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from common.definitions.field import Field
from common.definitions.naming import Decimal, Id, Name
from common.definitions.picture import Guide


class Characteristic(Struct, frozen=True, forbid_unknown_fields=True):
    """One measured value: its unit, its limits (either may be absent), and the decimals its source gives."""

    id: Id
    name: Name
    uom: Annotated[str, Meta(min_length=1, max_length=16)]
    decimals: Annotated[int, Meta(ge=0, le=6)]
    low: Decimal | None = None
    high: Decimal | None = None


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One step. `scan`: a component into `slot`; before an `output`, a lot that this will take from.
    `machine`: a permit to `device`, whose values are `characteristics`; with `part_present` only when the machine says
    that a part was put into it since the last one.
    `replace`: the component in `slot` out, another in; skipped unless the unit carries one.
    `add`: things into `slot`, of a lot so much as is entered, until what the bill of material says is in; an `optional`
    one may be closed before.
    `enter`: the `characteristics` are entered as numbers. `gauge`: `device` sends a reading for each of them, in order.
    `receive`: how much of the lot in hand came. `output`: how much of the thing in hand was made of the lots scanned.
    Both have one characteristic.
    `ship`, `return`: the container in hand goes to a customer, or comes back.
    `fill`: a page of `fields`, confirmed as a whole. `each`: the thing in hand is a panel, and the page has a column
    for every unit that stands in its slot `slot`, or for everything in it if it is a container.
    `instruction`: how it is done, beside what is to do.
    """

    id: Id
    name: Name
    kind: Literal["scan", "machine", "replace", "add", "enter", "receive", "output", "ship", "return", "gauge", "fill"]
    slot: Id | None = None
    device: Id | None = None
    program: Annotated[int, Meta(ge=1, le=65_535)] = 1
    characteristics: Annotated[list[Characteristic], Meta(max_length=16)] = []
    optional: bool = False
    # Unset is not encoded: a form that does not say these keeps the bytes, and the hash, that it had before they were.
    fields: Annotated[list[Field], Meta(min_length=1, max_length=64)] | UnsetType = UNSET
    each: Literal[True] | UnsetType = UNSET
    part_present: Literal[True] | UnsetType = UNSET
    instruction: Guide | UnsetType = UNSET

    @property
    def asks(self) -> list[Field]:
        """The fields of its page, in order."""
        return [] if self.fields is UNSET else self.fields


class Form(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="form"):
    """The steps of an operation, in order."""

    id: Id
    name: Name
    steps: Annotated[list[Step], Meta(min_length=1)]
