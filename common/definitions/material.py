"""Materials: what is made or bought, how it is told apart, and what goes into it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from common.definitions.naming import Decimal, Id, Name

Gtin = Annotated[str, Meta(pattern=r"\A[0-9]{14}\Z")]


class BomLine(Struct, frozen=True, forbid_unknown_fields=True):
    """One slot of the bill of material: which material goes there, and how much of it."""

    slot: Id
    material: Id
    quantity: Decimal
    uom: Annotated[str, Meta(min_length=1, max_length=16)]
    name: Name


class Material(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="material"):
    """A part number. `origin` made: needs a commission event; bought: known from its first receive or bind.

    `gtin`: the GTINs under which GS1 codes name it, of 14 digits; each is of one material only.
    """

    id: Id
    name: Name
    origin: Literal["made", "bought"]
    tracked: Literal["unit", "lot", "container"]
    route: Id | None = None
    bom: list[BomLine] = []
    gtin: tuple[Gtin, ...] = ()
