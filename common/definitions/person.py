"""People: an opaque id with roles. Names, badges and PIN verifiers are erasable records beside the logs, never here."""

from __future__ import annotations

from msgspec import Struct

from common.definitions.naming import Id, Role


class Person(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="person"):
    """What a person may do. `qualified`: operations; empty means every operation."""

    id: Id
    roles: list[Role]
    qualified: list[Id] = []
