"""Holds, releases, settlements, orders and leased serials, as the API takes and gives them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from common.definitions.naming import Id
from common.ids import Claim
from common.wire_types import DecimalText, ShortText, ShortWord, Tag

TypedCode = Annotated[str, Meta(min_length=1, max_length=256)]
ReasonText = Annotated[ShortText, Meta(min_length=1)]


class Which(Struct, frozen=True):
    """A thing, by code or scheme:value."""

    thing: TypedCode


class Held(Struct, frozen=True):
    """An open hold. `source`: the thing that caused it; only if that is the held thing, `at` and `who` are known."""

    tag: str
    rule: str
    source: Claim
    reason: str
    at: int | None
    who: str | None


class Holding(Struct, frozen=True, forbid_unknown_fields=True):
    """Hold things, by claim or code. `line`: only that line's stations learn of it; None: the whole site."""

    things: Annotated[list[Claim | TypedCode], Meta(min_length=1, max_length=1_000)]
    reason: ReasonText
    line: Id | None = None


class Releasing(Struct, frozen=True, forbid_unknown_fields=True):
    """End holds of a thing: those in `tags`; None: all open ones. `meaning`: of the signature."""

    thing: Claim | TypedCode
    reason: ReasonText
    meaning: ShortWord = "release"
    tags: Annotated[list[Tag], Meta(min_length=1)] | None = None


class Settling(Struct, frozen=True, forbid_unknown_fields=True):
    """Decide a finding: the tags that are kept as true, and those that are dropped."""

    thing: Claim | TypedCode
    finding: ShortWord
    reason: ReasonText
    keep: list[Tag] = []
    drop: list[Tag] = []


class Things(Struct, frozen=True):
    """Things that a decision changed."""

    things: list[Claim]


class NewOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """An order for a line. `due`: a date, 2026-12-31."""

    number: Annotated[str, Meta(min_length=1, max_length=64)]
    line: Id
    material: Id
    quantity: DecimalText
    uom: Annotated[str, Meta(min_length=1, max_length=16)] = "pcs"
    due: Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")] | None = None


class NewLease(Struct, frozen=True, forbid_unknown_fields=True):
    """Lease serial numbers of an issued material to a station. `count` None: the block size of the material."""

    material: Id
    station: Id
    count: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None


class LeaseRow(Struct, frozen=True):
    """A block of serials. `used`: the highest number of it that the hub has heard of."""

    station: str
    log: str
    material: str
    first: str
    last: str
    numbers: int
    used: int
