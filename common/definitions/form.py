"""Forms: the work of an operation, step by step."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from common.definitions.field import Field
from common.definitions.naming import Decimal, Id, Name
from common.definitions.picture import Guide


class Characteristic(Struct, frozen=True, forbid_unknown_fields=True):
    """One measured value: its unit of measure, its limits (either may be absent) and the decimals of its source."""

    id: Id
    name: Name
    uom: Annotated[str, Meta(min_length=1, max_length=16)]
    decimals: Annotated[int, Meta(ge=0, le=6)]
    low: Decimal | None = None
    high: Decimal | None = None


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One step. `scan`: a component into `slot`; before an `output`, a lot that it will consume.

    `machine`: a permit to `device`, whose values are `characteristics`; with `part_present` only after the machine
    reports that a new part was put in.

    `replace`: remove the component in `slot` and put in another; skipped unless the unit carries one.

    `add`: things into `slot`, of a lot the entered amount, until the bill of material is met; an `optional` step may
    end earlier.

    `enter`: `characteristics` entered as numbers. `gauge`: `device` sends a reading for each of them, in order.

    `receive`: the amount of the current lot that came. `output`: the amount made from the scanned lots. Both have one
    characteristic.

    `ship`, `return`: the current container goes to a customer, or comes back.

    `fill`: a page of `fields`, confirmed as a whole. `each`: the current thing is a panel, and the page has a column
    for every unit in its slot `slot`, or for everything in it if it is a container.

    `instruction`: text and picture of how to do it, shown beside the prompt.
    """

    id: Id
    name: Name
    kind: Literal["scan", "machine", "replace", "add", "enter", "receive", "output", "ship", "return", "gauge", "fill"]
    slot: Id | None = None
    device: Id | None = None
    program: Annotated[int, Meta(ge=1, le=65_535)] = 1
    characteristics: Annotated[list[Characteristic], Meta(max_length=16)] = []
    optional: bool = False
    # Unset is not encoded: a form without these fields keeps the bytes and the hash that it had before they existed.
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
