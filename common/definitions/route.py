"""Routes: the operations a unit passes, in which order, and what happens when evidence is missing or bad."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from common.definitions.naming import Id, Name, Role


class Operation(Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a route, done at one of its workplaces.

    `after`: operations that must have passed. `on_unknown`: what to do when their evidence may exist unseen.
    `evidence_age_s`: how old a log's last confirmed head may be to count as up to date.
    `tests`: how often it may be tried before rework is needed. `on_fail`: the rework operation that a fail opens.
    `reworks`: this operation is reached only by failing the named one, and passing it lets that one be tried again.
    `packs`: units that pass are packed into containers of this many. `optional`: a thing is whole without it.
    `label`: is issued when it passes.
    """

    id: Id
    name: Name
    at: Annotated[list[Id], Meta(min_length=1)]
    form: Id
    after: list[Id] = []
    on_unknown: Literal["block", "override", "provisional"] = "block"
    evidence_age_s: Annotated[int, Meta(ge=1, le=86_400)] = 15
    tests: Annotated[int, Meta(ge=1, le=99)] = 1
    on_fail: Id | None = None
    reworks: Id | None = None
    packs: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    optional: bool = False
    label: Id | UnsetType = UNSET
    release: list[Role] = field(default_factory=lambda: ["supervisor", "quality"])


class Route(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="route"):
    """The manufacturing route of a material; a unit's route is its material's."""

    id: Id
    name: Name
    operations: Annotated[list[Operation], Meta(min_length=1)]

    def operation(self, id: str) -> Operation | None:
        """The operation with this id."""
        return next((o for o in self.operations if o.id == id), None)
