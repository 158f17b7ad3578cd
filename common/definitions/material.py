"""Materials: what is made or bought, how it is told apart, and what goes into it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from common.definitions.naming import Decimal, Id, Name


class BomLine(Struct, frozen=True, forbid_unknown_fields=True):
    """One slot of the bill of material: which material goes there, and how much of it."""

    slot: Id
    material: Id
    quantity: Decimal
    uom: Annotated[str, Meta(min_length=1, max_length=16)]
    name: Name


class Material(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="material"):
    """A part number. `origin` made: needs a commission event; bought: known from its first receive or bind."""

    id: Id
    name: Name
    origin: Literal["made", "bought"]
    tracked: Literal["unit", "lot", "container"]
    route: Id | None = None
    bom: list[BomLine] = []
