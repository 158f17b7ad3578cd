"""Materials: part numbers, made or bought, with their identification and their bill of material."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from common.definitions.allergen import Allergen
from common.definitions.naming import Decimal, Id, Name

Gtin = Annotated[str, Meta(pattern=r"\A[0-9]{14}\Z")]


class BomLine(Struct, frozen=True, forbid_unknown_fields=True):
    """One slot of the bill of material: the material that goes there, and how much of it.

    `tolerance`: allowed difference, in `uom`, of the amount of an `add` step. `alternatives`: materials that may
    replace it. `rework`: material that re-enters its own process, so that bills of material may form a circle here.
    """

    slot: Id
    material: Id
    quantity: Decimal
    uom: Annotated[str, Meta(min_length=1, max_length=16)]
    name: Name
    tolerance: Decimal = "0"
    alternatives: list[Id] = []
    rework: bool = False


class Issue(Struct, frozen=True, forbid_unknown_fields=True):
    """Serials issued to new things at the workplace of the first operation: `prefix` and a number of `digits` digits,
    from `first` on. The hub leases each station `block` numbers, and the next block when half of them are used."""

    prefix: Annotated[str, Meta(max_length=32)]
    digits: Annotated[int, Meta(ge=1, le=12)]
    first: Annotated[int, Meta(ge=0, le=999_999_999_999)] = 1
    block: Annotated[int, Meta(ge=1, le=100_000)] = 200


class Material(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="material"):
    """A part number. `origin` made: needs a commission event; bought: known from its first receive or bind.

    `gtin`: the GTINs under which GS1 codes name it, of 14 digits; each is of one material only.
    `suppliers`: partners that it may come from. `allergens`: what it has in it, and its label declares.
    `shelf_life_days`: from the day it was made, or received without a date. `days_left`: at least so many must be left
    when it is used. `label`: is issued when one is commissioned. `issues`: serials that are given here, by number;
    without it they come on labels from elsewhere. `picture`: of the part, shown at the steps that take one.
    """

    id: Id
    name: Name
    origin: Literal["made", "bought"]
    tracked: Literal["unit", "lot", "container"]
    route: Id | None = None
    bom: list[BomLine] = []
    gtin: tuple[Gtin, ...] = ()
    suppliers: list[Id] = []
    allergens: list[Allergen] = []
    shelf_life_days: Annotated[int, Meta(ge=1, le=36_500)] | None = None
    days_left: Annotated[int, Meta(ge=0, le=36_500)] = 0
    # Unset is not encoded, so materials published before these keys existed keep their hash.
    label: Id | UnsetType = UNSET
    issues: Issue | UnsetType = UNSET
    picture: Id | UnsetType = UNSET
