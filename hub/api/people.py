"""People of a site, their rights, passwords and PINs, as the API takes and gives them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from common.definitions.naming import Id, Role

NameText = Annotated[str, Meta(min_length=1, max_length=80)]
Badge = Annotated[str, Meta(max_length=64)]


class NewPerson(Struct, frozen=True, forbid_unknown_fields=True):
    """A new person. Without `id` the hub makes one up that says nothing about them."""

    name: NameText
    badge: Badge = ""
    id: Id | None = None
    roles: list[Role] = []
    qualified: list[Id] = []
    lines: list[Id] = []
    stations: list[Id] = []


class PersonChange(Struct, frozen=True, forbid_unknown_fields=True):
    """Changes to a person; a field that is left out stays as it is."""

    name: NameText | None = None
    badge: Badge | None = None
    roles: list[Role] | None = None
    qualified: list[Id] | None = None
    lines: list[Id] | None = None
    stations: list[Id] | None = None


class PersonId(Struct, frozen=True):
    """A person, by id."""

    person: str


class PersonRow(Struct, frozen=True):
    """A person as the hub knows them. `account`: they have a password. `name`, `badge`: "" once erased."""

    id: str
    name: str
    badge: str
    roles: tuple[str, ...]
    qualified: tuple[str, ...]
    lines: tuple[str, ...]
    stations: tuple[str, ...]
    account: bool


class Password(Struct, frozen=True, forbid_unknown_fields=True):
    """A password, for the pages."""

    password: str


class Pin(Struct, frozen=True, forbid_unknown_fields=True):
    """A PIN, for the stations."""

    pin: str
