"""People: an opaque id with roles. Names, badges and PIN verifiers are erasable records beside the logs, never here."""

from __future__ import annotations

from msgspec import Struct

from common.definitions.naming import Id, Role


class Person(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="person"):
    """A person's roles and places of work. `qualified`: operations; empty means every operation.

    `lines`, `stations`: where they work; if both are empty, everywhere.
    """

    id: Id
    roles: list[Role]
    qualified: list[Id] = []
    lines: list[Id] = []
    stations: list[Id] = []

    def works_at(self, line: str, station: str) -> bool:
        """Return True if the person works at this station of this line."""
        return not (self.lines or self.stations) or line in self.lines or station in self.stations
