"""Definitions that are published, with their people and orders, as the API takes and gives them."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from common.definitions.naming import Id
from common.wire_types import DecimalText, ShortWord

Short = Annotated[str, Meta(min_length=1, max_length=80)]


class Publication(Struct, frozen=True):
    """Definitions to publish, with people (id, name, badge) and orders (line, number, material, quantity)."""

    definitions: list[dict[str, Any]]
    people: list[tuple[Id, Short, Short]] = []
    orders: list[tuple[Id, Short, ShortWord, DecimalText]] = []


class PublishedCount(Struct, frozen=True):
    """Number of definitions that were new or changed."""

    published: int
