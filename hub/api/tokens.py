"""Tokens of programs and links that sign a browser in, as the API takes and gives them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from hub.api.people import NameText

Scope = Literal["read", "people", "stations", "quality", "calls", "orders", "definitions", "admin"]


class NewToken(Struct, frozen=True, forbid_unknown_fields=True):
    """A token for a program. `days`: until it expires; None: never."""

    name: NameText
    scopes: Annotated[list[Scope], Meta(min_length=1)]
    days: Annotated[int, Meta(ge=1, le=3650)] | None = 365


class TokenRow(Struct, frozen=True):
    """A token as it is listed. `prefix`: its first letters. `at`: when it was made, ms. `expires_s`: Unix time."""

    prefix: str
    name: str
    scopes: list[str]
    person: str | None
    at: int
    expires_s: int | None


class TokenShown(TokenRow, frozen=True):
    """A new token, with `token` itself, which is never shown again."""

    token: str


class NewLink(Struct, frozen=True, forbid_unknown_fields=True):
    """An address that signs in."""

    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1)] = ("read",)
    uses: Annotated[int, Meta(ge=1, le=100)] = 1
    valid_s: Annotated[int, Meta(ge=1, le=86_400)] = 600


class LinkPath(Struct, frozen=True):
    """The path at the pages' address that signs in."""

    path: str
